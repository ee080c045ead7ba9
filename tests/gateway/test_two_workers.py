"""Two gateways on one database: whoever loses a lease answers nobody, and nothing is lost."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.tables.main import Delivery, Turn
from tests.gateway.test_way import count
from tests.gateway.workers import Clock, Worker, bursts, provider, thread, working

LEASE = 30.0
"""`turns.lease_seconds` as it is by default."""

PHONE = "+15550001111"
PHONES = [f"+1555000{number:04}" for number in range(6)]


async def over(*workers: Worker) -> None:
    """Wait until every worker has decided and sent what it can."""
    for worker in workers:
        await worker.rest()
    async with asyncio.timeout(30):
        while not all(one.gateway.deliveries.idle for one in workers):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_a_worker_that_lost_its_lease_answers_nobody(
    tmp_path: Path, database_url: str
) -> None:
    """One is put to sleep between decision and commit, and the other takes over meanwhile."""
    now = Clock()
    async with (
        provider() as sms,
        working(tmp_path, sms, now, url=database_url) as slow,
        working(tmp_path, sms, now, url=database_url) as quick,
    ):
        held = slow.hold_commits()
        customer = await slow.write("SM1", "hello")
        await asyncio.wait_for(held.reached.wait(), 30)
        assert await quick.gateway.turns.recover() == 1
        await quick.rest()
        assert quick.asleep == {customer}, "the lease is respected while it lasts"
        now.advance(LEASE)
        await quick.look(customer)
        held.go_on.set()
        await over(quick, slow)
        now.advance(LEASE)
        await slow.look(customer)
        await over(quick, slow)
        assert [one.text for one in sms.texts_to(PHONE)] == ["You said: hello"]
        assert await slow.gateway.store.read(thread) == ["hello", "You said: hello"]
        assert await slow.gateway.store.read(bursts) == [["SM1"], []]
        assert await slow.gateway.store.read(count, Delivery) == 1


async def test_what_came_meanwhile_is_answered_by_the_one_who_has_the_lease(
    tmp_path: Path, database_url: str
) -> None:
    now = Clock()
    async with (
        provider() as sms,
        working(tmp_path, sms, now, url=database_url) as one,
        working(tmp_path, sms, now, url=database_url) as two,
    ):
        customer = await one.write("SM1", "first")
        await over(one)
        await two.write("SM2", "second")
        await two.rest()
        assert two.asleep == {customer}
        assert await two.gateway.store.read(bursts) == [["SM1"], ["SM2"]]
        assert await one.gateway.turns.recover() == 1
        await over(one)
        assert await two.gateway.store.read(bursts) == [["SM1"], ["SM2"], []]
        now.advance(LEASE)
        await two.look(customer)
        await over(one, two)
        assert await one.gateway.store.read(count, Turn) == 2
        said = [text.text for text in sms.texts_to(PHONE)]
        assert said == ["You said: first", "You said: second"]


async def test_a_worker_that_stops_leaves_its_customers_free(
    tmp_path: Path, database_url: str
) -> None:
    now = Clock()
    async with provider() as sms, working(tmp_path, sms, now, url=database_url) as two:
        async with working(tmp_path, sms, now, url=database_url) as one:
            await one.write("SM1", "first")
            await over(one)
        await two.write("SM2", "second")
        await over(two)
        assert await two.gateway.store.read(bursts) == [["SM1"], ["SM2"], []]


@pytest.mark.parametrize("quiet", [0.0, 2.0])
@settings(max_examples=6)
@given(seed=st.integers(0, 2**32))
def test_every_accepted_message_is_in_one_turn(quiet: float, seed: int) -> None:
    """Both take messages in, at once and in any order, while leases end under their hands."""

    async def run(folder: Path) -> None:
        dice, now = random.Random(seed), Clock()
        async with (
            provider() as sms,
            working(folder, sms, now, quiet=quiet) as one,
            working(folder, sms, now, quiet=quiet) as two,
        ):
            wrote: dict[str, list[str]] = defaultdict(list)

            async def writes(phone: str) -> None:
                for number in range(8):
                    event = f"{phone}-{number}"
                    worker = dice.choice((one, two))
                    await worker.write(event, event, phone)
                    wrote[phone].append(event)
                    if dice.random() < 0.3:
                        await dice.choice((one, two)).write(event, event, phone)
                    if dice.random() < 0.3:
                        now.advance(dice.choice((1.0, LEASE, 2 * LEASE)))

            await asyncio.gather(*(writes(phone) for phone in PHONES))
            await finish(now, one, two)
            turns = await one.gateway.store.read(bursts)
            assert turns[-1] == []
            for phone in PHONES:
                mine = [[e for e in turn if e.startswith(phone)] for turn in turns]
                assert [event for turn in mine for event in turn] == wrote[phone]
            assert all(len({event[:12] for event in turn}) == 1 for turn in turns[:-1])
            said = await one.gateway.store.read(thread)
            answered = [text.removeprefix("You said: ") for text in said if "You said" in text]
            assert sorted("\n".join(answered).split("\n")) == sorted(
                event for events in wrote.values() for event in events
            )
            texts = [text.text for phone in PHONES for text in sms.texts_to(phone)]
            assert sorted(texts) == sorted(f"You said: {text}" for text in answered)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


async def finish(now: Clock, one: Worker, two: Worker) -> None:
    """Let time pass until nothing waits any more."""
    async with asyncio.timeout(30):
        while (await one.gateway.store.read(bursts))[-1]:
            now.advance(2 * LEASE)
            for worker in (one, two):
                await worker.gateway.turns.recover()
                await worker.rest()
    await over(one, two)
