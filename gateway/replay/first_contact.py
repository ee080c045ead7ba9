"""Stages for a playbook that knows its business by hearsay: it confirms before it asks.

A derived playbook has few examples of what people want, so it guesses more boldly than a written
one. What would be answered with a question for a detail is then answered with a question whether it
was understood: a stranger's first message, and what was only guessed. Pure, like the stages.
"""

from __future__ import annotations

from dataclasses import replace

from core.pipeline.contracts import (
    Draft,
    IntentGuess,
    IntentStage,
    ResponseStage,
    Stages,
    StateStage,
    StateStep,
)
from core.pipeline.intent.judgement import Boldness, presumed
from core.pipeline.state.asking import ASK_LIMIT
from core.playbook.model import Playbook
from core.turn import CaseState, TurnInput

MOVE = "confirm"
_ASKED = "asked:"
BOLD = Boldness(share=0.15, lead=1.2, support=0.08)
"""What it takes to guess what somebody is about who is asked whether it is so."""
UNSURE_BELOW = 0.3
"""Confidence below which a new flow is only a guess."""

CONFIRM = (
    "This is about {title}, is that right?",
    "So it is about {title}, correct?",
    "I take it this is about {title}. Is that so?",
    "Hello! Are you writing about {title}?",
    "Happy to help. It is about {title}, yes?",
    "Do I understand you right, this is about {title}?",
)
UNSURE = (
    "Happy to help. What is it about?",
    "Hello! I have nothing from you so far. What can I do for you?",
    "I do not know of an earlier message from you here. What is it about?",
)


def confirm_first(stages: Stages) -> Stages:
    """The stages, with strangers' first messages confirmed instead of followed by a question."""
    intent, state, response, rules = stages.versions
    return replace(
        stages,
        intent=_intent(stages.intent),
        state=_state(stages.state),
        response=_response(stages.response),
        versions=(f"{intent}+bold-1", f"{state}+confirm-1", f"{response}+confirm-1", rules),
    )


def is_stranger(turn: TurnInput) -> bool:
    """Whether nothing of this customer was heard before, as far as this sender may know."""
    recall = turn.recall
    return turn.case_id is None and not recall.exchanges and not recall.recalled


def _intent(inner: IntentStage) -> IntentStage:
    def intent(turn: TurnInput, playbook: Playbook) -> IntentGuess:
        return presumed(turn, inner(turn, playbook), playbook, BOLD)

    return intent


def _state(inner: StateStage) -> StateStage:
    def state(turn: TurnInput, guess: IntentGuess, playbook: Playbook) -> StateStep:
        step = inner(replace(turn, case=_asked_enough(turn.case)), guess, playbook)
        if step.move != "ask" or step.ask is None:
            return step
        begun = step.case.flow != turn.case.flow and guess.confidence < UNSURE_BELOW
        if not begun and not is_stranger(turn):
            return step
        case = _unasked(step.case, step.ask)
        if playbook.slots[step.ask].kind == "text":
            # Whatever comes next would be taken for it, and nobody has been asked for it yet.
            case = replace(case, asking=None)
        return replace(step, move=MOVE, ask=None, case=case)

    return state


def _asked_enough(case: CaseState) -> CaseState:
    """The case as if what was asked for once had been asked for as often as may be.

    Who was asked and told something else is not pressed: whether a detail is needed at all is
    only known from other talks.
    """
    counters = {
        key: ASK_LIMIT if key.startswith(_ASKED) and times else times
        for key, times in case.counters.items()
    }
    return replace(case, counters=counters)


def _unasked(case: CaseState, name: str) -> CaseState:
    """The case as if the slot had not been asked for yet; its value is still welcome."""
    counters = {key: one for key, one in case.counters.items() if key != f"asked:{name}"}
    return replace(case, counters=counters)


def _response(inner: ResponseStage) -> ResponseStage:
    def response(turn: TurnInput, guess: IntentGuess, step: StateStep, playbook: Playbook) -> Draft:
        if step.move != MOVE:
            return inner(turn, guess, step, playbook)
        intent = playbook.intent(step.case.intent)
        variants = UNSURE if intent is None else CONFIRM
        words = variants[len(turn.text) % len(variants)]
        return Draft(words.replace("{title}", intent.title if intent else ""), MOVE)

    return response
