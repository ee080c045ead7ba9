"""What becomes of a draft: it is judged, the rules stage decides, and what that says is judged too.

A draft that breaks a rule never leaves. A sentence that is always safe takes its place, or a person
does; never silence, but for an answer so late that it would wake somebody. What was held back goes
with the decision, for review. No rules stage is asked whether it wants this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from core.answers.sentences import choose, remember
from core.answers.wording import speech, spoken_to, variants
from core.hours import opening_words
from core.limits import Broken
from core.message import OutboundMessage, QuickReply, Sensitivity
from core.pipeline.contracts import Draft, IntentGuess, Ruled, RulesStage, Stages, StateStep
from core.pipeline.rules.stage import handoff_words
from core.pipeline.rules.verdicts import Finding, Judge, is_late, shortened
from core.playbook.model import Playbook
from core.turn import CaseState, Escalation, HeldBack, TurnInput

WITHHELD = "withheld"
RULE = "held-back"
"""The rule by which a case goes to people because of what an answer would have said."""

_REASON = "An answer was held back by the rules: {rules}."
_LATE = "The answer would have come late, in hours in which this channel is to be quiet."


def judging(stages: Stages) -> RulesStage:
    """The rules stage of these, before and after which what is to be said is judged."""
    return partial(_ruled, stages.rules) if stages.judged else stages.rules


def _ruled(
    rules: RulesStage,
    turn: TurnInput,
    guess: IntentGuess,
    step: StateStep,
    draft: Draft,
    playbook: Playbook,
) -> Ruled:
    """What the rules stage makes of what may be said of a draft."""
    playbook = spoken_to(turn, playbook)
    judge = Judge(turn, step, draft, playbook)
    found = judge.findings(_texts(draft.text, draft.quick_replies)) if draft.text else ()
    if found:
        return _held_back(rules, turn, guess, step, draft, playbook, found)
    fit, held = _fitting(turn, draft, playbook)
    if judge.is_looked_up and fit.sensitivity is Sensitivity.GENERAL:
        # Whatever the draft calls itself: what was looked up is somebody's.
        fit = replace(fit, sensitivity=Sensitivity.PERSONAL)
    ruled = rules(turn, guess, step, fit, playbook)
    ruled = _judged_again(turn, step, fit, ruled, playbook)
    if ruled.reply is not None and is_late(turn, playbook):
        return _quiet(ruled)
    return replace(ruled, held=ruled.held or held) if held is not None else ruled


def _texts(text: str, quick_replies: Sequence[QuickReply]) -> list[str]:
    return [text, *(words for one in quick_replies for words in (one.label, one.value))]


def _fitting(turn: TurnInput, draft: Draft, playbook: Playbook) -> tuple[Draft, HeldBack | None]:
    """The draft as far as the channel bears it."""
    limit = playbook.limits.length.get(turn.channel, 0)
    if not limit or len(draft.text) <= limit:
        return draft, None
    rules = ((Broken.LENGTH.value, f"{len(draft.text)} characters"),)
    held = HeldBack(rules, draft.text, "shortened")
    return replace(draft, text=shortened(draft.text, limit) or draft.text[:limit]), held


def _held_back(
    stage: RulesStage,
    turn: TurnInput,
    guess: IntentGuess,
    step: StateStep,
    draft: Draft,
    playbook: Playbook,
    found: tuple[Finding, ...],
) -> Ruled:
    """What is said instead of a draft; a rule that calls people for its own reason goes before."""
    safe = _safe(step, step.case, playbook)
    ruled = _judged_again(turn, step, safe, stage(turn, guess, step, safe, playbook), playbook)
    rules = tuple((one.rule.value, one.what) for one in found)
    if ruled.reply is None or ruled.escalation is not None:
        done = "silent" if ruled.reply is None else "handed over"
        return replace(ruled, held=HeldBack(rules, draft.text, done))
    names = {rule for rule, _ in rules}
    if step.move != "finish" and names.isdisjoint(playbook.limits.hand_over):
        return replace(ruled, held=HeldBack(rules, draft.text, "replaced"))
    return _hand_over(turn, ruled.case, playbook, HeldBack(rules, draft.text, "handed over"))


def _safe(step: StateStep, case: CaseState, playbook: Playbook) -> Draft:
    """A sentence that is always safe, and the question that is open, in the playbook's words."""
    texts = variants(playbook, WITHHELD)
    text = choose(texts, {}, case.said, statement=True) or texts[0]
    slot = playbook.slots.get(step.ask or "")
    if slot is None:
        return Draft(text, WITHHELD, grounded=False)
    question = choose(slot.ask, {"label": slot.label}, case.said)
    question = question or choose(slot.ask, {"label": slot.label}, ()) or ""
    return Draft(f"{text} {question}".rstrip(), WITHHELD, asked=(slot.name,), grounded=False)


def _hand_over(turn: TurnInput, case: CaseState, playbook: Playbook, held: HeldBack) -> Ruled:
    rules = ", ".join(dict.fromkeys(rule for rule, _ in held.rules))
    escalation = Escalation(RULE, "general", "normal", _REASON.format(rules=rules))
    text = handoff_words(turn, case, playbook, "handoff_stuck")
    case = replace(case, asking=None, offering=None, said=remember(case.said, text))
    return Ruled(OutboundMessage(text), None, case, escalation, held=held)


def _judged_again(
    turn: TurnInput, step: StateStep, draft: Draft, ruled: Ruled, playbook: Playbook
) -> Ruled:
    """The same rules over what the rules stage words itself."""
    reply = ruled.reply
    if reply is None or (reply.text == draft.text and reply.quick_replies == draft.quick_replies):
        return ruled
    opening = opening_words(playbook.hours, turn.now, speech(playbook))
    judge = Judge(turn, step, draft, playbook, (opening,) if opening else ())
    found = judge.findings(_texts(reply.text, reply.quick_replies))
    if not found:
        return ruled
    rules = tuple((one.rule.value, one.what) for one in found)
    safe = _safe(step, ruled.case, playbook)
    done = "replaced" if ruled.escalation is None else "handed over"
    return replace(
        ruled,
        reply=OutboundMessage(safe.text),
        asked=safe.asked,
        held=ruled.held or HeldBack(rules, reply.text, done),
    )


def _quiet(ruled: Ruled) -> Ruled:
    """Nothing is sent now, and a person answers when it is no longer late."""
    assert ruled.reply is not None
    held = HeldBack(((Broken.QUIET.value, ""),), ruled.reply.text, "silent")
    escalation = ruled.escalation or Escalation(RULE, "general", "normal", _LATE)
    return Ruled(None, "quiet hours", ruled.case, escalation, matched=ruled.matched, held=held)
