"""What scoring needs of a thread's messages, a column for each thing, growing at the newer end.

It is filled from the packed forms of `memory.recall.about`: those that came with the messages, and
those made now of messages that have none. Which of the two it was changes nothing. Threads that
grew share the columns. It scores and chooses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.languages.features import Stems
from core.message import Author
from core.turn import Said
from memory.recall.about import (
    ASKS_BIT,
    TELLS_TIME_BIT,
    Hashes,
    Places,
    hash_of,
    is_current,
    name_records,
    pack_matter,
    packed_of,
    unpack,
)
from memory.recall.terms import LANGUAGE, matter

Floats = NDArray[np.float64]
Speaker = tuple[Author, str | None]


class Analysed:
    """A message with what it is about: as it was stored, or else worked out when first asked for
    and then kept."""

    __slots__ = ("__dict__", "said", "stems")

    def __init__(self, said: Said, stems: Stems) -> None:
        self.said = said
        self.stems = stems

    @property
    def about(self) -> bytes:
        """The packed form of its text and of its speaker's name."""
        stored = self.said.about
        plain = self.said.author_name is None and self.stems.language == LANGUAGE
        return stored if plain and stored is not None and is_current(stored) else self._made

    @cached_property
    def _made(self) -> bytes:
        said, stems = self.said, self.stems
        if stems.language == LANGUAGE:
            return packed_of(said.text, said.about, said.author_name)
        packed = pack_matter(matter(said.text, stems))
        return packed + name_records(said.author_name, stems) if said.author_name else packed

    @property
    def speaker(self) -> Speaker:
        """Who said it."""
        return self.said.author, self.said.author_name


LENGTH, ASKS, TELLS_TIME, MOMENT, SPEAKER, CHANNEL, TOKENS = _ROWS = range(7)
"""Rows of numbers: words that tell something, 1 for a question, 1 for one that says when something
is, seconds since the epoch, the numbers of who said it and of the channel, and the stored count."""

_ROOM = 256
_LOW = 1 << 16


class Grown:
    """A column with room at its end, so that it need not be copied whenever it grows."""

    def __init__(self, kind: type[np.generic]) -> None:
        self._room: NDArray[Any] = np.zeros(_ROOM, dtype=kind)
        self.size = 0

    def extend(self, values: NDArray[Any]) -> None:
        """Add values at the end."""
        end = self.size + len(values)
        if end > len(self._room):
            larger = np.zeros(max(end, 2 * len(self._room)), dtype=self._room.dtype)
            larger[: self.size] = self._room[: self.size]
            self._room = larger
        self._room[self.size : end] = values
        self.size = end

    def part(self, start: int, end: int) -> NDArray[Any]:
        """Some of it. Not to be written to."""
        return self._room[start:end]


