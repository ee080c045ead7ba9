"""Corrections of what is at hand: another value after the end, or another one that is not named.

Pure. Which value a message tells, `core.pipeline.reading.slots` finds; here it is decided what that
opens again. It words nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from core.pipeline.contracts import StateStep
from core.pipeline.reading.days_abroad import plain
from core.pipeline.reading.slots import plain_value
from core.pipeline.state.asking import ask, asked
from core.pipeline.state.flow_turn import FlowTurn, count
from core.pipeline.state.remembering import remembered
from core.playbook.model import Flow, Playbook, Slot
from core.turn import CaseState, SlotValue

_CORRECTS = re.compile(
    r"\b(?:chang(?:e|ing)|correct(?:ion)?|actually|instead|rather|make (?:it|that)|meant|mean|"
    r"not \w+ but|wrong|mistake|sorry|switch|move it|reschedule|"
    r"(?:ver|ab)?ändern|doch|statt(?:dessen)?|sondern|lieber|gemeint|meinte?|falsch|irrtum|"
    r"verschieben|korrigier\w*|korrektur|vertan|"
    r"plutôt|chang(?:er|ez)|modifi(?:er|ez)|corrig(?:er|ez)|finalement|erreur|trompée?|"
    r"voulais dire|reporter|"
    r"mejor|cambi(?:ar|e)|corr(?:egir|ija)|corrección|en realidad|quise decir|quería decir|"
    r"equivocad[oa]|equivoqué|error|sino)\b",
    re.I,
)
_OTHER = re.compile(
    r"\b(?:(?:the|my|an) ?other|another|a different|not (?:that|this))\s+"
    r"(?:one\b|(?P<what>[\w-]+))",
    re.I,
)
_OTHER_ABROAD = re.compile(
    r"\b(?:andere[nrs]?|nicht diese[nrs]?|autres?|pas cet(?:te)?|pas cel(?:le|ui)(?:-ci|-là)?|"
    r"otr[oa]s?|no (?:es )?es[ea]|no (?:es )?est[ea])\b(?:(?=(?:[\s,.!]+(?:bitte|danke|merci|svp|"
    r"s['’]il vous plaît|por favor|gracias))*[\s,.!]*\Z)|\s+(?P<what>[\w-]+))",
    re.I,
)
_LIKE = 6
"""Letters in which two words of the same thing begin alike ("Bestellung", "Bestellnummer")."""
_SHORT = 80


def reopened(at: FlowTurn, case: CaseState, told: Sequence[SlotValue]) -> CaseState:
    """The case with the flow that was done last open again, where a detail of it is another now:
    it is looked up, agreed on or said again with that."""
    flow = at.playbook.flows.get(case.done[-1]) if case.done and case.flow is None else None
    if flow is None or not {one.name for one in told} & set(flow.slots):
        return case
    if flow.look_up or flow.action:
        return replace(case, flow=flow.name)
    corrects = flow.escalate is None and _CORRECTS.search(at.turn.text) is not None
    changed = {one.name for one in at.turn.case.slots} & {one.name for one in told}
    if not corrects or not changed.intersection(flow.slots):
        return case
    done = tuple(one for one in case.done if one != flow.name)
    return replace(case, flow=flow.name, done=done)


def another(at: FlowTurn, case: CaseState) -> tuple[CaseState, SlotValue] | None:
    """The case without the value that "the other order" is not, and that value; nothing where
    no other is asked for."""
    text = at.turn.text
    short = text if len(text) <= _SHORT else ""
    found = _OTHER.search(short) or _OTHER_ABROAD.search(short)
    name = case.flow or (case.done[-1] if case.done else "")
    flow = at.playbook.flows.get(name)
    if found is None or flow is None or not flow.look_up:
        return None
    value = _meant(at, case, flow, found["what"])
    if value is None:
        return None
    slots = tuple(one for one in case.slots if one.name != value.name)
    return replace(case, flow=flow.name, asking=None, offering=None, slots=slots), value


def asked_otherwise(
    at: FlowTurn, case: CaseState, captured: tuple[SlotValue, ...]
) -> StateStep | None:
    """The question for the other one, or the offer of another that is remembered."""
    found = None if captured else another(at, case)
    if found is None:
        return None
    case, value = found
    name = value.name
    offer = remembered(at.turn, at.playbook, case, name)
    if offer is not None and plain_value(offer.value) == plain_value(value.value):
        case = replace(case, refused=(*case.refused, name))
    return ask(at, count(case, asked(name), 0), captured, name)


def _meant(at: FlowTurn, case: CaseState, flow: Flow, what: str | None) -> SlotValue | None:
    """The value at hand that the word for it means; without one the first of the flow."""
    for name in flow.slots:
        slot, value = at.playbook.slots[name], case.slot(name)
        if value is None or slot.guest_only or slot.secret:
            continue
        if what is None or _is_called(slot, what, at.playbook):
            return value
    return None


def _is_called(slot: Slot, what: str, playbook: Playbook) -> bool:
    word = plain(what)
    others = (
        one.slots[slot.name].label for one in playbook.wordings.values() if slot.name in one.slots
    )
    labels = [plain(one) for one in (slot.label, *others)]
    if word.rstrip("s") in slot.name.casefold() or any(word in one for one in labels):
        return True
    return len(word) >= _LIKE and any(word[:_LIKE] in one for one in labels)
