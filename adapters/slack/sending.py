"""Posts out: into a thread, to one person alone, or as a file; and whether a lost one arrived.

One part, one post, no retry. Each post carries the part's key as metadata, by which it is found
again when its answer was lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.api import SlackApi
from adapters.slack.choices import Choice, Choices
from adapters.slack.files import Files
from adapters.slack.installations import Installed
from adapters.slack.text import escape
from adapters.slack.workspaces import Workspaces
from core.channel import SendError
from core.channel_abilities import Absent, Attempt, Found, Reconciled, Unknown
from core.message import OutboundPart, SendReceipt

log = logging.getLogger(__name__)

EVENT = "onethread_part"
"""The type of our posts' metadata (https://docs.slack.dev/messaging/message-metadata)."""

_SETTLE = timedelta(seconds=5)
_SKEW = timedelta(minutes=2)
_PAGE = 200
_MAX_PAGES = 10
_MAX_UPDATES = 20
_MAX_ROOMS = 5_000


class Sending:
    """Sends and looks for what was sent."""

    def __init__(
        self,
        api: SlackApi,
        workspaces: Workspaces,
        choices: Choices,
        files: Files,
        now: Callable[[], datetime],
    ) -> None:
        self._api = api
        self._workspaces = workspaces
        self._choices = choices
        self._files = files
        self._now = now
        self._rooms: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._updates: set[asyncio.Task[None]] = set()

    async def send(self, part: OutboundPart) -> SendReceipt:
        """Post one part once. Raises `SendError`."""
        installed = await self._speaker(part.address)
        channel, thread = await self._target(installed, part)
        described = _described(part.payload)
        if described is not None:
            return SendReceipt(await self._files.upload(installed, described, channel, thread))
        told = await self._api.call(
            "chat.postMessage",
            installed.token,
            installed.place,
            channel=channel,
            thread_ts=thread or None,
            text=escape(str(part.payload["text"])),
            blocks=part.payload.get("blocks"),
            metadata={"event_type": EVENT, "event_payload": {"key": part.key}},
            unfurl_links=False,
            unfurl_media=False,
            parse="none",
        )
        ts = told.get("ts")
        if not isinstance(ts, str) or not ts:
            raise SendError(
                "Slack took the message without naming it.", retryable=True, ambiguous=True
            )
        self._show_choice(installed, channel, thread)
        return SendReceipt(f"{told.get('channel') or channel}:{ts}")

    async def reconcile(self, attempt: Attempt) -> Reconciled:
        """Look for the part where it was to go, among what we posted since the attempt."""
        part = attempt.part
        try:
            installed = await self._speaker(part.address)
            channel, thread = await self._target(installed, part)
            posts = await self._since(installed, channel, thread, attempt.at - _SKEW)
        except SendError as error:
            return Unknown(error.reason)
        for post in posts:
            found = _is_part(post, part, channel)
            if found is not None and found not in attempt.known:
                return Found(found)
        if self._now() - attempt.at < _SETTLE:
            return Unknown("Slack's history may not show the message yet.")
        return Absent()

    async def room_of(self, address: Mapping[str, str]) -> tuple[str, str]:
        """The place and the channel of the direct messages with somebody. Raises `SendError`.

        Slack is asked each time: whom we wrote to before must take as long as everybody else.
        """
        installed = await self._speaker(address)
        return installed.place, await self._open(installed, address["user"])

    async def close(self) -> None:
        """Let go of courtesies that are still under way."""
        for task in list(self._updates):
            task.cancel()
        await asyncio.gather(*self._updates, return_exceptions=True)

    async def _speaker(self, address: Mapping[str, str]) -> Installed:
        """Who speaks there; to somebody who has not written, the only workspace there is."""
        if not address.get("team") and not address.get("enterprise"):
            known = await self._workspaces.all()
            if len(known) != 1:
                raise SendError(
                    f"The address names no workspace and the app is in {len(known)}."
                    " Write it as T0123:U0123."
                )
            return known[0]
        return await self._workspaces.speaking(
            address.get("enterprise", ""), address.get("team", "")
        )

    async def _target(self, installed: Installed, part: OutboundPart) -> tuple[str, str]:
        """The channel and thread of a part; what is for one person alone goes to their own."""
        address = part.address
        if part.payload.get("direct") or not address.get("channel"):
            if not address.get("user"):
                raise SendError("The address names nobody who could be written to directly.")
            return await self._direct(installed, address["user"]), ""
        return address["channel"], address.get("thread_ts", "")

    async def _direct(self, installed: Installed, user: str) -> str:
        """The channel of the direct messages with a person."""
        known = self._rooms.get((installed.place, user))
        return known if known is not None else await self._open(installed, user)

    async def _open(self, installed: Installed, user: str) -> str:
        told = await self._api.ask(
            "conversations.open", installed.token, installed.place, users=user
        )
        channel = told.get("channel")
        room = channel.get("id") if isinstance(channel, dict) else None
        if not isinstance(room, str) or not room:
            raise SendError("Slack opened no direct message and did not say why.", retryable=True)
        self._rooms[installed.place, user] = room
        if len(self._rooms) > _MAX_ROOMS:
            self._rooms.popitem(last=False)
        return room

    async def _since(
        self, installed: Installed, channel: str, thread: str, since: datetime
    ) -> Sequence[Mapping[str, Any]]:
        """Posts of a thread, or of a direct message, since a time. Raises `SendError`."""
        arguments: dict[str, object] = {
            "channel": channel,
            "oldest": f"{since.timestamp():.6f}",
            "include_all_metadata": True,
            "limit": _PAGE,
        }
        method = "conversations.replies" if thread else "conversations.history"
        if thread:
            arguments["ts"] = thread
        posts: list[Mapping[str, Any]] = []
        cursor: str | None = None
        for _ in range(_MAX_PAGES):
            told = await self._api.ask(
                method, installed.token, installed.place, **arguments, cursor=cursor
            )
            page = told.get("messages")
            posts.extend(one for one in page or () if isinstance(one, dict))
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return posts
        raise SendError("The thread is too long to search.", retryable=True)

    def _show_choice(self, installed: Installed, channel: str, thread: str) -> None:
        choice = self._choices.answered(channel, thread)
        if choice is None or len(self._updates) >= _MAX_UPDATES:
            return
        self._spawn(self._update(installed, channel, choice))

    async def _update(self, installed: Installed, channel: str, choice: Choice) -> None:
        try:
            await self._api.call(
                "chat.update",
                installed.token,
                installed.place,
                channel=channel,
                ts=choice.shown_ts,
                text=choice.shown_text,
                blocks=choice.decided(),
            )
        except SendError as error:
            log.info("slack: a choice could not be shown: %s", error.provider_code)

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._updates.add(task)
        task.add_done_callback(self._updates.discard)


def _described(payload: Mapping[str, object]) -> Mapping[str, Any] | None:
    """The file a part carries; its rendering gives each file a part of its own."""
    files = payload.get("attachments")
    return files[0] if isinstance(files, list) and files else None


def _is_part(post: Mapping[str, Any], part: OutboundPart, channel: str) -> str | None:
    """The provider's id of a post, if it is this part."""
    described = _described(part.payload)
    if described is not None:
        shared = post.get("files")
        ours = [one for one in shared or () if one.get("title") == described["name"]]
        return str(ours[0]["id"]) if ours and post.get("bot_id") else None
    metadata = post.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT:
        return None
    key = (metadata.get("event_payload") or {}).get("key")
    return f"{channel}:{post.get('ts')}" if key == part.key else None
