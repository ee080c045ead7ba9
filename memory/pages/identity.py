"""Why handles are taken for one customer, as people see it: the graph, and the alarms about it.

Reads only, on any connection. An old id shows the customer it stands for now. What a sender may
read is decided in `memory.readable.sender`; what a change would do is tried in
`memory.previews.rehearsals`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, or_, select

from core.clock import Micros, from_micros
from core.identity.graph import Edge, Paths, edge_level, home_edge, is_shared, widest_paths
from core.identity.rules import DEFAULT_RULES, IdentityRules, matches
from core.message import Assurance
from memory.pages.customer import root_of
from memory.pages.identity_sides import plain_key
from memory.pages.identity_views import AlarmView, CustomerNode, GraphView, HandleNode, LinkEdge
from memory.pages.identity_words import level_words, link_sentences, rule_words
from memory.pages.rows import display_names, handle_name
from memory.tables.identity import Alarm, BlockedValue
from memory.tables.main import Customer, Handle, Link
from memory.tables.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_alarm = table(Alarm)
_blocked = table(BlockedValue)
_customer = table(Customer)
_handle = table(Handle)
_link = table(Link)

ALARM_TITLES = {
    "component": "A customer with very many handles",
    "shared": "A handle that several people seem to use",
    "contradiction": "Two proofs that contradict each other",
    "refused": "Somebody said that it was not them",
}
_ENDED = 200
"""Ended links that a graph shows at most, the newest."""


def graph(
    connection: Connection,
    customer_id: int,
    now: Micros,
    rules: IdentityRules = DEFAULT_RULES,
    *,
    ended: bool = False,
) -> GraphView | None:
    """The handles, ids and links of a customer; with `ended` also the links there once were.

    Nothing when there is no such customer.
    """
    root = root_of(connection, customer_id)
    if root is None:
        return None
    own = connection.execute(
        select(_handle).where(_handle.c.customer_id == root).order_by(_handle.c.id)
    ).all()
    links = links_of(connection, [one.id for one in own], ended=False)
    past = _past_links(connection, own, root)
    shown = [*links, *past] if ended else links
    others = _outside_handles(connection, own, shown)
    handles = [*own, *others]
    names = {one.id: handle_words(one) for one in handles}
    customers = _customer_nodes(connection, root, own, shown)
    titles = {one.id: one.name for one in customers}
    blocked = (*rules.blocked, *connection.execute(select(_blocked.c.pattern)).scalars())
    rules = replace(rules, blocked=blocked)
    return GraphView(
        id=root,
        name=titles[root],
        customers=customers,
        handles=(
            *_handle_nodes(own, links, root, now, rules),
            *(_outside_node(one, rules) for one in others),
        ),
        edges=tuple(
            _edge(one, names[one.handle_id], titles[one.customer_id], now) for one in shown
        ),
        alarms=tuple(_alarms(connection, _alarm.c.customer_id.in_(titles), open_only=True)),
        ended=len(past),
    )


def alarms(connection: Connection, *, closed: bool = False, limit: int = 100) -> list[AlarmView]:
    """What a person should look at, the newest first; with `closed`, what somebody has seen to."""
    state = _alarm.c.closed_at.is_not(None) if closed else _alarm.c.closed_at.is_(None)
    return _alarms(connection, state, open_only=not closed)[:limit]


def edges_of(connection: Connection, link_ids: Collection[int], now: Micros) -> list[LinkEdge]:
    """These links, each with everything there is to say about it."""
    rows = connection.execute(
        select(_link, _handle.c.home_customer_id)
        .join(_handle, _handle.c.id == _link.c.handle_id)
        .where(_link.c.id.in_(link_ids))
        .order_by(_link.c.id)
    ).all()
    handles = {one.id: one for one in _outside_handles(connection, (), rows)}
    titles = _titles(connection, {one.customer_id for one in rows})
    return [
        _edge(one, handle_words(handles[one.handle_id]), titles[one.customer_id], now)
        for one in rows
    ]


def _titles(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """How the customers are called that these ids stand for now."""
    known = connection.execute(
        select(_customer.c.id, _customer.c.merged_into).where(_customer.c.id.in_(ids))
    ).all()
    roots = {one.id: one.merged_into or one.id for one in known}
    names = display_names(connection, set(roots.values()))
    return {one: names[root] for one, root in roots.items()}


def handle_key(connection: Connection, handle_id: int) -> str | None:
    """The key of the handle with this id, if there is one."""
    return connection.execute(select(_handle.c.key).where(_handle.c.id == handle_id)).scalar()


def links_of(
    connection: Connection, handle_ids: Collection[int], *, ended: bool
) -> Sequence[AnyRow]:
    """The links of these handles, each with its handle's own customer, the oldest first."""
    state = _link.c.ended_at.is_not(None) if ended else _link.c.ended_at.is_(None)
    return connection.execute(
        select(_link, _handle.c.home_customer_id)
        .join(_handle, _handle.c.id == _link.c.handle_id)
        .where(_link.c.handle_id.in_(handle_ids), state)
        .order_by(_link.c.id)
    ).all()


