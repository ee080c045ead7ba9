"""Whether what a language model worded may be said: each sentence, as soon as it is finished.

The rules that hold for any answer (`core.pipeline.rules.verdicts`), and those that only a model's
words need: they must say what the sources say, in the right language, ask nothing, repeat nothing,
and tell nothing of how they came about. Deterministic; a model's words are data and are never
followed.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cached_property

from core.answers.sentences import digests, split_sentences
from core.languages.features import words
from core.languages.telling import language_of
from core.limits import Broken
from core.message import Author
from core.pipeline.contracts import Compose
from core.pipeline.model.support import Support
from core.pipeline.rules.verdicts import Finding, Judge
from core.playbook.model import Playbook
from core.turn import TurnInput

_MARKUP = re.compile(r"[<>{}`|\\\[\]#*_~]|^\s*(?:[-+•]|\d+[.)])\s|^[\w ]{1,20}:\s*$", re.M)
_INVISIBLE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
_QUESTION = re.compile(r"[?？؟]")
_ECHO = 6
"""Words in a row with which our instructions are repeated."""

_HALF = re.compile(r"[.!?…。！？][\"'”’)\]]*\s*\Z")
"""How a finished sentence ends."""


_LOADS = (Broken.PROMISE, Broken.SECRET, Broken.MACHINE, Broken.AMOUNT, Broken.PERSONAL)
_GRAVEST = (*_LOADS, *(one for one in Broken if one not in _LOADS))
"""What is told of a sentence that breaks several rules: an invented word is the least of it."""


class Unfit(StrEnum):
    """Why a model's words are not said, beside `core.limits.Broken`."""

    EMPTY = "empty"
    LONG = "too long"
    UNFINISHED = "unfinished"
    MARKUP = "markup"
    QUESTION = "asks something"
    REPEATED = "said before"
    LANGUAGE = "other language"
    INSTRUCTIONS = "our instructions"
    UNSUPPORTED = "in no source"
    MISPLACED = "a number of something else"
    OMITTED = "a restriction is left out"
    OPPOSITE = "the opposite of its source"


class Wording:
    """Judges the words for one `Compose`, sentence after sentence."""

    def __init__(self, turn: TurnInput, wanted: Compose, playbook: Playbook) -> None:
        self._wanted = wanted
        self._judge = Judge(turn, wanted.step, wanted.draft, playbook)
        sources = (wanted.body, *wanted.sources)
        self._support = Support(sources, _told_by_them(turn, wanted), wanted.language)
        self._said = set(wanted.step.case.said)

    @property
    def longest(self) -> int:
        """Characters of all of it, at most."""
        return self._wanted.limit

    def fault(self, sentence: str) -> tuple[str, str] | None:
        """The first rule that a finished sentence breaks, with what in it does so; none when it may
        be said. What was let through is not let through again."""
        unfit = self._unfit(sentence)
        if unfit is not None:
            return unfit.value, sentence
        broken: tuple[Finding, ...] = self._judge.findings((sentence,))
        if broken:
            worst = min(broken, key=lambda one: _GRAVEST.index(one.rule))
            return worst.rule.value, worst.what
        if self._support.misplaces(sentence):
            return Unfit.MISPLACED.value, sentence
        if self._support.turned_round(sentence):
            return Unfit.OPPOSITE.value, sentence
        if not self._support.holds(sentence):
            return Unfit.UNSUPPORTED.value, sentence
        self._said.update(digests(sentence))
        return None

    def fault_of_all(self, text: str) -> tuple[str, str] | None:
        """What is wrong with the whole that no sentence alone shows."""
        if not text.strip():
            return Unfit.EMPTY.value, ""
        if len(text) > self._wanted.limit:
            return Unfit.LONG.value, f"{len(text)} characters"
        if _HALF.search(text) is None:
            return Unfit.UNFINISHED.value, split_sentences(text)[-1]
        language = language_of(text)
        if language not in (None, self._wanted.language):
            return Unfit.LANGUAGE.value, language
        if self._support.leaves_out(text, self._wanted.body):
            return Unfit.OMITTED.value, text
        found = self._judge.findings((text,))
        return (found[0].rule.value, found[0].what) if found else None

    def _unfit(self, sentence: str) -> Unfit | None:
        if _MARKUP.search(sentence) or _INVISIBLE.search(sentence) or _has_pictures(sentence):
            return Unfit.MARKUP
        if _QUESTION.search(sentence):
            return Unfit.QUESTION
        if len(sentence) > self._wanted.limit:
            return Unfit.LONG
        if not self._said.isdisjoint(digests(sentence)):
            return Unfit.REPEATED
        if _is_foreign(sentence, self._wanted.body):
            return Unfit.LANGUAGE
        return Unfit.INSTRUCTIONS if self._echoes(sentence) else None

    def _echoes(self, sentence: str) -> bool:
        return not self._instructed.isdisjoint(_runs(sentence))

    @cached_property
    def _instructed(self) -> frozenset[tuple[str, ...]]:
        return _runs(self._wanted.instructions)


def _told_by_them(turn: TurnInput, wanted: Compose) -> str:
    """What the customer said: now, and before, as far as it may be spoken of."""
    before = (*(one.said for one in turn.recall.recalled), *turn.recall.exchanges)
    theirs = [one.text for one in before if one.author is Author.CUSTOMER and wanted.remembered]
    return "\n".join((turn.text, *theirs))


def _has_pictures(sentence: str) -> bool:
    """Whether there is an emoji or the like: a text message would cost twice as much by it."""
    return not sentence.isascii() and any(unicodedata.category(one) == "So" for one in sentence)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    said = words(text)
    return frozenset(said[at : at + _ECHO] for at in range(len(said) - _ECHO + 1))


def _is_foreign(sentence: str, body: str) -> bool:
    """Whether it is written in letters that the draft does not use."""
    return _share_of_latin(body) > 0.5 > _share_of_latin(sentence)


def _share_of_latin(text: str) -> float:
    letters = [one for one in text if one.isalpha()]
    if not letters:
        return 1.0
    return sum(ord(one) < 0x250 for one in letters) / len(letters)
