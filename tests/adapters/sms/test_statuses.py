"""Status callbacks in a running gateway: late, early, twice, out of order, and about strangers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import permutations
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select, update

from adapters.sms.codes import trouble_of
from adapters.sms.simulator import DEMO_ACCOUNT, DEMO_TOKEN, Fault
from memory.tables.channels import ParkedUpdate
from memory.tables.main import Delivery, Handle, Handoff
from memory.tables.rows import table
from memory.units.messages.deliveries import PARKED_FOR
from tests.adapters.sms.account import official_signature, sid
from tests.gateway.test_way import count, settled
from tests.gateway.way import Way, running

PHONE = "+15550001111"
INBOUND = "SM" + "f" * 32
FIRST = sid(1)
"""The id that the simulator gives to the first message we send."""

_delivery, _handle = table(Delivery), table(Handle)


class Callbacks:
    """A gateway whose provider reports nothing by itself."""

    def __init__(self, way: Way, web: aiohttp.ClientSession) -> None:
        self.way = way
        self._web = web

    async def tell(self, provider_id: str, status: str, code: str = "") -> None:
        """One callback as Twilio sends it."""
        form = {"AccountSid": DEMO_ACCOUNT, "MessageSid": provider_id, "SmsSid": provider_id}
        form |= {"MessageStatus": status, "SmsStatus": status, "To": PHONE}
        form |= {"ErrorCode": code} if code else {}
        url = f"{self.way.base_url}/channels/sms/status"
        headers = {"X-Twilio-Signature": official_signature(url, form, DEMO_TOKEN)}
        async with self._web.post(url, data=form, headers=headers) as answer:
            assert (answer.status, await answer.text()) == (200, "<Response/>")

    async def sent(self, phone: str = PHONE, text: str = "hello") -> str:
        """The provider's id of a new answer to this phone."""
        await self.way.sms.text(phone, text)
        await settled(self.way)
        return self.way.sms.texts_to(phone)[-1].id

    async def part(self, provider_id: str) -> tuple[str, str | None, str | None]:
        """Status, code and reason of a part."""
        columns = (_delivery.c.status, _delivery.c.code, _delivery.c.reason)
        query = select(*columns).where(_delivery.c.provider_id == provider_id)
        row = await self.way.gateway.store.read(lambda c: tuple(c.execute(query).one()))
        return row[0], row[1], row[2]

    async def handle(self, phone: str = PHONE) -> tuple[bool, bool]:
        """Whether the number is dead, and whether it opted out."""
        query = select(_handle.c.dead, _handle.c.opted_out).where(_handle.c.address == phone)
        row = await self.way.gateway.store.read(lambda c: c.execute(query).one())
        return bool(row[0]), bool(row[1])


@asynccontextmanager
async def reporting(folder: Path, url: str | None = None) -> AsyncIterator[Callbacks]:
    async with running(folder, url=url) as way, aiohttp.ClientSession() as web:
        way.sms.callbacks = 0
        yield Callbacks(way, web)


async def test_statuses_in_any_order_end_at_the_furthest(tmp_path: Path) -> None:
    async with reporting(tmp_path) as callbacks:
        for number, order in enumerate(permutations(("queued", "sent", "delivered", "read"))):
            part = await callbacks.sent(f"+1555001{number:04}")
            for status in order:
                await callbacks.tell(part, status)
                await callbacks.tell(part, status)
            assert await callbacks.part(part) == ("read", None, None), order


@pytest.mark.parametrize("failure", ["failed", "undelivered"])
async def test_a_failure_after_the_fact_is_told_in_words(
    tmp_path: Path, database_url: str, failure: str
) -> None:
    async with reporting(tmp_path, database_url) as callbacks:
        part = await callbacks.sent()
        await callbacks.tell(part, failure, "30003")
        failed = ("failed", "30003", trouble_of("30003").words)
        assert await callbacks.part(part) == failed
        for late in ("sent", "queued", "delivered"):
            await callbacks.tell(part, late)
        assert await callbacks.part(part) == failed
        assert await callbacks.handle() == (False, False)


async def test_what_was_delivered_does_not_fail_afterwards(tmp_path: Path) -> None:
    async with reporting(tmp_path) as callbacks:
        part = await callbacks.sent()
        await callbacks.tell(part, "delivered")
        await callbacks.tell(part, "undelivered", "30008")
        assert await callbacks.part(part) == ("delivered", None, None)


