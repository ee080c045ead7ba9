"""Sockets: upgrade, first frame, reading and fan-out, for any channel whose adapter reads frames.

The hub knows which sockets are open on which thread. What lasts is behind `Threads`; what a frame
means is the adapter's.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace

import orjson
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from core.channel import Refused
from core.message import Author, InboundMessage, OutboundPart, SendReceipt
from core.socket_channel import (
    LoggedMessage,
    Rotates,
    Seen,
    ShowsReading,
    SocketAdapter,
    SocketEvent,
    SocketRequest,
    SocketSession,
    Typing,
)
from gateway.access.gate import remote_of
from gateway.sockets.limits import Allowance, Remotes, SocketLimits
from gateway.sockets.line import Kept, Line, Place, Threads
from memory.store import Overloaded

log = structlog.get_logger(__name__)

_BUSY = "We are very busy; your message was not taken and will be sent again."
_FAILED = "Your message could not be taken. Please try again."
_CLOSE_SECONDS = 2.0
_LONGEST_ID = 64


class SocketHub:
    """Every open socket by its thread. Other parts publish here; nothing is stored here.

    `clock` is seconds of any steady clock.
    """

    def __init__(
        self,
        threads: Threads,
        limits: SocketLimits = SocketLimits(),  # noqa: B008 - frozen
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._threads = threads
        self._limits = limits
        self._clock = clock
        self._open: defaultdict[Place, set[Line]] = defaultdict(set)
        self._remotes = Remotes(limits)
        self._typed: dict[Place, float] = {}
        self._closing = False

    def handler(
        self, account: str, adapter: SocketAdapter
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The upgrade handler of one account."""

        async def upgrade(request: web.Request) -> web.StreamResponse:
            remote = remote_of(request)
            shared = None if self._closing else self._remotes.enter(remote, self._clock())
            if shared is None:
                return web.Response(status=503, headers={"Retry-After": "5"}, text="busy")
            try:
                return await self._serve(account, adapter, request, shared)
            finally:
                self._remotes.leave(remote)

        return upgrade

    def publish(self, account: str, key: str, message: LoggedMessage) -> None:
        """Show a durable message to every socket of its thread."""
        for line in tuple(self._open.get((account, key), ())):
            line.offer(message)

    async def send(self, part: OutboundPart) -> SendReceipt:
        """Deliver a part by letting its thread's sockets read what is new in the log.

        The part is in the log already, so this cannot fail; whoever is away reads it on return.
        """
        for line in tuple(self._open.get((part.account, part.address["conversation"]), ())):
            line.nudge()
        return SendReceipt(part.key)

    def publish_typing(self, account: str, key: str, active: bool, author: Author) -> None:
        """Show or hide that an answer is being written."""
        for line in tuple(self._open.get((account, key), ())):
            line.push(line.adapter.write_typing(active, author))

    def show_presence(self, account: str, key: str, doing: str) -> bool:
        """Show that a person is "reading", "typing" or "away"; whether anybody is there to see."""
        lines = tuple(self._open.get((account, key), ()))
        for line in lines:
            if isinstance(line.adapter, ShowsReading):
                line.push(line.adapter.write_reading(doing != "away"))
            if doing != "reading":
                line.push(line.adapter.write_typing(doing == "typing", Author.AGENT))
        return bool(lines)

    async def take(self, message: InboundMessage) -> Kept:
        """Make a message durable that came beside the sockets, and show it on those of its thread.

        Raises what admission raises.
        """
        kept = await self._threads.admit(message)
        for line in tuple(self._open.get((message.account, message.conversation_key), ())):
            line.nudge()
        return kept

    def places_of(self, handles: Collection[str]) -> list[tuple[Place, str]]:
        """The open threads of these senders, each with its sender's key."""
        if not handles:
            return []
        senders = [
            (place, next(iter(lines)).session.sender.key) for place, lines in self._open.items()
        ]
        return [(place, key) for place, key in senders if key in handles]

    async def rotate(self, account: str, key: str, standing: int) -> None:
        """Let nobody go on with a token from before a change of identity.

        The socket that spoke last, or the only one, gets another token; the others are asked to
        come back, and whoever shares its storage will. Somebody who knew the token will not.
        """
        lines = [
            one
            for one in self._open.get((account, key), ())
            if one.session.standing not in (None, standing)
        ]
        kept = _speaker(lines)
        if kept is not None and isinstance(kept.adapter, Rotates):
            kept.push(kept.adapter.write_token(kept.session, standing))
            kept.session = replace(kept.session, standing=standing)
        others = [one for one in lines if one is not kept]
        await asyncio.gather(*(one.end(WSCloseCode.SERVICE_RESTART) for one in others))

    def connected(self, account: str, key: str) -> bool:
        """Whether anybody is on this thread."""
        return (account, key) in self._open

    def typed_ago(self, account: str, key: str) -> float | None:
        """Seconds since the visitor's last reported keystroke; nothing while they do not type."""
        at = self._typed.get((account, key))
        return None if at is None else self._clock() - at

    async def close(self) -> None:
        """Take no more sockets, and ask every client to come back soon (close code 1012)."""
        self._closing = True
        everyone = [one for group in self._open.values() for one in group]
        await asyncio.gather(*(one.end(WSCloseCode.SERVICE_RESTART) for one in everyone))

    async def _serve(
        self, account: str, adapter: SocketAdapter, request: web.Request, shared: Allowance
    ) -> web.WebSocketResponse:
        limits = self._limits
        socket = web.WebSocketResponse(
            timeout=_CLOSE_SECONDS,
            heartbeat=limits.heartbeat_seconds,
            max_msg_size=limits.frame_bytes,
            compress=False,
        )
        await socket.prepare(request)
        session = await self._open_session(account, adapter, request, socket)
        if session is None:
            return socket
        place = (account, session.conversation_key)
        line = Line(
            place,
            adapter,
            session,
            socket,
            request.transport,
            self._threads,
            limits,
            self._clock(),
        )
        self._open[place].add(line)
        code: int = WSCloseCode.OK
        try:
            await line.greet()
            if session.link is not None:
                await self._threads.prove(session.sender.key, session.link)
            code = await self._read_frames(line, shared)
        except ConnectionError:
            code = WSCloseCode.TRY_AGAIN_LATER
        except Exception:
            log.exception("socket_failed", account=account)
            code = WSCloseCode.INTERNAL_ERROR
        finally:
            self._forget(line)
            await line.end(code)
        return socket

    def _forget(self, line: Line) -> None:
        there = self._open[line.place]
        there.discard(line)
        if not there:
            del self._open[line.place]
            self._typed.pop(line.place, None)

    async def _open_session(
        self,
        account: str,
        adapter: SocketAdapter,
        request: web.Request,
        socket: web.WebSocketResponse,
    ) -> SocketSession | None:
        """The verified first frame, or nothing after the socket was closed with the reason."""
        remote = remote_of(request)
        asked = SocketRequest(request.headers.get("Origin"), remote, dict(request.query))
        try:
            async with asyncio.timeout(self._limits.hello_seconds):
                first = await socket.receive()
            if first.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED):
                return None
            if first.type is not WSMsgType.TEXT:
                raise Refused(400, "the first frame must be text")
            return await self._standing_session(adapter, _decode(first.data), asked)
        except TimeoutError:
            await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"no hello in time")
        except ConnectionError:
            return None  # gone while a ping of theirs was answered
        except Refused as refused:
            log.warning("socket_refused", why=refused.reason, status=refused.status)
            frame = adapter.write_refusal(refused.reason, None, refused.status)
            try:
                await socket.send_str(orjson.dumps(frame).decode())
            except ConnectionError:
                return None
            await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"refused")
        except Exception:
            log.exception("socket_failed", account=account)
            await socket.close(code=WSCloseCode.INTERNAL_ERROR)
        return None

    async def _standing_session(
        self, adapter: SocketAdapter, first: Mapping[str, object], asked: SocketRequest
    ) -> SocketSession:
        """The session of a first frame, a new one when its token is from before a change."""
        session = adapter.open(first, asked)
        if session.standing is None or not isinstance(adapter, Rotates):
            return session
        standing = await self._threads.standing(session.sender.key)
        return session if session.standing == standing else adapter.open_anew(first, asked)

    async def _read_frames(self, line: Line, shared: Allowance) -> int:
        """Act on frames until the socket closes; the code to close with, when that is our part."""
        async for received in line.socket:
            if received.type is not WSMsgType.TEXT:
                return WSCloseCode.UNSUPPORTED_DATA
            now = self._clock()
            wait = max(line.allowance.take(now), shared.take(now))
            if wait > 0:
                await asyncio.sleep(wait)
            frame: Mapping[str, object] = {}
            try:
                frame = _decode(received.data)
                event = line.adapter.read(line.session, frame)
            except Refused as refused:
                line.push(
                    line.adapter.write_refusal(refused.reason, _client_id(frame), refused.status)
                )
                if not frame:
                    return WSCloseCode.INVALID_TEXT
                line.strikes += 1
                if line.strikes >= self._limits.strikes:
                    return WSCloseCode.POLICY_VIOLATION
                continue
            await self._handle(line, event)
        return WSCloseCode.OK

    async def _handle(self, line: Line, event: SocketEvent) -> None:
        account, key = line.place
        if isinstance(event, InboundMessage):
            await self._admit(line, event)
        elif isinstance(event, Typing):
            if event.active:
                self._typed[line.place] = self._clock()
            else:
                self._typed.pop(line.place, None)
        elif isinstance(event, Seen):
            seen = min(event.seq, line.last)
            if seen > line.seen:
                line.seen = seen
                await self._threads.seen(account, key, seen)
        else:
            line.push(event.answer)

    async def _admit(self, line: Line, message: InboundMessage) -> None:
        """Make a message durable, say so, and show it in the other tabs."""
        self._typed.pop(line.place, None)
        line.spoke = self._clock()
        client_id = message.client_id or ""
        try:
            kept = await self._threads.admit(message)
        except Overloaded:
            line.push(line.adapter.write_refusal(_BUSY, client_id, 503))
            return
        except Exception:
            log.exception("admission_failed", account=message.account)
            line.push(line.adapter.write_refusal(_FAILED, client_id, 500))
            return
        line.confirm(client_id, kept.seq)
        if kept.duplicate:
            return
        text = {"text": kept.text}
        logged = LoggedMessage(kept.seq, Author.CUSTOMER, None, text, message.sent_at, client_id)
        for other in self._open.get(line.place, set()) - {line}:
            other.offer(logged)


def _speaker(lines: Collection[Line]) -> Line | None:
    """The line that brought the newest message; without any, the only line there is."""
    spoke = [one for one in lines if one.spoke is not None]
    if spoke:
        return max(spoke, key=lambda one: one.spoke or 0.0)
    return next(iter(lines)) if len(lines) == 1 else None


def _decode(text: str) -> Mapping[str, object]:
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Refused(400, "the frame is not JSON") from None
    if not isinstance(data, dict) or not data:
        raise Refused(400, "the frame is not an object")
    return data


def _client_id(frame: Mapping[str, object]) -> str | None:
    """Which message a refused frame was about, if it says so in a form we may repeat."""
    named = frame.get("client_id")
    return named if isinstance(named, str) and len(named) <= _LONGEST_ID else None
