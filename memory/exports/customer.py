"""Everything that is held of one customer, table by table and page by page, to be given out.

Of others nothing is in it: what they said in the same room, what their end of a link is, what was
made from their memory. Secrets and their digests are not either. It reads, and decides by the lists
here; how it is written is the caller's. A table is exported, or it is said why not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    Text,
    cast,
    literal,
    or_,
    select,
    tuple_,
)

from memory.exports import shapes
from memory.exports.shapes import AnyRow, Own
from memory.pages.customer import root_of
from memory.tables.identity import Alarm, BlockedValue, Challenge, Reach, Sighting, Suggestion
from memory.tables.main import (
    Audit,
    Case,
    Conversation,
    Customer,
    Delivery,
    Handle,
    Handoff,
    Inbound,
    Link,
    Message,
    Turn,
)
from memory.tables.people import Viewing
from memory.tables.remembered import Episode, Fact, Segment, Vector
from memory.tables.rows import table

Key: TypeAlias = tuple[Any, ...]

EXPORT = "export"
"""The action in the audit log."""

NOT_EXPORTED: Mapping[str, str] = MappingProxyType(
    {
        "parked": "mail that could not be read: whose it is, only a person can tell",
        "parked_update": "a provider's report about a message that is not known here",
    }
)
"""Tables that may hold something of a customer, and are not in an export of one; and why."""

_audit = table(Audit)
_case = table(Case)
_conversation = table(Conversation)
_customer = table(Customer)
_handle = table(Handle)
_handoff = table(Handoff)
_inbound = table(Inbound)
_link = table(Link)
_message = table(Message)
_turn = table(Turn)


@dataclass(frozen=True, slots=True)
class Exported:
    """One table in an export: which rows are theirs, and what of a row is given out; nothing where
    the row is not theirs after all."""

    rows: Table
    theirs: Callable[[Table, Own], ColumnElement[bool]]
    shape: Callable[[AnyRow, Own], dict[str, Any] | None]


def find_own(connection: Connection, customer_id: int, *, personal: bool) -> Own | None:
    """Who the customer is by now: their handles and customers; nothing when there is none.

    `personal` says whether what people are not shown before a proof is given out too.
    """
    root = root_of(connection, customer_id)
    if root is None:
        return None
    handles = connection.execute(
        select(_handle).where(_handle.c.customer_id == root).order_by(_handle.c.id)
    ).all()
    customers = {root, *(int(one.home_customer_id) for one in handles)}
    return Own(
        root,
        {int(one.id): str(one.key) for one in handles},
        frozenset(f"{one.kind}:{one.address}" for one in handles if one.retired_at is None),
        frozenset(customers),
        frozenset(connection.execute(_places([one.id for one in handles], customers)).scalars()),
        personal,
    )


def export_rows(
    connection: Connection, name: str, own: Own, after: Key, limit: int
) -> tuple[list[dict[str, Any]], Key | None]:
    """A page of a table, in the order of its key, behind the row `after`; and where to go on."""
    one = EXPORTED[name]
    keys = tuple(one.rows.primary_key.columns)
    query = select(one.rows).where(one.theirs(one.rows, own)).order_by(*keys).limit(limit)
    if name in ("delivery", "vector"):
        query = _with_message(query, one.rows)
    if after:
        query = query.where(tuple_(*keys) > tuple_(*after))
    rows = connection.execute(query).all()
    shaped = [told for row in rows if (told := one.shape(row, own)) is not None]
    if len(rows) < limit:
        return shaped, None
    return shaped, tuple(getattr(rows[-1], key.name) for key in keys)


def _with_message(query: Any, rows: Table) -> Any:
    """With what the message of a part drew on."""
    return query.add_columns(_message.c.extra_json.label("message_extra")).outerjoin(
        _message,
        (_message.c.conversation_id == rows.c.conversation_id) & (_message.c.seq == rows.c.seq),
    )


def _by_handle(rows: Table, own: Own) -> ColumnElement[bool]:
    return rows.c.handle_id.in_(own.handles)


def _by_customer(rows: Table, own: Own) -> ColumnElement[bool]:
    return rows.c.customer_id.in_(own.customers)


def _in_places(rows: Table, own: Own) -> ColumnElement[bool]:
    """Rows of theirs in conversations in which they may have written."""
    return rows.c.conversation_id.in_(own.places) & rows.c.handle_id.in_(own.handles)


def _places(handles: Collection[int], customers: Collection[int]) -> Any:
    """Every conversation that they began, wrote in or were answered in."""
    begun = select(_conversation.c.id).where(_conversation.c.handle_id.in_(handles))
    wrote = select(_inbound.c.conversation_id).where(_inbound.c.handle_id.in_(handles))
    turned = select(_turn.c.conversation_id).where(_turn.c.customer_id.in_(customers))
    return begun.union(wrote, turned)


def _reached(rows: Table, own: Own) -> ColumnElement[bool]:
    theirs = select(_message.c.conversation_id, _message.c.seq).where(
        _message.c.conversation_id.in_(own.places), _message.c.handle_id.in_(own.handles)
    )
    return tuple_(rows.c.conversation_id, rows.c.seq).in_(theirs)


def _logged(rows: Table, own: Own) -> ColumnElement[bool]:
    cases = select(_case.c.id).where(_case.c.handle_id.in_(own.handles))
    handoffs = select(_handoff.c.id).where(_handoff.c.case_id.in_(cases))
    return or_(
        rows.c.subject.in_({*own.handles.values(), *own.plain}),
        rows.c.subject.in_([f"customer:{one}" for one in own.customers]),
        rows.c.subject.in_(_subjects("handoff", handoffs)),
    )


def _subjects(kind: str, ids: Any) -> Any:
    found = ids.subquery()
    return select(literal(f"{kind}:") + cast(found.c.id, Text))


EXPORTED: Mapping[str, Exported] = MappingProxyType(
    {
        one.rows.name: one
        for one in (
            Exported(
                table(Customer), lambda rows, own: rows.c.id.in_(own.customers), shapes.customer
            ),
            Exported(_handle, lambda rows, own: rows.c.id.in_(own.handles), shapes.plain),
            Exported(
                _link,
                lambda rows, own: or_(_by_handle(rows, own), _by_customer(rows, own)),
                shapes.link,
            ),
            Exported(
                _conversation,
                lambda rows, own: rows.c.id.in_(own.places),
                shapes.conversation,
            ),
            Exported(_message, _in_places, shapes.message),
            Exported(table(Fact), _by_handle, shapes.fact),
            Exported(_case, _by_handle, shapes.case),
            Exported(
                _handoff,
                lambda rows, own: rows.c.case_id.in_(
                    select(_case.c.id).where(_case.c.handle_id.in_(own.handles))
                ),
                shapes.handoff,
            ),
            Exported(_turn, lambda rows, own: rows.c.conversation_id.in_(own.places), shapes.turn),
            Exported(table(Episode), _by_handle, shapes.episode),
            Exported(table(Delivery), _in_places, shapes.delivery),
            Exported(_inbound, _in_places, shapes.plain),
            Exported(table(Reach), _reached, shapes.plain),
            Exported(
                table(Challenge),
                lambda rows, own: rows.c.asker_handle_id.in_(own.handles),
                shapes.challenge,
            ),
            Exported(
                table(Sighting),
                lambda rows, own: or_(
                    rows.c.handle_key.in_({*own.handles.values(), *own.plain}),
                    rows.c.other_key.in_({*own.handles.values(), *own.plain}),
                ),
                shapes.sighting,
            ),
            Exported(
                table(Suggestion),
                lambda rows, own: or_(
                    rows.c.one_id.in_(own.customers), rows.c.other_id.in_(own.customers)
                ),
                shapes.suggestion,
            ),
            Exported(table(Alarm), _by_customer, shapes.alarm),
            Exported(
                table(BlockedValue),
                lambda rows, own: rows.c.pattern.in_({*own.handles.values(), *own.plain}),
                shapes.blocked,
            ),
            Exported(table(Viewing), _by_customer, shapes.viewing),
            Exported(_audit, _logged, shapes.audit),
            Exported(table(Segment), _by_handle, shapes.plain),
            Exported(table(Vector), _by_handle, shapes.plain),
        )
    }
)
"""The tables of an export, in the order in which they are written."""
