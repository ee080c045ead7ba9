"""Trains what an intent model makes of vectors of texts, in the child of
`gateway.intents.training`.

They come from the sentence encoder or, without one, from the table of word pieces. Those of the
encoder are made here, one by one, and kept in a file beside the models, so that a changed example
costs one encoding. It must not be imported by the serving process.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from core.languages.features import plain
from core.pipeline.intent.meaning_head import (
    ENCODER_SHARES,
    MeaningHead,
    Nearest,
    fuse_share,
)
from core.pipeline.intent.piece_vectors import PieceVectors
from gateway.intents.calibration import Matrix
from memory.recall.encoder import load_model

Vectors = Mapping[str, NDArray[np.float32]]
"""Text -> its vector: of length 1, or two such behind each other
(`memory.recall.encoder.Model.deep`)."""

KNOWN_WORDS = 0.75
"""Share of the examples' words that must be whole pieces. English ones have 0.97 and more, German,
French and Spanish ones at most a half: there the pieces of words mean nothing."""

PIECE_PENALTY = 30.0
"""Inverse strength of the regularisation: flat between 10 and 100 at 5 and at 10 examples."""

ENCODER_PENALTY = 100.0
"""The same over an encoder's vectors. Those of one layer do not care; those of two are up to 0.3
points better than with 30. Measured as `core.pipeline.intent.meaning_head.ENCODER_SHARES`, six
draws."""

NEAR = 16.0
"""How much the nearest example counts with `MANY_ROWS` examples of each intent, where it does; 8
and 24 are nearly as good. See ADR 28."""

NEAR_FROM = 20
"""Examples of each intent from which on it may count."""

ITERATIONS = 100
SCALE = 0.2
"""Brings the decision values to the size of those of the terms, for the same calibration."""


@dataclass(frozen=True, slots=True)
class EncoderFiles:
    """Where an encoder is (`gateway.recall.encoder_files.Found`, whose `deep_name` this has), and
    where its vectors are kept."""

    name: str
    model: Path
    vocabulary: Path
    kept: Path
    layer: str | None = None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A trained head: weights over vectors, and how much the terms count beside it."""

    weights: Matrix
    intercept: Matrix
    share: float
    nearest: Nearest | None = None

    def scores(self, vectors: Matrix, terms: Matrix) -> Matrix:
        """Decision values of the two together; `terms` has the same columns."""
        fused: Matrix = vectors @ self.weights + self.intercept + self.share * terms
        if self.nearest is None:
            return fused
        pairs = zip(fused, vectors, strict=True)
        return np.stack([self.nearest.added(its, vector) for its, vector in pairs])


def vectors_of(texts: Sequence[str], files: EncoderFiles) -> Vectors:
    """The vectors of texts, from the file or made now.

    Raises `memory.recall.encoder.UnusableModel`, `ImportError` and `OSError` as `load_model` does.
    """
    names = {text: hashlib.sha256(text.encode()).hexdigest() for text in sorted(set(texts))}
    known = _read(files.kept)
    missing = [text for text, name in names.items() if name not in known]
    if missing:
        made = load_model(files.name, files.model, files.vocabulary, files.layer).deep(missing)
        known = {name: known[name] for name in names.values() if name in known}
        known |= dict(zip((names[text] for text in missing), made, strict=True))
        _write(files.kept, known)
    return {text: known[name] for text, name in names.items()}


def gists_of(texts: Sequence[str], pieces: PieceVectors | None) -> Vectors | None:
    """The vectors of texts by their word pieces; nothing without a table, or where it does not know
    their language. A text without any piece has zeros."""
    if pieces is None:
        return None
    folded = {text: plain(text) for text in texts}
    words = [word for text in folded.values() for word in text.split() if word.isalpha()]
    if pieces.known(words) < KNOWN_WORDS:
        return None
    nothing = np.zeros(pieces.dimensions, dtype=np.float32)
    found = {text: pieces.of(its) for text, its in folded.items()}
    return {text: nothing if one is None else one for text, one in found.items()}


def fit_meaning(
    rows: Sequence[tuple[str, str]],
    column: Mapping[str, int],
    vectors: Vectors,
    shares: tuple[float, float] = ENCODER_SHARES,
    penalty: float = ENCODER_PENALTY,
    first: int = 0,
) -> Fitted:
    """A head for rows whose intents are at least two; columns in the order of their numbers.

    `shares` say how much the terms count beside it, with few examples and with many; the larger
    `penalty` is, the more closely the rows are followed. By the `first` numbers of the
    vectors examples are compared; not at all when it is 0.
    """
    matrix = np.stack([vectors[text] for text, _ in rows]).astype(np.float64)
    gold = [column[intent] for _, intent in rows]
    # One iteration more or less changes nothing that calibration does not see.
    classifier = LogisticRegression(C=penalty, max_iter=ITERATIONS).fit(matrix, gold)
    weights, intercept = classifier.coef_.T, classifier.intercept_
    if weights.shape[1] == 1:
        weights = np.hstack([-weights, weights])
        intercept = np.concatenate([-intercept, intercept])
    known = len(rows) / len(set(gold))
    share, nearest = fuse_share(known, shares), None
    if first:
        nearest = nearest_of(matrix[:, :first], gold, SCALE * fuse_share(known, (0.0, NEAR)))
    return Fitted(SCALE * weights, SCALE * intercept, SCALE * share, nearest)


def nearest_of(vectors: Matrix, gold: Sequence[int], weight: float) -> Nearest:
    """The vectors sorted by their numbers in `gold`, with this weight."""
    order = np.argsort(gold, kind="stable")
    _, counts = np.unique(gold, return_counts=True)
    return Nearest(weight * vectors[order], np.concatenate([[0], np.cumsum(counts)]))


def head_of(fitted: Fitted, encoder: str, temperature: float, threshold: float) -> MeaningHead:
    """The head as it is served."""
    nearest = fitted.nearest
    if nearest is not None:
        nearest = Nearest(nearest.examples.astype(np.float32), nearest.starts)
    return MeaningHead(
        encoder=encoder,
        weights=np.ascontiguousarray(fitted.weights, dtype=np.float32),
        intercept=fitted.intercept.astype(np.float32),
        share=fitted.share,
        nearest=nearest,
        temperature=temperature,
        threshold=threshold,
    )


def _read(path: Path) -> dict[str, NDArray[np.float32]]:
    """What is kept; nothing when there is none or it cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            return dict(zip(kept["names"].tolist(), kept["vectors"], strict=True))
    except (OSError, ValueError, KeyError, EOFError):
        return {}


def _write(path: Path, known: Mapping[str, NDArray[np.float32]]) -> None:
    """Keep them whole or not at all: another training may read at the same time."""
    handle, name = tempfile.mkstemp(prefix="vectors-", suffix=".npz", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        np.savez(file, names=np.array(list(known)), vectors=np.stack(list(known.values())))
    Path(name).replace(path)
