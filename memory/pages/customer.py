"""One customer as people see them: how they are reached and why we think so, and their one thread.

Reads only. An old id of a merged customer shows the customer it was merged into. What is shown here
is for people who answer customers; what a *sender* may know is decided in
`memory.readable.context`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from core.clock import Micros, from_micros
from core.identity.graph import Edge, edge_level, home_edge, widest_paths
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance, Author
from memory.pages.fact_words import bare_key, label_of
from memory.pages.identity_words import level_words, rule_words
from memory.pages.message import extras
from memory.pages.personal import is_hidden, proved_reach
from memory.pages.rows import AnyRow, delivery_view, display_names
from memory.pages.views import (
    CaseView,
    CustomerView,
    DeliveryView,
    FactView,
    HandleView,
    LinkView,
    TimelineView,
)
from memory.readable.drawing import WITHHELD, drawn_of, strangers
from memory.tables.main import (
    Case,
    Conversation,
    Customer,
    Delivery,
    Handle,
    Handoff,
    Link,
    Message,
    Turn,
)
from memory.tables.remembered import Fact
from memory.tables.rows import table

_case = table(Case)
_conversation = table(Conversation)
_customer = table(Customer)
_delivery = table(Delivery)
_fact = table(Fact)
_handle = table(Handle)
_handoff = table(Handoff)
_link = table(Link)
_message = table(Message)
_turn = table(Turn)
_written = _message.alias("written")

_CASES, _FACTS, _TURNS = 50, 200, 200


def root_of(connection: Connection, customer_id: int) -> int | None:
    """The customer that this id stands for now, or nothing when it never existed."""
    row = connection.execute(
        select(_customer.c.id, _customer.c.merged_into).where(_customer.c.id == customer_id)
    ).first()
    if row is None:
        return None
    return int(row.id if row.merged_into is None else row.merged_into)


def customer_page(
    connection: Connection,
    customer_id: int,
    now: Micros | None = None,
    rules: IdentityRules = DEFAULT_RULES,
) -> CustomerView | None:
    """Everything about a customer but what was said, or nothing when there is none.

    What is personal is kept back, unless somebody has proved by `now` that it is them.
    """
    root = root_of(connection, customer_id)
    if root is None:
        return None
    customer = connection.execute(select(_customer).where(_customer.c.id == root)).one()
    merged = connection.execute(
        select(_customer.c.id).where(_customer.c.merged_into == root).order_by(_customer.c.id)
    ).scalars()
    handles = connection.execute(
        select(_handle).where(_handle.c.customer_id == root).order_by(_handle.c.id)
    ).all()
    keys = {row.id: row.key for row in handles}
    links = _active_links(connection, keys)
    edges = _edges(handles, links, now)
    reach = {} if now is None else proved_reach(connection, handles, now, rules)
    return CustomerView(
        id=root,
        name=display_names(connection, [root])[root],
        created_at=from_micros(customer.created_at),
        merged_ids=tuple(merged),
        handles=_handle_views(handles, links, edges, root),
        facts=_fact_views(connection, keys, reach),
        cases=_case_views(connection, keys),
        handoff_id=_open_handoff(connection, keys),
    )


def _active_links(
    connection: Connection, handle_ids: Collection[int]
) -> Mapping[int, Sequence[AnyRow]]:
    links: dict[int, list[AnyRow]] = {one: [] for one in handle_ids}
    for link in connection.execute(
        select(_link)
        .where(_link.c.handle_id.in_(links), _link.c.ended_at.is_(None))
        .order_by(_link.c.id)
    ):
        links[link.handle_id].append(link)
    return links


def _edges(
    handles: Sequence[AnyRow], links: Mapping[int, Sequence[AnyRow]], now: Micros | None
) -> list[Edge]:
    edges = [home_edge(row.id, row.home_customer_id) for row in handles]
    edges += [
        Edge(row.id, link.customer_id, _counts(link, now, shared=bool(row.shared)))
        for row in handles
        for link in links[row.id]
        if link.customer_id != row.home_customer_id
    ]
    return edges


def _counts(link: AnyRow, now: Micros | None, *, shared: bool) -> Assurance:
    """What a link counts now."""
    cooling = now is not None and link.reads_from > now
    return edge_level(Assurance(link.level), shared=shared, cooling=cooling)


def _handle_views(
    handles: Sequence[AnyRow],
    links: Mapping[int, Sequence[AnyRow]],
    edges: Sequence[Edge],
    root: int,
) -> tuple[HandleView, ...]:
    joined = _levels(handles, edges, root)
    return tuple(
        HandleView(
            id=row.id,
            key=row.key,
            kind=row.kind,
            address=row.address,
            level=int(joined.get(row.id, _first_level(links[row.id], root))),
            opted_out=bool(row.opted_out),
            dead=bool(row.dead),
            shared=bool(row.shared),
            retired=row.retired_at is not None,
            created_at=from_micros(row.created_at),
            seen_at=from_micros(row.seen_at),
            links=tuple(_link_view(link, row.home_customer_id) for link in links[row.id]),
        )
        for row in handles
    )


def _levels(handles: Sequence[AnyRow], edges: Sequence[Edge], root: int) -> Mapping[int, Assurance]:
    """How well each handle is proved to be the customer's, but for those it began with."""
    first = next((one.id for one in handles if one.home_customer_id == root), None)
    if first is None:
        return {one.id: Assurance.NONE for one in handles}
    # The way there is as good as the way back, so that one search finds them all.
    found = widest_paths(first, edges).handles
    return {
        one.id: found.get(one.id, Assurance.NONE) for one in handles if one.home_customer_id != root
    }


