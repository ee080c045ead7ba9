"""Who is who: the widest path between handles, what a sender may read, and which customer it is.

Handles and customers are joined by links, each with the level at which it was proved. A chain is as
strong as its weakest link, and of several chains the strongest counts. Pure: it is given the links
and reads, writes and guesses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

from core.clock import Micros
from core.identity.rules import IdentityRules, matches
from core.message import Assurance

LOGIN_KIND = "login"
"""The kind of handle that the business's own application vouches for."""

_HELD_BY_NOBODY_ELSE = frozenset({LOGIN_KIND, "external", "visitor", "unproved-email"})
"""Kinds that never pass to somebody else: given by the business, or by us to one browser or one
mail thread."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An active link between a handle and a customer."""

    handle: int
    customer: int
    level: Assurance


def home_edge(handle: int, customer: int) -> Edge:
    """The link of a handle with the customer that was made with it.

    It limits nothing: that customer *is* whoever writes from the handle, however badly the first
    message was proved. What the sender may read is limited by its own level now.
    """
    return Edge(handle, customer, Assurance.LOGGED_IN)


@dataclass(frozen=True, slots=True)
class Paths:
    """How well each handle and each customer is joined to one handle, by the widest path."""

    handles: Mapping[int, Assurance]
    customers: Mapping[int, Assurance]

    def readable(self, level: Assurance, needed: Assurance) -> frozenset[int]:
        """The handles whose memory a sender at `level` may read over all channels, when `needed`
        is needed both of the sender and of every link on the way."""
        if level < needed:
            return frozenset()
        return frozenset(one for one, reached in self.handles.items() if reached >= needed)


_Node = tuple[bool, int]
"""Whether it is a customer, and its id."""


def widest_paths(source: int, edges: Iterable[Edge]) -> Paths:
    """The level of the best path from the handle `source` to everything joined to it.

    A path's level is the least of its links. The source reaches itself without any link.
    """
    steps: dict[_Node, list[tuple[_Node, Assurance]]] = {}
    for edge in edges:
        handle, customer = (False, edge.handle), (True, edge.customer)
        steps.setdefault(handle, []).append((customer, edge.level))
        steps.setdefault(customer, []).append((handle, edge.level))
    start: _Node = (False, source)
    best = {start: Assurance.LOGGED_IN}
    waiting = [(-Assurance.LOGGED_IN, start)]
    while waiting:
        negative, node = heappop(waiting)
        if -negative < best[node]:
            continue
        for other, level in steps.get(node, ()):
            reached = min(best[node], level)
            if other not in best or reached > best[other]:
                best[other] = reached
                heappush(waiting, (-reached, other))
    return Paths(
        {one: level for (customer, one), level in best.items() if not customer},
        {one: level for (customer, one), level in best.items() if customer},
    )


def sender_level(now: Assurance, to_customer: Assurance, needed: Assurance) -> Assurance:
    """What a sender may do: its own level now, limited by its weakest link to the customer.

    A link too weak to read anything through (below `needed`) takes nothing away either: the sender
    then stands for its own handle alone. Otherwise a careless guess about somebody would lock them
    out.
    """
    return min(now, to_customer) if to_customer >= needed else now


def edge_level(level: Assurance, *, shared: bool, cooling: bool) -> Assurance:
    """What a link counts now. Over a handle that several people hold, and over a link that still
    cools off, nothing old is read, whatever proved it."""
    return min(level, Assurance.ASSERTED) if shared or cooling else level


def level_now(
    sent: Assurance, proved: Assurance, *, shared: bool, retired: bool = False
) -> Assurance:
    """How well a sender is proved: as its message was `sent`, or as possession of its handle was
    `proved` and still is (`NONE` when it is not).

    Proof raises only a message that somebody stands for. Who answers a code sent to a shared handle
    holds the mailbox and is not therefore a person. Nobody writes from a retired handle.
    """
    if retired:
        return Assurance.NONE
    raised = max(sent, proved) if sent >= Assurance.ASSERTED else sent
    if not shared:
        return raised
    mailbox_shown = proved >= Assurance.PROVED
    return min(raised, Assurance.AUTHENTICATED if mailbox_shown else Assurance.ASSERTED)


def is_shared(key: str, flagged: bool, rules: IdentityRules) -> bool:
    """Whether several people hold this handle: somebody marked it, or it has a pattern of such."""
    return flagged or matches(key, rules.shared)


def may_change_hands(kind: str) -> bool:
    """Whether somebody else may have such a handle one day."""
    return kind not in _HELD_BY_NOBODY_ELSE


def silent_before(kind: str, rules: IdentityRules, now: Micros) -> Micros:
    """A handle of this kind that last wrote before this moment may be somebody else's by now; 0
    when it never is."""
    silence = rules.decay.get(kind) if may_change_hands(kind) else None
    return 0 if silence is None else now - int(silence.total_seconds() * 1_000_000)


@dataclass(frozen=True, slots=True)
class Component:
    """Handles and customers joined by links of any level. Its root is its oldest customer."""

    handles: frozenset[int]
    customers: frozenset[int]

    @property
    def root(self) -> int:
        """The customer that stands for all of them: the lowest id."""
        return min(self.customers)


def components(edges: Iterable[Edge]) -> Iterator[Component]:
    """The links' connected components, each once."""
    edges = tuple(edges)
    left = {edge.handle for edge in edges}
    while left:
        paths = widest_paths(min(left), edges)
        yield Component(frozenset(paths.handles), frozenset(paths.customers))
        left -= paths.handles.keys()
