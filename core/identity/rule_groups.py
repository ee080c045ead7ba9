"""Handles being joined under the rules' limits: who is with whom so far, and why not with others.

Pure. It is told what to join, in which order is `core.identity.rule_effect`'s to decide.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from core.identity.graph import LOGIN_KIND
from core.identity.rule_world import Bond, Known, World
from core.identity.rules import IdentityRules, KindRule

_MICROS = 1_000_000


@dataclass(slots=True)
class Group:
    """A set of handles being joined: its members, how many of each kind count, its logins, and
    the handles that people parted from each of them."""

    members: list[int]
    counts: Counter[str]
    logins: list[str]
    apart: list[int]


@dataclass(slots=True)
class Groups:
    """Handles joined so far (union-find, the smaller set into the larger)."""

    world: World
    rules: IdentityRules
    leader: dict[int, int] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)

    def add(self, one: Known) -> None:
        """A handle that is joined to nobody yet."""
        self.leader[one.id] = one.id
        counts = Counter([one.kind]) if self._counts(one) else Counter[str]()
        logins = [one.key] if one.kind == LOGIN_KIND else []
        self.groups[one.id] = Group([one.id], counts, logins, [])

    def keep_apart(self, one: int, other: int) -> None:
        """People parted these two."""
        self.groups[one].apart.append(other)
        self.groups[other].apart.append(one)

    def why_not(self, bond: Bond) -> str:
        """The limit that forbids joining the two; nothing when there is none."""
        one, other = self.leader[bond.one], self.leader[bond.other]
        if one == other:
            return ""
        first, second = self.groups[one], self.groups[other]
        if first.logins and second.logins:
            return "two different logins are never one customer"
        if not bond.links and self._parted(one, other):
            return "people parted them"
        size = len(first.members) + len(second.members)
        if size > self.rules.component_limit:
            return f"more than {self.rules.component_limit} handles"
        for kind in second.counts.keys() & first.counts.keys():
            most = self.rules.kinds.get(kind, KindRule()).most
            if most is not None and first.counts[kind] + second.counts[kind] > most:
                return f"more than {most} of the kind {kind}"
        return ""

    def join(self, bond: Bond) -> None:
        """Make one set of two."""
        one, other = self.leader[bond.one], self.leader[bond.other]
        if one == other:
            return
        if len(self.groups[one].members) < len(self.groups[other].members):
            one, other = other, one
        into, gone = self.groups[one], self.groups.pop(other)
        for member in gone.members:
            self.leader[member] = one
        into.members += gone.members
        into.counts += gone.counts
        into.logins += gone.logins
        into.apart += gone.apart

    def of(self, handle: int) -> Group:
        """The set that a handle is in."""
        return self.groups[self.leader[handle]]

    def _parted(self, one: int, other: int) -> bool:
        if len(self.groups[one].apart) > len(self.groups[other].apart):
            one, other = other, one
        return any(self.leader[away] == other for away in self.groups[one].apart)

    def _counts(self, one: Known) -> bool:
        within = self.rules.kinds.get(one.kind, KindRule()).within
        if within is None:
            return True
        return one.created_at >= self.world.now - int(within.total_seconds()) * _MICROS
