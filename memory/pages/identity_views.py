"""What people are shown of who is who: the graph of a customer, and what a change would do to it.

Shapes only, as in `memory.pages.views`; the pages beside it fill them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CustomerNode:
    """One id that a customer has or had. `place` is "root" (it stands for all), "merged" (an old id
    that means the root now) or "outside" (only an ended link leads there)."""

    id: int
    name: str
    place: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class HandleNode:
    """One handle in the graph. `level` is that of its best path to the customer, and `weakest_id`
    the link that bounds it, if one does.

    `blocked` says that its address joins nobody, `cooling_until` that nothing old is read over its
    link before then, `proved_until` that its owner has shown the address and until when that holds.
    """

    id: int
    key: str
    kind: str
    address: str
    home_customer_id: int
    level: int
    weakest_id: int | None
    shared: bool
    blocked: bool
    opted_out: bool
    dead: bool
    retired_at: datetime | None
    retired_because: str | None
    proved_level: int
    proved_until: datetime | None
    cooling_until: datetime | None
    created_at: datetime
    seen_at: datetime
    outside: bool


@dataclass(frozen=True, slots=True)
class LinkEdge:
    """One link, active or ended. `sentences` say everything about it, in the order to be told.

    `first_contact` marks the handle's own customer: that is no claim about anybody, and cannot end.
    """

    id: int
    handle_id: int
    customer_id: int
    level: int
    level_words: str
    rule: str
    rule_words: str
    evidence: str
    actor: str
    created_at: datetime
    expires_at: datetime | None
    reads_from: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    end_reason: str | None
    batch_id: int | None
    first_contact: bool
    can_end: bool
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlarmView:
    """Something about a customer that a person should look at."""

    id: int
    kind: str
    title: str
    handle: str
    customer_id: int
    customer_name: str
    message: str
    created_at: datetime
    closed_at: datetime | None
    closed_by: str | None


@dataclass(frozen=True, slots=True)
class GraphView:
    """Why these handles are taken for one customer: every handle, every id, every link."""

    id: int
    name: str
    customers: tuple[CustomerNode, ...]
    handles: tuple[HandleNode, ...]
    edges: tuple[LinkEdge, ...]
    alarms: tuple[AlarmView, ...]
    ended: int


@dataclass(frozen=True, slots=True)
class HandleSide:
    """A handle as it is on one side of a change, and as it would read afterwards.

    `reads_now` and `reads_then` are the keys of the handles whose memory a sender from it may be
    told, as far as the handle itself is proved at the moment.
    """

    key: str
    kind: str
    level: int
    shared: bool
    blocked: bool
    retired: bool
    opted_out: bool
    reads_now: tuple[str, ...]
    reads_then: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerSide:
    """One of the customers of a change. Counts are of what came from its own handles."""

    id: int
    name: str
    created_at: datetime
    handles: tuple[HandleSide, ...]
    conversations: int
    messages: int
    open_cases: int
    cases: int
    facts: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that speaks against a merge. One that `stops` makes it impossible."""

    kind: str
    words: str
    stops: bool


@dataclass(frozen=True, slots=True)
class SameField:
    """What both customers have told under one name: a `match` speaks for one person."""

    name: str
    one: str
    other: str
    match: bool


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do. Nothing is changed by looking; `possible` is false while a conflict
    stops it. The merged customer would have the id `stays_id`."""

    one: CustomerSide
    other: CustomerSide
    possible: bool
    conflicts: tuple[Conflict, ...]
    fields: tuple[SameField, ...]
    stays_id: int
    effect: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnmergePreview:
    """What ending these links would leave: `sides` are the customers there would be, the present
    one's root first. With fewer than two, ending the links parts nobody."""

    customer_id: int
    name: str
    links: tuple[LinkEdge, ...]
    sides: tuple[CustomerSide, ...]
    parts: bool
    effect: tuple[str, ...]
