"""What a text of identity rules would do to the customers there are: who joins, who parts, and why.

Pure: it is given all handles, all links and everything that was ever seen, and gives back the
changes. What people joined stays joined, and what people parted stays parted, whatever the rules
say; everything else is weighed anew, the best proved first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from core.clock import Micros
from core.identity.graph import silent_before
from core.identity.rule_groups import Groups
from core.identity.rule_world import Action, Bond, Change, Effect, Known, Pair, Seen, World
from core.identity.rules import IdentityRules, JoinRule, KindRule, joining_rule, matches
from core.message import Assurance

_Side = Callable[[Known], tuple[int, Sequence[int]]]
"""The customer of a handle, before or after, and all handles of that customer."""

_STEP = 1_000


@dataclass(frozen=True, slots=True)
class _Allowed:
    """A bond that a rule joins, unless a limit forbids it."""

    bond: Bond
    seen: Seen
    rule: JoinRule

    @property
    def level(self) -> Assurance:
        """What the link is to have: what was proved, bounded by the rule."""
        return min(self.seen.level, self.rule.level)


def effect_of(
    world: World, rules: IdentityRules, step: Callable[[int], None] = lambda done: None
) -> Effect:
    """What these rules would change in this world. `step` is told how many bonds were weighed.

    Better proved bonds come first, then those of kinds with the lower priority number, then the
    older. So a limit leaves what counts most, and what comes of it depends on what was seen alone,
    not on what was published in between: the same rules again lead back to the same customers.
    """
    weighing = _Weighing(world, rules)
    allowed = [one for bond in world.bonds if (one := weighing.admit(bond)) is not None]
    allowed.sort(key=weighing.rank)
    for done, one in enumerate(allowed):
        if done % _STEP == 0:
            step(len(world.bonds) - len(allowed) + done)
        weighing.weigh(one)
    step(len(world.bonds))
    return _told(world, weighing.groups, weighing.changes, weighing.refused)


class _Weighing:
    """One pass over a world: the handles joined so far, and what that changes."""

    def __init__(self, world: World, rules: IdentityRules) -> None:
        self._world = world
        self._rules = rules
        self._ruled_out = _fitting(world, rules.blocked)
        self._blocked = _fitting(world, world.blocked)
        self._shared = _fitting(world, rules.shared)
        self.groups = Groups(world, rules)
        self.changes: list[Change] = []
        self.refused: Counter[str] = Counter()
        for one in world.handles.values():
            self.groups.add(one)
        for bond in world.bonds:
            if bond.apart:
                self.groups.keep_apart(bond.one, bond.other)

    def admit(self, bond: Bond) -> _Allowed | None:
        """What a rule makes of a bond; what people joined is joined here, and needs none."""
        if bond.by_hand:
            self.groups.join(bond)
        if bond.by_hand or not bond.seen:
            return None
        if why := self._why_closed(bond):
            self._refuse(bond, why)
            return None
        found = [one for one in map(partial(self._by_rule, bond), bond.seen) if one is not None]
        if not found:
            kinds = ", ".join(sorted({one.evidence for one in bond.seen}))
            why = f"no rule joins such handles by {kinds}"
            self._refuse(bond, why)
            return None
        return max(found, key=lambda one: one.level)

    def weigh(self, one: _Allowed) -> None:
        """Join the two, unless that would be more than the limits allow."""
        bond = one.bond
        if why := self.groups.why_not(bond):
            self._refuse(bond, why)
            return
        self.groups.join(bond)
        if not bond.links:
            self._change("join", one, f"seen as {one.seen.evidence}, rule {one.rule.id}")
        for link in bond.links:
            if link.level != one.level:
                why = f"level {int(one.level)} instead of {int(link.level)}, rule {one.rule.id}"
                self._change("level", one, why, link.link_id)

    def rank(self, one: _Allowed) -> tuple[int, int, Micros, int, int]:
        """The order in which bonds are weighed."""
        bond = one.bond
        kinds = [self._world.handles[end].kind for end in (bond.one, bond.other)]
        priority = max(self._rules.kinds.get(kind, KindRule()).priority for kind in kinds)
        return (-one.level, priority, bond.since, bond.one, bond.other)

    def _by_rule(self, bond: Bond, seen: Seen) -> _Allowed | None:
        kinds = [self._world.handles[end].kind for end in (bond.one, bond.other)]
        rule = joining_rule(self._rules, seen.evidence, kinds)
        return None if rule is None or not rule.joins else _Allowed(bond, seen, rule)

    def _why_closed(self, bond: Bond) -> str:
        """Why the rules join these two by nothing. What stands ends only where the rules' own
        patterns forbid it; everything else keeps new links away."""
        ends = (self._world.handles[bond.one], self._world.handles[bond.other])
        for one in ends:
            if one.id in self._ruled_out:
                return f"{one.key} is blocked"
        if bond.links:
            return ""
        return next(filter(None, map(self._why_nothing_new, ends)), "")

    def _why_nothing_new(self, one: Known) -> str:
        if one.closed:
            return f"{one.key} {one.closed}"
        if one.id in self._blocked:
            return f"{one.key} is on the block list"
        if one.id in self._shared:
            return f"{one.key} is shared by several people"
        if one.seen_at < silent_before(one.kind, self._rules, self._world.now):
            return f"{one.key} has been silent for so long that it may be somebody else's"
        return ""

    def _refuse(self, bond: Bond, why: str) -> None:
        if not bond.links:
            self.refused[why] += 1
        for link in bond.links:
            self._add("part", bond, link.evidence, link.level, "", why, link.link_id)

    def _change(self, action: Action, one: _Allowed, why: str, link_id: int | None = None) -> None:
        self._add(action, one.bond, one.seen.evidence, one.level, one.rule.id, why, link_id)

    def _add(
        self,
        action: Action,
        bond: Bond,
        evidence: str,
        level: Assurance,
        rule: str,
        why: str,
        link_id: int | None,
    ) -> None:
        one, other = (self._world.handles[end].key for end in (bond.one, bond.other))
        self.changes.append(Change(action, one, other, evidence, level, rule, why, link_id))


def _fitting(world: World, patterns: tuple[str, ...]) -> frozenset[int]:
    """The handles that one of these patterns describes."""
    if not patterns:
        return frozenset()
    return frozenset(one.id for one in world.handles.values() if matches(one.key, patterns))


def _told(
    world: World, groups: Groups, changes: Sequence[Change], refused: Mapping[str, int]
) -> Effect:
    """The changes with the pairs of customers that they join or part."""
    by_key = {one.key: one for one in world.handles.values()}
    before: dict[int, list[int]] = defaultdict(list)
    for one in world.handles.values():
        before[one.root].append(one.id)

    def then(handle: Known) -> tuple[int, Sequence[int]]:
        return handle.root, before[handle.root]

    def afterwards(handle: Known) -> tuple[int, Sequence[int]]:
        members = groups.of(handle.id).members
        return min(world.handles[one].home for one in members), members

    def pairs(
        action: Action, side: Callable[[Known], tuple[int, Sequence[int]]]
    ) -> tuple[Pair, ...]:
        reasons: dict[tuple[int, int], list[str]] = defaultdict(list)
        members: dict[int, Sequence[int]] = {}
        for change in changes:
            if change.action != action:
                continue
            (one, ones), (other, others) = side(by_key[change.handle]), side(by_key[change.other])
            if one != other:
                members[one], members[other] = ones, others
                words = f"{change.handle} and {change.other}: {change.why}"
                reasons[min(one, other), max(one, other)].append(words)
        return tuple(
            Pair(one, other, _keys(world, members[one]), _keys(world, members[other]), tuple(why))
            for (one, other), why in reasons.items()
        )

    return Effect(
        tuple(changes),
        pairs("join", then),
        pairs("part", afterwards),
        dict(refused),
        len(before),
        len(groups.groups),
    )


def _keys(world: World, handles: Iterable[int]) -> tuple[str, ...]:
    return tuple(sorted(world.handles[one].key for one in handles))
