"""What people look at: lists of conversations, handoffs and customers, and the pages behind them.

Reads only, on any connection, for the console, the API and the command line. This is the one module
they import; a customer's page and the records are read by the modules beside it. Every list is
bounded.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, or_, select

from core.clock import Micros, from_micros
from core.message import Author
from memory.pages.audit import audit_log
from memory.pages.customer import customer_page, timeline
from memory.pages.packets import readable_packet
from memory.pages.records import dead_letters, turn_page
from memory.pages.rows import FAILED, AnyRow, display_names
from memory.pages.views import ConversationView, CustomerRow, HandleBrief, HandoffView
from memory.readable.drawing import WITHHELD, drawn_of, strangers
from memory.tables.main import (
    Case,
    Conversation,
    Customer,
    Delivery,
    Handle,
    Handoff,
    Inbound,
    Message,
)
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.identity.joining import IMPORT_UNDONE

__all__ = [
    "audit_log",
    "conversation_page",
    "conversations",
    "customer_page",
    "customers",
    "dead_letters",
    "handoff_page",
    "last_inbound_at",
    "queue",
    "timeline",
    "turn_page",
]

_case = table(Case)
_conversation = table(Conversation)
_customer = table(Customer)
_delivery = table(Delivery)
_fact = table(Fact)
_handle = table(Handle)
_handoff = table(Handoff)
_inbound = table(Inbound)
_message = table(Message)

_URGENCY = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
_SECOND = 1_000_000
_LATELY = 200
"""How many of a conversation's newest messages are looked through for who writes in it."""


def conversations(
    connection: Connection, limit: int = 50, before: Micros | None = None
) -> list[ConversationView]:
    """The threads, the most recently active first; `before` is the last one's `updated_at`."""
    query = _conversation_rows().order_by(_conversation.c.updated_at.desc()).limit(limit)
    if before is not None:
        query = query.where(_conversation.c.updated_at < before)
    return _conversation_views(connection, connection.execute(query).all())


def conversation_page(connection: Connection, conversation_id: int) -> ConversationView | None:
    """One thread, or nothing when there is none with this id."""
    query = _conversation_rows().where(_conversation.c.id == conversation_id)
    return next(iter(_conversation_views(connection, connection.execute(query).all())), None)


def _conversation_rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            _conversation,
            _handle.c.key.label("handle_key"),
            _handle.c.customer_id,
            _message.c.author,
            _message.c.text,
            _message.c.extra_json,
            _message.c.handle_id.label("answered_id"),
        )
        .join(_handle, _handle.c.id == _conversation.c.handle_id)
        .outerjoin(
            _message,
            (_message.c.conversation_id == _conversation.c.id)
            & (_message.c.seq == _conversation.c.seq),
        )
    )


def _conversation_views(connection: Connection, rows: Collection[AnyRow]) -> list[ConversationView]:
    ids = [row.id for row in rows]
    handles = {row.handle_id for row in rows}
    cases: dict[int, str] = {}
    for one in connection.execute(
        select(_case.c.conversation_id, _case.c.status)
        .where(_case.c.handle_id.in_(handles), _case.c.conversation_id.in_(ids))
        # What was set aside says nothing of how the conversation itself stands.
        .order_by((_case.c.status == "aside").desc(), _case.c.updated_at, _case.c.id)
    ):
        cases[one.conversation_id] = one.status
    failed = set(
        connection.execute(
            select(_delivery.c.conversation_id)
            .where(FAILED, _delivery.c.conversation_id.in_(ids))
            .distinct()
        ).scalars()
    )
    names = display_names(connection, {row.customer_id for row in rows})
    people = _people(connection, [row.id for row in rows if row.place_key is not None])
    last = _last_texts(connection, rows)
    return [
        ConversationView(
            id=row.id,
            account=row.account,
            channel=row.channel,
            customer_id=row.customer_id,
            customer_name=names[row.customer_id],
            handle_id=row.handle_id,
            handle=row.handle_key,
            messages=row.seq,
            last_author=row.author,
            last_text=last[row.id],
            status=cases.get(row.id),
            failed=row.id in failed,
            created_at=from_micros(row.created_at),
            updated_at=from_micros(row.updated_at),
            place_key=row.place_key,
            place_title=row.place_title,
            people=people.get(row.id, 1),
        )
        for row in rows
    ]


