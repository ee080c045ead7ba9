"""What was so, from when until when: the history of one fact of one handle, as plain values.

It says what a new telling takes the place of, what it merely confirms, where it belongs when it
arrives late, and what holds again when one is taken back. Pure; what is told to whom is decided
elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.clock import Micros
from core.message import Assurance


class Told(StrEnum):
    """What became of a telling.

    `TOLD`: nothing was known. `TOUCHED`: it was known already. `SUPERSEDED`: it took the place of
    another value. `BESIDE`: what is better founded goes on to hold beside it.
    `HISTORY`: something newer was known already. `REFUSED`: people have retired it.
    """

    TOLD = "told"
    TOUCHED = "touched"
    SUPERSEDED = "superseded"
    BESIDE = "beside"
    HISTORY = "history"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Held:
    """One value of a fact: so from `valid_from` until `valid_to`, when `superseded_by` was told."""

    id: int
    value: str
    valid_from: Micros
    touched_at: Micros
    level: int
    needs: int = 0
    verified: bool = False
    by_people: bool = False
    valid_to: Micros | None = None
    superseded_by: int | None = None

    @property
    def standing(self) -> tuple[int, int]:
        """How well it is founded: what people of ours have said before what else is verified, and
        that before what is claimed; then how well its teller was proved, as far as it needs it."""
        enough = max(self.needs, Assurance.AUTHENTICATED)
        return self.verified + (self.verified and self.by_people), min(self.level, enough)

    def holds_at(self, moment: Micros) -> bool:
        """Whether it was so at that moment."""
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of a telling: the new value, unless it was known, and the others as they are now,
    those alone that changed."""

    told: Told
    new: Held | None
    changed: tuple[Held, ...] = ()


def same_value(one: str, other: str) -> bool:
    """Whether two values say the same, but for case and spaces."""
    return one == other or " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def place(known: Sequence[Held], new: Held) -> Placed:
    """Put a telling where it belongs among what is known of the same fact, retired ones apart.

    `known` may leave out what ended before `new.valid_from`.
    """
    at = new.valid_from
    then = [one for one in known if one.holds_at(at)]
    after = [one for one in known if one.valid_from > at and one.standing >= new.standing]
    following = min(after, key=_order, default=None)
    same = [one for one in then if _is_same(one, new)]
    if same:
        return _confirm(max(same, key=_best), then, new, current=following is None)
    if following is not None and _may_begin_sooner(known, following, new):
        return _begin_sooner(following, then, new)
    given_way = [one for one in then if one.standing <= new.standing]
    end, by = (None, None) if following is None else (following.valid_from, following.id)
    for one in given_way:
        # What had ended by itself, ends for what is told of the time before, too.
        ended = one.valid_to if one.superseded_by is None else None
        if ended is not None and (end is None or ended < end):
            end, by = ended, None
    placed = replace(new, valid_to=end, superseded_by=by)
    changed = tuple(replace(one, valid_to=at, superseded_by=new.id) for one in given_way)
    return Placed(_how(placed, then, given_way), placed, changed)


def _is_same(known: Held, new: Held) -> bool:
    """What is verified is told letter by letter."""
    return known.value == new.value or (not new.verified and same_value(known.value, new.value))


def _how(placed: Held, then: Sequence[Held], given_way: Sequence[Held]) -> Told:
    if placed.valid_to is not None:
        return Told.HISTORY
    if len(then) > len(given_way):
        return Told.BESIDE
    return Told.SUPERSEDED if given_way else Told.TOLD


def _confirm(known: Held, then: Sequence[Held], new: Held, *, current: bool) -> Placed:
    """The same again. Whoever repeats a claim takes back what they claimed beside it; what is
    founded better now takes the place of what was founded better so far."""
    risen = _risen(known, new)
    limit = None
    if current and known.valid_to is None and (risen.standing > known.standing or not new.verified):
        limit = new.standing
    gone = [
        replace(one, valid_to=new.valid_from, superseded_by=known.id)
        for one in then
        if one.id != known.id and limit is not None and one.standing <= limit
    ]
    return Placed(Told.TOUCHED, None, (risen, *gone))


def _risen(known: Held, new: Held) -> Held:
    return replace(
        known,
        touched_at=max(known.touched_at, new.touched_at),
        level=max(known.level, new.level),
        needs=max(known.needs, new.needs),
        verified=known.verified or new.verified,
    )


def _may_begin_sooner(known: Sequence[Held], following: Held, new: Held) -> bool:
    between = (new.valid_from < one.valid_from < following.valid_from for one in known)
    return _is_same(following, new) and not any(between)


def _begin_sooner(following: Held, then: Sequence[Held], new: Held) -> Placed:
    """It was so earlier than we knew."""
    sooner = replace(_risen(following, new), valid_from=new.valid_from)
    given_way = (
        replace(one, valid_to=new.valid_from, superseded_by=following.id)
        for one in then
        if one.standing <= following.standing
    )
    return Placed(Told.TOUCHED, None, (sooner, *given_way))


def without(known: Sequence[Held], gone: Collection[int]) -> tuple[Held, ...]:
    """The values left as if these had never been told, those alone that changed.

    What they took the place of holds for as long as they did.
    """
    left = {one.id: one for one in known}
    for taken in sorted((left[one] for one in gone if one in left), key=_order, reverse=True):
        last = left.pop(taken.id)
        for one in list(left.values()):
            if one.superseded_by == last.id:
                left[one.id] = replace(
                    one, valid_to=last.valid_to, superseded_by=last.superseded_by
                )
    for one in sorted(left.values(), key=_order):
        if one.valid_to is None:
            left[one.id] = _given_way(one, left.values())
    before = {one.id: one for one in known}
    return tuple(one for one in left.values() if one != before[one.id])


def _given_way(one: Held, others: Collection[Held]) -> Held:
    """Of two that would hold at once, the older gives way unless it is founded better."""
    newer = [
        other
        for other in others
        if other.valid_to is None
        and other.standing >= one.standing
        and _order(other) > _order(one)
    ]  # fmt: skip
    if not newer:
        return one
    by = min(newer, key=_order)
    return replace(one, valid_to=by.valid_from, superseded_by=by.id)


def _order(one: Held) -> tuple[Micros, int]:
    return one.valid_from, one.id


def _best(one: Held) -> tuple[tuple[int, int], Micros, int]:
    return one.standing, one.touched_at, one.id