class Columns:
    """The columns of some messages, oldest first. They only ever grow."""

    def __init__(self) -> None:
        self.messages: list[Analysed] = []
        self.tokens: list[int] = []
        self.essences: list[int] = []
        self.numbers: Floats = np.zeros((len(_ROWS), _ROOM))
        self.codes: dict[Speaker, int] = {}
        """The number of each speaker."""
        self.channels: dict[str, int] = {}
        """The number of each channel."""
        self._roots, self._low = Grown(np.uint32), Grown(np.uint16)
        self._where, self._counts = Grown(np.int64), Grown(np.uint8)
        self._first: list[int] = [0]
        self._identifiers, self._identified = Grown(np.uint32), Grown(np.int64)

    def grow(self, messages: Iterable[Analysed]) -> None:
        """Add messages at the newer end."""
        added = list(messages)
        if not added:
            return
        start, end = len(self.messages), len(self.messages) + len(added)
        self._make_room(end)
        new = unpack([one.about for one in added])
        self._roots.extend(new.roots)
        self._low.extend(new.roots.astype(np.uint16))
        self._counts.extend(new.counts)
        self._where.extend(new.where + start)
        self._identifiers.extend(new.identifiers)
        self._identified.extend(new.identified + start)
        self._first += (new.widths.cumsum() + self._first[-1]).tolist()
        self.numbers[LENGTH, start:end] = new.lengths
        self.numbers[ASKS, start:end] = (new.flags & ASKS_BIT) > 0
        self.numbers[TELLS_TIME, start:end] = (new.flags & TELLS_TIME_BIT) > 0
        self._add_circumstances(added, start, end)
        self.essences += new.essences.tolist()
        tokens = [one.said.tokens for one in added]
        self.numbers[TOKENS, start:end] = tokens
        self.tokens += tokens
        self.messages += added

    def join(self, other: Columns, start: int, end: int) -> None:
        """Add the messages between two places of other columns at the newer end."""
        size, shift = len(self.messages), len(self.messages) - start
        self._make_room(size + end - start)
        low, high = other._first[start], other._first[end]
        for mine, theirs in ((self._roots, other._roots), (self._low, other._low)):
            mine.extend(theirs.part(low, high))
        self._counts.extend(other._counts.part(low, high))
        self._where.extend(other._where.part(low, high) + shift)
        identifiers, where = other.identifiers()
        inside = (where >= start) & (where < end)
        self._identifiers.extend(identifiers[inside])
        self._identified.extend(where[inside] + shift)
        last = self._first[-1] - low
        self._first += [one + last for one in other._first[start + 1 : end + 1]]
        self.numbers[:, size : size + end - start] = other.numbers[:, start:end]
        for row, mine_of, theirs_of in (
            (SPEAKER, self.codes, other.codes),
            (CHANNEL, self.channels, other.channels),
        ):
            self._renumber(row, mine_of, theirs_of, size, size + end - start)
        self.essences += other.essences[start:end]
        self.tokens += other.tokens[start:end]
        self.messages += other.messages[start:end]

    def _renumber(
        self, row: int, mine: dict[Any, int], theirs: Mapping[Any, int], start: int, end: int
    ) -> None:
        """Give what other columns numbered the numbers it has here."""
        codes = [mine.setdefault(one, len(mine)) for one in theirs]
        self.numbers[row, start:end] = np.array(codes)[self.numbers[row, start:end].astype(int)]

    def _make_room(self, end: int) -> None:
        room = self.numbers.shape[1]
        if end > room:
            larger = np.zeros((len(_ROWS), max(end, 2 * room)))
            larger[:, :room] = self.numbers
            self.numbers = larger

    def _add_circumstances(self, added: Sequence[Analysed], start: int, end: int) -> None:
        codes, channels = self.codes, self.channels
        said = [one.said for one in added]
        self.numbers[MOMENT, start:end] = [one.at.timestamp() for one in said]
        self.numbers[SPEAKER, start:end] = [
            codes.setdefault(one.speaker, len(codes)) for one in added
        ]
        self.numbers[CHANNEL, start:end] = [
            channels.setdefault(one.channel, len(channels)) for one in said
        ]

    def roots(self, start: int, end: int) -> tuple[Hashes, NDArray[np.uint16], Places, Any]:
        """Of the messages between two places: every root, the low half of each, where it is and
        how often."""
        low, high = self._first[start], self._first[end]
        columns = (self._roots, self._low, self._where, self._counts)
        roots, lows, where, counts = (one.part(low, high) for one in columns)
        return roots, lows, where, counts

    def identifiers(self) -> tuple[Hashes, Places]:
        """Every identifier, and where it is."""
        size = self._identifiers.size
        return self._identifiers.part(0, size), self._identified.part(0, size)


