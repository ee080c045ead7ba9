"""Notices, while the gateway runs, that the admin token was replaced beside it.

It looks now and then at the one row, and lets the keeper and the console's open lines know. It
decides nothing about credentials: `gateway.access` does.
"""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from gateway.access import Keeper, token_hash
from gateway.events import Bus
from memory.store import Store

log = structlog.get_logger(__name__)

EVERY_SECONDS = 2.0


class TokenWatch:
    """Looks every `EVERY_SECONDS` from `start` to `stop`."""

    def __init__(self, store: Store, keeper: Keeper, bus: Bus) -> None:
        self._store = store
        self._keeper = keeper
        self._bus = bus
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._looking = asyncio.create_task(self._look_again_and_again())

    async def stop(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking

    async def look(self) -> None:
        """Take over another token, if there is one; whoever was signed in has to come again."""
        stored = await self._store.read(token_hash)
        if stored is not None and self._keeper.change_token(stored):
            log.warning("token_replaced")
            # A page whose line ends asks again, and then learns that its session has ended.
            self._bus.close()

    async def _look_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - a database that is away comes back
                log.debug("token_unread", error=type(error).__name__)
