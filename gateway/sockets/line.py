"""One open socket: the last number it was given, a bounded queue, and a writer of its own.

A thread's messages are numbered upwards. The next number is passed on, an older one dropped, and a
gap is filled from the durable log: nothing is lost or shown twice, in whatever order this process
comes to know of things. It never decides what a frame means.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Protocol

import orjson
import structlog
from aiohttp import WSCloseCode, web

from core.message import InboundMessage
from core.socket_channel import LoggedMessage, SocketAdapter, SocketSession
from gateway.sockets.limits import Allowance, SocketLimits

log = structlog.get_logger(__name__)

Frame = Mapping[str, object]
Place = tuple[str, str]
"""A thread: account and conversation key."""

_LAST_WORDS_SECONDS = 1.0


class Kept(Protocol):
    """What became of a message: its number in the thread, and its text without secrets."""

    @property
    def seq(self) -> int:
        """The number of the message in its thread."""

    @property
    def duplicate(self) -> bool:
        """Whether it had been taken before."""

    @property
    def text(self) -> str:
        """What was stored."""


class Threads(Protocol):
    """What sockets need of the rest: durable admission, the resume log, and who saw what."""

    def admit(self, message: InboundMessage, /) -> Awaitable[Kept]:
        """Store a message; returns once it is durable. Raises `memory.store.Overloaded`."""

    def log_after(self, account: str, key: str, seq: int, /) -> Awaitable[Sequence[LoggedMessage]]:
        """A page of what the thread holds after `seq`, oldest first; for 0 the newest one."""

    def standing(self, handle_key: str, /) -> Awaitable[int]:
        """The last change of identity that touched this handle; 0 when there was none."""

    def prove(self, handle_key: str, link: str, /) -> Awaitable[None]:
        """This sender brought a one-time token along that was sent to an address of theirs."""

    def seen(self, account: str, key: str, seq: int, /) -> Awaitable[None]:
        """The client has shown everything up to `seq`."""


class Line:
    """One socket whose first frame was verified. `spoke` is when it brought its last message."""

    def __init__(
        self,
        place: Place,
        adapter: SocketAdapter,
        session: SocketSession,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        threads: Threads,
        limits: SocketLimits,
        now: float,
    ) -> None:
        self.place = place
        self.adapter = adapter
        self.session = session
        self.socket = socket
        self.allowance = Allowance(limits.rate, limits.burst, now)
        self.seen = session.resume_from
        self.strikes = 0
        self.spoke: float | None = None
        self._transport = transport
        self._threads = threads
        self._stall = limits.stall_seconds
        self._last = session.resume_from
        self._welcomed = False
        self._behind = True
        self._again = False
        self._held: list[Frame] = []
        self._queue: asyncio.Queue[str] = asyncio.Queue(limits.queue)
        self._writer = asyncio.create_task(self._write())
        self._filler: asyncio.Task[None] | None = None

    @property
    def last(self) -> int:
        """The number up to which this client was given the thread."""
        return self._last

    def push(self, frame: Frame) -> None:
        """Queue a frame; a reader too slow for the queue is cut off, and will resume."""
        if not self._welcomed or self._writer.done():
            return
        try:
            self._queue.put_nowait(orjson.dumps(frame).decode())
        except asyncio.QueueFull:
            self._cut()

    def offer(self, message: LoggedMessage) -> None:
        """Pass a message on if it is the next one."""
        if self._behind or message.seq > self._last + 1:
            self.nudge()
        elif message.seq == self._last + 1:
            self._last = message.seq
            self.push(self.adapter.write_message(message))

    def confirm(self, client_id: str, seq: int) -> None:
        """Tell the client that its own message is durable, but nothing before it is left out.

        A client comes back with the highest number it knows, and would never ask for one below.
        """
        stored = self.adapter.write_stored(client_id, seq)
        if self._behind or seq > self._last + 1:
            self._held.append(stored)
            self.nudge()
        else:
            self._last = max(self._last, seq)
            self.push(stored)

    def nudge(self) -> None:
        """There may be something new in the log."""
        if self._behind:
            self._again = True
        else:
            self._behind = True
            self._filler = asyncio.create_task(self._catch_up())

    async def greet(self) -> None:
        """Send the welcome and whatever the client has not seen; live messages wait meanwhile.

        A client that knows more than the log does, as after a restored backup, begins anew: its
        welcome says from which number on it is told the thread.
        """
        known = self._last
        entries = await self._threads.log_after(*self.place, known)
        if known and not entries and not await self._threads.log_after(*self.place, known - 1):
            self._last = self.seen = 0
        self._welcomed = True
        self.push({**self.session.welcome, "resume": self._last})
        await self._pass_on(entries)
        if known or entries:
            await self._fill()
        else:
            self._behind = self._again
            if self._behind:
                await self._fill()

    async def end(self, code: int) -> None:
        """Close, after what is queued has had a moment to leave."""
        if self._filler is not None:
            self._filler.cancel()
        drained = asyncio.ensure_future(self._queue.join())
        await asyncio.wait(
            {drained, self._writer},
            timeout=_LAST_WORDS_SECONDS,
            return_when=asyncio.FIRST_COMPLETED,
        )
        drained.cancel()
        self._writer.cancel()
        await self.socket.close(code=code)

    async def _catch_up(self) -> None:
        try:
            await self._fill()
        except ConnectionError:
            return
        except Exception:
            log.exception("resume_failed", account=self.place[0])
            await self.socket.close(code=WSCloseCode.INTERNAL_ERROR)

    async def _fill(self) -> None:
        """Read the log until nothing is new and nothing was offered while it was read."""
        while True:
            self._again = False
            entries = await self._threads.log_after(*self.place, self._last)
            await self._pass_on(entries)
            if not entries and not self._again:
                self._behind = False
                for stored in self._held:
                    self.push(stored)
                self._held.clear()
                return

    async def _pass_on(self, entries: Sequence[LoggedMessage]) -> None:
        for message in entries:
            if message.seq > self._last:
                self._last = message.seq
                await self._put(self.adapter.write_message(message))

    async def _put(self, frame: Frame) -> None:
        """Queue a frame of a long replay at the reader's pace. Raises `ConnectionError`."""
        if not self._queue.full():
            self.push(frame)
            return
        put = asyncio.ensure_future(self._queue.put(orjson.dumps(frame).decode()))
        try:
            await asyncio.wait(
                {put, self._writer}, timeout=self._stall, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            put.cancel()
        if not put.done() or put.cancelled():
            self._cut()
            raise ConnectionResetError("nobody reads")

    async def _write(self) -> None:
        try:
            while True:
                frame = await self._queue.get()
                await self.socket.send_str(frame)
                self._queue.task_done()
        except (ConnectionError, RuntimeError):
            return

    def _cut(self) -> None:
        """No closing handshake: the other side does not read."""
        if self._writer.done():
            return
        log.info("socket_too_slow", account=self.place[0])
        self._writer.cancel()
        if self._transport is not None:
            self._transport.abort()
