"""How well each older message of a thread matches what a customer writes now.

BM25 over a message with its neighbours and over its whole session, joined by exact identifiers, who
said it, questions and answers, the time that is asked about, and by nearness in meaning where there
is a sentence encoder. Each score comes with its parts. It knows no budgets and chooses nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.languages.features import Stems, words
from core.message import Author
from memory.recall.about import Places
from memory.recall.columns import ASKS, MOMENT, TELLS_TIME, Analysed, Floats, View
from memory.recall.terms import asks_time, matter, periods
from memory.recall.vocabulary import CHANNELS

SESSION_LENGTH = timedelta(hours=4)
"""What is said later than this after a session's first message belongs to the next one."""

QUERY_TERMS = 32
"""Different stems of a message that are looked for; a long mail says its matter early."""

_K1, _B = 1.2, 0.75

WEIGHTS: Mapping[str, float] = {
    "words": 0.40,
    "words nearby": 0.20,
    "session": 0.35,
    "speaker": 0.80,
    "channel": 0.80,
    "a question itself": -0.70,
    "an answer": 0.20,
    "tells a time": 0.50,
    "time asked about": 2.25,
    "same identifier": 20.0,
    "same meaning": 0.75,
    "best of session": 0.15,
    "next message": 0.10,
}
"""What each part of a score weighs. The identifier outranks all the others together.

Chosen by hand on the tuning half of our support corpus (docs/performance.md). The others are the
same where a sentence encoder is at work: weights of its own were better there and worse elsewhere.
"""

NEAR = 0.2
"""The cosine from which a message that shares no word with the text matches it all the same.

By all-MiniLM-L6-v2 three in four are below of the pairs of any question with any message.
"""

_SAYS_CUSTOMER = re.compile(r"\b(?:i|we)\s+(?:\w+\s+)?(?:said|told|wrote|gave|sent|asked)\b", re.I)
_SAYS_US = re.compile(
    r"\b(?:you|they|he|she|agent|colleague|somebody|someone)\s+(?:\w+\s+)?"
    r"(?:said|told|wrote|gave|sent|promised|offered|suggested|answered)\b",
    re.I,
)


_NAMES = tuple(WEIGHTS)
_NAMED = np.array(_NAMES, dtype=object)
_WEIGHTS: Floats = np.array(list(WEIGHTS.values()))
_TOLD = 4
"""Parts of a score that are told as its reasons."""
_OWN = len(_NAMES) - 2
"""Parts of a message's own; the last two come from the scores of its neighbours."""
_OWN_WEIGHTS, _OTHER_WEIGHTS = _WEIGHTS[:_OWN], _WEIGHTS[_OWN:]
_LEAST_LENGTH = 1e-9
_EVEN = {4: 1e-5, 8: 1e-9}
"""Numbers of so many bytes that deviate less than this are the same but for rounding."""
_BEST = np.arange(3)


_SAYING = tuple("said told wrote gave sent asked promised offered suggested answered".split())
"""The verbs above: looking for any of them is much quicker than for one with its subject."""


@dataclass(frozen=True, slots=True)
class Scores:
    """One score for each message, its parts (a row a weight), whether anything matches, and whether
    it is something of its own or next to it, not only of its session; and where the sessions begin.
    """

    total: Floats
    parts: Floats
    matches: NDArray[np.bool_]
    itself: NDArray[np.bool_]
    starts: Sequence[int]

    def why(self, places: Sequence[int]) -> list[dict[str, float]]:
        """For each place the parts that weigh most in its score, the strongest first."""
        parts = self.parts.T[places] * _WEIGHTS
        strongest = (-np.abs(parts)).argsort(axis=1, kind="stable")[:, :_TOLD]
        values = parts[np.arange(len(places))[:, np.newaxis], strongest].round(2)
        return list(map(dict, map(zip, _NAMED[strongest].tolist(), values.tolist())))


