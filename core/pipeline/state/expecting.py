"""Which secret may come with the next message: the one that the reply asks for, or one that it does
not ask for yet.

A flow that still needs a PIN may be told it while another question is open. It is recognised before
anything is stored, so what to look out for is decided with the reply. It reads no text.
"""

from __future__ import annotations

from core.pipeline.reading.readers import readers_of
from core.playbook.model import Playbook
from core.secrets import expected_code, lone, secret_kind
from core.turn import CaseState, TurnInput

_WORDED = frozenset({"name", "text", "email", "choice", "yes_no", "date", "time"})
"""Kinds whose question no bare number answers."""
_NUMBERS = frozenset({"order", "number", "phone", "money"})


def expected_secret(
    turn: TurnInput, case: CaseState, playbook: Playbook, asked: tuple[str, ...]
) -> str | None:
    """What is asked for, else a code that is on its way, else the next secret of the flow that
    nothing else asks for."""
    slots = (playbook.slots.get(name) for name in asked)
    secret = next((one.secret for one in slots if one is not None and one.secret), None)
    if secret is not None:
        return secret
    if case.proof is not None and case.proof.stage == "code":
        # It may come with any message, whatever else is talked of.
        return expected_code(turn.rules.codes.digits)
    flow = playbook.flows.get(case.flow) if case.flow else None
    if flow is None:
        return None
    readers = readers_of(playbook)
    if any(readers[one].slot.kind not in _WORDED for one in asked if one in readers):
        return None
    for name in flow.slots:
        reader = readers.get(name)
        if reader is None or case.slot(name) is not None:
            continue
        if reader.slot.secret is not None and secret_kind(reader.slot.secret) != "password":
            return lone(reader.slot.secret)
        if reader.slot.kind in _NUMBERS:
            # A bare number is as likely that.
            return None
    return None
