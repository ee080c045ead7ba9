"""The way of a message over the wire: SMS and web chat in, durable, in order, out again once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from sqlalchemy import Connection, func, select

from adapters.sms.signature import sign
from adapters.sms.simulator import Fault
from memory.tables.main import Delivery, Handle, Handoff, Inbound, Message, Turn
from memory.tables.rows import table
from tests.gateway.way import Way, poisoned, running

PHONE = "+15550001111"
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


def count(connection: Connection, model: type) -> int:
    """How many rows a table has."""
    return int(connection.execute(select(func.count()).select_from(table(model))).scalar_one())


def parts(connection: Connection) -> list[tuple[str, int, str | None]]:
    """Status, attempts and reason of every part, in order."""
    part = table(Delivery)
    query = select(part.c.status, part.c.attempts, part.c.reason).order_by(part.c.id)
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


async def settled(way: Way, seconds: float = 30.0) -> None:
    """Wait until the gateway has nothing left to do."""
    async with asyncio.timeout(seconds):
        while not await way.gateway.idle():  # noqa: ASYNC110 - nothing tells when it comes to rest
            await asyncio.sleep(0.02)


async def test_an_sms_is_answered_on_its_number(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, url=database_url) as way:
        sid = await way.sms.text(PHONE, "where is my order?")
        answer = await way.sms.wait_for_reply(PHONE, 1)
        assert "where is my order?" in answer.text
        await way.sms.deliver_again(PHONE, "where is my order?", sid)
        await settled(way)
        assert len(way.sms.texts_to(PHONE)) == 1
        assert await way.gateway.store.read(count, Turn) == 1
        assert await way.gateway.store.read(count, Message) == 2


async def test_a_chat_is_answered_in_the_chat(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, url=database_url) as way:
        ada = await way.chat("ada")
        same = str(uuid4())
        await ada.say("hello", same)
        assert ada.stored_as(same) == 1
        assert (await ada.wait_for_reply(1)).seq == 2
        await ada.say("hello", same)
        assert ada.stored_as(same) == 1
        assert await way.gateway.store.read(count, Turn) == 1


async def test_messages_of_one_phone_are_answered_in_their_order(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        for number in range(30):
            await way.sms.text(PHONE, f"message {number}.")
        await settled(way)
        said = [one.text for one in way.sms.texts_to(PHONE)]
        assert len(said) == 30
        assert [f"message {n}." in text for n, text in enumerate(said)] == [True] * 30


async def test_a_burst_becomes_one_turn(tmp_path: Path) -> None:
    async with running(tmp_path, quiet={"sms": 0.4}) as way:
        for text in ("hi", "my order", "12345"):
            await way.sms.text(PHONE, text)
        answer = await way.sms.wait_for_reply(PHONE, 3)
        assert all(text in answer.text for text in ("hi", "my order", "12345"))
        await settled(way)
        assert await way.gateway.store.read(count, Turn) == 1


@pytest.mark.parametrize(
    ("fault", "sent", "attempts"),
    [
        (Fault("throttle"), 1, 2),
        (Fault("fail"), 1, 2),
        (Fault("garbage"), 1, 2),
        (Fault("drop"), 1, 2),
        (Fault("lose"), 1, 2),
        (Fault("hang", seconds=1.5), 1, 2),
        (Fault("refuse", 21211), 0, 1),
        (Fault("refuse", 21610), 0, 1),
    ],
    ids=lambda one: f"{one.kind}-{one.code}" if isinstance(one, Fault) else str(one),
)
async def test_a_misbehaving_provider_gets_each_text_once(
    tmp_path: Path, fault: Fault, sent: int, attempts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The provider's list settles at once here; the wait for it is the adapter's own constant.
    monkeypatch.setattr("adapters.sms.adapter._SETTLE", timedelta(0))
    async with running(tmp_path, options={"timeout_seconds": 1.0}) as way:
        way.sms.faults.append(fault)
        await way.sms.text(PHONE, "hello there")
        await settled(way)
        assert len(way.sms.texts_to(PHONE)) == sent
        [(status, tries, reason)] = await way.gateway.store.read(parts)
        assert tries == attempts
        assert (status == "failed") == (sent == 0)
        if sent == 0:
            assert reason
            handle = table(Handle)
            query = select(handle.c.opted_out, handle.c.dead)
            lasting = await way.gateway.store.read(lambda c: c.execute(query).one())
            assert tuple(lasting) == (fault.code == 21610, fault.code == 21211)


async def test_an_equal_text_sent_before_is_not_taken_for_the_lost_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.sms.adapter._SETTLE", timedelta(0))
    async with running(tmp_path) as way:
        await way.sms.text(PHONE, "the same")
        await settled(way)
        way.sms.faults.append(Fault("drop"))
        await way.sms.text(PHONE, "the same")
        await settled(way)
        assert len(way.sms.texts_to(PHONE)) == 2


async def test_nothing_is_said_to_an_opted_out_number(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        await way.sms.text(PHONE, "STOP")
        await way.sms.text(PHONE, "hello?")
        await settled(way)
        assert way.sms.texts_to(PHONE) == []
        assert [one[0] for one in await way.gateway.store.read(parts)] == ["discarded"]
        await way.sms.text(PHONE, "START")
        await way.sms.text(PHONE, "hello again")
        await settled(way)
        assert [one.text for one in way.sms.texts_to(PHONE)] == ["You said: hello again"]


@pytest.mark.parametrize("word", ["START", "Unstop.", "HELP", "stop"])
async def test_the_carrier_answers_its_words_and_we_do_not(tmp_path: Path, word: str) -> None:
    async with running(tmp_path) as way:
        await way.sms.text(PHONE, word)
        await settled(way)
        assert way.sms.texts_to(PHONE) == []
        assert await way.gateway.store.read(count, Turn) == 1


async def test_a_yes_is_an_answer_unless_it_brings_a_number_back(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        for text in ("yes", "STOP", "Yes!", "YES"):
            await way.sms.text(PHONE, text)
            await settled(way)
        assert [one.text for one in way.sms.texts_to(PHONE)] == ["You said: yes", "You said: YES"]


async def test_a_carrier_word_does_not_silence_what_was_asked_along_with_it(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, quiet={"sms": 0.5}) as way:
        for text in ("START", "where is my order?"):
            await way.sms.text(PHONE, text)
        await way.sms.wait_for_reply(PHONE, 1)
        for text in ("where is my order?", "STOP"):
            await way.sms.text(PHONE, text)
        await settled(way)
        assert len(way.sms.texts_to(PHONE)) == 1


async def test_a_poison_message_becomes_a_dead_letter_with_an_apology(tmp_path: Path) -> None:
    async with running(tmp_path, stages=poisoned("poison")) as way:
        await way.sms.text(PHONE, "poison")
        await way.sms.wait_for_reply(PHONE, 1)
        await settled(way)
        assert "person" in way.sms.texts_to(PHONE)[0].text
        inbox = table(Inbound)
        query = select(inbox.c.status, inbox.c.attempts, inbox.c.error)
        status, tries, why = await way.gateway.store.read(lambda c: tuple(c.execute(query).one()))
        assert (status, tries) == ("dead", 2)
        assert "a poison message" in why
        assert await way.gateway.store.read(count, Handoff) == 1


async def test_what_was_admitted_is_answered_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        way.gateway.turns._stopping = True
        await way.sms.text(PHONE, "anybody there?")
        await asyncio.sleep(0.1)
        assert way.sms.texts_to(PHONE) == []
    async with running(tmp_path) as way:
        await way.sms.wait_for_reply(PHONE, 0)
        await settled(way)
        assert len(way.sms.texts_to(PHONE)) == 1


async def test_refused_requests_leave_nothing_behind(tmp_path: Path) -> None:
    async with running(tmp_path) as way, aiohttp.ClientSession() as web:
        url = f"{way.base_url}/channels/sms/inbound"
        form = way.sms._inbound_form("SM" + "0" * 32, PHONE, "hello")
        good = sign(way.sms.line.auth_token.encode(), url, list(form.items()))
        other = dict(form, AccountSid="AC" + "1" * 32)
        cases: list[tuple[int, dict[str, object]]] = [
            (403, {"data": form}),
            (403, {"data": form, "headers": {"X-Twilio-Signature": "not base64 at all"}}),
            (403, {"data": dict(form, Body="tampered"), "headers": {"X-Twilio-Signature": good}}),
            (403, {"data": other, "headers": {"X-Twilio-Signature": _sign(way, url, other)}}),
            (403, {"json": form, "headers": {"X-Twilio-Signature": good}}),
            (413, {"data": BytesIO(b"Body=" + b"x" * 2_000_000), "headers": dict(FORM_TYPE)}),
            (400, _signed(way, url, {k: v for k, v in form.items() if "Sid" not in k[-9:]})),
        ]
        for status, options in cases:
            async with web.post(url, **options) as answer:  # type: ignore[arg-type]
                assert answer.status == status, options
        assert await way.gateway.store.read(count, Message) == 0
        assert await way.gateway.store.read(count, Handle) == 0


def _sign(way: Way, url: str, form: dict[str, str]) -> str:
    return sign(way.sms.line.auth_token.encode(), url, list(form.items()))


def _signed(way: Way, url: str, form: dict[str, str]) -> dict[str, object]:
    form = dict(form, AccountSid=way.sms.line.account_sid)
    return {"data": form, "headers": {"X-Twilio-Signature": _sign(way, url, form)}}


async def test_a_full_store_answers_503_and_the_retry_gets_through(tmp_path: Path) -> None:
    async with running(tmp_path) as way, aiohttp.ClientSession() as web:
        way.gateway.store._queue_limit = 0
        url = f"{way.base_url}/channels/sms/inbound"
        form = way.sms._inbound_form("SM" + "a" * 32, PHONE, "hello")
        headers = {"X-Twilio-Signature": _sign(way, url, form)}
        async with web.post(url, data=form, headers=headers) as answer:
            assert answer.status == 503
            assert answer.headers["Retry-After"]
        way.gateway.store._queue_limit = 100
        async with web.post(url, data=form, headers=headers) as answer:
            assert answer.status == 200
        await settled(way)
        assert len(way.sms.texts_to(PHONE)) == 1
