"""Bringing in what customers wrote elsewhere over the API, while they are served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from gateway.history import importing as history_importing
from tests.gateway.console_world import PHONE, World, served
from tests.gateway.test_imports_api import call, files_kept, work
from tests.memory.hot import admitted

QUERY = {"source": "desk", "reason": "our own export"}
HEAD = "when,phone,author,text\n"


@pytest.fixture
async def world(sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with served(sqlite_database_url, tmp_path / "files") as one:
        yield one


def history(world: World, count: int = 12) -> bytes:
    """So many messages of the customer there is, one an hour, the last an hour ago."""
    start = world.clock.at - timedelta(hours=count)
    rows = [
        f"{(start + timedelta(hours=n)).isoformat()},{PHONE},{'out' if n % 2 else 'in'},text {n}\n"
        for n in range(count)
    ]
    return (HEAD + "".join(rows)).encode()


async def timeline(world: World) -> list[str]:
    """What is shown of the customer's talk."""
    found: list[dict[str, Any]] = await world.get(f"/customers/{world.customer_id}/timeline")
    return [str(one.get("text")) for one in found if str(one.get("text")).startswith("text ")]


async def test_a_history_is_looked_at_brought_in_after_the_answer_and_taken_back(
    world: World,
) -> None:
    file, kept = history(world), files_kept(world)
    queue = await world.get("/handoffs")
    status, looked = await call(world, "POST", "/imports/history", data=file, dry_run="1", **QUERY)
    assert (status, looked["messages"], looked["known"], looked["new"]) == (200, 12, 1, 0)
    (met,) = looked["handles"]
    assert (met["handle"], met["customer_id"]) == (f"phone:{PHONE}", str(world.customer_id))
    assert looked["channels"] == {"sms": 12} and await world.get("/imports") == []
    status, batch = await call(world, "POST", "/imports/history", data=file, **QUERY)
    assert (status, batch["kind"], batch["under_way"]) == (202, "history", True)
    assert (await call(world, "POST", "/imports/history", data=file, **QUERY))[0] == 409
    await work(world).look()
    done = await world.get(f"/imports/{batch['id']}")
    assert (done["complete"], done["under_way"], done["counts"]["messages"]) == (True, False, 12)
    assert await timeline(world) == [f"text {n}" for n in range(12)]
    assert files_kept(world) == kept and await world.get("/handoffs") == queue
    assert (await call(world, "POST", f"/imports/{batch['id']}/undo", body={}))[0] == 200
    assert await timeline(world) == []


async def test_it_goes_on_when_a_process_dies(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_importing, "LEAST", 2)
    _, batch = await call(world, "POST", "/imports/history", data=history(world), **QUERY)
    with pytest.raises(ConnectionError):
        await work(world, after=4).look()
    half = (await world.get(f"/imports/{batch['id']}"))["counts"]["rows"]
    assert 4 <= half < 12
    world.clock.at += timedelta(minutes=1)
    await work(world, "two").look()
    assert await timeline(world) == [f"text {n}" for n in range(12)]


async def test_whoever_writes_meanwhile_is_admitted_between_two_chunks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_importing, "LEAST", 2)
    await call(world, "POST", "/imports/history", data=history(world, 40), **QUERY)
    rows: list[int] = []

    async def looked() -> None:
        await work(world).look()
        rows.append(-1)

    importing = asyncio.create_task(looked())
    new_id = count(1_000).__next__
    for number in range(60):
        await admitted(world.store, new_id, f"SM9{number:03}", PHONE)
        (batch,) = await world.get("/imports")
        rows.append(batch["counts"]["rows"])
        if batch["complete"]:
            break
    await importing
    # Some were taken in while part of the file was in, and none was lost.
    assert any(0 < one < 40 for one in rows)
    assert len(await timeline(world)) == 40


@pytest.mark.parametrize(
    ("query", "data", "words"),
    [
        ({"level": "3"}, HEAD, "less than or equal to 2"),
        ({"zone": "Mars"}, HEAD, "There is no time zone"),
        ({"columns": "x"}, HEAD, "COLUMN=MEANING"),
        ({"form": "xls"}, HEAD, "Input should be"),
        ({}, HEAD + "now,+447700900142,in,hello\n", "Line 2, column “when”"),
        ({}, "", "The file is empty"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_begun(
    world: World, query: dict[str, str], data: str, words: str
) -> None:
    status, problem = await call(
        world, "POST", "/imports/history", data=data.encode(), **QUERY, **query
    )
    assert status == 422 and words in problem["error"] and await world.get("/imports") == []
