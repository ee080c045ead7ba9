"""The two example businesses act: each flow through a whole gateway, by text and in the chat, with
the stand-in of their systems at the other end of the wire."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from adapters.webchat.client import ChatClient
from examples.systems.books import Books
from examples.systems.stand_in import StandIn, opened
from memory.tables.main import Handoff
from memory.tables.rows import table
from tests.examples.businesses import NAMES, playbook_of, stages_of
from tests.gateway.everywhere import Everywhere, Options, everywhere

SECRET = "a-secret-of-the-tests-and-nothing-else"
IN_THE_PLAYBOOK = "http://127.0.0.1:8765"
RUTH, OMAR, LENA = "+12025550111", "+12025550128", "+12025550144"
IRIS, JONAS, PAULA = "+12025550117", "+12025550136", "+12025550152"

# Each learns an intent model of its own.
pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module", autouse=True)
def learned() -> None:
    for name in NAMES:
        stages_of(name)


@dataclass
class World:
    """A gateway with an example's playbook, and the system that it asks."""

    gateway: Everywhere
    system: StandIn
    pages: dict[str, ChatClient] = field(default_factory=dict)

    async def text(self, phone: str, *texts: str) -> str:
        """What is answered to the last of these texts of a customer's."""
        reply = ""
        for one in texts:
            before = self.gateway.phones.last_seq
            await self.gateway.phones.text(phone, one)
            reply = (await self.gateway.phones.wait_for_reply(phone, before)).text
        return reply

    async def chat(self, login: str | None, *texts: str) -> str:
        """The same of a visitor of the page, who may have signed in."""
        client = self.pages.get(login or "") or await self.gateway.chat(login)
        reply = ""
        if login is not None:
            self.pages[login] = client
        for one in texts:
            last = max(client.thread, default=0)
            await client.say(one)
            reply = (await client.wait_for_reply(last)).text
        return reply

    async def handoffs(self) -> list[tuple[str, str]]:
        """What people have: the queue and the reason of each."""
        own = table(Handoff)
        rows = await self.gateway.gateway.store.read(
            lambda at: at.execute(select(own.c.queue, own.c.reason).order_by(own.c.id)).all()
        )
        return [(one.queue, one.reason) for one in rows]

    def record(self, kind: str, number: str) -> Mapping[str, object]:
        """What the system has of something."""
        with closing(sqlite3.connect(self.system.file)) as connection:
            return Books(connection).get(kind, number) or {}


@asynccontextmanager
async def world(name: str, folder: Path, seconds: float = 5.0) -> AsyncIterator[World]:
    """The business, whose system may take so long for a try."""
    system = StandIn(opened(folder / "systems.db", datetime.now(UTC)), SECRET.encode())
    async with TestServer(system.app()) as server:
        there = str(server.make_url("")).rstrip("/")
        playbook, stages = playbook_of(name), stages_of(name)
        actions = {
            key: replace(one, url=one.url.replace(IN_THE_PLAYBOOK, there), timeout_seconds=seconds)
            for key, one in playbook.actions.items()
        }
        playbook = replace(playbook, actions=actions)
        options = Options(playbook=playbook, stages=stages, actions={"secret": SECRET})
        async with everywhere(folder, folder / "models", options) as gateway:
            yield World(gateway, system)


async def test_the_shop_calls_off_and_sends_elsewhere_what_is_pending(tmp_path: Path) -> None:
    async with world("retail", tmp_path) as shop:
        asked = await shop.text(RUTH, "please cancel order #W4410087", "no longer needed")
        assert "$54.50 goes back to your credit card" in asked
        assert shop.system.done == []
        assert "is called off" in await shop.text(RUTH, "yes")
        status = await shop.text(RUTH, "what is the status of my order?")
        assert "is cancelled" in status
        again = await shop.text(RUTH, "cancel it please")
        assert "Only a pending order can be called off" in again
        late = await shop.chat(
            "omar.teague", "change the delivery address of order #W5207764", "3 Elm St, Salem 97301"
        )
        assert "is processed" in late and "sent elsewhere" in late
        moved = await shop.chat(
            "lena.ostrow",
            "change the delivery address of order #W6319001",
            "3 Elm St, Salem, OR 97301",
            "yes",
        )
        assert "goes to 3 Elm St, Salem, OR 97301" in moved
        assert shop.record("order", "#W6319001")["address"] == "3 Elm St, Salem, OR 97301"
        assert len(set(shop.system.done)) == 2
        assert await shop.handoffs() == []


async def test_the_shop_takes_back_and_exchanges_what_was_delivered(tmp_path: Path) -> None:
    async with world("retail", tmp_path) as shop:
        early = await shop.text(
            OMAR, "I want to return order #W5207764", "the speaker", "original payment method"
        )
        assert "Only a delivered order can be returned" in early
        asked = await shop.text(
            RUTH, "I want to return order #W4410093", "the toaster", "gift card"
        )
        assert "fleece jacket" in asked
        assert "$59.00 to the gift card" in await shop.text(RUTH, "the jacket")
        assert "is open" in await shop.text(RUTH, "yes")
        asked = await shop.chat(
            "lena.ostrow",
            "I'd like to exchange my keyboard from order #W6318842",
            "the keyboard",
            "quiet ones",
            "credit card",
        )
        assert "linear switches" in asked
        assert "$9.50 more" in await shop.chat("lena.ostrow", "the linear ones")
        assert "linear switches" in await shop.chat("lena.ostrow", "yes")
        assert shop.record("order", "#W6318842")["status"] == "exchange requested"
        assert len(shop.system.done) == 2
        assert await shop.handoffs() == []


