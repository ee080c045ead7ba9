"""Requests to the webhook of a running gateway: what is not Twilio's leaves nothing but a line."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlencode

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select
from structlog.testing import capture_logs

from adapters.sms.simulator import DEMO_ACCOUNT, DEMO_TOKEN, Fault
from gateway.access.bodies import form_fields
from memory.tables.channels import ParkedUpdate
from memory.tables.main import Customer, Delivery, Handle, Inbound, Message
from memory.tables.rows import table
from tests.adapters.sms.account import inbound_form, official_signature, sid
from tests.gateway.test_way import settled
from tests.gateway.way import OURS, Way, running

FORM = "application/x-www-form-urlencoded"
WORDS = "my very private words"
SENDER = "+15550004321"
OTHER_ACCOUNT = "AC" + "1" * 32
TABLES = (Customer, Handle, Message, Inbound, Delivery, ParkedUpdate)


@dataclass(frozen=True, slots=True)
class Case:
    """A request to the route: its body with its headers, and the status it deserves."""

    status: int
    body: bytes
    signature: str | None
    content_type: str = FORM
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """A running gateway, and the address of one of its routes."""

    way: Way
    url: str
    web: aiohttp.ClientSession

    def sign(self, form: Mapping[str, str], token: str = DEMO_TOKEN) -> str:
        return official_signature(self.url, form, token)

    async def post(self, form: Mapping[str, str]) -> tuple[int, str]:
        """Status and text of the answer to a form, sent and signed as Twilio does."""
        headers = {"X-Twilio-Signature": self.sign(form)}
        async with self.web.post(self.url, data=dict(form), headers=headers) as answer:
            return answer.status, await answer.text()

    async def send(self, case: Case) -> tuple[int, str]:
        """Status and text of the answer to a request made by hand."""
        headers = {"Content-Type": case.content_type, **(case.headers or {})}
        if case.signature is not None:
            headers["X-Twilio-Signature"] = case.signature
        async with self.web.post(self.url, data=BytesIO(case.body), headers=headers) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def opened(
    folder: Path, route: str = "inbound", url: str | None = None
) -> AsyncIterator[Door]:
    # A new connection each time: the server ends one on which it read rubbish.
    single = aiohttp.TCPConnector(force_close=True)
    async with running(folder, url=url) as way, aiohttp.ClientSession(connector=single) as web:
        yield Door(way, f"{way.base_url}/channels/sms/{route}", web)


def form_of(body: str = WORDS, /, **changes: str | None) -> dict[str, str]:
    return inbound_form(
        body, **({"AccountSid": DEMO_ACCOUNT, "From": SENDER, "To": OURS} | changes)
    )


def rows(connection: Connection) -> dict[str, int]:
    """How many rows there are in every table that a request could fill."""
    count = select(func.count())
    return {
        one.__name__: int(connection.execute(count.select_from(table(one))).scalar_one())
        for one in TABLES
    }


def encoded(form: Mapping[str, str]) -> bytes:
    return urlencode(form).encode()


def forgeries(door: Door) -> dict[str, Case]:
    """Requests that Twilio would never send."""
    form = form_of()
    good, body = door.sign(form), encoded(form)
    foreign = form_of(AccountSid=OTHER_ACCOUNT)
    pair = [*form.items(), ("Body", "and more")]
    return {
        "unsigned": Case(403, body, None),
        "an empty signature": Case(403, body, ""),
        "no base64": Case(403, body, "not base64 at all"),
        "another alphabet": Case(403, body, "é" * 28),
        "another token": Case(403, body, door.sign(form, "another-token-entirely")),
        "an empty token": Case(403, body, door.sign(form, "")),
        "the url alone signed": Case(403, body, door.sign({})),
        "another text": Case(403, encoded(form_of("send money")), good),
        "another sender": Case(403, encoded(form_of(From="+15550009999")), good),
        "a field more": Case(403, encoded(form | {"OptOutType": "STOP"}), good),
        "a field less": Case(403, encoded(form_of(ApiVersion=None)), good),
        "a field twice": Case(403, urlencode(pair).encode(), good),
        "the account missing": Case(
            403, encoded(form_of(AccountSid=None)), door.sign(form_of(AccountSid=None))
        ),
        "another account": Case(403, encoded(foreign), door.sign(foreign)),
        "json": Case(403, b'{"Body": "x"}', good, "application/json"),
        "json, signed as a form of nothing": Case(403, b"{}", door.sign({}), "application/json"),
        "no body": Case(403, b"", good),
        "no id": Case(
            400,
            encoded(form_of(MessageSid=None, SmsSid=None)),
            door.sign(form_of(MessageSid=None, SmsSid=None)),
        ),
        "raw bytes": Case(400, b"Body=\xff\xfe" + WORDS.encode(), good),
        "bad escapes": Case(403, b"Body=%ff%zz%", good),
        "an unknown charset": Case(400, body, good, f"{FORM}; charset=klingon"),
        "a charset that is none": Case(400, body, good, f"{FORM}; charset=zlib"),
        "half a surrogate": Case(400, b"Body=%5Cud800", good, f"{FORM}; charset=unicode_escape"),
        "utf-7": Case(400, b"Body=+2AA-", good, f"{FORM}; charset=utf-7"),
        "multipart": Case(403, b"--x--\r\n", good, "multipart/form-data; boundary=x"),
        "too many fields": Case(400, "&".join(f"a{n}=" for n in range(201)).encode(), good),
        "no gzip": Case(400, body, good, headers={"Content-Encoding": "gzip"}),
        "a gzip bomb": Case(
            413,
            gzip.compress(b"Body=" + b"x" * 5_000_000),
            good,
            headers={"Content-Encoding": "gzip"},
        ),
        "too large": Case(413, b"Body=" + b"x" * 1_100_000, good),
    }


@pytest.mark.parametrize("route", ["inbound", "status"])
async def test_what_is_not_twilios_leaves_nothing_but_a_line(
    tmp_path: Path, route: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path, route) as door:
        for name, case in forgeries(door).items():
            with capture_logs() as lines, caplog.at_level(logging.DEBUG):
                status, text = await door.send(case)
            assert status == case.status, f"{name}: {status} {text}"
            [line] = [one for one in lines if one["event"] == "webhook_refused"]
            assert (line["account"], line["route"], line["log_level"]) == ("sms", route, "warning")
            told = f"{lines} {text} {caplog.text}"
            private = (WORDS, SENDER, DEMO_TOKEN, DEMO_ACCOUNT, OTHER_ACCOUNT)
            assert not [one for one in private if one in told], name
            caplog.clear()
        assert set((await door.way.gateway.store.read(rows)).values()) == {0}
        assert door.way.sms.wire == []


async def test_a_request_that_breaks_off_is_no_request(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path) as door:
        form = form_of()
        body = encoded(form)
        port = int(door.way.base_url.rpartition(":")[2])
        for framing, sent in (
            (f"Content-Length: {len(body)}", body[:-20]),
            ("Transfer-Encoding: chunked", b"%x\r\n" % len(body) + body[:-20]),
            ("Transfer-Encoding: chunked", b"nonsense\r\n" + body),
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"POST /channels/sms/inbound HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n"
            head += f"X-Twilio-Signature: {door.sign(form)}\r\n{framing}\r\n\r\n"
            writer.write(head.encode() + sent)
            writer.write_eof()
            answer = await reader.read()
            assert not answer.startswith((b"HTTP/1.1 2", b"HTTP/1.1 5")), answer
            writer.close()
            await writer.wait_closed()
        assert set((await door.way.gateway.store.read(rows)).values()) == {0}
        assert not [one for one in (WORDS, SENDER, DEMO_TOKEN) if one in caplog.text]
        assert (await door.post(form))[0] == 200


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=20)), max_size=8))
def test_a_form_is_read_as_it_was_written(form: list[tuple[str, str]]) -> None:
    """Twilio escapes as `urlencode` does; some write a space as %20."""
    assert form_fields(urlencode(form)) == form
    assert form_fields(urlencode(form, quote_via=quote)) == form


async def test_only_post_and_only_our_routes(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        headers = {"X-Twilio-Signature": door.sign({})}
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            async with door.web.request(method, door.url, headers=headers) as answer:
                assert (answer.status, answer.headers["Allow"]) == (405, "POST")
        for path in ("/channels/sms", "/channels/sms/", "/channels/sms/inbound/", "/channels/x/y"):
            async with door.web.post(door.way.base_url + path, data=form_of()) as answer:
                assert answer.status == 404


async def test_a_replayed_request_changes_nothing(tmp_path: Path) -> None:
    """An attacker may send a signed request again; so does Twilio, to be sure."""
    async with opened(tmp_path) as door:
        form = form_of()
        assert await door.post(form) == (200, "<Response/>")
        await settled(door.way)
        before = await door.way.gateway.store.read(rows)
        for _ in range(3):
            assert await door.post(form) == (200, "<Response/>")
        await settled(door.way)
        assert await door.way.gateway.store.read(rows) == before
        assert len(door.way.sms.texts_to(SENDER)) == 1


async def test_twilios_own_retries_are_one_message(tmp_path: Path) -> None:
    """Its idempotency token tells of a retry and is not needed: the message id says as much."""
    async with opened(tmp_path) as door:
        form = form_of()
        for token in ("one-token", "one-token", "another-token"):
            headers = {"I-Twilio-Idempotency-Token": token}
            case = Case(200, encoded(form), door.sign(form), headers=headers)
            assert await door.send(case) == (200, "<Response/>")
        await settled(door.way)
        assert len(door.way.sms.texts_to(SENDER)) == 1


async def test_what_a_proxy_says_of_the_address_changes_no_signature(tmp_path: Path) -> None:
    """The configured address is what is signed, whoever claims to have been asked."""
    async with opened(tmp_path) as door:
        form = form_of()
        evil = official_signature("https://evil.test/channels/sms/inbound", form, DEMO_TOKEN)
        told = {
            "X-Forwarded-Host": "evil.test",
            "X-Forwarded-Proto": "https",
            "X-Original-Host": "evil.test",
            "X-Original-URL": "https://evil.test/channels/sms/inbound",
            "Forwarded": "host=evil.test;proto=https",
        }
        assert (await door.send(Case(403, encoded(form), evil, headers=told)))[0] == 403
        good = Case(200, encoded(form), door.sign(form), headers=told)
        assert (await door.send(good))[0] == 200


async def test_parts_arrive_in_their_order_also_when_the_first_is_put_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twilio promises no order between two messages: one is sent when the last was taken."""
    monkeypatch.setattr("core.pipeline.trivial.ECHO_LIMIT", 10_000)
    async with opened(tmp_path) as door:
        text = " ".join(f"word{number:04}." for number in range(400))
        door.way.sms.faults.append(Fault("throttle"))
        assert (await door.post(form_of(text)))[0] == 200
        async with asyncio.timeout(20):
            while len(door.way.sms.texts_to(SENDER)) < 3:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.02)
        await settled(door.way)
        parts = [one.text for one in door.way.sms.texts_to(SENDER)]
        assert " ".join(parts) == f"You said: {text}"


async def test_everything_a_phone_can_write_is_stored(tmp_path: Path, database_url: str) -> None:
    """Also the characters that a database or a form may stumble over."""
    texts = ["", "Grüße & =+%41 “€”", "日本語 😀\u200d", "a\x00b\x01", "\ufffe\uffff", "x" * 1600]
    async with opened(tmp_path, url=database_url) as door:
        for number, text in enumerate(texts):
            assert (await door.post(form_of(text, MessageSid=sid(number))))[0] == 200, text
        await settled(door.way)

        def stored(connection: Connection) -> list[str]:
            message = table(Message)
            query = select(message.c.text).where(message.c.author == "customer")
            return list(connection.execute(query.order_by(message.c.seq)).scalars())

        kept = await door.way.gateway.store.read(stored)
        assert kept == [text.replace("\x00", "\ufffd") for text in texts]
