"""Words at the end of a flow: what was found or not, and around an action what is to be agreed on.

A part of the response stage, by whose rules it goes: the playbook's variants first, nothing said
twice, one question at a time. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.answers.sentences import choose
from core.message import Assurance, Sensitivity
from core.pipeline.contracts import Draft
from core.pipeline.response.action_words import after_action, asking_for_yes, shown
from core.pipeline.response.speaker import Speaker
from core.playbook.model import Flow


def at_end(speaker: Speaker) -> Draft:
    """What the flow found, or that it found nothing."""
    step = speaker.step
    flow = speaker.flow
    row: Mapping[str, str] | None = None
    if step.effect is not None:
        row = speaker.turn.effects.get(step.effect.id)
    words = {one.name: shown(speaker, one) for one in step.case.slots}
    words |= row or {}
    personal = sensitivity_of(speaker, flow)
    if flow is not None and (after := after_action(speaker, flow)) is not None:
        return replace(after, sensitivity=personal)
    if flow is not None and flow.look_up and row is None:
        text = choose((*flow.missing, *speaker.variants("missing")), words, speaker.said)
        return Draft(text or speaker.last_words(), f"missing:{flow.name}", sensitivity=personal)
    own = flow.found if flow is not None else ()
    text = choose(own, words, speaker.said)
    if text is None and row:
        text = speaker.say_again(choose(own, words, frozenset()) or "")
    if text is None and not row:
        text = speaker.say("found", words)
    name = flow.name if flow is not None else "found"
    return Draft(text or speaker.say_surely("noted"), f"found:{name}", sensitivity=personal)


def sensitivity_of(speaker: Speaker, flow: Flow | None) -> Sensitivity:
    """How sensitive the end of a flow is: by what it needs, or the slots it speaks of."""
    if flow is None:
        return Sensitivity.GENERAL
    needs = [flow.needs or Assurance.NONE]
    needs += [one.needs for name in flow.slots if (one := speaker.playbook.slots.get(name))]
    if speaker.is_confidential(max(needs)):
        return Sensitivity.CONFIDENTIAL
    return Sensitivity.PERSONAL if flow.look_up else Sensitivity.GENERAL


def confirmation(speaker: Speaker) -> Draft:
    """What is about to be done, and the question for a yes to it."""
    flow = speaker.flow
    assert flow is not None
    text, replies = asking_for_yes(speaker, flow)
    about = sensitivity_of(speaker, flow)
    return Draft(text, f"confirm:{flow.name}", quick_replies=replies, sensitivity=about)


def with_question(speaker: Speaker, draft: Draft) -> Draft:
    """An answer to something beside an action that waits for a yes, and the question again."""
    if speaker.step.move != "answer" or not speaker.step.words or "?" in draft.text:
        return draft
    again = confirmation(speaker)
    text = speaker.join(draft.text, again.text)
    about = max(draft.sensitivity, again.sensitivity, key=tuple(Sensitivity).index)
    return replace(draft, text=text, quick_replies=again.quick_replies, sensitivity=about)