def _first_level(links: Sequence[AnyRow], root: int) -> Assurance:
    """How well the first contact was proved."""
    own = (link.level for link in links if link.customer_id == root)
    return Assurance(max(own, default=Assurance.NONE))


def _link_view(link: AnyRow, home: int) -> LinkView:
    evidence = f": {link.evidence}" if link.evidence else ""
    own = link.customer_id == home
    by = "" if own else f", by {link.actor}"
    level = level_words(link.level, link.rule)
    return LinkView(
        id=link.id,
        customer_id=link.customer_id,
        level=link.level,
        rule=link.rule,
        evidence=link.evidence,
        actor=link.actor,
        created_at=from_micros(link.created_at),
        can_end=not own,
        words=f"{rule_words(link.rule, home=own)}{evidence} ({level}{by})",
    )


def _fact_views(
    connection: Connection, keys: Mapping[int, str], reach: Mapping[int, Assurance]
) -> tuple[FactView, ...]:
    rows = connection.execute(
        select(_fact)
        .where(
            _fact.c.handle_id.in_(keys), _fact.c.valid_to.is_(None), _fact.c.retired_at.is_(None)
        )
        .order_by(_fact.c.recorded_at.desc(), _fact.c.id.desc())
        .limit(_FACTS)
    )
    return tuple(
        FactView(
            id=row.id,
            key=bare_key(row.key) if is_hidden(row.needs, row.handle_id, reach) else row.key,
            value=_fact_value(row, reach),
            source=row.source,
            handle=keys[row.handle_id],
            level=row.level,
            secret=bool(row.secret),
            recorded_at=from_micros(row.recorded_at),
            needs=row.needs,
            hidden=not row.secret and is_hidden(row.needs, row.handle_id, reach),
            label=label_of(row.key),
        )
        for row in rows
    )


def _fact_value(row: AnyRow, reach: Mapping[int, Assurance]) -> str:
    """What people see of it: of a secret that there is one, of what is kept back nothing."""
    if row.secret:
        return "provided"
    return "" if is_hidden(row.needs, row.handle_id, reach) else str(row.value)


def _case_views(connection: Connection, keys: Mapping[int, str]) -> tuple[CaseView, ...]:
    rows = connection.execute(
        select(_case, _conversation.c.channel)
        .join(_conversation, _conversation.c.id == _case.c.conversation_id)
        .where(_case.c.handle_id.in_(keys))
        .order_by(_case.c.updated_at.desc(), _case.c.id.desc())
        .limit(_CASES)
    )
    return tuple(
        CaseView(
            id=row.id,
            status=row.status,
            intent=row.intent,
            channel=row.channel,
            conversation_id=row.conversation_id,
            outcome=row.outcome,
            opened_at=from_micros(row.opened_at),
            updated_at=from_micros(row.updated_at),
        )
        for row in rows
    )


def _open_handoff(connection: Connection, keys: Mapping[int, str]) -> int | None:
    found = connection.execute(
        select(_handoff.c.id)
        .where(_handoff.c.handle_id.in_(keys), _handoff.c.status.in_(("waiting", "owned")))
        .order_by(_handoff.c.opened_at)
        .limit(1)
    ).scalar()
    return None if found is None else int(found)


