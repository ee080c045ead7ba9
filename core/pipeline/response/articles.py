"""Finds the knowledge article, and the sentences in it, that answer a question.

An index over the playbook's articles by stemmed words and by what words and sentences mean, with
scores that mean the same in every playbook. It reads nothing and writes nothing, and never makes a
sentence: what it returns stands in the article.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.languages.features import TEXT_LIMIT, Stems, words
from core.pipeline.reading.stop_words import STOP_WORDS as _STOP_WORDS
from core.pipeline.response.article_meaning import Floats, Nearness
from core.pipeline.response.article_text import (
    Encode,
    Entry,
    Meanings,
    asked_for,
    passage,
    prepared,
)
from core.pipeline.response.article_words import Asked, Lexicon
from core.playbook.model import Article

DEFAULT_ARTICLE_THRESHOLD = 0.47
"""Score from which an article answers a question; found on the questions of two businesses
(`benchmarks/knowledge`): of those that no article answers hardly one comes so near."""

DEFAULT_POINT_THRESHOLD = 0.22
"""Score from which an article is named to whoever asks, as the one that may answer."""

INTENT_SHARE = 0.3
"""Share of what is missing to 1 that an article gains when it is written for the guessed intent and
that is certain; half of it already at a quarter of certainty."""

STOP_WORDS = _STOP_WORDS["en"]
"""English words that say nothing about what a question is about."""

ENCODED_SHARE = 0.5
"""Share of the encoder in how near an article comes; the rest is that of the words, in halves: the
nearest sentence as a whole, and how much of the question is spoken of at all."""

RIVAL_SHARE = 0.3
"""What an article loses to another that comes as near: then neither is sure to be meant."""

LACKING_SHARE = 0.3
"""What an article loses to a pressing word of which it has nothing: that may be the point."""

_KNOWN = 0.6
"""Share of a language's words that must be known, for their meanings to be of use."""

_UNTOLD = 0.85
"""What is left of a score where a time or a price is asked for, and the article has none."""


@dataclass(frozen=True, slots=True)
class ArticleHit:
    """An article that may answer a question.

    `score` is 0 to 1: how near the article comes to what is asked, and how far ahead of the others.
    `passage` is one to three of its sentences as CommonMark without headings.
    """

    article: Article
    score: float
    passage: str


class ArticleIndex:
    """The articles of a playbook, ready to be searched, those of each language by themselves."""

    __slots__ = ("_articles", "_encode", "_language", "_meanings", "_shelves")

    def __init__(
        self,
        articles: Sequence[Article],
        language: str = "en",
        meanings: Meanings | None = None,
        encode: Encode | None = None,
    ) -> None:
        self._encode = encode
        self._articles = tuple(articles)
        self._language = language
        self._meanings = meanings
        self._shelves = self._arranged({})

    def with_changes(self, articles: Sequence[Article]) -> ArticleIndex:
        """An index of these articles, for which only those that this one has not are read."""
        changed = ArticleIndex.__new__(ArticleIndex)
        changed._articles = tuple(articles)
        changed._language = self._language
        changed._meanings = self._meanings
        changed._encode = self._encode
        changed._shelves = changed._arranged(self._shelves)
        return changed

    def _arranged(self, known: Mapping[str, _Shelf]) -> dict[str, _Shelf]:
        by_language: dict[str, list[Article]] = {}
        for one in self._articles:
            by_language.setdefault(one.language or self._language, []).append(one)
        return {
            language: _Shelf(language, articles, known.get(language), self._meanings, self._encode)
            for language, articles in by_language.items()
        }

    def search(
        self,
        text: str,
        intent: str | None = None,
        limit: int = 3,
        least: float = 0.0,
        *,
        likely: Mapping[str, float] | None = None,
        language: str | None = None,
        vector: Floats | None = None,
    ) -> tuple[ArticleHit, ...]:
        """The best articles for a question, best first; none when no word of it is known.

        An article written for an intent gains by how `likely` that is, from 0 to 1; an `intent`
        alone is certain. `least` is the score below which nothing is returned. `language` is that
        of the articles, the playbook's own if none is named. `vector` is the text's, of the encoder
        that this index was made with.
        """
        shelf = self._shelves.get(language or self._language)
        if shelf is None:
            return ()
        shares = likely if likely is not None else {intent: 1.0} if intent else {}
        return shelf.search(_Question(text, vector, shares), limit, least)


class _Question(NamedTuple):
    """What is looked for: its text, its vector, and how likely each intent is."""

    text: str
    vector: Floats | None
    likely: Mapping[str, float]


