"""What recall compares many older messages of one handle by, packed into one row of bytes.

Beside the packed forms of `memory.recall.about` it has where each message is, when, by whom and on
which channel, so that a whole history is scored without reading a message. It holds no text,
decides nothing about who may read, and is made again from the messages whenever it is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from struct import Struct
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import orjson
from numpy.typing import NDArray

from core.clock import Micros
from core.message import Assurance, Author
from memory.recall.about import ASKS_BIT, TELLS_TIME_BIT, VERSION, Places, packed_of, unpack

READABLE_BIT = 4
"""Beside the flags of `memory.recall.about`: somebody said it who was proved at all."""

Plane: TypeAlias = NDArray[Any]

AUTHORS = tuple(Author)
SECOND: Micros = 1_000_000

_HEAD = Struct("<HHIIII")
"""Version, bytes of the channels' names; conversations, messages, roots, identifiers."""

_MOST = 0xFFFF_FFFF


class ToPack(NamedTuple):
    """One message on its way into a segment."""

    conversation_id: int
    seq: int
    created_at: Micros
    author: str
    author_name: str | None
    level: int
    text: str
    about: bytes | None
    channel: str


class Planes(NamedTuple):
    """The messages of one or more segments, a column for each thing; seconds since the epoch.

    `threads` is the conversation, `widths` how many of the `roots` each message has and
    `identities` how many of the `identifiers`, which follow each other in the messages' order.
    """

    threads: Plane
    seqs: Plane
    seconds: Plane
    authors: Plane
    channels: Plane
    flags: Plane
    lengths: Plane
    widths: Plane
    identities: Plane
    roots: Plane
    counts: Plane
    identifiers: Plane


def pack_segment(messages: Sequence[ToPack]) -> bytes:
    """The messages, oldest first, as bytes."""
    found = unpack([packed_of(one.text, one.about, one.author_name) for one in messages])
    channels, threads = (
        _numbered(one.channel for one in messages),
        _numbered(one.conversation_id for one in messages),
    )
    names = orjson.dumps(list(channels))
    flags = found.flags & (ASKS_BIT | TELLS_TIME_BIT)
    flags |= np.array([READABLE_BIT * (one.level >= Assurance.ASSERTED) for one in messages], "u4")
    identities = np.bincount(found.identified, minlength=len(messages))
    columns: tuple[tuple[Any, str], ...] = (
        (list(threads), "<i8"),
        ([threads[one.conversation_id] for one in messages], "<u4"),
        ([one.seq for one in messages], "<u4"),
        ([min(max(one.created_at // SECOND, 0), _MOST) for one in messages], "<u4"),
        (found.roots, "<u4"),
        (found.identifiers, "<u4"),
        (found.lengths, "<u2"),
        (found.widths, "<u2"),
        (identities, "<u2"),
        ([AUTHORS.index(Author(one.author)) for one in messages], "u1"),
        ([channels[one.channel] for one in messages], "u1"),
        (flags, "u1"),
        (found.counts, "u1"),
    )
    sizes = (len(threads), len(messages), len(found.roots), len(found.identifiers))
    head = _HEAD.pack(VERSION, len(names), *sizes)
    planes = [np.asarray(values).astype(kind).tobytes() for values, kind in columns]
    return b"".join([head, *planes, names])


def unpack_segments(rows: Sequence[bytes]) -> tuple[Planes, list[str]]:
    """The messages of some segments, one segment after the other, and the names of the channels."""
    channels: dict[str, int] = {}
    parts = [_unpack(row, channels) for row in rows]
    joined = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
    return Planes._make(joined), list(channels)


def is_current(data: bytes) -> bool:
    """Whether a stored segment was packed as they are now."""
    return len(data) >= _HEAD.size and _HEAD.unpack_from(data)[0] == VERSION


def digest_of(data: bytes) -> int:
    """A number that tells the content of a segment from any other."""
    return int.from_bytes(blake2b(data, digest_size=8).digest(), signed=True)


_KINDS = ("<i8", "<u4", "<u4", "<u4", "<u4", "<u4", "<u2", "<u2", "<u2", "u1", "u1", "u1", "u1")
_WIDTHS = (8, 4, 4, 4, 4, 4, 2, 2, 2, 1, 1, 1, 1)


def _unpack(data: bytes, channels: dict[str, int]) -> Planes:
    _, names, threads, messages, roots, identifiers = _HEAD.unpack_from(data)
    each = (messages,) * 3
    lengths = (threads, *each, roots, identifiers, *each, *each, roots)
    sizes = [count * width for count, width in zip(lengths, _WIDTHS, strict=True)]
    edges = [*accumulate(sizes, initial=_HEAD.size)]
    columns = [
        np.frombuffer(data, kind, count, start)
        for kind, count, start in zip(_KINDS, lengths, edges[:-1], strict=True)
    ]
    table, thread, seqs, seconds, words, named = columns[:6]
    said, widths, identities, authors, channel, flags, counts = columns[6:]
    told = orjson.loads(data[edges[-1] : edges[-1] + names])
    known = np.array([channels.setdefault(one, len(channels)) for one in told], dtype=np.uint8)
    return Planes(
        table[thread], seqs, seconds, authors, known[channel], flags, said, widths, identities,
        words, counts, named,
    )  # fmt: skip


def in_time(planes: Planes) -> Planes:
    """The same messages, oldest first."""
    if not (np.diff(planes.seconds.astype(np.int64)) < 0).any():
        return planes
    return taken(planes, planes.seconds.argsort(kind="stable"))


def taken(planes: Planes, order: Places) -> Planes:
    """The messages at these places, in this order."""
    words, named = _spread(planes.widths, order), _spread(planes.identities, order)
    each = [column[order] for column in planes[:9]]
    named_roots = (planes.roots[words], planes.counts[words], planes.identifiers[named])
    return Planes._make((*each, *named_roots))


def owners(widths: Plane, places: Places) -> Places:
    """Which message each of these places among the roots, or identifiers, belongs to."""
    found: Places = widths.astype(np.int64).cumsum().searchsorted(places, side="right")
    return found


def _spread(widths: Plane, order: Places) -> Places:
    """Where the entries of each message are, the messages in this order."""
    sizes = widths.astype(np.int64)
    first = sizes.cumsum() - sizes
    moved = sizes[order]
    ends = moved.cumsum()
    shift = first[order] - (ends - moved)
    places = np.arange(int(moved.sum()), dtype=np.int64) + shift.repeat(moved)
    return places.astype(np.int64)


def _numbered(values: Any) -> dict[Any, int]:
    known: dict[Any, int] = {}
    for one in values:
        known.setdefault(one, len(known))
    return known