def timeline(
    connection: Connection, customer_id: int, limit: int = 200, before: Micros | None = None
) -> list[TimelineView]:
    """The newest messages of a customer over all channels, oldest first, with their deliveries.

    `before` is the time of the oldest message seen so far. Empty when there is no such customer.
    """
    root = root_of(connection, customer_id)
    if root is None:
        return []
    query = (
        select(
            _message,
            _conversation.c.channel,
            _conversation.c.place_key,
            _conversation.c.place_title,
            _handle.c.key,
            _handle.c.customer_id,
        )
        .select_from(_conversation)
        .join(_message, _message.c.conversation_id == _conversation.c.id)
        .join(_handle, _handle.c.id == _message.c.handle_id)
        .where(or_(*_where_written(connection, root)))
        .order_by(_message.c.created_at.desc(), _message.c.conversation_id, _message.c.seq.desc())
        .limit(limit)
    )
    if before is None:
        query = query.where(_message.c.seq > _conversation.c.seq - limit)
    else:
        query = query.where(_message.c.created_at < before)
    rows = connection.execute(query).all()[::-1]
    parts = _parts(connection, rows)
    names = display_names(connection, {row.customer_id for row in rows})
    closed = _withheld(connection, rows)
    return [
        TimelineView(
            id=f"{row.conversation_id}-{row.seq}",
            conversation_id=row.conversation_id,
            seq=row.seq,
            channel=row.channel,
            handle=row.key,
            author=row.author,
            author_name=row.author_name,
            text=WITHHELD if (row.conversation_id, row.seq) in closed else row.text,
            at=from_micros(row.created_at),
            level=row.level,
            turn_id=row.turn_id,
            customer_id=row.customer_id,
            customer_name=names[row.customer_id],
            place_key=row.place_key,
            place_title=row.place_title,
            deliveries=tuple(parts.get((row.conversation_id, row.seq), ())),
            extras=extras(None if (row.conversation_id, row.seq) in closed else row.extra_json),
            withheld=(row.conversation_id, row.seq) in closed,
        )
        for row in rows
    ]


def _withheld(connection: Connection, rows: Sequence[AnyRow]) -> frozenset[tuple[int, int]]:
    """The messages that were made from the memory of somebody who is another customer now."""
    drawn = {
        (row.conversation_id, row.seq): (row.handle_id, drawn_of(row.extra_json))
        for row in rows
        if row.author != Author.CUSTOMER.value
    }
    closed = strangers(connection, drawn.values())
    return frozenset(place for place, one in drawn.items() if one in closed)


def _where_written(connection: Connection, root: int) -> tuple[ColumnElement[bool], ...]:
    """Which conversations are shown: those the customer began, and others they wrote in.

    The others are found by the customer's turns, which have an index; a turn says nothing after an
    unlink, so that a message of theirs has to be there still.
    """
    handles = select(_handle.c.id).where(_handle.c.customer_id == root)
    merged = select(_customer.c.id).where(_customer.c.merged_into == root)
    theirs = connection.execute(
        select(_turn.c.conversation_id)
        .where(or_(_turn.c.customer_id == root, _turn.c.customer_id.in_(merged)))
        .order_by(_turn.c.id.desc())
        .limit(_TURNS)
    ).scalars()
    wrote = exists().where(
        _written.c.conversation_id == _conversation.c.id, _written.c.handle_id.in_(handles)
    )
    return _conversation.c.handle_id.in_(handles), and_(_conversation.c.id.in_(set(theirs)), wrote)


def _parts(
    connection: Connection, rows: Sequence[AnyRow]
) -> dict[tuple[int, int], list[DeliveryView]]:
    """The parts of these messages, by message, in order."""
    first: dict[int, int] = {}
    for row in rows:
        if row.author != "customer":
            first.setdefault(row.conversation_id, row.seq)
    parts: dict[tuple[int, int], list[DeliveryView]] = {}
    if not first:
        return parts
    for part in connection.execute(
        select(_delivery)
        .where(_delivery.c.conversation_id.in_(first), _delivery.c.seq >= min(first.values()))
        .order_by(_delivery.c.conversation_id, _delivery.c.seq, _delivery.c.part)
    ):
        parts.setdefault((part.conversation_id, part.seq), []).append(delivery_view(part))
    return parts
