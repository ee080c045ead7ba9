"""Where in the thread of a customer one message stands, to show the stretch around it.

Reads only, and only what is that customer's: asked for a message of somebody else, it says nothing.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from core.clock import Micros
from memory.tables.main import Conversation, Handle, Message
from memory.tables.rows import table

AFTER = 40
"""How many messages are shown after the one that is sought."""

_LARGEST = (1 << 63) - 1

_conversation = table(Conversation)
_handle = table(Handle)
_message = table(Message)


def end_of_stretch(
    connection: Connection, customer_id: int, message_id: str, after: int = AFTER
) -> Micros | None:
    """The moment before which the stretch around a message ends; nothing when it is not theirs.

    Every message of theirs with one of their handles, so that it is found wherever they wrote it.
    """
    conversation, seq = (int(one) for one in message_id.split("-"))
    if max(conversation, seq) > _LARGEST:
        return None
    theirs = select(_handle.c.id).where(_handle.c.customer_id == customer_id)
    at = connection.execute(
        select(_message.c.created_at).where(
            _message.c.conversation_id == conversation,
            _message.c.seq == seq,
            _message.c.handle_id.in_(theirs),
        )
    ).scalar()
    if at is None:
        return None
    later = connection.execute(
        select(_message.c.created_at)
        .select_from(_conversation)
        .join(_message, _message.c.conversation_id == _conversation.c.id)
        .where(_conversation.c.handle_id.in_(theirs), _message.c.created_at > at)
        .order_by(_message.c.created_at)
        .limit(after)
    ).scalars()
    return int(max((at, *later))) + 1
