"""What becomes of outgoing parts: sent, failed, reported on (who holds them: `holding`, beside).

Statuses only move forward. Nothing here talks to a provider.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from core.clock import Micros
from core.message import DeliveryStatus
from memory.tables.channels import ParkedUpdate
from memory.tables.main import Delivery, Handle
from memory.tables.rows import table
from memory.units.messages.bounces import call_people
from memory.units.messages.part_ends import REMAINS
from memory.units.messages.withdrawing import settle_doubt
from memory.units.prepared import write

_delivery = table(Delivery)
_handle = table(Handle)
_parked = table(ParkedUpdate)

RANK: Mapping[str, int] = {
    DeliveryStatus.PENDING: 0,
    DeliveryStatus.SENDING: 1,
    DeliveryStatus.SENT: 2,
    DeliveryStatus.DELIVERED: 3,
    DeliveryStatus.FAILED: 3,
    DeliveryStatus.DISCARDED: 3,
    DeliveryStatus.READ: 4,
}
"""How far along a status is; a report of a lower or equal rank changes nothing."""

PARKED_FOR: Micros = 24 * 3600 * 1_000_000
"""How long a report waits for its part. What is not known by then is no message of ours."""

# Not `in_`: its parameters expand, which a statement run for many rows cannot do.
_open = or_(
    _delivery.c.status == DeliveryStatus.PENDING.value,
    _delivery.c.status == DeliveryStatus.SENDING.value,
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A part that the provider accepted.

    `ids` are fresh ids for a case and a handoff, for when it was reported before that the address
    is dead.
    """

    delivery_id: int
    provider_id: str
    status: DeliveryStatus
    now: Micros
    attempts: int
    ids: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """A part that was not accepted: when to try again, or that nobody will (`due_at` is absent).

    `ids` are fresh ids for a case and a handoff, for when the address is dead.
    """

    delivery_id: int
    now: Micros
    attempts: int
    due_at: Micros | None
    claimed_until: Micros
    ambiguous: bool
    code: str | None
    reason: str
    opted_out: bool = False
    dead: bool = False
    discarded: bool = False
    ids: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider reports about a part, to be applied or parked.

    Lasting news about the address are kept on the handle, parked ones when the part is known.
    `ids` are fresh ids for a case and a handoff, for when the address is dead.
    """

    id: int
    account: str
    provider_id: str
    status: DeliveryStatus
    code: str | None
    reason: str | None
    now: Micros
    opted_out: bool = False
    dead: bool = False
    ids: tuple[int, int] | None = None


# What was discarded while it was on its way has left all the same, once there is a receipt.
_may_have_left = or_(_open, _delivery.c.status == DeliveryStatus.DISCARDED.value)
_mark_sent = (
    update(_delivery)
    .where(_delivery.c.id == bindparam("row"), _may_have_left)
    .values(
        status=bindparam("new_status"),
        provider_id=bindparam("provider"),
        attempts=bindparam("tries"),
        ambiguous=False,
        claimed_by=None,
        code=None,
        reason=None,
        updated_at=bindparam("now"),
        **REMAINS,
    )
)
_find_parked = select(_parked).where(_parked.c.provider_id.in_(bindparam("ids", expanding=True)))
_any_parked = select(_parked.c.id).limit(1)


def mark_sent(connection: Connection, batch: Sequence[Sent]) -> list[None]:
    """Record receipts, and apply the reports that came before them."""
    write(
        connection,
        _mark_sent,
        [
            {
                "row": one.delivery_id,
                "new_status": one.status.value,
                "provider": one.provider_id,
                "tries": one.attempts,
                "now": one.now,
            }
            for one in batch
        ],
    )
    if connection.execute(_any_parked).first() is not None:
        _apply_parked(connection, batch)
    return [None] * len(batch)


def _apply_parked(connection: Connection, batch: Sequence[Sent]) -> None:
    ids = {one.provider_id: one.ids for one in batch}
    for row in connection.execute(_find_parked, {"ids": list(ids)}).all():
        report = Report(
            row.id,
            row.account,
            row.provider_id,
            DeliveryStatus(row.status),
            row.code,
            row.reason,
            row.received_at,
            opted_out=bool(row.opted_out),
            dead=bool(row.dead),
            ids=ids[row.provider_id],
        )
        if _apply(connection, report) is not None:
            connection.execute(delete(_parked).where(_parked.c.id == row.id))


_mark_not_sent = (
    update(_delivery)
    .where(_delivery.c.id == bindparam("row"), _open)
    .values(
        status=bindparam("new_status"),
        attempts=bindparam("tries"),
        ambiguous=bindparam("lost"),
        due_at=bindparam("due"),
        code=bindparam("provider_code"),
        reason=bindparam("why"),
        claimed_until=bindparam("until"),
        updated_at=bindparam("now"),
    )
)
_mark_over = _mark_not_sent.values(**REMAINS)


def mark_not_sent(connection: Connection, batch: Sequence[NotSent]) -> list[None]:
    """Record failures: a next attempt, or the end with its reason.

    Lasting news about the address, such as an opt-out, are kept on the handle.
    """
    for one in batch:
        status = DeliveryStatus.PENDING if one.due_at is not None else DeliveryStatus.FAILED
        if one.discarded:
            status = DeliveryStatus.DISCARDED
        connection.execute(
            _mark_not_sent if status is DeliveryStatus.PENDING else _mark_over,
            {
                "row": one.delivery_id,
                "new_status": status.value,
                "tries": one.attempts,
                "lost": one.ambiguous,
                "due": one.due_at if one.due_at is not None else one.now,
                "until": one.claimed_until,
                "provider_code": one.code,
                "why": one.reason,
                "now": one.now,
            },
        )
        _keep_news(connection, one.delivery_id, one)
        if one.due_at is None:
            settle_doubt(connection, one.delivery_id, one.now, left=not one.discarded)
    return [None] * len(batch)


def _keep_news(connection: Connection, delivery_id: int, one: NotSent | Report) -> None:
    """Keep on the part's handle what will be true of the next part as well, and call people when
    it is that nothing arrives there."""
    changes = {name: True for name in ("opted_out", "dead") if getattr(one, name)}
    if changes:
        owner = select(_delivery.c.handle_id).where(_delivery.c.id == delivery_id)
        connection.execute(
            update(_handle).where(_handle.c.id == owner.scalar_subquery()).values(**changes)
        )
    if one.dead and one.ids is not None:
        call_people(connection, delivery_id, one.reason, one.now, one.ids)


def report(connection: Connection, batch: Sequence[Report]) -> list[int | None]:
    """Apply providers' reports; one about a part we do not know yet is parked. Returns part ids."""
    return [_report_one(connection, one) for one in batch]


