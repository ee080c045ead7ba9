"""The state stage: where a case stands after a turn, and what has to happen next.

It continues the open flow or starts the intent's, takes in what was told, offers what is
remembered, and asks only for what is not at hand. It words nothing: the response stage does.
"""

from __future__ import annotations

from dataclasses import replace

from core.escalation.counters import CONFIRMING, unmarked
from core.pipeline.contracts import IntentGuess, StateStep
from core.pipeline.intent.judgement import reconsider
from core.pipeline.reading.phrases import (
    asks_only_who_answers,
    courtesy,
    is_cancellation,
    is_leaving,
    is_negative,
    is_question,
    leaning,
)
from core.pipeline.state.acting import CONFIRM_LIMIT, act, dropped, laid_out, level_of
from core.pipeline.state.asking import ASK_LIMIT, ask, asked, asked_in_vain, next_slot
from core.pipeline.state.correcting import asked_otherwise, reopened
from core.pipeline.state.flow_end import finish, give_up
from core.pipeline.state.flow_turn import FlowTurn, count, stepped
from core.pipeline.state.in_wish import told_in_wish
from core.pipeline.state.lookups import look_up
from core.pipeline.state.taking_in import merged, take_in, with_earlier, with_wish
from core.pipeline.state.told_about import by_values
from core.pipeline.state.undertaking import agrees, awaits_yes, unasked
from core.playbook.model import Flow, Playbook
from core.turn import CaseState, SlotValue, TurnInput

SWITCH_CONFIDENCE = 0.6
"""Confidence from which another intent ends the open flow and starts its own."""

_SWITCH_WORDS = 4


def state_stage(turn: TurnInput, guess: IntentGuess, playbook: Playbook) -> StateStep:
    """The state stage of the default pipeline."""
    guess = reconsider(turn, guess, playbook)
    intent = playbook.intent(guess.name)
    at = FlowTurn(turn, guess, playbook, intent, turn.case_id is None)
    case = _counted(turn, turn.case)
    if turn.in_handoff:
        told = take_in(at, case)
        return stepped(at, "silent", told.case, told.values)
    before = case
    case = _answer_offer(at, case)
    if is_cancellation(turn.text) and (before.flow or before.offering):
        return dropped(at, case)
    told = take_in(at, _started(at, case, answered=False))
    if intent is None and told.values:
        guess = by_values(guess, told.case, playbook)
        at = replace(at, guess=guess, intent=playbook.intent(guess.name))
    answered = before.asking is not None and told.about(before.asking)
    confirmed = before.offering is not None and told.case.slot(before.offering.name) is not None
    answered = answered or confirmed
    switched = _started(at, told.case, answered=answered or bool(told.values))
    if switched.flow != told.case.flow:
        told = merged(told, take_in(at, switched))
    if told.case.flow != before.flow:
        told = with_earlier(told, at)
        told = with_wish(told, told_in_wish(at, told.case))
    if told.faults:
        at = replace(at, faults=told.faults)
    if (otherwise := asked_otherwise(at, told.case, told.values)) is not None:
        return otherwise
    case = reopened(at, told.case, told.values)
    case = asked_in_vain(at, before, case, answered)
    return _go_on(at, before, case, told.values, answered)


def _counted(turn: TurnInput, case: CaseState) -> CaseState:
    """The case with this turn in its counters."""
    counters = dict(case.counters)
    counters["turns"] = counters.get("turns", 0) + 1
    if is_negative(turn.text):
        counters["negative"] = counters.get("negative", 0) + 1
    return replace(case, counters=counters)


def _answer_offer(at: FlowTurn, case: CaseState) -> CaseState:
    """A yes takes the offered value, anything else leaves it; it is never offered again."""
    offered = case.offering
    if offered is None:
        return case
    case = replace(case, offering=None)
    if leaning(at.turn.text) is True:
        value = replace(offered, confirmed=True)
        return replace(case, slots=(*_without(case.slots, offered.name), value))
    return replace(case, refused=(*case.refused, offered.name))


def _without(slots: tuple[SlotValue, ...], name: str) -> tuple[SlotValue, ...]:
    return tuple(one for one in slots if one.name != name)


def _started(at: FlowTurn, case: CaseState, *, answered: bool) -> CaseState:
    """The case with the flow this turn belongs to: the open one, or the intent's own."""
    intent = at.intent
    if intent is None or intent.small_talk:
        return case
    if intent.flow is None or intent.flow == case.flow:
        same = case.flow or case.intent == intent.name
        return case if same else replace(case, intent=intent.name)
    if case.flow is not None:
        waiting = awaits_yes(case) or CONFIRMING + case.flow in case.counters
        if waiting and (agrees(at.turn.text) or leaning(at.turn.text) is not None):
            return case
        words = len(at.turn.text.split())
        sure = at.guess.confidence >= SWITCH_CONFIDENCE and words >= _SWITCH_WORDS
        tapped = any(one.quick_reply for one in at.turn.messages)
        if (
            answered
            or not (sure or tapped or at.guess.confidence == 1.0)
            or not (case.asking or waiting)
        ):
            return case
    return replace(case, flow=intent.flow, intent=intent.name, asking=None, offering=None)