def handle_words(handle: AnyRow) -> str:
    """A handle in a sentence; a retired one without what was put behind its key."""
    called = handle_name(handle.kind, handle.address)
    if handle.kind == "login":
        called = f"the login “{handle.address}”"
    if handle.kind == "visitor":
        called = "an anonymous visitor"
    return f"{called} (retired)" if handle.retired_at is not None else called


def _past_links(connection: Connection, own: Sequence[AnyRow], root: int) -> Sequence[AnyRow]:
    """The ended links of these handles, and those by which others were once joined to them."""
    handles = [one.id for one in own]
    ids = {root, *(one.home_customer_id for one in own)}
    return connection.execute(
        select(_link, _handle.c.home_customer_id)
        .join(_handle, _handle.c.id == _link.c.handle_id)
        .where(
            or_(_link.c.handle_id.in_(handles), _link.c.customer_id.in_(ids)),
            _link.c.ended_at.is_not(None),
        )
        .order_by(_link.c.id.desc())
        .limit(_ENDED)
    ).all()[::-1]


def _outside_handles(
    connection: Connection, own: Sequence[AnyRow], links: Iterable[AnyRow]
) -> Sequence[AnyRow]:
    missing = {one.handle_id for one in links} - {one.id for one in own}
    if not missing:
        return ()
    query = select(_handle).where(_handle.c.id.in_(missing)).order_by(_handle.c.id)
    return connection.execute(query).all()


def _customer_nodes(
    connection: Connection, root: int, own: Sequence[AnyRow], links: Iterable[AnyRow]
) -> tuple[CustomerNode, ...]:
    """The ids that are shown: the root, those merged into it, and where ended links lead."""
    wanted = {root, *(one.home_customer_id for one in own), *(one.customer_id for one in links)}
    rows = connection.execute(
        select(_customer).where(or_(_customer.c.id.in_(wanted), _customer.c.merged_into == root))
    ).all()
    inside = {root, *(one.home_customer_id for one in own)}
    inside |= {one.id for one in rows if one.merged_into == root}
    roots = {one.id: one.merged_into or one.id for one in rows}
    names = display_names(connection, set(roots.values()))
    nodes = [
        CustomerNode(
            id=one.id,
            name=names[root] if one.id in inside else names[roots[one.id]],
            place="root" if one.id == root else "merged" if one.id in inside else "outside",
            created_at=from_micros(one.created_at),
        )
        for one in rows
    ]
    order = {"root": 0, "merged": 1, "outside": 2}
    return tuple(sorted(nodes, key=lambda one: (order[one.place], one.id)))


def _handle_nodes(
    own: Sequence[AnyRow],
    links: Sequence[AnyRow],
    root: int,
    now: Micros,
    rules: IdentityRules,
) -> list[HandleNode]:
    shared = {one.id: _is_shared(one, rules) for one in own}
    crowds = {one.home_customer_id for one in own if shared[one.id]}
    edges = [_home(one, shared=shared[one.id]) for one in own]
    counted = [
        (
            one,
            edge_level(
                Assurance(one.level),
                shared=shared[one.handle_id] or one.customer_id in crowds,
                cooling=one.reads_from > now,
            ),
        )
        for one in links
        if one.customer_id != one.home_customer_id
    ]
    edges += [Edge(one.handle_id, one.customer_id, level) for one, level in counted]
    first = next((one.id for one in own if one.home_customer_id == root), None)
    paths = widest_paths(first, edges) if first is not None else Paths({}, {})
    nodes: list[HandleNode] = []
    for one in own:
        level = paths.handles.get(one.id, Assurance.NONE)
        mine = [(link, at) for link, at in counted if link.handle_id == one.id]
        if one.home_customer_id == root:
            level = _first_level(links, one)
        cooling = [link.reads_from for link, _ in mine if link.reads_from > now]
        nodes.append(_node(one, rules, level, _weakest(one, level, root, counted, paths), cooling))
    return nodes


