"""Answers out of the articles: which one answers a turn, and what of it is said.

A part of the response stage, by whose rules it goes. It says nothing that does not stand there.
"""

from __future__ import annotations

from core.pipeline.articles import DEFAULT_ARTICLE_THRESHOLD, ArticleHit, ArticleIndex
from core.pipeline.sentences import is_fresh, split_sentences
from core.pipeline.speaker import Speaker


def hit_for(speaker: Speaker, index: ArticleIndex) -> ArticleHit | None:
    """The article that answers the turn, if one does."""
    if not speaker.playbook.articles:
        return None
    name = speaker.guess.name or _open_matter(speaker)
    if name is None and speaker.guess.runners_up:
        name = speaker.guess.runners_up[0][0]
    least = speaker.playbook.settings.get("article_threshold", DEFAULT_ARTICLE_THRESHOLD)
    hits = index.search(speaker.turn.text, name, limit=1, least=least)
    return hits[0] if hits else None


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
    if room and len(text) > room:
        text = cut(text, room)
    return "\n".join(one for one in (text, more) if one), source


def cut(text: str, room: int) -> str:
    """The first sentences that fit; a lone sentence too long is cut at a word."""
    kept = ""
    for one in split_sentences(text):
        longer = f"{kept} {one}".strip()
        if len(longer) > room:
            break
        kept = longer
    return kept or text[: max(room - 1, 1)].rsplit(" ", 1)[0] + "…"
