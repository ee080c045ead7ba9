"""The gateway lets go by itself, chunk by chunk, by a clock of its own; and forgets whom another
process erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from core.clock import to_micros
from gateway.customers.retaining import CHUNK, PAUSE, Retaining
from gateway.files import FileStore
from gateway.settings.memory import Retention
from memory.store import Store
from memory.tables.main import Message
from memory.tables.rows import table
from memory.units.erasing.whole import erase
from tests.memory.world import PHONE, START, World


class Clock:
    """A time that goes when it is told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    one = Store(database_url, readers=1)
    await one.open()
    yield one
    await one.close()


def say(connection: Connection, messages: int) -> int:
    world = World(connection)
    places = [world.say(PHONE, f"message {number}") for number in range(messages)]
    return world.customer(places[0].handle_id)


def left(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(table(Message))).scalar_one())


def retaining(store: Store, folder: Path, clock: Clock, forgotten: list[int]) -> Retaining:
    settings = Retention(messages_days=10)
    return Retaining(store, FileStore(folder), settings, forget=forgotten.append, now=clock)


async def test_what_is_old_goes_in_chunks_and_then_there_is_a_pause(
    store: Store, tmp_path: Path
) -> None:
    clock = Clock()
    one = retaining(store, tmp_path, clock, [])
    await store.run(say, CHUNK + 3)
    while await one.look():
        pass
    assert await store.read(left) == CHUNK + 3, "nothing is old yet"
    clock.now = START + timedelta(days=11)
    assert await one.look() is True and await store.read(left) == 3
    while await one.look():
        pass
    assert await store.read(left) == 0
    await store.run(say_again)
    clock.now += PAUSE - timedelta(minutes=1)
    assert await one.look() is False, "the next pass is not due yet"
    clock.now += timedelta(days=11)
    while await one.look():
        pass
    assert await store.read(left) == 0


def say_again(connection: Connection) -> None:
    world = World(connection)
    for _ in range(10_000):
        world.id()
    world.say(PHONE, "once more")


async def test_whom_another_process_erased_this_one_forgets(store: Store, tmp_path: Path) -> None:
    clock, forgotten = Clock(), list[int]()
    one = retaining(store, tmp_path, clock, forgotten)
    customer = await store.run(say, 1)
    await one.look()
    assert forgotten == []
    ids = iter(range(10**6, 10**6 + 100))
    await store.run(erase, customer, "cli:root", to_micros(START), lambda: next(ids))
    await one.look()
    await one.look()
    assert forgotten == [customer]
