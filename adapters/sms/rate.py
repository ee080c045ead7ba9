"""How fast a number sends: each part is given its moment, in order, and waits for it.

A wait that would be long is told as an error that names it, and the moment is kept for that part.
It sends nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from core.channel import SendError

LONGEST_WAIT = 5.0
"""Seconds a part waits here, where it holds one of the gateway's hands."""

MOST_KEPT = 10_000
"""Parts whose moments are kept; of what comes then none is, and it is asked to come back."""

_UNUSED = 300.0


class SendRate:
    """The sending rate of each number. `clock` gives seconds that only grow."""

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._gap = 1.0 / per_second if per_second else 0.0
        self._clock = clock
        self._free: dict[str, float] = {}
        self._kept: dict[tuple[str, str], float] = {}

    async def wait(self, sender: str, part: str) -> None:
        """Wait for the part's turn. Raises `SendError`, retryable, when it is too far off."""
        if not self._gap:
            return
        now = self._clock()
        moment = self._kept.pop((sender, part), None)
        if moment is None:
            moment = max(now, self._free.get(sender, now))
            if moment - now > LONGEST_WAIT and not self._has_room(now):
                raise _later(moment - now)
            self._free[sender] = moment + self._gap
        if moment - now > LONGEST_WAIT:
            self._kept[(sender, part)] = moment
            raise _later(moment - now)
        await asyncio.sleep(moment - now)

    def _has_room(self, now: float) -> bool:
        """Whether one more moment can be kept. Those that passed unused are forgotten: their parts
        were discarded, or came to their end."""
        if len(self._kept) >= MOST_KEPT:
            passed = [key for key, moment in self._kept.items() if moment < now - _UNUSED]
            for key in passed:
                del self._kept[key]
        return len(self._kept) < MOST_KEPT


def _later(seconds: float) -> SendError:
    reason = "Our number has many messages to send, and sends them one after another."
    return SendError(reason, retryable=True, retry_after=seconds)
