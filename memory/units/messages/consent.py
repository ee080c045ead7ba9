"""What must not leave any more, asked at the last moment: STOP may come while an answer is on its
way, and so may word that its receiver was taken for somebody else.

It reads only. What a carrier word changes is written at admission.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, or_, select

from core.message import DeliveryStatus
from memory.tables.main import Delivery, Handle
from memory.tables.rows import table

OPTED_OUT = "The customer has opted out of messages on this number."
"""Why nothing is sent, for a person."""

_delivery = table(Delivery)
_handle = table(Handle)

_gone = select(_handle.c.id).where(
    _handle.c.id.in_(bindparam("ids", expanding=True)), _handle.c.opted_out
)
_recipient = (
    select(or_(_handle.c.opted_out, _delivery.c.status == DeliveryStatus.DISCARDED.value))
    .join(_delivery, _delivery.c.handle_id == _handle.c.id)
    .where(_delivery.c.id == bindparam("part"))
)


def opted_out_among(connection: Connection, handle_ids: Collection[object]) -> frozenset[int]:
    """Which of these handles want no messages."""
    rows = connection.execute(_gone, {"ids": list(handle_ids)})
    return frozenset(rows.scalars())


def is_recipient_gone(connection: Connection, delivery_id: int) -> bool:
    """Whether the part's recipient wants no messages by now, or it was discarded meanwhile."""
    return bool(connection.execute(_recipient, {"part": delivery_id}).scalar())
