"""Requests that are wrong in themselves: each refused with its status, and nothing is stored.

What is wrong about one channel's requests is tried with that channel's adapter.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import Connection, Select, func, select

from adapters.sms.signature import sign
from memory.tables.main import Handle, Message
from memory.tables.rows import table
from tests.gateway.credentials import bearer
from tests.gateway.way import Way, running

ADMIN = "the-admin-token-of-the-tests"
HOST = b"Host: localhost\r\n"
JSON = {"Content-Type": "application/json"}
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
LARGE = 1_100_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back on the wire."""

    status: int
    headers: dict[str, str]
    body: str


@asynccontextmanager
async def wired(way: Way) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection to the gateway."""
    host, port = way.base_url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield reader, writer
    finally:
        writer.close()


async def answer_to(way: Way, request: bytes) -> Answer:
    """The answer to these very bytes."""
    async with wired(way) as (reader, writer):
        writer.write(request)
        await writer.drain()
        return await read_answer(reader)


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """The next answer on a connection."""
    async with asyncio.timeout(30):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        body = await reader.readexactly(int(headers.get("Content-Length", 0)))
    return Answer(int(first.split(" ")[1]), headers, body.decode())


async def assert_untouched(way: Way) -> None:
    """Nothing was stored, and the gateway goes on."""
    for model in (Message, Handle):
        query = select(func.count()).select_from(table(model))
        assert await way.gateway.store.read(_number, query) == 0
    assert (await answer_to(way, b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n")).status == 200


def _number(connection: Connection, query: Select[int]) -> int:
    return int(connection.execute(query).scalar_one())


@pytest.fixture
async def way(tmp_path: Path) -> AsyncIterator[Way]:
    async with running(tmp_path) as running_way:
        yield running_way
        await assert_untouched(running_way)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/health", 405),
        ("TRACE", "/health", 405),
        ("DELETE", "/channels/sms/inbound", 405),
        ("GET", "/channels/sms/inbound", 405),
        ("POST", "/channels/webchat/socket", 405),
        ("PATCH", "/console/sign-in", 405),
        ("DELETE", "/api/v1/customers", 405),
        ("GET", "/nothing", 404),
        ("POST", "/channels/sms", 404),
        ("POST", "/channels/sms/inbound/more", 404),
        ("POST", "/channels/nobody/inbound", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/customers/not-a-number", 404),
        ("GET", "/api/v1/customers/99999999999999999999999", 404),
        ("GET", "/api/v1/customers?limit=many", 422),
        ("GET", "/api/v1/customers?limit=1&limit=2", 400),
        ("GET", "/console/static/%2e%2e/pages.py", 404),
        ("GET", "/console/static/..%2fpages.py", 404),
        ("GET", "/console/static/%00", 404),
        ("OPTIONS", "*", 404),
    ],
)
async def test_wrong_methods_and_unknown_paths(
    way: Way, method: str, path: str, status: int
) -> None:
    credentials = f"Authorization: {(await bearer(way.gateway))['Authorization']}\r\n".encode()
    request = f"{method} {path} HTTP/1.1\r\n".encode() + HOST + credentials + b"\r\n"
    answer = await answer_to(way, request)
    assert answer.status == status
    assert (status == 405) == ("Allow" in answer.headers)
    if not path.startswith("/channels/"):
        assert set(json.loads(answer.body)) == {"error", "where", "fix"}


@pytest.mark.parametrize(
    "head",
    [
        b"FOO / HTTP/1.1\r\n" + HOST,
        b"GET /health HTTP/9.9\r\n" + HOST,
        b"<script>alert(1)</script>\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n",
        b"GET /health HTTP/1.1\r\n" + HOST + b"X-A: a\r\n folded\r\n",
        b"GET /health HTTP/1.1\r\n" + HOST + b"X A: a\r\n",
        b"GET /health HTTP/1.1\r\n" + HOST + b"X-A: a\x00b\r\n",
        b"GET /health HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 9000 + b"\r\n",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST,
        b"GET /health HTTP/1.1\r\n" + HOST + b"X-A: a\r\n" * 2000,
        b"GET /health HTTP/1.1\r\n",
        # Two lengths are how one request is smuggled behind another through a proxy.
        b"POST /channels/sms/inbound HTTP/1.1\r\n"
        + HOST
        + b"Content-Length: 3\r\nContent-Length: 5\r\n",
        b"POST /channels/sms/inbound HTTP/1.1\r\n"
        + HOST
        + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        b"POST /channels/sms/inbound HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n",
        b"POST /channels/sms/inbound HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n",
    ],
    ids=lambda head: repr(head[-40:]),
)
async def test_what_is_not_http_is_refused_and_never_taken_for_a_page(
    way: Way, head: bytes
) -> None:
    answer = await answer_to(way, head + b"\r\n")
    assert answer.status == 400
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("chunk", [b"zz\r\nabc\r\n", b"-1\r\nabc\r\n", b"3 \x00\r\nabc\r\n"])
async def test_broken_chunks_are_refused(way: Way, chunk: bytes) -> None:
    head = b"POST /channels/sms/inbound HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n"
    assert (await answer_to(way, head + b"\r\n" + chunk + b"0\r\n\r\n")).status == 400


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "in chunks"])
@pytest.mark.parametrize("path", ["/channels/sms/inbound", "/console/sign-in", "/api/v1/render"])
async def test_a_body_too_large_is_refused(way: Way, path: str, chunked: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LARGE // 10_000):
            yield b"token=" + b"x" * 10_000

    data = chunks() if chunked else BytesIO(b"x" * LARGE)
    form = "application/x-www-form-urlencoded"
    kind = JSON if path.startswith("/api") else {"Content-Type": form}
    async with (
        aiohttp.ClientSession(way.base_url, headers={**kind, **await bearer(way.gateway)}) as web,
        web.post(path, data=data) as answer,
    ):
        assert answer.status == 413


async def test_an_api_body_is_taken_in_pieces_and_refused_above_its_own_limit(way: Way) -> None:
    body = json.dumps({"account": "sms", "text": "hello"}).encode()
    credentials = f"Authorization: {(await bearer(way.gateway))['Authorization']}\r\n".encode()
    head = b"POST /api/v1/render HTTP/1.1\r\n" + HOST + credentials
    head += b"Content-Type: application/json\r\n"
    async with wired(way) as (reader, writer):
        writer.write(head + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
        # Its consent comes when the body is waited for: the first half is then read alone.
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(body[:9])
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.write(body[9:])
        assert (await read_answer(reader)).status == 200
    large = b" " * 70_000 + body
    answer = await answer_to(way, head + b"Content-Length: %d\r\n\r\n" % len(large) + large)
    assert answer.status == 413
    assert json.loads(answer.body)["where"] == "body"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"account=sms", 415),
        ({}, b"{}", 415),
        (JSON, b"", 400),
        (JSON, b"{", 400),
        (JSON, b"\xff\xfe", 400),
        (JSON, b"[" * 50_000, 400),
        (JSON, b"[]", 422),
        (JSON, b'{"account": "sms", "text": "x", "more": 1}', 422),
        (JSON, b'{"account": "nobody", "text": "x"}', 404),
    ],
    ids=lambda one: repr(one)[:40],
)
async def test_the_api_says_what_is_wrong_with_a_body(
    way: Way, headers: dict[str, str], body: bytes, status: int
) -> None:
    async with (
        aiohttp.ClientSession(way.base_url, skip_auto_headers=["Content-Type"]) as web,
        web.post(
            "/api/v1/render", data=body, headers={**headers, **await bearer(way.gateway)}
        ) as answer,
    ):
        assert answer.status == status
        assert set(await answer.json(content_type=None)) == {"error", "where", "fix"}


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        (b"multipart/form-data", b"token=abc", 401),
        (b"multipart/form-data; boundary=x", b"--x\r\n\r\n", 401),
        (b"application/json", b'{"token": "x"}', 401),
        (b"application/x-www-form-urlencoded; charset=nope", b"token=abc", 400),
        (b"application/x-www-form-urlencoded; charset=utf-16", b"token=abc", 400),
        (b"application/x-www-form-urlencoded", b"token=\xff\xfe", 400),
        (b"application/x-www-form-urlencoded", b"token=abc", 401),
    ],
)
async def test_signing_in_with_a_form_that_is_none(
    way: Way, kind: bytes, body: bytes, status: int
) -> None:
    head = b"POST /console/sign-in HTTP/1.1\r\n" + HOST + b"Content-Type: " + kind
    request = head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    assert (await answer_to(way, request)).status == status


@pytest.mark.parametrize("path", ["/channels/sms/inbound", "/console/sign-in", "/api/v1/render"])
async def test_a_body_that_does_not_come_is_not_waited_for(
    way: Way, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.access.bodies.BODY_SECONDS", 0.2)
    kind = b"Content-Type: application/json\r\n" if path.startswith("/api") else FORM
    credentials = f"Authorization: {(await bearer(way.gateway))['Authorization']}\r\n".encode()
    head = f"POST {path} HTTP/1.1\r\n".encode() + HOST + kind + credentials
    async with wired(way) as (reader, writer):
        writer.write(head + b"Content-Length: 100\r\n\r\nhalf")
        assert (await read_answer(reader)).status == 408


async def test_slow_bodies_do_not_keep_a_provider_out(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.access.bodies.BODY_SECONDS", 0.2)
    head = b"POST /channels/sms/inbound HTTP/1.1\r\n" + HOST + FORM
    async with wired(way) as (first, one), wired(way) as (second, two):
        for writer in (one, two):
            writer.write(head + b"Content-Length: 100\r\n\r\nhalf")
        assert (await read_answer(first)).status == 408
        assert (await read_answer(second)).status == 408
    url = f"{way.base_url}/channels/sms/inbound"
    body = {"AccountSid": "AC" + "9" * 32}
    headers = {"X-Twilio-Signature": sign(b"another token", url, list(body.items()))}
    async with aiohttp.ClientSession() as web, web.post(url, data=body, headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/console/enter?once=x&to=%0d%0aSet-Cookie:%20a=b",
        "/console/sign-in?next=%0d%0aSet-Cookie:%20a=b",
        "/health%0d%0aSet-Cookie:%20a=b",
        "/console/customers/1%0d%0aSet-Cookie:%20a=b",
        "/channels/sms/%0d%0aSet-Cookie:%20a=b",
    ],
)
async def test_no_header_can_be_put_into_an_answer(way: Way, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\n".encode() + HOST + b"Cookie: onethread_session=x\r\n\r\n"
    answer = await answer_to(way, request)
    assert answer.status < 500
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("name", [b"evil.test", b"evil.test:1\t", b"a b", b"[::1", b"@", b""])
async def test_a_host_header_that_is_not_ours_is_refused(way: Way, name: bytes) -> None:
    answer = await answer_to(way, b"GET /console HTTP/1.1\r\nHost: " + name + b"\r\n\r\n")
    assert answer.status in (421, 400)
    assert "evil" not in str(answer.headers)
