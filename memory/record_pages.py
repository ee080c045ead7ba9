"""What was recorded: a turn with all it saw, what got stuck, and who changed what.

Reads only, for people who want to know why. Every list is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, literal_column, select

from core.clock import from_micros
from memory.channel_tables import Parked
from memory.page_rows import DEAD, FAILED, PARKED, AnyRow, delivery_view, display_names
from memory.tables import Audit, Conversation, Delivery, Handle, Inbound, Message, Turn
from memory.units.rows import table
from memory.views import AuditView, Letter, TurnView

_audit = table(Audit)
_conversation = table(Conversation)
_delivery = table(Delivery)
_handle = table(Handle)
_inbound = table(Inbound)
_message = table(Message)
_parked = table(Parked)
_turn = table(Turn)


def turn_page(connection: Connection, turn_id: int) -> TurnView | None:
    """One turn as recorded, with the words it names and what became of its reply."""
    row = connection.execute(
        select(_turn, _conversation.c.account, _conversation.c.channel, _conversation.c.handle_id)
        .join(_conversation, _conversation.c.id == _turn.c.conversation_id)
        .where(_turn.c.id == turn_id)
    ).first()
    if row is None:
        return None
    record = orjson.loads(row.record_json)
    sender = _sender(connection, record, row.handle_id)
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
    )


def _sender(connection: Connection, record: Mapping[str, Any], first: int) -> AnyRow:
    """The handle that the turn answered; in a record that names none, whoever began the thread."""
    key = record.get("sender", {}).get("handle")
    handles = select(_handle.c.key, _handle.c.customer_id)
    known = connection.execute(handles.where(_handle.c.key == key)).first()
    return known or connection.execute(handles.where(_handle.c.id == first)).one()


def _named_messages(record: Mapping[str, Any]) -> list[str]:
    recalled = [one["id"] for one in record.get("recalled", ())]
    return [*record.get("messages", ()), *record.get("exchanges", ()), *recalled]


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
    letters = [
        Letter(
            kind=row.kind,
            id=row.id,
            conversation_id=row.conversation_id,
            customer_id=row.customer_id,
            customer_name=names[row.customer_id],
            account=row.account,
            channel=row.channel,
            text=row.text,
            reason=row.reason or "No reason was given.",
            attempts=row.attempts,
            at=from_micros(row.at),
        )
        for row in rows
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


def audit_log(
    connection: Connection,
    limit: int = 100,
    before: int | None = None,
    subject: str | None = None,
) -> list[AuditView]:
    """Changes, the newest first; `before` is the id of the last one seen."""
    query = select(_audit).order_by(_audit.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_audit.c.id < before)
    if subject is not None:
        query = query.where(_audit.c.subject == subject)
    return [
        AuditView(
            row.id,
            from_micros(row.at),
            row.actor,
            row.action,
            row.subject,
            orjson.loads(row.detail_json),
        )
        for row in connection.execute(query)
    ]
