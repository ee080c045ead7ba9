"""Answers out of the articles: which one answers a turn, and what of it is said.

A part of the response stage, by whose rules it goes. It says nothing that does not stand there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.answers.sentences import is_fresh, split_sentences
from core.pipeline.contracts import Draft, IntentGuess, Searched
from core.pipeline.response.articles import (
    DEFAULT_ARTICLE_THRESHOLD,
    DEFAULT_POINT_THRESHOLD,
    ArticleHit,
    ArticleIndex,
)
from core.pipeline.response.modes import mode_of
from core.pipeline.response.speaker import Speaker
from core.playbook.model import STRICT, Playbook

_REMEMBERED = 3
"""Articles of which the record of a turn tells how near they came."""

_LEAST_FRAMED = 60
"""Characters that must be left for an article's own words in a frame."""


@dataclass(slots=True)
class Finder:
    """Looks into the articles in one turn, once for each text that is asked, and keeps for the
    record which search came nearest."""

    index: ArticleIndex
    searched: Searched | None = None
    _best: dict[str, ArticleHit | None] = field(default_factory=dict)

    def hit(self, speaker: Speaker) -> ArticleHit | None:
        """The article that answers the turn, if one does."""
        return self._from(speaker, least_of(speaker.playbook))

    def near(self, speaker: Speaker) -> ArticleHit | None:
        """The article that may answer the turn: near enough to be named, if one is."""
        return self._from(speaker, least_named(speaker.playbook))

    def _from(self, speaker: Speaker, least: float) -> ArticleHit | None:
        best = self._found(speaker)
        return best if best is not None and best.score >= least else None

    def _found(self, speaker: Speaker) -> ArticleHit | None:
        """The article that comes nearest."""
        text, language = speaker.turn.text, speaker.playbook.language
        if text not in self._best and speaker.playbook.articles:
            likely = likely_of(speaker.guess, _open_matter(speaker))
            hits = self.index.search(
                text,
                likely=likely,
                limit=_REMEMBERED,
                language=language,
                vector=speaker.turn.vector,
            )
            self._best[text] = hits[0] if hits else None
            found = tuple((one.article.name, one.score) for one in hits)
            if self.searched is None or _nearest(found) > _nearest(self.searched.best):
                self.searched = Searched(least_of(speaker.playbook), found)
        return self._best.get(text)


def _nearest(found: Sequence[tuple[str, float]]) -> float:
    return found[0][1] if found else 0.0


def searched_of(draft: Draft) -> Mapping[str, object]:
    """What the record of a turn says of the search; nothing where there was none."""
    if draft.searched is None:
        return {}
    best = [[name, round(score, 3)] for name, score in draft.searched.best]
    return {"least": draft.searched.least, "best": best}


def least_of(playbook: Playbook) -> float:
    """The score from which an article answers a question."""
    return playbook.settings.get("article_threshold", DEFAULT_ARTICLE_THRESHOLD)


def least_named(playbook: Playbook) -> float:
    """The score from which an article is named as one that may answer."""
    return playbook.settings.get("point_threshold", DEFAULT_POINT_THRESHOLD)


def likely_of(guess: IntentGuess, matter: str | None = None) -> Mapping[str, float]:
    """How likely each intent is what is asked about. An open `matter` is, when nothing is sure."""
    likely = dict(guess.runners_up)
    if guess.name is not None:
        likely[guess.name] = guess.confidence
    elif matter is not None:
        likely[matter] = 1.0
    return likely


def _open_matter(speaker: Speaker) -> str | None:
    """The intent whose flow is open: what an unclear question is most likely about."""
    case = speaker.step.case
    return case.intent if case.flow else None


def passage_of(
    speaker: Speaker, hit: ArticleHit, reserved: int
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The sentences of an article not said yet, with its title and link as source."""
    article = hit.article
    source = ((article.title, article.url),)
    more = speaker.say("more", {"title": article.title, "url": article.url}) or ""
    room = speaker.limit - reserved - len(more) - 2 if speaker.limit else 0
    text = hit.passage if is_fresh(hit.passage, speaker.said) else ""
    if not text:
        fresh = [one for one in split_sentences(hit.passage) if is_fresh(one, speaker.said)]
        text = " ".join(dict.fromkeys(fresh)) or speaker.say_again(hit.passage) or ""
    else:
        text = _framed(speaker, text, room)
    if room and len(text) > room:
        text = cut(text, room)
    return "\n".join(one for one in (text, more) if one), source


def _framed(speaker: Speaker, text: str, room: int) -> str:
    """The sentences in the frame that the business put around them, unless they stand alone."""
    if mode_of(speaker.turn, speaker.guess, speaker.playbook) == STRICT:
        return text
    if room and room - len(text) < _LEAST_FRAMED:
        return text
    return speaker.say("guided", {"answer": text}) or text


def cut(text: str, room: int) -> str:
    """The first sentences that fit; a lone sentence too long is cut at a word."""
    kept = ""
    for one in split_sentences(text):
        longer = f"{kept} {one}".strip()
        if len(longer) > room:
            break
        kept = longer
    return kept or text[: max(room - 1, 1)].rsplit(" ", 1)[0] + "…"
