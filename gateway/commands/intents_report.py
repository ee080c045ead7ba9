"""What the examples of intents are worth: each one guessed by a model that has not seen it.

It tells which intents are taken for which, which examples look as if they belonged elsewhere, and
how much more examples would bring. It runs scikit-learn, so only a command may import it; what is
made of the findings is for people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.playbook.model import Playbook
from gateway.intents.calibration import Held, Matrix, find_temperature, probabilities
from gateway.intents.training import playbook_rows
from gateway.intents.training_child import Row, View, deal, decide, fit, gist_view
from gateway.intents.training_meaning import EncoderFiles, vectors_of

FOLDS = 5
STEPS = (3, 5, 8, 12, 20, 40)
"""Examples of each intent, at most, at which the learning curve is looked at."""

SURE = 0.6
"""Confidence in another intent from which an example looks as if it belonged there."""


class TooFew(ValueError):
    """There is nothing to compare: fewer than two intents with two examples."""


@dataclass(frozen=True, slots=True)
class Guessed:
    """An example, and what the model that had not seen it took it for."""

    text: str
    intent: str
    guess: str
    confidence: float

    @property
    def right(self) -> bool:
        """Whether the guess is the intent it stands under."""
        return self.guess == self.intent


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many examples of one intent were taken for another; `example` is the surest of them."""

    intent: str
    taken_for: str
    times: int
    example: str


@dataclass(frozen=True, slots=True)
class IntentsReport:
    """Shares are from 0 to 1. `curve` has (examples of each intent at most, share right)."""

    examples: int
    accuracy: float
    by_intent: Mapping[str, tuple[int, float]]
    confusions: tuple[Confusion, ...]
    doubtful: tuple[Guessed, ...]
    curve: tuple[tuple[int, float], ...]


def evaluate(playbook: Playbook, encoder: EncoderFiles | None = None) -> IntentsReport:
    """What the playbook's examples are worth. Takes seconds, with an encoder some more.

    Raises `TooFew`, and what `vectors_of` raises.
    """
    examples, titles = (sorted(set(rows)) for rows in playbook_rows(playbook))
    counts = Counter(intent for _, intent in examples)
    examples = [row for row in examples if counts[row[1]] > 1]
    if len({intent for _, intent in examples}) < 2:
        raise TooFew("fewer than two intents have two examples: nothing can be held out")
    texts = [text for text, _ in (*examples, *titles)]
    view = gist_view(texts) if encoder is None else View(encoder.name, vectors_of(texts, encoder))
    guessed = guess_held_out(examples, titles, playbook.language, view)
    most = max(counts.values())
    curve = []
    for step in (one for one in STEPS if one < most):
        some = guess_held_out(examples, titles, playbook.language, view, step)
        curve.append((step, _share(some)))
    return IntentsReport(
        examples=len(examples),
        accuracy=_share(guessed),
        by_intent=_by_intent(guessed),
        confusions=_confusions(guessed),
        doubtful=_doubtful(guessed),
        curve=(*curve, (most, _share(guessed))),
    )


def guess_held_out(
    examples: Sequence[Row],
    titles: Sequence[Row],
    language: str,
    view: View | None = None,
    most: int | None = None,
) -> tuple[Guessed, ...]:
    """Every example, guessed by a model of the other folds, which has at most so many of each."""
    intents = sorted({intent for _, intent in (*examples, *titles)})
    column = {intent: at for at, intent in enumerate(intents)}
    part = deal(examples, FOLDS, np.random.default_rng(0))
    scores = np.full((len(examples), len(intents)), -np.inf)
    for fold in range(FOLDS):
        tested = [at for at, its in enumerate(part) if its == fold]
        seen = _at_most([row for row, its in zip(examples, part) if its != fold], most)
        rows = [*seen, *titles]
        if not tested or len({intent for _, intent in rows}) < 2:
            continue
        known = sorted({column[intent] for _, intent in rows})
        scores[np.ix_(tested, known)] = _decide(
            rows, [examples[at][0] for at in tested], column, language, view
        )
    kept = np.isfinite(scores).any(axis=1)
    gold = np.array([column[intent] for _, intent in examples], dtype=np.int64)
    some = [row for row, its in zip(examples, kept) if its]
    return _named(some, intents, scores[kept], gold[kept])


def _decide(
    rows: Sequence[Row],
    texts: Sequence[str],
    column: Mapping[str, int],
    language: str,
    view: View | None,
) -> Matrix:
    terms = decide(fit(rows, column, language), texts)
    return terms if view is None else view.fit(rows, column).scores(view.of(texts), terms)


def _named(
    examples: Sequence[Row], intents: Sequence[str], scores: Matrix, gold: NDArray[np.int64]
) -> tuple[Guessed, ...]:
    if not examples:
        return ()
    shares = probabilities(scores, find_temperature(Held(scores, gold)))
    return tuple(
        Guessed(text, intent, intents[at], float(row[at]))
        for (text, intent), at, row in zip(examples, shares.argmax(axis=1), shares)
    )


def _at_most(rows: Sequence[Row], most: int | None) -> list[Row]:
    """The first so many rows of each intent; the order of texts is no order of meaning."""
    taken: Counter[str] = Counter()
    kept = []
    for row in rows:
        taken[row[1]] += 1
        if most is None or taken[row[1]] <= most:
            kept.append(row)
    return kept


def _share(guessed: Sequence[Guessed]) -> float:
    return sum(one.right for one in guessed) / len(guessed) if guessed else 0.0


def _by_intent(guessed: Sequence[Guessed]) -> Mapping[str, tuple[int, float]]:
    groups: dict[str, list[Guessed]] = {}
    for one in guessed:
        groups.setdefault(one.intent, []).append(one)
    return {name: (len(ones), _share(ones)) for name, ones in sorted(groups.items())}


def _confusions(guessed: Sequence[Guessed]) -> tuple[Confusion, ...]:
    """The pairs, the most frequent first."""
    pairs: dict[tuple[str, str], list[Guessed]] = {}
    for one in guessed:
        if not one.right:
            pairs.setdefault((one.intent, one.guess), []).append(one)
    found = (
        Confusion(intent, guess, len(ones), max(ones, key=lambda one: one.confidence).text)
        for (intent, guess), ones in pairs.items()
    )
    return tuple(sorted(found, key=lambda one: (-one.times, one.intent, one.taken_for)))


def _doubtful(guessed: Sequence[Guessed]) -> tuple[Guessed, ...]:
    """Examples that are surely taken for something else, the surest first."""
    found = (one for one in guessed if not one.right and one.confidence >= SURE)
    return tuple(sorted(found, key=lambda one: (-one.confidence, one.text)))
