"""Long histories are packed beside everything else, and only as often as there is need."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, func, insert, select, update

from benchmarks.fill import rows
from core.clock import from_micros, to_micros
from core.message import Assurance
from gateway.recall.segmenting import Segmenting
from memory.readable.context import load_context
from memory.readable.sender import ContextQuery
from memory.recall.deep import find_deep
from memory.store import Store
from memory.tables.main import Message
from memory.tables.remembered import Segment
from memory.tables.rows import table

LONG = 1_400
NOW = 1_790_000_000_000_000

_message, _segment = table(Message), table(Segment)


def _fill(connection: Connection) -> None:
    for model, values in rows(1, LONG, NOW):
        connection.execute(insert(table(model)), values)
    needle = {"text": "my walnut table is order 77123-B"}
    connection.execute(update(_message).where(_message.c.seq == 3).values(needle))


def _packed(connection: Connection) -> tuple[int, int, int]:
    """Segments, the messages in them, and messages that have a packed form of their own."""
    count, messages = connection.execute(
        select(func.count(), func.coalesce(func.sum(_segment.c.messages), 0))
    ).one()
    forms = select(func.count()).where(_message.c.about.is_not(None))
    return int(count), int(messages), int(connection.execute(forms).scalar_one())


def _found(connection: Connection) -> list[str]:
    query = ContextQuery(1, 1, 1, Assurance.AUTHENTICATED, NOW)
    before = to_micros(load_context(connection, query).thread[0].at)
    later = from_micros(NOW) + timedelta(days=1)
    return [one.text for one in find_deep(connection, query, "and 77123-B?", later, before)]


async def test_a_long_history_is_packed_once_and_found_before_and_after(database_url: str) -> None:
    store = Store(database_url)
    await store.open()
    try:
        await store.run(_fill)
        assert "my walnut table is order 77123-B" in await store.read(_found)
        work = Segmenting(store)
        while await work.look():
            pass
        packed = await store.read(_packed)
        assert packed == (1, LONG - 500, LONG - 500)
        assert "my walnut table is order 77123-B" in await store.read(_found)
        # Another process looks at everything again, and has nothing to do.
        again = Segmenting(store)
        assert await again.look() and not await again.look()
        assert await store.read(_packed) == packed
    finally:
        await store.close()
