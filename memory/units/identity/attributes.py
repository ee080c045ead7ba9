"""What the business's own systems say of a customer: name, tier, language; facts with a source.

Each stands with the handle that brought it, so that it parts with that handle, and has its history
like every other fact (`memory.units.remembering.fact_rows`). Nobody's message ever tells one. Only
within the transactions of others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Select, select, update

from core.clock import Micros
from core.facts.history import Told
from core.message import Assurance
from memory.tables.main import Customer, Handle
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.remembering.fact_rows import (
    WORST_FOUNDED_FIRST,
    Given,
    Telling,
    fact_row,
    lay,
)

PREFIX = "attribute:"
"""How the key of a fact begins that is an attribute."""

_customer = table(Customer)
_fact = table(Fact)
_handle = table(Handle)


def current_attributes(
    connection: Connection, handle_ids: Collection[int]
) -> dict[int, dict[str, str]]:
    """The attributes that hold now, by handle and name; of two that do, the better founded."""
    found: dict[int, dict[str, str]] = {}
    for row in connection.execute(_holding(handle_ids).order_by(*WORST_FOUNDED_FIRST)):
        found.setdefault(row.handle_id, {})[row.key.removeprefix(PREFIX)] = row.value
    return found


def told_attributes(
    connection: Connection, handle_ids: Collection[int]
) -> dict[int, set[tuple[str, str]]]:
    """Name and value of all attributes that are told now, by handle, also of those that stand
    beside a better founded one."""
    found: dict[int, set[tuple[str, str]]] = {}
    for row in connection.execute(_holding(handle_ids)):
        found.setdefault(row.handle_id, set()).add((row.key.removeprefix(PREFIX), row.value))
    return found


def _holding(handle_ids: Collection[int]) -> Select[Any]:
    return select(_fact.c.handle_id, _fact.c.key, _fact.c.value).where(
        _fact.c.handle_id.in_(handle_ids),
        _fact.c.key.startswith(PREFIX, autoescape=True),
        _fact.c.valid_to.is_(None),
    )


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
    current = told_attributes(connection, [one.id for one in members])
    for one in members:
        said[one.customer_id] |= {("name", one.name), *current.get(one.id, ())}
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
    given = [
        Given(new_id(), _telling(handle_id, name, value, source, level), now)
        for name, value in attributes.items()
    ]
    known = (Told.TOUCHED, Told.REFUSED)
    return sum(told not in known for told in lay(connection, given))


def drop_attributes(
    connection: Connection, handle_id: int, names: Collection[str], now: Micros
) -> int:
    """Let these hold no more; how many did."""
    dropped = connection.execute(
        update(_fact)
        .where(
            _fact.c.handle_id == handle_id,
            _fact.c.key.in_([f"{PREFIX}{name}" for name in names]),
            _fact.c.valid_to.is_(None),
        )
        .values(valid_to=now)
    )
    return dropped.rowcount


def attribute_row(
    fact_id: int, handle_id: int, name: str, value: str, source: str, level: int, now: Micros
) -> dict[str, object]:
    """A row of an attribute of somebody new. `level` is how well its source is believed."""
    return fact_row(Given(fact_id, _telling(handle_id, name, value, source, level), now))


def _telling(handle_id: int, name: str, value: str, source: str, level: int) -> Telling:
    """What a source tells that is not believed well is only claimed."""
    return Telling(
        handle_id=handle_id,
        key=f"{PREFIX}{name}",
        value=value,
        source=source,
        level=level,
        told_by=f"system:{source}",
        verified=level >= Assurance.AUTHENTICATED,
    )


def facts_of_source(connection: Connection, source: str, after: int) -> list[int]:
    """The ids of all facts from a source that were not taken back, each greater than `after`, the
    newest first."""
    query = select(_fact.c.id).where(
        _fact.c.id > after, _fact.c.source == source, _fact.c.retired_at.is_(None)
    )
    return list(connection.execute(query.order_by(_fact.c.id.desc())).scalars())
