"""A person in the chat: that they read or write is shown, and what they send arrives with its file.

Over a running gateway; the person works by the API, as the console does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from adapters.webchat.client import ChatClient
from tests.adapters.webchat.chat_server import until
from tests.gateway.credentials import bearer
from tests.gateway.way import Way, poisoned, running


@dataclass(frozen=True, slots=True)
class Desk:
    """A person's place at the API, with one visitor's case in hand."""

    way: Way
    http: aiohttp.ClientSession
    client: ChatClient
    case: str

    async def post(self, path: str, body: Mapping[str, object]) -> aiohttp.ClientResponse:
        url = f"{self.way.base_url}/api/v1{path}"
        async with self.http.post(url, json=body) as answer:
            await answer.read()
            return answer

    async def be(self, doing: str) -> bool:
        answer = await self.post(f"/handoffs/{self.case}/presence", {"doing": doing})
        told: bool = (await answer.json())["shown"]
        return told

    def readings(self) -> list[object]:
        frames = [one.frame for one in self.client.wire if not one.sent]
        return [one["active"] for one in frames if one["type"] == "reading"]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with running(tmp_path, stages=poisoned("human")) as way, at_desk(way) as one:
        yield one


@asynccontextmanager
async def at_desk(way: Way) -> AsyncIterator[Desk]:
    client = await way.chat()
    await client.say("human")
    headers = await bearer(way.gateway)
    async with aiohttp.ClientSession(headers=headers) as http:
        cases: list[dict[str, str]] = []
        url = f"{way.base_url}/api/v1/handoffs"
        async with asyncio.timeout(20):
            while not cases:
                async with http.get(url) as answer:
                    cases = await answer.json()
        yield Desk(way, http, client, cases[0]["id"])


async def test_that_a_person_reads_is_shown_in_the_chat_of_their_case(desk: Desk) -> None:
    stranger = await desk.way.chat()
    assert await desk.be("reading")
    await until(lambda: desk.readings() == [True])
    assert await desk.be("away")
    await until(lambda: desk.readings() == [True, False])
    assert not any(one.frame["type"] == "reading" for one in stranger.wire)


async def test_that_a_person_writes_is_shown_and_ends_with_their_message(desk: Desk) -> None:
    await desk.be("typing")
    await until(lambda: desk.client.typing)
    await desk.post(f"/handoffs/{desk.case}/answer", {"text": "Good day, I am Tim."})
    await until(lambda: not desk.client.typing)
    assert any(one.author == "agent" for one in desk.client.thread.values())


async def test_nobody_sees_it_where_nobody_is(desk: Desk) -> None:
    key = desk.client.conversation
    await desk.client.disconnect()
    await until(lambda: not desk.way.gateway.hub.connected("webchat", key))
    assert not await desk.be("reading")


@pytest.mark.parametrize("doing", ["", "sleeping", None])
async def test_what_a_person_may_do_is_one_of_three(desk: Desk, doing: object) -> None:
    answer = await desk.post(f"/handoffs/{desk.case}/presence", {"doing": doing})
    assert answer.status == 422


async def test_a_case_that_is_unknown_is_told(desk: Desk) -> None:
    assert (await desk.post("/handoffs/12345/presence", {"doing": "reading"})).status == 404


async def test_in_a_closed_case_nobody_reads(desk: Desk) -> None:
    await desk.post(f"/handoffs/{desk.case}/resolve", {})
    assert not await desk.be("reading")
    assert desk.readings() == []


async def test_a_persons_file_is_fetched_at_an_address_that_names_no_reference(
    desk: Desk,
) -> None:
    base = desk.way.base_url
    headers = {"Content-Type": "application/pdf"}
    url = f"{base}/api/v1/files?name=bill.pdf"
    async with desk.http.post(url, data=b"%PDF-1.7 bill", headers=headers) as answer:
        file = await answer.json()
    kept = {name: file[name] for name in ("reference", "name", "media_type")}
    answered = await desk.post(
        f"/handoffs/{desk.case}/answer", {"text": "Here it is.", "files": [kept]}
    )
    assert answered.status == 200
    await until(lambda: any(one.files for one in desk.client.thread.values()))
    [shown] = [file for one in desk.client.thread.values() for file in one.files]
    assert "reference" not in shown
    async with aiohttp.ClientSession() as http, http.get(shown["url"]) as answer:
        assert await answer.read() == b"%PDF-1.7 bill"
        assert answer.content_type == "application/pdf"
