"""The cases that time may do something about: those that people have, and those whose customer
waits for a word of ours.

It reads page by page and is shown to rules alone, never to a customer. What the rules make of it is
`core.escalation.timers`'.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select, and_, null, select

from core.clock import Micros, from_micros, to_micros
from core.escalation.timers import Pending
from core.message import Author
from memory.codec import load_case
from memory.readable.sender import AnyRow
from memory.tables.main import Case, Conversation, Handle, Handoff, Message
from memory.tables.rows import table
from memory.units.identity.attributes import current_attributes
from memory.units.people import asides

Attributes: TypeAlias = "dict[str, str]"
"""By name, as the business's own systems tell them."""

PAGE = 100
LOOKED_BACK = timedelta(days=7)
"""A case that only we have is looked at for so long after the last thing that happened in it."""

_WALK = 50
"""Messages that are looked through for since when somebody waits; whoever wrote more in a row has
waited since the first of these."""

_case = table(Case)
_conversation = table(Conversation)
_handle = table(Handle)
_handoff = table(Handoff)
_message = table(Message)


@dataclass(frozen=True, slots=True)
class PendingCase:
    """A case with where it is. `handoff_id` is there while people have it; `urgency` and `queue`
    are the handoff's then. Where no machine may answer, `mute` says so."""

    case_id: int
    customer_id: int
    handle_key: str
    pending: Pending
    handoff_id: int | None = None
    urgency: str = ""
    queue: str = ""
    mute: bool = False


_PLACE = (
    _case.c.id.label("case_id"),
    _case.c.conversation_id,
    _case.c.handle_id,
    _case.c.state_json,
    _case.c.opened_at,
    _handle.c.key.label("handle_key"),
    _handle.c.customer_id,
    _conversation.c.channel,
    _conversation.c.assurance,
)
_HANDED = (
    _handoff.c.id.label("handoff_id"),
    _handoff.c.rule,
    _handoff.c.urgency,
    _handoff.c.queue,
    _handoff.c.opened_at.label("handed_at"),
    _handoff.c.answered_at,
)
_NOT_HANDED = tuple(null().label(one.name) for one in _HANDED)


def with_people(connection: Connection, after: int) -> list[PendingCase]:
    """The next `PAGE` cases that people have, by their handoffs' ids from `after` on, which are
    those of the answer's cases."""
    query = (
        select(*_PLACE, *_HANDED)
        .join(_case, _case.c.id == _handoff.c.case_id)
        .join(_handle, _handle.c.id == _case.c.handle_id)
        .join(_conversation, _conversation.c.id == _case.c.conversation_id)
        .where(_handoff.c.status.in_(("waiting", "owned")), _handoff.c.id > after)
        .order_by(_handoff.c.id)
    )
    return _found(connection, query, {Author.AGENT})


def waiting_for_us(connection: Connection, after: int, now: Micros) -> list[PendingCase]:
    """The next `PAGE` open cases, by their ids from `after` on, in which the customer had the last
    word."""
    since = to_micros(from_micros(now) - LOOKED_BACK)
    last = and_(
        _message.c.conversation_id == _conversation.c.id, _message.c.seq == _conversation.c.seq
    )
    query = (
        select(*_PLACE, *_NOT_HANDED)
        .join(_handle, _handle.c.id == _case.c.handle_id)
        .join(_conversation, _conversation.c.id == _case.c.conversation_id)
        .join(_message, last)
        .where(
            _case.c.status == "open",
            _case.c.updated_at > since,
            _case.c.id > after,
            _message.c.author == Author.CUSTOMER.value,
        )
        .order_by(_case.c.id)
    )
    return _found(connection, query, {Author.AGENT, Author.BOT})


def _found(connection: Connection, query: Select[Any], answering: set[Author]) -> list[PendingCase]:
    rows = connection.execute(query.limit(PAGE)).all()
    told = _attributes(connection, {row.customer_id for row in rows}) if rows else {}
    return [
        _made(connection, row, _of_all(told[row.customer_id], row.handle_id), answering)
        for row in rows
    ]


def _attributes(connection: Connection, customers: set[int]) -> dict[int, dict[int, Attributes]]:
    """What is known now of each customer, by their handles."""
    found = connection.execute(
        select(_handle.c.id, _handle.c.customer_id).where(_handle.c.customer_id.in_(customers))
    ).all()
    told = current_attributes(connection, {row.id for row in found})
    of: dict[int, dict[int, Attributes]] = {one: {} for one in customers}
    for row in found:
        of[row.customer_id][row.id] = told.get(row.id, {})
    return of


def _of_all(told: dict[int, Attributes], own: int) -> Attributes:
    """What is known over all of somebody's handles; what is known of this one goes before."""
    known: Attributes = {}
    for one in told.values():
        known |= one
    return known | told[own]


def _made(
    connection: Connection, row: AnyRow, attributes: Attributes, answering: set[Author]
) -> PendingCase:
    since = _waits_since(connection, row, answering)
    if row.handoff_id is not None and row.answered_at is None:
        since = row.handed_at
    pending = Pending(
        state=load_case(row.state_json),
        status="open" if row.handoff_id is None else "queued",
        channel=row.channel,
        level=row.assurance,
        opened_at=from_micros(row.opened_at),
        waiting_since=None if since is None else from_micros(since),
        attributes=attributes,
        language=attributes.get("language"),
    )
    return PendingCase(
        row.case_id,
        row.customer_id,
        row.handle_key,
        pending,
        row.handoff_id,
        row.urgency or "",
        row.queue or "",
        row.rule == asides.RULE,
    )


def _waits_since(connection: Connection, row: AnyRow, answering: set[Author]) -> Micros | None:
    """When the first message of this sender came that nobody of these has answered."""
    newest = connection.execute(
        select(_message.c.author, _message.c.created_at)
        .where(
            _message.c.conversation_id == row.conversation_id,
            _message.c.handle_id == row.handle_id,
        )
        .order_by(_message.c.seq.desc())
        .limit(_WALK)
    )
    since: Micros | None = None
    for author, at in newest:
        if author in answering:
            break
        if author == Author.CUSTOMER:
            since = at
    return since
