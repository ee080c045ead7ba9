"""The store: group commit, isolation of a failing unit, bounds, and read-only readers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DBAPIError

from memory.store import Overloaded, Store
from memory.tables.people import Secret
from memory.tables.rows import table
from tests.memory.hot import NOW, opened

_secret = table(Secret)


def put(connection: Connection, batch: Sequence[str]) -> list[int]:
    """Write names; a name twice violates the key. Returns the batch's size to each caller."""
    connection.execute(
        insert(_secret), [{"name": name, "value": "v", "created_at": NOW} for name in batch]
    )
    return [len(batch)] * len(batch)


def names(connection: Connection) -> list[str]:
    """What is stored."""
    return sorted(connection.execute(select(_secret.c.name)).scalars())


async def test_calls_that_gather_share_a_commit(database_url: str) -> None:
    async with opened(database_url) as store:
        before = store.commits
        sizes = await asyncio.gather(*(store.write(put, f"n{n:02}") for n in range(40)))
        assert await store.read(names) == [f"n{n:02}" for n in range(40)]
        assert store.commits - before < 40
        assert max(sizes) > 1


async def test_a_failing_call_does_not_fail_its_neighbours(database_url: str) -> None:
    async with opened(database_url) as store:
        results = await asyncio.gather(
            *(store.write(put, name) for name in ("a", "b", "a", "c")), return_exceptions=True
        )
        assert [isinstance(one, Exception) for one in results].count(True) == 1
        assert await store.read(names) == ["a", "b", "c"]


async def test_a_read_sees_the_commit_it_follows(database_url: str) -> None:
    async with opened(database_url) as store:
        for number in range(20):
            await store.write(put, f"n{number:02}")
            assert len(await store.read(names)) == number + 1


async def test_readers_cannot_write(database_url: str) -> None:
    async with opened(database_url) as store:
        with pytest.raises(DBAPIError):
            await store.read(put, ["x"])
        assert await store.read(names) == []


async def test_a_full_queue_refuses_and_loses_nothing(sqlite_database_url: str) -> None:
    async with opened(sqlite_database_url):
        pass
    store = Store(sqlite_database_url, queue_limit=5)
    await store.open()
    futures, refused = [], 0
    for number in range(30):
        try:
            futures.append(store.write(put, f"n{number:02}"))
        except Overloaded:
            refused += 1
    await asyncio.gather(*futures)
    assert refused == 25
    assert len(await store.read(names)) == 5
    await store.close()


async def test_closing_finishes_what_is_queued(database_url: str) -> None:
    async with opened(database_url) as store:
        futures = [store.write(put, f"n{number}") for number in range(10)]
        await store.close()
        await asyncio.gather(*futures)
    async with opened(database_url) as store:
        assert len(await store.read(names)) == 10


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_unsupported_databases_are_refused_with_a_remedy(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///"):
        Store(url)


_ENDLESS = (
    "with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 1e15)"
    " select count(*) from numbers"
)


async def test_a_reading_that_nobody_waits_for_holds_no_reader(database_url: str) -> None:
    def count_for_ever(connection: Connection) -> None:
        loop.call_soon_threadsafe(began.set)
        connection.exec_driver_sql(_ENDLESS)

    loop, began = asyncio.get_running_loop(), asyncio.Event()
    async with opened(database_url) as store:
        # As many as there are readers, and more that wait for one.
        waiting = [asyncio.ensure_future(store.read(count_for_ever)) for _ in range(4)]
        await began.wait()
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        async with asyncio.timeout(30):
            for _ in range(4):
                assert await store.read(names) == []
