"""Work that looks again and again, beside all messages, for as long as the gateway runs.

One look at a time. A look that fails, because a database is away or otherwise, is said in the log
and is not the last one. What there is to look at is the business of whoever makes the round.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)


class Round:
    """Calls `look` every `every` seconds from `start` to `stop`, and at once again where it says
    `True`: there is more. `name` is what the log calls it."""

    def __init__(self, name: str, look: Callable[[], Awaitable[object]], every: float) -> None:
        self.name = name
        self._look = look
        self._every = every
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look; the first time after one pause."""
        self._task = asyncio.create_task(self._go_round())

    async def stop(self) -> None:
        """Look no more. A look that is under way is broken off between two of its steps."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _go_round(self) -> None:
        pause = self._every
        while True:
            await asyncio.sleep(pause)
            pause = self._every
            try:
                if await self._look() is True:
                    pause = 0.0
            except Exception as error:  # noqa: BLE001 - a database that is away comes back
                log.warning("look_failed", at=self.name, error=type(error).__name__)
