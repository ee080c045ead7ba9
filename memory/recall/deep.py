"""What a sender said and was told long ago: the messages beyond the thread that may matter now.

The whole history is scored over its segments, by the same scores as a thread, and whole stretches
around what matches best are read word for word, through the same filter as the thread
(`memory.readable.messages`). What of it goes before the pipeline is `memory.recall.choosing`'s
choice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, select

from core.clock import Micros
from core.turn import Said
from memory.readable.messages import own_conversations, readable_in, reading, said_in, undrawn
from memory.readable.sender import AnyRow, ContextQuery, Reader, read_sender
from memory.recall.columns import Floats
from memory.recall.scoring import SESSION_LENGTH, Scores, score
from memory.recall.segment_view import SegmentView
from memory.recall.segments import (
    READABLE_BIT,
    SECOND,
    Plane,
    Planes,
    ToPack,
    in_time,
    is_current,
    pack_segment,
    taken,
    unpack_segments,
)
from memory.recall.sifting import sift
from memory.recall.terms import LANGUAGE, stems_of
from memory.recall.unpacked import Covered, gaps, written
from memory.tables.main import Conversation, Message
from memory.tables.remembered import Segment
from memory.tables.rows import table

FAR_BACK = 200
"""Messages from far back that are worth a closer look."""

_SCORED = 1_000
"""Of more messages, only those of the best sessions are scored one by one, so many together."""

_BESIDE = 2
"""Messages on either side of one that matches, which its score is made of, too."""

_TOLD_AGAIN, _ALIKE = 3, 3
"""Of those whose scores have so many decimals in common, so many are enough."""

_UNPACKED = 2_000
"""Of what no segment has yet, the newest messages are looked at as they are."""

_conversation = table(Conversation)
_message = table(Message)
_segment = table(Segment)

_stamps = (
    select(_segment.c.handle_id, _segment.c.first_at, _segment.c.last_at, _segment.c.digest)
    .where(
        _segment.c.handle_id.in_(bindparam("handles", expanding=True)),
        _segment.c.first_at < bindparam("before"),
    )
    .order_by(_segment.c.handle_id, _segment.c.first_at)
)
_not_packed = (
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
    .select_from(_conversation)
    .join(_message, _message.c.conversation_id == _conversation.c.id)
    .where(
        _conversation.c.id.in_(own_conversations),
        _message.c.handle_id.in_(bindparam("handles", expanding=True)),
        _message.c.created_at > bindparam("after"),
        _message.c.created_at < bindparam("before"),
    )
    .order_by(_message.c.created_at.desc())
    .limit(_UNPACKED)
)
# By the two parts of the key apart: for pairs of them, SQLite goes through whole conversations.
_these = readable_in.where(
    _message.c.seq.in_(bindparam("seqs", expanding=True)),
    # What is at the place of one of another conversation is seen here, before it is looked into.
    (_message.c.created_at // SECOND).in_(bindparam("seconds", expanding=True)),
    _message.c.created_at < bindparam("before"),
)


_segments = _stamps.add_columns(_segment.c.data)


class History(NamedTuple):
    """What was packed of all that a sender may read, ready to be looked through again.

    `key` says of which segments, by handle, time and content: as long as these are the ones that
    are read, nothing in it has changed. Who may read what is not in it.
    """

    key: tuple[tuple[int, Micros, Micros, int], ...]
    view: SegmentView
    starts: list[int]


class Found(NamedTuple):
    """What is far back and may matter, oldest first, and the history that it was found over, if
    that is of use to the next one who looks."""

    messages: tuple[Said, ...] = ()
    history: History | None = None


def find_deep(
    connection: Connection,
    query: ContextQuery,
    text: str,
    now: datetime,
    before: Micros,
    limit: int = FAR_BACK,
) -> tuple[Said, ...]:
    """Messages older than `before`, at most `limit`, that may matter to whoever writes `text` now,
    oldest first: each is one that `memory.readable.context.load_context` would return if it had no
    limit.

    Nothing for a customer whose messages are all in the thread, nor for a sender who reads this
    conversation only. Raises `memory.readable.sender.NotTheirs` as `load_context` does.
    """
    return look_back(connection, query, text, now, before, limit).messages


def look_back(
    connection: Connection,
    query: ContextQuery,
    text: str,
    now: datetime,
    before: Micros,
    limit: int = FAR_BACK,
    known: History | None = None,
) -> Found:
    """The same as `find_deep`, with the history it was found over. One that is `known` spares
    reading it, when it is still what is stored."""
    if written(connection, query.customer_id) <= query.limit:
        return Found()
    reader = read_sender(connection, query)
    if not reader.everywhere:
        return Found()
    history, whole = _history(connection, query, reader, before, known)
    if history is None:
        return Found()
    (_, view, starts), rarity, stems = history, None, stems_of(LANGUAGE)
    if len(view) > _SCORED:
        places, starts, rarity = sift(view, starts, text, now, stems, _SCORED)
        if not len(places):
            return Found((), whole)
        view = SegmentView(taken(view.planes, places), view.channel_names)
    numbers = np.arange(len(starts)).repeat(np.diff([*starts, len(view)]))
    scores = score(view, numbers, text, now, stems, rarity=rarity)
    chosen = _stretches(scores, view.planes, starts, before, limit)
    return Found(_read(connection, query, reader, view.planes, chosen, before), whole)


def _history(
    connection: Connection,
    query: ContextQuery,
    reader: Reader,
    before: Micros,
    known: History | None,
) -> tuple[History | None, History | None]:
    """All that the sender may read, as it is packed, and what of it is not packed yet; and the same
    if there was nothing of the latter, which is not of use for long."""
    asked = {"handles": list(reader.keys), "before": before}
    if known is not None:
        stamps = tuple(tuple(row) for row in connection.execute(_stamps, asked))
        if stamps == known.key and not _left(reader, stamps, before):
            return known, known
    rows = connection.execute(_segments, asked).all()
    current = [row for row in rows if is_current(row.data)]
    data = [row.data for row in current]
    left = _left(reader, [row[:4] for row in current], before)
    found: list[ToPack] = []
    if left:
        after = min(each[0][0] for each in left.values())
        found = _unpacked(connection, query, reader, list(left), (after, before))
    if found:
        data.append(pack_segment(found))
    if not data:
        return None, None
    planes, channels = unpack_segments(data)
    planes = in_time(planes)
    if not len(planes.seqs):
        return None, None
    key = tuple(tuple(row[:4]) for row in rows)
    history = History(key, SegmentView(planes, channels), _sessions(planes.seconds))
    return history, None if left or len(current) < len(rows) else history


def _left(
    reader: Reader, stamps: Iterable[Sequence[int]], before: Micros
) -> dict[int, Sequence[tuple[Micros, Micros]]]:
    """What the segments leave open of each handle's time until then, where they do: that is mostly
    what the thread has itself."""
    packed: dict[int, list[Covered]] = {one: [] for one in reader.keys}
    for handle, first, last, _ in stamps:
        packed[handle].append(Covered(first, last, 0))
    left = {one: gaps(each, before - 1) for one, each in packed.items()}
    return {one: each for one, each in left.items() if each}


def _unpacked(
    connection: Connection,
    query: ContextQuery,
    reader: Reader,
    handles: Sequence[int],
    between: tuple[Micros, Micros],
) -> list[ToPack]:
    rows = connection.execute(
        _not_packed,
        {
            **reading(query, reader),
            "handles": handles,
            "after": between[0],
            "before": between[1],
        },
    )
    return [ToPack(*row) for row in rows.all()[::-1]]


def _sessions(seconds: Plane) -> list[int]:
    """Where each session begins."""
    moments = seconds.astype(np.int64)
    length = int(SESSION_LENGTH.total_seconds())
    # After such a silence a session begins, whenever the one before it began.
    sure = [0, *((np.diff(moments) > length).nonzero()[0] + 1).tolist(), len(moments)]
    edges = moments[np.array(sure[1:]) - 1] - moments[sure[:-1]]
    starts = sure[:-1]
    for at in (edges > length).nonzero()[0].tolist():
        start, end = sure[at], sure[at + 1]
        while True:
            start += int(moments[start:end].searchsorted(moments[start] + length, side="right"))
            if start >= end:
                break
            starts.append(start)
    return sorted(starts)


def _stretches(
    scores: Scores, planes: Planes, starts: Sequence[int], before: Micros, limit: int
) -> NDArray[np.int64]:
    """The messages that match best, each with its neighbours of the same session."""
    may = scores.matches & ((planes.flags & READABLE_BIT) > 0)
    may &= planes.seconds.astype(np.int64) * SECOND < before
    best = may.nonzero()[0][::-1]
    best = best[(-scores.total[best]).argsort(kind="stable")]
    ends = [*starts[1:], len(may)]
    taken: set[int] = set()
    for at in _not_told_again(best, scores.total[best], limit):
        session = bisect_right(starts, at) - 1
        low, high = max(starts[session], at - _BESIDE), min(ends[session], at + _BESIDE + 1)
        taken.update(range(low, high))
        if len(taken) > limit - 2 * _BESIDE - 1:
            break
    return np.array(sorted(taken), dtype=np.int64)


def _not_told_again(best: NDArray[np.int64], totals: Floats, most: int) -> list[int]:
    """Of the messages that match, best and newest first, those to be looked at.

    What matches in exactly the same way, with all that is around it, is one thing told again and
    again, as notices are, by which everything else would be crowded out: the newest are enough.
    """
    _, groups = np.unique(totals.round(_ALIKE), return_inverse=True)
    order = groups.argsort(kind="stable")
    ranked = groups[order]
    nth = np.empty(len(best), dtype=np.int64)
    nth[order] = np.arange(len(best)) - ranked.searchsorted(ranked)
    found: list[int] = best[nth < _TOLD_AGAIN][:most].tolist()
    return found


def _read(
    connection: Connection,
    query: ContextQuery,
    reader: Reader,
    planes: Planes,
    chosen: NDArray[np.int64],
    before: Micros,
) -> tuple[Said, ...]:
    """These messages, of those the ones that the sender may read."""
    if not len(chosen):
        return ()
    threads, seqs = planes.threads[chosen].tolist(), planes.seqs[chosen].tolist()
    places = set(zip(threads, seqs, strict=True))
    asked = {
        **reading(query, reader),
        "before": before,
        "threads": sorted(set(threads)),
        "seqs": sorted(set(seqs)),
        "seconds": planes.seconds[chosen].tolist(),
    }
    found = [row for row in connection.execute(_these, asked).all() if (row[0], row[1]) in places]
    rows = sorted(found, key=_moment)
    return said_in(connection, undrawn(rows, reader)[0], reader.keys)


def _moment(row: AnyRow) -> tuple[int, int, int]:
    return row.created_at, row.conversation_id, row.seq
