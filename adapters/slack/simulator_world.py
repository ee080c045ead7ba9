"""What stands at the simulated Slack: people, rooms, posts, files, and what crossed the wire.

State only: who may call, how it is signed and how it misbehaves are the other modules' concern.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from adapters.slack.events import time_of

BOT_NAME = "OneThread"
_MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Crossing:
    """One message seen on the wire: `direction` is "in" (a person wrote) or "out" (the app did).

    `id` is its timestamp, `user` the person who wrote it, or whose direct messages it is in.
    """

    seq: int
    direction: str
    id: str
    user: str
    channel: str
    thread_ts: str
    text: str
    blocks: Sequence[Mapping[str, Any]]
    at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour, used up by one call of `method`.

    `kind` is "throttle" (429 for `seconds`), "fail" (500), "refuse" (with `code`), "garbage",
    "hang" (acts, then holds the answer for `seconds`), "lose" (acts, then drops the connection) or
    "drop" (drops it without acting).
    """

    kind: str
    code: str = "channel_not_found"
    seconds: float = 1.0
    method: str = "chat.postMessage"


@dataclass(frozen=True, slots=True)
class Seat:
    """From where somebody writes, if not simply from the app's workspace: an organisation, the
    writer's own workspace, and whether other houses may write there."""

    team: str = ""
    enterprise: str = ""
    user_team: str = ""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A member; `flags` are further fields of the user object."""

    id: str
    name: str
    email: str = ""
    flags: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Room:
    """A channel or somebody's direct messages with the app, and its posts in order."""

    id: str
    name: str = ""
    user: str = ""
    kind: str = "channel"
    member: bool = True
    posts: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class World:
    """One workspace as Slack keeps it."""

    team: str
    bot_user: str
    bot_id: str
    now: Callable[[], datetime]
    on_outbound: Callable[[Crossing], None] | None = None
    on_inbound: Callable[[Crossing], None] | None = None
    wire: list[Crossing] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _last: int = 0
    _ids: count[int] = field(default_factory=lambda: count(1))

    def timestamp(self) -> str:
        """The next post's timestamp: the time, and never one twice."""
        since = self.now() - datetime(1970, 1, 1, tzinfo=UTC)
        self._last = max(self._last + 1, int(since.total_seconds() * _MICROS))
        return f"{self._last // _MICROS}.{self._last % _MICROS:06d}"

    def new_id(self, letter: str) -> str:
        """An id as Slack makes them."""
        return f"{letter}0{next(self._ids):09d}"

    def person(self, user: str) -> Person:
        """The member of that id, made when there is none."""
        if user not in self.people:
            self.people[user] = Person(user, user)
        return self.people[user]

    def direct(self, user: str) -> Room:
        """Somebody's direct messages with the app."""
        room_id = f"D{user}"
        if room_id not in self.rooms:
            self.rooms[room_id] = Room(room_id, user=user, kind="im")
        return self.rooms[room_id]

    def channel(self, channel: str) -> Room:
        """The channel of that id, made when there is none."""
        if channel not in self.rooms:
            kind = "mpim" if channel.startswith("G") else "channel"
            self.rooms[channel] = Room(channel, name=channel.lower(), kind=kind)
        return self.rooms[channel]

    def room_of(self, user_or_channel: str) -> Room:
        """Where a person's or a channel's posts are."""
        if user_or_channel[:1] in ("U", "W"):
            return self.direct(user_or_channel)
        return self.channel(user_or_channel)

    def add_file(self, name: str, media_type: str, content: bytes, base: str) -> dict[str, Any]:
        """A file, below the address where files are."""
        file_id = self.new_id("F")
        self.contents[file_id] = content
        self.files[file_id] = {
            "id": file_id,
            "name": name,
            "title": name,
            "mimetype": media_type,
            "size": len(content),
            "mode": "hosted",
            "url_private": f"{base}/files-pri/{self.team}-{file_id}/{name}",
        }
        return self.files[file_id]

    async def cross(self, direction: str, room: Room, post: Mapping[str, Any], text: str) -> None:
        """Note what crossed the wire, and tell who waits for it."""
        crossing = Crossing(
            len(self.wire) + 1,
            direction,
            post["ts"],
            room.user or (post["user"] if direction == "in" else ""),
            room.id,
            post.get("thread_ts", ""),
            text,
            tuple(post.get("blocks") or ()),
            time_of(post["ts"]),
        )
        self.wire.append(crossing)
        seen = self.on_outbound if direction == "out" else self.on_inbound
        if seen is not None:
            seen(crossing)
        async with self.news:
            self.news.notify_all()
