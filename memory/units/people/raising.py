"""A case that people have becomes more urgent: its open handoffs, their queue while nobody owns
them, and why. Never less urgent; what is said already is not said twice."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from core.escalation.facts import more_urgent
from memory.tables.main import Handoff
from memory.tables.rows import table

_handoff = table(Handoff)


@dataclass(frozen=True, slots=True)
class Raise:
    """What a handoff is to be. Without an `urgency` or a `queue` it keeps its own."""

    urgency: str = ""
    queue: str = ""
    reason: str = ""


def raise_handoffs(connection: Connection, case_id: int, to: Raise) -> bool:
    """Raise all that are open; whether there is one."""
    rows = connection.execute(
        select(_handoff)
        .where(_handoff.c.case_id == case_id, _handoff.c.status != "closed")
        .with_for_update()
    ).all()
    for row in rows:
        values: dict[str, object] = {}
        if to.urgency:
            values["urgency"] = more_urgent(row.urgency, to.urgency)
        # Whoever has it keeps it: a queue is for what waits for somebody.
        if to.queue and row.status == "waiting":
            values["queue"] = to.queue
        if to.reason and to.reason not in row.reason:
            values["reason"] = f"{row.reason} {to.reason}".strip()
        if values:
            connection.execute(update(_handoff).where(_handoff.c.id == row.id).values(values))
    return bool(rows)
