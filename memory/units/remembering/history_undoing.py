"""Taking imported history back: its messages, what was made of them, and the conversations they
were in; a bounded number at a time, so that a crash between two leaves nothing to repair.

Handles that an import made are `memory.units.identity.import_undoing`'s to retire, once nothing
holds them.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, select

from core.clock import Micros
from memory.readable.sender import NEVER
from memory.tables.main import Conversation, Message
from memory.tables.remembered import Fact, HistoryLine, Vector
from memory.tables.rows import table
from memory.units.identity.joining import IMPORT_UNDONE
from memory.units.remembering.episodes import spoil
from memory.units.remembering.fact_rows import take_back
from memory.units.remembering.history import account_of, refresh
from memory.units.remembering.segmenting import forget_segments

_conversation = table(Conversation)
_fact = table(Fact)
_line = table(HistoryLine)
_message = table(Message)
_vector = table(Vector)

_THREADS = 20
_ACTOR = "gateway"


def forget_some(connection: Connection, batch_id: int, limit: int, now: Micros) -> int:
    """Delete at most so many messages of a batch; how many there were, 0 when none is left."""
    threads = connection.execute(
        select(_conversation.c.id, _conversation.c.handle_id)
        .where(
            _conversation.c.account == account_of(batch_id),
            # As its index has it, in which the few of one account are found.
            _conversation.c.place_key.is_not(None),
        )
        .order_by(_conversation.c.id)
        .limit(_THREADS)
    ).all()
    gone = 0
    for thread in threads:
        if gone >= limit:
            break
        places = connection.execute(
            select(_message.c.seq)
            .where(_message.c.conversation_id == thread.id)
            .order_by(_message.c.seq.desc())
            .limit(limit - gone)
        ).scalars()
        seqs = list(places)
        _forget(connection, thread.id, seqs, now)
        gone += len(seqs)
        if gone < limit:
            connection.execute(delete(_conversation).where(_conversation.c.id == thread.id))
            _make_anew(connection, thread.handle_id)
            gone += 1
    return gone


def forget_lines(connection: Connection, batch_id: int, limit: int, now: Micros) -> int:
    """Let so many messages of the batch be brought in again one day; how many there were."""
    some = select(_line.c.digest).where(_line.c.batch_id == batch_id).limit(limit)
    digests = list(connection.execute(some).scalars())
    connection.execute(delete(_line).where(_line.c.digest.in_(digests)))
    return len(digests)


def _forget(
    connection: Connection, conversation_id: int, seqs: Collection[int], now: Micros
) -> None:
    here = (_message.c.conversation_id == conversation_id, _message.c.seq.in_(seqs))
    connection.execute(delete(_message).where(*here))
    connection.execute(
        delete(_vector).where(_vector.c.conversation_id == conversation_id, _vector.c.seq.in_(seqs))
    )
    told = [f"{conversation_id}-{seq}" for seq in seqs]
    facts = list(connection.execute(select(_fact.c.id).where(_fact.c.source.in_(told))).scalars())
    if facts:
        # What they took the place of holds again.
        take_back(connection, facts, _ACTOR, IMPORT_UNDONE, now)
        connection.execute(delete(_fact).where(_fact.c.id.in_(facts)))


def _make_anew(connection: Connection, handle_id: int) -> None:
    """What was made of several messages is made again from those that are left."""
    forget_segments(connection, (handle_id,))
    spoil(connection, handle_id, 0, NEVER)
    refresh(connection, (handle_id,))