def score(
    view: View,
    numbers: Sequence[int] | NDArray[np.int64],
    text: str,
    now: datetime,
    stems: Stems,
    meaning: Floats | None = None,
    rarity: Floats | None = None,
) -> Scores:
    """Score every message, of the sessions with these numbers, for the text of what is written.

    `meaning` is the cosine of each message to it for a sentence encoder, where there is one: not a
    number for messages that have no vector yet, which are judged by all the rest. `rarity` is what
    each word of the text is worth (`rarity_of`), where the messages are only some of all there are.
    """
    about = matter(text, stems)
    table, asks = view.table(list(about.counts)[:QUERY_TERMS]), view.number(ASKS)
    starts = _starts(numbers)
    parts = np.zeros((len(_NAMES), len(view)))
    documents = np.array([len(view), len(view), len(starts)])
    about_words = _bm25(_documents(table, starts), documents, rarity)
    sizes = np.diff(np.array([*starts, len(view)]))
    # What answers a question often has no word of it, but was said in the same session.
    by_session = (about_words[2, : len(starts)] > 0).repeat(sizes)
    itself = about_words[1] > 0
    parts[:2] = z(about_words[:2])
    if len(starts) > 1:
        parts[2] = z(about_words[2:, : len(starts)])[0].repeat(sizes)
    add_names(parts[3], view, text)
    add_channels(parts[4], view, text)
    parts[5] = asks
    parts[6, 1:] = asks[:-1]
    if asks_time(text):
        parts[7] = view.number(TELLS_TIME)
    if named := periods(text, now):
        parts[8] = in_periods(view, named)
        itself |= parts[8] > 0
    if about.identifiers:
        parts[9] = view.shared_identifiers(about.identifiers)
        itself |= parts[9] > 0
    if meaning is not None:
        _add_meaning(parts[10], meaning)
        itself |= meaning >= NEAR
    total: Floats = _OWN_WEIGHTS @ parts[:_OWN]
    parts[_OWN] = _best_of_session(total, sizes, starts).repeat(sizes)
    parts[_OWN + 1, :-1] = total[1:]
    total += _OTHER_WEIGHTS @ parts[_OWN:]
    return Scores(total, parts, by_session | itself, itself, starts)


def session_numbers(
    messages: Sequence[Analysed], start: datetime | None = None, number: int = -1
) -> list[int]:
    """The number of the session that each message belongs to, from 0.

    To go on with a thread, `start` is when its last session began, and `number` is that session's.
    """
    numbers: list[int] = []
    for one in messages:
        if start is None or one.said.at - start > SESSION_LENGTH:
            start, number = one.said.at, number + 1
        numbers.append(number)
    return numbers


def _starts(numbers: Sequence[int] | NDArray[np.int64]) -> list[int]:
    """Where each session begins."""
    if isinstance(numbers, np.ndarray):
        return [0, *((numbers[1:] != numbers[:-1]).nonzero()[0] + 1).tolist()]
    starts = [0]
    while (number := numbers[starts[-1]]) != numbers[-1]:
        starts.append(bisect_right(numbers, number, lo=starts[-1]))
    return starts


def _documents(table: Floats, starts: Sequence[int]) -> Floats:
    """The table of each message with the one before it, of it with two on each side, and of whole
    sessions. As exact as the table is: that of a whole history has halves of the usual numbers."""
    rows, columns = table.shape
    tables = np.zeros((3, rows, columns - 4), dtype=table.dtype)
    own, nearby = tables[0], tables[1]
    np.add(table[:, 2:-2], table[:, 1:-3], out=own)
    np.add(own, table[:, :-4], out=nearby)
    nearby += table[:, 3:-1]
    nearby += table[:, 4:]
    np.add.reduceat(table[:, 2:-2], starts, axis=1, out=tables[2, :, : len(starts)])
    return tables


def rarity_of(holding: NDArray[Any], total: int | NDArray[Any]) -> Floats:
    """What finding a word is worth that so many of all documents hold: the idf of BM25, in a form
    that is never negative."""
    rarity: Floats = (_K1 + 1) * np.log1p((total - holding + 0.5) / (holding + 0.5))
    return rarity


def saturated(counts: Floats, lengths: Floats, all_lengths: Floats) -> Floats:
    """What having a word so often counts for in documents of these lengths, as BM25 has it."""
    mean = max(float(all_lengths.mean()), _LEAST_LENGTH)
    result: Floats = counts / (counts + _K1 * (1 - _B) + (_K1 * _B / mean) * lengths)
    return result


