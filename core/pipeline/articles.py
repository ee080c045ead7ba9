"""Finds the knowledge article, and the sentences in it, that answer a question.

An index over the playbook's articles by stemmed words, with scores that mean the same in every
playbook. It reads nothing and writes nothing, and never makes a sentence: what it returns stands in
the article.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.pipeline.article_text import (
    Entry,
    Meanings,
    asked_for,
    meaning_of,
    passage,
    prepared,
)
from core.pipeline.article_words import Lexicon
from core.pipeline.features import TEXT_LIMIT, Stems, words
from core.pipeline.stop_words import STOP_WORDS as _STOP_WORDS
from core.playbook import Article

DEFAULT_ARTICLE_THRESHOLD = 0.5
"""Score below which an article does not answer the question; found on the questions of two
businesses (`benchmarks/knowledge`): above it most of what has an answer gets it, and most of what
has none does not."""

INTENT_SHARE = 0.4
"""Share of what is missing to 1 that an article gains when it is written for the guessed intent and
that is certain."""

STOP_WORDS = _STOP_WORDS["en"]
"""English words that say nothing about what a question is about."""

MEANING_SHARE = 0.4
"""Share of a score that is how near a sentence's meaning comes, where something knows of that."""

_FAR = 0.25
"""How near any two texts of one business come: no nearer is not near at all."""

_KNOWN = 0.6
"""Share of a language's words that must be known, for their meanings to be of use."""

_UNTOLD = 0.85
"""What is left of a score where a time or a price is asked for, and the article has none."""


@dataclass(frozen=True, slots=True)
class ArticleHit:
    """An article that may answer a question.

    `score` is 0 to 1: how much of what the question is about the article speaks of. `passage` is
    one to three of its sentences as CommonMark without headings.
    """

    article: Article
    score: float
    passage: str


class ArticleIndex:
    """The articles of a playbook, ready to be searched, those of each language by themselves."""

    __slots__ = ("_articles", "_language", "_meanings", "_shelves")

    def __init__(
        self,
        articles: Sequence[Article],
        language: str = "en",
        meanings: Meanings | None = None,
    ) -> None:
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
        changed._shelves = changed._arranged(self._shelves)
        return changed

    def _arranged(self, known: Mapping[str, _Shelf]) -> dict[str, _Shelf]:
        by_language: dict[str, list[Article]] = {}
        for one in self._articles:
            by_language.setdefault(one.language or self._language, []).append(one)
        return {
            language: _Shelf(language, articles, known.get(language), self._meanings)
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
    ) -> tuple[ArticleHit, ...]:
        """The best articles for a question, best first; none when no word of it is known.

        An article written for an intent gains by how `likely` that is, from 0 to 1; an `intent`
        alone is certain. `least` is the score below which nothing is returned. `language` is that
        of the articles, the playbook's own if none is named.
        """
        shelf = self._shelves.get(language or self._language)
        if shelf is None:
            return ()
        shares = likely if likely is not None else {intent: 1.0} if intent else {}
        return shelf.search(text, shares, limit, least)


class _Shelf:
    """The articles of one language.

    How well an article speaks of a word is BM25's saturation, in which title and keywords weigh
    more than the body. The score is the share of the question's worth that is spoken of, and how
    near the nearest sentence comes to what the question means.
    """

    __slots__ = (
        "_entries",
        "_lexicon",
        "_meanings",
        "_places",
        "_starts",
        "_stems",
        "_vectors",
    )

    def __init__(
        self,
        language: str,
        articles: Sequence[Article],
        known: _Shelf | None,
        meanings: Meanings | None,
    ) -> None:
        self._meanings = meanings if meanings is not None and _knows(meanings, articles) else None
        self._stems: Stems = Stems(language) if known is None else known._stems
        same = known is not None and known._meanings is self._meanings
        ready = known.by_name() if known is not None and same else {}
        self._entries: tuple[Entry, ...] = tuple(
            one
            if (one := ready.get(article.name)) is not None and one.article == article
            else prepared(article, self._stems, self._meanings)
            for article in articles
        )
        self._lexicon = Lexicon(self._entries, self._stems)
        self._places = [at for at, one in enumerate(self._entries) if one.vectors is not None]
        rows = [one.vectors for one in self._entries if one.vectors is not None]
        self._vectors = np.concatenate(rows) if rows else np.zeros((0, 0), dtype=np.float32)
        # Where each article's sentences begin among all of them.
        self._starts = np.cumsum([0, *(len(one) for one in rows)])[:-1]

    def by_name(self) -> dict[str, Entry]:
        return {one.article.name: one for one in self._entries}

    def search(
        self, text: str, likely: Mapping[str, float], limit: int, least: float
    ) -> tuple[ArticleHit, ...]:
        asked = self._lexicon.asked(text)
        if not asked:
            return ()
        cues = asked_for(text[:TEXT_LIMIT])
        shares = self._meant(text, self._lexicon.shares(asked))
        ranked = sorted(
            ((self._score(at, share, likely, cues), at) for at, share in shares.items()),
            key=lambda one: (-one[0], one[1]),
        )
        wanted = {one.stem: one.worth for one in asked if one.known}
        return tuple(
            ArticleHit(self._entries[at].article, score, passage(self._entries[at], wanted, cues))
            for score, at in ranked[:limit]
            if score >= least
        )

    def _meant(self, text: str, shares: Mapping[int, float]) -> Mapping[int, float]:
        """The shares with how near each article's meaning comes to the question's."""
        if self._meanings is None or not self._places:
            return shares
        asked = meaning_of(text[:TEXT_LIMIT], self._stems, self._meanings)
        if asked is None:
            return shares
        nearest = np.maximum.reduceat(self._vectors @ asked, self._starts)
        near = np.maximum(nearest - _FAR, 0.0) / (1 - _FAR)
        return {
            at: (1 - MEANING_SHARE) * shares.get(at, 0.0) + MEANING_SHARE * one
            for at, one in zip(self._places, near.tolist(), strict=True)
        } | {at: (1 - MEANING_SHARE) * shares[at] for at in shares.keys() - set(self._places)}

    def _score(
        self, at: int, share: float, likely: Mapping[str, float], cues: frozenset[int]
    ) -> float:
        entry = self._entries[at]
        if cues and all(cues.isdisjoint(one) for one in entry.telling):
            share *= _UNTOLD
        sure = max((likely.get(one, 0.0) for one in entry.article.intents), default=0.0)
        return share + (1 - share) * INTENT_SHARE * min(sure, 1.0)


def _knows(meanings: Meanings, articles: Sequence[Article]) -> bool:
    """Whether the language of these articles is one whose meanings are known."""
    texts = " ".join(f"{one.title} {one.body}" for one in articles)
    return meanings.known([one for one in words(texts) if one.isalpha()]) >= _KNOWN
