"""A WebSocket client of bytes (RFC 6455), for frames that no library would send."""

from __future__ import annotations

import asyncio
import io
import os
import struct
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import orjson
import structlog

from gateway.logs import configure_logs
from gateway.settings.sections import Logging
from tests.adapters.webchat.chat_server import ACCOUNT, ORIGIN, ChatServer

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
PATIENCE = 20
CLIENT_ID = "00000000-0000-4000-8000-00000000000a"
PRIVATE = "ada.lovelace@example.com"
SAY = {"type": "say", "client_id": CLIENT_ID, "text": f"I am {PRIVATE}"}


def frame(
    payload: bytes,
    opcode: int = TEXT,
    *,
    final: bool = True,
    masked: bool = True,
    reserved: int = 0,
) -> bytes:
    """The bytes of one frame."""
    first = (0x80 if final else 0) | (reserved << 4) | opcode
    length = len(payload)
    if length < 126:
        head = struct.pack("!BB", first, length | (0x80 if masked else 0))
    elif length < 65_536:
        head = struct.pack("!BBH", first, 126 | (0x80 if masked else 0), length)
    else:
        head = struct.pack("!BBQ", first, 127 | (0x80 if masked else 0), length)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def written(data: object) -> bytes:
    """A text frame with this as JSON."""
    return frame(orjson.dumps(data))


@dataclass(frozen=True, slots=True)
class Heard:
    """One frame of the server."""

    opcode: int
    payload: bytes

    @property
    def code(self) -> int | None:
        """Why it closes; nothing when this is no close frame, or one without a reason."""
        if self.opcode != CLOSE or len(self.payload) < 2:
            return None
        (code,) = struct.unpack("!H", self.payload[:2])
        return int(code)

    @property
    def json(self) -> Mapping[str, object]:
        """What a text frame says."""
        read: Mapping[str, object] = orjson.loads(self.payload)
        return read


class RawSocket:
    """A connection after the upgrade."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, *frames: bytes) -> None:
        """Send these bytes; a server that has hung up is no fault of the sender's."""
        try:
            self._writer.write(b"".join(frames))
            await self._writer.drain()
        except ConnectionError:
            return

    async def hear(self) -> Heard | None:
        """The next frame; nothing at the end of the connection."""
        try:
            async with asyncio.timeout(PATIENCE):
                first, second = await self._reader.readexactly(2)
                length = second & 0x7F
                if length == 126:
                    (length,) = struct.unpack("!H", await self._reader.readexactly(2))
                elif length == 127:
                    (length,) = struct.unpack("!Q", await self._reader.readexactly(8))
                return Heard(first & 0x0F, await self._reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def hear_all(self) -> list[Heard]:
        """Every frame until the server has hung up."""
        heard = []
        while (one := await self.hear()) is not None:
            heard.append(one)
            if one.opcode == CLOSE:
                break
        return heard

    async def say_hello(self) -> Mapping[str, object]:
        """Be welcomed as a new visitor."""
        await self.send(written({"type": "hello"}))
        welcome = await self.hear()
        assert welcome is not None
        return welcome.json

    def vanish(self) -> None:
        """Gone without a word."""
        self._writer.transport.abort()

    async def close(self) -> None:
        """Let go of the connection."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return


@asynccontextmanager
async def raw_socket(server: ChatServer) -> AsyncIterator[RawSocket]:
    """An upgraded connection to the server, from the shop's page."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        f"GET /channels/{ACCOUNT}/socket HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Origin: {ORIGIN}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 "), head
    opened = RawSocket(reader, writer)
    try:
        yield opened
    finally:
        await opened.close()


@contextmanager
def log_text() -> Iterator[io.StringIO]:
    """What the gateway writes to its log meanwhile, rendered as in production."""
    before = structlog.get_config()
    kept = io.StringIO()
    configure_logs(Logging(level="DEBUG", format="json"))
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(kept))
    try:
        yield kept
    finally:
        structlog.configure(**before)


async def answer_to(socket: RawSocket, sent: bytes) -> Heard | None:
    await socket.send(sent)
    return await socket.hear()


async def heard_after(server: ChatServer, sent: bytes, *, welcomed: bool) -> list[Heard]:
    """Everything the server says to this before it has hung up."""
    async with raw_socket(server) as socket:
        if welcomed:
            await socket.say_hello()
        await socket.send(sent)
        return await socket.hear_all()


async def still_serves(server: ChatServer) -> None:
    """A bystander comes, writes and is understood."""
    async with raw_socket(server) as socket:
        await socket.say_hello()
        stored = await answer_to(socket, written({**SAY, "text": "Good day"}))
        assert stored is not None
        assert stored.json == {"type": "stored", "client_id": CLIENT_ID, "seq": 1}
