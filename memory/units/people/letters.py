"""Dead letters put back on their way by a person: the change with its audit row."""

from __future__ import annotations

from sqlalchemy import Connection

from core.clock import Micros
from memory.units.audit import record
from memory.units.messages.backlog import revive
from memory.units.messages.deliveries import retry


def retry_letter(
    connection: Connection, kind: str, row_id: int, actor: str, now: Micros, audit_id: int
) -> bool:
    """Try again what got stuck; false when it is not stuck (any more).

    `kind` is "inbound" for a message that could not be handled, "delivery" for a part that could
    not be sent.
    """
    if kind == "inbound":
        moved = revive(connection, row_id, now) is not None
    else:
        moved = retry(connection, row_id, now)
    if moved:
        record(connection, audit_id, now, actor, "retry", f"{kind}:{row_id}", {})
    return moved