def _last_texts(connection: Connection, rows: Collection[AnyRow]) -> dict[int, str | None]:
    """The newest words of each row's thread, unless they were made from another's memory."""
    drawn = {row.id: (row.answered_id, drawn_of(row.extra_json)) for row in rows}
    closed = strangers(connection, drawn.values())
    return {row.id: WITHHELD if drawn[row.id] in closed else row.text for row in rows}


def _people(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """How many have written lately in each of these conversations."""
    if not ids:
        return {}
    counted = connection.execute(
        select(_message.c.conversation_id, func.count(_message.c.handle_id.distinct()))
        .join(_conversation, _conversation.c.id == _message.c.conversation_id)
        .where(
            _message.c.conversation_id.in_(ids),
            _message.c.author == Author.CUSTOMER.value,
            _message.c.seq > _conversation.c.seq - _LATELY,
        )
        .group_by(_message.c.conversation_id)
    )
    return {row[0]: row[1] for row in counted}


def queue(
    connection: Connection, now: Micros, *, closed: bool = False, limit: int = 200
) -> list[HandoffView]:
    """The cases in human hands: waiting before owned, urgent before others, oldest first.

    With `closed`, those that were given back or resolved, the last one first.
    """
    query = _handoff_rows()
    if closed:
        query = query.where(_handoff.c.status == "closed").order_by(_handoff.c.closed_at.desc())
    else:
        urgency = case(_URGENCY, value=_handoff.c.urgency, else_=_URGENCY["normal"])
        query = query.where(_handoff.c.status.in_(("waiting", "owned"))).order_by(
            _handoff.c.status.desc(), urgency, _handoff.c.opened_at, _handoff.c.id
        )
    return _handoff_views(connection, connection.execute(query.limit(limit)).all(), now)


def handoff_page(connection: Connection, handoff_id: int, now: Micros) -> HandoffView | None:
    """One case in human hands, open or closed, with its packet."""
    rows = connection.execute(_handoff_rows().where(_handoff.c.id == handoff_id)).all()
    return next(iter(_handoff_views(connection, rows, now)), None)


def _handoff_rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            _handoff,
            _handle.c.key.label("handle_key"),
            _handle.c.customer_id.label("present_customer_id"),
            _conversation.c.account,
            _conversation.c.channel,
            _conversation.c.place_title,
            _message.c.author,
            _message.c.text,
            _message.c.extra_json,
            _message.c.handle_id.label("answered_id"),
        )
        .join(_handle, _handle.c.id == _handoff.c.handle_id)
        .join(_conversation, _conversation.c.id == _handoff.c.conversation_id)
        .outerjoin(
            _message,
            (_message.c.conversation_id == _conversation.c.id)
            & (_message.c.seq == _conversation.c.seq),
        )
    )


def _handoff_views(
    connection: Connection, rows: Collection[AnyRow], now: Micros
) -> list[HandoffView]:
    names = display_names(connection, {row.present_customer_id for row in rows})
    last = _last_texts(connection, rows)
    owners = _owners(connection, {row.present_customer_id for row in rows})
    return [
        HandoffView(
            id=row.id,
            case_id=row.case_id,
            customer_id=row.present_customer_id,
            customer_name=names[row.present_customer_id],
            conversation_id=row.conversation_id,
            account=row.account,
            channel=row.channel,
            handle=row.handle_key,
            status=row.status,
            owner=row.owner,
            rule=row.rule,
            reason=row.reason or f"The rule “{row.rule}” handed this case to people.",
            queue=row.queue,
            urgency=row.urgency,
            age_seconds=max(0, (row.closed_at or now) - row.opened_at) // _SECOND,
            opened_at=from_micros(row.opened_at),
            answered_at=_moment(row.answered_at),
            closed_at=_moment(row.closed_at),
            closed_as=row.closed_as,
            turn_id=row.turn_id,
            last_author=row.author,
            last_text=last[row.id],
            place_title=row.place_title,
            messages=row.messages,
            packet=readable_packet(row.packet_json, owners.get(row.present_customer_id, {})),
        )
        for row in rows
    ]


