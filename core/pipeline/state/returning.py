"""Coming back to a flow that was left: one that another interrupted, or that was open for long.

Around the state stage. What was told stays told; only the question is asked anew, after the other
matter is over, or once the customer says that it is still about that. It words nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.answers.wording import speech
from core.message import QuickReply
from core.pipeline.contracts import IntentGuess, StateStage, StateStep, Told
from core.pipeline.reading.phrases import is_cancellation, leaning
from core.pipeline.state.flow_turn import count
from core.pipeline.state.undertaking import unasked
from core.playbook.model import Playbook
from core.turn import CaseState, TurnInput

FLOW_HOURS = 72.0
"""After how many hours of silence an open question is no longer taken for granted."""

PAUSED, RESUMING = "paused:", "resuming:"
"""How marks in the counters begin: of a flow that was interrupted, and of one that was asked about
whether it is still wanted."""

_ABSTAINED = IntentGuess(None, 0.0, 0.0)
_SWITCHED = frozenset(("ask", "offer", "look_up", "act", "confirm", "finish", "step_up"))


def come_back(talk: StateStage) -> StateStage:
    """The state stage, which comes back to what was left."""

    def stage(turn: TurnInput, guess: IntentGuess, playbook: Playbook) -> StateStep:
        if turn.in_handoff:
            return talk(turn, guess, playbook)
        if (flow := _marked(turn.case, RESUMING)) is not None:
            return _answered(talk, turn, guess, playbook, flow)
        if turn.case.flow is not None and _is_stale(turn, playbook):
            return _after_long(talk, turn, guess, playbook, turn.case.flow)
        step = _paused(turn, talk(turn, guess, playbook))
        flow = _marked(step.case, PAUSED)
        return step if flow is None else _returned(talk, turn, step, playbook, flow)

    return stage


# Interrupted


def _paused(turn: TurnInput, step: StateStep) -> StateStep:
    """The step with a mark of the flow that another took the place of; without one that is open,
    done or given up."""
    left, now = turn.case.flow, step.case.flow
    begun = now or (step.case.done[-1] if step.move == "finish" and step.case.done else None)
    if step.move == "cancelled":
        return _unmarked(step)
    if left is not None and begun not in (None, left) and step.move in _SWITCHED:
        return replace(step, case=count(_unmarked(step).case, PAUSED + left, 1))
    marked = _marked(step.case, PAUSED)
    over = marked is not None and (marked == now or marked in step.case.done)
    return _unmarked(step) if over else step


def _returned(
    talk: StateStage, turn: TurnInput, step: StateStep, playbook: Playbook, flow: str
) -> StateStep:
    """The question of the interrupted flow behind the end of the other, where there is room."""
    case = step.case
    over = step.move == "finish" and case.flow is None and case.asking is None
    ended = playbook.flows.get(case.done[-1]) if case.done else None
    with_people = ended is not None and (ended.escalate is not None or ended.action is not None)
    busy = step.told is not None or step.also is not None or bool(case.waiting)
    if not over or with_people or busy or flow not in playbook.flows:
        return step
    silent = _silent(turn, _unmarked(step).case, flow)
    second = _uncounted(talk(silent, _ABSTAINED, playbook), case)
    if second.move not in ("ask", "offer"):
        return step
    after = replace(second, told=Told("resume", {"title": _title(flow, playbook)}))
    return replace(
        second,
        intent=step.intent,
        captured=step.captured,
        facts=step.facts,
        new_case=step.new_case,
        also=((turn, step), (silent, after)),
    )


# After a long while


def open_for(playbook: Playbook) -> timedelta | None:
    """How long a question is taken for open without a word on any channel; `None`: for ever."""
    hours = playbook.settings.get("flow_hours", FLOW_HOURS)
    return timedelta(hours=hours) if hours else None


def _is_stale(turn: TurnInput, playbook: Playbook) -> bool:
    """Whether so long nothing was said on any channel that the open question is not still that."""
    longest, exchanges = open_for(playbook), turn.recall.exchanges
    if longest is None or not exchanges:
        return False
    return turn.messages[0].at - exchanges[-1].at > longest


def _after_long(
    talk: StateStage, turn: TurnInput, guess: IntentGuess, playbook: Playbook, flow: str
) -> StateStep:
    """What the message says by itself; where that is no matter of its own, whether it is still
    about the flow."""
    case = replace(unasked(turn.case), flow=None, asking=None, offering=None)
    alone = replace(turn, case=replace(case, intent=None, done=()))
    step = talk(alone, guess, playbook)
    done = (*(one for one in case.done if one not in step.case.done), *step.case.done)
    step = replace(step, case=replace(step.case, done=done))
    if step.case.flow is not None or step.move in ("finish", "look_up", "act", "effect"):
        return step
    intent = playbook.intent((step.guess or guess).name)
    if intent is not None and not intent.small_talk and intent.flow is None:
        return step
    title = _title(flow, playbook)
    words = speech(playbook).words
    replies = (QuickReply(words["yes"], "yes"), QuickReply(words["no"], "no"))
    kept = replace(case, slots=step.case.slots, intent=turn.case.intent)
    return replace(
        step,
        move="identity",
        case=count(kept, RESUMING + flow, 1),
        intent=turn.case.intent,
        guess=_ABSTAINED,
        told=Told("still_about", {"title": title}, replies),
    )


def _answered(
    talk: StateStage, turn: TurnInput, guess: IntentGuess, playbook: Playbook, flow: str
) -> StateStep:
    """A yes goes on with the flow, a no leaves it; anything else is what it is by itself."""
    case = count(turn.case, RESUMING + flow, 0)
    turn = replace(turn, case=case)
    says = leaning(turn.text)
    if says is True and flow in playbook.flows:
        # What is told with the yes is told for the flow.
        return talk(replace(turn, case=_opened(case, flow)), _ABSTAINED, playbook)
    if says is False or is_cancellation(turn.text):
        step = talk(turn, _ABSTAINED, playbook)
        return replace(step, move="cancelled", case=replace(step.case, flow=None, asking=None))
    return talk(turn, guess, playbook)


# Shared


def _silent(turn: TurnInput, case: CaseState, flow: str) -> TurnInput:
    """The turn as if nothing had been said, with that flow open."""
    silence = turn.messages[0]._replace(text="", quick_reply=None, secrets={}, about=None)
    return replace(turn, case=_opened(case, flow), messages=(silence,), vector=None)


def _opened(case: CaseState, flow: str) -> CaseState:
    return replace(case, flow=flow, asking=None, offering=None)


def _uncounted(step: StateStep, case: CaseState) -> StateStep:
    """The second step of one turn, which is counted once."""
    return replace(step, case=count(step.case, "turns", case.counters.get("turns", 0)))


def _marked(case: CaseState, mark: str) -> str | None:
    found = (name for name in case.counters if name.startswith(mark))
    name = next(found, None)
    return None if name is None else name.removeprefix(mark)


def _unmarked(step: StateStep) -> StateStep:
    flow = _marked(step.case, PAUSED)
    return step if flow is None else replace(step, case=count(step.case, PAUSED + flow, 0))


def _title(flow: str, playbook: Playbook) -> str:
    intent = next((one for one in playbook.intents if one.flow == flow), None)
    title = flow.replace("_", " ") if intent is None else intent.title
    return title[:1].lower() + title[1:]
