"""Which detail a flow asks for next, how often it may, and what becomes of one that is not told.

It asks only for what is not at hand, offers what is remembered first, and words nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from core.pipeline.contracts import StateStep
from core.pipeline.reading.phrases import does_not_know, yes_or_no
from core.pipeline.reading.shapes import CODE_WORDS
from core.pipeline.state.flow_turn import FlowTurn, count, stepped
from core.pipeline.state.remembering import remembered
from core.playbook.model import Flow, Playbook, Slot
from core.turn import CaseState, SlotValue

_CODES = frozenset({"order", "number", "secret"})
_CODE = re.compile(
    rf"\b(?:{'|'.join((*CODE_WORDS, 'user', 'account', 'customer', 'tracking'))})"
    r"[ -]?(?:ids?|numbers?|no|codes?|references?)\b",
    re.I,
)

ASK_LIMIT = 2
"""How often a slot is asked for before it is skipped or a person takes over."""


def next_slot(
    at: FlowTurn, case: CaseState, flow: Flow, *, guest: bool
) -> tuple[CaseState, str | None]:
    """The first slot of the flow that is neither at hand nor skipped, skipping what may be."""
    for name in flow.slots:
        slot = at.playbook.slots.get(name)
        if slot is None or case.slot(name) is not None or skip(name) in case.refused:
            continue
        if slot.guest_only and not guest:
            continue
        if case.counters.get(asked(name), 0) >= ASK_LIMIT:
            case = skipped(at, case, slot)
            continue
        return case, name
    return case, None


def ask(at: FlowTurn, case: CaseState, captured: tuple[SlotValue, ...], name: str) -> StateStep:
    """The question for a slot, or the offer of what is remembered for it."""
    offer = remembered(at.turn, at.playbook, case, name)
    if offer is not None:
        return stepped(at, "offer", replace(case, offering=offer, asking=None), captured)
    times = case.counters.get(asked(name), 0)
    case = count(replace(case, asking=name), asked(name), times + 1)
    return replace(stepped(at, "ask", case, captured, ask=name), words=at.faults.get(name, {}))


def asked_in_vain(at: FlowTurn, before: CaseState, case: CaseState, answered: bool) -> CaseState:
    """The case without a slot the customer says they cannot tell."""
    asking = before.asking
    if asking is None or answered or case.slot(asking) is not None:
        return case
    slot = at.playbook.slots.get(asking)
    declined = slot is not None and slot.optional and yes_or_no(at.turn.text) is False
    if slot is None or not (declined or does_not_know(at.turn.text)):
        return case
    if not declined and slot.kind not in _CODES and _CODE.search(at.turn.text):
        # "I do not have the order number" says nothing of the address that was asked for.
        return case
    return skipped(at, replace(case, asking=None), slot)


def skipped(at: FlowTurn, case: CaseState, slot: Slot) -> CaseState:
    """The case going on without a slot; one that was needed brings in a person at the end."""
    case = replace(case, refused=(*case.refused, skip(slot.name)))
    if not slot.optional and hands_over(at.playbook):
        case = count(case, "lacking", case.counters.get("lacking", 0) + 1)
    return case


def hands_over(playbook: Playbook) -> bool:
    """Whether a question asked in vain goes to a person; with `repeat_limit` 0 it is left out."""
    return playbook.settings.get("repeat_limit", ASK_LIMIT) > 0


def skip(name: str) -> str:
    """The mark in `refused` of a slot that is left out."""
    return f"skip:{name}"


def asked(name: str) -> str:
    """The counter of how often a slot was asked for."""
    return f"asked:{name}"
