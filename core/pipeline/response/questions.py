"""The words of a question: for a slot, or for a yes to what is remembered, behind a nod.

A part of the response stage, by whose rules it goes. It decides nothing: what is asked for is the
state's.
"""

from __future__ import annotations

import re

from core.answers.sentences import choose, split_sentences
from core.answers.wording import speech
from core.message import QuickReply, Sensitivity
from core.pipeline.contracts import Draft
from core.pipeline.reading.phrases import is_wish
from core.pipeline.response.fault_words import why_again
from core.pipeline.response.knowledge import Finder
from core.pipeline.response.pointing import asks_about, told_first
from core.pipeline.response.speaker import Speaker
from core.pipeline.state.stage import SWITCH_CONFIDENCE
from core.playbook.model import Slot

_VALUE_LIMIT = 40
_TEXT_WORDS = 4
_BESIDE_WORDS = 5
"""More words than these around a value that nobody asked for, and the sentence is about them."""
_UNMISTAKABLE = frozenset({"order", "email", "phone"})
_SPEAKS = re.compile(
    r"[?!]|\b(?:i|i['’](?:ll|m|d|ve)|my|me|we|us|you|your|ich|mein\w*|je|j['’]\w+|yo|mi)\b", re.I
)
"""What a sentence has and a name of a thing has not: somebody who speaks or is spoken to."""


def ask(speaker: Speaker, finder: Finder) -> Draft:
    """The question for a slot, after what was just told or an answer to what was just asked."""
    step = speaker.step
    assert step.ask is not None
    question = question_for(speaker, speaker.playbook.slots[step.ask])
    before = why_again(speaker, speaker.playbook.slots[step.ask]) or acknowledge(speaker)
    sources = _NO_SOURCES
    told = told_first(speaker, finder, len(question))
    if told is not None:
        before, sources = told
    elif asks_about(speaker) and speaker.turn.case.asking is not None and _is_beside(speaker):
        before = speaker.say("beside", statement=True) or ""
    template = f"ask:{step.ask}"
    text = speaker.join(before, question)
    slot = speaker.playbook.slots[step.ask]
    private = slot.guest_only or slot.secret is not None
    sensitivity = Sensitivity.PERSONAL if private else Sensitivity.GENERAL
    return Draft(
        text, template, (step.ask,), sources, _choices(speaker, step.ask), sensitivity=sensitivity
    )


def _is_beside(speaker: Speaker) -> bool:
    """Whether a question is about something else than the matter in hand."""
    own = speaker.playbook.intent(speaker.guess.name)
    again = own is not None and own.flow == speaker.step.case.flow
    sure = again and speaker.guess.confidence >= SWITCH_CONFIDENCE
    return not sure and not is_wish(speaker.turn.text)


_NO_SOURCES: tuple[tuple[str, str], ...] = ()


def _choices(speaker: Speaker, name: str) -> tuple[QuickReply, ...]:
    """The choices of a slot to tap, when there are few and the channel is not a text message."""
    slot = speaker.playbook.slots[name]
    if slot.kind != "choice" or not 2 <= len(slot.choices) <= 5 or speaker.limit:
        return ()
    return tuple(QuickReply(one, one) for one in slot.choices)


def question_for(speaker: Speaker, slot: Slot) -> str:
    own, case = speech(speaker.playbook).words, speaker.step.case
    label = slot.label or own["detail"]
    asked = choose((*slot.ask, *speaker.variants("ask")), {"label": label}, speaker.said)
    turns = case.counters.get("turns", 0)
    return asked or own["last_ask"].format(count=len(case.slots), label=label, turns=turns)


def acknowledge(speaker: Speaker) -> str:
    """A few words on what was just told: what was asked for, else the last that belongs here.

    Once all is told, what only stands in a story is not said back as if it had been the point.
    """
    slots, asked = speaker.playbook.slots, speaker.turn.case.asking
    flow = speaker.flow
    told = reversed(speaker.step.captured)
    mine = [one for one in told if flow is None or one.name in flow.slots or one.secret]
    for value in sorted(mine, key=lambda one: one.name != asked):
        slot = slots[value.name]
        if value.secret:
            return speaker.say("acknowledge_secret") or ""
        if speaker.is_confidential(value.needs):
            return speaker.say("noted", statement=True) or ""
        if slot.kind == "yes_no" or not _is_sayable(slot, value.value):
            continue
        if _is_beside_the_point(speaker, slot, value.value):
            continue
        key = "acknowledge_name" if _is_own_name(slot) else "acknowledge"
        value_words = value.value
        if key == "acknowledge_name" and value_words.islower():
            value_words = value_words.title()
        return speaker.say(key, {"value": value_words}) or ""
    return ""


def _is_sayable(slot: Slot, value: str) -> bool:
    """Whether a value can be said back: it is short, and no sentence of the customer's own."""
    if len(value) > _VALUE_LIMIT or "\n" in value:
        return False
    if slot.kind != "text":
        return True
    return len(value.split()) <= _TEXT_WORDS and _SPEAKS.search(value) is None


def _is_beside_the_point(speaker: Speaker, slot: Slot, value: str) -> bool:
    """Whether a value that came after all was told is a small part of its sentence."""
    over = speaker.step.case.flow is None and speaker.step.case.done
    if not over or slot.kind in _UNMISTAKABLE or slot.name == speaker.turn.case.asking:
        return False
    told = (one for one in split_sentences(speaker.turn.text) if value in one)
    least = min((len(one.split()) for one in told), default=0)
    return least - len(value.split()) > _BESIDE_WORDS


def _is_own_name(slot: Slot) -> bool:
    return slot.kind == "name" and slot.label.casefold() in ("name", "your name", "full name")


def offer(speaker: Speaker, finder: Finder) -> Draft:
    """The question whether what is remembered still holds, after an answer to what was asked."""
    offered = speaker.step.case.offering
    assert offered is not None
    slot = speaker.playbook.slots[offered.name]
    words = {"value": offered.value, "label": slot.label}
    question = choose((*slot.offer, *speaker.variants("offer")), words, speaker.said)
    question = question or speaker.last_words()
    told = told_first(speaker, finder, len(question))
    before, sources = told or (acknowledge(speaker), _NO_SOURCES)
    text = speaker.join(before, question)
    own = speech(speaker.playbook).words
    tap = (QuickReply(own["yes"], "yes"), QuickReply(own["no"], "no"))
    replies = () if speaker.limit else tap
    about = (
        Sensitivity.CONFIDENTIAL if speaker.is_confidential(offered.needs) else Sensitivity.PERSONAL
    )
    template = f"offer:{offered.name}"
    return Draft(text, template, sources=sources, quick_replies=replies, sensitivity=about)
