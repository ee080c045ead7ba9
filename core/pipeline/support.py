"""Whether a sentence says what its sources say: with their words, and denying what they deny.

Pure, and a check of words, not of meanings: it finds what was added and what was turned round with
a "not". The right words at the wrong thing pass. Numbers, names and links are judged elsewhere
(`core.pipeline.verdicts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from core.default_answers import DEFAULT_ANSWERS
from core.language_words import WORDS
from core.model_words import NUMBERS
from core.pipeline.features import Stems, words
from core.pipeline.sentences import split_sentences

SUPPORTED = 0.6
"""The share of a sentence's telling words that must stand in the sources."""

ECHOED = 0.5
"""The share that must, where the others are the customer's own."""

SAME = 0.6
"""The share of telling words by which two sentences are about the same."""

_NEAREST = 0.8
"""How near a source must be beside the nearest one to be asked, too."""

DENIALS = frozenset(
    """
    not no never cannot cant dont doesnt didnt isnt arent wasnt werent wont wouldnt shouldnt
    couldnt neither nor without none nobody nothing unable impossible
    nicht kein keine keinen keinem keiner keines nie niemals ohne weder nichts niemand unmöglich
    ne pas jamais aucun aucune sans ni rien personne impossible
    nunca sin ningún ninguna ninguno nada nadie tampoco imposible jamás
    """.split()
)
"""Words that turn a sentence round, in the four languages the product speaks."""

_NO_DENIAL = re.compile(
    r"\b(?:no (?:matter|problem|worries|later|longer than|more than)|not (?:only|just)|kein problem"
    r"|nicht nur|pas de (?:souci|problème)|non seulement|(?:sin|ningún) problema|no solo)\b"
)
"""Turns of phrase that have such a word and deny nothing."""


_SAYS_YES = re.compile(
    r"\W*(?:yes|yeah|no|nope|of course|sure|certainly|absolutely|definitely|exactly|correct|right"
    r"|ja|nein|natürlich|selbstverständlich|sicher|genau|richtig|oui|non|bien sûr|certainement"
    r"|exact|sí|si|no|claro|por supuesto|desde luego|correcto|exacto)\b(?!-)",
    re.I,
)
"""How a sentence begins that answers the question itself, which no source can bear out."""

_COURTESY = re.compile(
    r"\b(?:thank|sorry|apolog|glad|happy|pleasure|welcome|understand|danke|dank|leid|gern|verstehe"
    r"|merci|désolé|plaisir|comprends|gracias|siento|lamento|gusto|entiendo)",
    re.I,
)


_SYMPATHY = re.compile(
    r"\W*(?:(?:i am|i'm|we are|we're) (?:so |very |really |truly )*sorry|sorry|thank(?:s| you)"
    r"|(?:es )?tut (?:mir|uns) (?:sehr )?leid|(?:vielen )?dank|danke"
    r"|(?:je suis |nous sommes )?désolée?s?"
    r"|merci|(?:lo )?(?:siento|sentimos|lamento|lamentamos)|gracias)\b",
    re.I,
)
"""How a sentence begins that only says again what the customer told."""

_GRANTS = re.compile(
    r"\b(?:can|could|may|might|will|would|shall|able|allow\w*|possible|must|kann|können|darf|dürfen"
    r"|wird|werden|möglich|peut|pouvez|pouvons|pourr\w+|possible|puede[ns]?|podemos|podr\w+|posible)\b"
    r"|'ll\b",
    re.I,
)
"""What makes more of it."""

_CLAUSE = re.compile(r"[,;:–]|\b(?:and|but|or|und|aber|oder|et|mais|ou|y|pero|o)\b", re.I)


class Telling(NamedTuple):
    """What a sentence tells: the stems of its telling words, and whether it denies something."""

    stems: frozenset[str]
    denies: bool


class Support:
    """The sources of one answer, in one language, ready to be compared with."""

    def __init__(self, sources: Iterable[str], message: str, language: str) -> None:
        self._stems = _stems(language)
        self._sources = [
            self._telling(one) for text in sources for one in split_sentences(text) if one
        ]
        self._known = frozenset().union(*(one.stems for one in self._sources))
        self._asked = self._telling(message).stems

    def holds(self, sentence: str) -> bool:
        """Whether enough of what it tells stands in the sources. Of sentences that tell nothing,
        only a word of courtesy holds: "of course you can" says yes to whatever was asked."""
        told = self._telling(sentence).stems
        if _SAYS_YES.match(sentence):
            return False
        if not told:
            return _COURTESY.search(sentence) is not None
        known = len(told & self._known)
        if known >= SUPPORTED * len(told):
            return True
        if _SYMPATHY.match(sentence) and not _GRANTS.search(sentence):
            return told <= self._known | self._asked
        return known >= ECHOED * len(told) and told <= self._known | self._asked

    def turned_round(self, sentence: str) -> bool:
        """Whether it denies what the sources say of the same, or says what they deny: as a whole,
        and in one of its clauses too, since it may say in one breath what they say in two."""
        return self._is_opposite(self._telling(sentence)) and any(
            self._is_opposite(self._telling(one)) for one in _CLAUSE.split(sentence)
        )

    def _is_opposite(self, told: Telling) -> bool:
        about = [(_likeness(told, one), one) for one in self._sources if _is_about(told, one)]
        nearest = max((likeness for likeness, _ in about), default=0.0)
        near = [one for likeness, one in about if likeness >= _NEAREST * nearest]
        return bool(near) and all(one.denies != told.denies for one in near)

    def _telling(self, sentence: str) -> Telling:
        plain = _NO_DENIAL.sub(" ", sentence.replace("’", "'").casefold())
        found = words(plain)
        # "can't" comes apart at its apostrophe, and its "t" alone would tell nothing.
        denies = not DENIALS.isdisjoint(found) or "n't" in plain
        telling = (
            NUMBERS.get(one, one)
            for one in found
            if one in NUMBERS or one.isdigit() or (len(one) > 1 and one not in _NEUTRAL)
        )
        return Telling(frozenset(map(self._stems.of, telling)), denies)


def _is_about(told: Telling, source: Telling) -> bool:
    """Whether a source is about the same: one of the two has most of what the other tells. What a
    source calls "it", the sentence may name."""
    shared = len(told.stems & source.stems)
    return shared > 0 and shared >= SAME * min(len(told.stems), len(source.stems))


def _likeness(told: Telling, source: Telling) -> float:
    """The share of what either tells that both tell."""
    return len(told.stems & source.stems) / len(told.stems | source.stems)


@lru_cache(maxsize=32)
def _stems(language: str) -> Stems:
    return Stems(language)


def _neutral() -> frozenset[str]:
    """Words that tell nothing by themselves: the small ones, and those of the product's answers."""
    said = (text for variants in DEFAULT_ANSWERS.values() for text in variants)
    small = (one for each in WORDS.values() for one in each.split())
    return frozenset(one for text in (*said, *small) for one in words(text)) | DENIALS


_NEUTRAL = _neutral()
