"""A provider on loopback that does as it is told: takes, throttles, fails, refuses, hangs, forgets.

It writes down every call, so that a rule can count them. What its answers look like is the
harness's to say; it verifies no credentials and judges nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import orjson
from aiohttp import web

from adapters.testing.call import Call
from adapters.testing.site import Said


class Behaviour(StrEnum):
    """How the provider meets a send, until it is told otherwise."""

    ACCEPT = "accept"
    THROTTLE = "throttle"
    """Asks to slow down (429), with `Retry-After: 7`; the message is not taken."""
    FAIL = "fail"
    """Breaks (500)."""
    REFUSE = "refuse"
    """Says no, for good; the message is not taken."""
    LATE = "late"
    """Says that the time in which this person may be answered is over."""
    GARBAGE = "garbage"
    """Answers 200 with what is no answer."""
    HANG = "hang"
    """Takes the message and never answers."""
    LOSE = "lose"
    """Takes the message and drops the connection instead of answering."""
    REDIRECT = "redirect"
    """Sends the caller elsewhere (307)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider answers. A `body` that is no text and no bytes goes as JSON."""

    status: int = 200
    body: object = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        """The same for the web server."""
        if isinstance(self.body, bytes):
            return web.Response(status=self.status, body=self.body, headers=self.headers)
        if isinstance(self.body, str):
            return web.Response(status=self.status, text=self.body, headers=self.headers)
        kind = {"Content-Type": "application/json"}
        return web.Response(
            status=self.status, body=orjson.dumps(self.body), headers={**kind, **self.headers}
        )


@dataclass(slots=True)
class Known:
    """What the provider knows: the sends it took, and what people wrote to us, oldest first."""

    sent: list[Call] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


class Provider(Protocol):
    """What a rule needs of a provider; a harness may bring one that speaks no HTTP."""

    known: Known
    behaviour: Behaviour

    @property
    def url(self) -> str:
        """Where it listens, without a final slash."""

    @property
    def calls(self) -> Sequence[Call]:
        """Everything it was asked."""

    @property
    def sends(self) -> Sequence[Call]:
        """Every attempt to send, whether it was taken or not."""

    @property
    def connections(self) -> int:
        """How many connections are open to it now."""

    async def start(self) -> None:
        """Listen."""

    async def stop(self) -> None:
        """Stop listening and drop every connection; from then on nobody can connect."""


Respond = Callable[[Call, Known], Answer]


@dataclass(slots=True)
class ScriptedProvider:
    """A provider that is asked by HTTP.

    `answers` tells by behaviour what a send is answered with; every other call is answered as
    accepted. `is_send` tells which calls are sends.
    """

    answers: Mapping[Behaviour, Respond]
    is_send: Callable[[Call], bool]
    known: Known = field(default_factory=Known)
    behaviour: Behaviour = Behaviour.ACCEPT
    calls: list[Call] = field(default_factory=list)
    url: str = ""
    _server: web.Server | None = None
    _listening: asyncio.Server | None = None
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def sends(self) -> Sequence[Call]:
        """Every attempt to send."""
        return [one for one in self.calls if self.is_send(one)]

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return 0 if self._server is None else len(self._server.connections)

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        loop = asyncio.get_running_loop()
        self._server = web.Server(self._handle, access_log=None)
        self._listening = await loop.create_server(self._server, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Let go of everybody who waits, and stop listening."""
        self._released.set()
        if self._listening is not None and self._server is not None:
            self._listening.close()
            await self._server.shutdown(0.1)
            await self._listening.wait_closed()
            self._server = self._listening = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        call = Call(
            len(self.calls) + 1,
            request.method,
            request.path,
            dict(request.query),
            {name.lower(): value for name, value in request.headers.items()},
            await request.content.read(),
        )
        self.calls.append(call)
        if not self.is_send(call):
            return self.answers[Behaviour.ACCEPT](call, self.known).response()
        return await self._taken(call, request)

    async def _taken(self, call: Call, request: web.BaseRequest) -> web.StreamResponse:
        behaviour = self.behaviour
        if behaviour in (Behaviour.ACCEPT, Behaviour.HANG, Behaviour.LOSE):
            self.known.sent.append(call)
        if behaviour is Behaviour.HANG:
            await self._released.wait()
        if behaviour in (Behaviour.HANG, Behaviour.LOSE):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return self.answers[behaviour](call, self.known).response()
