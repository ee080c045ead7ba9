"""What a confidence means and from which one on to answer, found on held-out examples.

Pure numbers: it trains nothing and knows no text. `gateway.intents.training_child` gives it the
scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.pipeline.intent.stage import DEFAULT_THRESHOLD

TARGET = 0.97
"""Precision of answered messages that the threshold aims at on held-out examples."""
ENCODER_TARGET = 0.975
"""The same with an encoder's vectors of two layers: they make real strangers look a little more
like the examples than left-out intents do, and with 0.97 fewer than 95 in 100 were right."""
STRANGERS = 0.18
"""Share of messages about nothing in the playbook that the threshold reckons with, when the
playbook has at most `FEW_INTENTS` intents."""
FEW_INTENTS = 8
FLOOR, CEILING = 0.35, 0.995
"""The threshold stays within these, whatever a few examples happen to say."""
TEMPERATURES = np.geomspace(0.02, 1.0, 60)

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Held:
    """Held-out texts scored by models that did not see them.

    `scores` has one row per text; a text of an intent that the model did not know at all has
    `gold` -1 and is a stranger. Scores of intents left out are minus infinity.
    """

    scores: Matrix
    gold: NDArray[np.int64]


def right(held: Held) -> int:
    """How many held-out texts are understood; a stranger never is."""
    return int((held.scores.argmax(axis=1) == held.gold).sum())


def probabilities(scores: Matrix, temperature: float) -> Matrix:
    """Softmax of the scores over the temperature, row by row."""
    powers: Matrix = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    shares: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return shares


def expected(held: Held) -> Matrix:
    """The weight of each held-out text, so that strangers have the share to be expected.

    That is `STRANGERS` for a small playbook and falls with the root of the number of intents: the
    more intents there are, the nearer a left-out one is to those kept, and the harder than a real
    stranger.
    """
    inside = held.gold >= 0
    share = STRANGERS * min(1.0, (FEW_INTENTS / held.scores.shape[1]) ** 0.5)
    weight = share / (1 - share) * inside.sum() / max((~inside).sum(), 1)
    return np.where(inside, 1.0, weight)


def find_temperature(held: Held) -> float:
    """The temperature at which confidence best says how often the best intent is right.

    Strangers count as wrong, so a confidence of 0.9 means 9 of 10 in mixed traffic. A middling
    value when nothing was held out.
    """
    if not (held.gold >= 0).any():
        return 0.25
    weight, right = expected(held), held.scores.argmax(axis=1) == held.gold

    def surprise(temperature: float) -> float:
        confidence = np.clip(probabilities(held.scores, temperature).max(axis=1), 1e-6, 1 - 1e-6)
        chance = np.where(right, confidence, 1 - confidence)
        return float(-(weight * np.log(chance)).sum())

    return float(min(TEMPERATURES, key=surprise))


def find_threshold(
    held: Held, temperature: float, least: float = FLOOR, target: float = TARGET
) -> tuple[float, Mapping[str, float]]:
    """The lowest confidence at which answered held-out texts are right in `target` of cases, and
    none below `least`.

    Also returns what was measured, strangers weighted as `expected` says.
    """
    inside = held.gold >= 0
    if not inside.any():
        return DEFAULT_THRESHOLD, {}
    shares = probabilities(held.scores, temperature)
    confidence, right = shares.max(axis=1), shares.argmax(axis=1) == held.gold
    weight = expected(held)
    order = np.argsort(-confidence, kind="stable")
    precision = np.cumsum((weight * right)[order]) / np.cumsum(weight[order])
    reached = np.flatnonzero(precision >= target)
    found = float(confidence[order][reached[-1]]) if len(reached) else CEILING
    if inside.all():
        found = max(found, DEFAULT_THRESHOLD)
    threshold = min(max(found, least, FLOOR), CEILING)
    kept = confidence >= threshold
    return threshold, {
        "examples": float(inside.sum()),
        "accuracy": float(right[inside].mean()),
        "precision": float((weight * right)[kept].sum() / max(weight[kept].sum(), 1e-9)),
        "coverage": float(kept[inside].mean()),
    }
