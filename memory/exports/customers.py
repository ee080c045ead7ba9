"""The customers as rows to be given out: their handles, how well each is joined, and attributes.

It only reads, so many at a time, in the order of ids. Visitors are browsers and stand for nobody
outside of here; a customer with nothing else is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, select

from core.handle_addresses import BRINGABLE
from core.identity.graph import Edge, home_edge, widest_paths
from core.message import Assurance
from memory.tables.main import Customer, Handle, Link
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.identity.attributes import PREFIX, current_attributes

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_customer = table(Customer)
_fact = table(Fact)
_handle = table(Handle)
_link = table(Link)


@dataclass(frozen=True, slots=True)
class ExportedHandle:
    """A handle, how well it is joined to the customer's first one, and what says so."""

    key: str
    kind: str
    address: str
    level: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Exported:
    """One customer. `name` is the one that their login gave, if one did."""

    customer_id: int
    name: str | None
    handles: tuple[ExportedHandle, ...]
    attributes: Mapping[str, str]


def attribute_names(connection: Connection) -> list[str]:
    """Every attribute that holds of anybody whose handle is in use, in order."""
    query = (
        select(_fact.c.key)
        .join(_handle, _handle.c.id == _fact.c.handle_id)
        .where(
            _fact.c.key.startswith(PREFIX, autoescape=True),
            _fact.c.valid_to.is_(None),
            _handle.c.retired_at.is_(None),
        )
        .distinct()
    )
    return sorted(key.removeprefix(PREFIX) for key in connection.execute(query).scalars())


def export_page(
    connection: Connection, after: int, limit: int
) -> tuple[list[Exported], int | None]:
    """Customers with ids greater than `after`, and after which id to go on; nothing at the end."""
    ids = list(
        connection.execute(
            select(_customer.c.id)
            .where(_customer.c.id > after, _customer.c.merged_into.is_(None))
            .order_by(_customer.c.id)
            .limit(limit)
        ).scalars()
    )
    if not ids:
        return [], None
    rows: dict[int, list[AnyRow]] = defaultdict(list)
    query = (
        select(_handle, _customer.c.name)
        .join(_customer, _customer.c.id == _handle.c.home_customer_id)
        .where(_handle.c.customer_id.in_(ids), _handle.c.retired_at.is_(None))
        .order_by(_handle.c.id)
    )
    for row in connection.execute(query):
        rows[row.customer_id].append(row)
    handle_ids = [row.id for one in rows.values() for row in one]
    links: dict[int, list[AnyRow]] = defaultdict(list)
    for link in connection.execute(
        select(_link).where(_link.c.handle_id.in_(handle_ids), _link.c.ended_at.is_(None))
    ):
        links[link.handle_id].append(link)
    attributes = current_attributes(connection, handle_ids)
    found = [_exported(one, rows[one], links, attributes) for one in ids]
    return [one for one in found if _is_known_outside(one)], ids[-1]


def _is_known_outside(one: Exported) -> bool:
    return any(handle.kind in BRINGABLE for handle in one.handles)


def _exported(
    customer_id: int,
    rows: Sequence[AnyRow],
    links: Mapping[int, Sequence[AnyRow]],
    attributes: Mapping[int, Mapping[str, str]],
) -> Exported:
    edges = [home_edge(row.id, row.home_customer_id) for row in rows]
    for row in rows:
        edges += [
            Edge(row.id, link.customer_id, Assurance(link.level))
            for link in links.get(row.id, ())
            if link.customer_id != row.home_customer_id
        ]
    ordered = sorted(rows, key=lambda row: (_rank(row.kind), row.id))
    paths = widest_paths(ordered[0].id, edges).handles if ordered else {}
    told: dict[str, str] = {}
    for row in reversed(ordered):
        told |= attributes.get(row.id, {})
    handles = tuple(
        ExportedHandle(
            row.key,
            row.kind,
            row.address,
            _level(row, paths, links),
            "; ".join(
                f"{link.rule}: {link.evidence}" for link in links.get(row.id, ()) if link.evidence
            ),
        )
        for row in ordered
    )
    name = next((row.name for row in ordered if row.name), None)
    return Exported(customer_id, name, handles, told)


def _level(
    row: AnyRow, paths: Mapping[int, Assurance], links: Mapping[int, Sequence[AnyRow]]
) -> int:
    """How well the handle is joined to the first one, and no better than it is known by itself."""
    own = [link.level for link in links.get(row.id, ()) if link.customer_id == row.home_customer_id]
    return int(min((paths.get(row.id, Assurance.NONE), *own)))


def _rank(kind: str) -> int:
    return BRINGABLE.index(kind) if kind in BRINGABLE else len(BRINGABLE)