def _bm25(tables: Floats, documents: Places, rarity: Floats | None = None) -> Floats:
    """BM25 (Robertson and Zaragoza 2009) of each document.

    Each table has a row for each stem, a last one for the lengths, and a column for each document;
    columns beyond its number of `documents` are empty.
    """
    frequencies, lengths = tables[:, :-1], tables[:, -1]
    total = documents[:, np.newaxis]
    if rarity is None:
        idf = rarity_of((frequencies > 0).sum(axis=2), total).astype(tables.dtype)
    else:
        idf = np.broadcast_to(rarity.astype(tables.dtype), frequencies.shape[:2])
    mean = np.maximum(lengths.sum(axis=1, keepdims=True) / total, _LEAST_LENGTH)
    norm = (_K1 * (1 - _B) + (_K1 * _B / mean) * lengths).astype(tables.dtype, copy=False)
    counted = frequencies / (frequencies + norm[:, np.newaxis, :])
    result: Floats = np.matmul(idf[:, np.newaxis, :], counted)[:, 0, :]
    return result


def z(rows: Floats) -> Floats:
    """How many standard deviations above its row's mean each value is; zero where none deviates."""
    count = rows.shape[1]
    centred: Floats = rows - rows.sum(axis=1, keepdims=True) / count
    deviation = np.sqrt((centred * centred).sum(axis=1, keepdims=True) / count)
    deviation[deviation < _EVEN[rows.dtype.itemsize]] = np.inf
    scaled: Floats = centred / deviation
    return scaled


def _best_of_session(total: Floats, sizes: NDArray[np.int64], starts: Sequence[int]) -> Floats:
    """The mean of each session's three best scores."""
    # Sorted as one row, each session shifted beyond the one before it: a sort for each, or by two
    # keys, takes longer than all the rest.
    apart = 2 * float(np.abs(total).max()) + 1
    shifts = np.arange(len(starts)) * apart
    ranked = np.sort(shifts.repeat(sizes) - total)
    places = np.array(starts)[:, np.newaxis] + _BEST
    within = sizes[:, np.newaxis] > _BEST
    best = np.where(within, ranked.take(places, mode="clip"), 0.0).sum(axis=1)
    count = np.minimum(sizes, len(_BEST))
    mean: Floats = shifts - best / count
    return mean


def _add_meaning(part: Floats, meaning: Floats) -> None:
    """How many standard deviations nearer than others each message is; 0 where nobody knows."""
    known = ~np.isnan(meaning)
    if known.any():
        part[known] = z(meaning[known][np.newaxis])[0]


def add_names(part: Floats, view: View, text: str) -> None:
    """+1 where the text speaks of this message's speaker only, -1 where of others only.

    A speaker is meant by name, or by "I told you" and "you told me".
    """
    lowered = text.lower()
    if not (view.names or any(verb in lowered for verb in _SAYING)):
        return
    customer, us = bool(_SAYS_CUSTOMER.search(text)), bool(_SAYS_US.search(text))
    if not (customer or us or view.names):
        return
    asked, speakers = set(words(text)), view.speakers()
    meant = {
        (author, name)
        for author, name in speakers
        if (name and asked.intersection(words(name)))
        or (customer and author is Author.CUSTOMER)
        or (us and author is not Author.CUSTOMER)
    }
    if meant and meant != speakers:
        part[:] = np.where(view.said_by(meant), 1.0, -1.0)


def add_channels(part: Floats, view: View, text: str) -> None:
    """+1 where the text speaks of this message's channel, where there are others too."""
    told = words(text)
    if CHANNELS.keys().isdisjoint(told):
        return
    spoken, there = {CHANNELS[one] for one in told if one in CHANNELS}, view.channels()
    if spoken & there and there - spoken:
        part[:] = view.said_on(spoken & there)


def in_periods(view: View, named: Sequence[tuple[datetime, datetime]]) -> Floats:
    """1 where a message was written in a period that the text names."""
    moments, found = view.number(MOMENT), np.zeros(len(view), dtype=np.bool_)
    for start, end in named:
        found |= (moments >= start.timestamp()) & (moments < end.timestamp())
    return found.astype(np.float64)
