"""Words about an action at the end of a flow: what would be done, and what came of it.

It takes the playbook's variants first, as the response stage does whose part it is, and decides
nothing. Why something failed is for people, never for the customer.
"""

from __future__ import annotations

from core.answers.sentences import choose
from core.answers.wording import speech
from core.effects import Act, Consult
from core.message import QuickReply
from core.pipeline.contracts import Draft
from core.pipeline.response.speaker import Speaker
from core.pipeline.state.acting import outcome_of, reason_of
from core.pipeline.state.undertaking import CHANGE, undertaking
from core.playbook.model import Flow
from core.turn import SlotValue


def asking_for_yes(speaker: Speaker, flow: Flow) -> tuple[str, tuple[QuickReply, ...]]:
    """The question for a yes to the action of a flow, or after a no for what is to be otherwise;
    and its answers to tap."""
    last = undertaking(speaker.step.case, flow.name)
    if last is not None and last.stage == CHANGE:
        return speaker.say_surely("action_change"), ()
    action = speaker.playbook.actions[flow.action or ""]
    words = {**_words(speaker), **speaker.step.words}
    variants = (*action.summary, *speaker.variants("action_summary"))
    text = choose(variants, words, speaker.said) or speaker.say("confirm_action", words)
    own = speech(speaker.playbook).words
    replies = () if speaker.limit else (QuickReply(own["yes"], "yes"), QuickReply(own["no"], "no"))
    return text or speaker.last_words(), replies


def after_action(speaker: Speaker, flow: Flow) -> Draft | None:
    """What is said of an action that was tried, or of what was asked; nothing where neither was."""
    effect = speaker.step.effect
    if not isinstance(effect, Act):
        return None
    result = speaker.turn.effects.get(effect.id) or {}
    words = {**_words(speaker), **result}
    reason = reason_of(speaker.turn, effect)
    if flow.settles(reason):
        # What is left to people goes to them as what failed does.
        kind = "failed" if reason in flow.to_people else "refused"
        own, key = flow.refused.get(reason, ()), ""
    else:
        kind, own, key = _said_of(outcome_of(speaker.turn, effect), effect, flow)
        own = (*flow.refused.get(reason, ()), *own)
    text = choose(own, words, speaker.said) or (speaker.say(key, words) if key else None)
    if text is None and kind in ("found", "refused"):
        text = speaker.say_again(choose(own, words, frozenset()) or "")
    return Draft(text or speaker.last_words(), f"{kind}:{flow.name}")


def _said_of(outcome: str, effect: Act, flow: Flow) -> tuple[str, tuple[str, ...], str]:
    """The kind of end, the flow's own words for it, and the key of the built-in ones."""
    none = "missing" if isinstance(effect, Consult) else "action_refused"
    return {
        "done": ("found", flow.found, "found"),
        "refused": ("missing", flow.missing, none),
    }.get(outcome, ("failed", flow.failed, "action_failed"))


def shown(speaker: Speaker, value: SlotValue) -> str:
    """A value as it may be said back to this sender."""
    hidden = value.secret or speaker.turn.sender.level < value.needs
    return speech(speaker.playbook).words["hidden"] if hidden else value.value


def _words(speaker: Speaker) -> dict[str, str]:
    """What the flow's words may name: the details at hand, and the row that was looked up."""
    words = {one.name: shown(speaker, one) for one in speaker.step.case.slots}
    for key, row in speaker.turn.effects.items():
        if key.startswith("lookup:"):
            words |= row or {}
    return words
