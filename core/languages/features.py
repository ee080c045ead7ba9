"""How a text becomes terms to count: words, stems and character n-grams.

The same functions feed the training of the intent model and its scoring, and the article index, so
that a term always means the same thing. Nothing here knows of intents, weights or articles.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise

from snowballstemmer import algorithms, stemmer

TEXT_LIMIT = 4_000
"""Characters of a text that are looked at; what comes later in a long mail is quotation."""

CHARACTERS_MIN = 2
CHARACTERS_MAX = 5
"""Lengths of the character n-grams, as in scikit-learn's `char_wb` analyser."""

ALGORITHMS: Mapping[str, str] = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
"""Language code -> Snowball algorithm. A language that is not here is not stemmed."""

_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_CACHE_LIMIT = 20_000

LONGEST_WORD = 64
"""Characters of a word that is remembered. Longer ones are none and come once; so the number of
words bounds what remembering them takes."""


class Stems:
    """Stems of one language, remembered: stemming a word costs 20 times as much as a look-up.

    The memory is bounded and only ever holds what a pure function returned, so using one instance
    from several places cannot change a result.
    """

    __slots__ = ("_known", "language")

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._known: dict[str, str] = {}

    def of(self, word: str) -> str:
        """The stem of a folded word."""
        stem = self._known.get(word)
        if stem is None:
            stem = self._stem(word)
            if len(self._known) >= _CACHE_LIMIT:
                self._known.clear()
            if len(word) <= LONGEST_WORD:
                self._known[word] = stem
        return stem

    def _stem(self, word: str) -> str:
        # A fresh stemmer for each new word: the object keeps its word as state, and a message may
        # be classified on another thread than the next one.
        algorithm = ALGORITHMS.get(self.language[:2].lower())
        if algorithm is None or algorithm not in algorithms() or word.isdigit():
            return word
        return str(stemmer(algorithm).stemWord(word))


def fold(text: str) -> str:
    """Case and compatibility forms removed (Unicode NFKC), cut at `TEXT_LIMIT`."""
    if text.isascii():
        return text[:TEXT_LIMIT].lower()
    return unicodedata.normalize("NFKC", text[:TEXT_LIMIT]).casefold()


def words(text: str) -> tuple[str, ...]:
    """The words of a text, folded, without punctuation."""
    return _words(text[:TEXT_LIMIT])


# Every stage takes the words of the same text. They are of what is looked at: so many of at most so
# many characters.
@lru_cache(maxsize=128)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))


def plain(text: str) -> str:
    """The words of a text with single blanks between and every digit the same.

    One order number must look like any other to the intent model; what it is, the slots find out.
    """
    return _DIGIT.sub("0", " ".join(words(text)))


def word_terms(stems: Stems) -> Callable[[str], list[str]]:
    """An analyser: stems and pairs of neighbouring stems of a text made by `plain`."""

    def analyse(text: str) -> list[str]:
        found = [stems.of(word) for word in text.split()]
        found.extend([f"{one} {two}" for one, two in pairwise(found)])
        return found

    return analyse


def character_terms(text: str) -> list[str]:
    """Character n-grams within the words of a text made by `plain`, with the blanks around them.

    The same terms in the same number as scikit-learn's `char_wb`: a word shorter than the n-gram
    counts once, and longer n-grams of it are not tried.
    """
    terms: list[str] = []
    for word in text.split():
        padded = f" {word} "
        length = len(padded)
        for size in range(CHARACTERS_MIN, min(CHARACTERS_MAX, length - 1) + 1):
            terms += [padded[at : at + size] for at in range(length - size + 1)]
        if length <= CHARACTERS_MAX:
            terms.append(padded)
    return terms
