"""What of a long history no segment has yet: found, so that it is packed, and read as it is until
then.

A segment of a handle covers a stretch of time, after `first_at` until `last_at`, and all that the
handle had said in it, in conversations of the customer it belonged to. A stretch that is covered by
none was not packed yet, or its segment was dropped because a message in it changed. It only reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from core.clock import Micros
from memory.recall.segments import is_current
from memory.tables.main import Conversation, Handle, Message
from memory.tables.remembered import Segment
from memory.tables.rows import table

SIZE = 1_000
"""Messages of one segment, at most but for those of the very same moment."""

LEFT_TO_THE_THREAD = 500
"""The newest messages of a customer, which are in every thread and are not packed yet."""

WORTH_IT = 250
"""So many messages are packed at once, or none."""

BEGINNING: Micros = -1
_HAS_ROOM = SIZE - WORTH_IT

_conversation = table(Conversation)
_handle = table(Handle)
_message = table(Message)
_segment = table(Segment)


class Stretch(NamedTuple):
    """What one handle said after one moment until another one, and where: conversations, each with
    the numbers of its first and last message among these. `messages` is how many they are."""

    handle_id: int
    after: Micros
    until: Micros
    places: tuple[tuple[int, int, int], ...]
    messages: int


class Covered(NamedTuple):
    """A stretch of a handle's time that one segment covers, and how many messages it has."""

    after: Micros
    until: Micros
    messages: int


Gap = tuple[Micros, Micros]

_handles_of = select(_handle.c.id).where(_handle.c.customer_id == bindparam("customer"))
_written = (
    select(func.coalesce(func.sum(_conversation.c.seq), 0))
    .select_from(_handle)
    .join(_conversation, _conversation.c.handle_id == _handle.c.id)
    .where(_handle.c.customer_id == bindparam("customer"))
)
_segments_of = (
    select(
        _segment.c.handle_id,
        _segment.c.first_at,
        _segment.c.last_at,
        _segment.c.messages,
        func.substr(_segment.c.data, 1, 20).label("head"),
    )
    .where(_segment.c.handle_id.in_(bindparam("handles", expanding=True)))
    .order_by(_segment.c.handle_id, _segment.c.first_at)
)
_threads = select(_conversation.c.id).where(
    _conversation.c.handle_id.in_(bindparam("handles", expanding=True))
)
_newest = (
    select(_message.c.created_at)
    .select_from(_conversation)
    .join(_message, _message.c.conversation_id == _conversation.c.id)
    .where(
        _conversation.c.id.in_(_threads),
        _message.c.seq >= _conversation.c.seq - bindparam("left"),
    )
    .order_by(_message.c.created_at.desc())
    .limit(1)
    .offset(bindparam("left"))
)
_unpacked = (
    select(
        _message.c.handle_id,
        _message.c.created_at,
        _message.c.conversation_id,
        _message.c.seq,
    )
    .where(
        _message.c.conversation_id.in_(_threads),
        _message.c.handle_id.in_(bindparam("handles", expanding=True)),
        _message.c.created_at > bindparam("low"),
        _message.c.created_at <= bindparam("high"),
    )
    .order_by(_message.c.handle_id, _message.c.created_at, _message.c.conversation_id)
)
_moved = (
    select(_conversation.c.id, _conversation.c.updated_at, _handle.c.customer_id)
    .join(_handle, _handle.c.id == _conversation.c.handle_id)
    .where(
        (_conversation.c.updated_at > bindparam("at"))
        | (
            (_conversation.c.updated_at == bindparam("at"))
            & (_conversation.c.id > bindparam("last"))
        )
    )
    .order_by(_conversation.c.updated_at, _conversation.c.id)
    .limit(bindparam("most"))
)
_long = (
    select(_handle.c.customer_id, func.sum(_conversation.c.seq))
    .select_from(_handle)
    .join(_conversation, _conversation.c.handle_id == _handle.c.id)
    .where(_handle.c.customer_id.in_(bindparam("customers", expanding=True)))
    .group_by(_handle.c.customer_id)
    .having(func.sum(_conversation.c.seq) > bindparam("least"))
)


