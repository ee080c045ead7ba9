"""Names the article that may answer what was asked, where it is not sure that it does.

A part of the response stage, by whose rules it goes. It claims nothing of what the article says: it
asks whether that helps, and goes by the yes or no. A turn that only points has brought nothing
yet, so that two in a row call a person by the rule about that.
"""

from __future__ import annotations

from core.pipeline.contracts import Draft
from core.pipeline.knowledge import Finder
from core.pipeline.phrases import is_question, is_wish, leaning
from core.pipeline.speaker import Speaker

POINTED = "pointed"
"""The key of the words, and the mark in a case's counters that the last reply asked by them."""

_KIND = "point:"


def points(draft: Draft) -> bool:
    """Whether a draft names an article and asks whether that helps."""
    return draft.template.startswith(_KIND)


def point(speaker: Speaker, finder: Finder) -> Draft | None:
    """The article that comes closest to a question, if one comes near and no other question is
    open."""
    text = speaker.turn.text
    if speaker.step.ask is not None or not (is_question(text) or is_wish(text)):
        return None
    hit = finder.near(speaker)
    if hit is None:
        return None
    title, url = hit.article.title, hit.article.url
    words = speaker.say(POINTED, {"title": title, "url": url})
    if words is None:
        return None
    template = f"{_KIND}{hit.article.name}"
    return Draft(words, template, sources=((title, url),), grounded=False)


def helped(speaker: Speaker) -> bool | None:
    """What a yes or no says to whether the article that was named last did help; nothing where
    none was named, or where more is said than that."""
    intent = speaker.playbook.intent(speaker.guess.name)
    step = speaker.step
    if not speaker.turn.case.counters.get(POINTED) or step.captured or step.ask is not None:
        return None
    if intent is not None and not intent.small_talk:
        return None
    return None if is_question(speaker.turn.text) else leaning(speaker.turn.text)
