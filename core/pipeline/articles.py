"""Finds the knowledge article, and the sentences in it, that answer a question.

An index over the playbook's articles by stemmed words, with scores that mean the same in every
playbook. It reads nothing and writes nothing, and never makes a sentence: what it returns stands in
the article.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.pipeline.features import TEXT_LIMIT, Stems, words
from core.pipeline.passages import Sentence, join_sentences, split_sentences
from core.playbook import Article

DEFAULT_ARTICLE_THRESHOLD = 0.35
"""Score below which an article does not answer the question; found on the tests' questions."""

INTENT_SHARE = 0.4
"""Share of what is missing to 1 that an article gains when it is written for the guessed intent."""

PASSAGE_SENTENCES = 3
PASSAGE_LIMIT = 420
"""Characters; what a customer reads without scrolling, and three SMS segments at most."""

QUESTION_LIMIT = 40
"""Different words of a question that are looked at: a long mail says its matter early."""

_TITLE, _KEYWORD, _HEADING, _BODY = 3.0, 3.0, 1.5, 1.0
_SATURATION = 1.2
_LENGTH = 0.4
_TYPO = 0.8
_TYPO_LENGTH = 5
_HEADING_SHARE = 0.5
_BREVITY = 0.04
_CUE = 0.8
_REFERS = re.compile(
    r"(?:it|its|this|that|they|these|those|he|she|then|otherwise|after that|if so|in that case)\b",
    re.I,
)

_STOP_WORDS = """
    a about actually after again all also although am an and another any anyone anything are
    aren around as ask at be because been before being both but by can cannot cant could couldn
    couldnt d did didn didnt do does doesn doesnt doing don done dont each either else even ever
    every for from get gets getting give go goes going gonna good got had has hasn have haven
    having he hello help her here hey hi him his how however i id if im in into is isn isnt it
    its ive just kind know let like ll m make many may maybe me might more most much must my
    need needed needs no not now of off ok okay on one only or other our out over people please
    possible put question quite re really s said same say see shall she should show so some
    something soon sorry still such sure t take tell than thank thanks that the their them then
    there these they thing things think this those through to today too try trying u um until up
    upon us use ve very want wanted wants was wasn way we well were what when where which while
    who whose why will with within without won wont work working works would wouldn wouldnt yes
    yet you your yours
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""English words that say nothing about what a question is about."""

