"""Alarms about who is who: something that a person should look at, once for each cause.

It writes them down and closes them. What is alarming is decided where it is found.
"""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from core.clock import Micros
from memory.identity_tables import Alarm
from memory.units.audit import record
from memory.units.rows import table

COMPONENT = "component"
SHARED = "shared"
CONTRADICTION = "contradiction"
REFUSED = "refused"

_alarm = table(Alarm)


def sound(
    connection: Connection,
    alarm_id: int,
    kind: str,
    handle_key: str,
    customer_id: int,
    message: str,
    now: Micros,
) -> bool:
    """Tell people; whether it is new. One that is open for the same handle and cause is enough."""
    known = connection.execute(
        select(_alarm.c.id).where(
            _alarm.c.closed_at.is_(None),
            _alarm.c.kind == kind,
            _alarm.c.handle_key == handle_key,
            _alarm.c.customer_id == customer_id,
        )
    ).first()
    if known is not None:
        return False
    connection.execute(
        insert(_alarm),
        {
            "id": alarm_id,
            "kind": kind,
            "handle_key": handle_key,
            "customer_id": customer_id,
            "message": message,
            "created_at": now,
        },
    )
    return True


def close_alarm(
    connection: Connection, alarm_id: int, actor: str, now: Micros, audit_id: int
) -> bool:
    """Somebody has looked at it. False when it is not open."""
    row = connection.execute(
        select(_alarm).where(_alarm.c.id == alarm_id, _alarm.c.closed_at.is_(None))
    ).first()
    if row is None:
        return False
    connection.execute(
        update(_alarm).where(_alarm.c.id == alarm_id).values(closed_at=now, closed_by=actor)
    )
    record(connection, audit_id, now, actor, "close-alarm", row.handle_key, {
        "alarm_id": str(alarm_id),
        "kind": row.kind,
    })  # fmt: skip
    return True
