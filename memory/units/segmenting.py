"""Packing stretches of a handle's history into segments, and dropping them again.

What is packed is read in the same transaction, so that a segment never has what was changed or
erased meanwhile. Which stretches are worth it is found by `memory.unpacked`.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select

from core.clock import Micros
from memory.remembered_tables import Segment
from memory.segments import ToPack, pack_segment
from memory.tables import Conversation, Handle, Message
from memory.units.rows import table
from memory.unpacked import Stretch

_conversation = table(Conversation)
_handle = table(Handle)
_message = table(Message)
_segment = table(Segment)

_AT_ONCE = 100
"""Conversations that are read by one statement."""


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
    messages = _messages(connection, stretch)
    forget_segments(connection, (stretch.handle_id,), stretch.after, stretch.until)
    number = select(func.coalesce(func.max(_segment.c.number), 0)).where(
        _segment.c.handle_id == stretch.handle_id
    )
    row = {
        "handle_id": stretch.handle_id,
        "number": connection.execute(number).scalar_one() + 1,
        "first_at": stretch.after,
        "last_at": stretch.until,
        "messages": len(messages),
        "data": pack_segment(messages),
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


def _messages(connection: Connection, stretch: Stretch) -> list[ToPack]:
    found: list[ToPack] = []
    for at in range(0, len(stretch.places), _AT_ONCE):
        inside = [
            and_(_message.c.conversation_id == conversation, _message.c.seq.between(low, high))
            for conversation, low, high in stretch.places[at : at + _AT_ONCE]
        ]
        rows = connection.execute(
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
                or_(*inside),
                _message.c.handle_id == stretch.handle_id,
                _message.c.created_at > stretch.after,
                _message.c.created_at <= stretch.until,
            )
        )
        found += [ToPack(*row) for row in rows]
    return sorted(found, key=lambda one: (one.created_at, one.conversation_id, one.seq))
