"""Stages that do next to nothing: they echo, so that what is measured is the way and not the mind.

For benchmarks and for trying a channel without a playbook. They keep no state and never escalate.
"""

from __future__ import annotations

from core.message import OutboundMessage
from core.pipeline.contracts import Draft, IntentGuess, Ruled, Stages, StateStep
from core.playbook.model import Playbook
from core.turn import TurnInput

ECHO_LIMIT = 200
"""Characters that are echoed."""

_NO_GUESS = IntentGuess(name=None, confidence=0.0, margin=0.0)


def trivial_stages() -> Stages:
    """Four stages that answer "You said: ..." to every message, and nothing during a handoff."""
    return Stages(
        _guess, _step, _echo, _let_through, ("none", "none", "echo-1", "none"), judged=False
    )


def _guess(turn: TurnInput, playbook: Playbook) -> IntentGuess:
    return _NO_GUESS


def _step(turn: TurnInput, guess: IntentGuess, playbook: Playbook) -> StateStep:
    move = "silent" if turn.in_handoff else "answer"
    return StateStep(move, turn.case, None, new_case=turn.case_id is None)


def _echo(turn: TurnInput, guess: IntentGuess, step: StateStep, playbook: Playbook) -> Draft:
    text = turn.text
    shown = text if len(text) <= ECHO_LIMIT else text[: ECHO_LIMIT - 1] + "…"
    return Draft(f"You said: {shown}", "echo")


def _let_through(
    turn: TurnInput, guess: IntentGuess, step: StateStep, draft: Draft, playbook: Playbook
) -> Ruled:
    if turn.in_handoff:
        return Ruled(None, "a person has the case", step.case)
    return Ruled(OutboundMessage(draft.text), None, step.case)
