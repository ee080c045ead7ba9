"""Whoever says STOP is left alone: on every path by which an answer could still reach them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import Connection, select

from adapters.sms.simulator import DEMO_ACCOUNT, DEMO_TOKEN, Fault
from memory.tables.main import Delivery, Handle
from memory.tables.rows import table
from memory.units.messages.consent import OPTED_OUT
from tests.adapters.sms.account import inbound_form, official_signature, sid
from tests.gateway.credentials import bearer
from tests.gateway.test_way import settled
from tests.gateway.way import OURS, Way, poisoned, running

PHONE = "+15550001111"
_delivery, _handle = table(Delivery), table(Handle)


async def tell(way: Way, body: str, number: int, /, **changes: str) -> None:
    """A message of the phone's as Twilio posts it; the simulator does not hear of it."""
    form = inbound_form(
        body, MessageSid=sid(number), AccountSid=DEMO_ACCOUNT, From=PHONE, To=OURS, **changes
    )
    url = f"{way.base_url}/channels/sms/inbound"
    headers = {"X-Twilio-Signature": official_signature(url, form, DEMO_TOKEN)}
    async with aiohttp.ClientSession() as web, web.post(url, data=form, headers=headers) as answer:
        assert (answer.status, await answer.text()) == (200, "<Response/>")


def fates(connection: Connection) -> list[tuple[str, str | None]]:
    """What became of each part, and why."""
    query = select(_delivery.c.status, _delivery.c.reason).order_by(_delivery.c.id)
    return [(row[0], row[1]) for row in connection.execute(query)]


def is_out(connection: Connection) -> bool:
    query = select(_handle.c.opted_out).where(_handle.c.address == PHONE)
    return bool(connection.execute(query).scalar())


async def until(way: Way, wanted: Callable[[Connection], bool]) -> None:
    """Wait until the database says so."""
    async with asyncio.timeout(20):
        while not await way.gateway.store.read(wanted):  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.01)


def waits_for_a_retry(connection: Connection) -> bool:
    return [one[0] for one in fates(connection)] == ["pending"]


def is_discarded(connection: Connection) -> bool:
    return fates(connection) == [("discarded", OPTED_OUT)]


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("STOP", {}),
        (" stop. ", {}),
        ("Opt-Out", {}),
        ("genug davon", {"OptOutType": "STOP"}),
        ("STOP", {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/1"}),
    ],
)
async def test_the_word_itself_is_answered_by_twilio_alone(
    tmp_path: Path, text: str, changes: Mapping[str, str]
) -> None:
    async with running(tmp_path) as way:
        await tell(way, text, 1, **changes)
        await settled(way)
        assert await way.gateway.store.read(is_out)
        assert (way.sms.texts_to(PHONE), await way.gateway.store.read(fates)) == ([], [])


async def test_nothing_leaves_when_the_word_comes_within_a_quiet_window(tmp_path: Path) -> None:
    async with running(tmp_path, quiet={"sms": 0.5}) as way:
        for number, text in enumerate(("hi", "where is my order?", "STOP", "hello?")):
            await tell(way, text, number)
        await settled(way)
        assert way.sms.texts_to(PHONE) == []


async def test_a_retry_is_not_made_after_the_word(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, url=database_url) as way:
        way.sms.faults.extend([Fault("throttle")])
        await tell(way, "hello", 1)
        await until(way, waits_for_a_retry)
        await tell(way, "STOP", 2)
        await until(way, is_discarded)
        assert way.sms.texts_to(PHONE) == []


async def test_what_may_have_arrived_is_looked_for_and_not_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.sms.adapter._SETTLE", timedelta(0))
    async with running(tmp_path) as way:
        way.sms.faults.append(Fault("fail"))
        await tell(way, "hello", 1)
        await tell(way, "STOP", 2)
        await until(way, is_discarded)
        assert way.sms.texts_to(PHONE) == []


