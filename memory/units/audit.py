"""Writing down who changed what, within the transaction of the change itself. Append-only."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from sqlalchemy import Connection, insert

from core.clock import Micros
from memory.tables.main import Audit
from memory.tables.rows import table

_insert = insert(table(Audit))


def record(
    connection: Connection,
    row_id: int,
    now: Micros,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, object],
) -> None:
    """Add one row. `subject` names what was changed, `detail` says how, without any message."""
    connection.execute(
        _insert,
        {
            "id": row_id,
            "at": now,
            "actor": actor,
            "action": action,
            "subject": subject,
            "detail_json": orjson.dumps(detail).decode(),
        },
    )
