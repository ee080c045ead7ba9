"""Who is reading: the sender, how well it is proved, and whose messages it may therefore know.

Everything that leaves `memory.readable.context` is filtered by the `Reader` made here. It reads
handles and links alone, never a message.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, and_, bindparam, or_, select

from core.clock import Micros
from core.identity.graph import (
    Edge,
    components,
    edge_level,
    home_edge,
    is_shared,
    level_now,
    sender_level,
    widest_paths,
)
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance
from core.turn import Sender
from memory.recall.indexed_thread import THREAD_LIMIT
from memory.tables.main import Customer, Handle, Link
from memory.tables.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

NEVER: Micros = 1 << 62
"""A moment that does not come."""


@dataclass(frozen=True, slots=True)
class ContextQuery:
    """Who is asking, from which conversation, and how well the sender is proved at this moment.

    `now` is when links that end by themselves, proofs that pass and cases that may be taken up
    again are judged; `rules` say which levels are needed; `limit` bounds the messages.
    """

    customer_id: int
    handle_id: int
    conversation_id: int
    level: Assurance
    now: Micros
    limit: int = THREAD_LIMIT
    rules: IdentityRules = DEFAULT_RULES


@dataclass(frozen=True, slots=True)
class Reader:
    """The sender, and what it may read: `keys` of handles by id, of this conversation alone or of
    all (`everywhere`).

    `level` is how well they hold their own handle; `reach` says for each of the keys how well they
    are proved to be the person behind it. `until` is when the first link or proof on the way
    changes by itself. `anew` are those of the keys whose address began anew: they name two;
    `silenced` those that want no messages.
    """

    sender: Sender
    level: Assurance
    handle_id: int
    conversation_id: int
    keys: Mapping[int, str]
    everywhere: bool
    version: int
    until: Micros
    reach: Mapping[str, Assurance]
    anew: frozenset[str] = frozenset()
    silenced: Mapping[int, str] = field(default_factory=dict)

    def may_read(
        self, handle: str, source: str, level: Assurance, needs: Assurance = Assurance.NONE
    ) -> bool:
        """Whether a slot or fact told by `handle` in message `source` at `level`, and `needs`
        a level to be told, may be known."""
        if level < Assurance.ASSERTED or handle not in self.reach or needs > self.reach[handle]:
            return False
        if self.everywhere:
            return True
        return level <= self.level and source.startswith(f"{self.conversation_id}-")


class NotTheirs(LookupError):
    """The handle is not the customer's, or not any more."""


_customer = table(Customer)
_handle = table(Handle)
_link = table(Link)

_LINKS_OF_A_HANDLE = 8
"""Links that a handle may have on average before some are not read, and so prove nothing."""

_component = (
    select(
        _handle.c.id,
        _handle.c.key,
        _handle.c.kind,
        _handle.c.address,
        _handle.c.home_customer_id,
        _handle.c.shared,
        _handle.c.opted_out,
        _handle.c.proved_level,
        _handle.c.proved_until,
        _handle.c.retired_at,
        _handle.c.succeeds,
        _link.c.customer_id,
        _link.c.level,
        _link.c.expires_at,
        _link.c.reads_from,
        _customer.c.version,
        _customer.c.name,
    )
    .select_from(_handle)
    .join(_customer, _customer.c.id == _handle.c.customer_id)
    .outerjoin(
        _link,
        and_(
            _link.c.handle_id == _handle.c.id,
            _link.c.customer_id != _handle.c.home_customer_id,
            _link.c.ended_at.is_(None),
            or_(_link.c.expires_at.is_(None), _link.c.expires_at > bindparam("now")),
        ),
    )
    .where(_handle.c.customer_id == bindparam("customer"))
    .limit(bindparam("rows"))
)


def read_sender(connection: Connection, query: ContextQuery) -> Reader:
    """The sender's place among the customer's handles, decided by the widest paths."""
    needed = query.rules.levels.history
    rows = _rows(connection, query)
    own = next((row for row in rows if row.id == query.handle_id), None)
    if own is None:
        raise NotTheirs(f"handle {query.handle_id} is not customer {query.customer_id}'s")
    sent, level = _levels_now(own, query)
    paths = widest_paths(query.handle_id, _edges(rows, query))
    readable = paths.readable(level, needed)
    keys = {
        row.id: f"{row.kind}:{row.address}"
        for row in rows
        if row.id in readable or row.id == query.handle_id
    }
    to_customer = paths.customers.get(query.customer_id, Assurance.NONE)
    sender = Sender(
        handle=keys[own.id],
        level=sender_level(level, to_customer, needed),
        proved=_proved(rows, own, readable),
        name=own.name if readable else None,
    )
    return Reader(
        sender,
        # Below what a conversation needs, not even that is read.
        sent if sent >= query.rules.levels.conversation else Assurance.NONE,
        query.handle_id,
        query.conversation_id,
        keys,
        everywhere=bool(readable),
        version=own.version,
        until=_until(rows, own, query.now),
        reach=_reach(keys, own, level, paths.handles),
        anew=frozenset(
            keys[row.id]
            for row in rows
            if row.id in keys and (row.retired_at is not None or row.succeeds is not None)
        ),
        silenced={
            row.id: keys[row.id]
            for row in rows
            if row.opted_out and row.id in keys and row.retired_at is None
        },
    )


