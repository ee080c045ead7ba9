"""What must hold before two customers become one: levels, limits, blocked values, seals, silence.

It reads and raises `IdentityProblem` with words, and changes nothing. The rules come in; the levels
that a person or a program can give a link are here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.clock import Micros
from core.identity.graph import LOGIN_KIND, Component, silent_before
from core.identity.rules import IdentityRules, KindRule, matches
from core.message import Assurance
from memory.tables.identity import BlockedValue
from memory.tables.main import Link
from memory.tables.rows import table
from memory.units.identity.link_rows import AnyRow, IdentityProblem

_blocked = table(BlockedValue)
_link = table(Link)

BY_HAND = "by-hand"
MERGE = "merge"
IMPORT = "import"

RULES: Mapping[str, Assurance] = {
    BY_HAND: Assurance.PROVED,
    MERGE: Assurance.PROVED,
    IMPORT: Assurance.AUTHENTICATED,
}
"""How people and their programs join, and the best level each can prove. What evidence does by
itself is in the rules (`IdentityRules.joins`)."""

BY_PEOPLE = frozenset({BY_HAND, MERGE})
"""Where somebody looked at the two. A list of addresses, as evidence, knows nothing of lives."""

_PLAIN_LIMIT = {
    BY_HAND: Assurance.AUTHENTICATED,
    MERGE: Assurance.AUTHENTICATED,
    IMPORT: Assurance.ASSERTED,
}
"""The best level when no evidence is named."""

REPLACED = "replaced by a link at level"
"""How the reason begins for which a link was ended that a better one took the place of."""

BY_RULES = "rules version"
"""How the reason begins for which a link was ended because other rules were published. What only
the rules parted, other rules may join again."""

IMPORT_UNDONE = "the import was undone"
"""How the reason begins for which a link was ended because its import was taken back."""

HARMLESS = (REPLACED, BY_RULES, IMPORT_UNDONE)
"""How the reason of an end begins by which nobody said that the two are not one."""


def check_level(level: Assurance, rule: str, evidence: str, rules: IdentityRules) -> None:
    """Whether this rule can prove this level, with this evidence."""
    limits = {one.id: one.level for one in rules.joins if one.joins} | dict(RULES)
    most = limits.get(rule)
    if most is None:
        raise IdentityProblem(f"no rule is called {rule!r}; there are: {', '.join(sorted(limits))}")
    if level < Assurance.ASSERTED:
        raise IdentityProblem("a link needs level 1 at least; below that it is only a hint")
    if level > most:
        raise IdentityProblem(
            f"the rule {rule!r} proves level {int(most)} at most, not {int(level)}"
        )
    if not evidence and level > _PLAIN_LIMIT.get(rule, most):
        raise IdentityProblem(
            f"level {int(level)} needs evidence: say what shows that it is the same person"
        )


def is_blocked(connection: Connection, key: str, rules: IdentityRules) -> bool:
    """Whether this handle is one that people type to be left alone, and that joins nobody."""
    if matches(key, rules.blocked):
        return True
    patterns = connection.execute(select(_blocked.c.pattern)).scalars()
    return matches(key, tuple(patterns))


def check_blocked(connection: Connection, keys: Collection[str], rules: IdentityRules) -> None:
    """No blocked value joins anybody, whoever asks for it."""
    for key in keys:
        if is_blocked(connection, key, rules):
            raise IdentityProblem(
                f"{key} is on the block list, so it is joined to nobody; take it off the list first"
            )


def is_silent(handle: AnyRow, rules: IdentityRules, now: Micros) -> bool:
    """Whether the handle has been silent for so long that somebody else may have it by now."""
    return bool(
        handle.retired_at is None and handle.seen_at < silent_before(handle.kind, rules, now)
    )


def check_alive(handles: Collection[AnyRow], rules: IdentityRules, now: Micros) -> None:
    """A code to an address that has gone to somebody else would be answered by the new owner, and a
    list says who has it now: nothing proves the one before."""
    for one in handles:
        if is_silent(one, rules, now):
            raise IdentityProblem(
                f"{one.key} has been silent for so long that it may be somebody else's by now"
            )


@dataclass(frozen=True, slots=True)
class Limits:
    """Checks a component that a link would make. `handles` are both sides', as they were."""

    handles: Mapping[int, AnyRow]
    rules: IdentityRules
    now: Micros

    def check(self, component: Component) -> None:
        """Raises `IdentityProblem` when these handles may not be one customer."""
        members = [self.handles[one] for one in component.handles]
        logins = sorted(one.key for one in members if one.kind == LOGIN_KIND)
        if len(logins) > 1:
            raise IdentityProblem(
                f"{' and '.join(logins)} are two different logins and can never be one customer",
                alarm="contradiction",
            )
        sides: dict[int, list[AnyRow]] = {}
        for one in members:
            if one.retired_at is None:
                sides.setdefault(one.customer_id, []).append(one)
        if len(sides) > 1:
            self._check_size(list(sides.values()))
            for kind, limit in self.rules.kinds.items():
                self._check_kind(kind, limit, list(sides.values()))

    def _check_size(self, sides: Sequence[Sequence[AnyRow]]) -> None:
        size = sum(len(side) for side in sides)
        if size > self.rules.component_limit:
            raise IdentityProblem(
                f"the customer would have {size} handles, more than the "
                f"{self.rules.component_limit} allowed: is one of them shared by several people?",
                alarm="component",
            )

    def _check_kind(self, kind: str, limit: KindRule, sides: Sequence[Sequence[AnyRow]]) -> None:
        """Only what this link adds is refused: rules may have become stricter since."""
        if limit.most is None:
            return
        counts = [
            Counter(one.kind for one in side if self._counts(one, limit))[kind] for side in sides
        ]
        if sum(counts) > max(limit.most, *counts):
            ever = "" if limit.within is None else f" within {limit.within.days} days"
            raise IdentityProblem(
                f"the customer would have {sum(counts)} handles of the kind {kind}, more than the "
                f"{limit.most} allowed{ever}",
                alarm="component",
            )

    def _counts(self, handle: AnyRow, limit: KindRule) -> bool:
        if limit.within is None:
            return True
        return bool(handle.created_at > self.now - int(limit.within.total_seconds() * 1_000_000))


def check_seals(connection: Connection, handles: Sequence[AnyRow]) -> None:
    """What a person has parted, no rule joins again, also not over others.

    `handles` are those of both sides, with the roots they have before they are joined.
    """
    side = {one.id: one.customer_id for one in handles}
    homes = {one.home_customer_id: one.customer_id for one in handles}
    for one in _seals(connection, side, homes):
        if side[one.handle_id] != homes[one.customer_id]:
            raise IdentityProblem(
                "they were joined before and parted again by a person; only a person can join them"
            )


def _seals(
    connection: Connection, handle_ids: Collection[int], homes: Collection[int]
) -> list[AnyRow]:
    """Ended links between these handles and customers that no other link has taken the place of."""
    return [
        one
        for one in connection.execute(
            select(_link).where(
                _link.c.handle_id.in_(handle_ids),
                _link.c.customer_id.in_(homes),
                _link.c.ended_at.is_not(None),
            )
        )
        if not (one.end_reason or "").startswith(HARMLESS)
    ]
