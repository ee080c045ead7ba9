"""What a conversation's earlier messages say about secrets in the next one. Reads only."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from core.clock import Micros
from core.secrets import lone_code
from memory.tables.main import Conversation, Handle, Message
from memory.units.rows import table

_conversation = table(Conversation)
_handle = table(Handle)
_message = table(Message)


class Expectation(NamedTuple):
    """The kind of secret that was last asked for, and whether one was ever told here, so that
    quotes may hold it."""

    kind: str | None = None
    told: bool = False


def awaited(digits: int, until: Micros, now: Micros) -> str | None:
    """The kind of secret that a handle's columns say is awaited from it in any conversation."""
    return lone_code(digits) if until > now else None


def expectation(
    connection: Connection, account: str, key: str, sender_key: str, now: Micros
) -> Expectation:
    """What is to be expected of this sender's next message in this conversation."""
    row = connection.execute(
        select(_conversation.c.id, _conversation.c.expecting).where(
            _conversation.c.account == account, _conversation.c.key == key
        )
    ).first()
    kind = None if row is None else row.expecting
    kind = kind or _awaited_from(connection, sender_key, now)
    if row is None:
        return Expectation(kind)
    told = connection.execute(
        select(_message.c.seq)
        .where(_message.c.conversation_id == row.id, _message.c.extra_json.contains('"secrets":'))
        .limit(1)
    ).first()
    return Expectation(kind, told is not None)


def _awaited_from(connection: Connection, sender_key: str, now: Micros) -> str | None:
    columns = (_handle.c.code_digits, _handle.c.code_until)
    row = connection.execute(select(*columns).where(_handle.c.key == sender_key)).first()
    return None if row is None else awaited(row.code_digits, row.code_until, now)
