"""What stands already of what a source says: read once for many rows, so that a file that comes
again costs next to nothing.

It only reads, and answers for the moment at which it read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, select

from core.identity.graph import Edge, Paths, home_edge, widest_paths
from core.message import Assurance
from memory.tables.main import Customer, Handle, Link
from memory.tables.rows import table
from memory.units.identity.attributes import told_attributes
from memory.units.identity.joining import HARMLESS

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_customer = table(Customer)
_handle = table(Handle)
_link = table(Link)


class Standing:
    """The customers of these handles, as they are: who is joined how well, and what was told."""

    def __init__(self, connection: Connection, rows: Iterable[AnyRow]) -> None:
        self._known = {row.key: row for row in rows}
        roots = {row.customer_id for row in self._known.values()}
        self._edges: dict[int, list[Edge]] = defaultdict(list)
        self._said: dict[int, set[tuple[str, str]]] = defaultdict(set)
        self._paths: dict[int, Paths] = {}
        members = connection.execute(
            select(
                _handle.c.id,
                _handle.c.customer_id,
                _handle.c.home_customer_id,
                _customer.c.name,
                _link.c.customer_id.label("linked"),
                _link.c.level,
            )
            .join(_customer, _customer.c.id == _handle.c.home_customer_id)
            .outerjoin(_link, (_link.c.handle_id == _handle.c.id) & _link.c.ended_at.is_(None))
            .where(_handle.c.customer_id.in_(roots))
        ).all()
        owners = {}
        for one in members:
            owners[one.id] = one.customer_id
            self._said[one.customer_id].add(("name", one.name))
            self._edges[one.customer_id].append(home_edge(one.id, one.home_customer_id))
            if one.linked not in (None, one.home_customer_id):
                edge = Edge(one.id, one.linked, Assurance(one.level))
                self._edges[one.customer_id].append(edge)
        for handle_id, told in told_attributes(connection, owners).items():
            self._said[owners[handle_id]] |= told

    def holds(
        self, hub: str, levels: Mapping[str, Assurance], attributes: Mapping[str, str]
    ) -> bool:
        """Whether the others are joined to the first handle at these levels or better, and all this
        was told of them."""
        first = self._known.get(hub)
        if first is None or any(key not in self._known for key in levels):
            return False
        if first.id not in self._paths:
            edges = self._edges[first.customer_id]
            self._paths[first.id] = widest_paths(first.id, edges)
        reached = self._paths[first.id].handles
        said = self._said[first.customer_id].issuperset(attributes.items())
        return said and all(
            reached.get(self._known[key].id, Assurance.NONE) >= level
            for key, level in levels.items()
        )


def reached(connection: Connection, one: AnyRow, other: AnyRow) -> Assurance:
    """How well two handles are joined now, over any path."""
    if one.customer_id != other.customer_id:
        return Assurance.NONE
    rows = connection.execute(
        select(_handle.c.id, _handle.c.home_customer_id, _link.c.customer_id, _link.c.level)
        .outerjoin(_link, (_link.c.handle_id == _handle.c.id) & _link.c.ended_at.is_(None))
        .where(_handle.c.customer_id == one.customer_id)
    ).all()
    edges = [home_edge(row.id, row.home_customer_id) for row in rows]
    edges += [
        Edge(row.id, row.customer_id, Assurance(row.level))
        for row in rows
        if row.customer_id is not None and row.customer_id != row.home_customer_id
    ]
    return widest_paths(one.id, edges).handles.get(other.id, Assurance.NONE)


def parted_by(connection: Connection, one: AnyRow, other: AnyRow) -> str | None:
    """Who ended a link between the two, if somebody did and no import was undone by it."""
    between = ((_link.c.handle_id == one.id) & (_link.c.customer_id == other.home_customer_id)) | (
        (_link.c.handle_id == other.id) & (_link.c.customer_id == one.home_customer_id)
    )
    row = connection.execute(
        select(_link.c.ended_by)
        .where(between, _link.c.ended_at.is_not(None))
        .where(*(~_link.c.end_reason.startswith(one) for one in HARMLESS))
        .order_by(_link.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else str(row.ended_by)
