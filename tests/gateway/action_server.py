"""A system of a business's that is asked by webhook, and misbehaves by the path it is asked at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from core.signing import SIGNATURE, TIMESTAMP, sign

SECRET = b"a-secret-of-the-tests-and-nothing-else"


@dataclass
class Business:
    """What it was asked, and what it did: once for each key, as its answers say."""

    url: str = ""
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Path, key and body of each request that was signed well."""
    done: dict[str, dict[str, Any]] = field(default_factory=dict)
    fails: int = 0
    """How many of the next requests are done without an answer that anybody gets."""
    forged: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with each request."""

    def made(self) -> web.Application:
        """The server."""
        app = web.Application(client_max_size=1 << 20)
        app.router.add_post("/{how}", self._answer)
        app.router.add_get("/{how}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        timestamp = request.headers.get(TIMESTAMP, "")
        if request.headers.get(SIGNATURE) != sign(SECRET, timestamp, body):
            self.forged += 1
            return web.Response(status=403)
        how, key = request.match_info["how"], request.headers["idempotency-key"]
        self.asked.append((how, key, body))
        self.arrived.set()
        return await _WAYS.get(how, Business._do)(self, request, key)

    async def _do(self, request: web.Request, key: str) -> web.StreamResponse:
        """Does it, unless it did so for this key before, and answers as then."""
        values = orjson.loads(await request.read())["values"]
        answer = self.done.setdefault(key, {"number": f"V-{len(self.done)}", "for": values})
        if self.fails:
            self.fails -= 1
            return await self._close(request, key)
        return web.json_response(answer)

    async def _close(self, request: web.Request, key: str) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async def _stall(self, request: web.Request, key: str) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    async def _status(self, request: web.Request, key: str) -> web.StreamResponse:
        status = int(request.match_info["how"])
        where = {"Location": f"{self.url}/do"} if 300 <= status < 400 else {}
        return web.json_response({"number": "next week"}, status=status, headers=where)

    async def _garbage(self, request: web.Request, key: str) -> web.StreamResponse:
        return web.Response(body=b'{"number": "V-1"', content_type="application/json")

    async def _huge(self, request: web.Request, key: str) -> web.StreamResponse:
        return web.json_response({"number": "V-1", "more": "x" * 200_000})

    async def _list(self, request: web.Request, key: str) -> web.StreamResponse:
        return web.json_response(["V-1"])

    async def _lacks(self, request: web.Request, key: str) -> web.StreamResponse:
        return web.json_response({"number": {"is": "an object"}})


_Way = Callable[[Business, web.Request, str], Awaitable[web.StreamResponse]]

_WAYS: dict[str, _Way] = {
    "close": Business._close,
    "stall": Business._stall,
    "garbage": Business._garbage,
    "huge": Business._huge,
    "list": Business._list,
    "lacks": Business._lacks,
    **{str(one): Business._status for one in (302, 307, 401, 404, 409, 422, 429, 500, 503)},
}
