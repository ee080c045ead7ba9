"""A second opinion on what a text wants: a linear classifier over the text's sentence vector.

It is fused with the one over the text's terms (`core.pipeline.intent.stage`), with a temperature
and a threshold of its own for the two together. The vector comes in as data: nothing here knows how
a text becomes one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class MeaningHead:
    """Weights over sentence vectors (a row per dimension, a column per intent).

    `encoder` names what made the vectors it was trained on, an encoder or a table of word pieces
    (`core.pipeline.intent.piece_vectors`); vectors of another are of no use. The
    score of an intent is its own plus `share` times that of the terms. Probabilities are the
    softmax of scores / `temperature`; below `threshold` the model abstains.
    """

    encoder: str
    weights: Floats
    intercept: Floats
    share: float
    temperature: float
    threshold: float

    def fits(self, vector: Floats | None) -> bool:
        """Whether there is a vector, and of the length that this was trained on."""
        return vector is not None and vector.shape == self.weights.shape[:1]

    def scores(self, vector: Floats, terms: Floats) -> Floats:
        """The decision value of every intent; `terms` are those that the terms alone give."""
        fused: Floats = vector @ self.weights + self.intercept + np.float32(self.share) * terms
        return fused

    def is_sound(self, intents: int) -> bool:
        """Whether the arrays fit a model with so many intents, and hold numbers only."""
        shapes = self.weights.ndim == 2 and self.weights.shape[1] == intents
        whole = np.isfinite(self.weights).all() and np.isfinite(self.intercept).all()
        numbers = (self.share, self.temperature, self.threshold)
        finite = all(math.isfinite(one) for one in numbers) and self.temperature > 0
        return bool(shapes and self.intercept.shape == (intents,) and whole and finite)

    def head(self) -> Mapping[str, object]:
        """What is not an array, for a file."""
        return {
            "encoder": self.encoder,
            "share": self.share,
            "temperature": self.temperature,
            "threshold": self.threshold,
        }


FEW_ROWS, MANY_ROWS = 10, 60
"""Examples of an intent between which the shares grow, with the logarithm of the number."""

ENCODER_SHARES = (1.0, 2.0)
"""Measured on the validation parts of CLINC150 and Banking77: at 5 and 10 examples 1 is best and 4
costs a point, with all of them 2 is best."""

PIECE_SHARES = (2.0, 6.0)
"""A sum of word pieces knows less than an encoder. Measured as above, on unused training rows too:
at 5 and 10 examples 2 is best, with all of them 4 to 8, and 2 costs half a point."""


def fuse_share(rows_per_intent: float, shares: tuple[float, float] = ENCODER_SHARES) -> float:
    """How much the terms count beside the meaning, by the examples there are of each intent.

    Few examples say little about words.
    """
    few, many = shares
    known = max(rows_per_intent, 1.0) / FEW_ROWS
    grown = math.log(known) / math.log(MANY_ROWS / FEW_ROWS)
    return few + (many - few) * min(max(grown, 0.0), 1.0)
