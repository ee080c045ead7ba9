"""What the parts of the state stage share: the turn at hand, and the step that comes of it.

Data and two small makers of data. It decides nothing: what happens next is
`core.pipeline.state.stage`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core.pipeline.contracts import IntentGuess, StateStep
from core.pipeline.state.remembering import facts_told
from core.playbook.model import Intent, Playbook
from core.turn import CaseState, SlotValue, TurnInput


@dataclass(frozen=True, slots=True)
class FlowTurn:
    """What the steps of one turn share."""

    turn: TurnInput
    guess: IntentGuess
    playbook: Playbook
    intent: Intent | None
    new_case: bool
    faults: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of values that were told and cannot be ones, by slot, what is wrong with them."""


def stepped(
    at: FlowTurn,
    move: str,
    case: CaseState,
    captured: tuple[SlotValue, ...] = (),
    *,
    ask: str | None = None,
) -> StateStep:
    """The step of this turn: its move, and the case as it stands with it."""
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


def count(case: CaseState, name: str, value: int) -> CaseState:
    """The case with one counter set; a zero is not kept."""
    if not value and name not in case.counters:
        return case
    counters = {key: one for key, one in case.counters.items() if key != name}
    if value:
        counters[name] = value
    return replace(case, counters=counters)
