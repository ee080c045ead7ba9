"""Admission, claims, commits and deliveries, on both dialects, also against each other."""

from __future__ import annotations

import asyncio
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from core.message import ConsentChange, DeliveryStatus
from memory.tables.main import Delivery, Handle, Inbound, Message
from memory.tables.rows import table
from memory.units.messages.admission import admit
from memory.units.messages.backlog import Stumble, revive, stumble, unfinished
from memory.units.messages.deliveries import (
    NotSent,
    Report,
    Sent,
    mark_not_sent,
    mark_sent,
    report,
    retry,
)
from memory.units.messages.holding import claim_due, release_claims
from memory.units.messages.turns import Fenced, commit
from tests.layouts import laid_out
from tests.memory.hot import NOW, admission, admitted, claimed, ids, inbound, opened, reply

SECOND = 1_000_000


def statuses(connection: Connection) -> list[str]:
    """The status of every part, by id."""
    part = table(Delivery)
    return list(connection.execute(select(part.c.status).order_by(part.c.id)).scalars())


def texts(connection: Connection) -> list[tuple[int, str]]:
    """Every message with its number, thread by thread."""
    message = table(Message)
    order = (message.c.conversation_id, message.c.seq)
    rows = connection.execute(select(message.c.seq, message.c.author).order_by(*order))
    return [(row[0], row[1]) for row in rows]


async def test_the_same_event_is_stored_once(database_url: str) -> None:
    new_id = ids()
    async with opened(database_url) as store:
        first = await admitted(store, new_id, "SM1")
        again = await asyncio.gather(*(admitted(store, new_id, "SM1") for _ in range(5)))
        assert not first.duplicate
        assert all(one.duplicate and one.message_id == first.message_id for one in again)
        assert await store.read(texts) == [(1, "customer")]


async def test_twins_in_one_batch_are_stored_once(database_url: str) -> None:
    new_id = ids()
    async with opened(database_url) as store:
        both = await asyncio.gather(*(admitted(store, new_id, "SM1") for _ in range(2)))
        assert sorted(one.duplicate for one in both) == [False, True]


async def test_two_numbers_are_two_customers(database_url: str) -> None:
    new_id = ids()
    async with opened(database_url) as store:
        one, two = await asyncio.gather(
            admitted(store, new_id, "SM1", "+15550001111"),
            admitted(store, new_id, "SM2", "+15550002222"),
        )
        assert one.customer_id != two.customer_id
        assert one.conversation_id != two.conversation_id


async def test_consent_acts_at_once(database_url: str) -> None:
    new_id = ids()
    handle = table(Handle)

    def opted_out(connection: Connection) -> bool:
        return bool(connection.execute(select(handle.c.opted_out)).scalar_one())

    async with opened(database_url) as store:
        words = [ConsentChange.OPT_OUT, ConsentChange.HELP, ConsentChange.OPT_IN]
        seen = []
        for number, word in enumerate(words):
            message = inbound(f"SM{number}", consent=word)
            await store.write(admit, admission(message, new_id))
            seen.append(await store.read(opted_out))
        assert seen == [True, True, False]


async def test_a_lease_keeps_others_out_until_it_ends(database_url: str) -> None:
    new_id = ids()
    async with opened(database_url) as store:
        who = (await admitted(store, new_id, "SM1")).customer_id
        mine = await claimed(store, who, "a")
        held = await claimed(store, who, "b", NOW + SECOND)
        late = await claimed(store, who, "b", NOW + 31 * SECOND)
        assert len(mine.waiting) == 1
        assert held.held_until == NOW + 30 * SECOND
        assert not held.waiting
        assert late.token > mine.token
        with pytest.raises(Fenced):
            await store.write(commit, reply(mine, new_id, "a"))
        assert await store.read(statuses) == []
        await store.write(commit, reply(late, new_id, "b"))
        assert await store.read(texts) == [(1, "customer"), (2, "bot")]


async def test_a_commit_happens_once(database_url: str) -> None:
    new_id = ids()
    async with opened(database_url) as store:
        who = (await admitted(store, new_id, "SM1")).customer_id
        got = await claimed(store, who)
        await store.write(commit, reply(got, new_id))
        with pytest.raises(Fenced):
            await store.write(commit, reply(got, new_id))
        assert await store.read(statuses) == ["sending"]
        assert not (await claimed(store, who)).waiting