async def test_the_airline_goes_by_age_fare_and_insurance(tmp_path: Path) -> None:
    async with world("airline", tmp_path) as airline:
        no = await airline.text(JONAS, "please cancel my booking W9PL5D", "change of plan")
        assert "is in basic economy and older than 24 hours" in no
        young = await airline.text(JONAS, "please cancel my booking H3VD8K", "change of plan")
        assert "$190.00" in young
        assert "is called off" in await airline.text(JONAS, "yes")
        asked = await airline.chat(
            "iris_calder_2210", "please cancel my booking R4TK2M", "I am ill"
        )
        assert "$140.00" in asked
        bags = await airline.chat("iris_calder_2210", "no", "never mind", "add 3 bags to R4TK2M")
        assert "4 checked bags in all ($50.00 more)" in bags
        assert "4 checked bags" in await airline.chat("iris_calder_2210", "yes")
        assert airline.record("booking", "R4TK2M")["bags"] == 4
        assert "business" in str(airline.record("booking", "M5RC7T")["cabin"])
        assert len(airline.system.done) == 2
        large = await airline.text(PAULA, "please cancel my booking M5RC7T", "change of plan")
        assert "colleague looks at it in person" in large
        flown = await airline.text(IRIS, "please cancel my booking 7QXN3B", "weather")
        assert "flown already" in flown
        reasons = [reason for _, reason in await airline.handoffs()]
        assert ["large sum" in reasons[0], "flown in part" in reasons[1]] == [True, True]


async def test_the_airline_moves_a_trip_to_a_day_with_seats(tmp_path: Path) -> None:
    async with world("airline", tmp_path) as airline:
        free = [airline.record("flight", one) for one in ("FW210a", "FW210b", "FW210c")]
        days = [datetime.fromisoformat(str(one["day"])) for one in free]
        names = [f"{one:%B} {one.day}" for one in days]
        basic = await airline.text(
            JONAS, "I want to change my flight W9PL5D", names[0], "credit card"
        )
        assert "basic economy" in basic
        full = await airline.text(
            IRIS, "I want to change my flight R4TK2M", names[2], "credit card"
        )
        assert f"{names[0]} and {names[1]}" in full
        assert "$40.00 more" in await airline.text(IRIS, names[1])
        assert f"FW210 on {names[1]}" in await airline.text(IRIS, "yes")
        assert airline.record("flight", "FW210b")["seats"] == 8
        status = await airline.chat("iris_calder_2210", "what is the status of my booking R4TK2M?")
        assert names[1] in status
        assert await airline.handoffs() == []


async def test_strangers_are_told_nothing_and_change_nothing(tmp_path: Path) -> None:
    async with world("retail", tmp_path) as shop:
        wrong = await shop.chat(None, "where is my order #W4410087?", "30399")
        assert "desk lamp" not in wrong
        right = await shop.chat(None, "where is my order #W4410087?", "30312")
        assert "desk lamp" in right
        told = await shop.text(
            "+12025550199",
            "please cancel order #W4410087",
            "no longer needed",
            "ruth.ainsley@example.com",
        )
        assert "desk lamp" not in told and "colleague" in told
        assert shop.system.done == []
        [(queue, reason)] = await shop.handoffs()
        assert queue == "orders" and "unknown address" in reason


@pytest.mark.parametrize("at", ["the look-up", "the deed"])
async def test_a_system_that_is_away_leaves_it_to_people_undone(at: str, tmp_path: Path) -> None:
    async with world("retail", tmp_path) as shop:
        if at == "the look-up":
            shop.system.fail = 99
        reply = await shop.text(RUTH, "please cancel order #W4410087", "no longer needed")
        if at == "the deed":
            assert "Shall I?" in reply
            shop.system.fail = 99
            reply = await shop.text(RUTH, "yes")
        assert "colleague" in reply
        assert shop.system.done == []
        [(queue, reason)] = await shop.handoffs()
        assert queue == "orders" and "Nothing was done" in reason


async def test_a_lost_answer_is_asked_for_again_and_it_is_done_once(tmp_path: Path) -> None:
    async with world("retail", tmp_path) as shop:
        await shop.text(RUTH, "please cancel order #W4410087", "no longer needed")
        shop.system.lose = 2
        assert "is called off" in await shop.text(RUTH, "yes")
        assert (len(shop.system.done), shop.system.lose) == (1, 0)
        assert await shop.handoffs() == []


async def test_a_slow_system_is_waited_for_and_a_too_slow_one_is_told_to_people(
    tmp_path: Path,
) -> None:
    async with world("airline", tmp_path, seconds=0.6) as airline:
        airline.system.slow = 0.1
        told = await airline.text(IRIS, "add 3 bags to my booking R4TK2M", "yes")
        assert "4 checked bags" in told
        airline.system.slow = 2.0
        told = await airline.text(JONAS, "add two bags to my booking W9PL5D", "yes")
        assert "colleague" in told
        assert airline.record("booking", "W9PL5D")["bags"] == 2
        [(queue, reason)] = await airline.handoffs()
        assert queue == "bookings"
        assert len(airline.system.done) == 2 and airline.system.done[1] in reason
