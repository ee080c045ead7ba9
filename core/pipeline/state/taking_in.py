"""What a turn told, taken into the case: values that can be ones, and why others cannot.

A value that is none of its slot is not kept, and what it would have corrected is no longer at hand,
so that it is asked for again. It words nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from core.message import Author
from core.pipeline.reading.phrases import is_leaving
from core.pipeline.reading.slots import capture
from core.pipeline.state.flow_turn import FlowTurn
from core.pipeline.state.validation import Place, judged
from core.turn import CaseState, SlotValue

EARLIER = 3
"""Messages that are read again once it is known what they were about."""

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


def with_earlier(told: Taken, at: FlowTurn) -> Taken:
    """What was told, with what stood in messages of this case before it was known what it is about.

    They are read again for what the flow asks for; only those of this very sender, whose level is
    known, and nothing that is at hand is changed by them.
    """
    before = at.turn.case
    count = min(EARLIER, before.counters.get("turns", 0))
    if not count or before.intent is not None or before.flow is not None or before.done:
        return told
    turn = at.turn
    mine = [
        one
        for one in turn.recall.exchanges
        if one.author is Author.CUSTOMER and one.handle == turn.sender.handle
    ]
    if not mine:
        return told
    again = replace(at, turn=replace(turn, messages=tuple(mine[-count:])))
    held = {one.name for one in told.case.slots}
    found = tuple(one for one in take_in(again, told.case).values if one.name not in held)
    case = replace(told.case, slots=(*told.case.slots, *found))
    return replace(told, case=case, values=(*found, *told.values))


def with_wish(told: Taken, value: SlotValue | None) -> Taken:
    """What was told, with what the wish itself tells."""
    if value is None:
        return told
    case = replace(told.case, slots=(*told.case.slots, value))
    return replace(told, case=case, values=(*told.values, value))


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
