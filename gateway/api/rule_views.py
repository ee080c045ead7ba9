"""How identity rules, their faults and what they would do are told by the API, and by commands that
answer as JSON. It only puts into words; the weighing is `core.identity.rule_world`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.clock import from_micros
from core.identity.rule_reader import read_identity_rules
from core.identity.rule_world import Effect, Pair
from core.playbook.fields import PlaybookError
from memory.units.identity.rule_versions import Version

PAIRS_SHOWN = 200
"""Pairs of customers that one answer lists; all are counted."""

HANDLES_SHOWN = 20
"""Handles of one customer in such a pair."""


@dataclass(frozen=True, slots=True)
class VersionView:
    """One publication. `applied` says that all customers are as it wants; `warnings` say where its
    rules are weaker than the product's own."""

    id: int
    text: str
    digest: str
    note: str
    actor: str
    published_at: datetime
    applied: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a draft: the key, what is wrong, how to mend it."""

    key: str
    wrong: str
    mend: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What publishing a draft would do. Of pairs, the first are listed and all are counted;
    `refused` counts what was seen and joins nobody, by reason."""

    faults: tuple[Fault, ...] = ()
    warnings: tuple[str, ...] = ()
    joins: tuple[Pair, ...] = ()
    parts: tuple[Pair, ...] = ()
    pairs_that_join: int = 0
    pairs_that_part: int = 0
    links_that_change_level: int = 0
    refused: Mapping[str, int] | None = None
    customers_before: int = 0
    customers_after: int = 0


def faulty(error: PlaybookError) -> Foreseen:
    """A draft that cannot be read, with each of its faults."""
    return Foreseen(tuple(Fault(one.key, one.wrong, one.mend) for one in error.problems))


def foreseen(effect: Effect, warnings: tuple[str, ...]) -> Foreseen:
    """What a draft that can be read would do."""
    return Foreseen(
        (),
        warnings,
        _shown(effect.joins),
        _shown(effect.parts),
        len(effect.joins),
        len(effect.parts),
        sum(one.action == "level" for one in effect.changes),
        effect.refused,
        effect.customers_before,
        effect.customers_after,
    )


def version_view(one: Version) -> VersionView:
    """A publication, and where its rules are weaker than the product's own."""
    try:
        warnings = read_identity_rules(one.text).warnings
    except PlaybookError:
        warnings = ("This release cannot read these rules; those of before are in force.",)
    return VersionView(
        one.id,
        one.text,
        one.digest,
        one.note,
        one.actor,
        from_micros(one.published_at),
        one.applied,
        warnings,
    )


def _shown(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    return tuple(
        Pair(
            one.one_id,
            one.other_id,
            one.one_handles[:HANDLES_SHOWN],
            one.other_handles[:HANDLES_SHOWN],
            one.reasons[:HANDLES_SHOWN],
        )
        for one in pairs[:PAIRS_SHOWN]
    )
