"""A stage for OneThread: answers by e-mail end as the business ends its letters."""

from __future__ import annotations

from dataclasses import replace

from core.pipeline.contracts import Draft, IntentGuess, ResponseStage, StageSpec, StateStep
from core.playbook.model import Playbook
from core.turn import TurnInput


def build(playbook: Playbook, usual: ResponseStage) -> ResponseStage:
    """The usual answers, and a closing below those by e-mail."""
    closing = f"\n\n— {playbook.business}"

    def respond(turn: TurnInput, guess: IntentGuess, step: StateStep, playbook: Playbook) -> Draft:
        draft = usual(turn, guess, step, playbook)
        if turn.channel != "email" or not draft.text:
            return draft
        return replace(draft, text=f"{draft.text}{closing}")

    return respond


SPEC = StageSpec(name="letterhead", kind="response", version="1", build=build)
