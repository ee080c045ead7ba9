"""How well each older message of a thread matches what a customer writes now.

BM25 over a message with its neighbours and over its whole session, joined by exact identifiers, who
said it, questions and answers, and the time that is asked about. Each score comes with its parts.
It knows nothing of budgets and chooses nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from core.message import Author
from core.pipeline.features import Stems, words
from memory.columns import Analysed, Floats, View
from memory.terms import asks_time, identifiers, periods, terms

SESSION_LENGTH = timedelta(hours=4)
"""What is said later than this after a session's first message belongs to the next one."""

QUERY_TERMS = 32
"""Different stems of a message that are looked for; a long mail says its matter early."""

_K1, _B = 1.2, 0.75

WEIGHTS: Mapping[str, float] = {
    "words": 0.40,
    "words nearby": 0.20,
    "session": 0.35,
    "best of session": 0.15,
    "next message": 0.10,
    "length": 0.40,
    "speaker": 0.80,
    "a question itself": -0.70,
    "an answer": 0.45,
    "tells a time": 0.50,
    "time asked about": 1.50,
    "same identifier": 20.0,
}
"""What each part of a score weighs. The identifier outranks all the others together."""

_SAYS_CUSTOMER = re.compile(r"\b(?:i|we)\s+(?:\w+\s+)?(?:said|told|wrote|gave|sent|asked)\b", re.I)
_SAYS_US = re.compile(
    r"\b(?:you|they|he|she|agent|colleague|somebody|someone)\s+(?:\w+\s+)?"
    r"(?:said|told|wrote|gave|sent|promised|offered|suggested|answered)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Scores:
    """One score for each message, its parts by name, and whether anything of the query is in it."""

    total: Floats
    parts: Mapping[str, Floats] = field(default_factory=dict)
    matches: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def why(self, places: Sequence[int]) -> list[dict[str, float]]:
        """For each place the parts that made its score, without those that added nothing."""
        if not places:
            return []
        table = np.array([values[places] for values in self.parts.values()]).round(2).T.tolist()
        names = tuple(self.parts)
        return [
            {name: value for name, value in zip(names, row, strict=True) if value} for row in table
        ]


def score(view: View, numbers: Sequence[int], text: str, now: datetime, stems: Stems) -> Scores:
    """Score every message, of the sessions with these numbers, for the text of what is written."""
    asked = list(dict.fromkeys(terms(text, stems)))[:QUERY_TERMS]
    sessions = np.array(numbers, dtype=np.int64)
    single, lengths, asks = view.frequencies(asked), view.lengths, view.asks
    before, before_length = single + _shifted(single, 1), lengths + _shifted(lengths, 1)
    near, near_length = before + _shifted(single, -1), before_length + _shifted(lengths, -1)
    nearby = _bm25(near, near_length)
    by_words = _bm25(before, before_length)
    starts = np.flatnonzero(np.diff(sessions, prepend=-1))
    whole = _bm25(np.add.reduceat(single, starts, axis=1), np.add.reduceat(lengths, starts))
    same = view.shared_identifiers(identifiers(text))
    about = _in_periods(view, periods(text, now))
    parts = {
        "words": _z(by_words),
        "words nearby": _z(nearby),
        "session": _z(whole)[sessions],
        "length": _z(np.log1p(lengths)),
        "speaker": _names(view, text),
        "a question itself": asks,
        "an answer": _shifted(asks, 1),
        "tells a time": view.tells_time if asks_time(text) else np.zeros(len(view)),
        "time asked about": about,
        "same identifier": same,
    }
    weighed = {name: WEIGHTS[name] * values for name, values in parts.items()}
    total = sum(weighed.values(), np.zeros(len(view)))
    weighed["best of session"] = (
        WEIGHTS["best of session"] * _best_of_session(total, sessions, starts)[sessions]
    )
    weighed["next message"] = WEIGHTS["next message"] * _shifted(total, -1)
    total = total + weighed["best of session"] + weighed["next message"]
    return Scores(total, weighed, (nearby > 0) | (same > 0) | (about > 0))


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


def _bm25(frequencies: Floats, lengths: Floats) -> Floats:
    """BM25 (Robertson and Zaragoza 2009) of each document, with an idf that is never negative."""
    total = lengths.shape[0]
    holding = np.count_nonzero(frequencies, axis=1)
    idf = np.log1p((total - holding + 0.5) / (holding + 0.5))
    mean = lengths.mean() or 1.0
    norm = _K1 * (1 - _B + _B * lengths / mean)
    saturated: Floats = frequencies * (_K1 + 1) / np.maximum(frequencies + norm, 1e-9)
    result: Floats = idf @ saturated
    return result


def _z(values: Floats) -> Floats:
    """How many standard deviations above the mean; all zero when there is no deviation."""
    centred: Floats = values - values.sum() / len(values)
    deviation = math.sqrt(centred @ centred / len(values))
    return centred / deviation if deviation >= 1e-9 else np.zeros_like(values)


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
    moments, found = view.moments, np.zeros(len(view), dtype=np.bool_)
    for start, end in named:
        found |= (moments >= start.timestamp()) & (moments < end.timestamp())
    return found.astype(np.float64)
