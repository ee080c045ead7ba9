"""Makes the table of word-piece vectors that the intent stage uses without an encoder.

Run `python -m scripts.distil_pieces` where the extra `embeddings` is installed; it takes ten
minutes. The encoder reads made-up word salad: words drawn from its own vocabulary, alone in rows
and in the frames below. Least squares then finds the vector of each piece, so that the sum over a
text's pieces points where the encoder points for the whole text. No text of anybody else is used.
The last bits depend on the processor: the file in the repository is the one that counts.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from core.pipeline.intent.piece_vectors import INNER, take_apart
from gateway.intents.piece_file import TABLE, pack
from gateway.recall.encoder_files import find_model
from gateway.settings.memory import Embeddings
from gateway.settings.model import Settings
from memory.recall.encoder import VOCABULARY, Model, load_model

Matrix = NDArray[np.float64]

TEXTS, SEED, DIMENSIONS = 60_000, 0, 256
PULL = 0.3
"""How strongly a piece's vector is held to that of the piece alone; between 0.03 and 3 the accuracy
changes by less than a point."""
STEPS = 60
"""Of conjugate gradients; the last ten change nothing that 4 bits can hold."""
COMMON = 1e-3
"""Smooth inverse frequency: pieces that are more frequent begin with less weight."""
FIRST_WORD = 900
"""Lines of the vocabulary before the words begin, which stand in the order of their frequency."""

PIECE = re.compile(r"(?:##)?(?:[a-z]+|0+)")
"""Pieces that a text made by `plain` can have: letters, and a digit that stands for all."""

FRAMES = """
how do i {} my {}
how can i {} the {}
what is the {} of my {}
what is my {}
where is the {} {}
where can i find {}
when will the {} be {}
when does {} {}
why was my {} {}
why is the {} not {}
can you {} my {}
can i {} a {} with {}
could you please {} the {}
please {} my {}
i want to {} my {}
i would like to {} a {}
i need a {} for my {}
i need help with {}
i have a problem with my {}
i lost my {}
my {} is {}
my {} does not {}
the {} has not {} yet
is there a {} for {}
is it possible to {} {}
do you have {} {}
do you {} {}
does the {} {} in {}
which {} is {}
who is the {}
how much {} do i {}
how many {} are in {}
how long does {} {}
how often should i {}
tell me about {}
tell me the {} for {}
show me {} {}
give me a {} {}
let me know the {}
set a {} for {}
turn {} the {}
change the {} to {}
add {} to my {}
remove {} from the {}
i did not {} the {}
i was {} for a {}
there is a {} on my {}
what {} do you {}
what happens if {} {}
what does {} mean
are you {}
am i {} to {}
should i {} before {}
will my {} {} today
thank you for the {}
i think the {} is {}
it says {} {}
we are {} to {}
they {} the {}
{} and {}
{} or {}
{} {} please
no {} {}
yes {} that
a {} {} from {}
from {} to {}
""".strip().splitlines()
"""Sentences to put words into: how people ask and tell, so that small words get their weight."""


class Words:
    """Draws words: frequent ones more often, each at times, and endings on other words' ends."""

    def __init__(self, pieces: Sequence[str], chance: random.Random) -> None:
        self._chance = chance
        self._words = [one for one in pieces if one.isalpha()]
        self._endings = [one.removeprefix(INNER) for one in pieces if one.startswith(INNER)]
        weights = (np.arange(len(self._words)) + 30.0) ** -0.6
        self._sums = np.cumsum(weights) / weights.sum()
        self._left: dict[str, list[str]] = {"word": [], "ending": []}

    def draw(self) -> str:
        """One word."""
        kind = self._chance.random()
        if kind < 0.12:
            ending = self._each("ending", self._endings)
            return self._frequent() + ending
        if kind < 0.45:
            return self._each("word", self._words)
        return self._frequent()

    def text(self) -> str:
        """Some words, in a frame or without."""
        if self._chance.random() < 0.6:
            frame = self._chance.choice(FRAMES)
            return frame.format(*[self.draw() for _ in range(frame.count("{}"))])
        return " ".join(self.draw() for _ in range(self._chance.randint(2, 8)))

    def _frequent(self) -> str:
        at = int(np.searchsorted(self._sums, self._chance.random()))
        return self._words[min(at, len(self._words) - 1)]

    def _each(self, kind: str, every: Sequence[str]) -> str:
        if not self._left[kind]:
            self._left[kind] = self._chance.sample(every, len(every))
        return self._left[kind].pop()


