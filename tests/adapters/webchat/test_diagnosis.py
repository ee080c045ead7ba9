"""What the doctor says of a chat: whether pages can load its script and open its socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.webchat.diagnosis import diagnose
from core.channel_abilities import Finding, Gravity
from tests.adapters.webchat.chat_server import make_config

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def script(_: web.Request) -> web.StreamResponse:
    return web.Response(text="//", content_type="text/javascript")


async def page(_: web.Request) -> web.StreamResponse:
    return web.Response(text="Sign in", content_type="text/html")


def socket(frame: str) -> Answer:
    """A socket that answers the first frame with this one."""

    async def answer(request: web.Request) -> web.StreamResponse:
        opened = web.WebSocketResponse()
        await opened.prepare(request)
        await opened.receive()
        await opened.send_str(frame)
        await opened.close()
        return opened

    return answer


REFUSED = socket('{"type":"refused","status":403}')


async def looked_at(
    widget: Answer, chat: Answer, origin: str = "http://localhost"
) -> list[Finding]:
    """What is found where script and socket are so."""
    app = web.Application()
    app.router.add_get("/c/widget.js", widget)
    app.router.add_get("/c/socket", chat)
    async with TestServer(app) as server:
        return list(
            await diagnose(make_config(allowed_origins=(origin,)), str(server.make_url("/c")))
        )


async def test_a_chat_in_order_has_no_fault() -> None:
    assert [one.gravity for one in await looked_at(script, REFUSED)] == [Gravity.OK, Gravity.OK]


@pytest.mark.parametrize(
    ("widget", "chat", "words"),
    [
        (page, REFUSED, "script of the chat is answered with 200 (text/html)"),
        (script, page, "No WebSocket can be opened: the answer is 200"),
        (script, socket('{"type":"welcome"}'), "does not refuse a page"),
        (script, socket("not JSON"), "does not refuse a page"),
    ],
    ids=["script", "upgrade", "welcome", "words"],
)
async def test_each_fault_between_page_and_chat_is_told(
    widget: Answer, chat: Answer, words: str
) -> None:
    [fault] = [one for one in await looked_at(widget, chat) if one.gravity is not Gravity.OK]
    assert (fault.gravity, words in fault.what) == (Gravity.FAULT, True), fault
    assert fault.mend


@pytest.mark.parametrize(
    ("origin", "gravity"),
    [("http://shop.example.com", Gravity.WARNING), ("https://shop.example.com", Gravity.FAULT)],
)
async def test_pages_that_browsers_keep_from_the_chat_are_told(
    origin: str, gravity: Gravity
) -> None:
    """Here the chat has no TLS."""
    first, *_ = await looked_at(script, REFUSED, origin)
    assert first.gravity is gravity and origin in first.what


async def test_an_address_where_nobody_is_is_told_once() -> None:
    [fault] = await diagnose(
        make_config(allowed_origins=("http://localhost",)), "http://127.0.0.1:1"
    )
    assert "could not be asked" in fault.what