class View:
    """The columns of one thread: those of its messages alone."""

    def __init__(self, columns: Columns, start: int, end: int) -> None:
        self._columns = columns
        self._start, self._end = start, end

    def __len__(self) -> int:
        return self._end - self._start

    @property
    def tokens(self) -> Sequence[int]:
        """The stored count of each message."""
        return self._columns.tokens[self._start : self._end]

    @property
    def essences(self) -> Sequence[int]:
        """A number for what each message says, the same for one that repeats it; 0 is nothing."""
        return self._columns.essences[self._start : self._end]

    def number(self, row: int) -> Floats:
        """One of the rows of numbers. Not to be written to."""
        numbers: Floats = self._columns.numbers[row, self._start : self._end]
        return numbers

    def table(self, stems: Sequence[str]) -> Floats:
        """How often each stem (row) is in each message (column), and in the last row its length.

        Two empty columns stand before the first message and after the last one.
        """
        width = len(self) + 4
        table = np.zeros((len(stems) + 1, width))
        if stems:
            roots, lows, where, counts = self._columns.roots(self._start, self._end)
            row, at = found_among(np.array([*map(hash_of, stems)], dtype=np.uint32), roots, lows)
            # Added, because a speaker's name may be in the text, too.
            np.add.at(table.ravel(), row * width + (where[at] + (2 - self._start)), counts[at])
        table[-1, 2:-2] = self.number(LENGTH)
        return table

    def shared_identifiers(self, asked: Iterable[str]) -> Floats:
        """How many of the identifiers are in each message."""
        identifiers, where = self._columns.identifiers()
        inside = (where >= self._start) & (where < self._end)
        wanted = np.array([*map(hash_of, asked)], dtype=np.uint32)
        places = where[inside & np.isin(identifiers, wanted)] - self._start
        return np.bincount(places, minlength=len(self)).astype(np.float64)

    @property
    def names(self) -> bool:
        """Whether a speaker has a name."""
        return any(name for _, name in self._columns.codes)

    def speakers(self) -> set[Speaker]:
        """Everybody who said one of the messages."""
        codes = set(self.number(SPEAKER).tolist())
        return {one for one, code in self._columns.codes.items() if code in codes}

    def said_by(self, speakers: Iterable[Speaker]) -> NDArray[np.bool_]:
        """Whether each message was said by one of these."""
        codes = np.array([self._columns.codes[one] for one in speakers])
        return np.isin(self.number(SPEAKER), codes)

    def said_by_any(self, author: Author) -> NDArray[np.bool_]:
        """Whether each message was said by somebody of these."""
        codes = [code for (one, _), code in self._columns.codes.items() if one is author]
        if len(codes) == 1:
            said: NDArray[np.bool_] = self.number(SPEAKER) == codes[0]
            return said
        return np.isin(self.number(SPEAKER), codes)

    def channels(self) -> set[str]:
        """Every channel that one of the messages was said on."""
        codes = set(self.number(CHANNEL).tolist())
        return {one for one, code in self._columns.channels.items() if code in codes}

    def said_on(self, channels: Iterable[str]) -> NDArray[np.bool_]:
        """Whether each message was said on one of these."""
        codes = np.array([self._columns.channels[one] for one in channels])
        return np.isin(self.number(CHANNEL), codes)


def found_among(wanted: Hashes, roots: Hashes, lows: NDArray[np.uint16]) -> tuple[Places, Places]:
    """Which of the wanted roots (by its place in `wanted`) is at which place in `roots`, whose low
    halves are `lows`."""
    # The low halves leave few, whatever is asked; comparing all with each takes much longer.
    hot = np.zeros(_LOW, dtype=np.bool_)
    hot[wanted.astype(np.uint16)] = True
    some = hot[lows].nonzero()[0]
    order = wanted.argsort()
    ranked = wanted[order]
    nearest = np.minimum(ranked.searchsorted(roots[some]), len(ranked) - 1)
    same = ranked[nearest] == roots[some]
    return order[nearest[same]], some[same]


def view_of(columns: Columns, messages: Sequence[Analysed], start: int) -> View:
    """The columns of a thread whose first message has this place in `columns`.

    They are grown by what is new. Columns that another thread has grown otherwise are left to it.
    """
    end = start + len(messages)
    known = len(columns.messages)
    shared = min(known, end)
    if shared > start and columns.messages[shared - 1] is not messages[shared - start - 1]:
        columns, start, end, known = Columns(), 0, len(messages), 0
    if known < end:
        columns.grow(messages[max(known - start, 0) :])
    return View(columns, start, end)
