"""The facts that a process keeps of a customer between two turns, carried forward by what one told.

It is what the database would say, or nothing, and then it is read again: the history of a fact is
worked out there (`core.facts.history`), and only the plain cases are known here. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from core.clock import from_micros
from core.facts.history import Told, same_value
from core.facts.known import IDENTIFIER, held
from core.message import Assurance
from core.turn import Fact
from memory.readable.facts import IDENTIFIERS_LIMIT
from memory.units.remembering.fact_rows import Given


def carried_facts(
    known: Sequence[Fact],
    told: Sequence[Fact],
    rows: Sequence[Given],
    outcomes: Sequence[Told],
    level: Assurance,
) -> tuple[Fact, ...] | None:
    """What is known after these were told, written as `rows`, with these outcomes, by a sender of
    this level. Nothing when that has to be read."""
    facts: list[Fact] | None = list(known)
    for fact, row, outcome in zip(told, rows, outcomes, strict=True):
        if facts is not None and outcome is not Told.REFUSED:
            now = from_micros(row.now)
            facts = _AFTER[outcome](facts, replace(fact, recorded_at=now, touched_at=now), level)
    return None if facts is None else tuple(facts)


def _told(facts: list[Fact], new: Fact, level: Assurance) -> list[Fact] | None:
    return None if _given_way(facts, new) else _with(facts, new, level)


def _superseded(facts: list[Fact], new: Fact, level: Assurance) -> list[Fact] | None:
    gone = _given_way(facts, new)
    if len(gone) != 1:
        return None
    [old] = gone
    lasted = old.recorded_at < new.recorded_at and not old.secret
    was = (old.value, new.recorded_at) if lasted else None
    return _with([one for one in facts if one is not old], replace(new, was=was), level)


def _touched(facts: list[Fact], new: Fact, level: Assurance) -> list[Fact] | None:
    named = _named(facts, new)
    if len(named) != 1 or not same_value(named[0].value, new.value):
        return None
    [old] = named
    risen = replace(
        old,
        touched_at=max(old.touched_at or old.recorded_at, new.recorded_at),
        level=max(old.level, new.level),
        needs=max(old.needs, new.needs),
        verified=old.verified or new.verified,
    )
    at = facts.index(old)
    kept = [risen] if risen.needs <= level else []
    return [*facts[:at], *kept, *facts[at + 1 :]]


def _unknown(facts: list[Fact], new: Fact, level: Assurance) -> None:
    return None


def _with(facts: list[Fact], new: Fact, level: Assurance) -> list[Fact]:
    # What needs a proof was just told without one; it is not told again before there is one.
    known = [*facts, new] if new.needs <= level else facts
    found = [one for one in known if one.key.startswith(IDENTIFIER)]
    if len(found) <= IDENTIFIERS_LIMIT:
        return known
    oldest = min(found, key=lambda one: one.touched_at or one.recorded_at)
    return [one for one in known if one is not oldest]


def _named(facts: Sequence[Fact], new: Fact) -> list[Fact]:
    """What the same handle told of the same thing; what another told stands beside it."""
    return [one for one in facts if (one.handle, one.key) == (new.handle, new.key)]


def _given_way(facts: Sequence[Fact], new: Fact) -> list[Fact]:
    standing = held(new).standing
    return [one for one in _named(facts, new) if held(one).standing <= standing]


_AFTER: Mapping[Told, Callable[[list[Fact], Fact, Assurance], list[Fact] | None]] = {
    Told.TOLD: _told,
    Told.TOUCHED: _touched,
    Told.SUPERSEDED: _superseded,
    Told.BESIDE: _told,
    Told.HISTORY: _unknown,
}
