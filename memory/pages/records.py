"""What was recorded: a turn with all it saw, and what got stuck.

Reads only, for people who want to know why. Every list is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, literal_column, select

from core.clock import from_micros
from memory.pages.fact_words import bare_key
from memory.pages.personal import PERSONAL
from memory.pages.rows import DEAD, FAILED, PARKED, AnyRow, delivery_view, display_names
from memory.pages.views import Letter, TurnView
from memory.readable.drawing import WITHHELD, drawn_of, load_drawn, strangers
from memory.recall.recalled_rows import unfolded
from memory.stored_turns import GIVEN, TOLD
from memory.tables.channels import Parked
from memory.tables.main import Conversation, Delivery, Handle, Inbound, Message, Turn
from memory.tables.rows import table

_conversation = table(Conversation)
_delivery = table(Delivery)
_handle = table(Handle)
_inbound = table(Inbound)
_message = table(Message)
_parked = table(Parked)
_turn = table(Turn)

_CAME_IN = ("messages", "events", "channel", "sender", "tokens", "budget", "memory")
"""What of a turn's record is its sender's own, or says nothing of anybody."""

_ID = re.compile(r"\d+-\d+\Z")


def turn_page(connection: Connection, turn_id: int) -> TurnView | None:
    """One turn as recorded, with the words it names and what became of its reply."""
    row = connection.execute(
        select(_turn, _conversation.c.account, _conversation.c.channel, _conversation.c.handle_id)
        .join(_conversation, _conversation.c.id == _turn.c.conversation_id)
        .where(_turn.c.id == turn_id)
    ).first()
    if row is None:
        return None
    record = unfolded(orjson.loads(row.record_json))
    sender = _sender(connection, record, row.handle_id)
    drawn = (sender.id, frozenset(load_drawn(row.drawn_json)))
    withheld = bool(strangers(connection, [drawn]))
    record = _what_came_in(record) if withheld else _without_personal(record)
    parts = connection.execute(
        select(_delivery)
        .where(_delivery.c.conversation_id == row.conversation_id, _delivery.c.turn_id == turn_id)
        .order_by(_delivery.c.seq, _delivery.c.part)
    )
    return TurnView(
        id=row.id,
        at=from_micros(row.decided_at),
        customer_id=sender.customer_id,
        conversation_id=row.conversation_id,
        account=row.account,
        channel=row.channel,
        handle=sender.key,
        case_id=row.case_id,
        intent=row.intent,
        escalated=row.escalated,
        silent=row.silent,
        record=record,
        texts=_texts(connection, _named_messages(record)),
        deliveries=tuple(delivery_view(part) for part in parts),
        withheld=withheld,
    )


def _what_came_in(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record without anything that was remembered or made of it."""
    kept = {name: record[name] for name in _CAME_IN if name in record}
    return {**kept, "withheld": WITHHELD}


def _without_personal(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record without the values that people are not shown before a proof, and without what is
    kept for deciding the turn anew."""
    told = {
        name: [_shown(one) for one in record[name]] for name in ("slots", "facts") if name in record
    }
    version = record.get(GIVEN, {}).get("playbook")
    kept = {name: one for name, one in {**record, **told}.items() if name != GIVEN}
    return kept if version is None else {**kept, "playbook": version}


def _shown(one: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in one.items() if name != TOLD}
    if one.get("needs", 0) < PERSONAL:
        return shown
    return {**shown, "name": bare_key(one.get("name", "")), "value": "", "hidden": True}


def _sender(connection: Connection, record: Mapping[str, Any], first: int) -> AnyRow:
    """The handle that the turn answered; in a record that names none, whoever began the thread."""
    key = record.get("sender", {}).get("handle")
    handles = select(_handle.c.id, _handle.c.key, _handle.c.customer_id)
    known = connection.execute(handles.where(_handle.c.key == key)).first()
    return known or connection.execute(handles.where(_handle.c.id == first)).one()


def _named_messages(record: Mapping[str, Any]) -> list[str]:
    recalled = [one["id"] for one in record.get("recalled", ())]
    # A fact that was left out is named by its key, which is nobody's id.
    left = [one for _, _, best in record.get("left_out", ()) for one, _ in best if _ID.match(one)]
    return [*record.get("messages", ()), *record.get("exchanges", ()), *recalled, *left]


def _texts(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The words of messages by their public ids."""
    places: dict[int, list[int]] = {}
    for one in ids:
        conversation, _, seq = one.partition("-")
        places.setdefault(int(conversation), []).append(int(seq))
    found: dict[str, str] = {}
    for conversation_id, seqs in places.items():
        for row in connection.execute(
            select(_message.c.seq, _message.c.text).where(
                _message.c.conversation_id == conversation_id, _message.c.seq.in_(seqs)
            )
        ):
            found[f"{conversation_id}-{row.seq}"] = row.text
    return found


def dead_letters(connection: Connection, limit: int = 200) -> list[Letter]:
    """What could not be read, handled or delivered, the newest first."""
    handled = select(
        literal_column("'inbound'").label("kind"),
        _inbound.c.id,
        _inbound.c.conversation_id,
        _inbound.c.seq,
        _inbound.c.handle_id,
        _inbound.c.error.label("reason"),
        _inbound.c.attempts,
        _inbound.c.received_at.label("at"),
    ).where(DEAD)
    sent = select(
        literal_column("'delivery'").label("kind"),
        _delivery.c.id,
        _delivery.c.conversation_id,
        _delivery.c.seq,
        _delivery.c.handle_id,
        _delivery.c.reason,
        _delivery.c.attempts,
        _delivery.c.updated_at.label("at"),
    ).where(FAILED)
    rows: list[AnyRow] = []
    for stuck, newest in ((handled, _inbound.c.id), (sent, _delivery.c.id)):
        one = stuck.order_by(newest.desc()).limit(limit).subquery()
        rows += connection.execute(
            select(
                one,
                _conversation.c.account,
                _conversation.c.channel,
                _handle.c.customer_id,
                _message.c.text,
                _message.c.extra_json,
            )
            .join(_conversation, _conversation.c.id == one.c.conversation_id)
            .join(_handle, _handle.c.id == one.c.handle_id)
            .join(
                _message,
                (_message.c.conversation_id == one.c.conversation_id)
                & (_message.c.seq == one.c.seq),
            )
        ).all()
    names = display_names(connection, {row.customer_id for row in rows})
    drawn = [(row.handle_id, drawn_of(row.extra_json)) for row in rows]
    closed = strangers(connection, drawn)
    letters = [
        Letter(
            kind=row.kind,
            id=row.id,
            conversation_id=row.conversation_id,
            customer_id=row.customer_id,
            customer_name=names[row.customer_id],
            account=row.account,
            channel=row.channel,
            text=WITHHELD if made_from in closed else row.text,
            reason=row.reason or "No reason was given.",
            attempts=row.attempts,
            at=from_micros(row.at),
        )
        for row, made_from in zip(rows, drawn, strict=True)
    ]
    letters += _parked_letters(connection, limit)
    return sorted(letters, key=lambda one: (one.at, one.id), reverse=True)[:limit]


def _parked_letters(connection: Connection, limit: int) -> list[Letter]:
    rows = connection.execute(
        select(_parked).where(PARKED).order_by(_parked.c.id.desc()).limit(limit)
    )
    return [
        Letter(
            kind="parked",
            id=row.id,
            conversation_id=None,
            customer_id=None,
            customer_name="",
            account=row.account,
            channel="",
            text=row.title,
            reason=row.reason,
            attempts=0,
            at=from_micros(row.received_at),
        )
        for row in rows
    ]
