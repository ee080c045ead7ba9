"""What people wrote while we could take nothing, from the history of where the app is.

It reads the posts of direct messages and channels, and the replies of threads it finds or takes
part in, within a bound: Slack allows an app sold outside its marketplace one such call a minute
(https://docs.slack.dev/changelog/2025/05/29/tos-updates), so this is for a gap and no way to poll.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from adapters.slack.api import SlackApi
from adapters.slack.events import Envelope, Post, read_post
from adapters.slack.inbox import Inbox
from adapters.slack.installations import Installed
from adapters.slack.threads import Threads
from adapters.slack.workspaces import Workspaces
from core.channel import Refused, SendError
from core.message import InboundMessage

log = logging.getLogger(__name__)

_KINDS = "im,mpim,public_channel,private_channel"
_PAGE = 200
_MAX_CALLS = 500
_MAX_THREADS = 50
_LONGEST_WAIT = 60.0


class History:
    """Catches up over all workspaces."""

    def __init__(
        self,
        api: SlackApi,
        workspaces: Workspaces,
        inbox: Inbox,
        threads: Threads,
        allowed_bots: frozenset[str],
    ) -> None:
        self._api = api
        self._workspaces = workspaces
        self._inbox = inbox
        self._threads = threads
        self._bots = allowed_bots

    async def catch_up(self, since: datetime) -> Sequence[InboundMessage]:
        """Messages since then, oldest first, under the ids their events have. Raises `SendError`.

        Workspaces are read one by one; one that refuses keeps the others' messages from nobody.
        """
        messages: list[InboundMessage] = []
        failed: SendError | None = None
        for installed in await self._workspaces.all():
            try:
                reader = _Reader(self._api, installed, since)
                messages.extend(await self._workspace(reader))
            except SendError as error:
                log.warning("slack: a workspace's history was not read: %s", error.provider_code)
                failed = error
        if failed is not None and not messages:
            raise failed
        return sorted(messages, key=lambda one: one.sent_at)

    async def _workspace(self, reader: _Reader) -> Sequence[InboundMessage]:
        installed = reader.installed
        messages: list[InboundMessage] = []
        async for team, room in reader.rooms():
            envelope = Envelope(
                team,
                installed.enterprise,
                installed.bot_user,
                shared=room.get("is_ext_shared") is True,
            )
            channel = str(room.get("id") or "")
            posts = [
                post
                async for item in self._items(reader, envelope, channel, room.get("is_im") is True)
                if (post := self._post(envelope, item, channel)) is not None
            ]
            for post in sorted(posts, key=lambda one: Decimal(one.ts)):
                messages.extend(await self._inbox.post(post))
        return messages

    async def _items(
        self, reader: _Reader, envelope: Envelope, channel: str, direct: bool
    ) -> AsyncIterator[Mapping[str, Any]]:
        """A room's posts, and the replies of its threads: of those that began since, and in a
        channel of those we take part in."""
        roots = [] if direct else await self._threads.newest(envelope.place, channel, _MAX_THREADS)
        threads = dict.fromkeys(roots)
        async for item in reader.posts("conversations.history", channel=channel):
            if item.get("reply_count"):
                threads[str(item.get("ts"))] = None
            yield item
        for root in threads:
            async for item in reader.posts("conversations.replies", channel=channel, ts=root):
                if item.get("ts") != root:
                    yield item

    def _post(self, envelope: Envelope, item: Mapping[str, Any], channel: str) -> Post | None:
        try:
            seen = read_post(envelope, item, self._bots, channel)
        except Refused:
            return None
        return seen if isinstance(seen, Post) else None


class _Reader:
    """Reads one workspace since a time, with so many calls at most."""

    def __init__(self, api: SlackApi, installed: Installed, since: datetime) -> None:
        self.installed = installed
        self._api = api
        self._oldest = f"{since.timestamp():.6f}"
        self._left = _MAX_CALLS

    async def rooms(self) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
        """Where the app may read, with its workspace: direct messages, and channels it is in."""
        async for team in self._teams():
            arguments = {"types": _KINDS, "exclude_archived": True, "team_id": team or None}
            async for room in self._pages("conversations.list", "channels", arguments):
                if room.get("is_im") or room.get("is_mpim") or room.get("is_member"):
                    yield team, room

    async def _teams(self) -> AsyncIterator[str]:
        """The workspace, or all that an organisation's installation speaks in."""
        if self.installed.team or not self.installed.enterprise:
            yield self.installed.team
            return
        async for team in self._pages("auth.teams.list", "teams", {}):
            yield str(team.get("id") or "")

    def posts(self, method: str, **where: object) -> AsyncIterator[Mapping[str, Any]]:
        """The posts of a room or thread since the time."""
        return self._pages(method, "messages", {"oldest": self._oldest, **where})

    async def _pages(
        self, method: str, field: str, arguments: Mapping[str, object]
    ) -> AsyncIterator[Mapping[str, Any]]:
        cursor: str | None = None
        while True:
            told = await self._call(method, {**arguments, "limit": _PAGE, "cursor": cursor})
            page = told.get(field)
            for one in page if isinstance(page, list) else ():
                if isinstance(one, dict):
                    yield one
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return

    async def _call(self, method: str, arguments: Mapping[str, object]) -> Mapping[str, Any]:
        """One call, waited for once where Slack says how long. Raises `SendError`."""
        if self._left <= 0:
            raise SendError("The workspace's history since then is too long to read.")
        self._left -= 1
        token, place = self.installed.token, self.installed.place
        try:
            return await self._api.call(method, token, place, **arguments)
        except SendError as error:
            wait = error.retry_after
            if error.ambiguous or wait is None or wait > _LONGEST_WAIT:
                raise
            await asyncio.sleep(wait)
        return await self._api.call(method, token, place, **arguments)
