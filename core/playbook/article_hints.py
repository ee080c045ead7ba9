"""What is odd about a playbook's articles beside each other, and which texts a language lacks.

Pure, and part of `core.playbook.hints`: nothing is refused over it. It compares words, so two that
say the same in other words are not found.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from core.languages.features import Stems
from core.pipeline.response.article_text import terms
from core.pipeline.response.passages import split_sentences
from core.playbook.model import Article, Playbook
from core.playbook.wordings import missing_words

ALIKE = 0.8
"""From this share of common words two texts are nearly the same."""

_SHOWN = 3
_LEAST_WORDS = 3
_COMPARED = 200
"""Articles that are compared with each other: with more, it would take long."""

_Sentence = tuple[str, frozenset[str], frozenset[str]]
"""A sentence's text, the stems of its words, and its numbers."""


def alike_articles(playbook: Playbook) -> Iterator[str]:
    """Articles that are nearly the same, and sentences that differ in their numbers alone."""
    first = playbook.articles[:_COMPARED]
    stems = {one.language or playbook.language for one in first}
    known = {language: Stems(language) for language in stems}
    told = [
        (one, tuple(_sentences(one, known[one.language or playbook.language]))) for one in first
    ]
    for (one, its), (other, others) in combinations(told, 2):
        if _share(_words(its), _words(others)) >= ALIKE:
            yield f"articles {one.name} and {other.name} are nearly the same: one of them is enough"
            continue
        for text, against in _contradictions(its, others):
            yield (
                f"articles {one.name} and {other.name} may contradict each other: "
                f"{text!r} and {against!r}"
            )


def lacking_words(playbook: Playbook) -> Iterator[str]:
    """What each further language has no words for."""
    for language, keys in missing_words(playbook).items():
        shown = ", ".join(keys[:_SHOWN]) + (", ..." if len(keys) > _SHOWN else "")
        number = "1 text" if len(keys) == 1 else f"{len(keys)} texts"
        yield f"language {language} lacks {number}: {shown}"


def _sentences(article: Article, stems: Stems) -> Iterator[_Sentence]:
    for one in split_sentences(article.body):
        found = terms(one.text, stems)
        numbers = frozenset(term for term in found if any(map(str.isdigit, term)))
        yield one.text, frozenset(found) - numbers, numbers


def _words(sentences: tuple[_Sentence, ...]) -> frozenset[str]:
    return frozenset(word for _, words, numbers in sentences for word in (*words, *numbers))


def _contradictions(
    its: tuple[_Sentence, ...], others: tuple[_Sentence, ...]
) -> Iterator[tuple[str, str]]:
    for text, words, numbers in its:
        if not numbers or len(words) < _LEAST_WORDS:
            continue
        for against, theirs, counted in others:
            if counted and counted != numbers and _share(words, theirs) >= ALIKE:
                yield text, against


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of all their words two texts have in common."""
    return len(one & other) / max(len(one | other), 1)
