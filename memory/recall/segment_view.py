"""A whole history as scoring sees it, over its segments instead of a thread's columns.

It answers what `memory.recall.columns.View` answers, so that one way of scoring serves both. It
reads and chooses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.message import Author
from memory.recall.about import ASKS_BIT, TELLS_TIME_BIT, Places, hash_of
from memory.recall.columns import (
    ASKS,
    CHANNEL,
    LENGTH,
    MOMENT,
    SPEAKER,
    TELLS_TIME,
    Columns,
    Floats,
    Speaker,
    View,
    found_among,
)
from memory.recall.segments import AUTHORS, Planes, owners


class Postings(NamedTuple):
    """Which of some stems (`rows`) is in which message (`where`), and how often."""

    rows: Places
    where: Places
    counts: NDArray[np.uint8]


class SegmentView(View):
    """The messages of some segments, oldest first. Who of our people said one is not told apart."""

    def __init__(self, planes: Planes, channels: Sequence[str]) -> None:
        super().__init__(Columns(), 0, len(planes.seqs))
        self.planes = planes
        self.channel_names = channels
        self._lows = planes.roots.astype(np.uint16)

    def number(self, row: int) -> Floats:
        """One of the rows of numbers."""
        planes = self.planes
        columns = {
            LENGTH: planes.lengths,
            ASKS: planes.flags & ASKS_BIT,
            TELLS_TIME: (planes.flags & TELLS_TIME_BIT) > 0,
            MOMENT: planes.seconds,
            SPEAKER: planes.authors,
            CHANNEL: planes.channels,
        }
        return columns[row].astype(np.float64)

    def table(self, stems: Sequence[str]) -> Floats:
        """As `View.table`. Of so many messages half the digits tell enough, in half the time."""
        width = len(self) + 4
        table: Any = np.zeros((len(stems) + 1, width), dtype=np.float32)
        row, where, counts = self.postings(stems)
        np.add.at(table.ravel(), row * width + where + 2, counts)
        table[-1, 2:-2] = self.planes.lengths
        halves: Floats = table
        return halves

    def postings(self, stems: Sequence[str]) -> Postings:
        """Where each of the stems is."""
        planes = self.planes
        if not stems:
            none = np.zeros(0, dtype=np.int64)
            return Postings(none, none, planes.counts[:0])
        asked = np.array([*map(hash_of, stems)], dtype=np.uint32)
        row, at = found_among(asked, planes.roots, self._lows)
        return Postings(row, owners(planes.widths, at), planes.counts[at])

    def shared_identifiers(self, asked: Iterable[str]) -> Floats:
        """How many of the identifiers are in each message."""
        wanted = np.array([*map(hash_of, asked)], dtype=np.uint32)
        at = np.isin(self.planes.identifiers, wanted).nonzero()[0]
        places = owners(self.planes.identities, at)
        return np.bincount(places, minlength=len(self)).astype(np.float64)

    @property
    def names(self) -> bool:
        """Never: the roots of names are there, but not who has them."""
        return False

    def speakers(self) -> set[Speaker]:
        """Every kind of author that said one of the messages."""
        return {(AUTHORS[one], None) for one in np.unique(self.planes.authors).tolist()}

    def said_by(self, speakers: Iterable[Speaker]) -> NDArray[np.bool_]:
        """Whether each message was said by one of these kinds of authors."""
        return np.isin(self.planes.authors, [AUTHORS.index(Author(one)) for one, _ in speakers])

    def channels(self) -> set[str]:
        """Every channel that one of the messages was said on."""
        return {self.channel_names[one] for one in np.unique(self.planes.channels).tolist()}

    def said_on(self, channels: Iterable[str]) -> NDArray[np.bool_]:
        """Whether each message was said on one of these."""
        wanted = [self.channel_names.index(one) for one in channels if one in self.channel_names]
        return np.isin(self.planes.channels, wanted)
