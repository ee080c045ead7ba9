"""How much the bot has answered lately, so that two machines do not answer each other for ever.

Reads only; where the limits are, and what happens at them, is decided elsewhere.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, func, select

from core.clock import Micros
from core.escalation.answer_limit import Answers
from core.message import Author
from memory.tables.main import Conversation, Message
from memory.tables.rows import table

_conversation = table(Conversation)
_message = table(Message)


def automatic_answers(connection: Connection, correspondent: str, since: Micros) -> int:
    """Answers of the bot's since then in all conversations that are answered at this address; in
    each, since a person last wrote in it: a person who answers a machine ends the loop.

    `correspondent` is the `to` of the reply address, in any case.
    """
    query = (
        select(func.count())
        .select_from(_conversation)
        .join(_message, _message.c.conversation_id == _conversation.c.id)
        .where(
            _conversation.c.correspondent == correspondent.casefold(),
            _conversation.c.updated_at >= since,
            _message.c.author == Author.BOT.value,
            _message.c.created_at >= since,
            _message.c.created_at > _last_of_a_person(_conversation.c.id),
        )
    )
    return connection.execute(query).scalar_one()


def automatic_answers_in(connection: Connection, conversation_id: int, since: Micros) -> int:
    """Answers of the bot's in one conversation since then, or since a person last wrote in it."""
    query = select(func.count()).where(
        _message.c.conversation_id == conversation_id,
        _message.c.author == Author.BOT.value,
        _message.c.created_at >= since,
        _message.c.created_at > _last_of_a_person(conversation_id),
    )
    return connection.execute(query).scalar_one()


def said_twice(connection: Connection, conversation_id: int) -> bool:
    """Whether the newest message that came in says word for word what the one before it said, and
    is of the same sender: others in the thread may well ask the same."""
    newest = (
        select(_message.c.text, _message.c.handle_id)
        .where(
            _message.c.conversation_id == conversation_id,
            _message.c.author == Author.CUSTOMER.value,
        )
        .order_by(_message.c.seq.desc())
        .limit(2)
    )
    said = connection.execute(newest).all()
    return len(said) == 2 and said[0] == said[1]


def answers_lately(
    connection: Connection, conversation_id: int, correspondent: str, since: Micros
) -> Answers:
    """All that decides whether the bot has answered enough here."""
    return Answers(
        automatic_answers(connection, correspondent, since) if correspondent else 0,
        automatic_answers_in(connection, conversation_id, since),
        said_twice(connection, conversation_id),
    )


def _last_of_a_person(conversation_id: int | ColumnElement[int]) -> ColumnElement[int]:
    """When a person last wrote in that conversation; 0 when none did."""
    theirs = _message.alias()
    query = select(func.coalesce(func.max(theirs.c.created_at), 0)).where(
        theirs.c.conversation_id == conversation_id, theirs.c.author == Author.AGENT.value
    )
    return query.scalar_subquery()