def written(connection: Connection, customer_id: int) -> int:
    """How many messages the customer's conversations have, at most."""
    return int(connection.execute(_written, {"customer": customer_id}).scalar_one())


def long_histories(
    connection: Connection, after: tuple[Micros, int], most: int, least: int
) -> tuple[Mapping[int, int], tuple[Micros, int] | None]:
    """Of the customers of the next `most` conversations that changed `after` this one, those with
    more than `least` messages, with their number; and where to go on, if there was anything."""
    rows = connection.execute(_moved, {"at": after[0], "last": after[1], "most": most}).all()
    if not rows:
        return {}, None
    customers = sorted({row.customer_id for row in rows})
    found = connection.execute(_long, {"customers": customers, "least": least})
    return {row[0]: int(row[1]) for row in found}, (rows[-1].updated_at, rows[-1].id)


def covered(connection: Connection, handles: Sequence[int]) -> dict[int, list[Covered]]:
    """Which stretches of each handle's time are packed, in their order, by today's segments."""
    found: dict[int, list[Covered]] = {one: [] for one in handles}
    for row in connection.execute(_segments_of, {"handles": list(handles)}):
        if is_current(row.head):
            found[row.handle_id].append(Covered(row.first_at, row.last_at, row.messages))
    return found


def gaps(packed: Iterable[Covered], until: Micros) -> list[Gap]:
    """What the packed stretches, in their order, leave uncovered until this moment."""
    found: list[Gap] = []
    end = BEGINNING
    for first, last, _ in packed:
        if end < min(first, until):
            found.append((end, min(first, until)))
        end = max(end, last)
    if end < until:
        found.append((end, until))
    return found


def unpacked(connection: Connection, customer_id: int) -> tuple[Stretch, ...]:
    """The stretches of a customer's handles that are to be packed; none when they are few."""
    handles = list(connection.execute(_handles_of, {"customer": customer_id}).scalars())
    newest = {"handles": handles, "left": LEFT_TO_THE_THREAD}
    until = connection.execute(_newest, newest).scalar() if handles else None
    if until is None:
        return ()
    packed = covered(connection, handles)
    # The last segment of a handle is packed again as long as there is room for more in it.
    growing = [each.pop() for each in packed.values() if each and each[-1].messages <= _HAS_ROOM]
    open_at = {one: gaps(each, until) for one, each in packed.items()}
    low = min((each[0][0] for each in open_at.values() if each), default=until)
    if low >= until:
        return ()
    rows = connection.execute(_unpacked, {"handles": handles, "low": low, "high": until})
    said = {
        handle: [(row.created_at, row.conversation_id, row.seq) for row in each]
        for handle, each in groupby(rows, key=lambda row: row.handle_id)
    }
    found = [
        stretch
        for handle, each in open_at.items()
        for gap in each
        for stretch in _stretches(handle, gap, said.get(handle, ()))
    ]
    new = sum(one.messages for one in found) - sum(one.messages for one in growing)
    return tuple(found) if new >= WORTH_IT else ()


def _stretches(handle: int, gap: Gap, said: Sequence[tuple[Micros, int, int]]) -> list[Stretch]:
    """The gap in pieces of a segment's size, the last of which reaches its end."""
    inside = [one for one in said if gap[0] < one[0] <= gap[1]]
    found: list[Stretch] = []
    after, start = gap[0], 0
    while True:
        end = start + SIZE
        while start < end < len(inside) and inside[end][0] == inside[end - 1][0]:
            end += 1
        piece = inside[start:end]
        until = gap[1] if end >= len(inside) else piece[-1][0]
        found.append(Stretch(handle, after, until, _places(piece), len(piece)))
        if end >= len(inside):
            return found
        after, start = until, end


def _places(piece: Sequence[tuple[Micros, int, int]]) -> tuple[tuple[int, int, int], ...]:
    threads: dict[int, tuple[int, int]] = {}
    for _, conversation, seq in piece:
        low, high = threads.get(conversation, (seq, seq))
        threads[conversation] = (min(low, seq), max(high, seq))
    return tuple((one, *ends) for one, ends in threads.items())