async def test_a_fenced_commit_does_not_fail_its_neighbours(database_url: str) -> None:
    new_id = ids()
    async with opened(database_url) as store:
        people = [(await admitted(store, new_id, f"SM{n}", f"+1555000{n:04}")) for n in range(6)]
        got = [await claimed(store, one.customer_id) for one in people]
        await claimed(store, people[2].customer_id, "b", NOW + 31 * SECOND)
        done = await asyncio.gather(
            *(store.write(commit, reply(one, new_id)) for one in got), return_exceptions=True
        )
        assert [isinstance(one, Fenced) for one in done] == [n == 2 for n in range(6)]
        assert len(await store.read(statuses)) == 5


async def test_a_claim_takes_one_conversation(database_url: str) -> None:
    new_id = ids()
    async with opened(database_url) as store:
        first = await admitted(store, new_id, "SM1")
        await admitted(store, new_id, "SM2")
        got = await claimed(store, first.customer_id)
        assert [one.event_id for one in got.waiting] == ["SM1", "SM2"]
        assert not got.more


async def test_a_stumble_counts_and_a_buried_message_can_be_revived(database_url: str) -> None:
    new_id = ids()
    async with opened(database_url) as store:
        got = await admitted(store, new_id, "SM1")
        await store.write(stumble, Stumble((got.inbound_id,), "ValueError: x"))
        assert (await claimed(store, got.customer_id)).waiting[0].attempts == 1
        await store.write(stumble, Stumble((got.inbound_id,), "ValueError: x", bury=True))
        assert await store.read(unfinished, 10) == []
        assert await store.run(revive, got.inbound_id, NOW) == got.customer_id
        assert await store.run(revive, got.inbound_id, NOW) is None
        assert (await claimed(store, got.customer_id)).waiting[0].attempts == 0


async def test_hot_units_take_whole_batches(database_url: str) -> None:
    """A statement that only works for one row would work, and cost a commit for each call."""
    new_id = ids()
    async with opened(database_url) as store:
        phones = [f"+1555000{n:04}" for n in range(8)]
        people = await asyncio.gather(
            *(admitted(store, new_id, f"SM{phone}", phone) for phone in phones)
        )
        got = await asyncio.gather(*(claimed(store, one.customer_id) for one in people))
        changes = [reply(one, new_id) for one in got]
        await asyncio.gather(*(store.write(commit, one) for one in changes))
        parts = [int(str(one.deliveries[0]["id"])) for one in changes]
        receipts = [Sent(one, f"P{one}", DeliveryStatus.SENT, NOW, 1) for one in parts[:6]]
        await asyncio.gather(*(store.write(mark_sent, one) for one in receipts))
        failures = [NotSent(one, NOW, 1, None, 0, False, "1", "no") for one in parts[6:]]
        await asyncio.gather(*(store.write(mark_not_sent, one) for one in failures))
        assert await store.read(statuses) == ["sent"] * 6 + ["failed"] * 2
        assert store.splits == 0


async def test_statuses_only_move_forward(database_url: str) -> None:
    new_id = ids()
    async with opened(database_url) as store:
        who = (await admitted(store, new_id, "SM1")).customer_id
        change = reply(await claimed(store, who), new_id)
        await store.write(commit, change)
        part = int(str(change.deliveries[0]["id"]))
        early = Report(new_id(), "sms", "PX", DeliveryStatus.DELIVERED, None, None, NOW)
        assert await store.write(report, early) is None
        assert await store.write(report, early) is None
        await store.write(mark_sent, Sent(part, "PX", DeliveryStatus.SENT, NOW, 1))
        assert await store.read(statuses) == ["delivered"]
        late = Report(new_id(), "sms", "PX", DeliveryStatus.SENT, None, None, NOW)
        assert await store.write(report, late) == part
        await store.write(mark_sent, Sent(part, "PX", DeliveryStatus.SENT, NOW, 1))
        assert await store.read(statuses) == ["delivered"]


