"""The backlog of turns: what waits, what stumbled, what is dead and may be revived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from core.clock import Micros
from memory.tables.main import Handle, Inbound
from memory.tables.rows import table

_handle = table(Handle)
_inbound = table(Inbound)


@dataclass(frozen=True, slots=True)
class Stumble:
    """A turn that raised: its messages stay in the queue, one attempt the poorer."""

    inbound_ids: tuple[int, ...]
    error: str
    bury: bool = False


def stumble(connection: Connection, batch: Sequence[Stumble]) -> list[None]:
    """Count failed attempts; `bury` makes the messages dead letters without a turn."""
    for one in batch:
        changes: dict[str, object] = {"attempts": _inbound.c.attempts + 1, "error": one.error}
        if one.bury:
            changes["status"] = "dead"
        connection.execute(
            update(_inbound).where(_inbound.c.id.in_(one.inbound_ids)).values(**changes)
        )
    return [None] * len(batch)


def unfinished(connection: Connection, limit: int) -> list[tuple[int, Micros]]:
    """Customers with messages waiting for a turn, and when the oldest of each is due."""
    due = func.min(_inbound.c.due_at)
    rows = connection.execute(
        select(_handle.c.customer_id, due)
        .select_from(_inbound)
        .join(_handle, _handle.c.id == _inbound.c.handle_id)
        .where(_inbound.c.status == "new")
        .group_by(_handle.c.customer_id)
        .order_by(due)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def revive(connection: Connection, inbound_id: int, now: Micros) -> int | None:
    """Put a dead letter back in the queue; its customer, or nothing when it is not dead."""
    row = connection.execute(
        select(_handle.c.customer_id)
        .select_from(_inbound)
        .join(_handle, _handle.c.id == _inbound.c.handle_id)
        .where(_inbound.c.id == inbound_id, _inbound.c.status == "dead")
    ).first()
    if row is None:
        return None
    connection.execute(
        update(_inbound)
        .where(_inbound.c.id == inbound_id)
        .values(status="new", attempts=0, error=None, due_at=now)
    )
    return int(row[0])
