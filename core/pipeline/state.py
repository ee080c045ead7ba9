"""The state stage: where a case stands after a turn, and what has to happen next.

It continues the open flow or starts the intent's, takes in what was told, offers what is
remembered, and asks only for what is not at hand. It words nothing: the response stage does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.effects import LookUp
from core.pipeline.contracts import IntentGuess, StateStep
from core.pipeline.judgement import reconsider
from core.pipeline.lookups import plan_look_up
from core.pipeline.phrases import (
    asks_only_who_answers,
    courtesy,
    does_not_know,
    is_cancellation,
    is_negative,
    leaning,
    yes_or_no,
)
from core.pipeline.remembering import facts_told, remembered
from core.pipeline.slots import capture
from core.playbook import Flow, Intent, Playbook, Slot
from core.turn import CaseState, SlotValue, TurnInput

ASK_LIMIT = 2
"""How often a slot is asked for before it is skipped or a person takes over."""

MISS_LIMIT = 2
"""How often a look-up may find nothing before a person takes over."""

SWITCH_CONFIDENCE = 0.6
"""Confidence from which another intent ends the open flow and starts its own."""

_SWITCH_WORDS = 4


@dataclass(frozen=True, slots=True)
class _Turn:
    """What the steps of one turn share."""

    turn: TurnInput
    guess: IntentGuess
    playbook: Playbook
    intent: Intent | None
    new_case: bool


def state_stage(turn: TurnInput, guess: IntentGuess, playbook: Playbook) -> StateStep:
    """The state stage of the default pipeline."""
    guess = reconsider(turn, guess, playbook)
    intent = playbook.intent(guess.name)
    at = _Turn(turn, guess, playbook, intent, turn.case_id is None)
    case = _counted(turn, turn.case)
    if turn.in_handoff:
        case, captured = _take_in(at, case)
        return _step(at, "silent", case, captured)
    before = case
    case = _answer_offer(at, case)
    if is_cancellation(turn.text) and (before.flow or before.offering):
        return _step(at, "cancelled", replace(case, flow=None, asking=None, offering=None))
    case, captured = _take_in(at, _started(at, case, answered=False))
    answered = before.asking is not None and any(one.name == before.asking for one in captured)
    confirmed = before.offering is not None and case.slot(before.offering.name) is not None
    switched = _started(at, case, answered=answered or confirmed or bool(captured))
    if switched.flow != case.flow:
        case, more = _take_in(at, switched)
        captured = _merged(captured, more)
    case = _reopened(at, case, captured)
    case = _asked_in_vain(at, before, case, answered or confirmed)
    return _go_on(at, before, case, captured, answered or confirmed)


def _step(
    at: _Turn,
    move: str,
    case: CaseState,
    captured: tuple[SlotValue, ...] = (),
    *,
    ask: str | None = None,
) -> StateStep:
    intent = at.guess.name
    if at.intent is None or at.intent.small_talk:
        intent = case.intent or intent
    return StateStep(
        move=move,
        case=case,
        intent=intent,
        captured=captured,
        ask=ask,
        facts=facts_told(at.turn, at.playbook, case, captured),
        new_case=at.new_case,
        guess=at.guess,
    )


def _counted(turn: TurnInput, case: CaseState) -> CaseState:
    """The case with this turn in its counters."""
    counters = dict(case.counters)
    counters["turns"] = counters.get("turns", 0) + 1
    if is_negative(turn.text):
        counters["negative"] = counters.get("negative", 0) + 1
    return replace(case, counters=counters)


def count(case: CaseState, name: str, value: int) -> CaseState:
    """The case with one counter set; a zero is not kept."""
    if not value and name not in case.counters:
        return case
    counters = {key: one for key, one in case.counters.items() if key != name}
    if value:
        counters[name] = value
    return replace(case, counters=counters)


def _answer_offer(at: _Turn, case: CaseState) -> CaseState:
    """A yes takes the offered value, anything else leaves it; it is never offered again."""
    offered = case.offering
    if offered is None:
        return case
    case = replace(case, offering=None)
    if leaning(at.turn.text) is True:
        value = replace(offered, confirmed=True)
        return replace(case, slots=(*_without(case.slots, offered.name), value))
    return replace(case, refused=(*case.refused, offered.name))


def _take_in(at: _Turn, case: CaseState) -> tuple[CaseState, tuple[SlotValue, ...]]:
    """The case with what this turn told."""
    captured = capture(at.turn, case, at.playbook, case.asking)
    if not captured:
        return case, ()
    names = {one.name for one in captured}
    kept = tuple(one for one in case.slots if one.name not in names)
    return replace(case, slots=(*kept, *captured)), captured


def _merged(first: tuple[SlotValue, ...], then: tuple[SlotValue, ...]) -> tuple[SlotValue, ...]:
    names = {one.name for one in then}
    return (*(one for one in first if one.name not in names), *then)


def _without(slots: tuple[SlotValue, ...], name: str) -> tuple[SlotValue, ...]:
    return tuple(one for one in slots if one.name != name)


def _started(at: _Turn, case: CaseState, *, answered: bool) -> CaseState:
    """The case with the flow this turn belongs to: the open one, or the intent's own."""
    intent = at.intent
    if intent is None or intent.small_talk:
        return case
    if intent.flow is None or intent.flow == case.flow:
        same = case.flow or case.intent == intent.name
        return case if same else replace(case, intent=intent.name)
    if case.flow is not None:
        words = len(at.turn.text.split())
        sure = at.guess.confidence >= SWITCH_CONFIDENCE and words >= _SWITCH_WORDS
        tapped = any(one.quick_reply for one in at.turn.messages)
        if answered or not (sure or tapped or at.guess.confidence == 1.0) or case.asking is None:
            return case
    return replace(case, flow=intent.flow, intent=intent.name, asking=None, offering=None)


