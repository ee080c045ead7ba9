"""Who holds outgoing parts: claimed to be sent, found again after a crash, given back at the end.

A part is born in "sending", claimed by the worker that committed it, so that no extra write is
needed before it is sent; after a crash every such part is ambiguous and is reconciled before it is
tried again. Nothing here talks to a provider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, literal_column, or_, select, update

from core.clock import Micros
from core.message import DeliveryStatus
from memory.readable.drawing import WITHDRAWN
from memory.tables.main import Delivery
from memory.tables.rows import table

_delivery = table(Delivery)

_open = or_(
    _delivery.c.status == DeliveryStatus.PENDING.value,
    _delivery.c.status == DeliveryStatus.SENDING.value,
)
# A literal, so that SQLite sees that its partial index answers the question.
_in_doubt = _delivery.c.code == literal_column(f"'{WITHDRAWN}'")


@dataclass(frozen=True, slots=True)
class Due:
    """A part to send now. `lost` means an earlier attempt may have arrived: reconcile first."""

    id: int
    conversation_id: int
    seq: int
    part: int
    parts: int
    account: str
    channel: str
    author: str
    address_json: str
    payload_json: str
    attempts: int
    created_at: Micros
    updated_at: Micros
    lost: bool


def claim_due(
    connection: Connection, worker: str, now: Micros, until: Micros, limit: int
) -> list[Due]:
    """Claim open parts that are due and that no living worker holds, oldest first.

    A part found in "sending" was with a worker that is gone, so it may have been sent. So may one
    that was held back meanwhile, whose outcome nobody has told.
    """
    mine_or_gone = and_(
        _open,
        _delivery.c.due_at <= now,
        _delivery.c.claimed_until <= now,
    )
    rows = connection.execute(
        select(_delivery)
        .where(mine_or_gone)
        .order_by(_delivery.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        connection.execute(
            update(_delivery)
            .where(_delivery.c.id.in_([row.id for row in rows]))
            .values(status="sending", claimed_by=worker, claimed_until=until)
        )
    doubtful = _claim_doubtful(connection, worker, now, until, limit)
    return [
        Due(
            row.id,
            row.conversation_id,
            row.seq,
            row.part,
            row.parts,
            row.account,
            row.channel,
            row.author,
            row.address_json,
            row.payload_json,
            row.attempts,
            row.created_at,
            row.updated_at,
            lost=bool(row.ambiguous) or row.status != "pending",
        )
        for row in sorted((*rows, *doubtful), key=lambda row: row.id)
    ]


def _claim_doubtful(
    connection: Connection, worker: str, now: Micros, until: Micros, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    rows = connection.execute(
        select(_delivery)
        .where(_in_doubt, _delivery.c.claimed_until <= now)
        .order_by(_delivery.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        connection.execute(
            update(_delivery)
            .where(_delivery.c.id.in_([row.id for row in rows]))
            .values(claimed_by=worker, claimed_until=until)
        )
    return rows


def release_claims(connection: Connection, now: Micros) -> int:
    """At start-up of the only process: parts of workers that are gone become due at once.

    Returns how many of them may have been sent.
    """
    lost = connection.execute(
        update(_delivery)
        .where(_delivery.c.status == "sending")
        .values(claimed_until=now, due_at=now, ambiguous=True)
    )
    # Due at once, too: what waits to be tried again must not be overtaken by what stood behind it.
    connection.execute(
        update(_delivery)
        .where(_delivery.c.status == "pending")
        .values(claimed_until=now, due_at=now)
    )
    connection.execute(update(_delivery).where(_in_doubt).values(claimed_until=now))
    return lost.rowcount


def give_back(connection: Connection, worker: str, untouched: Sequence[int], now: Micros) -> None:
    """A worker ends: what it holds is free at once, and what it never tried is not in doubt."""
    mine = and_(_delivery.c.claimed_by == worker, _open)
    connection.execute(
        update(_delivery).where(mine, _delivery.c.id.in_(untouched)).values(status="pending")
    )
    connection.execute(update(_delivery).where(mine).values(claimed_until=now, due_at=now))
    held_back = and_(_delivery.c.claimed_by == worker, _in_doubt)
    connection.execute(update(_delivery).where(held_back).values(claimed_until=now))


def renew(connection: Connection, delivery_ids: Sequence[int], until: Micros) -> None:
    """Keep hold of parts that wait in this process behind others."""
    connection.execute(
        update(_delivery)
        .where(_delivery.c.id.in_(delivery_ids), or_(_open, _in_doubt))
        .values(claimed_until=until)
    )
