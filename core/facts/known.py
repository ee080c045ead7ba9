"""Which of several facts of the same name counts, for whoever uses one in a turn.

Each handle of a customer tells for itself, and what is only claimed may stand beside what is
verified. Pure; the order is that of `core.facts.history`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.clock import to_micros
from core.facts.history import Held
from core.turn import Fact

PEOPLE = "agent:"
"""How a teller begins who is a person of ours."""

IDENTIFIER = "identifier:"
"""How the key of a fact begins that was read out of a message by its shape; its kind and the value
follow, since many may hold at once."""


def best_of(facts: Iterable[Fact], key: str) -> Fact | None:
    """The one of this name that counts: the best founded, and of those the one told last. Never a
    secret."""
    named = (one for one in facts if one.key == key and not one.secret)
    return max(named, key=_founded, default=None)


def held(fact: Fact) -> Held:
    """As the history of facts compares it, so since it was told last."""
    at = to_micros(fact.touched_at or fact.recorded_at)
    by_people = fact.told_by.startswith(PEOPLE)
    level, needs = int(fact.level), int(fact.needs)
    return Held(0, fact.value, at, at, level, needs, fact.verified, by_people)


def _founded(fact: Fact) -> tuple[tuple[int, int], datetime]:
    return held(fact).standing, fact.touched_at or fact.recorded_at
