"""What outlives a case: which remembered value is offered for a slot, and what is kept of a turn.

Memory hands over only what the sender may read; here it is seen to that a slot which needs more is
not offered below it, and that nothing is offered where others read along or where the channel may
not carry it: there it is asked for again.
"""

from __future__ import annotations

from core.facts.known import best_of
from core.message import Audience, Sensitivity
from core.pipeline.reading.whereabouts import is_above
from core.playbook.model import Playbook
from core.turn import CaseState, Fact, SlotValue, TurnInput


def remembered(turn: TurnInput, playbook: Playbook, case: CaseState, name: str) -> SlotValue | None:
    """The remembered value to offer for a slot, once, and never where others read along."""
    slot = playbook.slots[name]
    if not slot.remember or slot.secret or name in case.refused:
        return None
    if turn.audience is Audience.ROOM or turn.sender.level < slot.needs:
        return None
    confidential = slot.needs >= turn.rules.levels.personal
    if is_above(turn, Sensitivity.CONFIDENTIAL if confidential else Sensitivity.PERSONAL):
        return None
    fact = best_of(turn.recall.facts, name)
    if fact is None:
        return None
    return SlotValue(
        name,
        fact.value,
        fact.source,
        fact.handle,
        fact.level,
        confirmed=False,
        needs=max(slot.needs, fact.needs),
    )


def facts_told(
    turn: TurnInput, playbook: Playbook, case: CaseState, captured: tuple[SlotValue, ...]
) -> tuple[Fact, ...]:
    """What is worth keeping: values told or confirmed of slots to be remembered."""
    offered = turn.case.offering
    told = list(captured)
    if offered is not None and (value := case.slot(offered.name)) is not None and value not in told:
        told.append(value)
    return tuple(
        Fact(
            one.name,
            one.value,
            one.source,
            one.handle,
            one.level,
            turn.now,
            one.secret,
            one.needs,
            channel=turn.channel,
        )
        for one in told
        if playbook.slots[one.name].remember and not one.secret
    )
