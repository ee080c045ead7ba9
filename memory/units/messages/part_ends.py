"""How a part ends: what remains of it, and what is written when it is not to leave any more.

A payload with a secret of ours, such as a one-time code, is wanted only until its part is over;
after that what may be kept stands in its place. Columns only; who ends a part, others decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import func

from core.clock import Micros
from core.message import DeliveryStatus
from memory.tables.main import Delivery
from memory.tables.rows import table

_delivery = table(Delivery)

REMAINS: Mapping[str, Any] = MappingProxyType(
    {"payload_json": func.coalesce(_delivery.c.kept_json, _delivery.c.payload_json)}
)
"""The column that a part has once it is over."""


def discarded(reason: str, now: Micros) -> dict[str, Any]:
    """The columns of a part that is not to leave any more."""
    return {
        "status": DeliveryStatus.DISCARDED.value,
        "reason": reason,
        "updated_at": now,
        **REMAINS,
    }