def _reopened(at: _Turn, case: CaseState, captured: tuple[SlotValue, ...]) -> CaseState:
    """A new detail for a look-up that is done looks up again ("and order 1043?")."""
    flow = at.playbook.flows.get(case.done[-1]) if case.done and case.flow is None else None
    if flow is None or not flow.look_up or not {one.name for one in captured} & set(flow.slots):
        return case
    return replace(case, flow=flow.name)


def _asked_in_vain(at: _Turn, before: CaseState, case: CaseState, answered: bool) -> CaseState:
    """The case without a slot the customer says they cannot tell."""
    asking = before.asking
    if asking is None or answered or case.slot(asking) is not None:
        return case
    slot = at.playbook.slots.get(asking)
    declined = slot is not None and slot.optional and yes_or_no(at.turn.text) is False
    if slot is None or not (declined or does_not_know(at.turn.text)):
        return case
    return _skipped(at, replace(case, asking=None), slot)


def _skipped(at: _Turn, case: CaseState, slot: Slot) -> CaseState:
    """The case going on without a slot; one that was needed brings in a person at the end."""
    case = replace(case, refused=(*case.refused, _skip(slot.name)))
    if not slot.optional and _hands_over(at.playbook):
        case = count(case, "lacking", case.counters.get("lacking", 0) + 1)
    return case


def _skip(name: str) -> str:
    return f"skip:{name}"


def _go_on(
    at: _Turn,
    before: CaseState,
    case: CaseState,
    captured: tuple[SlotValue, ...],
    answered: bool,
) -> StateStep:
    """What happens next: the flow's next step, or an answer outside of it."""
    intent = at.intent
    flow = at.playbook.flows.get(case.flow) if case.flow else None
    progress = bool(captured) or answered or case.flow != before.flow
    case = _same_again(at, before, case, progress)
    if flow is not None and flow.name in case.done and not flow.look_up and not progress:
        flow, case = None, replace(case, flow=None)
    if flow is None or case.flow is None:
        case = case if case.asking is None else replace(case, asking=None)
        if intent is None:
            return _step(at, "answer" if captured else "unclear", case, captured)
        nod = intent.small_talk and not captured
        return _step(at, "small_talk" if nod else "answer", case, captured)
    if not progress and case.asking and asks_only_who_answers(at.turn.text):
        # Whoever wonders what answers has not been asked in vain.
        return _step(at, "answer", case, captured, ask=case.asking)
    if not progress and intent is not None:
        if intent.small_talk:
            return _beside(at, case, captured, flow, "small_talk")
        if intent.flow is None:
            return _beside(at, case, captured, flow, "answer")
    return _advance(at, case, captured, flow)


def _same_again(at: _Turn, before: CaseState, case: CaseState, progress: bool) -> CaseState:
    """Counts turns that ask for the same thing again without anything having moved."""
    intent = at.intent
    if intent is None or intent.small_talk:
        return case
    again = intent.name == before.intent and not progress
    return count(case, "same_intent", case.counters.get("same_intent", 0) + 1 if again else 0)


def _beside(
    at: _Turn, case: CaseState, captured: tuple[SlotValue, ...], flow: Flow, move: str
) -> StateStep:
    """Something beside the open flow is answered, and the open question asked once more."""
    pending = case.asking
    leaving = courtesy(at.turn.text) in ("goodbye", "decline")
    if (
        pending is None
        or leaving
        or case.slot(pending) is not None
        or case.counters.get(_asked(pending), 0) >= ASK_LIMIT
    ):
        return _step(at, move, replace(case, flow=None, asking=None) if leaving else case, captured)
    case = count(case, _asked(pending), case.counters.get(_asked(pending), 0) + 1)
    return _step(at, move, case, captured, ask=pending)