async def test_parts_of_a_dead_worker_are_in_doubt(database_url: str) -> None:
    new_id = ids()
    async with opened(database_url) as store:
        who = (await admitted(store, new_id, "SM1")).customer_id
        await store.write(commit, reply(await claimed(store, who), new_id))
        assert await store.run(claim_due, "b", NOW + SECOND, NOW + 60 * SECOND, 10) == []
        assert await store.run(release_claims, NOW + SECOND) == 1
        due = await store.run(claim_due, "b", NOW + SECOND, NOW + 60 * SECOND, 10)
        assert [one.lost for one in due] == [True]
        assert await store.run(claim_due, "c", NOW + SECOND, NOW + 60 * SECOND, 10) == []


async def test_a_part_put_off_is_not_in_doubt_and_waits(database_url: str) -> None:
    new_id = ids()
    async with opened(database_url) as store:
        who = (await admitted(store, new_id, "SM1")).customer_id
        change = reply(await claimed(store, who), new_id)
        await store.write(commit, change)
        part = int(str(change.deliveries[0]["id"]))
        later = NOW + 5 * SECOND
        await store.write(
            mark_not_sent, NotSent(part, NOW, 1, later, later, False, "429", "slow down")
        )
        assert await store.run(claim_due, "b", NOW + SECOND, NOW + 9 * SECOND, 10) == []
        due = await store.run(claim_due, "b", later, later + SECOND, 10)
        assert [(one.id, one.attempts, one.lost) for one in due] == [(part, 1, False)]
        await store.write(
            mark_not_sent, NotSent(part, NOW, 2, None, 0, False, "21610", "no", opted_out=True)
        )
        assert await store.read(statuses) == ["failed"]
        handle = table(Handle)
        assert await store.read(lambda c: bool(c.execute(select(handle.c.opted_out)).scalar()))
        assert await store.run(retry, part, NOW)
        assert not await store.run(retry, part, NOW)


@settings(max_examples=25)
@given(
    plan=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 11), st.booleans()), min_size=1, max_size=40
    )
)
def test_any_arrival_order_is_stored_once_and_answered_in_order(
    plan: list[tuple[int, int, bool]],
) -> None:
    """Deliveries of events in any order, with repeats and turns between them: each event is one
    message, each message is in one turn, and every thread is numbered without gaps."""

    async def play(url: str) -> None:
        new_id = ids()
        async with opened(url) as store:
            order: dict[int, list[str]] = defaultdict(list)
            customers: dict[int, int] = {}
            for person, event, take_turn in plan:
                key = f"SM{person}-{event}"
                got = await admitted(store, new_id, key, f"+1555000{person:04}")
                assert got.duplicate == (key in order[person])
                if not got.duplicate:
                    order[person].append(key)
                customers[person] = got.customer_id
                if take_turn:
                    await _answer(store, new_id, customers[person])
            for person, customer in customers.items():
                await _answer(store, new_id, customer)
                stored = await store.read(_events_of, customer)
                assert [event for event, _ in stored] == order[person]
                assert all(turn is not None for _, turn in stored)
            numbers: list[int] = [seq for seq, _ in await store.read(texts)]
            starts = [n for n, seq in enumerate(numbers) if seq == 1]
            for start, end in zip(starts, [*starts[1:], len(numbers)], strict=True):
                assert numbers[start:end] == list(range(1, end - start + 1))

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(laid_out(Path(folder) / "x.db")))


async def _answer(store: object, new_id: object, customer: int) -> None:
    from memory.store import Store

    assert isinstance(store, Store)
    assert callable(new_id)
    got = await claimed(store, customer)
    if got.waiting:
        await store.write(commit, reply(got, new_id))


def _events_of(connection: Connection, customer: int) -> list[tuple[str, int | None]]:
    inbox, handle = table(Inbound), table(Handle)
    rows = connection.execute(
        select(inbox.c.event_id, inbox.c.turn_id)
        .join(handle, handle.c.id == inbox.c.handle_id)
        .where(handle.c.customer_id == customer)
        .order_by(inbox.c.id)
    )
    return [(row[0], row[1]) for row in rows]
