"""What else was asked in a message is answered beside the first matter, or once that is over.

Around the state stage: what waits is kept with the case, and one of it is taken up in a turn that
has room for it. Nothing is decided here of either matter by itself; how two are said at once is
`core.pipeline.response.both`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.pipeline.contracts import IntentGuess, StateStage, StateStep
from core.pipeline.intent.several import MOST, part_said, without
from core.pipeline.reading.phrases import is_leaving
from core.pipeline.state.flow_turn import count
from core.playbook.model import Flow, Intent, Playbook
from core.turn import Said, TurnInput, Waiting

ASKS = frozenset(("ask", "offer"))
"""Moves that ask for a detail."""

OVER = frozenset(("finish", "answer", "small_talk"))
"""Moves after which nothing is open."""

_FOLLOWS = frozenset(("ask", "offer", "look_up", "finish"))
"""Moves of a second matter that may stand beside the answer to a first."""

_ANSWERS = IntentGuess(None, 0.0, 0.0)
"""The guess of words that only answer us."""


def keep_others(talk: StateStage) -> StateStage:
    """The state stage, which keeps what else was asked and takes it up when there is room."""

    def stage(turn: TurnInput, guess: IntentGuess, playbook: Playbook) -> StateStep:
        if not guess.others:
            step = talk(turn, guess, playbook)
            if not step.case.waiting:
                return step
            return _with_waiting(talk, turn, turn, guess, step, playbook)
        left = without(turn, guess.others)
        if turn.case.asking is None and turn.case.offering is None:
            step = talk(left, guess, playbook)
            return _with_waiting(talk, turn, left, guess, step, playbook)
        if left.text.strip():
            # What is left when the rest is taken away may be the answer to our question.
            step = talk(left, _ANSWERS, playbook)
            if step.captured:
                return _with_waiting(talk, turn, left, guess, step, playbook)
        step = talk(turn, guess, playbook)
        if not step.captured:
            others = tuple(one for one in guess.others if one.intent != guess.name)
            guess = replace(guess, others=others)
        return _with_waiting(talk, turn, turn, guess, step, playbook)

    return stage


def _with_waiting(
    talk: StateStage,
    whole: TurnInput,
    turn: TurnInput,
    guess: IntentGuess,
    step: StateStep,
    playbook: Playbook,
) -> StateStep:
    leaving = step.move == "cancelled" or is_leaving(turn.text)
    waiting = () if leaving else tuple(_queue(guess, step, playbook))
    step = _waiting(step, waiting)
    for at, one in enumerate(waiting):
        said = part_said((*whole.messages, *reversed(turn.recall.exchanges)), one)
        intent = playbook.intent(one.intent)
        rest = (*waiting[:at], *waiting[at + 1 :])
        if said is None or intent is None:
            continue
        # Each of two matters is answered out of its own words.
        first = without(turn, (one,)) if said.id in {each.id for each in turn.messages} else turn
        taken = _taken_up(talk, first, step, _Other(said, intent), playbook)
        if taken is not None:
            return _waiting(taken, rest)
    return step


def _queue(guess: IntentGuess, step: StateStep, playbook: Playbook) -> Iterator[Waiting]:
    """What waits, the oldest first, without what this turn is about."""
    known = {step.case.intent, step.intent if step.move == "answer" else None}
    flow = step.case.flow
    for one in (*step.case.waiting, *guess.others)[: MOST + 1]:
        intent = playbook.intent(one.intent)
        if intent is None or one.intent in known or (intent.flow and intent.flow == flow):
            continue
        known.add(one.intent)
        yield one


def _waiting(step: StateStep, waiting: tuple[Waiting, ...]) -> StateStep:
    if step.case.waiting == waiting:
        return step
    return replace(step, case=replace(step.case, waiting=waiting))


class _Other:
    """A matter that waits: what was said of it, and its intent."""

    __slots__ = ("guess", "intent", "said")

    def __init__(self, said: Said, intent: Intent) -> None:
        self.said, self.intent = said, intent
        self.guess = IntentGuess(intent.name, 1.0, 1.0)

    def turn(self, turn: TurnInput, step: StateStep) -> TurnInput:
        """The turn as if only this had been written, after what the first matter came to."""
        return replace(turn, messages=(self.said,), case=step.case, vector=None)


def _taken_up(
    talk: StateStage, turn: TurnInput, step: StateStep, other: _Other, playbook: Playbook
) -> StateStep | None:
    """The step with this matter beside it, where there is room for it in this turn."""
    over = step.move in OVER and step.case.flow is None and step.case.asking is None
    if step.told is not None or (over and _ends_with_people(step, playbook)):
        return None
    if other.intent.flow is None:
        if not over and step.move not in ASKS:
            return None
        second = replace(step, move="answer", intent=other.intent.name, ask=None, captured=())
        second = replace(second, effect=None, guess=other.guess)
        return replace(step, also=((turn, step), (other.turn(turn, step), second)))
    if not over:
        return None
    second = _uncounted(talk(other.turn(turn, step), other.guess, playbook), step)
    flow = playbook.flows.get(other.intent.flow)
    if second.move not in _FOLLOWS or flow is None or (second.move == "finish" and _hands(flow)):
        return None
    return replace(
        second,
        captured=(*step.captured, *second.captured),
        facts=(*step.facts, *second.facts),
        new_case=step.new_case,
        also=((turn, step), (other.turn(turn, step), second)),
    )


def _uncounted(second: StateStep, step: StateStep) -> StateStep:
    """The second step of one turn, which is counted once."""
    case = second.case
    for name in ("turns", "negative"):
        case = count(case, name, step.case.counters.get(name, 0))
    return replace(second, case=case)


def _ends_with_people(step: StateStep, playbook: Playbook) -> bool:
    flow = playbook.flows.get(step.case.done[-1]) if step.case.done else None
    return step.move == "finish" and flow is not None and _hands(flow)


def _hands(flow: Flow) -> bool:
    """Whether more comes of the end of this flow than an answer."""
    return flow.escalate is not None or flow.action is not None
