"""Alarms about who is who: something that a person should look at, once for each cause.

It writes them down and closes them. What is alarming is decided where it is found.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, insert, select, update

from core.clock import Micros, from_micros, to_micros
from memory.tables.identity import Alarm
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity.link_rows import IdentityProblem, existing_root

COMPONENT = "component"
SHARED = "shared"
CONTRADICTION = "contradiction"
REFUSED = "refused"

_ONCE_IN = timedelta(days=1)
"""So long nobody is told again that the same two were not joined, also when it was seen to."""

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


def sound_refusal(
    connection: Connection, error: Exception, actor: str, now: Micros, alarm_id: int
) -> bool:
    """Tell people what somebody tried to join and may not be, once a day for each two; whether it
    is new. `error` is the `IdentityProblem`, or has it as its cause. The caller's own transaction
    was given up before."""
    problem = error if isinstance(error, IdentityProblem) else error.__cause__
    if not isinstance(problem, IdentityProblem) or not problem.alarm or not problem.pair:
        return False
    handle_key, other = problem.pair
    customer_id = existing_root(connection, other)
    lately = select(_alarm.c.id).where(
        _alarm.c.kind == problem.alarm,
        _alarm.c.handle_key == handle_key,
        _alarm.c.customer_id == customer_id,
        _alarm.c.created_at > to_micros(from_micros(now) - _ONCE_IN),
    )
    if connection.execute(lately.limit(1)).first() is not None:
        return False
    words = f"{actor} wanted to join {handle_key} to it: {problem}."
    return sound(connection, alarm_id, problem.alarm, handle_key, customer_id, words, now)


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