def _asked(name: str) -> str:
    return f"asked:{name}"


def _advance(at: _Turn, case: CaseState, captured: tuple[SlotValue, ...], flow: Flow) -> StateStep:
    """The next step of a flow: offer, ask, look up or finish, once it is known well who asks."""
    if flow.needs is not None and at.turn.sender.level < flow.needs:
        return _step(at, "step_up", case, captured)
    case, name = _next_slot(at, case, flow, guest=False)
    if name is None and flow.look_up is not None:
        return _look_up(at, case, captured, flow)
    if name is None:
        case, name = _next_slot(at, case, flow, guest=True)
    if name is not None:
        return _ask(at, case, captured, name)
    if case.counters.get("lacking", 0):
        return _give_up(at, case, captured)
    return _finish(at, case, captured, flow)


def _look_up(at: _Turn, case: CaseState, captured: tuple[SlotValue, ...], flow: Flow) -> StateStep:
    """The row for its proved owner, else for a guest who gives a second detail."""
    if case.counters.get("lacking", 0):
        return _give_up(at, case, captured)
    effect: LookUp | None = None
    for guest in (False, True):
        if guest:
            case, name = _next_slot(at, case, flow, guest=True)
            if name is not None:
                return _ask(at, case, captured, name)
        effect = plan_look_up(at.turn, case, at.playbook, flow, guest=guest)
        if effect is None:
            continue
        if effect.id not in at.turn.effects:
            return replace(_step(at, "look_up", case, captured), effect=effect)
        if at.turn.effects[effect.id] is not None:
            return replace(_finish(at, case, captured, flow), effect=effect)
    if case.counters.get("lacking", 0):
        return _give_up(at, case, captured)
    return replace(_missed(at, case, captured, flow), effect=effect)


def _next_slot(
    at: _Turn, case: CaseState, flow: Flow, *, guest: bool
) -> tuple[CaseState, str | None]:
    """The first slot of the flow that is neither at hand nor skipped, skipping what may be."""
    for name in flow.slots:
        slot = at.playbook.slots.get(name)
        if slot is None or case.slot(name) is not None or _skip(name) in case.refused:
            continue
        if slot.guest_only and not guest:
            continue
        if case.counters.get(_asked(name), 0) >= ASK_LIMIT:
            case = _skipped(at, case, slot)
            continue
        return case, name
    return case, None


def _hands_over(playbook: Playbook) -> bool:
    """Whether a question asked in vain goes to a person; with `repeat_limit` 0 it is left out."""
    return playbook.settings.get("repeat_limit", ASK_LIMIT) > 0


def _ask(at: _Turn, case: CaseState, captured: tuple[SlotValue, ...], name: str) -> StateStep:
    offer = remembered(at.turn, at.playbook, case, name)
    if offer is not None:
        return _step(at, "offer", replace(case, offering=offer, asking=None), captured)
    times = case.counters.get(_asked(name), 0)
    case = count(replace(case, asking=name), _asked(name), times + 1)
    return _step(at, "ask", case, captured, ask=name)


def _finish(at: _Turn, case: CaseState, captured: tuple[SlotValue, ...], flow: Flow) -> StateStep:
    """The flow is over; what was skipped or counted for it may be asked again in another."""
    counters: Mapping[str, int] = {
        key: one
        for key, one in case.counters.items()
        if not key.startswith("asked:") and key != "missed"
    }
    done = (*(one for one in case.done if one != flow.name), flow.name)
    refused = tuple(one for one in case.refused if not one.startswith("skip:"))
    case = replace(
        case, flow=None, asking=None, offering=None, done=done, counters=counters, refused=refused
    )
    return _step(at, "finish", case, captured)


def _give_up(at: _Turn, case: CaseState, captured: tuple[SlotValue, ...]) -> StateStep:
    """The flow cannot be completed: the rules see it and bring in a person."""
    case = count(count(case, "lacking", 0), "unanswered", 1)
    case = replace(case, flow=None, asking=None, offering=None)
    return _step(at, "unclear", case, captured)


def _missed(at: _Turn, case: CaseState, captured: tuple[SlotValue, ...], flow: Flow) -> StateStep:
    """Nothing was found: the flow stays open for a correction, and then goes to a person."""
    times = case.counters.get("missed", 0) + 1
    case = count(case, "missed", times)
    if times > MISS_LIMIT:
        return _give_up(at, case, captured)
    key = next((name for name in flow.slots if not at.playbook.slots[name].guest_only), None)
    return _step(at, "finish", replace(case, asking=key, offering=None), captured)
