"""How well each older message of a thread matches what a customer writes now.

BM25 over a message with its neighbours and over its whole session, joined by exact identifiers, who
said it, questions and answers, and the time that is asked about. Each score comes with its parts.
It knows nothing of budgets and chooses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from core.message import Author
from core.pipeline.features import Stems, words
from memory.columns import ASKS, LENGTH, MOMENT, TELLS_TIME, Analysed, Floats, View
from memory.terms import asks_time, identifiers, periods, terms

SESSION_LENGTH = timedelta(hours=4)
"""What is said later than this after a session's first message belongs to the next one."""

QUERY_TERMS = 32
"""Different stems of a message that are looked for; a long mail says its matter early."""

_K1, _B = 1.2, 0.75

WEIGHTS: Mapping[str, float] = {
    "words": 0.40,
    "words nearby": 0.20,
    "length": 0.40,
    "session": 0.35,
    "speaker": 0.80,
    "a question itself": -0.70,
    "an answer": 0.45,
    "tells a time": 0.50,
    "time asked about": 1.50,
    "same identifier": 20.0,
    "best of session": 0.15,
    "next message": 0.10,
}
"""What each part of a score weighs. The identifier outranks all the others together."""

_SAYS_CUSTOMER = re.compile(r"\b(?:i|we)\s+(?:\w+\s+)?(?:said|told|wrote|gave|sent|asked)\b", re.I)
_SAYS_US = re.compile(
    r"\b(?:you|they|he|she|agent|colleague|somebody|someone)\s+(?:\w+\s+)?"
    r"(?:said|told|wrote|gave|sent|promised|offered|suggested|answered)\b",
    re.I,
)


_NAMES = tuple(WEIGHTS)
_NAMED = np.array(_NAMES, dtype=object)
_WEIGHTS: Floats = np.array([list(WEIGHTS.values())]).T
_FIRST = np.zeros(1, dtype=np.int64)
_TOLD = 4
"""Parts of a score that are told as its reasons."""
_OWN = len(_NAMES) - 2
"""Parts of a message's own; the last two come from the scores of its neighbours."""


@dataclass(frozen=True, slots=True)
class Scores:
    """One score for each message, its parts (a row a weight), and whether anything matches."""

    total: Floats
    parts: Floats
    matches: NDArray[np.bool_]

    def why(self, places: Sequence[int]) -> list[dict[str, float]]:
        """For each place the parts that weigh most in its score, the strongest first."""
        parts = self.parts[:, places]
        strongest = np.argsort(-np.abs(parts), axis=0, kind="stable")[:_TOLD]
        values = np.take_along_axis(parts, strongest, axis=0).round(2)
        named = zip(_NAMED[strongest].T.tolist(), values.T.tolist(), strict=True)
        return [dict(zip(*one, strict=True)) for one in named]


def score(view: View, numbers: Sequence[int], text: str, now: datetime, stems: Stems) -> Scores:
    """Score every message, of the sessions with these numbers, for the text of what is written."""
    asked = list(dict.fromkeys(terms(text, stems)))[:QUERY_TERMS]
    sessions = np.array(numbers, dtype=np.int64)
    single, lengths, asks = view.frequencies(asked), view.number(LENGTH), view.number(ASKS)
    starts = np.concatenate((_FIRST, np.flatnonzero(sessions[1:] != sessions[:-1]) + 1))
    parts = np.zeros((len(_NAMES), len(view)))
    parts[:2] = _bm25(*_neighbourhoods(single, lengths))
    nearby = parts[1] > 0
    parts[2] = np.log1p(lengths)
    parts[:3] = _z(parts[:3])
    if len(starts) > 1:
        whole = np.add.reduceat(single, starts, axis=1), np.add.reduceat(lengths, starts)
        parts[3] = _z(_bm25(whole[0][np.newaxis], whole[1][np.newaxis]))[0][sessions]
    parts[4] = _names(view, text)
    parts[5] = asks
    parts[6, 1:] = asks[:-1]
    if asks_time(text):
        parts[7] = view.number(TELLS_TIME)
    parts[8] = about = _in_periods(view, periods(text, now))
    parts[9] = same = view.shared_identifiers(identifiers(text))
    parts[:_OWN] *= _WEIGHTS[:_OWN]
    total = parts[:_OWN].sum(axis=0)
    parts[_OWN] = _best_of_session(total, sessions, starts)[sessions]
    parts[_OWN + 1] = _shifted(total, -1)
    parts[_OWN:] *= _WEIGHTS[_OWN:]
    total += parts[_OWN] + parts[_OWN + 1]
    return Scores(total, parts, nearby | (same > 0) | (about > 0))


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


