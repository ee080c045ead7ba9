"""Two matters of one message said at once: two drafts become one text, with one question at most.

What is answered at once is decided by `core.pipeline.state.taking_up`; here it is only said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.answers.sentences import split_sentences
from core.message import Sensitivity
from core.pipeline.contracts import Draft
from core.pipeline.response.speaker import Speaker
from core.pipeline.state.taking_up import ASKS, OVER

_WORDED = ASKS | OVER
"""Moves that are worded with another. What was made of a step meanwhile stands alone."""


def worded(speaker: Speaker, word: Callable[[Speaker], Draft]) -> Draft:
    """What is said to the step; where two matters are answered at once, both as one text."""
    step = speaker.step
    if step.also is None or step.move not in _WORDED:
        return word(speaker)
    drafts = []
    for turn, its in step.also:
        guess = its.guess or speaker.guess
        draft = word(replace(speaker, turn=turn, guess=guess, step=its, opening=""))
        if (told := its.told) is not None and told is not step.told:
            first = speaker.say(told.key, told.words)
            draft = replace(draft, text=f"{first} {draft.text}" if first else draft.text)
        drafts.append(draft)
    one, two = drafts
    before, after = (its for _, its in step.also)
    if before.move in ASKS:
        return _joined(two, one, one.template) if two.grounded else one
    return _joined(one, two, two.template if after.move != "answer" else one.template)


def _joined(one: Draft, two: Draft, template: str) -> Draft:
    """Both, the second with its question; the first without, where the second has one."""
    text = one.text
    if "?" in two.text:
        told = [sentence for sentence in split_sentences(text) if not sentence.endswith("?")]
        text = " ".join(told) if told and len(told) < len(split_sentences(text)) else text
    return replace(
        one,
        text=f"{text}\n\n{two.text}",
        template=template,
        asked=two.asked or one.asked,
        sources=_once((*one.sources, *two.sources)),
        quick_replies=two.quick_replies or one.quick_replies,
        sensitivity=max(one.sensitivity, two.sensitivity, key=tuple(Sensitivity).index),
        grounded=one.grounded and two.grounded,
    )


def _once(sources: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(sources))
