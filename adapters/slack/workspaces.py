"""The workspaces this account speaks to: the one of its token, or all that installed the app.

What is known of them is remembered for a minute, so that an event costs no look-up and a removal is
noticed by every process. It handles no message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from adapters.slack.api import SlackApi
from adapters.slack.config import SlackConfig
from adapters.slack.installations import Installed, KeptInstallations
from core.channel import SendError

_FRESH = timedelta(minutes=1)
_MAX_KNOWN = 10_000


class Workspaces:
    """Finds who speaks in a place. `store` is where installations are kept."""

    def __init__(
        self,
        config: SlackConfig,
        api: SlackApi,
        store: KeptInstallations,
        now: Callable[[], datetime],
    ) -> None:
        token = config.bot_token
        self._token = token.get_secret_value() if token is not None else None
        self._installs = config.client_id is not None
        self._api = api
        self._store = store
        self._now = now
        self._own: Installed | None = None
        self._known: dict[tuple[str, str], tuple[Installed | None, datetime]] = {}

    async def find(self, enterprise: str, team: str) -> Installed | None:
        """The installation for a place, or else the one of the configured token."""
        found = await self._installed(enterprise, team) if self._installs else None
        if found is None and self._token is not None:
            return self._own or Installed(enterprise, team, self._token)
        return found

    async def _installed(self, enterprise: str, team: str) -> Installed | None:
        key = (enterprise, team)
        known = self._known.get(key)
        if known is not None and self._now() - known[1] < _FRESH:
            return known[0]
        found = await self._store.find(enterprise, team)
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[key] = (found, self._now())
        return found

    async def speaking(self, enterprise: str, team: str) -> Installed:
        """The same where it has to be there. Raises `SendError` in words."""
        found = await self.find(enterprise, team)
        if found is None:
            raise SendError(
                "The app is not installed in this workspace any more.",
                provider_code="not_installed",
            )
        return found

    def forget(self) -> None:
        """An installation came or went: look again."""
        self._known.clear()

    async def all(self) -> Sequence[Installed]:
        """Every installation, each knowing who it is. Raises `SendError`."""
        installed = list(await self._store.all()) if self._installs else []
        if self._token is not None and self._own is None:
            self._own = await self.identify(self._token)
        return [self._own, *installed] if self._own is not None else installed

    async def identify(self, token: str) -> Installed:
        """Whose a bot token is, by asking Slack. Raises `SendError`."""
        told = await self._api.call("auth.test", token, "")
        whole = told.get("is_enterprise_install") is True
        return Installed(
            str(told.get("enterprise_id") or ""),
            "" if whole else str(told.get("team_id") or ""),
            token,
            str(told.get("user_id") or ""),
            str(told.get("bot_id") or ""),
        )