def _shifted(values: Floats, by: int) -> Floats:
    """The values of the message `by` places earlier (or later); nothing beyond the ends."""
    moved = np.zeros_like(values)
    if by > 0:
        moved[..., by:] = values[..., :-by]
    else:
        moved[..., :by] = values[..., -by:]
    return moved


def _neighbourhoods(single: Floats, lengths: Floats) -> tuple[Floats, Floats]:
    """Frequencies and lengths of each message with the one before it, and of it with both."""
    frequencies = np.empty((2, *single.shape))
    frequencies[0] = single
    frequencies[0, :, 1:] += single[:, :-1]
    frequencies[1] = frequencies[0]
    frequencies[1, :, :-1] += single[:, 1:]
    long = np.empty((2, *lengths.shape))
    long[0] = lengths
    long[0, 1:] += lengths[:-1]
    long[1] = long[0]
    long[1, :-1] += lengths[1:]
    return frequencies, long


def _bm25(frequencies: Floats, lengths: Floats) -> Floats:
    """BM25 (Robertson and Zaragoza 2009) of each document, with an idf that is never negative.

    Of several collections of documents at once: collection, stem, document; and collection,
    document.
    """
    total = lengths.shape[1]
    holding = (frequencies > 0).sum(axis=2)
    idf = np.log1p((total - holding + 0.5) / (holding + 0.5))
    mean = lengths.sum(axis=1, keepdims=True) / total
    mean[mean == 0] = 1.0
    norm = _K1 * (1 - _B + _B * lengths / mean)
    saturated = frequencies * (_K1 + 1) / (frequencies + norm[:, np.newaxis, :])
    result: Floats = np.matmul(idf[:, np.newaxis, :], saturated)[:, 0, :]
    return result


def _z(rows: Floats) -> Floats:
    """How many standard deviations above its row's mean each value is; zero where none deviates."""
    count = rows.shape[1]
    centred: Floats = rows - rows.sum(axis=1, keepdims=True) / count
    deviation = np.sqrt((centred * centred).sum(axis=1, keepdims=True) / count)
    deviation[deviation < 1e-9] = np.inf
    scaled: Floats = centred / deviation
    return scaled


def _best_of_session(
    total: Floats, sessions: NDArray[np.int64], starts: NDArray[np.int64]
) -> Floats:
    """The mean of each session's three best scores."""
    if len(starts) == 1:
        return np.array([np.sort(total)[-3:].mean()])
    ranked = np.lexsort((-total, sessions))
    place = np.arange(len(total)) - starts[sessions]
    best = place < 3
    sums = np.add.reduceat(np.where(best, total[ranked], 0.0), starts)
    return sums / np.add.reduceat(best.astype(np.float64), starts)


def _names(view: View, text: str) -> Floats:
    """+1 where the text speaks of this message's speaker only, -1 where of others only.

    A speaker is meant by name, or by "I told you" and "you told me".
    """
    asked = set(words(text))
    customer, us = bool(_SAYS_CUSTOMER.search(text)), bool(_SAYS_US.search(text))
    speakers = view.speakers()
    meant = {
        (author, name)
        for author, name in speakers
        if (name and asked.intersection(words(name)))
        or (customer and author is Author.CUSTOMER)
        or (us and author is not Author.CUSTOMER)
    }
    if not meant or meant == speakers:
        return np.zeros(len(view))
    return np.where(view.said_by(meant), 1.0, -1.0)


def _in_periods(view: View, named: Sequence[tuple[datetime, datetime]]) -> Floats:
    """1 where a message was written in a period that the text names."""
    if not named:
        return np.zeros(len(view))
    moments, found = view.number(MOMENT), np.zeros(len(view), dtype=np.bool_)
    for start, end in named:
        found |= (moments >= start.timestamp()) & (moments < end.timestamp())
    return found.astype(np.float64)
