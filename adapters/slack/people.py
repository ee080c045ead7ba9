"""What Slack knows of people and channels: names, and the address in a profile. Remembered a while.

A profile is a hint. Its address counts only in a workspace that the admin trusts for its domain,
and only for a full member of that very workspace. A look-up that fails or takes long gives nothing,
and keeps no message waiting.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from adapters.slack.api import SlackApi
from adapters.slack.events import Author
from adapters.slack.installations import Installed
from core.channel import SendError
from core.message import Assurance, Claim, Handle, Vouched

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 1.5
_FRESH = timedelta(minutes=10)
_FRESH_FAILURE = timedelta(minutes=1)
_MAX_KNOWN = 5_000
_LONGEST_NAME = 200

Known = TypeVar("Known")


@dataclass(frozen=True, slots=True)
class Profile:
    """One member: `team` is the workspace the account belongs to, `member` that it is a person of
    that house, neither a guest nor a stranger nor gone, whose address was confirmed."""

    team: str
    name: str
    email: str
    member: bool


class _Recent(Generic[Known]):
    """Answers that stay good for a while, the longest unused ones dropped first."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._kept: OrderedDict[str, tuple[Known | None, datetime]] = OrderedDict()

    def peek(self, key: str) -> Known | None:
        """What is remembered, however old."""
        kept = self._kept.get(key)
        return kept[0] if kept is not None else None

    async def get(self, key: str, ask: Callable[[], Awaitable[Known]]) -> Known | None:
        """What is known, asking when it is not or no longer. A failure is remembered for less."""
        kept = self._kept.get(key)
        if kept is not None and self._now() < kept[1]:
            return kept[0]
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                found: Known | None = await ask()
        except (SendError, TimeoutError) as error:
            log.debug("slack look-up failed: %s", type(error).__name__)
            found = kept[0] if kept is not None else None
            return self._keep(key, found, _FRESH_FAILURE)
        return self._keep(key, found, _FRESH)

    def _keep(self, key: str, found: Known | None, fresh: timedelta) -> Known | None:
        self._kept[key] = (found, self._now() + fresh)
        self._kept.move_to_end(key)
        if len(self._kept) > _MAX_KNOWN:
            self._kept.popitem(last=False)
        return found


class People:
    """Looks up who wrote and where."""

    def __init__(
        self,
        api: SlackApi,
        trusted: Mapping[str, tuple[str, ...]],
        now: Callable[[], datetime],
    ) -> None:
        self._api = api
        self._trusted = {team: frozenset(domains) for team, domains in trusted.items()}
        self._profiles: _Recent[Profile] = _Recent(now)
        self._titles: _Recent[str] = _Recent(now)

    def name_of(self, place: str, user: str) -> str | None:
        """A name that was looked up before."""
        profile = self._profiles.peek(f"{place}:{user}")
        return profile.name or None if profile is not None else None

    async def profile(self, installed: Installed, place: str, user: str) -> Profile | None:
        """The profile of a member, as far as it can be had."""

        async def ask() -> Profile:
            told = await self._api.call("users.info", installed.token, installed.place, user=user)
            return _profile(told)

        return await self._profiles.get(f"{place}:{user}", ask)

    async def title(self, installed: Installed, place: str, channel: str) -> str:
        """How people call a channel: "#support", or "Slack channel" when it cannot be had."""

        async def ask() -> str:
            told = await self._api.call(
                "conversations.info", installed.token, installed.place, channel=channel
            )
            return _title(told)

        return await self._titles.get(f"{place}:{channel}", ask) or "Slack channel"

    def vouched(self, author: Author, profile: Profile) -> tuple[Vouched, ...]:
        """The address of a profile as evidence, where the admin said that it is one."""
        if author.foreign or not profile.member or not _is_address(profile.email):
            return ()
        domain = profile.email.rpartition("@")[2]
        if domain not in self._trusted.get(profile.team, frozenset()):
            return ()
        evidence = f"profile of workspace {profile.team}, trusted for {domain}"
        return (Vouched(Handle("email", profile.email), Assurance.AUTHENTICATED, evidence),)


def claims_of(profile: Profile) -> tuple[Claim, ...]:
    """Name and address as hints."""
    told = (("name", profile.name), ("email", profile.email))
    return tuple(Claim(kind, value, "slack profile") for kind, value in told if value)


def _profile(told: Mapping[str, Any]) -> Profile:
    user = _mapping(told.get("user"))
    about = _mapping(user.get("profile"))
    # Guests and members of other houses have profiles too, which nobody here answers for.
    outside = ("is_stranger", "is_restricted", "is_ultra_restricted", "is_bot", "deleted")
    member = not any(user.get(one) for one in outside)
    return Profile(
        team=_text(user.get("team_id")),
        name=_text(about.get("real_name") or user.get("real_name") or user.get("name")),
        email=_text(about.get("email")).lower(),
        member=member and user.get("is_email_confirmed", True) is True,
    )


def _title(told: Mapping[str, Any]) -> str:
    channel = _mapping(told.get("channel"))
    if channel.get("is_im"):
        return "Direct message"
    if channel.get("is_mpim"):
        return "Group message"
    return f"#{_text(channel.get('name'))}" if channel.get("name") else ""


def _is_address(value: str) -> bool:
    local, at, domain = value.rpartition("@")
    return bool(local and at and domain) and not any(one.isspace() for one in value)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value.strip()[:_LONGEST_NAME] if isinstance(value, str) else ""
