"""Answers that go elsewhere, too: where a thread's visitor is answered, and what was taken there.

Whether they may be written to there is decided before; nothing is sent here.
"""

from __future__ import annotations

from sqlalchemy import Connection, update

from memory.tables.main import Conversation
from memory.tables.rows import table

_conversation = table(Conversation)


def answer_at(connection: Connection, conversation_id: int, handle_key: str) -> None:
    """Answers in this thread from now on, which nobody sees there, go to the handle as well.

    What stands in the thread already stays there. Saying the same again changes nothing.
    """
    connection.execute(
        update(_conversation)
        .where(
            _conversation.c.id == conversation_id,
            _conversation.c.answer_at.is_distinct_from(handle_key),
        )
        .values(answer_at=handle_key, carried_seq=_conversation.c.seq)
    )


def mark_carried(connection: Connection, conversation_id: int, seq: int) -> None:
    """The answer with this number was taken there, or need not be; so were those before it."""
    connection.execute(
        update(_conversation)
        .where(_conversation.c.id == conversation_id, _conversation.c.carried_seq < seq)
        .values(carried_seq=seq)
    )


def stay_here(connection: Connection, conversation_id: int) -> None:
    """Answers in this thread stay here: the handle is not its visitor's to be answered at."""
    connection.execute(
        update(_conversation).where(_conversation.c.id == conversation_id).values(answer_at=None)
    )
