"""Whom a person's answer goes to: one sender in a conversation, at the address they wrote from.

Several people may write in one conversation; whoever is answered is the one whose case it is, else
whoever wrote last. It reads and locks, and writes nothing.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, func, select

from core.message import Author
from memory.tables.main import Conversation, Handle, Handoff, Inbound, Message
from memory.tables.rows import table
from memory.units.people.asides import RULE

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_conversation = table(Conversation)
_handle = table(Handle)
_handoff = table(Handoff)
_inbound = table(Inbound)
_message = table(Message)

_senders = (
    select(
        _conversation.c.id,
        _conversation.c.account,
        _conversation.c.channel,
        _conversation.c.key,
        _conversation.c.seq,
        _message.c.level.label("assurance"),
        func.coalesce(_inbound.c.reply_address_json, _conversation.c.reply_address_json).label(
            "reply_address_json"
        ),
        _handle.c.id.label("handle_id"),
        _handle.c.key.label("handle_key"),
        _handle.c.customer_id,
        _handle.c.opted_out,
        _handle.c.dead,
    )
    .select_from(_conversation)
    .join(
        _message,
        (_message.c.conversation_id == _conversation.c.id)
        & (_message.c.author == Author.CUSTOMER.value),
    )
    .join(_handle, _handle.c.id == _message.c.handle_id)
    .outerjoin(
        _inbound,
        (_inbound.c.event_id == _message.c.event_id)
        & (_inbound.c.account == _conversation.c.account),
    )
    .limit(1)
    .with_for_update(of=_conversation)
)


def addressee(
    connection: Connection, conversation_id: int | None, handoff: AnyRow | None
) -> AnyRow | None:
    """The sender who is answered there, with the thread's place and the address of their newest
    message; nothing when nobody who may be answered wrote there.

    A handoff's answer goes to its own sender, or to another handle of the same customer.
    """
    query = _senders.where(_conversation.c.id == conversation_id)
    if handoff is not None:
        query = query.where(_handle.c.customer_id == handoff.customer)
        own = _message.c.handle_id == handoff.handle_id
        query = query.order_by(own.desc())
    return connection.execute(query.order_by(_message.c.seq.desc())).first()


def open_handoff_of(connection: Connection, conversation_id: int) -> int | None:
    """The open handoff of whoever wrote last in a conversation: their case before what was set
    aside, the oldest first."""
    last = addressee(connection, conversation_id, None)
    if last is None:
        return None
    found = connection.execute(
        select(_handoff.c.id)
        .where(
            _handoff.c.conversation_id == conversation_id,
            _handoff.c.handle_id == last.handle_id,
            _handoff.c.status.in_(("waiting", "owned")),
        )
        .order_by(_handoff.c.rule == RULE, _handoff.c.opened_at)
        .limit(1)
    ).scalar()
    return None if found is None else int(found)
