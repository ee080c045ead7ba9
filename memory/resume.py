"""The resume log of a socket thread: what a client that comes back has not seen, and what it has.

Read from the messages themselves, so that there is no second log to keep in step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, and_, select, update

from core.clock import Micros
from memory.pages.rows import AnyRow
from memory.readable.drawing import drawn_of, strangers
from memory.tables.main import Conversation, Delivery, Message
from memory.tables.rows import table

_conversation = table(Conversation)
_message = table(Message)
_delivery = table(Delivery)

GONE = {"text": "This message is not shown any more."}
"""What a customer sees in its place; the number stays, so that a client finds no gap."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of the thread. `payload` is what was rendered, or the customer's own text."""

    seq: int
    author: str
    author_name: str | None
    payload: Mapping[str, object]
    created_at: Micros
    client_id: str | None


def log_after(
    connection: Connection, account: str, key: str, seq: int, limit: int = 500
) -> list[Entry]:
    """A page of what a thread holds after `seq`, oldest first.

    Whoever knows part of the thread is told what follows without a gap, so that the next page can
    be asked for; whoever knows nothing begins with the newest page.
    """
    newest = seq == 0
    rows = connection.execute(
        select(
            _message.c.seq,
            _message.c.handle_id,
            _message.c.author,
            _message.c.author_name,
            _message.c.text,
            _message.c.created_at,
            _message.c.client_id,
            _message.c.extra_json,
            _delivery.c.payload_json,
        )
        .select_from(_conversation)
        .join(_message, _message.c.conversation_id == _conversation.c.id)
        .outerjoin(
            _delivery,
            and_(
                _delivery.c.conversation_id == _message.c.conversation_id,
                _delivery.c.seq == _message.c.seq,
                _delivery.c.part == 0,
            ),
        )
        .where(_conversation.c.account == account, _conversation.c.key == key, _message.c.seq > seq)
        .order_by(_message.c.seq.desc() if newest else _message.c.seq)
        .limit(limit)
    ).all()
    # What was made from another's memory is not shown a second time, once they were parted.
    drawn = [(row.handle_id, drawn_of(row.extra_json)) for row in rows]
    closed = strangers(connection, drawn)
    entries = [
        Entry(
            row.seq,
            row.author,
            row.author_name,
            GONE if made_from in closed else _payload(row),
            row.created_at,
            row.client_id,
        )
        for row, made_from in zip(rows, drawn, strict=True)
    ]
    return entries[::-1] if newest else entries


def place_of(connection: Connection, conversation_id: int) -> tuple[str, str] | None:
    """The account and the key of a thread; nothing when there is none with this id."""
    row = connection.execute(
        select(_conversation.c.account, _conversation.c.key).where(
            _conversation.c.id == conversation_id
        )
    ).first()
    return None if row is None else (row.account, row.key)


def _payload(row: AnyRow) -> Mapping[str, object]:
    if row.payload_json:
        payload: Mapping[str, object] = orjson.loads(row.payload_json)
        return payload
    return _own(row.text, row.extra_json)


def _own(text: str, extra_json: str | None) -> Mapping[str, object]:
    """What the customer wrote, with the files that came along."""
    files = orjson.loads(extra_json).get("attachments") if extra_json else None
    if not files:
        return {"text": text}
    named = [
        {
            "name": one["name"],
            "media_type": one["type"],
            "reference": one["reference"],
            "size": one["size"],
        }
        for one in files
    ]
    return {"text": text, "attachments": named}


def mark_seen(connection: Connection, account: str, key: str, seq: int, now: Micros) -> int:
    """The client has shown everything up to `seq`; how many parts became read by that."""
    row = connection.execute(
        select(_conversation.c.id, _conversation.c.seen_seq, _conversation.c.seq).where(
            _conversation.c.account == account, _conversation.c.key == key
        )
    ).first()
    if row is None or row.seen_seq >= min(seq, row.seq):
        return 0
    connection.execute(
        update(_conversation).where(_conversation.c.id == row.id).values(seen_seq=min(seq, row.seq))
    )
    changed = connection.execute(
        update(_delivery)
        .where(
            _delivery.c.conversation_id == row.id,
            _delivery.c.seq <= seq,
            _delivery.c.status.in_(("sent", "delivered")),
        )
        .values(status="read", updated_at=now)
    )
    return changed.rowcount