def _go_on(
    at: FlowTurn,
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
    if flow is not None and not progress and _is_over(case, flow):
        flow, case = None, replace(case, flow=None)
    if flow is None or case.flow is None:
        case = case if case.asking is None else replace(case, asking=None)
        if intent is None:
            return stepped(at, "answer" if captured else "unclear", case, captured)
        nod = intent.small_talk and not captured
        return stepped(at, "small_talk" if nod else "answer", case, captured)
    if not progress and _awaits_word(case, flow):
        return _answer_to_summary(at, case, flow)
    if not progress and _asked_enough(at, case, flow):
        return give_up(at, unmarked(case, CONFIRMING + flow.name), captured)
    if not progress and case.asking and asks_only_who_answers(at.turn.text):
        # Whoever wonders what answers has not been asked in vain.
        return stepped(at, "answer", case, captured, ask=case.asking)
    # Where a rule waits for a yes, a yes is no nod.
    agreed = CONFIRMING + flow.name in case.counters and leaning(at.turn.text) is not None
    if not progress and not agreed and intent is not None:
        if intent.small_talk:
            return _beside(at, case, captured, flow, "small_talk")
        if intent.flow is None:
            return _beside(at, case, captured, flow, "answer")
    return _advance(at, case, captured, flow)


def _is_over(case: CaseState, flow: Flow) -> bool:
    """Whether a flow is done, and nothing of it can be looked up or agreed on again."""
    return flow.name in case.done and not flow.look_up and not _awaits_word(case, flow)


def _awaits_word(case: CaseState, flow: Flow) -> bool:
    """Whether the action of the flow waits for a yes, be it that a rule asked for it."""
    asked_by_rule = CONFIRMING + flow.name in case.counters
    return flow.action is not None and (asked_by_rule or awaits_yes(case))


def _asked_enough(at: FlowTurn, case: CaseState, flow: Flow) -> bool:
    """Whether a yes that a rule waits for was asked for so often that a person should see it."""
    times = case.counters.get(CONFIRMING + flow.name, 0)
    return times >= CONFIRM_LIMIT and leaning(at.turn.text) is None


def _answer_to_summary(at: FlowTurn, case: CaseState, flow: Flow) -> StateStep:
    """A yes or no to what is about to be done, or something beside it, and the question again."""
    text, intent = at.turn.text, at.intent
    if leaning(text) is None and courtesy(text) == "goodbye":
        return _beside(at, unasked(case), (), flow, "small_talk")
    beside = intent is not None and intent.flow is None and not intent.small_talk
    times = case.counters.get(asked(flow.name), 0)
    asks = leaning(text) is None and beside and is_question(text) and awaits_yes(case)
    if asks and times < CONFIRM_LIMIT:
        case = count(case, asked(flow.name), times + 1)
        return replace(stepped(at, "answer", case), words=laid_out(at, case, flow))
    return _advance(at, case, (), flow)


def _same_again(at: FlowTurn, before: CaseState, case: CaseState, progress: bool) -> CaseState:
    """Counts turns that ask for the same thing again without anything having moved."""
    intent = at.intent
    if intent is None or intent.small_talk:
        return case
    again = intent.name == before.intent and not progress
    return count(case, "same_intent", case.counters.get("same_intent", 0) + 1 if again else 0)


def _beside(
    at: FlowTurn, case: CaseState, captured: tuple[SlotValue, ...], flow: Flow, move: str
) -> StateStep:
    """Something beside the open flow is answered, and the open question asked once more."""
    pending = case.asking
    leaving = is_leaving(at.turn.text)
    if (
        pending is None
        or leaving
        or case.slot(pending) is not None
        or case.counters.get(asked(pending), 0) >= ASK_LIMIT
    ):
        return stepped(
            at, move, replace(case, flow=None, asking=None) if leaving else case, captured
        )
    case = count(case, asked(pending), case.counters.get(asked(pending), 0) + 1)
    return stepped(at, move, case, captured, ask=pending)


def _advance(
    at: FlowTurn, case: CaseState, captured: tuple[SlotValue, ...], flow: Flow
) -> StateStep:
    """The next step of a flow: offer, ask, look up or finish, once it is known well who asks."""
    needs = level_of(flow, at.playbook)
    if needs is not None and at.turn.sender.level < needs:
        return stepped(at, "step_up", case, captured)
    # Where nothing is looked up, nobody is recognised: everybody is asked, in order.
    case, name = next_slot(at, case, flow, guest=flow.look_up is None)
    if name is None and flow.look_up is not None:
        return look_up(at, case, captured, flow)
    if name is not None:
        return ask(at, case, captured, name)
    if case.counters.get("lacking", 0):
        return give_up(at, case, captured)
    if flow.action is not None:
        return act(at, case, captured, flow)
    return finish(at, case, captured, flow)
