"""Whether a sentence says what its sources say: with their words, and denying what they deny.

Pure, and a check of words, not of meanings: it finds what was added and what was turned round with
a "not". The right words at the wrong thing pass. Numbers, names and links are judged elsewhere
(`core.pipeline.rules.verdicts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import filterfalse
from typing import NamedTuple

from core.answers.sentences import split_sentences
from core.facts.model_words import NUMBERS
from core.languages.features import Stems, words
from core.languages.small_words import WORDS
from core.pipeline.reading.stop_words import STOP_WORDS

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

RESTRICTIONS = frozenset(
    """
    only unless except excluding excluded until
    nur außer ausser ausgenommen lediglich ausschließlich
    seulement uniquement sauf hormis excepté
    solo sólo solamente únicamente salvo excepto
    """.split()
)
"""Words without which a sentence says more than it did."""

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

_CLAUSE = re.compile(r"[,;:–](?!\d)|\b(?:and|but|or|und|aber|oder|et|mais|ou|y|pero|o)\b", re.I)


_POLITE = """
    just simply also once glad happy gladly kindly help thank thanks sorry apology apologise
    apologize understand hear know welcome pleasure dear course sure fine great good nice well
    able allowed possible
    gern gerne leid danke dank herzlich willkommen einfach verstehe helfen möglich natürlich
    désolé désolée désolés plaisir volontiers simplement comprends aider possible bonjour
    siento sentimos lamento gusto simplemente entiendo ayudar posible hola gracias
"""


_UNITS = """
    second seconds minute minutes hour hours day days week weeks month months year years
    pound pounds euro euros dollar dollars percent metre metres meter meters degree degrees
    sekunde sekunden minute minuten stunde stunden tag tage tagen woche wochen monat monate monaten
    jahr jahre jahren prozent grad
    seconde secondes heure heures jour jours semaine semaines mois an ans année années degrés
    segundo segundos minuto minutos hora horas día días semana semanas mes meses año años grados
"""
"""What numbers count, whatever they are of."""

_DAYS = """
    monday tuesday wednesday thursday friday saturday sunday
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
    lundi mardi mercredi jeudi vendredi samedi dimanche
    lunes martes miércoles jueves viernes sábado domingo
"""


class Telling(NamedTuple):
    """What a sentence tells: the stems of its telling words, whether it denies something, and
    whether it restricts something, by that or otherwise."""

    stems: frozenset[str]
    denies: bool
    restricts: bool


class Support:
    """The sources of one answer, in one language, ready to be compared with."""

    def __init__(self, sources: Iterable[str], message: str, language: str) -> None:
        self._stems = _stems(language)
        self._days = frozenset(map(self._stems.of, _DAYS.split()))
        sentences = [one for text in sources for one in split_sentences(text)]
        self._sources = [self._telling(one) for one in sentences]
        self._figures = [one for each in sentences for one in self._with_figures(each)]
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
            self._is_opposite(self._telling(one)) for one in _parts(sentence)
        )

    def misplaces(self, sentence: str) -> bool:
        """Whether a number in it is that of something else: no source has the number beside
        anything that the sentence has it beside, or it has it beside another day."""
        return any(
            not any(figure in of and self._is_beside(about, near) for of, near in self._figures)
            for figures, about in self._with_figures(sentence)
            for figure in figures
            if about
        )

    def leaves_out(self, text: str, draft: str) -> bool:
        """Whether a restriction of the draft is missing: a sentence of it that denies something, or
        has an "only" or an "unless", which nothing in the text says, too."""
        said = [
            self._telling(one) for each in split_sentences(text) for one in (each, *_parts(each))
        ]
        return any(
            not any(_is_about(one, wanted) and one.restricts for one in said)
            for sentence in split_sentences(draft)
            if (wanted := self._telling(sentence)).restricts and wanted.stems
        )

    def _is_beside(self, about: frozenset[str], near: frozenset[str]) -> bool:
        days = about & self._days
        return not about.isdisjoint(near) and (not days or not days.isdisjoint(near))

    def _with_figures(self, sentence: str) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
        """The numbers of each clause, with what stands beside them there, or in the whole sentence
        where the clause has nothing else."""
        whole = frozenset(filterfalse(str.isdigit, self._telling(sentence).stems))
        for clause in _parts(sentence):
            stems = self._telling(clause).stems
            figures = frozenset(filter(str.isdigit, stems))
            if figures:
                yield figures, (stems - figures) or whole

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
        restricts = denies or not RESTRICTIONS.isdisjoint(found)
        return Telling(frozenset(map(self._stems.of, telling)), denies, restricts)


def _parts(sentence: str) -> list[str]:
    return _CLAUSE.split(sentence)


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


_NEUTRAL = DENIALS.union(
    _POLITE.split(),
    _UNITS.split(),
    *STOP_WORDS.values(),
    *(words(one) for each in WORDS.values() for one in each.split()),
) - set(_DAYS.split())
"""Words that tell nothing by themselves: the small ones, and those of courtesy."""
