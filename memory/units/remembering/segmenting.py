"""Packing stretches of a handle's history into segments, and dropping them again.

What is packed is read in the same transaction, so that a segment never has what was changed or
erased meanwhile. Which stretches are worth it is found by `memory.recall.unpacked`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from core.clock import Micros
from memory.recall.segments import ToPack, digest_of, pack_segment
from memory.recall.unpacked import Stretch
from memory.tables.main import Conversation, Handle, Message
from memory.tables.remembered import Segment
from memory.tables.rows import table

_conversation = table(Conversation)
_handle = table(Handle)
_message = table(Message)
_segment = table(Segment)

_AT_ONCE = 500
_SHORT = 200
"""Conversations of at most so many messages are read many at once."""

_these = (
    select(
        _message.c.conversation_id,
        _message.c.seq,
        _message.c.created_at,
        _message.c.author,
        _message.c.author_name,
        _message.c.level,
        _message.c.text,
        _message.c.about,
        _conversation.c.channel,
    )
    .join(_conversation, _conversation.c.id == _message.c.conversation_id)
    .where(
        _message.c.conversation_id.in_(bindparam("threads", expanding=True)),
        _message.c.seq.between(bindparam("low"), bindparam("high")),
        _message.c.handle_id == bindparam("handle"),
        _message.c.created_at > bindparam("after"),
        _message.c.created_at <= bindparam("until"),
    )
)
_keep_about = (
    update(_message)
    .where(
        _message.c.conversation_id == bindparam("thread"),
        _message.c.seq == bindparam("number"),
        _message.c.text == bindparam("words"),
    )
    .values(about=bindparam("packed"))
)


def keep_segment(connection: Connection, stretch: Stretch) -> int:
    """Pack one stretch in place of what was packed of it; how many messages there were.

    A stretch without any is kept, too: nothing is left to look for in it.
    """
    # A handle that is gone, or being erased, is left alone: nothing of it may come back.
    known = select(_handle.c.id).where(
        _handle.c.id == stretch.handle_id, _handle.c.kind != "erased"
    )
    if connection.execute(known).first() is None:
        return 0
    messages = messages_in(connection, stretch)
    forget_segments(connection, (stretch.handle_id,), stretch.after, stretch.until)
    number = select(func.coalesce(func.max(_segment.c.number), 0)).where(
        _segment.c.handle_id == stretch.handle_id
    )
    data = pack_segment(messages)
    row = {
        "handle_id": stretch.handle_id,
        "number": connection.execute(number).scalar_one() + 1,
        "first_at": stretch.after,
        "last_at": stretch.until,
        "messages": len(messages),
        "digest": digest_of(data),
        "data": data,
    }
    connection.execute(insert(_segment), row)
    return len(messages)


def forget_segments(
    connection: Connection,
    handles: Collection[int],
    after: Micros | None = None,
    until: Micros | None = None,
) -> int:
    """Drop the segments of these handles that reach into this time, or all; how many there were.

    To be called whenever a message that may be in one was changed, added or deleted.
    """
    wanted: list[ColumnElement[bool]] = [_segment.c.handle_id.in_(handles)]
    if after is not None:
        wanted.append(_segment.c.last_at > after)
    if until is not None:
        wanted.append(_segment.c.first_at < until)
    return connection.execute(delete(_segment).where(*wanted)).rowcount


def keep_about(connection: Connection, messages: Collection[ToPack]) -> None:
    """Store what these messages are compared by, which had none; not where one changed since."""
    rows = [
        {"thread": one.conversation_id, "number": one.seq, "words": one.text, "packed": one.about}
        for one in messages
    ]
    if rows:
        connection.execute(_keep_about, rows)


def messages_in(connection: Connection, stretch: Stretch) -> list[ToPack]:
    """The messages of a stretch, oldest first."""
    asked = {"handle": stretch.handle_id, "after": stretch.after, "until": stretch.until}
    found: list[ToPack] = []
    for threads, low, high in _ranges(stretch):
        rows = connection.execute(_these, {**asked, "threads": threads, "low": low, "high": high})
        found += [ToPack(*row) for row in rows]
    return sorted(found, key=lambda one: (one.created_at, one.conversation_id, one.seq))


def _ranges(stretch: Stretch) -> Iterator[tuple[list[int], int, int]]:
    """Conversations that are read together, and between which numbers: short ones, many at once,
    or a long one."""
    short = [one for one in stretch.places if one[2] <= _SHORT]
    for at in range(0, len(short), _AT_ONCE):
        some = short[at : at + _AT_ONCE]
        yield [one[0] for one in some], min(one[1] for one in some), max(one[2] for one in some)
    for thread, low, high in stretch.places:
        if high > _SHORT:
            yield [thread], low, high