class _Shelf:
    """The articles of one language.

    An article comes the nearer the more of the question it speaks of, in the same words or in
    others, and the nearer its nearest sentence is to the question as a whole. Where nothing knows
    other words, it is BM25's saturation, in which title and keywords weigh more than the body. The
    score is that, less what makes it doubtful.
    """

    __slots__ = ("_entries", "_lexicon", "_meanings", "_near", "_stems")

    def __init__(
        self,
        language: str,
        articles: Sequence[Article],
        known: _Shelf | None,
        meanings: Meanings | None,
        encode: Encode | None,
    ) -> None:
        self._meanings = meanings if meanings is not None and _knows(meanings, articles) else None
        self._stems: Stems = Stems(language) if known is None else known._stems
        same = known is not None and known._meanings is self._meanings
        ready = known.by_name() if known is not None and same else {}
        # The encoder knows the language that the meanings of words are those of.
        encode = encode if self._meanings is not None else None
        self._entries: tuple[Entry, ...] = tuple(
            one
            if (one := ready.get(article.name)) is not None and one.article == article
            else prepared(article, self._stems, self._meanings, encode)
            for article in articles
        )
        self._lexicon = Lexicon(self._entries, self._stems)
        self._near = Nearness(self._entries, self._meanings)

    def by_name(self) -> dict[str, Entry]:
        return {one.article.name: one for one in self._entries}

    def search(self, question: _Question, limit: int, least_score: float) -> tuple[ArticleHit, ...]:
        asked = self._lexicon.asked(question.text)
        if not asked:
            return ()
        covered, least = self._covered(asked)
        near = self._nearness(question, asked, covered)
        every = ((self._likely(at, share, question.likely), at) for at, share in near.items())
        ranked = sorted((one for one in every if one[0] > 0), key=lambda one: (-one[0], one[1]))
        cues = asked_for(question.text[:TEXT_LIMIT])
        sure = [
            (score * self._telling(at, cues) * (1 - LACKING_SHARE * (1 - float(least[at]))), at)
            for score, at in ranked[: limit + 1]
        ]
        wanted = {one.stem: one.worth for one in asked if one.known}
        return tuple(
            ArticleHit(self._entries[at].article, score, passage(self._entries[at], wanted, cues))
            for score, at in _doubted(sure)[:limit]
            if score >= least_score
        )

    def _nearness(
        self, question: _Question, asked: Sequence[Asked], covered: Floats
    ) -> Mapping[int, float]:
        """How near each article comes, by its place."""
        sentence = self._near.of_text(question.text)
        if sentence is None:
            return self._lexicon.shares(asked)
        near = (covered + sentence) / 2
        encoded = self._near.of_vector(question.vector)
        if encoded is not None:
            near = (1 - ENCODED_SHARE) * near + ENCODED_SHARE * encoded
        return dict(enumerate(near.tolist()))

    def _covered(self, asked: Sequence[Asked]) -> tuple[Floats, Floats]:
        """For every article, the share of the question's worth that it has words for, and how near
        it comes to the pressing word of which it has least."""
        total = np.zeros(len(self._entries), dtype=np.float32)
        least = np.ones(len(self._entries), dtype=np.float32)
        for one in asked:
            near = self._near.of_word(one.word)
            found = np.zeros_like(total) if near is None else near.copy()
            found[list(self._lexicon.having(one.stem))] = 1.0
            total += np.float32(one.worth) * found
            if one.pressing:
                np.minimum(least, found, out=least)
        return total / np.float32(sum(one.worth for one in asked)), least

    def _likely(self, at: int, share: float, likely: Mapping[str, float]) -> float:
        """How near an article comes, and what it gains by the intents it is written for."""
        intents = self._entries[at].article.intents
        if not likely or not intents:
            return share
        sure = min(max(likely.get(one, 0.0) for one in intents), 1.0)
        return share + (1 - share) * INTENT_SHARE * math.sqrt(sure)

    def _telling(self, at: int, cues: frozenset[int]) -> float:
        """What is left of a score by whether the article tells what is asked for."""
        untold = cues and all(cues.isdisjoint(one) for one in self._entries[at].telling)
        return _UNTOLD if untold else 1.0


def _doubted(ranked: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """The scores of the best, less what the nearest other one makes doubtful."""
    found = []
    for number, (score, at) in enumerate(ranked):
        rival = ranked[0 if number else 1][0] if len(ranked) > 1 else 0.0
        found.append((score * (1 - RIVAL_SHARE * min(rival / score, 1.0)), at))
    return found


def _knows(meanings: Meanings, articles: Sequence[Article]) -> bool:
    """Whether the language of these articles is one whose meanings are known."""
    texts = " ".join(f"{one.title} {one.body}" for one in articles)
    return meanings.known([one for one in words(texts) if one.isalpha()]) >= _KNOWN