async def test_parts_kept_over_a_restart_are_not_sent_after_the_word(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        way.sms.faults.extend(Fault("throttle") for _ in range(3))
        await tell(way, "hello", 1)
        await until(way, waits_for_a_retry)
        await tell(way, "STOP", 2)
        sms = way.sms
    await sms.start()
    try:
        sms.faults.clear()
        async with running(tmp_path, sms=sms) as way:
            await until(way, is_discarded)
            assert sms.texts_to(PHONE) == []
    finally:
        await sms.stop()


async def test_the_word_in_a_list_read_after_we_were_away_counts(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        await way.sms.text(PHONE, "hello")
        await settled(way)
        before = len(way.sms.texts_to(PHONE))
        sms = way.sms
    await sms.start()
    try:
        with pytest.raises(RuntimeError, match="inbound"):
            await sms.text(PHONE, "Stop!")
        async with running(tmp_path, sms=sms) as way:
            await until(way, is_out)
            await tell(way, "anybody there?", 90)
            await settled(way)
            assert len(sms.texts_to(PHONE)) == before
    finally:
        await sms.stop()


async def test_a_refusal_that_says_so_silences_the_next_answer(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        way.sms.faults.append(Fault("refuse", 21610))
        await tell(way, "hello", 1)
        await settled(way)
        assert await way.gateway.store.read(is_out)
        await tell(way, "hello?", 2)
        await settled(way)
        assert way.sms.texts_to(PHONE) == []
        assert [one[0] for one in await way.gateway.store.read(fates)] == ["failed", "discarded"]


async def test_a_refusal_for_opting_out_is_never_tried_again(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        way.sms.faults.append(Fault("refuse", 21610))
        await tell(way, "hello", 1)
        await settled(way)
        attempts = select(_delivery.c.attempts)
        assert await way.gateway.store.read(lambda c: c.execute(attempts).scalar_one()) == 1


async def test_an_opted_out_number_is_never_answered_on_another_channel(tmp_path: Path) -> None:
    """What goes out goes to the handle it came from, and to no other of the customer's."""
    async with running(tmp_path) as way:
        chat = await way.chat("ada")
        await chat.say("hello")
        await tell(way, "STOP", 1)
        await tell(way, "and on the web?", 2)
        await settled(way)
        query = select(_delivery.c.channel, _delivery.c.status).order_by(_delivery.c.id)
        rows = await way.gateway.store.read(lambda c: [tuple(one) for one in c.execute(query)])
        assert rows == [("webchat", "sent"), ("sms", "discarded")]
        assert way.sms.texts_to(PHONE) == []


async def test_a_person_is_told_and_cannot_write_either(tmp_path: Path) -> None:
    async with running(tmp_path, stages=poisoned("human")) as way:
        await tell(way, "human", 1)
        await until(way, lambda connection: len(fates(connection)) == 1)
        await tell(way, "STOP", 2)
        await settled(way)
        before = len(way.sms.texts_to(PHONE))
        headers = await bearer(way.gateway)
        api = f"{way.base_url}/api/v1/handoffs"
        async with aiohttp.ClientSession(headers=headers) as web:
            async with web.get(api) as answer:
                [case] = await answer.json()
            async with web.post(f"{api}/{case['id']}/answer", json={"text": "May I?"}) as answer:
                assert (answer.status, "opted out" in await answer.text()) == (409, True)
        assert len(way.sms.texts_to(PHONE)) == before


async def test_what_a_person_wrote_is_kept_back_too(tmp_path: Path) -> None:
    async with running(tmp_path, stages=poisoned("human")) as way:
        await tell(way, "human", 1)
        await until(way, lambda connection: [one[0] for one in fates(connection)] == ["sent"])
        await settled(way)
        headers = await bearer(way.gateway)
        api = f"{way.base_url}/api/v1/handoffs"
        way.sms.faults.append(Fault("throttle"))
        async with aiohttp.ClientSession(headers=headers) as web:
            async with web.get(api) as answer:
                [case] = await answer.json()
            async with web.post(f"{api}/{case['id']}/answer", json={"text": "Hello!"}) as answer:
                assert answer.status == 200
        await until(way, lambda connection: fates(connection)[-1][0] == "pending")
        await tell(way, "STOP", 2)
        await until(way, lambda connection: fates(connection)[-1] == ("discarded", OPTED_OUT))
        assert not [one for one in way.sms.texts_to(PHONE) if "Hello!" in one.text]


async def test_a_word_within_a_sentence_silences_nobody(tmp_path: Path) -> None:
    """The counter-proof: silence is for whoever asked for it."""
    async with running(tmp_path) as way:
        await tell(way, "please cancel my order", 1)
        await settled(way)
        assert len(way.sms.texts_to(PHONE)) == 1
