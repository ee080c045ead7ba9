"""Which sessions of a very long history are worth scoring message by message.

Its postings alone are looked at: the words, identifiers, times and channels that are asked for.
What is left is scored as a thread is (`memory.recall.scoring`), with what a word is worth in the
whole history. It chooses nothing that is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.languages.features import Stems
from memory.recall.about import Places
from memory.recall.columns import LENGTH, TELLS_TIME, Floats
from memory.recall.scoring import (
    QUERY_TERMS,
    WEIGHTS,
    add_channels,
    add_names,
    in_periods,
    rarity_of,
    saturated,
    z,
)
from memory.recall.segment_view import SegmentView
from memory.recall.terms import asks_time, matter, periods


class Sifted(NamedTuple):
    """The places of the messages to be scored, oldest first, and where each of their sessions
    begins among them; and how rare each word that is asked for is in all messages."""

    places: Places
    starts: list[int]
    rarity: Floats


def sift(
    view: SegmentView, starts: Sequence[int], text: str, now: datetime, stems: Stems, most: int
) -> Sifted:
    """The sessions, from `starts`, that may matter to `text` at all, the best of them with about
    `most` messages together. Nothing where nothing is as it is asked."""
    wanted = list(matter(text, stems).counts)[:QUERY_TERMS]
    rows, where, counts = view.postings(wanted)
    edges, lengths = np.array(starts), view.number(LENGTH)
    sizes = np.diff(np.append(edges, len(view)))
    rarity = rarity_of(np.bincount(rows, minlength=len(wanted)), len(view))
    often = saturated(counts.astype(np.float64), lengths[where], lengths)
    own: Floats = np.bincount(where, rarity[rows] * often, len(view)).astype(np.float64)
    said = (WEIGHTS["words"] + WEIGHTS["words nearby"]) * z(own[np.newaxis])[0]
    cells = rows * len(edges) + edges.searchsorted(where, side="right") - 1
    together = np.bincount(cells, counts, len(wanted) * len(edges)).astype(np.float64)
    whole: Floats = np.add.reduceat(lengths, edges)
    by_words: Floats = rarity @ saturated(together.reshape(len(wanted), len(edges)), whole, whole)
    matches = by_words > 0
    matches |= _add_circumstances(said, view, edges, text, now, stems)
    total = np.maximum.reduceat(said, edges) + WEIGHTS["session"] * z(by_words[np.newaxis])[0]
    some = matches.nonzero()[0]
    best = some[(-total[some]).argsort(kind="stable")]
    enough = int(sizes[best].cumsum().searchsorted(most)) + 1
    taken = np.sort(best[:enough])
    ends = sizes[taken].cumsum()
    places = np.arange(ends[-1] if len(ends) else 0) + (
        edges[taken] - (ends - sizes[taken])
    ).repeat(sizes[taken])
    return Sifted(places, (ends - sizes[taken]).tolist(), rarity)


def _add_circumstances(
    said: Floats, view: SegmentView, edges: Places, text: str, now: datetime, stems: Stems
) -> NDArray[np.bool_]:
    """Add what speaks for messages beside their words; which sessions match by it alone."""
    matches = np.zeros(len(edges), dtype=np.bool_)
    part = np.zeros(len(view))
    add_names(part, view, text)
    said += WEIGHTS["speaker"] * part
    part[:] = 0
    add_channels(part, view, text)
    said += WEIGHTS["channel"] * part
    if asks_time(text):
        said += WEIGHTS["tells a time"] * view.number(TELLS_TIME)
    if named := periods(text, now):
        inside = in_periods(view, named)
        said += WEIGHTS["time asked about"] * inside
        matches |= np.maximum.reduceat(inside, edges) > 0
    if identifiers := matter(text, stems).identifiers:
        shared = view.shared_identifiers(identifiers)
        said += WEIGHTS["same identifier"] * shared
        matches |= np.maximum.reduceat(shared, edges) > 0
    return matches
