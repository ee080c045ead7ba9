"""Notices, while the gateway runs, that somebody with an open chat was joined or parted.

The change may have been made beside this process, so it looks now and then at what was recorded.
It decides nothing about sessions: the hub gives them other tokens.
"""

from __future__ import annotations

from gateway.rounds import Round
from gateway.sockets.hub import SocketHub
from memory.readable.standing import handles_changed, newest_change, standing
from memory.store import Store

EVERY_SECONDS = 2.0
_OVERLAP = 60_000_000 << 10
"""A minute of ids: a change may be committed after one that got a later id."""


class SessionWatch:
    """Looks every `EVERY_SECONDS` while its round goes."""

    def __init__(self, store: Store, hub: SocketHub) -> None:
        self._store = store
        self._hub = hub
        self._newest = 0
        self.round = Round("changes of identity", self.look, EVERY_SECONDS)

    async def open(self) -> None:
        """Look at what changes from now on."""
        self._newest = await self._store.read(newest_change)

    async def look(self) -> None:
        """Rotate the session of everybody whose identity changed since the last look."""
        newest = await self._store.read(newest_change)
        if newest == self._newest:
            return
        changed = await self._store.read(handles_changed, max(0, self._newest - _OVERLAP))
        for (account, key), handle in self._hub.places_of(changed):
            now = await self._store.read(standing, handle)
            await self._hub.rotate(account, key, now)
        self._newest = newest
