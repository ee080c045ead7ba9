"""A chat client that speaks the widget's protocol: for tests, load, replays and scripts.

It resumes as the widget does: by its token and the last number it has. What it saw is kept in
order, so that a test can say that nothing was lost or shown twice.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as a visitor saw it."""

    seq: int
    author: str
    text: str
    client_id: str | None
    quick_replies: tuple[Mapping[str, str], ...] = ()
    name: str | None = None


class ChatRefused(Exception):
    """The gateway refused the client or one of its messages, with this reason."""


@dataclass(slots=True)
class ChatClient:
    """One visitor. `jwt` signs them in; without it they are anonymous and known by `token`."""

    url: str
    origin: str
    jwt: str | None = None
    token: str | None = None
    session: aiohttp.ClientSession | None = None
    last_seq: int = 0
    conversation: str = ""
    shown: list[Shown] = field(default_factory=list)
    typing: bool = False
    _own_session: bool = False
    _socket: aiohttp.ClientWebSocketResponse | None = None
    _reader: asyncio.Task[None] | None = None
    _stored: dict[str, asyncio.Future[int]] = field(default_factory=dict)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def connect(self) -> Mapping[str, Any]:
        """Open the socket and say hello; the welcome. Raises `ChatRefused`."""
        if self.session is None:
            self.session, self._own_session = aiohttp.ClientSession(), True
        self._socket = await self.session.ws_connect(self.url, origin=self.origin)
        hello = {"type": "hello", "last_seq": self.last_seq, "client": "onethread-client/1"}
        if self.token:
            hello["token"] = self.token
        if self.jwt:
            hello["jwt"] = self.jwt
        await self._socket.send_json(hello)
        first = await self._socket.receive()
        if first.type is not aiohttp.WSMsgType.TEXT:
            raise ChatRefused(f"closed with {self._socket.close_code}")
        welcome = json.loads(first.data)
        if welcome.get("type") != "welcome":
            raise ChatRefused(str(welcome.get("reason", "no welcome")))
        self.token = welcome["token"]
        if welcome["conversation"] != self.conversation:
            self.conversation, self.last_seq = welcome["conversation"], 0
        self._reader = asyncio.create_task(self._read(self._socket))
        return dict(welcome)

    async def say(
        self, text: str, client_id: str | None = None, quick_reply: str | None = None
    ) -> int:
        """Send a message; its number in the thread once it is durable. Raises `ChatRefused`."""
        assert self._socket is not None
        client_id = client_id or str(uuid4())
        stored = self._stored.get(client_id)
        if stored is None or stored.done():
            stored = self._stored[client_id] = asyncio.get_running_loop().create_future()
        frame = {"type": "say", "client_id": client_id, "text": text}
        if quick_reply is not None:
            frame["quick_reply"] = quick_reply
        await self._socket.send_json(frame)
        return await stored

    async def send_frame(self, frame: Mapping[str, object]) -> None:
        """Send any frame as it is."""
        assert self._socket is not None
        await self._socket.send_json(frame)

    async def wait_for_reply(self, after_seq: int, seconds: float = 10.0) -> Shown:
        """The first message after that number which the visitor did not write."""

        def found() -> Shown | None:
            return next(
                (one for one in self.shown if one.seq > after_seq and one.author != "customer"),
                None,
            )

        async with asyncio.timeout(seconds), self._news:
            while (reply := found()) is None:
                await self._news.wait()
            return reply

    async def drop(self) -> None:
        """Lose the connection without a word, as a phone in a tunnel does."""
        if self._reader is not None:
            self._reader.cancel()
        if self._socket is not None and self._socket._response.connection is not None:
            transport = self._socket._response.connection.transport
            if transport is not None:
                transport.abort()

    async def close(self) -> None:
        """Leave politely."""
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            self._reader.cancel()
        if self._own_session and self.session is not None:
            await self.session.close()
            self.session, self._own_session = None, False

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                await self._take(json.loads(message.data))
        for future in self._stored.values():
            if not future.done():
                future.set_exception(ChatRefused("the connection was lost"))

    async def _take(self, frame: Mapping[str, Any]) -> None:
        kind = frame.get("type")
        if kind == "message":
            self.last_seq = max(self.last_seq, frame["seq"])
            self.typing = False
            async with self._news:
                self.shown.append(
                    Shown(
                        frame["seq"],
                        frame["author"],
                        frame["text"],
                        frame["client_id"],
                        tuple(frame["quick_replies"]),
                        frame["name"],
                    )
                )
                self._news.notify_all()
        elif kind == "stored":
            future = self._stored.get(frame["client_id"])
            if future is not None and not future.done():
                future.set_result(frame["seq"])
        elif kind == "typing":
            self.typing = bool(frame["active"])
        elif kind == "refused" and frame.get("client_id"):
            future = self._stored.get(frame["client_id"])
            if future is not None and not future.done():
                future.set_exception(ChatRefused(str(frame["reason"])))
