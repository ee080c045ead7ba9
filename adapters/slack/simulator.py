"""Slack's side of the wire, locally: people who write and press, the Web API, signed events.

It behaves like the provider and, on demand, misbehaves; the adapter under it is the real one. It
must never be enabled by `serve`, which knows its secrets by their mark.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

import aiohttp
from aiohttp import web

from adapters.slack.simulator_api import WebApi
from adapters.slack.simulator_events import Caller
from adapters.slack.simulator_world import (
    BOT_NAME,
    Crossing,
    Fault,
    Person,
    Room,
    Seat,
    World,
)
from adapters.slack.text import escape, plain

__all__ = ["BOT_NAME", "Crossing", "Fault", "Seat", "SlackSimulator"]

# Marked, so that no real service starts with what everybody knows.
DEMO_SIGNING_SECRET = "onethread-demo-slack-signing-secret"
DEMO_BOT_TOKEN = "xoxb-onethread-demo-slack-bot-token"
DEMO_APP_TOKEN = "xapp-onethread-demo-slack-app-token"

File = tuple[str, str, bytes]
"""A file's name, media type and bytes."""


class SlackSimulator:
    """A workspace on loopback. `webhook_base` is where the gateway really listens.

    `scale` makes Slack's waits between retries shorter; `ack_seconds` is how long it waits for an
    answer. With `echo` the app is told of its own posts too, as in a real channel.
    """

    def __init__(
        self,
        team: str = "T0SIMULATED",
        signing_secret: str = DEMO_SIGNING_SECRET,
        bot_token: str = DEMO_BOT_TOKEN,
        webhook_base: str = "",
        *,
        app_token: str = DEMO_APP_TOKEN,
        bot_user: str = "U0ONETHREAD",
        scale: float = 0.001,
        ack_seconds: float = 3.0,
        echo: bool = False,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.team = team
        self.world = World(team, bot_user, "B0ONETHREAD", now or _utc_now)
        self.api = WebApi(self.world, {bot_token: team}, app_token)
        self.api.posted = self._echo if echo else None
        self.events = Caller(self.world, signing_secret, webhook_base, scale, ack_seconds)
        self.failures: list[str] = []
        self._bot_token = bot_token
        self._tasks: set[asyncio.Future[None]] = set()
        self._event_ids = count(1)
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; `base_url` is then where the API is."""
        app = web.Application(client_max_size=64_000_000)
        app.router.add_routes(self.api.routes())
        app.router.add_get("/socket", self.events.serve_socket)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        server = site._server
        assert isinstance(server, asyncio.Server)
        self.port = server.sockets[0].getsockname()[1]
        self.api.root = f"http://127.0.0.1:{self.port}"
        self.events.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64))

    async def stop(self) -> None:
        """Stop listening and forget calls in flight."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.events.disconnect(close=True)
        if self.events.session is not None:
            await self.events.session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """Where the adapter's API calls go."""
        return f"{self.api.root}/api/"

    @property
    def webhook_base(self) -> str:
        """Where events are sent: the gateway's address and the account's path."""
        return self.events.webhook_base

    @webhook_base.setter
    def webhook_base(self, value: str) -> None:
        self.events.webhook_base = value

    @property
    def mention(self) -> str:
        """How a message calls the app; in `write` its name after an @ does the same."""
        return f"<@{self.world.bot_user}>"

    @property
    def faults(self) -> deque[Fault]:
        """What the API will do wrong next."""
        return self.api.faults

    @property
    def wire(self) -> Sequence[Crossing]:
        """All that crossed, in order."""
        return self.world.wire

    @property
    def last_seq(self) -> int:
        """How much has crossed the wire."""
        return len(self.world.wire)

    @property
    def on_outbound(self) -> Callable[[Crossing], None] | None:
        """Called with each post of the app."""
        return self.world.on_outbound

    @on_outbound.setter
    def on_outbound(self, value: Callable[[Crossing], None] | None) -> None:
        self.world.on_outbound = value

    def config_table(self, *, socket: bool = False) -> dict[str, object]:
        """The settings of an account of this workspace, by events or by a socket."""
        table: dict[str, object] = {
            "adapter": "slack",
            "signing_secret": self.events.signing_secret,
            "bot_token": self._bot_token,
            "api_base_url": self.base_url,
        }
        return table | ({"app_token": self.api.app_token} if socket else {})

    def add_person(self, user: str, name: str, email: str = "", **flags: object) -> None:
        """A member with a profile; `flags` are further fields, such as is_restricted."""
        self.world.people[user] = Person(user, name, email, flags)

    def add_channel(self, channel: str, name: str) -> None:
        """A channel the app is a member of."""
        self.world.rooms[channel] = Room(channel, name)

    async def write(
        self,
        user: str,
        text: str,
        *,
        channel: str | None = None,
        thread_ts: str | None = None,
        files: Sequence[File] = (),
        seat: Seat | None = None,
        raw: bool = False,
        **fields: object,
    ) -> str:
        """A person writes to the app, or in a channel; returns the post's timestamp once the
        gateway has taken it.

        `@OneThread` in the text is a mention. With `raw` the text is in Slack's own marks; `fields`
        are added to the event. Raises `RuntimeError` when the gateway never takes it.
        """
        self.world.person(user)
        room = self.world.direct(user) if channel is None else self.world.channel(channel)
        marked = text if raw else escape(text).replace(f"@{BOT_NAME}", self.mention)
        post: dict[str, Any] = {
            "type": "message",
            "ts": self.world.timestamp(),
            "user": user,
            "text": marked,
        }
        if thread_ts:
            post["thread_ts"] = thread_ts
            post["parent_user_id"] = _author_of(room, thread_ts)
        if files:
            post["subtype"] = "file_share"
            post["files"] = [self.world.add_file(*one, self.api.root) for one in files]
        if seat is not None and seat.user_team:
            post["user_team"] = seat.user_team
        post |= fields
        room.posts.append(post)
        await self.world.cross("in", room, post, plain(marked, self.world.bot_user))
        await self._tell(room, post, seat or Seat())
        return str(post["ts"])

    async def deliver_again(self, user_or_channel: str, ts: str) -> None:
        """The same post's events once more, as after a lost answer, under new event ids."""
        room = self.world.room_of(user_or_channel)
        await self._tell(room, _post_of(room, ts), Seat())

    async def edit(self, user_or_channel: str, ts: str, text: str) -> None:
        """The author changes a post."""
        room = self.world.room_of(user_or_channel)
        post = _post_of(room, ts)
        before = dict(post)
        now = self.world.timestamp()
        post |= {"text": escape(text), "edited": {"user": post["user"], "ts": now}}
        await self._event(room, "message_changed", now, message=post, previous_message=before)

    async def delete(self, user_or_channel: str, ts: str) -> None:
        """The author takes a post back."""
        room = self.world.room_of(user_or_channel)
        post = _post_of(room, ts)
        room.posts.remove(post)
        now = self.world.timestamp()
        await self._event(room, "message_deleted", now, deleted_ts=ts, previous_message=post)

    async def click(self, user: str, post: Crossing, value: str) -> None:
        """A person presses the button of that value under a post of the app's.

        Raises `LookupError` when there is no such button, `RuntimeError` when it was not taken.
        """
        room = self.world.rooms[post.channel]
        shown = _post_of(room, post.id)
        action = _button(shown, value) | {"type": "button", "action_ts": self.world.timestamp()}
        await self.events.interaction(
            {
                "type": "block_actions",
                "team": {"id": self.team, "domain": "simulated"},
                "enterprise": None,
                "is_enterprise_install": False,
                "user": {"id": user, "team_id": self.team},
                "api_app_id": "A0SIMULATED",
                "container": {
                    "type": "message",
                    "message_ts": post.id,
                    "channel_id": room.id,
                },
                "channel": {"id": room.id, "name": room.name or "directmessage"},
                "message": shown,
                "actions": [action],
            }
        )

    def posts_to(self, user_or_channel: str) -> list[Crossing]:
        """What the app posted to this person alone, or in this channel, in order."""
        room = self.world.room_of(user_or_channel).id
        return [one for one in self.wire if one.direction == "out" and one.channel == room]

    async def wait_for_reply(
        self, user_or_channel: str, after_seq: int, seconds: float = 30.0
    ) -> Crossing:
        """The app's first post there after that point of the wire. Raises `TimeoutError`."""

        def found() -> Crossing | None:
            mine = self.posts_to(user_or_channel)
            return next((one for one in mine if one.seq > after_seq), None)

        async with asyncio.timeout(seconds), self.world.news:
            while (reply := found()) is None:
                await self.world.news.wait()
            return reply

    async def _tell(self, room: Room, post: Mapping[str, Any], seat: Seat) -> None:
        """The events of a post: the message itself, and the mention if the app is called."""
        event = {**post, "channel": room.id, "event_ts": post["ts"]}
        kind = {"im": "im", "mpim": "mpim"}.get(room.kind, "channel")
        await self.events.event(self._envelope({**event, "channel_type": kind}, seat))
        if room.kind != "im" and self.mention in post["text"]:
            await self.events.event(self._envelope({**event, "type": "app_mention"}, seat))

    async def _event(self, room: Room, subtype: str, ts: str, **fields: Any) -> None:
        event = {
            "type": "message",
            "subtype": subtype,
            "hidden": True,
            "channel": room.id,
            "channel_type": "im" if room.kind == "im" else "channel",
            "ts": ts,
            "event_ts": ts,
            **fields,
        }
        await self.events.event(self._envelope(event, Seat()))

    def _envelope(self, event: Mapping[str, Any], seat: Seat) -> dict[str, Any]:
        team = seat.team or self.team
        return {
            "token": "deprecated",
            "team_id": team,
            "api_app_id": "A0SIMULATED",
            "event": dict(event),
            "type": "event_callback",
            "event_id": f"Ev{next(self._event_ids):09d}",
            "event_time": int(float(event["event_ts"])),
            "authorizations": [
                {
                    "enterprise_id": seat.enterprise or None,
                    "team_id": team,
                    "user_id": self.world.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": seat.shared,
            "event_context": "simulated",
        }

    async def _echo(self, room: Room, post: dict[str, Any]) -> None:
        task = asyncio.ensure_future(self._quietly(self._tell(room, post, Seat())))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, work: Awaitable[None]) -> None:
        try:
            await work
        except RuntimeError as error:
            self.failures.append(str(error))


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _post_of(room: Room, ts: str) -> dict[str, Any]:
    return next(one for one in room.posts if one["ts"] == ts)


def _author_of(room: Room, ts: str) -> str:
    return next((str(one["user"]) for one in room.posts if one["ts"] == ts), "")


def _button(post: Mapping[str, Any], value: str) -> dict[str, Any]:
    for block in post.get("blocks", ()):
        for element in block.get("elements", ()):
            if element.get("value") == value:
                return {**element, "block_id": block.get("block_id", "")}
    raise LookupError(f"no button of this post has the value {value!r}")
