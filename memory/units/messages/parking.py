"""Mail that came in and could not be read: kept with its reason until a person has looked at it.

Cold transactions. What is in it nobody here knows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from core.clock import Micros
from memory.tables.channels import Parked
from memory.tables.rows import table
from memory.units.audit import record

LONGEST_TITLE = 300
LONGEST_REASON = 1_000
"""Characters kept of a title and of a reason."""

_parked = table(Parked)


@dataclass(frozen=True, slots=True)
class Parking:
    """One thing to park. `file` is the reference of its bytes, which are kept already."""

    id: int
    account: str
    event_id: str
    title: str
    reason: str
    file: str
    received_at: Micros


def park(connection: Connection, one: Parking) -> bool:
    """Keep it once; false when this event is parked already."""
    known = select(_parked.c.id).where(
        _parked.c.event_id == one.event_id, _parked.c.account == one.account
    )
    if connection.execute(known).first() is not None:
        return False
    connection.execute(
        insert(_parked),
        {
            "id": one.id,
            "account": one.account,
            "event_id": one.event_id,
            "title": one.title[:LONGEST_TITLE],
            "reason": one.reason[:LONGEST_REASON],
            "file": one.file,
            "received_at": one.received_at,
        },
    )
    return True


def dismiss(connection: Connection, row_id: int, actor: str, now: Micros, audit_id: int) -> bool:
    """A person has seen to it; false when it is not open (any more)."""
    changed = connection.execute(
        update(_parked)
        .where(_parked.c.id == row_id, _parked.c.status == "open")
        .values(status="dismissed")
    )
    if changed.rowcount:
        record(connection, audit_id, now, actor, "dismiss", f"parked:{row_id}", {})
    return bool(changed.rowcount)


def parked_file(connection: Connection, row_id: int) -> str | None:
    """The reference of the bytes of something parked, if there is such a thing."""
    return connection.execute(select(_parked.c.file).where(_parked.c.id == row_id)).scalar()
