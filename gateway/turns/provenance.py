"""Whose memory a turn was given beside its sender's own, so that what it made can be taken apart.

Pure. It counts what was handed to the pipeline, not what a reply may have used of it: nobody can
say afterwards what an answer would have been without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.effects import Act, LookUp
from core.turn import Decision, TurnInput
from memory.readable.context import Context
from memory.readable.drawing import CASE, FACT, LOOK_UP, MESSAGE, SLOT, Drawn


@dataclass(frozen=True, slots=True)
class Given:
    """Ids of handles by key, and what of others' the turn was given: by handle, its kinds.

    `case_from` are the handles that the turn's case was made from so far, `case_handle` the one
    that opened it. `answers` are those in the thread that were made from others, by message id.
    """

    handles: Mapping[str, int] = field(default_factory=dict)
    drawn: Drawn = field(default_factory=dict)
    case_from: frozenset[int] = frozenset()
    case_handle: int | None = None
    answers: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def case_drawn(self, decision: Decision, sender: int) -> frozenset[int]:
        """The handles beside its own that the case is made from after this turn."""
        if decision.new_case or self.case_handle is None:
            return frozenset(self.drawn) - {sender}
        return (self.case_from | set(self.drawn) | {sender}) - {self.case_handle}


def given(
    context: Context, turn: TurnInput, sender: int, effects: Sequence[tuple[object, object]] = ()
) -> Given:
    """What a turn of the handle `sender` was given. `effects` are those performed, with results."""
    # An address may be there twice, once retired: what is told now is told by who has it now.
    handles = {key: one for one, key in context.handles.items() if one != sender}
    handles |= {key: one for one, key in context.handles.items() if one == sender}
    drawn: dict[int, set[str]] = {}
    # Whoever is joined to nobody, as nearly all are, can have been given nothing of another's.
    if len(context.handles) > 1:
        for handle, kind in _all_given(context, turn, effects):
            if handle != sender:
                drawn.setdefault(handle, set()).add(kind)
    return Given(handles, drawn, context.case_from, context.case_handle, context.drawn)


def _all_given(
    context: Context, turn: TurnInput, effects: Sequence[tuple[object, object]]
) -> Iterator[tuple[int, str]]:
    keys = {(one.handle, SLOT) for one in turn.case.slots}
    if turn.case.offering is not None:
        keys.add((turn.case.offering.handle, SLOT))
    keys |= {(one.handle, FACT) for one in turn.recall.facts}
    keys |= {(key, LOOK_UP) for effect, result in effects for key in _owners(effect, result)}
    messages = (*turn.recall.exchanges, *(one.said for one in turn.recall.recalled))
    keys |= {(one.handle, MESSAGE) for one in messages}
    # Others who write in a room are strangers: what they say there is no memory of this customer.
    owners: dict[str, list[int]] = {}
    for one, key in context.handles.items():
        owners.setdefault(key, []).append(one)
    yield from ((one, kind) for key, kind in keys for one in owners.get(key, ()))
    if context.drawn:
        for said in messages:
            yield from ((one, MESSAGE) for one in context.drawn.get(said.id, ()))
    for fact in turn.recall.facts:
        yield from ((one, FACT) for one in fact.made_from)
    for line in turn.recall.standing:
        yield from ((one, CASE) for one in line.handles)
    if turn.case_id is not None:
        yield from ((one, CASE) for one in context.case_from)


def _owners(effect: object, result: object) -> tuple[str, ...]:
    """The handles that may have opened a row that was shown, or what a system told."""
    return effect.proved if isinstance(effect, LookUp | Act) and result is not None else ()
