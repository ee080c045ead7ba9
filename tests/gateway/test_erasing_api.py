"""Erasing over the API: confirmed, with a receipt, and with the files that nobody else names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, func, select, update

from gateway.files import FileStore
from memory.tables.main import Handle, Message
from memory.tables.rows import table
from tests.gateway.console_world import PHONE, World, bearer, served


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with served(database_url, tmp_path / "files") as one:
        yield one


async def erase(world: World, customer: int, confirm: str) -> tuple[int, Any]:
    path = f"/api/v1/customers/{customer}"
    answer = await world.client.delete(path, json={"confirm": confirm}, headers=bearer())
    return answer.status, await answer.json(content_type=None)


async def test_a_slip_erases_nobody(world: World) -> None:
    status, problem = await erase(world, world.customer_id, str(world.login_customer_id))
    assert status == 422 and "body: confirm" in str(problem)
    assert await world.store.read(keys_like, PHONE) == 1


async def test_a_customer_is_erased_with_a_receipt_and_their_files(world: World) -> None:
    kept = FileStore(world.files)
    alone, shared = [await kept.keep(one) for one in (b"alone", b"shared")]
    phone = await world.store.read(handle_of, PHONE)
    await world.store.run(attach, phone, [alone, shared])
    login = await world.store.read(handle_of, "ada")
    await world.store.run(attach, login, [shared])
    status, receipt = await erase(world, world.customer_id, str(world.customer_id))
    assert status == 200, receipt
    assert receipt["rows"]["message"] > 0 and receipt["rows"]["handle"] == 1
    assert receipt["files"] == 1
    assert await world.store.read(keys_like, PHONE) == 0
    with pytest.raises(LookupError):
        await kept.read(alone)
    assert await kept.read(shared) == b"shared", "somebody else's message names it"
    page = await world.get(f"/customers/{world.customer_id}")
    assert page["handles"] == [], "the old id leads to an empty page"


def keys_like(connection: Connection, address: str) -> int:
    handles = table(Handle)
    found = select(func.count()).where(handles.c.key.contains(address, autoescape=True))
    return int(connection.execute(found).scalar_one())


def handle_of(connection: Connection, address: str) -> int:
    handles = table(Handle)
    found = select(handles.c.id).where(handles.c.address == address)
    return int(connection.execute(found).scalar_one())


def attach(connection: Connection, handle_id: int, references: list[str]) -> None:
    """Let every message of the handle's name these files."""
    messages = table(Message)
    files = [{"name": "a.txt", "type": "text/plain", "reference": one} for one in references]
    connection.execute(
        update(messages)
        .where(messages.c.handle_id == handle_id)
        .values(extra_json=orjson.dumps({"attachments": files}).decode())
    )
