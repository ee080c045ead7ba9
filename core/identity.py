"""Who is who: the widest path between handles, what a sender may read, and which customer it is.

Handles and customers are joined by links, each with the level at which it was proved. A chain is as
strong as its weakest link, and of several chains the strongest counts. Pure: it is given the links
and reads, writes and guesses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

from core.message import Assurance

READ_LEVEL = Assurance.AUTHENTICATED
"""Needed of the sender now and of every link on the way, to read a customer's memory."""

LOGIN_KIND = "login"
"""The kind of handle that the business's own application vouches for."""

COMPONENT_LIMIT = 50
"""Handles that one customer may have; more is a sign of a shared address, not of a person."""


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

    def readable(self, level: Assurance) -> frozenset[int]:
        """The handles whose memory a sender at `level` may read over all channels."""
        if level < READ_LEVEL:
            return frozenset()
        return frozenset(one for one, reached in self.handles.items() if reached >= READ_LEVEL)


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


def sender_level(now: Assurance, to_customer: Assurance) -> Assurance:
    """What a sender may do: its own level now, limited by its weakest link to the customer.

    A link too weak to read anything through takes nothing away either: the sender then stands for
    its own handle alone. Otherwise a careless guess about somebody would lock them out.
    """
    return min(now, to_customer) if to_customer >= READ_LEVEL else now


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
