"""Time and identity as values: how an instant is stored, and how a time-ordered id is made.

Pure arithmetic. The clock itself is handed in; nothing here reads one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Micros = int
"""Whole microseconds since the epoch, UTC."""


def to_micros(moment: datetime) -> Micros:
    """An aware datetime as stored. Raises `ValueError` for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a time without a time zone cannot be stored")
    return (moment - EPOCH) // _MICROSECOND


def from_micros(micros: Micros) -> datetime:
    """A stored time as an aware UTC datetime."""
    return EPOCH + micros * _MICROSECOND


def id_source(micros: Callable[[], Micros], node: int = 0) -> Callable[[], int]:
    """A function giving ever-growing positive 63-bit ids: microseconds, then 10 bits of node.

    Ids of one source are strictly increasing, also when the clock stands still or goes back; two
    sources with different nodes (0 to 1023) never give the same id.
    """
    if not 0 <= node < 1024:
        raise ValueError("a node number is between 0 and 1023")
    last = 0

    def next_id() -> int:
        nonlocal last
        last = max(micros(), last + 1)
        return (last << 10) | node

    return next_id
