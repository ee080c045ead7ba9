"""Gateways without a server, several on one database, at a time that only the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from adapters.sms.simulator import DEMO_ACCOUNT, DEMO_TOKEN, Line, TwilioSimulator
from core.pipeline.trivial import trivial_stages
from gateway.app import Parts, build_gateway
from gateway.running import Gateway
from gateway.turns.workers import Step, _Lane
from memory.store import Store
from memory.tables.main import Inbound, Message
from memory.tables.rows import table
from memory.units.messages.turns import commit
from tests.gateway.way import OURS, empty_playbook, settings_for
from tests.memory.hot import inbound

PATIENCE = 30.0


class Clock:
    """A time that goes on by a microsecond when it is read, so that no two ids are equal."""

    def __init__(self) -> None:
        self._at = datetime(2027, 1, 15, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._at += timedelta(microseconds=1)
        return self._at

    def advance(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)


class HeldCommits:
    """A store whose commits of turns wait for the test: a worker that has been put to sleep."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, unit: Callable[..., Any], arg: object) -> Awaitable[Any]:
        return self._commit(arg) if unit is commit else self._store.write(unit, arg)

    async def _commit(self, arg: Any) -> Any:
        self.reached.set()
        await self.go_on.wait()
        return await self._store.write(commit, arg)


@dataclass(slots=True)
class Worker:
    """One gateway. `asleep` are the customers whose turn it lets wait."""

    gateway: Gateway
    asleep: set[int] = field(default_factory=set)

    async def write(self, event: str, text: str = "hello", phone: str = "+15550001111") -> int:
        """A customer writes, and this worker takes it in; who it is."""
        admitted = await self.gateway.admissions.admit(inbound(event, phone, text))
        self.asleep.discard(admitted.customer_id)
        return admitted.customer_id

    def hold_commits(self) -> HeldCommits:
        """From now on its turns are decided and not committed."""
        held = HeldCommits(self.gateway.store)
        self.gateway.work._store = held  # type: ignore[assignment]
        return held

    async def rest(self) -> None:
        """Wait until whoever is not asleep has had their turn."""
        async with asyncio.timeout(PATIENCE):
            while not set(self.gateway.turns._lanes) <= self.asleep:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.002)

    async def look(self, *customers: int) -> None:
        """Let it see what time it is now."""
        self.asleep.difference_update(customers)
        for customer in customers:
            self.gateway.turns.notify(customer, 0)
        await self.rest()

    def watch(self) -> None:
        """Note who is asleep, whenever a step says so."""
        step = self.gateway.turns._step

        async def watched(customer_id: int, lane: _Lane) -> Step:
            done = await step(customer_id, lane)
            if done.pause > 0:
                self.asleep.add(customer_id)
            return done

        self.gateway.turns._step = watched  # type: ignore[method-assign]


@asynccontextmanager
async def provider() -> AsyncIterator[TwilioSimulator]:
    """A Twilio that takes messages and reports nothing."""
    sms = TwilioSimulator(Line(DEMO_ACCOUNT, DEMO_TOKEN, OURS), "", callbacks=0)
    await sms.start()
    try:
        yield sms
    finally:
        await sms.stop()


@asynccontextmanager
async def working(
    folder: Path,
    sms: TwilioSimulator,
    now: Clock,
    *,
    url: str | None = None,
    quiet: float = 0,
    turns: int = 64,
) -> AsyncIterator[Worker]:
    """A gateway that works on the database of `folder` or at `url`, and does nothing unasked."""
    settings = settings_for(folder, sms.base_url, {"sms": quiet}, url)
    settings = settings.model_copy(
        update={"turns": settings.turns.model_copy(update={"concurrency": turns})}
    )
    parts = Parts(empty_playbook(), trivial_stages(), now, "http://shop.test")
    worker = Worker(await build_gateway(settings, parts))
    worker.watch()
    try:
        yield worker
    finally:
        await worker.gateway.stop()


def bursts(connection: Connection) -> list[list[str]]:
    """The events of each turn, in the order of the turns; last, those without one."""
    inbox = table(Inbound)
    rows = connection.execute(
        select(inbox.c.event_id, inbox.c.turn_id).order_by(inbox.c.turn_id, inbox.c.id)
    )
    groups: dict[int, list[str]] = {}
    for event, turn in rows:
        groups.setdefault(turn or 0, []).append(event)
    waiting = groups.pop(0, [])
    return [groups[turn] for turn in sorted(groups)] + [waiting]


def thread(connection: Connection) -> list[str]:
    """What was said, thread by thread, in order."""
    message = table(Message)
    order = (message.c.conversation_id, message.c.seq)
    return list(connection.execute(select(message.c.text).order_by(*order)).scalars())
