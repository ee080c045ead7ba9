"""What identity rules are weighed over, and what weighing them tells: data of
`core.identity.rule_effect`.

Types only. Memory makes a `World` of its rows, and whoever shows or carries out an `Effect` reads
it as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.clock import Micros
from core.message import Assurance

Action = Literal["join", "part", "level"]


@dataclass(frozen=True, slots=True)
class Known:
    """A handle: `home` is the customer made with it, `root` the one it belongs to now. `closed`
    says why nothing new joins it whatever the rules are, such as that it was given up."""

    id: int
    key: str
    kind: str
    home: int
    root: int
    created_at: Micros
    seen_at: Micros
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """Evidence of one kind that two handles belong together, and the level it proves by itself."""

    evidence: str
    level: Assurance


@dataclass(frozen=True, slots=True)
class Standing:
    """A link that a rule made by evidence of some kind, and that holds now."""

    link_id: int
    level: Assurance
    evidence: str


@dataclass(frozen=True, slots=True)
class Bond:
    """Two handles with everything seen that joins them and every link that does so now.

    `by_hand`: a person joined them, and no rule changes that. `apart`: people parted them, and no
    rule joins them again, nor anybody else over them. `since` is when they were first seen.
    """

    one: int
    other: int
    since: Micros
    seen: tuple[Seen, ...] = ()
    links: tuple[Standing, ...] = ()
    by_hand: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """Everything that rules are weighed over: one bond at most for two handles. `blocked` are
    patterns of handle keys that people blocked: nothing new joins those."""

    handles: Mapping[int, Known]
    bonds: Sequence[Bond]
    blocked: tuple[str, ...] = ()
    now: Micros = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One link to be made, ended or given another level. `rule` is the id of what makes it."""

    action: Action
    handle: str
    other: str
    evidence: str
    level: Assurance
    rule: str
    why: str
    link_id: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two customers that would become one, or one that would become these two, and why."""

    one_id: int
    other_id: int
    one_handles: tuple[str, ...]
    other_handles: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """All that would happen. `refused` counts by reason what was seen and joins nobody."""

    changes: tuple[Change, ...]
    joins: tuple[Pair, ...]
    parts: tuple[Pair, ...]
    refused: Mapping[str, int]
    customers_before: int
    customers_after: int
