"""What was spent on a language model on one day, over all processes and restarts.

Totals alone: of whom or for what is not kept. Each day is a value of its own, of which only the
last is there.
"""

from __future__ import annotations

from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from core.clock import Micros
from memory.units.keeping import keep_value, kept_value

_ACCOUNT, _NAME = "language-model", "spent"


class Spent(NamedTuple):
    """Tokens and money of one day ("2026-03-04"); money in millionths of the currency."""

    day: str
    tokens: int = 0
    money: int = 0


def spent_on(connection: Connection, day: str) -> Spent:
    """What was spent on that day so far; nothing of another one."""
    kept = kept_value(connection, _ACCOUNT, _NAME)
    if kept is None:
        return Spent(day)
    found = Spent(*orjson.loads(kept))
    return found if found.day == day else Spent(day)


def spend(connection: Connection, more: Spent, now: Micros) -> Spent:
    """Add to what was spent on a day; the sum. A day that is over is not gone back to."""
    before = spent_on(connection, more.day)
    after = Spent(more.day, before.tokens + more.tokens, before.money + more.money)
    keep_value(connection, _ACCOUNT, _NAME, orjson.dumps(tuple(after)).decode(), now)
    return after