def _owners(connection: Connection, customer_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """The handles of each customer, by id."""
    owners: dict[int, dict[int, str]] = {}
    for row in connection.execute(
        select(_handle.c.customer_id, _handle.c.id, _handle.c.key).where(
            _handle.c.customer_id.in_(customer_ids)
        )
    ):
        owners.setdefault(row.customer_id, {})[row.id] = row.key
    return owners


def customers(connection: Connection, query: str = "", limit: int = 50) -> list[CustomerRow]:
    """Customers whose name or any handle has the words of `query` in it, last seen first.

    The digits of an id find the customer it stands for now, however often it was merged since. Who
    came with an import that was undone, and never wrote, is found by the id alone.
    """
    seen = func.max(_handle.c.seen_at).label("seen_at")
    found = select(_handle.c.customer_id, seen).group_by(_handle.c.customer_id)
    gone = _handle.c.retired_because
    here = [gone.is_(None), gone != IMPORT_UNDONE]
    if (known := _customer_numbered(query)) is not None:
        here.append(_handle.c.home_customer_id == known)
    found = found.where(or_(*here))
    if query:
        found = found.having(_handle.c.customer_id.in_(_matching(query)))
    last = connection.execute(found.order_by(seen.desc()).limit(limit)).all()
    ids = [row.customer_id for row in last]
    handles: dict[int, list[HandleBrief]] = {}
    for row in connection.execute(
        select(_handle.c.customer_id, _handle.c.id, _handle.c.key, _handle.c.kind)
        .where(_handle.c.customer_id.in_(ids))
        .order_by(_handle.c.id)
    ):
        handles.setdefault(row.customer_id, []).append(HandleBrief(row.id, row.key, row.kind))
    names = display_names(connection, ids)
    return [
        CustomerRow(
            row.customer_id,
            names[row.customer_id],
            tuple(handles[row.customer_id]),
            from_micros(row.seen_at),
        )
        for row in last
    ]


def _matching(query: str) -> Select[int]:
    """Ids of customers found by name, by id, or by address without its spaces and dashes.

    A customer's old id is that of the customer who came with one of the handles.
    """
    wanted = query.casefold()
    dense = "".join(wanted.split()).replace("-", "")
    known = _customer_numbered(query)
    called = select(_fact.c.handle_id).where(
        _fact.c.key == "attribute:name",
        _fact.c.valid_to.is_(None),
        func.lower(_fact.c.value).contains(wanted, autoescape=True),
    )
    return (
        select(_handle.c.customer_id)
        .join(_customer, _customer.c.id == _handle.c.home_customer_id)
        .where(
            or_(
                func.lower(_handle.c.key).contains(wanted, autoescape=True),
                func.lower(_handle.c.address).contains(dense, autoescape=True),
                func.lower(_customer.c.name).contains(wanted, autoescape=True),
                _handle.c.id.in_(called),
                *([] if known is None else [_handle.c.home_customer_id == known]),
            )
        )
    )


def _customer_numbered(query: str) -> int | None:
    """The id that a query is, if it is one."""
    number = int(query) if query.isascii() and query.isdigit() and len(query) < 20 else 0
    return number if 0 < number < 1 << 63 else None


def last_inbound_at(connection: Connection, account: str) -> Micros | None:
    """When the newest message of an account was received, if there is any."""
    newest = (
        select(_inbound.c.received_at)
        .where(_inbound.c.account == account)
        .order_by(_inbound.c.id.desc())
        .limit(1)
    )
    return connection.execute(newest).scalar()


def _moment(micros: Micros | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
