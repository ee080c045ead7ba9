"""What a turn told, taken into the case: values that can be ones, and why others cannot.

A value that is none of its slot is not kept, and what it would have corrected is no longer at hand,
so that it is asked for again. It words nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from core.pipeline.reading.phrases import is_leaving
from core.pipeline.reading.slots import capture
from core.pipeline.state.flow_turn import FlowTurn
from core.pipeline.state.validation import Place, judged
from core.turn import CaseState, SlotValue

_SHAPED = frozenset(("order", "email", "phone", "number", "money"))
"""Kinds whose values stand out wherever they are told."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The case with what was told; and of values that cannot be ones, by slot, what is wrong with
    them and how they were told."""

    case: CaseState
    values: tuple[SlotValue, ...] = ()
    faults: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def about(self, name: str) -> bool:
        """Whether something was told for a slot, be it that it cannot be taken."""
        return name in self.faults or any(one.name == name for one in self.values)


def take_in(at: FlowTurn, case: CaseState) -> Taken:
    """The case with what this turn told."""
    captured = capture(at.turn, case, at.playbook, case.asking)
    if captured and is_leaving(at.turn.text):
        captured = tuple(one for one in captured if _is_told(one, at))
    if not captured:
        return Taken(case)
    place = place_of(at)
    values: list[SlotValue] = []
    faults: dict[str, Mapping[str, str]] = {}
    for one in captured:
        found = judged(at.playbook.slots[one.name], one.value, place)
        if found.fault is not None:
            faults[one.name] = {"fault": found.fault, "value": one.value}
        else:
            normal = found.normal if found.normal != one.value else None
            values.append(one if normal == one.normal else replace(one, normal=normal))
    flow = at.playbook.flows.get(case.flow or "")
    gone = {one.name for one in values}
    gone |= {name for name in faults if flow is not None and name in flow.slots}
    kept = tuple(one for one in case.slots if one.name not in gone)
    return Taken(replace(case, slots=(*kept, *values)), tuple(values), faults)


def _is_told(value: SlotValue, at: FlowTurn) -> bool:
    """Whether a value is one by its shape: the words of a goodbye tell nothing."""
    return value.secret or at.playbook.slots[value.name].kind in _SHAPED


def place_of(at: FlowTurn) -> Place:
    """The customer's day, by the business's clock, and where it is at home."""
    zone = ZoneInfo(at.playbook.hours.timezone)
    return Place(at.turn.now.astimezone(zone).date(), at.playbook.region)


def merged(first: Taken, then: Taken) -> Taken:
    """Both, where the second had the last word."""
    names = {one.name for one in then.values}
    values = (*(one for one in first.values if one.name not in names), *then.values)
    faults = {name: one for name, one in first.faults.items() if name not in names}
    return Taken(then.case, values, {**faults, **then.faults})
