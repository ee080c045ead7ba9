"""A chat server of the test's own and pages of it, for tests that need the server's other hand.

The pages forbid all that a policy can forbid. A `Wire` between page and server can fall silent, as
a phone's does that slept, without anybody hanging up.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from core.message import InboundMessage
from tests.adapters.webchat.chat_server import ChatServer, free_port, make_config
from tests.adapters.webchat.page import pages

_PIECE = 65_536


class Wire:
    """Passes bytes between a port of its own and the server's, until it is cut or silent."""

    def __init__(self, to: int) -> None:
        self.port = free_port()
        self._to = to
        self._server: asyncio.Server | None = None
        self._silent: set[asyncio.StreamWriter] = set()
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for one in self._open:
            one.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def fall_silent(self) -> None:
        """Whatever is open passes nothing on any more; what is opened later does."""
        self._silent |= self._open

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, onward = await asyncio.open_connection("127.0.0.1", self._to)
        self._open |= {writer, onward}
        for source, sink in ((reader, onward), (behind, writer)):
            task = asyncio.create_task(self._pass(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await source.read(_PIECE):
                if sink not in self._silent:
                    sink.write(piece)
                    await sink.drain()
        if sink not in self._silent:
            sink.close()


def echo(server: ChatServer) -> None:
    """Let the server answer each message as the trivial stages do."""

    def answer(message: InboundMessage) -> None:
        server.post(message.conversation_key, f"You said: {message.text}")

    server.threads.on_admit = answer


@asynccontextmanager
async def chat_page(
    port: int | None = None,
    server_port: int | None = None,
    scripts: Mapping[str, str] | None = None,
    more: Mapping[str, Callable[[], web.Response]] | None = None,
    **changes: object,
) -> AsyncIterator[ChatServer]:
    """A server that echoes, with its pages: "/" is the example's, the others open their script,
    and `more` are as they say.

    `port` is where the page believes the gateway, when that is not where the server listens;
    `changes` are of the chat's settings.
    """
    server_port = server_port or free_port()
    origins = tuple({f"http://127.0.0.1:{one}" for one in (server_port, port or server_port)})
    config: dict[str, Any] = {"allowed_origins": origins, **changes}
    server = ChatServer(
        make_config(**config),
        pages={**pages(port or server_port, **(scripts or {})), **(more or {})},
        port=server_port,
    )
    echo(server)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
