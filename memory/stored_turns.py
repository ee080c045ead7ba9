"""Turns as they were stored, with the messages they name: for finding one, and deciding it anew.

Reads only. What a turn made of somebody's memory who is no longer the same customer is marked, and
nobody is to look at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select, tuple_

from core.clock import Micros, from_micros
from core.message import Author
from core.turn import Said
from memory.pages.rows import AnyRow
from memory.readable.drawing import load_drawn, strangers
from memory.recall.recalled_rows import unfolded
from memory.tables.main import Conversation, Handle, Message, Turn
from memory.tables.rows import table

GIVEN, TOLD = "given", "told"
"""What of a record, and of each fact in it, is kept for deciding the turn anew: for no eyes."""

_CHUNK = 200

_conversation = table(Conversation)
_handle = table(Handle)
_message = table(Message)
_turn = table(Turn)


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """One turn with the messages it names by their ids; an edited one says what it says now.

    `reply` is what it said. A turn is `withheld` that was given another customer's memory.
    """

    id: int
    at: datetime
    customer_id: int
    conversation_id: int
    account: str
    channel: str
    intent: str | None
    escalated: str | None
    silent: str | None
    record: Mapping[str, Any]
    said: Mapping[str, Said]
    withheld: bool = False

    @property
    def text(self) -> str:
        """What the customer said."""
        named = (self.said.get(one) for one in self.record.get("messages", ()))
        return "\n".join(one.text for one in named if one is not None)

    @property
    def reply(self) -> str | None:
        """What was answered, if it is still kept."""
        found = self.record.get("reply")
        return found if isinstance(found, str) else None


def turns_since(connection: Connection, since: Micros) -> Iterator[StoredTurn]:
    """Every turn decided since then, in the order of their ids."""
    after = 0
    while True:
        query = _select().where(_turn.c.decided_at >= since, _turn.c.id > after)
        rows = connection.execute(query.order_by(_turn.c.id).limit(_CHUNK)).all()
        yield from _stored(connection, rows)
        if len(rows) < _CHUNK:
            return
        after = rows[-1].id


def turns_before(
    connection: Connection, since: Micros, before: int, limit: int
) -> list[StoredTurn]:
    """The newest turns with a lower id than `before` that were decided since then, newest first."""
    query = _select().where(_turn.c.id < before, _turn.c.decided_at >= since)
    rows = connection.execute(query.order_by(_turn.c.id.desc()).limit(limit)).all()
    return list(_stored(connection, rows))


def latest_turns(
    connection: Connection,
    limit: int,
    *,
    customer_id: int | None = None,
    intent: str | None = None,
    escalated: bool = False,
) -> list[StoredTurn]:
    """The newest turns, the newest first: of one customer, of an intent, or those handed over."""
    query = _select().order_by(_turn.c.id.desc()).limit(limit)
    if customer_id is not None:
        query = query.where(_turn.c.customer_id == customer_id)
    if intent is not None:
        query = query.where(_turn.c.intent == intent)
    if escalated:
        query = query.where(_turn.c.escalated.is_not(None))
    return list(_stored(connection, connection.execute(query).all()))


def _select() -> Any:
    return select(
        _turn, _conversation.c.account, _conversation.c.channel, _conversation.c.handle_id
    ).join(_conversation, _conversation.c.id == _turn.c.conversation_id)


def _stored(connection: Connection, rows: Sequence[AnyRow]) -> Iterator[StoredTurn]:
    records = [unfolded(orjson.loads(row.record_json)) for row in rows]
    said = _said(connection, {one for record in records for one in _named(record)})
    # Whom a turn answered, its record says; where it is no longer kept, whoever began the thread.
    keys = {record["sender"]["handle"] for record in records if "sender" in record}
    found = select(_handle.c.key, _handle.c.id).where(_handle.c.key.in_(keys))
    senders = {row.key: row.id for row in connection.execute(found)} if keys else {}
    drawn = [
        (
            senders.get(record.get("sender", {}).get("handle"), row.handle_id),
            frozenset(load_drawn(row.drawn_json)),
        )
        for row, record in zip(rows, records, strict=True)
    ]
    closed = strangers(connection, drawn)
    for row, record, made_from in zip(rows, records, drawn, strict=True):
        yield StoredTurn(
            id=row.id,
            at=from_micros(row.decided_at),
            customer_id=row.customer_id,
            conversation_id=row.conversation_id,
            account=row.account,
            channel=row.channel,
            intent=row.intent,
            escalated=row.escalated,
            silent=row.silent,
            record=record,
            said={one: said[one] for one in _named(record) if one in said},
            withheld=made_from in closed,
        )


def _named(record: Mapping[str, Any]) -> list[str]:
    recalled = [one["id"] for one in record.get("recalled", ())]
    return [*record.get("messages", ()), *record.get("exchanges", ()), *recalled]


def _said(connection: Connection, ids: Iterable[str]) -> dict[str, Said]:
    places = [tuple(map(int, one.split("-"))) for one in sorted(ids)]
    found: dict[str, Said] = {}
    for start in range(0, len(places), _CHUNK):
        query = (
            select(_message, _handle.c.key, _conversation.c.channel)
            .join(_handle, _handle.c.id == _message.c.handle_id)
            .join(_conversation, _conversation.c.id == _message.c.conversation_id)
            .where(
                tuple_(_message.c.conversation_id, _message.c.seq).in_(
                    places[start : start + _CHUNK]
                )
            )
        )
        for row in connection.execute(query):
            one = _one_said(row)
            if one is not None:
                found[one.id] = one
    return found


def _one_said(row: AnyRow) -> Said | None:
    """The message, unless it was taken back."""
    extra = orjson.loads(row.extra_json) if row.extra_json else {}
    if "taken_back" in extra:
        return None
    return Said(
        f"{row.conversation_id}-{row.seq}",
        from_micros(row.created_at),
        row.channel,
        Author(row.author),
        row.text,
        row.tokens,
        row.key,
        row.author_name,
        extra.get("quick_reply"),
        extra.get("secrets", {}),
    )
