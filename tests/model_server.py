"""A local stand-in for a server that speaks as OpenAI's does, which misbehaves on demand.

It stands on the provider's side of the wire: what asks it is the real client. It notes what it was
asked, and answers with the next of the behaviours it was given, the last one again and again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

Asked = Mapping[str, Any]
Behaviour = Callable[[web.Request, Asked], Awaitable[web.StreamResponse]]


def answers(words: str | Callable[[Asked], str], *, finish: str = "stop") -> Behaviour:
    """An answer as the API's reference shows it; `words` may depend on what was asked."""

    async def behave(_: web.Request, asked: Asked) -> web.StreamResponse:
        text = words if isinstance(words, str) else words(asked)
        message = {"role": "assistant", "content": text}
        return _json(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1_770_000_000,
                "model": asked.get("model"),
                "choices": [{"index": 0, "message": message, "finish_reason": finish}],
                "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
            }
        )

    return behave


def answers_json(data: object) -> Behaviour:
    """An answer whose text is this data."""
    return answers(orjson.dumps(data).decode())


def fails(status: int, headers: Mapping[str, str] | None = None) -> Behaviour:
    """An error as the API writes it."""

    async def behave(_: web.Request, __: Asked) -> web.StreamResponse:
        return _json({"error": {"message": "no", "type": "error"}}, status, headers)

    return behave


def says(body: bytes, content_type: str = "application/json") -> Behaviour:
    """Any bytes with the status of a success."""

    async def behave(_: web.Request, __: Asked) -> web.StreamResponse:
        return web.Response(body=body, content_type=content_type)

    return behave


def streams(
    *pieces: str, finish: str = "stop", after: bytes = b"data: [DONE]\n\n", usage: bool = True
) -> Behaviour:
    """An answer piece by piece, as the API's reference shows it, and then these bytes."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        response = await _stream(request)
        for piece in pieces:
            await response.write(_event({"delta": {"content": piece}, "finish_reason": None}))
        await response.write(_event({"delta": {}, "finish_reason": finish}))
        if usage:
            tokens = {"prompt_tokens": 90, "completion_tokens": 30, "total_tokens": 120}
            await response.write(
                b"data: " + orjson.dumps({"choices": [], "usage": tokens}) + b"\n\n"
            )
        await response.write(after)
        await response.write_eof()
        return response

    return behave


def streams_what(words: Callable[[Asked], str]) -> Behaviour:
    """As `streams`, with words that depend on what was asked."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        return await streams(*words(asked).partition(" "))(request, asked)

    return behave


def streams_and_stalls(*pieces: str) -> Behaviour:
    """Begins an answer and never ends it."""

    async def behave(request: web.Request, _: Asked) -> web.StreamResponse:
        response = await _stream(request)
        for piece in pieces:
            await response.write(_event({"delta": {"content": piece}, "finish_reason": None}))
        await asyncio.Event().wait()
        return response

    return behave


def streams_and_hangs_up(*pieces: str) -> Behaviour:
    """Begins an answer and closes the connection."""

    async def behave(request: web.Request, _: Asked) -> web.StreamResponse:
        response = await _stream(request)
        for piece in pieces:
            await response.write(_event({"delta": {"content": piece}, "finish_reason": None}))
        assert request.transport is not None
        request.transport.close()
        return response

    return behave


def streams_for_ever(piece: str) -> Behaviour:
    """Says the same again and again, without an end."""

    async def behave(request: web.Request, _: Asked) -> web.StreamResponse:
        response = await _stream(request)
        event = _event({"delta": {"content": piece}, "finish_reason": None})
        while True:
            await response.write(event)

    return behave


def streams_bytes(body: bytes) -> Behaviour:
    """Any bytes that call themselves a stream of events."""
    return says(body, "text/event-stream")


async def _stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    return response


def _event(choice: Mapping[str, object]) -> bytes:
    data = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_770_000_000}
    return b"data: " + orjson.dumps({**data, "choices": [{"index": 0, **choice}]}) + b"\n\n"


def redirects(to: str) -> Behaviour:
    """Sends whoever asks to another address, with what they asked."""

    async def behave(_: web.Request, __: Asked) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": to})

    return behave


async def stalls(request: web.Request, _: Asked) -> web.StreamResponse:
    """Takes the question and never answers."""
    await asyncio.Event().wait()
    return web.Response()


async def goes_on_for_ever(request: web.Request, _: Asked) -> web.StreamResponse:
    """Streams what is no JSON, without an end."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    while True:
        await response.write(b"lorem ipsum " * 8_192)


async def breaks_off(request: web.Request, _: Asked) -> web.StreamResponse:
    """Promises more than it sends."""
    response = web.StreamResponse(headers={"Content-Length": "5000"})
    await response.prepare(request)
    await response.write(b'{"choices": [')
    assert request.transport is not None
    request.transport.close()
    return response


@dataclass
class ModelServer:
    """What it was asked, and what it does next."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    behaviours: list[Behaviour] = field(default_factory=list)

    def will(self, *behaviours: Behaviour) -> None:
        """Do these, one for each question; the last one again and again."""
        self.behaviours = list(behaviours)

    @property
    def texts(self) -> str:
        """Everything it was told."""
        return "\n".join(str(one["content"]) for each in self.asked for one in each["messages"])

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One question."""
        asked = await request.json()
        self.asked.append(asked)
        self.keys.append(request.headers.get("Authorization"))
        behave = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
        return await behave(request, asked)


@asynccontextmanager
async def model_server(*behaviours: Behaviour) -> AsyncIterator[ModelServer]:
    """A server on a free port of this machine."""
    server = ModelServer(behaviours=list(behaviours))
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.handle)
    # What stalls is dropped at once when the server goes.
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    server.url = f"http://127.0.0.1:{port}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()


def _json(
    data: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    return web.Response(
        body=orjson.dumps(data), status=status, headers=headers, content_type="application/json"
    )
