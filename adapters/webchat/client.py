"""A web chat client that speaks the widget's protocol: for tests, load and replays.

The visitor's side of the wire. It keeps what the visitor sees, comes back after a lost connection
and sends again what was not stored, as the widget does. It knows nothing of the gateway's inside.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

import aiohttp
import orjson

_RETRIES = 40
_RETRY_SECONDS = 0.25
_PASSING = frozenset({429, 500, 503})


class ChatRefused(Exception):
    """The gateway did not accept the session or a message; `status` is what HTTP would say."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as the visitor sees it."""

    seq: int
    author: str
    text: str
    html: str | None = None
    name: str | None = None
    quick_replies: tuple[Mapping[str, str], ...] = ()
    client_id: str | None = None
    files: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Wired:
    """One frame on the wire: `sent` by the visitor or received."""

    sent: bool
    frame: Mapping[str, object]


class ChatClient:
    """One visitor's page. `thread` is what it shows, by number; `wire` every frame in order.

    `session` is used for connecting when given, and then left open.
    """

    def __init__(
        self,
        url: str,
        origin: str,
        *,
        jwt: str | None = None,
        token: str | None = None,
        visitor: str | None = None,
        session: aiohttp.ClientSession | None = None,
    ) -> None:
        self._url = url
        self._origin = origin
        self._given = session
        self._own: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._pending: dict[str, Mapping[str, object]] = {}
        self._stored: dict[str, int] = {}
        self._refused: dict[str, ChatRefused] = {}
        self._uploads: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._refusal: ChatRefused | None = None
        self.jwt = jwt
        self.token = token
        self.visitor = visitor
        self.link: str | None = None
        self.thread: dict[int, Shown] = {}
        self.wire: list[Wired] = []
        self.welcome: Mapping[str, object] = {}
        self.typing = False
        self.close_code: int | None = None

    @property
    def conversation(self) -> str:
        """The thread's name, known once connected."""
        return str(self.welcome.get("conversation", ""))

    @property
    def connected(self) -> bool:
        """Whether the socket is open."""
        return self._socket is not None and not self._socket.closed

    @property
    def last_seq(self) -> int:
        """The number of the newest message shown."""
        return max(self.thread, default=0)

    async def connect(self) -> None:
        """Open a socket, be welcomed, and send again what was not stored.

        Raises `ChatRefused`, or `OSError` when nobody answers.
        """
        await self.disconnect()
        if self._given is None and self._own is None:
            self._own = aiohttp.ClientSession()
        http = self._given or self._own
        assert http is not None
        self._refusal = None
        try:
            socket = await http.ws_connect(self._url, origin=self._origin, autoping=True)
        except aiohttp.WSServerHandshakeError as error:
            raise ChatRefused(error.message, error.status) from error
        except aiohttp.ClientConnectionError as error:
            raise ConnectionResetError("nobody answers") from error
        self._socket = socket
        await self.send(
            {
                "type": "hello",
                "token": self.token,
                "jwt": self.jwt,
                "visitor": self.visitor,
                "link": self.link,
                "last_seq": self.last_seq,
                "client": "onethread-python",
            }
        )
        await self._await_welcome(socket)
        self.link = None
        self._reader = asyncio.create_task(self._read(socket))
        for frame in tuple(self._pending.values()):
            await self.send(frame)

    async def disconnect(self) -> None:
        """Leave, keeping what is shown; `connect` comes back to it."""
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        self._socket = self._reader = None

    async def close(self) -> None:
        """Leave for good."""
        await self.disconnect()
        if self._own is not None:
            await self._own.close()
            self._own = None

    async def send(self, frame: Mapping[str, object]) -> None:
        """Send any frame at all. Raises `OSError` when the connection is gone."""
        if self._socket is None or self._socket.closed:
            raise ConnectionResetError("the chat is not connected")
        self.wire.append(Wired(True, frame))
        await self._socket.send_str(orjson.dumps(frame).decode())

    async def say(
        self, text: str, client_id: str | None = None, quick_reply: str | None = None
    ) -> str:
        """Send a message and return its client id once it is stored.

        What is refused for the moment is sent again, and a lost connection is opened again. Raises
        `ChatRefused` when it is refused for good.
        """
        key, frame = self._note(text, client_id, quick_reply)
        for attempt in range(_RETRIES):
            refused = await self._try(frame, key, again=attempt > 0)
            if key in self._stored:
                return key
            if refused is not None and refused.status not in _PASSING:
                self._pending.pop(key, None)
                raise refused
            await asyncio.sleep(_RETRY_SECONDS)
        self._pending.pop(key, None)
        raise ChatRefused("the message was not stored", 503)

    async def post(self, text: str, client_id: str | None = None) -> str:
        """Send a message without waiting, and return its client id.

        Until it is stored, it is sent again on every connection.
        """
        key, frame = self._note(text, client_id, None)
        with contextlib.suppress(OSError):
            await self.send(frame)
        return key

    async def upload(self, content: bytes, name: str, media_type: str = "") -> str:
        """Send a file and return its client id once it is stored.

        Raises `ChatRefused`, and `OSError` when the connection is gone.
        """
        key = str(uuid4())
        asked = {"client_id": key, "name": name, "media_type": media_type, "size": len(content)}
        await self.send({"type": "upload", **asked})
        await self._wait_until(lambda: key in self._uploads or self._settled(key))
        if key in self._refused:
            raise self._refused.pop(key)
        url = self._uploads.pop(key, None)
        http = self._given or self._own
        if url is None or http is None:
            raise ConnectionResetError("the chat is not connected")
        async with http.post(url, data=content, headers={"Origin": self._origin}) as answer:
            if answer.status >= 400:
                raise ChatRefused(await answer.text(), answer.status)
        await self._wait_until(lambda: self._settled(key))
        return key

    def _note(
        self, text: str, client_id: str | None, quick_reply: str | None
    ) -> tuple[str, Mapping[str, object]]:
        """The id and the frame of a message that is to be sent until it is stored."""
        key = client_id or str(uuid4())
        frame: dict[str, object] = {"type": "say", "client_id": key, "text": text}
        if quick_reply is not None:
            frame["quick_reply"] = quick_reply
        self._pending[key] = frame
        return key, frame

    async def _try(
        self, frame: Mapping[str, object], key: str, *, again: bool
    ) -> ChatRefused | None:
        """Send once and wait for what becomes of it; the refusal, if there was one."""
        try:
            if again and not self.connected:
                await self.connect()
            else:
                await self.send(frame)
            await self._wait_until(lambda: self._settled(key))
        except ChatRefused as refused:
            return refused
        except OSError:
            return None
        return self._refused.pop(key, None)

    def stored_as(self, client_id: str) -> int | None:
        """The number of a message that was stored."""
        return self._stored.get(client_id)

    async def wait_for_reply(self, after_seq: int, seconds: float = 30.0) -> Shown:
        """The first message after that number which the visitor did not write.

        Raises `TimeoutError`.
        """
        async with asyncio.timeout(seconds):
            while True:
                for seq in sorted(self.thread):
                    if seq > after_seq and self.thread[seq].author != "customer":
                        return self.thread[seq]
                await self._wait()

    async def messages(self, after_seq: int = 0) -> AsyncIterator[Shown]:
        """Every message after that number, as it becomes visible, for ever."""
        while True:
            newer = [seq for seq in self.thread if seq > after_seq]
            if newer:
                after_seq = min(newer)
                yield self.thread[after_seq]
            else:
                await self._wait()

    def _settled(self, key: str) -> bool:
        return key in self._stored or key in self._refused or not self.connected

    async def _wait(self) -> None:
        await self._changed.wait()

    async def _wait_until(self, done: Callable[[], bool]) -> None:
        while not done():
            await self._wait()

    async def _await_welcome(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while not self._take(await socket.receive()):
            if self._refusal is not None:
                await socket.close()
                raise self._refusal
            if socket.closed:
                raise ConnectionResetError("the chat was closed before its welcome")

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for received in socket:
                self._take(received)
        finally:
            self.close_code = socket.close_code
            self._tell()

    def _take(self, received: aiohttp.WSMessage) -> bool:
        """Note a frame; whether it was the welcome."""
        if received.type is not aiohttp.WSMsgType.TEXT:
            return False
        frame: Mapping[str, object] = orjson.loads(received.data)
        self.wire.append(Wired(False, frame))
        kind = frame["type"]
        if kind == "welcome":
            self._welcomed(frame)
        elif kind == "message":
            self._show(frame)
        elif kind == "stored":
            self._keep(str(frame["client_id"]), int(str(frame["seq"])))
        elif kind == "typing":
            self.typing = bool(frame["active"])
        elif kind == "token":
            self.token = str(frame["token"])
        elif kind == "upload":
            self._uploads[str(frame["client_id"])] = str(frame["url"])
        elif kind == "refused":
            refused = ChatRefused(str(frame["reason"]), int(str(frame["status"])))
            if frame["client_id"] is None:
                self._refusal = refused
            else:
                self._refused[str(frame["client_id"])] = refused
        self._tell()
        return kind == "welcome"

    def _welcomed(self, frame: Mapping[str, object]) -> None:
        if int(str(frame["resume"])) < self.last_seq:
            self.thread.clear()
        self.welcome = frame
        self.token = str(frame["token"])

    def _show(self, frame: Mapping[str, object]) -> None:
        choices, files = frame.get("quick_replies"), frame.get("attachments")
        shown = Shown(
            int(str(frame["seq"])),
            str(frame["author"]),
            str(frame["text"]),
            _optional(frame.get("html")),
            _optional(frame.get("name")),
            tuple(choices) if isinstance(choices, list) else (),
            _optional(frame.get("client_id")),
            tuple(files) if isinstance(files, list) else (),
        )
        self.thread[shown.seq] = shown
        self.typing = False
        if shown.client_id is not None:
            self._keep(shown.client_id, shown.seq)

    def _keep(self, client_id: str, seq: int) -> None:
        said = self._pending.pop(client_id, None)
        self._stored[client_id] = seq
        if said is not None and seq not in self.thread:
            self.thread[seq] = Shown(seq, "customer", str(said["text"]), client_id=client_id)

    def _tell(self) -> None:
        event, self._changed = self._changed, asyncio.Event()
        event.set()


def _optional(value: object) -> str | None:
    return None if value is None else str(value)
