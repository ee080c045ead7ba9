"""Words for why a detail is asked for again: gently, and with what is expected instead.

A part of the response stage. It decides nothing, and says nothing technical.
"""

from __future__ import annotations

from core.answers.wording import speech
from core.pipeline.response.speaker import Speaker
from core.playbook.bounds import figure
from core.playbook.model import Slot

MOST_CHOICES = 6
"""Choices that are read out."""


def why_again(speaker: Speaker, slot: Slot) -> str:
    """The statement before the question; nothing where the answer had no fault."""
    fault = speaker.step.words.get("fault")
    if fault is None:
        return ""
    words = {"expected": _expected(speaker, slot)}
    if slot.least is not None:
        words["least"] = figure(slot.least)
    if slot.most is not None:
        words["most"] = figure(slot.most)
    for key in _keys(slot, fault, speaker):
        if (text := speaker.say(key, words, statement=True)) is not None:
            return text
    return ""


def _keys(slot: Slot, fault: str, speaker: Speaker) -> tuple[str, ...]:
    """The answers that tell of this fault, the one that says most first."""
    if fault == "day":
        return ("invalid_day",)
    if fault == "bounds" and slot.kind == "date":
        return (f"invalid_{slot.when}", "invalid_shape")
    if fault == "bounds" and slot.kind == "text":
        told = speaker.step.words.get("value", "")
        short = slot.least is not None and len(told) < slot.least
        return ("invalid_short" if short else "invalid_long",)
    if fault == "bounds":
        return ("invalid_between", "invalid_least", "invalid_most")
    return ("invalid_expected", "invalid_shape")


def _expected(speaker: Speaker, slot: Slot) -> str:
    """What the slot says of itself, else its choices if they are few."""
    if slot.expects or not 2 <= len(slot.choices) <= MOST_CHOICES:
        return slot.expects
    word = speech(speaker.playbook).words["or"]
    return f"{', '.join(slot.choices[:-1])} {word} {slot.choices[-1]}"
