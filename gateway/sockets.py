"""Sockets: upgrade, resume, limits and fan-out for any channel whose adapter translates frames.

A thread's messages are numbered without gaps, so each socket knows the last number it was given:
the next one is passed on, an older one dropped, and a gap is filled from the durable log. Nothing
is lost or shown twice, whatever the order in which things become known here.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import orjson
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from core.channel import Refused
from core.message import Author, InboundMessage, OutboundPart, SendReceipt
from core.socket_channel import (
    Keepalive,
    LoggedMessage,
    Seen,
    SocketAdapter,
    SocketRequest,
    SocketSession,
    Typing,
)
from gateway.threads import SocketThreads
from memory.store import Overloaded

log = structlog.get_logger(__name__)

Frame = Mapping[str, object]
Place = tuple[str, str]
"""A thread: account and conversation key."""


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """Bounds of one socket and of all. Rates are frames a second, with a burst."""

    frame_bytes: int = 16_384
    hello_seconds: float = 10.0
    heartbeat_seconds: float = 25.0
    queue: int = 500
    sockets: int = 10_000
    sockets_per_remote: int = 500
    rate: float = 10.0
    burst: int = 40


class SocketHub:
    """Every open socket by its thread. Other parts publish here; nothing is stored here."""

    def __init__(self, threads: SocketThreads, limits: SocketLimits = SocketLimits()) -> None:
        self._threads = threads
        self._limits = limits
        self._open: defaultdict[Place, set[_Connection]] = defaultdict(set)
        self._remotes: defaultdict[str, int] = defaultdict(int)
        self._typed: dict[Place, float] = {}
        self._count = 0

    def handler(
        self, account: str, adapter: SocketAdapter
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The upgrade handler of one account."""

        async def upgrade(request: web.Request) -> web.StreamResponse:
            remote = request.remote or ""
            limits = self._limits
            if self._count >= limits.sockets or self._remotes[remote] >= limits.sockets_per_remote:
                return web.Response(status=503, headers={"Retry-After": "5"}, text="busy")
            socket = web.WebSocketResponse(
                heartbeat=limits.heartbeat_seconds, max_msg_size=limits.frame_bytes, compress=False
            )
            await socket.prepare(request)
            self._count += 1
            self._remotes[remote] += 1
            try:
                await self._serve(account, adapter, request, socket)
            finally:
                self._count -= 1
                self._remotes[remote] -= 1
                if not self._remotes[remote]:
                    del self._remotes[remote]
            return socket

        return upgrade

    def publish(self, account: str, key: str, message: LoggedMessage) -> None:
        """Show a durable message to every socket of its thread."""
        self._typed.pop((account, key), None)
        for connection in tuple(self._open.get((account, key), ())):
            connection.offer(message)

    async def send(self, part: OutboundPart) -> SendReceipt:
        """Deliver a part by letting its thread's sockets read what is new in the log.

        The part is in the log already, so this cannot fail; whoever is away reads it on return.
        """
        for connection in tuple(self._open.get((part.account, part.address["conversation"]), ())):
            connection.nudge()
        return SendReceipt(part.key)

    def publish_typing(self, account: str, key: str, active: bool, author: Author) -> None:
        """Show or hide that an answer is being written."""
        for connection in tuple(self._open.get((account, key), ())):
            connection.push(connection.adapter.write_typing(active, author))

    def connected(self, account: str, key: str) -> bool:
        """Whether anybody is on this thread."""
        return (account, key) in self._open

    def typed_ago(self, account: str, key: str) -> float | None:
        """Seconds since the visitor's last reported keystroke; nothing when they do not type."""
        at = self._typed.get((account, key))
        return None if at is None else time.monotonic() - at

    async def close(self) -> None:
        """Ask every client to come back soon."""
        everyone = [one for group in self._open.values() for one in group]
        await asyncio.gather(*(one.end(WSCloseCode.SERVICE_RESTART) for one in everyone))

    async def _serve(
        self,
        account: str,
        adapter: SocketAdapter,
        request: web.Request,
        socket: web.WebSocketResponse,
    ) -> None:
        session = await self._open_session(adapter, request, socket)
        if session is None:
            return
        place = (account, session.conversation_key)
        connection = _Connection(place, adapter, session, socket, self._threads, self._limits)
        self._open[place].add(connection)
        try:
            connection.push(session.welcome)
            connection.catch_up()
            await self._read_frames(connection)
        finally:
            self._open[place].discard(connection)
            if not self._open[place]:
                del self._open[place]
                self._typed.pop(place, None)
            await connection.end(WSCloseCode.OK)

    async def _open_session(
        self, adapter: SocketAdapter, request: web.Request, socket: web.WebSocketResponse
    ) -> SocketSession | None:
        """The verified first frame, or nothing after the socket was closed with the reason."""
        asked = SocketRequest(request.headers.get("Origin"), request.remote, dict(request.query))
        try:
            async with asyncio.timeout(self._limits.hello_seconds):
                first = await socket.receive()
            if first.type is not WSMsgType.TEXT:
                raise Refused(400, "the first frame must be text")
            return adapter.open(_decode(first.data), asked)
        except TimeoutError:
            await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"no hello in time")
        except Refused as refused:
            log.warning("socket_refused", why=refused.reason)
            await socket.send_str(
                orjson.dumps(adapter.write_refusal(refused.reason, None)).decode()
            )
            await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"refused")
        return None

    async def _read_frames(self, connection: _Connection) -> None:
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT:
                await connection.end(WSCloseCode.UNSUPPORTED_DATA)
                return
            if not connection.allowance.take():
                connection.push(connection.adapter.write_refusal("Too fast; please wait.", None))
                continue
            try:
                event = connection.adapter.read(connection.session, _decode(message.data))
            except Refused as refused:
                connection.push(connection.adapter.write_refusal(refused.reason, None))
                continue
            await self._handle(connection, event)

    async def _handle(
        self, connection: _Connection, event: InboundMessage | Typing | Seen | Keepalive
    ) -> None:
        account, key = connection.place
        if isinstance(event, InboundMessage):
            await self._admit(connection, event)
        elif isinstance(event, Typing):
            if event.active:
                self._typed[connection.place] = time.monotonic()
            else:
                self._typed.pop(connection.place, None)
        elif isinstance(event, Seen):
            await self._threads.seen(account, key, event.seq)
        else:
            connection.push(event.answer)

    async def _admit(self, connection: _Connection, message: InboundMessage) -> None:
        self._typed.pop(connection.place, None)
        client_id = message.client_id or ""
        try:
            admitted = await self._threads.admit(message)
        except Overloaded:
            reason = "We are very busy; your message was not taken. It will be sent again."
            connection.push(connection.adapter.write_refusal(reason, client_id))
            return
        connection.push(connection.adapter.write_stored(client_id, admitted.seq))
        if admitted.duplicate:
            return
        logged = LoggedMessage(
            admitted.seq,
            Author.CUSTOMER,
            None,
            {"text": admitted.text},
            message.sent_at,
            client_id,
        )
        for other in tuple(self._open.get(connection.place, ())):
            other.offer(logged, known=other is connection)


