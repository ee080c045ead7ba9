"""Who of the business looked at a customer: written once per person, customer and hour.

A cold transaction of its own, which reads nothing of the customer. Whoever asks later who saw what
finds it in `memory.pages.parting_report`.
"""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from core.clock import Micros
from memory.tables.people import Viewing
from memory.tables.rows import table

HOUR: Micros = 3_600 * 1_000_000

_viewing = table(Viewing)


def note_viewing(
    connection: Connection, actor: str, customer_id: int, now: Micros, row_id: int
) -> bool:
    """Write down that `actor` looked at the customer, unless that is known of this hour; whether it
    was written."""
    known = select(_viewing.c.id).where(
        _viewing.c.customer_id == customer_id,
        _viewing.c.at >= now - now % HOUR,
        _viewing.c.actor == actor,
    )
    if connection.execute(known.limit(1)).first() is not None:
        return False
    row = {"id": row_id, "actor": actor, "customer_id": customer_id, "at": now}
    connection.execute(insert(_viewing), row)
    return True
