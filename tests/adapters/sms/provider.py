"""Twilio's API as a test scripts it: one answer to everything, or a list of messages in pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import parse_qs

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.adapters.sms.account import ACCOUNT, NOW, NUMBER, PHONE, sid

PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
Answer = Callable[[web.Request], web.StreamResponse]
Asked = list[tuple[str, dict[str, str]]]


@asynccontextmanager
async def twilio(answer: Answer) -> AsyncIterator[tuple[str, Asked]]:
    """An API that answers every request so; its address, and the paths and forms it was asked."""
    asked: Asked = []

    async def handle(request: web.Request) -> web.StreamResponse:
        form = parse_qs(await request.text(), keep_blank_values=True)
        asked.append((request.path, {name: one for name, [one] in form.items()}))
        return answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("")), asked


def created(status: str = "queued") -> Answer:
    """The message is taken."""
    return lambda _: web.json_response({"sid": sid(1), "status": status}, status=201)


def error(status: int, code: int | None = None, after: str | None = None) -> Answer:
    """It is not, for a reason of Twilio's."""
    body = {"status": status} if code is None else {"status": status, "code": code}
    headers = {} if after is None else {"Retry-After": after}
    return lambda _: web.json_response(body, status=status, headers=headers)


def dropped(request: web.Request) -> web.StreamResponse:
    """The connection ends instead of an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def item(
    number: int, body: str = "hello", *, ours: bool = False, at: datetime = NOW
) -> dict[str, object]:
    """A message of the list: from the phone to us, or `ours` to the phone."""
    return {
        "sid": sid(number),
        "body": body,
        "from": NUMBER if ours else PHONE,
        "to": PHONE if ours else NUMBER,
        "direction": "outbound-api" if ours else "inbound",
        "status": "sent" if ours else "received",
        "date_sent": format_datetime(at),
        "date_created": format_datetime(at),
        "num_media": "0",
    }


def listed(items: Sequence[dict[str, object]], size: int = 200) -> Answer:
    """A list of messages as given, newest first, in pages of at most `size`."""

    def answer(request: web.Request) -> web.StreamResponse:
        page = int(request.query.get("Page", "0"))
        wanted = min(size, int(request.query.get("PageSize", "50")))
        found = [one for one in items if request.query.get("To") in (None, one["to"])]
        more = len(found) > (page + 1) * wanted
        query = {"Page": str(page + 1), "PageToken": f"PA+{page}="}
        following = str(request.rel_url.update_query(query)) if more else None
        here = found[page * wanted : (page + 1) * wanted]
        return web.json_response({"messages": here, "next_page_uri": following})

    return answer
