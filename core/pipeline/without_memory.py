"""What may be said and kept of a turn whose memory could not be read: nothing that leans on it.

What stands by itself is answered as always. Anything else would ask again for what was told, or
begin anew what has long begun: there it is said honestly that we cannot see it now, and a person
looks. Pure; what was missing, and why, is told by whoever read it.
"""

from __future__ import annotations

from dataclasses import replace

from core.answers.wording import spoken_to, variants
from core.message import OutboundMessage
from core.pipeline.contracts import NeedEffect
from core.playbook.model import Playbook
from core.turn import CaseState, Decision, TurnInput

NO_MEMORY = "memory_away"
"""The answer's name, for a playbook that words it itself."""

WHY_PERSON = "The bot could not read what is known of this customer, and did not guess."
"""Why a person has to look, for a person."""

_BY_ITSELF = ("answer", "small_talk")
"""Moves of the state stage whose answers need nothing that was said before."""


def without_memory(
    turn: TurnInput, decided: Decision | NeedEffect, playbook: Playbook
) -> tuple[Decision, str | None]:
    """The decision without all that leans on a memory that is not there, and why a person has to
    look, if one has to."""
    if isinstance(decided, Decision):
        if _stands_by_itself(decided):
            return _kept(decided, turn), None
        if decided.silent is not None:
            return _kept(decided, turn), WHY_PERSON
    reply = OutboundMessage(variants(spoken_to(turn, playbook), NO_MEMORY)[0])
    if isinstance(decided, NeedEffect):
        return Decision(reply=reply, silent=None, intent=None, case=turn.case), WHY_PERSON
    return replace(_kept(decided, turn), reply=reply, sources=()), WHY_PERSON


def _stands_by_itself(decision: Decision) -> bool:
    if decision.reply is None or decision.escalation is not None or decision.asked:
        return False
    moves = [one.output.get("move") for one in decision.stages if one.stage == "state"]
    return bool(decision.sources) or any(one in _BY_ITSELF for one in moves)


def _kept(decision: Decision, turn: TurnInput) -> Decision:
    """The decision as far as it is about this message alone; the case stays as nobody saw it."""
    return replace(
        decision,
        case=CaseState() if turn.case_id is None else turn.case,
        asked=(),
        escalation=None,
        new_case=False,
        close=None,
        expecting=None,
    )
