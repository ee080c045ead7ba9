"""One knowledge article made ready to be searched: its words by where they stand, its sentences.

It knows no other article, so that a changed one is prepared anew and the rest is kept. What stands
in a passage is the article's own: no sentence is ever made here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.languages.features import Stems, plain, words
from core.pipeline.reading.stop_words import STOP_WORDS
from core.pipeline.response.passages import Sentence, join_sentences, split_sentences
from core.playbook.model import Article

PASSAGE_SENTENCES = 3
PASSAGE_LIMIT = 420
"""Characters; what a customer reads without scrolling, and three SMS segments at most."""

_TITLE, _KEYWORD, _HEADING, _BODY = 3.0, 3.0, 1.5, 1.0
_LENGTH = 0.4
_TYPO_LENGTH = 5
_HEADING_SHARE = 0.5
_BREVITY = 0.04
_CUE = 0.8
_REFERS = re.compile(
    r"(?:it|its|this|that|they|these|those|he|she|then|otherwise|after that|if so|in that case)\b",
    re.I,
)

_COUNTED = r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|a|an|next|same)\b"
_DURATION = rf"(?:{_COUNTED}).{{0,20}}\b(?:second|minute|hour|day|week|month|year)s?\b"
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


class Meanings(Protocol):
    """What knows which words mean nearly the same."""

    def of(self, folded: str) -> NDArray[np.float32] | None:
        """The vector of length 1 of a text made by `plain`, if it has one."""

    def known(self, words: Sequence[str]) -> float:
        """The share of these words that it knows."""


Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""A sentence encoder: a row of length 1 for each text."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """An article ready to be searched. `weights` say how often each stem is in it, by where it
    stands; `spoken` has the stems of each sentence and of its heading, `telling` the numbers of the
    cues that it tells; `spelled` are its longer words, each with its stem. Where something knows,
    `vectors` has a row for what each sentence is about, and `told` the vectors of its words;
    `encoded` has the sentences' rows of the encoder."""

    article: Article
    sentences: tuple[Sentence, ...]
    spoken: tuple[tuple[frozenset[str], frozenset[str]], ...]
    telling: tuple[frozenset[int], ...]
    weights: Mapping[str, float]
    title: frozenset[str]
    spelled: Mapping[str, str]
    vectors: NDArray[np.float32] | None = None
    told: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    encoded: NDArray[np.float32] | None = None


def prepared(
    article: Article,
    stems: Stems,
    meanings: Meanings | None = None,
    encode: Encode | None = None,
) -> Entry:
    """The article's entry."""
    sentences = split_sentences(article.body)
    return Entry(
        article=article,
        sentences=sentences,
        spoken=tuple(
            (frozenset(terms(one.text, stems)), frozenset(terms(one.heading, stems)))
            for one in sentences
        ),
        telling=tuple(matched(one.text, (told for _, told in CUES)) for one in sentences),
        weights=_weights(article, sentences, stems),
        title=frozenset(terms(article.title, stems)),
        spelled=_spelled(article, sentences, stems),
        vectors=_vectors(article, sentences, meanings),
        told=_told(article, sentences, stems, meanings),
        encoded=None if encode is None else encode(_as_read(article, sentences)),
    )


def terms(text: str, stems: Stems) -> list[str]:
    """Stems of the words that say something."""
    stop = STOP_WORDS.get(stems.language, frozenset())
    return [stems.of(word) for word in words(text) if word not in stop]


@lru_cache(maxsize=64)
def asked_for(text: str) -> frozenset[int]:
    """The numbers of the cues by which a question asks for something."""
    return matched(text, (asked for asked, _ in CUES))


def matched(text: str, patterns: Iterable[re.Pattern[str]]) -> frozenset[int]:
    """Which of the patterns are found in a text, by number."""
    return frozenset(number for number, one in enumerate(patterns) if one.search(text))


def _weights(article: Article, sentences: tuple[Sentence, ...], stems: Stems) -> dict[str, float]:
    """How often each stem is in an article, by where it stands, relative to the body's length."""
    counts = dict[str, float]()
    body = [stem for one in sentences for stem in terms(one.text, stems)]
    long = 1 - _LENGTH + _LENGTH * len(body) / 100
    headings = {one.heading for one in sentences if one.heading}
    for found, weight in (
        (terms(article.title, stems), _TITLE),
        (terms(" ".join(article.keywords), stems), _KEYWORD),
        (terms(" ".join(sorted(headings)), stems), _HEADING),
        (body, _BODY / max(long, 0.6)),
    ):
        for stem in found:
            counts[stem] = counts.get(stem, 0.0) + weight
    return counts


def _vectors(
    article: Article, sentences: tuple[Sentence, ...], meanings: Meanings | None
) -> NDArray[np.float32] | None:
    """What each sentence is about: with the article's title and keywords, as it is read."""
    if meanings is None:
        return None
    above = " ".join((article.title, *article.keywords))
    texts = (above, *(f"{above} {one.heading} {one.text}" for one in sentences))
    found = (meanings.of(plain(one)) for one in texts)
    rows = [one for one in found if one is not None]
    return np.stack(rows) if rows else None


def _as_read(article: Article, sentences: tuple[Sentence, ...]) -> list[str]:
    """The title, and every sentence with what it stands under: few say by themselves what it is
    about."""
    above = [" ".join((f"{article.title}.", one.heading)).strip() for one in sentences]
    texts = (f"{over} {one.text}" for over, one in zip(above, sentences, strict=True))
    return [article.title, *texts]


def _told(
    article: Article, sentences: tuple[Sentence, ...], stems: Stems, meanings: Meanings | None
) -> dict[str, NDArray[np.float32]]:
    """The vectors of the different words that say something."""
    if meanings is None:
        return {}
    stop = STOP_WORDS.get(stems.language, frozenset())
    texts = (article.title, *article.keywords, *(f"{one.heading} {one.text}" for one in sentences))
    said = dict.fromkeys(word for text in texts for word in words(text) if word not in stop)
    found = ((word, meanings.of(word)) for word in said)
    return {word: vector for word, vector in found if vector is not None}


def _spelled(article: Article, sentences: tuple[Sentence, ...], stems: Stems) -> dict[str, str]:
    stop = STOP_WORDS.get(stems.language, frozenset())
    return {
        word: stems.of(word)
        for text in (article.title, *article.keywords, *(one.text for one in sentences))
        for word in words(text)
        if len(word) >= _TYPO_LENGTH and word.isalpha() and word not in stop
    }


def is_long_enough(word: str) -> bool:
    """Whether a word is long enough that one slip of the finger still shows which it is."""
    return len(word) >= _TYPO_LENGTH and not word.isdigit()


def passage(entry: Entry, wanted: Mapping[str, float], cues: frozenset[int]) -> str:
    """The run of neighbouring sentences that speaks of most of what is wanted.

    Words already said in the title tell sentences apart less, since the whole article is about
    them; a later sentence has to add something to be worth reading.
    """
    sentences, spoken, telling = entry.sentences, entry.spoken, entry.telling
    worth = {stem: mass * (0.5 if stem in entry.title else 1.0) for stem, mass in wanted.items()}
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