def counts(texts: Sequence[str], rows: Mapping[str, int]) -> Any:
    """A sparse row for each text: which pieces it has, all of them together weighing 1."""
    at, pieces, weights = [], [], []
    for line, text in enumerate(texts):
        found = [row for word in text.split() for row in take_apart(word, rows)]
        at += [line] * len(found)
        pieces += found
        weights += [1 / len(found)] * len(found)
    return sp.csr_matrix((weights, (at, pieces)), shape=(len(texts), len(rows)))


def fit(seen: Any, meant: Matrix, alone: Matrix) -> Matrix:
    """A vector for each piece: least squares, held to `alone` by `PULL`, by conjugate gradients."""
    summed = seen @ alone
    start = alone * ((summed * meant).sum() / (summed * summed).sum())
    square = seen.T @ seen
    found = np.zeros_like(start)
    rest = seen.T @ (meant - seen @ start)
    step, length = rest.copy(), (rest * rest).sum(axis=0)
    for _ in range(STEPS):
        turned = square @ step + PULL * step
        far = length / (step * turned).sum(axis=0)
        found += far * step
        rest -= far * turned
        before, length = length, (rest * rest).sum(axis=0)
        step = rest + length / before * step
    return np.asarray(start + found)


def shorten(seen: Any, vectors: Matrix) -> Matrix:
    """The first `DIMENSIONS` directions in which texts differ most."""
    texts = seen @ vectors
    directions = np.linalg.eigh(texts.T @ texts)[1][:, ::-1][:, :DIMENSIONS]
    # A direction and its opposite are equally good; one of them is always taken.
    directions *= np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(DIMENSIONS)])
    return np.asarray(vectors @ directions)


def encode(model: Model, texts: Sequence[str], kept: Path | None) -> Matrix:
    """Their vectors; from the file `kept`, if it has just these."""
    name = hashlib.sha256("\n".join((model.name, *texts)).encode()).hexdigest()
    if kept is not None and kept.is_file():
        with np.load(kept, allow_pickle=False) as archive:
            if name in archive:
                return np.asarray(archive[name], dtype=np.float64)
    made = model.encode(texts)
    if kept is not None:
        np.savez(kept, allow_pickle=False, **{name: made})
    return made.astype(np.float64)


def distil(model: Model, kept: Path | None) -> bytes:
    """The file of the table."""
    lines = VOCABULARY.read_text(encoding="utf-8").split("\n")
    at = [line for line, piece in enumerate(lines) if PIECE.fullmatch(piece)]
    pieces = [lines[line] for line in at]
    words = Words(pieces, random.Random(SEED))
    texts = [words.text() for _ in range(TEXTS)]
    meant = encode(model, texts, kept)
    centre = meant.mean(axis=0)
    bare = sorted({piece.removeprefix(INNER) for piece in pieces})
    place = {piece: row for row, piece in enumerate(bare)}
    encoded = model.encode(bare).astype(np.float64)
    alone = encoded[[place[piece.removeprefix(INNER)] for piece in pieces]]
    alone -= alone.mean(axis=0)
    share = 1 / np.maximum(np.array(at) - FIRST_WORD, 1)
    alone *= (COMMON / (COMMON + share / share.sum()))[:, None]
    seen = counts(texts, {piece: row for row, piece in enumerate(pieces)})
    vectors = shorten(seen, fit(seen, meant - centre, alone))
    return pack(np.array(at), vectors)


def main() -> int:
    """Write the table and say its digest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=TABLE)
    parser.add_argument("--kept", type=Path, help="a file to keep the encoder's vectors in")
    options = parser.parse_args()
    settings = Settings().model_copy(update={"embeddings": Embeddings(enabled=True)})
    found = find_model(settings)
    if found is None:
        print("there is no encoder here: pip install 'onethread[embeddings]'")
        return 1
    model = load_model(found.name, found.model, found.vocabulary)
    data = distil(model, options.kept)
    options.out.write_bytes(data)
    print(f"{options.out}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
