"""The enabled accounts with their real adapters, for a command beside a running gateway.

Only opening and closing. What an account keeps is read from the database, where there is one; a
command never makes a database, and serves nobody.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Connection

from gateway.channels.addresses import public_url_of
from gateway.channels.loading import Channel, open_channels
from gateway.commands.database import NoDatabase, now_micros, transaction
from gateway.files import FileStore
from gateway.settings.model import Settings
from memory.units.keeping import keep_value, kept_names, kept_value

R = TypeVar("R")


class CommandKeep:
    """What one account keeps, in a transaction for each look; nothing without a database."""

    def __init__(self, url: str, account: str) -> None:
        self._url = url
        self._account = account

    async def get(self, name: str) -> str | None:
        """The value under this name."""
        return await self._look(lambda it: kept_value(it, self._account, name), None)

    async def put(self, name: str, value: str | None) -> None:
        """Keep the value durably, or drop it. Raises `NoDatabase`."""
        at = now_micros()
        await asyncio.to_thread(
            self._run, lambda it: keep_value(it, self._account, name, value, at)
        )

    async def names(self, prefix: str = "") -> Sequence[str]:
        """The names that begin so, in order."""
        return await self._look(lambda it: kept_names(it, self._account, prefix), ())

    async def _look(self, unit: Callable[[Connection], R], nothing: R) -> R:
        try:
            return await asyncio.to_thread(self._run, unit)
        except NoDatabase:
            return nothing

    def _run(self, unit: Callable[[Connection], R]) -> R:
        with transaction(self._url) as connection:
            return unit(connection)


@asynccontextmanager
async def opened_accounts(settings: Settings) -> AsyncIterator[Mapping[str, Channel]]:
    """Every enabled account, by name. Raises `ConfigError` with what cannot be loaded."""
    url = settings.storage.url.get_secret_value()
    channels = open_channels(
        settings,
        public_url_of(settings),
        now=lambda: datetime.now(UTC),
        new_id=lambda: secrets.token_urlsafe(16),
        keep=lambda account: CommandKeep(url, account),
        read_file=FileStore(settings.data.folder / "files").read,
    )
    try:
        yield channels
    finally:
        for channel in channels.values():
            if not channel.socket:
                await channel.called.close()
