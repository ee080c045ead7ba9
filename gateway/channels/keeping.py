"""What a channel keeps over restarts, given to its adapter without a database.

It implements `core.channel.Keep` for one account over the store; it knows no value's meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from core.clock import to_micros
from memory.store import Store
from memory.units.keeping import keep_value, kept_names, kept_value


class StoreKeep:
    """One account's values in the store, which has to be open when they are first asked for."""

    def __init__(self, store: Store, account: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._account = account
        self._now = now

    async def get(self, name: str) -> str | None:
        """The value under this name."""
        return await self._store.read(kept_value, self._account, name)

    async def put(self, name: str, value: str | None) -> None:
        """Keep the value durably in place of an earlier one, or drop it.

        Raises `ValueError` when it is too long, and `memory.store.Overloaded`.
        """
        at = to_micros(self._now())
        await self._store.run(keep_value, self._account, name, value, at)

    async def names(self, prefix: str = "") -> Sequence[str]:
        """The names that begin so, in order."""
        return await self._store.read(kept_names, self._account, prefix)
