"""Which workspaces the app is installed in, and with which token it speaks there.

Bolt's installation store over the values that last (`Keep`): one for each workspace or
organisation. It asks Slack nothing and shows no token.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation

from core.channel import Keep

_PREFIX = "installation:"
_NONE = "-"


@dataclass(frozen=True, slots=True)
class Installed:
    """The app in one workspace, or in a whole organisation where `team` is empty."""

    enterprise: str
    team: str
    token: str = field(repr=False)
    bot_user: str = ""
    bot_id: str = ""
    scopes: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """What rate limits and our gates count by."""
        return self.team or self.enterprise


class KeptInstallations(AsyncInstallationStore):
    """Installations that last. Of an installer's own token nothing is kept."""

    def __init__(self, keep: Keep, logger: logging.Logger) -> None:
        self._keep = keep
        self._logger = logger

    @property
    def logger(self) -> logging.Logger:
        return self._logger

    async def find(self, enterprise: str, team: str) -> Installed | None:
        """The workspace's own installation, or else its organisation's."""
        for one in dict.fromkeys(((enterprise, team), ("", team), (enterprise, ""))):
            kept = await self._keep.get(_name(*one)) if any(one) else None
            if kept is not None:
                return _read(kept)
        return None

    async def all(self) -> Sequence[Installed]:
        """Every installation, in the order of their ids."""
        names = await self._keep.names(_PREFIX)
        kept = [await self._keep.get(name) for name in names]
        return [_read(one) for one in kept if one is not None]

    async def async_save(self, installation: Installation) -> None:
        """Keep what an installation brought, in place of an earlier one."""
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        team = "" if bot.is_enterprise_install else bot.team_id or ""
        enterprise = bot.enterprise_id or ""
        found = {
            "enterprise": enterprise,
            "team": team,
            "token": bot.bot_token,
            "bot_user": bot.bot_user_id or "",
            "bot_id": bot.bot_id or "",
            "scopes": list(bot.bot_scopes or ()),
        }
        await self._keep.put(_name(enterprise, team), orjson.dumps(found).decode())

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        team = "" if is_enterprise_install else team_id or ""
        found = await self.find(enterprise_id or "", team)
        if found is None:
            return None
        return Bot(
            enterprise_id=found.enterprise or None,
            team_id=found.team or None,
            bot_token=found.token,
            bot_id=found.bot_id,
            bot_user_id=found.bot_user,
            bot_scopes=list(found.scopes),
            is_enterprise_install=not found.team,
            installed_at=0.0,
        )

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """Nothing: who installed it is not kept, and the bot alone speaks."""
        return None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget a workspace that removed the app or revoked its token."""
        await self._keep.put(_name(enterprise_id or "", team_id or ""), None)

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Nothing to forget: an installer's own token is not kept."""


def _name(enterprise: str, team: str) -> str:
    return f"{_PREFIX}{enterprise or _NONE}:{team or _NONE}"


def _read(kept: str) -> Installed:
    data: dict[str, Any] = orjson.loads(kept)
    return Installed(
        data["enterprise"],
        data["team"],
        data["token"],
        data["bot_user"],
        data["bot_id"],
        tuple(data["scopes"]),
    )
