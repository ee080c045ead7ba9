"""How near articles come to what is asked in other words: word for word, and as a whole.

It goes by vectors of words, and by those of a sentence encoder where there is one. Where neither
knows anything of a language, nothing is near. It chooses no article and cuts no passage.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.languages.features import plain
from core.pipeline.response.article_text import Entry, Meanings

Floats = NDArray[np.float32]

_FAR = 0.25
"""How near any two texts of one business come: no nearer is not near at all."""
_WORDS_FAR = 0.3
"""The same of two words."""
_ENCODED_FAR = 0.1
"""The same of two sentences, as the encoder sees them."""
_ENCODED_SAME = 0.85
"""From how near on two sentences say the same there. Found so that the thresholds hold
with an encoder and without one."""

_TAKEN_LIMIT = 2_000


class _Rows:
    """Rows of vectors that belong to entries, and the nearest of each entry's."""

    __slots__ = ("_picked", "_places", "_size", "_starts", "_table")

    def __init__(self, table: Floats, picked: Sequence[Sequence[int]]) -> None:
        self._table = table
        self._size = len(picked)
        self._places = [at for at, one in enumerate(picked) if one]
        self._picked = np.array([row for one in picked for row in one], dtype=np.intp)
        lengths = [len(picked[at]) for at in self._places]
        self._starts = np.cumsum([0, *lengths])[:-1]

    @property
    def width(self) -> int:
        """How long a vector is; 0 where there is none."""
        return int(self._table.shape[1]) if self._places else 0

    def nearest(self, vector: Floats, far: float, same: float = 1.0) -> Floats:
        """How near the nearest row of each entry comes, from 0 to 1; 0 for one without rows."""
        found = np.zeros(self._size, dtype=np.float32)
        every = (self._table @ vector)[self._picked]
        nearest = np.maximum.reduceat(every, self._starts)
        found[self._places] = np.clip((nearest - far) / (same - far), 0.0, 1.0)
        return found


class Nearness:
    """What a question means, compared with each of a shelf's entries."""

    __slots__ = ("_encoded", "_meanings", "_sentences", "_taken", "_words")

    def __init__(self, entries: Sequence[Entry], meanings: Meanings | None) -> None:
        self._meanings = meanings
        self._sentences = _stacked([one.vectors for one in entries])
        self._encoded = _stacked([one.encoded for one in entries])
        self._words = _different(entries)
        self._taken: dict[str, Floats | None] = {}

    def of_text(self, text: str) -> Floats | None:
        """How near the nearest sentence of each entry is to a text; nothing where that cannot be
        told."""
        if self._meanings is None or not self._sentences.width:
            return None
        asked = self._meanings.of(plain(text))
        return None if asked is None else self._sentences.nearest(asked, _FAR)

    def of_vector(self, vector: Floats | None) -> Floats | None:
        """The same, of a text whose vector the sentence encoder made. What stands behind the usual
        vector is for intents alone."""
        width = self._encoded.width
        if vector is None or not width or vector.shape[0] not in (width, 2 * width):
            return None
        return self._encoded.nearest(vector[:width], _ENCODED_FAR, _ENCODED_SAME)

    def of_word(self, word: str) -> Floats | None:
        """How near the nearest word of each entry is to this one."""
        if self._meanings is None or not self._words.width:
            return None
        if word not in self._taken:
            if len(self._taken) >= _TAKEN_LIMIT:
                self._taken.clear()
            vector = self._meanings.of(word)
            near = None if vector is None else self._words.nearest(vector, _WORDS_FAR)
            self._taken[word] = near
        return self._taken[word]


def _stacked(parts: Sequence[Floats | None]) -> _Rows:
    """Each entry's own rows."""
    rows, picked = 0, list[range]()
    for one in parts:
        count = 0 if one is None else len(one)
        picked.append(range(rows, rows + count))
        rows += count
    found = [one for one in parts if one is not None and len(one)]
    return _Rows(np.concatenate(found) if found else _NONE, picked)


def _different(entries: Sequence[Entry]) -> _Rows:
    """The words of all entries, each of them once."""
    rows, vectors, picked = dict[str, int](), list[Floats](), list[list[int]]()
    for entry in entries:
        for word, vector in entry.told.items():
            if rows.setdefault(word, len(vectors)) == len(vectors):
                vectors.append(vector)
        picked.append([rows[word] for word in entry.told])
    return _Rows(np.stack(vectors) if vectors else _NONE, picked)


_NONE: Floats = np.zeros((0, 0), dtype=np.float32)
