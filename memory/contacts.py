"""With what somebody came lately: the intents of their cases, and when each was opened.

Only of handles that the sender may read, which the caller has from `memory.readable.context`.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from core.clock import Micros, from_micros
from core.turn import Contact
from memory.tables.main import Case
from memory.tables.rows import table

LIMIT = 50
"""Cases that are looked at, the newest first: whoever had more came often enough."""

_case = table(Case)


def contacts_since(
    connection: Connection, handle_ids: Collection[int], since: Micros
) -> tuple[Contact, ...]:
    """The cases of these handles, opened since then, that have an intent; the newest first."""
    rows = connection.execute(
        select(_case.c.id, _case.c.intent, _case.c.opened_at)
        .where(
            _case.c.handle_id.in_(handle_ids),
            _case.c.opened_at >= since,
            _case.c.intent.is_not(None),
        )
        .order_by(_case.c.opened_at.desc(), _case.c.id.desc())
        .limit(LIMIT)
    )
    return tuple(Contact(str(row.id), str(row.intent), from_micros(row.opened_at)) for row in rows)
