"""What the words of a question are worth in a set of articles, and which article speaks of them.

A word's worth is its idf in the articles; one that no article has is worth as much as the rarest,
so that a question about something else scores low. It knows no intent and cuts no passage.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from core.languages.features import TEXT_LIMIT, Stems, words
from core.pipeline.reading.passing_words import PASSING_WORDS
from core.pipeline.reading.phrases import is_question
from core.pipeline.reading.stop_words import STOP_WORDS
from core.pipeline.response.article_text import Entry, is_long_enough

QUESTION_LIMIT = 40
"""Different words of a question that are looked at: a long mail says its matter early."""

_PART_END = re.compile(r"(?<=[.!?;])\s+|,\s+|\s+[-–]\s+")
"""Where one part of a message ends and another may ask what the first has led up to."""

_DIGIT = re.compile(r"\d")

_SATURATION = 1.2
_TYPO = 0.8
_COMPOUNDING = frozenset(("da", "de", "fi", "hu", "nb", "nl", "no", "sv"))
"""Languages that write several words as one."""
_PART = 4
"""Letters of a part of a compound, at least."""
_JOINTS = ("", "s", "n", "es", "en", "e", "er")


class Asked(NamedTuple):
    """A word of a question: its stem, its worth, whether any article has it, how it is written,
    and whether it is pressing: what is asked may be about it."""

    stem: str
    worth: float
    known: bool
    word: str
    pressing: bool = True


class Lexicon:
    """The words of all entries together."""

    __slots__ = ("_passing", "_spelled", "_stems", "_stop", "_strength", "_unknown", "_worth")

    def __init__(self, entries: Sequence[Entry], stems: Stems) -> None:
        self._stems = stems
        self._stop = STOP_WORDS.get(stems.language, frozenset())
        self._passing = PASSING_WORDS.get(stems.language, frozenset())
        self._worth = _worth([one.weights for one in entries])
        self._unknown = max(self._worth.values(), default=1.0)
        self._strength = _strengths([one.weights for one in entries])
        self._spelled = self._spellings(entries)

    def asked(self, text: str) -> list[Asked]:
        """The question's different stems."""
        found: dict[str, Asked] = {}
        telling = [word for word in words(text) if word not in self._stop]
        pressing = self._pressing(text, telling)
        for word in telling[:QUESTION_LIMIT]:
            for one in self._meant(word):
                if one.known or one.stem not in found:
                    found[one.stem] = one._replace(pressing=word in pressing)
        return list(found.values())

    def _pressing(self, text: str, telling: Sequence[str]) -> frozenset[str]:
        """The words that name what is asked about, in the parts of a text that ask, if any do.

        None where those only tell how many, when or how much.
        """
        parts = _PART_END.split(text[:TEXT_LIMIT])
        asking = frozenset(word for one in parts if is_question(one) for word in words(one))
        named = frozenset(telling) & asking or frozenset(telling)
        return frozenset(one for one in named - self._passing if not _DIGIT.search(one))

    def having(self, stem: str) -> Iterable[int]:
        """The places of the entries that have a stem."""
        return self._strength.get(stem, {}).keys()

    def shares(self, asked: Iterable[Asked]) -> dict[int, float]:
        """For every entry that has a word of the question, the share of its worth that it speaks
        of, by the entry's place."""
        total, masses = 0.0, dict[int, float]()
        for stem, worth, *_ in asked:
            total += worth
            for at, strength in self._strength.get(stem, {}).items():
                masses[at] = masses.get(at, 0.0) + worth * strength
        return {at: mass / total for at, mass in masses.items()}

    def _meant(self, word: str) -> Iterator[Asked]:
        """What a word stands for: itself, a known one misspelled, the parts of a compound."""
        stem = self._stems.of(word)
        worth = self._worth.get(stem)
        if worth is not None:
            yield Asked(stem, worth, True, word)
            return
        meant = self._spelling(word)
        if meant is not None:
            yield Asked(meant, self._worth[meant] * _TYPO, True, word)
            return
        parts = self._parts(word) if self._stems.language in _COMPOUNDING else ()
        yield from (Asked(one, self._worth[one], True, word) for one in parts)
        if not parts:
            yield Asked(stem, self._unknown, False, word)

    def _spelling(self, word: str) -> str | None:
        """The stem of a known word that is one slip of the finger away, if any."""
        if not is_long_enough(word):
            return None
        return next((found for one in _slips(word) if (found := self._spelled.get(one))), None)

    def _parts(self, word: str) -> tuple[str, ...]:
        """The stems of two known words that this one is put together from, if it is."""
        for at in range(len(word) - _PART, _PART - 1, -1):
            last = self._stems.of(word[at:])
            if last not in self._worth:
                continue
            for joint in _JOINTS:
                if joint and not word[:at].endswith(joint):
                    continue
                first = word[: at - len(joint)]
                if len(first) >= _PART and self._stems.of(first) in self._worth:
                    return (self._stems.of(first), last)
        return ()

    def _spellings(self, entries: Sequence[Entry]) -> dict[str, str]:
        """Every word's slips -> its stem, so that any single typing error is found by look-ups."""
        known = {word: stem for one in entries for word, stem in one.spelled.items()}
        spelled = {word: known[word] for word in sorted(known)}
        for word in sorted(known):
            for slip in _slips(word):
                spelled.setdefault(slip, known[word])
        return {slip: stem for slip, stem in spelled.items() if stem in self._worth}


def _worth(weights: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The idf of every stem, as BM25 defines it, always positive."""
    counts: dict[str, int] = {}
    total = 0
    for article in weights:
        total += 1
        for stem in article:
            counts[stem] = counts.get(stem, 0) + 1
    return {
        stem: math.log(1 + (total - count + 0.5) / (count + 0.5)) for stem, count in counts.items()
    }


def _strengths(weights: Sequence[Mapping[str, float]]) -> dict[str, dict[int, float]]:
    """For every stem, how strongly each article speaks of it: 0 to 1, saturating."""
    strengths: dict[str, dict[int, float]] = {}
    for at, article in enumerate(weights):
        for stem, weight in article.items():
            strengths.setdefault(stem, {})[at] = min(
                1.0, weight * (1 + _SATURATION) / (weight + _SATURATION) / 1.6
            )
    return strengths


def _slips(word: str) -> list[str]:
    """The word and what is left of it when one character is missed."""
    return [word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]
