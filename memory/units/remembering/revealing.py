"""Showing a person one fact that is kept back from people, and writing down who looked at it.

The value goes to whoever asked and into no log. What is kept back, and until when, is decided in
`memory.pages.personal`. A cold transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.clock import Micros
from memory.pages.fact_words import bare_key
from memory.tables.main import Handle
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.audit import record

REVEAL = "reveal"

_fact = table(Fact)
_handle = table(Handle)


@dataclass(frozen=True, slots=True)
class Revealed:
    """One fact as it was told, for this one view."""

    id: int
    key: str
    value: str


def reveal(
    connection: Connection, fact_id: int, actor: str, now: Micros, audit_id: int
) -> Revealed | None:
    """The fact's value, with the look written down; nothing when there is no such fact, or it is a
    secret, which nobody is ever shown."""
    row = connection.execute(
        select(_fact.c.id, _fact.c.key, _fact.c.value, _handle.c.key.label("handle"))
        .join(_handle, _handle.c.id == _fact.c.handle_id)
        .where(_fact.c.id == fact_id, _fact.c.valid_to.is_(None), _fact.c.secret.is_(False))
    ).first()
    if row is None:
        return None
    detail = {"fact_id": str(fact_id), "key": bare_key(row.key)}
    record(connection, audit_id, now, actor, REVEAL, row.handle, detail)
    return Revealed(row.id, row.key, row.value)