def who_reads_whom(
    connection: Connection,
    customer_id: int,
    vouched: Mapping[str, Assurance],
    now: Micros,
    rules: IdentityRules,
) -> Mapping[int, tuple[str, ...]]:
    """For each handle of a customer, the keys of those whose memory its sender may read, as
    `read_sender` would say of each, while its channel vouches for it as `vouched` says of its kind.

    Empty for whoever reads their own conversation only.
    """
    query = ContextQuery(customer_id, 0, 0, Assurance.NONE, now, rules=rules)
    rows = _rows(connection, query)
    needed = rules.levels.history
    keys = {row.id: f"{row.kind}:{row.address}" for row in rows}
    # Over links that are good enough, whoever is joined at all is joined well enough.
    good = [edge for edge in _edges(rows, query) if edge.level >= needed]
    together = {one: each.handles for each in components(good) for one in each.handles}
    reads: dict[int, tuple[str, ...]] = {}
    for row in rows:
        sent = replace(query, level=vouched.get(row.kind, Assurance.NONE))
        _, level = _levels_now(row, sent)
        found = together.get(row.id, {row.id}) if level >= needed else ()
        reads[row.id] = tuple(sorted(keys[one] for one in found))
    return reads


def _rows(connection: Connection, query: ContextQuery) -> Sequence[AnyRow]:
    return connection.execute(
        _component,
        {
            "customer": query.customer_id,
            "now": query.now,
            "rows": query.rules.component_limit * _LINKS_OF_A_HANDLE,
        },
    ).all()


def _levels_now(own: AnyRow, query: ContextQuery) -> tuple[Assurance, Assurance]:
    """How well the sender is proved to hold the handle, and to be the person behind it."""
    proved = Assurance(own.proved_level) if own.proved_until > query.now else Assurance.NONE
    retired = own.retired_at is not None
    shared = is_shared(own.key, own.shared, query.rules)
    return (
        level_now(query.level, proved, shared=False, retired=retired),
        level_now(query.level, proved, shared=shared, retired=retired),
    )


def _edges(rows: Sequence[AnyRow], query: ContextQuery) -> list[Edge]:
    """Every link as it counts now. Whoever is joined to a shared handle meets the others who are
    there, over its customer: that is no proof of each other."""
    shared = {row.id for row in rows if is_shared(row.key, row.shared, query.rules)}
    shared_homes = {row.home_customer_id for row in rows if row.id in shared}
    edges: list[Edge] = []
    for row in rows:
        home = home_edge(row.id, row.home_customer_id)
        edges.append(_weaker(home) if row.id in shared else home)
        if row.customer_id is not None:
            level = edge_level(
                Assurance(row.level),
                shared=row.id in shared or row.customer_id in shared_homes,
                cooling=row.reads_from > query.now,
            )
            edges.append(Edge(row.id, row.customer_id, level))
    return edges


def _weaker(home: Edge) -> Edge:
    return Edge(home.handle, home.customer, edge_level(home.level, shared=True, cooling=False))


def _proved(rows: Sequence[AnyRow], own: AnyRow, readable: Collection[int]) -> tuple[str, ...]:
    """The keys by which the business may know this sender, their own first.

    An address that was somebody else's before is its holder's own only when they are proved to be
    that somebody too: the business's records may still mean the one before.
    """
    keys = {
        row.key
        for row in rows
        if row.id in readable
        and row.retired_at is None
        and (row.succeeds is None or row.succeeds in readable)
    }
    return tuple(sorted(keys, key=lambda key: (key != own.key, key)))


def _until(rows: Sequence[AnyRow], own: AnyRow, now: Micros) -> Micros:
    ends = [row.expires_at for row in rows if row.expires_at is not None]
    ends += [row.reads_from for row in rows if row.reads_from is not None and row.reads_from > now]
    if own.proved_until > now:
        ends.append(own.proved_until)
    return min(ends, default=NEVER)


def _reach(
    keys: Mapping[int, str], own: AnyRow, level: Assurance, paths: Mapping[int, Assurance]
) -> Mapping[str, Assurance]:
    """An address that is there twice, once retired, counts as the weaker of the two."""
    reach: dict[str, Assurance] = {}
    for one, key in keys.items():
        reached = level if one == own.id else min(level, paths[one])
        reach[key] = min(reach.get(key, reached), reached)
    return reach