_DURATION = r"\d.{0,20}\b(?:second|minute|hour|day|week|month|year)s?\b"
# "9.30" is a time only by its company, since most numbers like it are prices.
_CLOCK = (
    r"(?<![\d$€£])\d{1,2}:\d\d\b|\b\d{1,2}[.]\d\d\s?[ap]\.?m\b|"
    r"\b(?:from|at|until|till|between|before|after|by) \d{1,2}[.]\d\d\b(?!\s?[$€£])"
)
CUES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked, re.I), re.compile(told, re.I))
    for asked, told in (
        (r"\bhow (?:long|soon|fast|late)\b|\bwhen\b", f"{_DURATION}|{_CLOCK}"),
        (r"\bhow much\b|\b(?:price|cost|fee)s?\b", r"\d[.,]\d\d\b|[$€£]|\bfree\b|\bnothing\b"),
    )
)
"""What a question asks for -> what a sentence that tells it looks like."""


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
    """The articles of a playbook, ready to be searched.

    A word's worth is its idf in the articles; a word that no article has is worth as much as the
    rarest, so that a question about something else scores low. How well an article speaks of a word
    is BM25's saturation, in which title and keywords weigh more than the body. The score is the
    share of the question's worth that is spoken of.
    """

    __slots__ = (
        "_articles",
        "_sentences",
        "_spelled",
        "_spoken",
        "_stems",
        "_strength",
        "_telling",
        "_unknown",
        "_worth",
    )

    def __init__(self, articles: Sequence[Article], language: str = "en") -> None:
        self._articles = tuple(articles)
        self._stems = Stems(language)
        self._sentences = tuple(split_sentences(one.body) for one in self._articles)
        self._spoken = tuple(
            tuple(
                (frozenset(self._terms(one.text)), frozenset(self._terms(one.heading)))
                for one in its
            )
            for its in self._sentences
        )
        self._telling = tuple(
            tuple(_matched(one.text, (told for _, told in CUES)) for one in its)
            for its in self._sentences
        )
        weights = [self._weigh(at) for at in range(len(self._articles))]
        self._worth = _worth(weights)
        self._unknown = max(self._worth.values(), default=1.0)
        self._strength = _strengths(weights)
        self._spelled = self._spellings()

    def search(
        self, text: str, intent: str | None = None, limit: int = 3, least: float = 0.0
    ) -> tuple[ArticleHit, ...]:
        """The best articles for a question, best first; none when no word of it is known.

        `intent` is the guessed intent's name: an article written for it gains on the others.
        `least` is the score below which nothing is returned.
        """
        asked = self._asked(text)
        if not asked:
            return ()
        total = sum(worth for _, worth, _ in asked)
        scores: dict[int, float] = {}
        for stem, worth, _ in asked:
            for at, strength in self._strength.get(stem, {}).items():
                scores[at] = scores.get(at, 0.0) + worth * strength
        ranked = sorted(
            ((self._with_intent(at, mass / total, intent), at) for at, mass in scores.items()),
            key=lambda one: (-one[0], one[1]),
        )
        best = [one for one in ranked[:limit] if one[0] >= least]
        if not best:
            return ()
        cues = _matched(text[:TEXT_LIMIT], (asked for asked, _ in CUES))
        wanted = {stem: worth for stem, worth, known in asked if known}
        return tuple(
            ArticleHit(self._articles[at], score, self._passage(at, wanted, cues))
            for score, at in best
        )

    def _with_intent(self, at: int, score: float, intent: str | None) -> float:
        if intent is None or intent not in self._articles[at].intents:
            return score
        return score + (1 - score) * INTENT_SHARE

    def _terms(self, text: str) -> list[str]:
        """Stems of the words that say something."""
        return [self._stems.of(word) for word in words(text) if word not in STOP_WORDS]

    def _asked(self, text: str) -> list[tuple[str, float, bool]]:
        """The question's different stems with their worth, and whether any article has them."""
        asked: dict[str, tuple[float, bool]] = {}
        telling = [word for word in words(text) if word not in STOP_WORDS]
        for word in telling[:QUESTION_LIMIT]:
            stem = self._stems.of(word)
            worth = self._worth.get(stem)
            if worth is not None:
                asked[stem] = (worth, True)
                continue
            meant = self._spelling(word)
            if meant is None:
                asked.setdefault(stem, (self._unknown, False))
            else:
                asked.setdefault(meant, (self._worth[meant] * _TYPO, True))
        return [(stem, worth, known) for stem, (worth, known) in asked.items()]

    def _spelling(self, word: str) -> str | None:
        """The stem of a known word that is one slip of the finger away, if any."""
        if len(word) < _TYPO_LENGTH or word.isdigit():
            return None
        return next((found for one in _slips(word) if (found := self._spelled.get(one))), None)

    def _spellings(self) -> dict[str, str]:
        """Every word's slips -> its stem, so that any single typing error is found by look-ups."""
        known = {
            word
            for article, its in zip(self._articles, self._sentences, strict=True)
            for text in (article.title, *article.keywords, *(one.text for one in its))
            for word in words(text)
            if len(word) >= _TYPO_LENGTH and word.isalpha() and word not in STOP_WORDS
        }
        spelled = {word: self._stems.of(word) for word in sorted(known)}
        for word in sorted(known):
            for slip in _slips(word):
                spelled.setdefault(slip, self._stems.of(word))
        return {slip: stem for slip, stem in spelled.items() if stem in self._worth}

    def _weigh(self, at: int) -> dict[str, float]:
        """How often each stem is in an article, by where it stands, relative to the body's
        length."""
        article, counts = self._articles[at], dict[str, float]()
        body = [stem for one in self._sentences[at] for stem in self._terms(one.text)]
        long = 1 - _LENGTH + _LENGTH * len(body) / 100
        headings = {one.heading for one in self._sentences[at] if one.heading}
        for stems, weight in (
            (self._terms(article.title), _TITLE),
            (self._terms(" ".join(article.keywords)), _KEYWORD),
            (self._terms(" ".join(sorted(headings))), _HEADING),
            (body, _BODY / max(long, 0.6)),
        ):
            for stem in stems:
                counts[stem] = counts.get(stem, 0.0) + weight
        return counts

    def _passage(self, at: int, wanted: Mapping[str, float], cues: frozenset[int]) -> str:
        """The run of neighbouring sentences that speaks of most of what is wanted.

        Words already said in the title tell sentences apart less, since the whole article is about
        them; a later sentence has to add something to be worth reading.
        """
        sentences, spoken, telling = self._sentences[at], self._spoken[at], self._telling[at]
        told = set(self._terms(self._articles[at].title))
        worth = {stem: mass * (0.5 if stem in told else 1.0) for stem, mass in wanted.items()}
        best, chosen = -1.0, (0, 1)
        for start, first in enumerate(sentences):
            heading = spoken[start][1]
            seen: set[str] = set()
            cued, length = 0.0, 0
            for end in range(start, min(start + PASSAGE_SENTENCES, len(sentences))):
                one = sentences[end]
                length += len(one.text)
                if one.section != first.section or (end > start and length > PASSAGE_LIMIT):
                    break
                seen |= spoken[end][0]
                if not cues.isdisjoint(telling[end]):
                    cued = _CUE
                value = cued - _BREVITY * (end - start)
                for stem, mass in worth.items():
                    value += mass * (stem in seen or _HEADING_SHARE * (stem in heading))
                if value > best + 1e-9:
                    best, chosen = value, (start, end + 1)
        return join_sentences(_rounded(sentences, *chosen))


def _matched(text: str, patterns: Iterable[re.Pattern[str]]) -> frozenset[int]:
    """Which of the patterns are found in a text, by number."""
    return frozenset(number for number, one in enumerate(patterns) if one.search(text))


def _rounded(sentences: tuple[Sentence, ...], start: int, end: int) -> tuple[Sentence, ...]:
    """The run with what it cannot do without, as far as its paragraph and the limits allow.

    "It takes 3 days" needs the sentence before; a lone sentence gets the one after it, which often
    says how.
    """
    run = sentences[start:end]
    if run and start > 0 and len(run) < PASSAGE_SENTENCES and _REFERS.match(run[0].text):
        before = sentences[start - 1]
        if before.paragraph == run[0].paragraph:
            return (before, *run)
    if len(run) == 1 and end < len(sentences):
        after = sentences[end]
        together = len(run[0].text) + len(after.text)
        if after.paragraph == run[0].paragraph and together <= PASSAGE_LIMIT // 2:
            return (*run, after)
    return run


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
