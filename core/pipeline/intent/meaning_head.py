"""A second opinion on what a text wants: a linear classifier over the text's sentence vector.

It is fused with the one over the text's terms (`core.pipeline.intent.stage`), with a temperature
and a threshold of its own for the two together. The vector comes in as data: nothing here knows how
a text becomes one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


CANDIDATES = 5
"""How many of the best intents are compared by their examples. The right one is among the first
three of most messages, and all examples would take a message milliseconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The vectors of the examples, an intent's in `examples[starts[n] : starts[n + 1]]`, as long as
    their weight says. They are compared with the first part of a vector.

    Many examples of an intent are of several kinds, for which one set of weights is too simple.
    """

    examples: NDArray[Any]
    starts: NDArray[np.intp]

    def added(self, scores: NDArray[Any], vector: NDArray[Any]) -> NDArray[Any]:
        """The decision values with how near the nearest example is; intents that are no candidates
        are as far as the farthest of those that are."""
        best = np.argsort(-scores, kind="stable")[:CANDIDATES]
        first = vector[: self.examples.shape[1]]
        edges = zip(self.starts[best], self.starts[best + 1], strict=True)
        near = np.array([(self.examples[start:end] @ first).max() for start, end in edges])
        far = np.full_like(scores, near.min())
        far[best] = near
        both: NDArray[Any] = scores + far
        return both

    def is_sound(self, dimensions: int, intents: int) -> bool:
        """Whether there are examples of each of so many intents, and numbers only."""
        if self.examples.ndim != 2 or self.starts.shape != (intents + 1,):
            return False
        rows, width = self.examples.shape
        whole = self.starts[0] == 0 and self.starts[-1] == rows
        each = (np.diff(self.starts) > 0).all()
        return bool(whole and each and width <= dimensions and np.isfinite(self.examples).all())


@dataclass(frozen=True, slots=True, eq=False)
class MeaningHead:
    """Weights over sentence vectors (a row per dimension, a column per intent).

    `encoder` names what made the vectors it was trained on, an encoder or a table of word pieces
    (`core.pipeline.intent.piece_vectors`); vectors of another are of no use. The
    score of an intent is its own plus `share` times that of the terms. Probabilities are the
    softmax of scores / `temperature`; below `threshold` the model abstains. Where there
    are many examples, the `nearest` counts, too.
    """

    encoder: str
    weights: Floats
    intercept: Floats
    share: float
    temperature: float
    threshold: float
    nearest: Nearest | None = None

    def fits(self, vector: Floats | None) -> bool:
        """Whether there is a vector, and of the length that this was trained on."""
        return vector is not None and vector.shape == self.weights.shape[:1]

    def scores(self, vector: Floats, terms: Floats) -> Floats:
        """The decision value of every intent; `terms` are those that the terms alone give."""
        fused: Floats = vector @ self.weights + self.intercept + np.float32(self.share) * terms
        if self.nearest is None:
            return fused
        both: Floats = self.nearest.added(fused, vector)
        return both

    def is_sound(self, intents: int) -> bool:
        """Whether the arrays fit a model with so many intents, and hold numbers only."""
        shapes = self.weights.ndim == 2 and self.weights.shape[1] == intents
        whole = np.isfinite(self.weights).all() and np.isfinite(self.intercept).all()
        numbers = (self.share, self.temperature, self.threshold)
        finite = all(math.isfinite(one) for one in numbers) and self.temperature > 0
        return bool(
            shapes
            and self.intercept.shape == (intents,)
            and whole
            and finite
            and (self.nearest is None or self.nearest.is_sound(*self.weights.shape))
        )

    def arrays(self) -> Mapping[str, Floats]:
        """The arrays, for a file."""
        arrays = {"weights": self.weights, "intercept": self.intercept}
        if self.nearest is not None:
            arrays["examples"] = self.nearest.examples
            arrays["starts"] = self.nearest.starts.astype(np.float32)
        return arrays

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
