"""The gateway makes episodes by itself, once for each stretch of talk, also over a restart."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, select, update

from gateway.recall.episodes import chunks
from memory.episode_sources import Plan, Stretch
from memory.episodes import Part
from memory.tables.main import Inbound, Message
from memory.tables.remembered import Episode
from memory.tables.rows import table
from tests.gateway.everywhere import everywhere

EVE = "+447700900666"
LONG_AGO = 6 * 3_600 * 1_000_000
SIZES = [(at * 1_000, size) for at, size in enumerate([150, 50, 1, 900, 30, 180, 20, 5])]
"""When sessions began, and how many messages each has."""


def age(connection: Connection) -> None:
    """Everything was said six hours earlier."""
    messages, inbound = table(Message), table(Inbound)
    connection.execute(update(messages).values(created_at=messages.c.created_at - LONG_AGO))
    earlier = inbound.c.id - (LONG_AGO << 10)
    connection.execute(update(inbound).values(id=earlier))


def made(connection: Connection) -> list[int]:
    """The ids of all episodes."""
    episode = table(Episode)
    return list(connection.execute(select(episode.c.id).order_by(episode.c.id)).scalars())


async def test_what_is_over_becomes_an_episode_once(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.phones.text(EVE, "When are you open?")
        await world.handled(1)
        store = world.gateway.store
        assert (await world.gateway.episodes.look()).new == 0
        await store.run(age)
        assert (await world.gateway.episodes.look()).new == 1
        ids = await store.read(made)
        await world.closed()
        await world.opened()
        again = await world.gateway.episodes.look()
        assert (again.new, again.more) == (0, False)
        assert await world.gateway.store.read(made) == ids


def test_a_long_past_is_written_in_pieces_that_cover_all_of_its_time() -> None:
    stretches = [Stretch(1, at, at + 5, (Part(7, at, at + size - 1),)) for at, size in SIZES]
    pieces = list(chunks(Plan(-1, 90_000, tuple(stretches))))
    assert [one for piece in pieces for one in piece.stretches] == stretches
    assert [piece.after for piece in pieces] == [-1, *(piece.until for piece in pieces[:-1])]
    assert pieces[-1].until == 90_000
    for piece in pieces:
        assert sum(one.messages for one in piece.stretches) <= 200 or len(piece.stretches) == 1


def test_no_past_is_one_piece_that_says_so() -> None:
    assert list(chunks(Plan(5, 9, ()))) == [Plan(5, 9, ())]
