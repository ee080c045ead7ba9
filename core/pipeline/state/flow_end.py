"""The end of a flow: it is done, nothing was found, or it is given up. It words nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.pipeline.contracts import StateStep
from core.pipeline.state.flow_turn import FlowTurn, count, stepped
from core.playbook.model import Flow
from core.turn import CaseState, SlotValue

MISS_LIMIT = 2
"""How often a look-up may find nothing before a person takes over."""


def finish(at: FlowTurn, case: CaseState, captured: tuple[SlotValue, ...], flow: Flow) -> StateStep:
    """The flow is over; what was skipped or counted for it may be asked again in another."""
    counters: Mapping[str, int] = {
        key: one
        for key, one in case.counters.items()
        if not key.startswith("asked:") and key != "missed"
    }
    done = (*(one for one in case.done if one != flow.name), flow.name)
    refused = tuple(one for one in case.refused if not one.startswith("skip:"))
    case = replace(
        case, flow=None, asking=None, offering=None, done=done, counters=counters, refused=refused
    )
    return stepped(at, "finish", case, captured)


def give_up(at: FlowTurn, case: CaseState, captured: tuple[SlotValue, ...]) -> StateStep:
    """The flow cannot be completed: the rules see it and bring in a person."""
    case = count(count(case, "lacking", 0), "unanswered", 1)
    case = replace(case, flow=None, asking=None, offering=None)
    return stepped(at, "unclear", case, captured)


def missed(
    at: FlowTurn,
    case: CaseState,
    captured: tuple[SlotValue, ...],
    flow: Flow,
    reason: str = "",
) -> StateStep:
    """Nothing was found: the flow stays open for a correction, and then goes to a person. A
    `reason` that is called as one of its slots says which of them is to be another."""
    times = case.counters.get("missed", 0) + 1
    case = count(case, "missed", times)
    if times > MISS_LIMIT:
        return give_up(at, case, captured)
    own = (name for name in flow.slots if not at.playbook.slots[name].guest_only)
    key = reason if reason in flow.slots else next(own, None)
    return stepped(at, "finish", replace(case, asking=key, offering=None), captured)
