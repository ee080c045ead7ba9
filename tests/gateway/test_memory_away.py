"""Memory that is slow or away: the turn goes on with what is at hand, and nobody else waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError

from gateway.demo.people import ADA
from gateway.turns.recalling import Recalling
from memory.readable.context import load_context
from memory.store import Store
from memory.tables.main import Case, Handoff, Inbound, Turn
from memory.tables.rows import table
from memory.units.identity.linking import customer_of
from memory.units.messages.turns import commit
from tests.gateway.everywhere import Everywhere, everywhere

BOB = "+447700900455"
HONEST = "I cannot see our earlier messages"
Trouble = Callable[[], Awaitable[None]]


@dataclass
class Troubled:
    """The store, whose reads of what is known of some customers have trouble."""

    store: Store
    customers: set[int] = field(default_factory=set)
    trouble: list[Trouble] = field(default_factory=list)
    """What comes over the next reads, one after the other; the last stays."""
    reads: int = 0

    async def read(self, query: Callable[..., Any], *args: Any) -> Any:
        if query is load_context and args[0].customer_id in self.customers:
            self.reads += 1
            await (self.trouble.pop(0) if len(self.trouble) > 1 else self.trouble[0])()
        return await self.store.read(query, *args)


async def fails() -> None:
    raise OperationalError("select", {}, Exception("the disk is away"))


async def hangs() -> None:
    await asyncio.Event().wait()


async def works() -> None:
    return


@asynccontextmanager
async def shop(folder: Path, models: Path) -> AsyncIterator[tuple[Everywhere, Troubled]]:
    """A shop in which Ada has asked for her order."""
    async with everywhere(folder, models) as world:
        await text(world, ADA.phone, "Where is my order?")
        recalling: Recalling = world.gateway.work._recalling
        troubled = Troubled(world.gateway.store, {await ada(world)})
        recalling._store = troubled  # type: ignore[assignment]
        recalling._settings = replace(recalling._settings, reading=0.2)
        world.gateway.work.forget(await ada(world))
        yield world, troubled


async def ada(world: Everywhere) -> int:
    customer = await world.gateway.store.read(customer_of, f"phone:{ADA.phone}")
    assert customer is not None
    return customer


async def text(world: Everywhere, phone: str, words: str) -> str:
    """What is answered to a text."""
    before = world.phones.last_seq
    await world.phones.text(phone, words)
    await world.phones.wait_for_reply(phone, before)
    return str(world.phones.texts_to(phone)[-1].text)


def cases(connection: Connection) -> list[tuple[Any, ...]]:
    case = table(Case)
    rows = connection.execute(
        select(case.c.id, case.c.status, case.c.state_json)
        .where(case.c.status != "aside")
        .order_by(case.c.id)
    )
    return [tuple(row) for row in rows]


def last_record(connection: Connection) -> dict[str, Any]:
    turn = table(Turn)
    newest = select(turn.c.record_json).order_by(turn.c.id.desc()).limit(1)
    return dict(orjson.loads(connection.execute(newest).scalar_one()))


def reasons(connection: Connection) -> list[str]:
    handoff = table(Handoff)
    return list(connection.execute(select(handoff.c.reason)).scalars())


def fates(connection: Connection) -> list[str]:
    inbox = table(Inbound)
    return list(connection.execute(select(inbox.c.status).order_by(inbox.c.id)).scalars())


async def test_whoever_is_waited_for_keeps_nobody_else_waiting(
    tmp_path: Path, models: Path
) -> None:
    async with shop(tmp_path, models) as (world, troubled):
        store, free = world.gateway.store, asyncio.Event()

        async def until_free() -> None:
            await free.wait()

        troubled.trouble = [until_free]
        world.gateway.work._recalling._settings = replace(
            world.gateway.work._recalling._settings, reading=600.0
        )
        before = await store.read(cases)
        hers = asyncio.ensure_future(text(world, ADA.phone, "it is 1042"))
        assert "?" in await text(world, BOB, "Where is my order?")
        assert not hers.done(), "she is still waited for"
        assert len(await store.read(cases)) == len(before) + 1, "which is his"
        free.set()
        assert HONEST not in await hers, "what comes late is as good"


async def test_a_memory_that_hangs_is_given_up_and_touches_no_case(
    tmp_path: Path, models: Path
) -> None:
    async with shop(tmp_path, models) as (world, troubled):
        store = world.gateway.store
        troubled.trouble = [hangs]
        before = await store.read(cases)
        assert HONEST in await text(world, ADA.phone, "it is 1042")
        assert troubled.reads == 2
        assert await store.read(cases) == before
        record = await store.read(last_record)
        assert record["memory"]["degraded"] == ["context"]
        assert record["facts"] == record["recalled"] == record["exchanges"] == []
        assert any("did not guess" in one for one in await store.read(reasons))
        # Once it is back, what was told meanwhile is known, and the case goes on.
        troubled.trouble = [works]
        answer = await text(world, ADA.phone, "Hello? The order, I told you which one")
        assert HONEST not in answer
        assert [one[0] for one in await store.read(cases)] == [one[0] for one in before]
        record = await store.read(last_record)
        assert "memory" not in record
        said = [one.text for one in (await kept(world)).thread.thread]
        assert "it is 1042" in said


async def kept(world: Everywhere) -> Any:
    memory = world.gateway.work._recalling.kept.find(await ada(world))
    assert memory is not None
    return memory


async def test_what_stands_by_itself_is_answered_all_the_same(tmp_path: Path, models: Path) -> None:
    async with shop(tmp_path, models) as (world, troubled):
        store = world.gateway.store
        troubled.trouble = [fails]
        before = await store.read(cases)
        answer = await text(world, ADA.phone, "When are you open?")
        assert HONEST not in answer
        assert await store.read(reasons) == []
        assert await store.read(cases) == before


async def test_a_read_that_fails_once_is_tried_again(tmp_path: Path, models: Path) -> None:
    async with shop(tmp_path, models) as (world, troubled):
        troubled.trouble = [fails, works]
        assert HONEST not in await text(world, ADA.phone, "it is 1042")
        assert troubled.reads == 2
        assert "memory" not in await world.gateway.store.read(last_record)


async def test_whoever_talks_with_a_person_is_left_to_them(tmp_path: Path, models: Path) -> None:
    async with shop(tmp_path, models) as (world, troubled):
        store = world.gateway.store
        troubled.trouble = [works]
        await text(world, ADA.phone, "I want to talk to a human")
        troubled.trouble = [fails]
        sent = len(world.phones.texts_to(ADA.phone))
        before = await store.read(cases)
        await world.phones.text(ADA.phone, "it is 1042")
        await world.handled(3)
        assert len(world.phones.texts_to(ADA.phone)) == sent
        assert await store.read(cases) == before


async def test_what_cannot_be_written_either_stays_queued_and_is_answered_later(
    tmp_path: Path, models: Path
) -> None:
    async with shop(tmp_path, models) as (world, troubled):
        store, write = world.gateway.store, world.gateway.store.write
        troubled.trouble = [fails]
        refused = asyncio.Event()

        def away(unit: Any, arg: Any) -> Any:
            if unit is commit or unit.__name__ == "stumble":
                refused.set()
                raise OperationalError("insert", {}, Exception("the disk is away"))
            return write(unit, arg)

        store.write = away  # type: ignore[method-assign]
        await world.phones.text(ADA.phone, "it is 1042")
        async with asyncio.timeout(30):
            await refused.wait()
            while not world.gateway.turns.idle:  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.01)
        assert await store.read(fates) == ["done", "new"]
        before = world.phones.last_seq
        store.write = write  # type: ignore[method-assign]
        troubled.trouble = [works]
        world.gateway.turns.look()
        await world.phones.wait_for_reply(ADA.phone, before)
        assert await store.read(fates) == ["done", "done"]
