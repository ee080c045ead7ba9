"""What scoring needs of a thread's messages, a column for each thing, growing at the newer end.

A message is analysed once, when it is first scored; threads that grew share the columns.
It scores and chooses nothing.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.message import Author
from core.pipeline.features import Stems
from core.turn import Said
from memory.terms import Matter, matter, terms

Floats = NDArray[np.float64]
Speaker = tuple[Author, str | None]


class Analysed:
    """A message with what it is about, worked out when it is first asked for and then kept."""

    __slots__ = ("__dict__", "said", "stems")

    def __init__(self, said: Said, stems: Stems) -> None:
        self.said = said
        self.stems = stems

    @cached_property
    def matter(self) -> Matter:
        """What its text is about."""
        return matter(self.said.text, self.stems)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Roots of the text and of the speaker's name -> how often."""
        name = self.said.author_name
        if not name:
            return self.matter.counts
        return Counter(terms(f"{name} {self.said.text}", self.stems))

    @property
    def speaker(self) -> Speaker:
        """Who said it."""
        return self.said.author, self.said.author_name


LENGTH, ASKS, TELLS_TIME, MOMENT, SPEAKER, CHANNEL = range(6)
"""Rows of numbers: words that tell something, 1 for a question, 1 for one that says when something
is, seconds since the epoch, and the numbers of who said it and of the channel."""

_ROOM = 64
_NOWHERE = array("q"), array("d")


class Columns:
    """The columns of some messages, oldest first. They only ever grow."""

    def __init__(self) -> None:
        self.messages: list[Analysed] = []
        self.tokens: list[int] = []
        self.essences: list[int] = []
        self.numbers: Floats = np.zeros((6, _ROOM))
        self._essences: dict[frozenset[str], int] = {}
        self.codes: dict[Speaker, int] = {}
        """The number of each speaker."""
        self.channels: dict[str, int] = {}
        """The number of each channel."""
        self._stems: dict[str, tuple[array[int], array[float]]] = {}
        self._identifiers: dict[str, list[int]] = {}

    def grow(self, messages: Iterable[Analysed]) -> None:
        """Add messages at the newer end."""
        for one in messages:
            self._add(one)

    def _add(self, one: Analysed) -> None:
        at, matter = len(self.messages), one.matter
        counts = one.counts
        for stem, count in counts.items():
            known = self._stems.get(stem)
            if known is None:
                known = self._stems[stem] = (array("q"), array("d"))
            known[0].append(at)
            known[1].append(count)
        for identifier in matter.identifiers:
            self._identifiers.setdefault(identifier, []).append(at)
        if at == self.numbers.shape[1]:
            self.numbers = np.concatenate((self.numbers, np.zeros_like(self.numbers)), axis=1)
        self.numbers[:, at] = (
            sum(counts.values()),
            matter.asks,
            matter.tells_time,
            one.said.at.timestamp(),
            self.codes.setdefault(one.speaker, len(self.codes)),
            self.channels.setdefault(one.said.channel, len(self.channels)),
        )
        self.tokens.append(one.said.tokens)
        self.essences.append(self._essence(one))
        self.messages.append(one)

    def _essence(self, one: Analysed) -> int:
        """The same number for messages that say the same, 0 for one that says nothing."""
        essence = one.matter.essence
        return self._essences.setdefault(essence, len(self._essences) + 1) if essence else 0

    def places(self, stem: str) -> tuple[array[int], array[float]]:
        """Where a stem is, and how often."""
        return self._stems.get(stem, _NOWHERE)


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
        # Gathered first: a call of numpy for each stem takes longer than all the copying.
        where, counted, found = array("q"), array("d"), array("q")
        for stem in stems:
            places, counts = self._columns.places(stem)
            low, high = self._between(places)
            where.extend(places[low:high])
            counted.extend(counts[low:high])
            found.append(high - low)
        if where:
            before = (np.arange(len(stems)) * width).repeat(found) + (2 - self._start)
            table.ravel()[np.frombuffer(where, dtype=np.int64) + before] = np.frombuffer(counted)
        table[-1, 2:-2] = self.number(LENGTH)
        return table

    def shared_identifiers(self, asked: Iterable[str]) -> Floats:
        """How many of the identifiers are in each message."""
        found = np.zeros(len(self))
        for one in asked:
            places = self._columns._identifiers.get(one, ())
            low, high = self._between(places)
            if low < high:
                found[np.array(places[low:high]) - self._start] += 1
        return found

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

    def channels(self) -> set[str]:
        """Every channel that one of the messages was said on."""
        codes = set(self.number(CHANNEL).tolist())
        return {one for one, code in self._columns.channels.items() if code in codes}

    def said_on(self, channels: Iterable[str]) -> NDArray[np.bool_]:
        """Whether each message was said on one of these."""
        codes = np.array([self._columns.channels[one] for one in channels])
        return np.isin(self.number(CHANNEL), codes)

    def _between(self, places: Sequence[int]) -> tuple[int, int]:
        return bisect_left(places, self._start), bisect_left(places, self._end)


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
