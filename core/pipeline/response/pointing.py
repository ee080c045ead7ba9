"""Names the article that may answer what was asked, where it is not sure that it does.

It also puts the answer to a question before what a flow has to ask. A part of the response stage,
by whose rules it goes. Naming claims nothing of what the article says. Where it is all that is
said, it asks whether that helps, and goes by the yes or no; such a turn has brought nothing yet, so
that several in a row call a person by the rule about that.
"""

from __future__ import annotations

from core.pipeline.contracts import Draft
from core.pipeline.reading.phrases import (
    asks_only_who_answers,
    is_question,
    is_request,
    is_wish,
    leaning,
)
from core.pipeline.response.knowledge import Finder, passage_of
from core.pipeline.response.speaker import Speaker

POINTED = "pointed"
"""The key of the words, and the mark in a case's counters that the last reply asked by them."""

_KIND = "point:"

Told = tuple[str, tuple[tuple[str, str], ...]]
"""Words, and the title and link of what they are from."""


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


def asks_about(speaker: Speaker) -> bool:
    """Whether a message asks about something, and tells nothing that was asked for."""
    text = speaker.turn.text
    return is_question(text) and not asks_only_who_answers(text) and not speaker.step.captured


def told_first(speaker: Speaker, finder: Finder, reserved: int) -> Told | None:
    """The answer to a question before the flow goes on with one of its own, or, where the flow
    begins, the article that may answer. `reserved` characters are needed for the flow's.

    Whoever wants something done is not kept from it by an article about it.
    """
    own = speaker.playbook.intent(speaker.guess.name)
    flow = speaker.playbook.flows.get((own.flow if own is not None else None) or "")
    if not asks_about(speaker) or (flow is not None and is_request(speaker.turn.text)):
        return None
    hit = finder.hit(speaker)
    if hit is not None:
        return passage_of(speaker, hit, reserved)
    begins = speaker.turn.case.flow is None and flow is not None
    # What is looked up for its own sake is the answer itself, and no article comes nearer.
    answers = flow is not None and flow.look_up is not None and flow.action is None
    near = finder.near(speaker) if begins and not answers else None
    if near is None:
        return None
    title, url = near.article.title, near.article.url
    words = speaker.say("pointed_first", {"title": title, "url": url}, statement=True)
    return None if words is None else (words, ((title, url),))