@pytest.mark.parametrize(
    ("code", "dead", "opted_out"),
    [("30005", True, False), ("30006", True, False), ("21610", False, True)],
)
async def test_lasting_news_about_a_number_come_by_callback_too(
    tmp_path: Path, database_url: str, code: str, dead: bool, opted_out: bool
) -> None:
    async with reporting(tmp_path, database_url) as callbacks:
        part = await callbacks.sent()
        await callbacks.tell(part, "undelivered", code)
        assert await callbacks.handle() == (dead, opted_out)


async def test_a_number_that_writes_again_is_alive(tmp_path: Path, database_url: str) -> None:
    async with reporting(tmp_path, database_url) as callbacks:
        part = await callbacks.sent()
        await callbacks.tell(part, "undelivered", "30005")
        await callbacks.sent(text="I am back")
        assert await callbacks.handle() == (False, False)


async def test_a_report_before_the_receipt_waits_for_it(tmp_path: Path, database_url: str) -> None:
    async with reporting(tmp_path, database_url) as callbacks:
        for status in ("delivered", "sent", "delivered"):
            await callbacks.tell(FIRST, status)
        assert await callbacks.way.gateway.store.read(count, ParkedUpdate) == 2
        await callbacks.way.sms.text(PHONE, "hello", INBOUND)
        await settled(callbacks.way)
        assert await callbacks.part(FIRST) == ("delivered", None, None)
        assert await callbacks.way.gateway.store.read(count, ParkedUpdate) == 0


@pytest.mark.parametrize(
    ("code", "dead", "opted_out"),
    [("30005", True, False), ("21610", False, True), ("30003", False, False)],
)
async def test_lasting_news_that_come_before_the_receipt_are_not_lost(
    tmp_path: Path, database_url: str, code: str, dead: bool, opted_out: bool
) -> None:
    async with reporting(tmp_path, database_url) as callbacks:
        await callbacks.tell(FIRST, "undelivered", code)
        await callbacks.way.sms.text(PHONE, "hello", INBOUND)
        await settled(callbacks.way)
        assert await callbacks.part(FIRST) == ("failed", code, trouble_of(code).words)
        assert await callbacks.handle() == (dead, opted_out)
        # Nobody hears the bot there any more, and so people are called.
        assert await callbacks.way.gateway.store.read(count, Handoff) == int(dead)


async def test_a_report_that_finds_no_message_of_ours_is_dropped_after_a_day(
    tmp_path: Path, database_url: str
) -> None:
    async with reporting(tmp_path, database_url) as callbacks:
        store = callbacks.way.gateway.store
        for number in (97, 98):
            await callbacks.tell(sid(number), "delivered")
        assert await store.read(count, ParkedUpdate) == 2
        parked = table(ParkedUpdate)
        old = update(parked).where(parked.c.provider_id == sid(97))
        aged = old.values(received_at=parked.c.received_at - PARKED_FOR)
        await store.run(lambda connection: connection.execute(aged))
        await callbacks.tell(sid(99), "delivered")
        left = select(parked.c.provider_id).order_by(parked.c.provider_id)
        assert await store.read(lambda c: list(c.execute(left).scalars())) == [sid(98), sid(99)]


async def test_a_report_about_a_strangers_message_changes_nothing(tmp_path: Path) -> None:
    async with reporting(tmp_path) as callbacks:
        part = await callbacks.sent()
        await callbacks.tell(sid(99), "failed", "30005")
        assert await callbacks.part(part) == ("sent", None, None)
        assert await callbacks.handle() == (False, False)


async def test_a_report_while_the_answer_is_lost_does_not_send_twice(tmp_path: Path) -> None:
    """Twilio took the message and its answer never came: the callback comes before we know it."""
    async with reporting(tmp_path) as callbacks:
        callbacks.way.sms.faults.append(Fault("lose"))
        await callbacks.tell(FIRST, "delivered")
        await callbacks.way.sms.text(PHONE, "hello", INBOUND)
        await settled(callbacks.way)
        assert await callbacks.part(FIRST) == ("delivered", None, None)
        assert len(callbacks.way.sms.texts_to(PHONE)) == 1