class _Connection:
    """One socket: the number it was last given, a bounded queue, and a writer of its own."""

    def __init__(
        self,
        place: Place,
        adapter: SocketAdapter,
        session: SocketSession,
        socket: web.WebSocketResponse,
        threads: SocketThreads,
        limits: SocketLimits,
    ) -> None:
        self.place = place
        self.adapter = adapter
        self.session = session
        self.socket = socket
        self.allowance = _Allowance(limits.rate, limits.burst)
        self._threads = threads
        self._last = session.resume_from
        self._behind = False
        self._again = False
        self._queue: asyncio.Queue[str] = asyncio.Queue(limits.queue)
        self._writer = asyncio.create_task(self._write())
        self._filler: asyncio.Task[None] | None = None

    def push(self, frame: Frame) -> None:
        """Queue a frame; a reader too slow for the queue is disconnected and will resume."""
        try:
            self._queue.put_nowait(_encode(frame))
        except asyncio.QueueFull:
            self._writer.cancel()
            if self.socket._req is not None and self.socket._req.transport is not None:
                self.socket._req.transport.abort()

    def offer(self, message: LoggedMessage, *, known: bool = False) -> None:
        """Pass a message on if it is the next one; `known` says that the client has it already."""
        if self._behind:
            self._again = True
        elif message.seq == self._last + 1:
            self._last = message.seq
            if not known:
                self.push(self.adapter.write_message(message))
        elif message.seq > self._last:
            self.catch_up()

    def nudge(self) -> None:
        """There may be something new in the log."""
        if self._behind:
            self._again = True
        else:
            self.catch_up()

    def catch_up(self) -> None:
        """Fill in from the log whatever comes after the last number given."""
        self._behind = True
        self._filler = asyncio.create_task(self._fill())

    async def end(self, code: int) -> None:
        """Close, after what is queued has had a moment to leave."""
        if self._filler is not None:
            self._filler.cancel()
        if not self._queue.empty() and not self.socket.closed:
            await asyncio.sleep(0.05)
        self._writer.cancel()
        await self.socket.close(code=code)

    async def _fill(self) -> None:
        try:
            again = True
            while again:
                self._again = False
                for message in await self._threads.log_after(*self.place, self._last):
                    if message.seq > self._last:
                        self._last = message.seq
                        self.push(self.adapter.write_message(message))
                again = self._again
            self._behind = False
        except Exception:
            log.exception("resume_failed", account=self.place[0])
            await self.socket.close(code=WSCloseCode.INTERNAL_ERROR)

    async def _write(self) -> None:
        try:
            while True:
                await self.socket.send_str(await self._queue.get())
        except (ConnectionError, RuntimeError):
            return


class _Allowance:
    """A token bucket: `rate` a second, up to `burst` at once."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._left = float(burst)
        self._at = time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def _encode(frame: Frame) -> str:
    return orjson.dumps(frame).decode()


def _decode(text: str) -> Mapping[str, object]:
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Refused(400, "the frame is not JSON") from None
    if not isinstance(data, dict):
        raise Refused(400, "the frame is not an object")
    return data
