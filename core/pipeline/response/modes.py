"""How free the answer to a turn may be worded: the first row of the playbook's table that holds.

It words nothing and asks no model; the response stage goes by what it says.
"""

from __future__ import annotations

from core.pipeline.contracts import IntentGuess
from core.playbook.model import STRICT, ModeRow, Playbook
from core.turn import TurnInput


def mode_of(turn: TurnInput, guess: IntentGuess, playbook: Playbook) -> str:
    """One of `core.playbook.model.MODES`; strict where no row holds."""
    return next((one.mode for one in playbook.modes if _holds(one, turn, guess)), STRICT)


def _holds(row: ModeRow, turn: TurnInput, guess: IntentGuess) -> bool:
    """Whether a row is about this turn. What is not understood is none of the intents named."""
    return (
        turn.sender.level >= row.level
        and (not row.channels or turn.channel in row.channels)
        and (not row.intents or guess.name in row.intents)
    )
