"""What a reader may know of the cases that are open: without what others told or made of them.

It reads nothing but who told a slot, where an address alone does not say it; which cases are asked
for is `memory.readable.context`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from core.message import Assurance
from core.turn import CaseState, SlotValue
from memory.codec import load_case
from memory.readable.drawing import drawn_of
from memory.readable.sender import AnyRow, Reader
from memory.readable.tellers import told_by_strangers


def readable_case(connection: Connection, rows: Sequence[AnyRow], reader: Reader) -> CaseState:
    """What of these cases, the first of which goes on, the reader may know."""
    cases = [load_case(row.state_json) for row in rows]
    told = [slot for one in cases for slot in (*one.slots, one.offering) if slot is not None]
    hidden = told_by_strangers(connection, told, reader.anew, reader.keys)
    return _join(
        [
            _readable_case(case, made_from(row), reader, hidden)
            for case, row in zip(cases, rows, strict=True)
        ]
    )


def made_from(row: AnyRow) -> frozenset[int]:
    """The handles that a case was made from: whoever opened it, and whoever else had part in it."""
    return drawn_of(row.state_json) | {row.handle_id}


def _join(cases: Sequence[CaseState]) -> CaseState:
    """The first case, with what was told and said in another one about the same matter just now.

    Whoever asked on two channels before anybody knew that they are one has told it once.
    """
    if not cases:
        return CaseState()
    case, *others = cases
    same = [one for one in others if case.intent is not None and one.intent == case.intent]
    if not same:
        return case
    slots = {one.name: one for other in (*same, case) for one in other.slots}
    said = dict.fromkeys(digest for other in (*same, case) for digest in other.said)
    return replace(case, slots=tuple(slots.values()), said=tuple(said))


def _readable_case(
    case: CaseState, handles: Collection[int], reader: Reader, hidden: Collection[str]
) -> CaseState:
    """The state without what was told by handles that the sender may not read.

    How far a case is, was worked out from all who had part in it. When not all of them are readable
    (`handles`) any more, nothing is left of it but what the others told. `hidden` are messages of
    somebody else who has had the same address.
    """

    def readable(slot: SlotValue) -> bool:
        if slot.source in hidden:
            return False
        # What somebody has just said here themselves, they need no proof to go on with.
        own = slot.handle == reader.sender.handle and slot.level <= reader.level
        here = own and slot.source.startswith(f"{reader.conversation_id}-")
        needs = Assurance.NONE if here else slot.needs
        return reader.may_read(slot.handle, slot.source, slot.level, needs)

    if not reader.keys.keys() >= set(handles):
        return CaseState(slots=tuple(slot for slot in case.slots if readable(slot)))
    if case.offering is not None and not readable(case.offering):
        case = replace(case, offering=None)
    if all(readable(slot) for slot in case.slots):
        return case
    return replace(case, slots=tuple(slot for slot in case.slots if readable(slot)))
