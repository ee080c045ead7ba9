"""A message that cannot be handled: it alone becomes a dead letter, is told, seen, tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Connection, Update, select, update

from core.pipeline.trivial import trivial_stages
from memory.store import Overloaded
from memory.tables.main import Case, Inbound, Message
from memory.tables.rows import table
from memory.units.messages.turns import commit
from tests.gateway.credentials import bearer
from tests.gateway.test_way import settled
from tests.gateway.way import Way, poisoned, running

PHONE = "+15550001111"
OTHER = "+15550002222"
APOLOGY = "A person will look at it"


def fates(connection: Connection) -> list[tuple[str, str, int]]:
    """Each message a customer wrote, what became of it, and how often it stumbled."""
    inbox, message = table(Inbound), table(Message)
    rows = connection.execute(
        select(message.c.text, inbox.c.status, inbox.c.attempts)
        .join(
            message,
            (message.c.conversation_id == inbox.c.conversation_id) & (message.c.seq == inbox.c.seq),
        )
        .order_by(inbox.c.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _change(connection: Connection, statement: Update) -> None:
    connection.execute(statement)


async def call(way: Way, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
    """What the API answers to its admin."""
    headers = await bearer(way.gateway)
    url = f"{way.base_url}/api/v1{path}"
    async with (
        aiohttp.ClientSession(headers=headers) as web,
        web.request(method, url, json=body) as answer,
    ):
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def test_it_is_seen_with_its_reason_and_answered_once_it_can_be(
    tmp_path: Path, database_url: str
) -> None:
    async with running(tmp_path, stages=poisoned("poison"), url=database_url) as way:
        await way.sms.text(PHONE, "this is poison")
        assert APOLOGY in (await way.sms.wait_for_reply(PHONE, 1)).text
        await settled(way)
        (letter,) = await call(way, "GET", "/dead-letters")
        assert (letter["kind"], letter["reason"]) == ("inbound", "ValueError: a poison message")
        (handoff,) = await call(way, "GET", "/handoffs")
        assert handoff["rule"] == "fault"
        # The fault is mended, the person gives the case back and has the message tried again.
        work = way.gateway.work
        work.deciding = replace(work.deciding, stages=trivial_stages())
        await call(way, "POST", f"/handoffs/{handoff['id']}/take", {})
        await call(way, "POST", f"/handoffs/{handoff['id']}/hand-back", {})
        before = way.sms.last_seq
        await call(way, "POST", f"/dead-letters/inbound/{letter['id']}/retry", {})
        assert "this is poison" in (await way.sms.wait_for_reply(PHONE, before)).text
        await settled(way)
        assert await way.gateway.store.read(fates) == [("this is poison", "done", 0)]
        assert await call(way, "GET", "/dead-letters") == []


async def test_trying_again_what_still_fails_ends_as_it_did_before(tmp_path: Path) -> None:
    async with running(tmp_path, stages=poisoned("poison")) as way:
        await way.sms.text(PHONE, "poison")
        await settled(way)
        (letter,) = await call(way, "GET", "/dead-letters")
        await call(way, "POST", f"/dead-letters/inbound/{letter['id']}/retry", {})
        async with asyncio.timeout(30):
            while await way.gateway.store.read(fates) != [("poison", "dead", 2)]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert [one["id"] for one in await call(way, "GET", "/dead-letters")] == [letter["id"]]


async def test_what_comes_before_and_after_it_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path, stages=poisoned("poison")) as way:
        for text in ("one", "poison", "two"):
            await way.sms.text(PHONE, text)
        await way.sms.text(OTHER, "another customer")
        await settled(way)
        assert "another customer" in way.sms.texts_to(OTHER)[0].text
        said = [one.text for one in way.sms.texts_to(PHONE)]
        assert "one" in said[0]
        assert APOLOGY in said[1]
        assert await way.gateway.store.read(fates) == [
            ("one", "done", 0),
            ("poison", "dead", 2),
            ("two", "done", 0),
            ("another customer", "done", 0),
        ]


async def test_it_does_not_take_the_rest_of_its_burst_with_it(tmp_path: Path) -> None:
    async with running(tmp_path, stages=poisoned("poison"), quiet={"webchat": 0.3}) as way:
        ada = await way.chat("ada")
        for text in ("hi", "poison", "my order"):
            await ada.say(text)
        await settled(way)
        assert [(text, fate) for text, fate, _ in await way.gateway.store.read(fates)] == [
            ("hi", "done"),
            ("poison", "dead"),
            ("my order", "done"),
        ]
        said = [one.text for one in ada.thread.values() if one.author == "bot"]
        assert "hi" in said[0]
        assert APOLOGY in said[1]


async def test_a_customer_whose_memory_cannot_be_read_is_told_too(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        await way.sms.text(PHONE, "hello")
        await settled(way)
        case = table(Case)
        spoil = update(case).values(state_json='{"slots": 7')
        await way.gateway.store.run(_change, spoil)
        for customer in list(way.gateway.work._recalling.kept._memories):
            way.gateway.work.forget(customer)
        await way.sms.text(PHONE, "are you there?")
        await settled(way)
        assert APOLOGY in way.sms.texts_to(PHONE)[-1].text
        assert (await way.gateway.store.read(fates))[1][:2] == ("are you there?", "dead")
        assert len(await call(way, "GET", "/handoffs")) == 1


async def test_a_busy_database_is_not_the_message_s_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as way:
        refusals = 0
        write = way.gateway.store.write

        def busy(unit: Any, arg: Any) -> Any:
            nonlocal refusals
            if unit is commit and refusals < 5:
                refusals += 1
                raise Overloaded("10000 writes are waiting")
            return write(unit, arg)

        monkeypatch.setattr(way.gateway.store, "write", busy)
        await way.sms.text(PHONE, "hello")
        await settled(way)
        assert "hello" in way.sms.texts_to(PHONE)[0].text
        assert refusals == 5
        assert await way.gateway.store.read(fates) == [("hello", "done", 0)]