def _home(handle: AnyRow, *, shared: bool) -> Edge:
    """The link with the handle's own customer, over which the holders of a shared one meet."""
    edge = home_edge(handle.id, handle.home_customer_id)
    return Edge(edge.handle, edge.customer, edge_level(edge.level, shared=shared, cooling=False))


def _first_level(links: Sequence[AnyRow], handle: AnyRow) -> Assurance:
    """How well the first contact was proved of a handle with which the customer began."""
    own = (
        one.level
        for one in links
        if one.handle_id == handle.id and one.customer_id == handle.home_customer_id
    )
    return Assurance(max(own, default=Assurance.NONE))


def _weakest(
    handle: AnyRow,
    level: Assurance,
    root: int,
    counted: Sequence[tuple[AnyRow, Assurance]],
    paths: Paths,
) -> int | None:
    """The link that bounds the handle's level: its own if it is that one, else one on the way."""
    if handle.home_customer_id == root:
        return None
    bounding = [
        link
        for link, at in counted
        if at == level and paths.handles.get(link.handle_id, Assurance.NONE) >= level
    ]
    own = (link.id for link in bounding if link.handle_id == handle.id)
    return next(own, min((link.id for link in bounding), default=None))


def _node(
    row: AnyRow,
    rules: IdentityRules,
    level: Assurance,
    weakest: int | None,
    cooling: Sequence[Micros],
    *,
    outside: bool = False,
) -> HandleNode:
    return HandleNode(
        id=row.id,
        key=row.key,
        kind=row.kind,
        address=row.address,
        home_customer_id=row.home_customer_id,
        level=int(level),
        weakest_id=weakest,
        shared=_is_shared(row, rules),
        blocked=matches(plain_key(row), rules.blocked),
        opted_out=bool(row.opted_out),
        dead=bool(row.dead),
        retired_at=None if row.retired_at is None else from_micros(row.retired_at),
        retired_because=row.retired_because,
        proved_level=row.proved_level,
        proved_until=from_micros(row.proved_until) if row.proved_until else None,
        cooling_until=from_micros(max(cooling)) if cooling else None,
        created_at=from_micros(row.created_at),
        seen_at=from_micros(row.seen_at),
        outside=outside,
    )


def _outside_node(row: AnyRow, rules: IdentityRules) -> HandleNode:
    return _node(row, rules, Assurance.NONE, None, (), outside=True)


def _is_shared(row: AnyRow, rules: IdentityRules) -> bool:
    return is_shared(plain_key(row), bool(row.shared), rules)


def _edge(row: AnyRow, handle: str, customer: str, now: Micros) -> LinkEdge:
    home = row.customer_id == row.home_customer_id
    return LinkEdge(
        id=row.id,
        handle_id=row.handle_id,
        customer_id=row.customer_id,
        level=row.level,
        level_words=level_words(row.level, row.rule),
        rule=row.rule,
        rule_words=rule_words(row.rule, home=home),
        evidence=row.evidence,
        actor=row.actor,
        created_at=from_micros(row.created_at),
        expires_at=None if row.expires_at is None else from_micros(row.expires_at),
        reads_from=from_micros(row.reads_from) if row.reads_from > now else None,
        ended_at=None if row.ended_at is None else from_micros(row.ended_at),
        ended_by=row.ended_by,
        end_reason=row.end_reason,
        batch_id=row.batch_id,
        first_contact=home,
        can_end=not home and row.ended_at is None,
        sentences=link_sentences(row, handle, customer, now),
    )


def _alarms(connection: Connection, where: Any, *, open_only: bool) -> list[AlarmView]:
    query = select(_alarm).where(where).order_by(_alarm.c.id.desc()).limit(200)
    if open_only:
        query = query.where(_alarm.c.closed_at.is_(None))
    rows = connection.execute(query).all()
    known = connection.execute(
        select(_customer.c.id, _customer.c.merged_into).where(
            _customer.c.id.in_({one.customer_id for one in rows})
        )
    )
    roots: Mapping[int, int] = {one.id: one.merged_into or one.id for one in known}
    names = display_names(connection, set(roots.values()))
    return [
        AlarmView(
            id=one.id,
            kind=one.kind,
            title=ALARM_TITLES.get(one.kind, one.kind),
            handle=one.handle_key,
            customer_id=roots.get(one.customer_id, one.customer_id),
            customer_name=names.get(roots.get(one.customer_id, 0), "Unknown"),
            message=one.message,
            created_at=from_micros(one.created_at),
            closed_at=None if one.closed_at is None else from_micros(one.closed_at),
            closed_by=one.closed_by,
        )
        for one in rows
    ]
