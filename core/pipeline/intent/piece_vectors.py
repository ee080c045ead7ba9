"""What a text is about, from a table with one vector for each piece of a word.

The pieces are those of BERT's vocabulary: whole words, and endings that begin with "##". The table
comes in as data (`gateway.intents.piece_file` reads it); nothing here knows intents, files or an
encoder.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

INNER = "##"
"""How a piece begins that stands inside a word."""

LONGEST_WORD = 60
"""Characters; a longer word is an address or a key, and no word."""

_LONGEST_PIECE = 20
_TAKEN_LIMIT = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class PieceVectors:
    """A table of vectors: `rows` says which row of `table` belongs to a piece.

    A row times its `scale` is the vector of the piece; how long it is says how much the piece tells
    about a text. `name` is that of the table: what was learned over one is of no use over another.
    """

    name: str
    rows: Mapping[str, int]
    table: NDArray[np.int8]
    scale: Floats
    taken: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Words seen lately -> the rows of their pieces."""

    @property
    def dimensions(self) -> int:
        """How long a vector is."""
        return int(self.table.shape[1])

    def of(self, folded: str) -> Floats | None:
        """The vector of length 1 of a text made by `core.languages.features.plain`; nothing
        when none of its words has a piece in the table."""
        found: list[int] = []
        for word in folded.split():
            found += self._take_apart(word)
        if not found:
            return None
        rows = np.array(found, dtype=np.intp)
        vector: Floats = self.scale[rows] @ self.table[rows].astype(np.float32)
        length = math.sqrt(float(vector @ vector))
        return vector / np.float32(length) if length > 0 else None

    def known(self, words: Sequence[str]) -> float:
        """The share of words that are a piece as they are: low for a language that is not the
        table's, whose words fall into pieces that mean something else. 0 without words."""
        if not words:
            return 0.0
        return sum(plain_letters(word) in self.rows for word in words) / len(words)

    def _take_apart(self, word: str) -> tuple[int, ...]:
        rows = self.taken.get(word)
        if rows is None:
            rows = take_apart(word, self.rows)
            if len(self.taken) >= _TAKEN_LIMIT:
                self.taken.clear()
            self.taken[word] = rows
        return rows


def plain_letters(word: str) -> str:
    """The word without accents, as the vocabulary has it."""
    if word.isascii():
        return word
    marked = unicodedata.normalize("NFD", word)
    return "".join(one for one in marked if unicodedata.category(one) != "Mn")


def take_apart(word: str, rows: Mapping[str, int]) -> tuple[int, ...]:
    """The rows of a word's pieces, the longest first piece first, as BERT's tokenizer finds them;
    none when a part of the word is no piece."""
    letters = plain_letters(word)
    if len(letters) > LONGEST_WORD:
        return ()
    found: list[int] = []
    start = 0
    while start < len(letters):
        lead = INNER if start else ""
        for end in range(min(len(letters), start + _LONGEST_PIECE), start, -1):
            row = rows.get(lead + letters[start:end])
            if row is not None:
                found.append(row)
                start = end
                break
        else:
            return ()
    return tuple(found)
