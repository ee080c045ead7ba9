"""Slots and a flow of them to read messages with, for tests of what is found."""

from __future__ import annotations

from dataclasses import replace

from core.pipeline.reading.slots import capture
from core.playbook.model import Flow, Playbook, Slot
from core.turn import CaseState, SlotValue
from tests.core.pipeline.shop import SHOP, Talk


def slot(name: str, kind: str, label: str = "", **more: object) -> Slot:
    """A slot that is asked for as "?"."""
    return replace(Slot(name, kind, label or name, ask=("?",)), **more)  # type: ignore[arg-type] # a table of fields


def playbook(*slots: Slot, flow: tuple[str, ...] | None = None) -> Playbook:
    """These slots, with one flow "all" of them or of those named."""
    names = tuple(one.name for one in slots) if flow is None else flow
    return replace(
        SHOP,
        slots={one.name: one for one in slots},
        flows={"all": Flow("all", names, found=("Done.",))},
    )


def told(
    text: str,
    business: Playbook,
    *,
    asking: str | None = None,
    flow: str | None = "all",
    held: tuple[SlotValue, ...] = (),
) -> dict[str, str]:
    """Slot name -> value of what a message tells in a case."""
    turn = Talk(playbook=business).turn(text)
    found = capture(turn, CaseState(flow=flow, slots=held), business, asking)
    return {one.name: one.value for one in found}
