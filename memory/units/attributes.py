"""What the business's own systems say of a customer: name, tier, language; facts with a source.

Each stands with the handle that brought it, so that it parts with that handle. A new value closes
the old one and is never written over it. Only within the transactions of others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, insert, or_, select, update

from core.clock import Micros
from memory.remembered_tables import Fact
from memory.tables import Customer, Handle
from memory.units.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

PREFIX = "attribute:"
"""How the key of a fact begins that is an attribute."""

_customer = table(Customer)
_fact = table(Fact)
_handle = table(Handle)


def current_attributes(
    connection: Connection, handle_ids: Collection[int]
) -> dict[int, dict[str, str]]:
    """The attributes that hold now, by handle and name."""
    found: dict[int, dict[str, str]] = {}
    query = select(_fact.c.handle_id, _fact.c.key, _fact.c.value).where(
        _fact.c.handle_id.in_(handle_ids),
        _fact.c.key.startswith(PREFIX, autoescape=True),
        _fact.c.valid_to.is_(None),
    )
    for row in connection.execute(query.order_by(_fact.c.id)):
        found.setdefault(row.handle_id, {})[row.key.removeprefix(PREFIX)] = row.value
    return found


def said_of(
    connection: Connection, customer_ids: Collection[int]
) -> dict[int, set[tuple[str, str]]]:
    """What is said of each customer now, by any of their handles: name and value of attributes, and
    the names that they came with. Telling it again changes nothing."""
    members = connection.execute(
        select(_handle.c.id, _handle.c.customer_id, _customer.c.name)
        .join(_customer, _customer.c.id == _handle.c.home_customer_id)
        .where(_handle.c.customer_id.in_(customer_ids))
    ).all()
    said: dict[int, set[tuple[str, str]]] = {one: set() for one in customer_ids}
    current = current_attributes(connection, [one.id for one in members])
    for one in members:
        said[one.customer_id] |= {("name", one.name), *current.get(one.id, {}).items()}
    return said


def tell_attributes(
    connection: Connection,
    handle_id: int,
    attributes: Mapping[str, str],
    source: str,
    level: int,
    now: Micros,
    new_id: Callable[[], int],
) -> int:
    """Say that these hold of whoever has the handle; how many were not so already."""
    current = current_attributes(connection, [handle_id]).get(handle_id, {})
    told = {name: value for name, value in attributes.items() if current.get(name) != value}
    for name, value in told.items():
        fact_id = new_id()
        _close(connection, handle_id, name, now, fact_id)
        connection.execute(
            insert(_fact), attribute_row(fact_id, handle_id, name, value, source, level, now)
        )
    return len(told)


def drop_attributes(
    connection: Connection, handle_id: int, names: Collection[str], now: Micros
) -> int:
    """Let these hold no more; how many did."""
    dropped = 0
    for name in names:
        dropped += _close(connection, handle_id, name, now, None)
    return dropped


def attribute_row(
    fact_id: int, handle_id: int, name: str, value: str, source: str, level: int, now: Micros
) -> dict[str, object]:
    """A row of an attribute. `level` is how well its source is believed."""
    return {
        "id": fact_id,
        "handle_id": handle_id,
        "key": f"{PREFIX}{name}",
        "value": value,
        "source": source,
        "level": level,
        "recorded_at": now,
    }


def facts_of_source(connection: Connection, source: str, after: int) -> list[int]:
    """The ids of all facts from a source that were not taken back, each greater than `after`, the
    newest first."""
    query = select(_fact.c.id).where(
        _fact.c.id > after,
        _fact.c.source == source,
        or_(_fact.c.valid_to.is_(None), _fact.c.superseded_by.is_not(None)),
    )
    return list(connection.execute(query.order_by(_fact.c.id.desc())).scalars())


def take_back(connection: Connection, fact_ids: Collection[int], now: Micros) -> None:
    """Undo that these were told: what they took the place of holds again, unless somebody has told
    something newer since."""
    told = connection.execute(
        select(_fact).where(_fact.c.id.in_(fact_ids)).order_by(_fact.c.id.desc())
    ).all()
    # By the handle, for which there is an index.
    before = select(_fact.c.superseded_by).where(
        _fact.c.handle_id.in_({row.handle_id for row in told}),
        _fact.c.superseded_by.in_(fact_ids),
    )
    replaced = set(connection.execute(before).scalars())
    for row in told:
        if row.id in replaced:
            replaced |= _hand_back(connection, row.id)
    connection.execute(
        update(_fact)
        .where(_fact.c.id.in_(fact_ids), _fact.c.valid_to.is_(None))
        .values(valid_to=now)
    )
    connection.execute(update(_fact).where(_fact.c.id.in_(fact_ids)).values(superseded_by=None))


def _hand_back(connection: Connection, fact_id: int) -> set[int]:
    """What this fact took the place of holds for as long as this one did; whom that concerns."""
    row = connection.execute(select(_fact).where(_fact.c.id == fact_id)).one()
    connection.execute(
        update(_fact)
        .where(_fact.c.handle_id == row.handle_id, _fact.c.superseded_by == row.id)
        .values(superseded_by=row.superseded_by, valid_to=row.valid_to)
    )
    return set() if row.superseded_by is None else {row.superseded_by}


def _close(connection: Connection, handle_id: int, name: str, now: Micros, by: int | None) -> int:
    closed = connection.execute(
        update(_fact)
        .where(
            _fact.c.handle_id == handle_id,
            _fact.c.key == f"{PREFIX}{name}",
            _fact.c.valid_to.is_(None),
        )
        .values(valid_to=now, superseded_by=by)
    )
    return closed.rowcount
