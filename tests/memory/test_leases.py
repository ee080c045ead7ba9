"""Leases with fencing tokens, against a model: whoever lost a lease changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as play
from sqlalchemy import Connection, Engine, select

from core.clock import id_source
from memory.store import Store
from memory.tables.main import Conversation, Customer, Inbound, Message, Turn
from memory.tables.rows import table
from memory.units.messages.admission import admit
from memory.units.messages.claims import Claim, Claimed, claim, release_leases
from memory.units.messages.turns import Fenced, commit
from tests.memory.hot import NOW, admission, admitted, claimed, ids, inbound, opened, reply

SECOND = 1_000_000
LEASE = 30 * SECOND
WORKERS = ("a", "b", "c")


@dataclass(slots=True)
class Model:
    """What must be true of one customer. `turns` are the events of each turn, in order."""

    now: int = NOW
    owner: str | None = None
    token: int = 0
    until: int = 0
    version: int = 0
    waiting: list[str] = field(default_factory=list)
    turns: list[list[str]] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)


class Leases(RuleBasedStateMachine):
    """Three workers over one customer: they claim, forget, come back late and try to commit."""

    def __init__(self, engine: Engine, phones: Iterator[int]) -> None:
        super().__init__()
        self.connection = engine.connect()
        self.phone = f"+1555{next(phones):07}"
        # Examples share the database: every one has people and ids of its own.
        self.new_id = id_source(lambda: NOW + int(self.phone[5:]) * 1_000_000)
        self.model = Model()
        self.customer = 0
        self.conversation = 0
        self.events = 0
        self.claims: list[tuple[str, Claimed]] = []
        self.write()

    @rule()
    def write(self) -> None:
        """The customer writes."""
        event = f"{self.phone}-{self.events}"
        self.events += 1
        got = self._admit(event)
        assert not got[0]
        self.model.waiting.append(event)

    @rule(data=st.data())
    def write_again(self, data: st.DataObject) -> None:
        """The provider brings an old message once more."""
        event = f"{self.phone}-{data.draw(st.integers(0, self.events - 1))}"
        assert self._admit(event)[0]

    @rule(seconds=st.sampled_from([1, 14, 16, 29, 31]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.model.now += seconds * SECOND

    @rule(worker=st.sampled_from(WORKERS))
    def claim(self, worker: str) -> None:
        """A worker wants the customer."""
        model = self.model
        with self.connection.begin():
            wanted = Claim(self.customer, worker, model.now, model.now + LEASE)
            [got] = claim(self.connection, [wanted])
        if model.owner not in (None, worker) and model.until > model.now:
            assert (got.held_until, got.waiting) == (model.until, ())
            return
        if model.owner != worker:
            model.owner, model.token, model.until = worker, model.token + 1, model.now + LEASE
        elif model.until - model.now < LEASE // 2:
            model.until = model.now + LEASE
        assert (got.token, got.version, got.held_until) == (model.token, model.version, None)
        assert [one.event_id for one in got.waiting] == model.waiting
        if got.waiting:
            self.claims.append((worker, got))

    @rule(worker=st.sampled_from((*WORKERS, None)))
    def release(self, worker: str | None) -> None:
        """A worker stops, or the only one there is starts."""
        model = self.model
        ends = model.until > model.now and model.owner is not None
        ends = ends and worker in (None, model.owner)
        with self.connection.begin():
            released = release_leases(self.connection, model.now, worker)
        # Other examples leave leases in the same database.
        assert worker is None or released >= ends
        if ends:
            model.owner, model.until = None, 0

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), dead=st.booleans())
    def commit(self, data: st.DataObject, dead: bool) -> None:
        """A worker commits what it claimed, perhaps long ago, or only the first of it."""
        worker, got = data.draw(st.sampled_from(self.claims))
        some = data.draw(st.integers(1, len(got.waiting)))
        part = replace(got, waiting=got.waiting[:some])
        change = reply(part, self.new_id, worker, dead="ValueError: x" if dead else "")
        model = self.model
        valid = (worker, got.token, got.version) == (model.owner, model.token, model.version)
        if not valid:
            with pytest.raises(Fenced), self.connection.begin():
                commit(self.connection, [change])
            return
        with self.connection.begin():
            [done] = commit(self.connection, [change])
        taken, model.waiting = model.waiting[:some], model.waiting[some:]
        model.turns.append(taken)
        model.dead.update(taken if dead else ())
        model.version += 1
        assert done.version == model.version

    def teardown(self) -> None:
        self.connection.close()

    @invariant()
    def the_database_agrees(self) -> None:
        """Every message is in exactly one turn or waits, and threads are numbered without gaps."""
        with self.connection.begin():
            customer, inbox, turn = table(Customer), table(Inbound), table(Turn)
            columns = (customer.c.version, customer.c.lease_owner, customer.c.lease_token)
            row = self.connection.execute(
                select(*columns).where(customer.c.id == self.customer)
            ).one()
            assert tuple(row) == (self.model.version, self.model.owner, self.model.token)
            turns = select(turn.c.id).where(turn.c.customer_id == self.customer)
            numbers = list(self.connection.execute(turns.order_by(turn.c.id)).scalars())
            assert len(numbers) == len(self.model.turns)
            wanted = [
                (event, numbers[place], "dead" if event in self.model.dead else "done")
                for place, events in enumerate(self.model.turns)
                for event in events
            ]
            wanted += [(event, None, "new") for event in self.model.waiting]
            rows = self.connection.execute(
                select(inbox.c.event_id, inbox.c.turn_id, inbox.c.status)
                .where(inbox.c.conversation_id == self.conversation)
                .order_by(inbox.c.id)
            )
            assert [tuple(one) for one in rows] == wanted
            _check_thread(self.connection, self.conversation, self.events + len(numbers))

    def _admit(self, event: str) -> tuple[bool, str]:
        with self.connection.begin():
            message = inbound(event, self.phone)
            [got] = admit(self.connection, [admission(message, self.new_id, self.model.now)])
        self.customer, self.conversation = got.customer_id, got.conversation_id
        return got.duplicate, got.message_id


def _check_thread(connection: Connection, conversation: int, length: int) -> None:
    message, thread = table(Message), table(Conversation)
    query = select(message.c.seq).where(message.c.conversation_id == conversation)
    seqs = list(connection.execute(query.order_by(message.c.seq)).scalars())
    assert seqs == list(range(1, length + 1))
    last = select(thread.c.seq).where(thread.c.id == conversation)
    assert connection.execute(last).scalar_one() == length


def test_no_order_of_events_loses_or_doubles_a_message(engine: Engine) -> None:
    phones = count(1)

    class Played(Leases):
        def __init__(self) -> None:
            super().__init__(engine, phones)

    play(Played, settings=settings(max_examples=40, stateful_step_count=25))


async def test_one_of_two_processes_gets_each_customer(database_url: str) -> None:
    """Each has connections of its own, and both claim at the same time."""
    new_id = ids()
    async with opened(database_url) as one, opened(database_url) as two:
        people = [
            (await admitted(one, new_id, f"SM{n}", f"+1555000{n:04}")).customer_id
            for n in range(30)
        ]
        both = await asyncio.gather(
            *(
                claimed(store, who, name)
                for who in people
                for store, name in ((one, "a"), (two, "b"))
            )
        )
        for first, second in zip(both[::2], both[1::2], strict=True):
            assert sorted(bool(got.waiting) for got in (first, second)) == [False, True]
            assert {first.held_until, second.held_until} == {None, NOW + LEASE}


async def test_two_workers_in_one_batch_do_not_both_get_the_lease(database_url: str) -> None:
    new_id = ids()
    async with opened(database_url) as store:
        who = (await admitted(store, new_id, "SM1")).customer_id
        first, second = await asyncio.gather(claimed(store, who, "a"), claimed(store, who, "b"))
        assert (first.held_until, second.held_until) == (None, NOW + LEASE)
        assert (len(first.waiting), len(second.waiting)) == (1, 0)


async def test_two_commits_of_one_claim_in_one_batch_are_one(database_url: str) -> None:
    new_id = ids()
    async with opened(database_url) as store:
        got = await claimed(store, (await admitted(store, new_id, "SM1")).customer_id)
        done = await asyncio.gather(
            *(store.write(commit, reply(got, new_id)) for _ in range(2)), return_exceptions=True
        )
        assert [isinstance(one, Fenced) for one in done] == [False, True]
        assert len(await _turns(store)) == 1


async def _turns(store: Store) -> list[int]:
    return await store.read(lambda c: list(c.execute(select(table(Turn).c.id)).scalars()))
