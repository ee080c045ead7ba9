"""What a conversation's earlier messages say about secrets in the next one. Reads only."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from memory.tables import Conversation, Message
from memory.units.rows import table

_conversation = table(Conversation)
_message = table(Message)


class Expectation(NamedTuple):
    """The kind of secret that was last asked for, and whether one was ever told here, so that
    quotes may hold it."""

    kind: str | None = None
    told: bool = False


def expectation(connection: Connection, account: str, key: str) -> Expectation:
    """What is to be expected of the next message of this conversation."""
    row = connection.execute(
        select(_conversation.c.id, _conversation.c.expecting).where(
            _conversation.c.account == account, _conversation.c.key == key
        )
    ).first()
    if row is None:
        return Expectation()
    told = connection.execute(
        select(_message.c.seq)
        .where(_message.c.conversation_id == row.id, _message.c.extra_json.contains('"secrets":'))
        .limit(1)
    ).first()
    return Expectation(row.expecting, told is not None)
