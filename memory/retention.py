"""What was kept for long enough, by class: what would go now, and what an open case holds back.

Reads only, page by page. Nothing of a customer is old while a case or a handoff of theirs is open,
or a message of theirs waits for an answer. What goes along with it is
`memory.units.erasing.retention`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    func,
    or_,
    select,
    tuple_,
    union,
)

from core.clock import Micros
from memory.named_files import kept_files
from memory.tables.channels import Parked
from memory.tables.identity import Alarm, Challenge
from memory.tables.main import Audit, Case, Handle, Handoff, Inbound, Message, Turn
from memory.tables.people import Viewing
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.erasing.log import ERASE

Key: TypeAlias = tuple[int, ...]
"""A row by the columns of its table's key."""

_alarm = table(Alarm)
_audit = table(Audit)
_case = table(Case)
_challenge = table(Challenge)
_fact = table(Fact)
_handle = table(Handle)
_handoff = table(Handoff)
_inbound = table(Inbound)
_message = table(Message)
_parked = table(Parked)
_turn = table(Turn)
_viewing = table(Viewing)


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of one table that are kept for as long as each other: as `setting` says.

    `born` is what their age counts from, `old` tells which are over before a moment. `owner` is the
    handle or the customer whose open case holds a row back; without one, nothing does.
    """

    name: str
    setting: str
    rows: Table
    born: Column[int]
    old: Callable[[Micros], ColumnElement[bool]]
    owner: Column[int] | None = None

    @property
    def free(self) -> ColumnElement[bool]:
        """Rows that no open case holds back."""
        if self.owner is None:
            return self.born.is_not(None)
        customers = _busy_customers()
        if self.owner.name == "customer_id":
            return self.owner.not_in(customers)
        return self.owner.not_in(select(_handle.c.id).where(_handle.c.customer_id.in_(customers)))


def _busy_customers() -> Select[Any]:
    """Customers of whom somebody has a case open, is in human hands, or waits for an answer."""
    cases = select(_case.c.handle_id).where(_case.c.status.in_(("open", "handed", "aside")))
    handoffs = select(_handoff.c.handle_id).where(_handoff.c.status.in_(("waiting", "owned")))
    waiting = select(_inbound.c.handle_id).where(_inbound.c.status == "new")
    busy = union(cases, handoffs, waiting).subquery()
    return select(_handle.c.customer_id).where(_handle.c.id.in_(select(busy.c.handle_id)))


def old_fact(before: Micros) -> ColumnElement[bool]:
    """Facts that were told, told again and ended before; not one that is pinned, or is a promise
    that is not settled yet."""
    return and_(
        _fact.c.recorded_at < before,
        _fact.c.touched_at < before,
        func.coalesce(_fact.c.valid_to, 0) < before,
        func.coalesce(_fact.c.retired_at, 0) < before,
        _fact.c.pinned.is_(False),
        or_(_fact.c.due_at.is_(None), _fact.c.due_at < before, _fact.c.outcome.is_not(None)),
    )


KINDS: Mapping[str, Kind] = {
    one.name: one
    for one in (
        Kind(
            "messages",
            "messages_days",
            _message,
            _message.c.created_at,
            lambda before: _message.c.created_at < before,
            _message.c.handle_id,
        ),
        Kind(
            "cases",
            "messages_days",
            _case,
            _case.c.updated_at,
            lambda before: (_case.c.status == "closed") & (_case.c.updated_at < before),
            _case.c.handle_id,
        ),
        Kind("facts", "facts_days", _fact, _fact.c.recorded_at, old_fact, _fact.c.handle_id),
        Kind(
            "turns",
            "turns_days",
            _turn,
            _turn.c.decided_at,
            lambda before: (_turn.c.decided_at < before) & (_turn.c.record_json != "{}"),
            _turn.c.customer_id,
        ),
        Kind(
            "files",
            "files_days",
            _message,
            _message.c.created_at,
            lambda before: (
                (_message.c.created_at < before) & _message.c.extra_json.contains('"file:')
            ),
            _message.c.handle_id,
        ),
        Kind(
            "unreadable",
            "files_days",
            _parked,
            _parked.c.received_at,
            lambda before: (_parked.c.received_at < before) & (_parked.c.status == "dismissed"),
        ),
        Kind(
            "changes",
            "log_days",
            _audit,
            _audit.c.at,
            lambda before: (_audit.c.at < before) & (_audit.c.action != ERASE),
        ),
        Kind(
            "viewings",
            "log_days",
            _viewing,
            _viewing.c.at,
            lambda before: _viewing.c.at < before,
        ),
        Kind(
            "alarms",
            "log_days",
            _alarm,
            _alarm.c.closed_at,
            lambda before: func.coalesce(_alarm.c.closed_at, before) < before,
        ),
        Kind(
            "codes",
            "log_days",
            _challenge,
            _challenge.c.created_at,
            lambda before: (_challenge.c.created_at < before) & (_challenge.c.expires_at < before),
        ),
    )
}
"""Everything that has its time, in the order in which it goes."""


def old_rows(
    connection: Connection, name: str, before: Micros, after: Key, limit: int
) -> tuple[Sequence[Key], Key | None]:
    """The keys of rows of this kind that go, behind `after`, and after which to go on."""
    kind = KINDS[name]
    keys = tuple(kind.rows.primary_key.columns)
    query = select(*keys).where(kind.old(before), kind.free).order_by(*keys).limit(limit)
    if name == "files":
        query = query.add_columns(_message.c.extra_json)
    if after:
        query = query.where(tuple_(*keys) > tuple_(*after))
    found = connection.execute(query).all()
    rows = [row for row in found if name != "files" or kept_files(row.extra_json)]
    last = tuple(found[-1][: len(keys)]) if len(found) == limit else None
    return [tuple(row[: len(keys)]) for row in rows], last


@dataclass(frozen=True, slots=True)
class Due:
    """How much of one kind would go now, how much is over but held back by open cases, and from
    when the oldest is that is kept. `days` is for how long; nothing is for ever."""

    name: str
    days: int | None
    goes: int
    held: int
    oldest: Micros | None


def due(connection: Connection, name: str, days: int | None, now: Micros) -> Due:
    """Count one kind. It reads all of its rows."""
    kind = KINDS[name]
    before = cutoff(days, now)
    if before is None:
        return Due(name, None, 0, 0, _oldest(connection, kind, None))
    goes, held = kind.old(before) & kind.free, kind.old(before) & ~kind.free
    count = select(func.count()).select_from(kind.rows)
    return Due(
        name,
        days,
        int(connection.execute(count.where(goes)).scalar_one()),
        int(connection.execute(count.where(held)).scalar_one()),
        _oldest(connection, kind, goes),
    )


def cutoff(days: int | None, now: Micros) -> Micros | None:
    """Before which moment things are over; nothing where they are kept for ever."""
    return now - days * 86_400 * 1_000_000 if days else None


def _oldest(connection: Connection, kind: Kind, goes: ColumnElement[bool] | None) -> Micros | None:
    query = select(func.min(kind.born))
    if goes is not None:
        query = query.where(~goes)
    found: Micros | None = connection.execute(query).scalar()
    return found