def _report_one(connection: Connection, one: Report) -> int | None:
    applied = _apply(connection, one)
    if applied is not None:
        return applied
    # Here, so that what waits is bounded without a timer of its own.
    connection.execute(delete(_parked).where(_parked.c.received_at < one.now - PARKED_FOR))
    known = select(_parked.c.id).where(
        _parked.c.account == one.account,
        _parked.c.provider_id == one.provider_id,
        _parked.c.status == one.status.value,
    )
    if connection.execute(known).first() is None:
        connection.execute(
            insert(_parked),
            {
                "id": one.id,
                "account": one.account,
                "provider_id": one.provider_id,
                "status": one.status.value,
                "code": one.code,
                "reason": one.reason,
                "opted_out": one.opted_out,
                "dead": one.dead,
                "received_at": one.now,
            },
        )
    return None


def _apply(connection: Connection, one: Report) -> int | None:
    """Move the part forward; the part's id when it is known, whether or not it moved."""
    row = connection.execute(
        select(_delivery.c.id, _delivery.c.status).where(
            _delivery.c.account == one.account, _delivery.c.provider_id == one.provider_id
        )
    ).first()
    if row is None:
        return None
    if RANK[one.status] > RANK[row.status]:
        connection.execute(
            update(_delivery)
            .where(_delivery.c.id == row.id)
            .values(status=one.status.value, code=one.code, reason=one.reason, updated_at=one.now)
        )
        _keep_news(connection, row.id, one)
    return int(row.id)


def retry(connection: Connection, delivery_id: int, now: Micros) -> bool:
    """Put a failed part back on its way; false when it is not failed, or held a code."""
    changed = connection.execute(
        update(_delivery)
        .where(
            _delivery.c.id == delivery_id,
            _delivery.c.status == "failed",
            _delivery.c.kept_json.is_(None),
        )
        .values(status="pending", due_at=now, updated_at=now, reason=None)
    )
    return changed.rowcount == 1


def receipts(connection: Connection, conversation_id: int, limit: int = 200) -> frozenset[str]:
    """Provider ids of the newest parts of a conversation that have one."""
    rows = connection.execute(
        select(_delivery.c.provider_id)
        .where(_delivery.c.conversation_id == conversation_id, _delivery.c.provider_id.is_not(None))
        .order_by(_delivery.c.seq.desc())
        .limit(limit)
    )
    return frozenset(rows.scalars())
