"""What people get with a case that no turn handed over: what is known of it, and the last of the
talk with its sender. Each thing has the handle it came from, as in a packet that a turn made."""

from __future__ import annotations

from collections.abc import Collection

import orjson
from sqlalchemy import Connection, select

from core.turn import CaseState
from memory.tables.main import Handle, Message
from memory.tables.rows import table

_QUOTED = 6

_handle = table(Handle)
_message = table(Message)


def bare_packet(
    connection: Connection,
    conversation_id: int,
    handle_id: int,
    channel: str,
    case: CaseState,
    *,
    up_to: int | None = None,
    drawn: Collection[int] = (),
) -> str:
    """The packet as JSON text, with messages of the conversation up to the one numbered `up_to`."""
    query = select(_message.c.author, _message.c.text).where(
        _message.c.conversation_id == conversation_id, _message.c.handle_id == handle_id
    )
    if up_to is not None:
        query = query.where(_message.c.seq <= up_to)
    rows = connection.execute(query.order_by(_message.c.seq.desc()).limit(_QUOTED)).all()
    quotes = [
        {"author": row.author, "channel": channel, "text": row.text, "handle_id": str(handle_id)}
        for row in reversed(rows)
    ]
    packet: dict[str, object] = {
        "intent": case.intent,
        "slots": _slots(connection, case),
        "facts": [],
        "exchanges": quotes,
    }
    if drawn:
        packet["drawn"] = sorted(drawn)
    return orjson.dumps(packet).decode()


def _slots(connection: Connection, case: CaseState) -> list[dict[str, object]]:
    """What was told of the case, by handles that are still known."""
    keys = {one.handle for one in case.slots}
    found = connection.execute(select(_handle.c.key, _handle.c.id).where(_handle.c.key.in_(keys)))
    ids = {row.key: row.id for row in found} if keys else {}
    return [
        {
            "name": one.name,
            "value": one.value,
            "source": one.source,
            "secret": one.secret,
            "needs": int(one.needs),
            "handle_id": str(ids[one.handle]),
        }
        for one in case.slots
        if one.handle in ids
    ]
