"""Quiet windows: what a person writes in one go is one turn, in order, and nobody else waits."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from memory.tables.main import Turn
from tests.gateway.test_way import count
from tests.gateway.workers import Clock, bursts, provider, thread, working

QUIET = 3.0
LONGEST = 8.0
"""`turns.quiet_seconds_max` as it is by default."""


def expected(gaps: list[float]) -> list[list[str]]:
    """The turns of messages that come after these gaps, each time looked at just before."""
    turns: list[list[str]] = []
    burst: list[str] = []
    now = first = last = 0.0
    for number, gap in enumerate(gaps):
        now += gap
        if burst and now >= min(last + QUIET, first + LONGEST):
            turns.append(burst)
            burst = []
        first = first if burst else now
        last = now
        burst = [*burst, f"SM{number}"]
    return [*turns, burst]


@settings(max_examples=15)
@given(st.lists(st.sampled_from([0.0, 1.0, 2.5, 3.0, 9.0]), min_size=1, max_size=8))
@example([0.0, 2.0, 2.0, 2.0, 2.0, 2.0])
@example([0.0, 2.9, 2.9, 2.9, 1.0])
def test_messages_within_the_window_are_one_turn(gaps: list[float]) -> None:
    async def run(folder: Path) -> None:
        now = Clock()
        async with provider() as sms, working(folder, sms, now, quiet=QUIET) as worker:
            customer = 0
            for number, gap in enumerate(gaps):
                now.advance(gap)
                if customer:
                    await worker.look(customer)
                customer = await worker.write(f"SM{number}", f"text {number}")
                await worker.rest()
            before = await worker.gateway.store.read(bursts)
            assert before == expected(gaps), "the last burst waits"
            now.advance(QUIET)
            await worker.look(customer)
            turns = [*expected(gaps), []]
            assert await worker.gateway.store.read(bursts) == turns
            assert await worker.gateway.store.read(count, Turn) == len(turns) - 1
            said = await worker.gateway.store.read(thread)
            assert [one for one in said if one.startswith("text")] == [
                f"text {number}" for number in range(len(gaps))
            ]
            answers = [one for one in said if one.startswith("You said")]
            assert answers == [
                "You said: " + "\n".join(one.replace("SM", "text ") for one in turn)
                for turn in turns[:-1]
            ]

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


async def test_a_burst_that_goes_on_keeps_nobody_from_their_turn(tmp_path: Path) -> None:
    """One turn at a time may be worked on here, and a hundred people are still writing."""
    now = Clock()
    async with provider() as sms, working(tmp_path, sms, now, quiet=60, turns=1) as worker:
        writing = [await worker.write(f"SM{n}", phone=f"+1555000{n:04}") for n in range(20)]
        await worker.rest()
        assert worker.asleep == set(writing)
        now.advance(LONGEST)
        await worker.look(writing[-1])
        assert ["SM19"] in (await worker.gateway.store.read(bursts))[:-1]


async def test_without_a_window_every_message_has_its_turn(
    tmp_path: Path, database_url: str
) -> None:
    now = Clock()
    async with provider() as sms, working(tmp_path, sms, now, url=database_url) as worker:
        await asyncio.gather(*(worker.write(f"SM{n}", f"text {n}") for n in range(20)))
        await worker.rest()
        turns = await worker.gateway.store.read(bursts)
        assert sorted(turns) == sorted([*([f"SM{n}"] for n in range(20)), []])
