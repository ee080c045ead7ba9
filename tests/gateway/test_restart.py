"""A customer whom an earlier process was serving a moment ago waits for nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, update

from adapters.webchat.client import ChatClient
from memory.tables.main import Customer
from memory.tables.rows import table
from tests.gateway.way import Way, running

FAR = 2**62


async def answered(way: Way, chat: ChatClient, text: str) -> str:
    stored = chat.stored_as(await chat.say(text))
    assert stored is not None
    return (await chat.wait_for_reply(stored)).text


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_after_a_planned_restart(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{kind}_database_url")
    async with running(tmp_path, url=url) as way:
        chat = await way.chat()
        assert await answered(way, chat, "Before") == "You said: Before"
        token = chat.token
    async with running(tmp_path, url=url) as way:
        chat = await way.chat(token=token)
        assert await answered(way, chat, "After") == "You said: After"


async def test_after_a_crash_of_the_only_process(tmp_path: Path, sqlite_database_url: str) -> None:
    async with running(tmp_path, url=sqlite_database_url) as way:
        chat = await way.chat()
        await answered(way, chat, "Before")
        token = chat.token
    engine = create_engine(sqlite_database_url)
    with engine.begin() as connection:
        connection.execute(update(table(Customer)).values(lease_owner="dead", lease_until=FAR))
    engine.dispose()
    async with running(tmp_path, url=sqlite_database_url) as way:
        chat = await way.chat(token=token)
        assert await answered(way, chat, "After") == "You said: After"
