"""Time acts on a case over real channels: people see it, and the customer hears of it once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

from sqlalchemy import Connection

from core.playbook.model import Playbook, Rule
from gateway.demo.settings import PLAYBOOK
from gateway.playbook.reader import load_playbook
from gateway.turns.timers import Timers
from memory.pages.lists import queue
from memory.tables.main import Case, Customer
from memory.tables.rows import table
from tests.gateway.everywhere import Everywhere, Options, everywhere

PHONE = "+447700900441"
WORDS = "It takes longer than it should. A person will answer you today."
SLOW = Rule(
    "slow",
    1,
    {"stage": "timer", "minutes_waiting_gte": 240, "status": "queued"},
    {"escalate": True, "urgency": "high", "say": "slow_people", "tag": ["sla"]},
)


def with_slow_people(playbook: Playbook) -> Playbook:
    """The playbook with a rule about people who let a customer wait, and its words."""
    answers = {**playbook.answers, "slow_people": (WORDS,)}
    return replace(playbook, rules=(SLOW,), answers=answers)


def later(world: Everywhere, hours: float, playbook: Playbook | None = None) -> Timers:
    """Another process's timers, so many hours from now."""
    gateway, now = world.gateway, world.gateway.now
    own = playbook or with_slow_people(gateway.playbook)
    return Timers(
        gateway.store,
        gateway.bus,
        gateway.reaching,
        playbook=lambda: own,
        forget=gateway.forget,
        now=lambda: now() + timedelta(hours=hours),
        new_id=gateway.new_id,
    )


async def asked(world: Everywhere) -> None:
    """A customer asks for a person, and is told that one comes."""
    await world.phones.text(PHONE, "I want to talk to a human")
    await world.phones.wait_for_reply(PHONE, 0)
    await world.handled(1)


async def test_who_waits_too_long_hears_of_it_once_and_people_see_it(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await asked(world)
        before, point = len(world.phones.texts_to(PHONE)), world.phones.last_seq
        assert await later(world, 3.9).look() == 0
        # Two processes look at once, as two machines would.
        done = await asyncio.gather(later(world, 5).look(), later(world, 5).look())
        assert sorted(done) == [0, 1]
        assert (await world.phones.wait_for_reply(PHONE, point)).text == WORDS
        assert await later(world, 9).look() == 0
        (shown,) = await world.gateway.store.read(queue, 0)
        assert (shown.urgency, shown.reason.endswith("slow [sla]")) == ("high", True)
        assert len(world.phones.texts_to(PHONE)) == before + 1


async def test_in_quiet_hours_people_see_it_and_the_customer_sleeps(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await asked(world)
        own = with_slow_people(world.gateway.playbook)
        limits = replace(own.limits, quiet={"sms": ((time(0), time(12)), (time(12), time(0)))})
        before = len(world.phones.texts_to(PHONE))
        assert await later(world, 5, replace(own, limits=limits)).look() == 1
        (shown,) = await world.gateway.store.read(queue, 0)
        assert shown.urgency == "high"
        assert len(world.phones.texts_to(PHONE)) == before


async def test_a_gateway_looks_by_itself(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models) as world:
        assert world.gateway.timers.round in world.gateway.rounds


async def test_what_people_have_becomes_urgent_by_what_the_customer_writes_and_we_are_silent(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await asked(world)
        before = len(world.phones.texts_to(PHONE))
        for number, text in enumerate(("hello?", "my lawyer will call you", "my lawyer, I say!")):
            await world.phones.text(PHONE, text)
            await world.handled(2 + number)
        (shown,) = await world.gateway.store.read(queue, 0)
        assert (shown.urgency, shown.queue) == ("high", "legal")
        assert shown.reason.count("The message speaks of legal steps.") == 1
        assert len(world.phones.texts_to(PHONE)) == before


async def test_who_comes_again_and_again_with_the_same_matter_is_counted_and_replayed(
    tmp_path: Path, models: Path
) -> None:
    again = Rule("again", 1, {"counters.contacts_7d_gte": 2}, {"escalate": True})
    own = replace(load_playbook(PLAYBOOK), rules=(again,))
    async with everywhere(tmp_path, models, Options(playbook=own)) as world:
        await world.phones.text(PHONE, "What does delivery cost?")
        await world.handled(1)
        assert not await world.gateway.store.read(queue, 0)
        await world.gateway.store.run(_long_ago)
        world.gateway.forget((await world.rows(Customer))[0]["id"])
        await world.phones.text(PHONE, "And what does delivery cost today?")
        await world.handled(2)
        (shown,) = await world.gateway.store.read(queue, 0)
        assert shown.rule == "again"


def _long_ago(connection: Connection) -> None:
    """All cases were opened a day earlier."""
    at = table(Case).c.opened_at
    connection.execute(table(Case).update().values(opened_at=at - 86_400_000_000))
