"""A mail service that misbehaves, under a whole gateway: each mail has one turn and one answer."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import orjson
import pytest

from adapters.email.simulator.service import Fault
from core.pipeline.trivial import trivial_stages
from memory.tables.main import Delivery, Inbound
from tests.gateway.everywhere import Everywhere, Options, everywhere
from tests.gateway.way import empty_playbook

WRITERS = tuple(f"{name}@example.com" for name in ("ann", "ben", "cleo", "dora"))
ROUNDS = 5
KINDS = (
    "duplicate",
    "reorder",
    "greylist",
    "throttle",
    "lose",
    "drop",
    "slow",
    "uidvalidity",
    "silence",
    "disconnect",
)
ECHO = Options(
    mail={"timeout_seconds": 2.0, "resync_days": 7},
    delivery={"attempts": 12},
    turns={"answers_per_hour": {"email": 1_000}},
    playbook=empty_playbook(),
    stages=trivial_stages(),
)


def words(sender: str, number: int) -> str:
    """What one mail says; no two say the same."""
    return f"{sender.partition('@')[0]} asks for the time, number {number}"


async def write_round(world: Everywhere, number: int, *, last: bool = False) -> None:
    for sender in WRITERS:
        if last and sender == WRITERS[-1]:
            # A mail that is held until the next one comes needs a next one.
            others = [one for one in world.mail.faults if one.kind != "reorder"]
            world.mail.faults.clear()
            world.mail.faults.extend(others)
        await world.mail.write(sender, words(sender, number))


async def settled(world: Everywhere) -> None:
    await world.handled(len(WRITERS) * ROUNDS, seconds=60)


async def each_had_one_turn(world: Everywhere) -> None:
    rows = await world.rows(Inbound)
    assert len(rows) == len(WRITERS) * ROUNDS
    assert {row["status"] for row in rows} == {"done"}
    assert len({row["turn_id"] for row in rows}) == len(rows)


def answers(world: Everywhere, sender: str) -> Counter[str]:
    """How often each answer reached this mailbox."""
    return Counter(one.text.strip() for one in world.mail.mails_to(sender))


async def shown_as_failed(world: Everywhere) -> set[str]:
    """The answers that people are told to look after."""
    rows = [row for row in await world.rows(Delivery) if row["status"] == "failed"]
    assert all("look whether it arrived" in row["reason"] for row in rows)
    return {str(orjson.loads(row["payload_json"])["text"]).strip() for row in rows}


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_lost_and_nothing_doubled_but_by_lost_answers(
    tmp_path: Path, models: Path, seed: int
) -> None:
    random = Random(seed)
    async with everywhere(tmp_path, models, ECHO) as world:
        lost = 0
        for number in range(ROUNDS):
            kinds = random.sample(KINDS, 5)
            lost += kinds.count("lose")
            world.mail.faults.extend(Fault(one, seconds=0.2) for one in kinds)
            await write_round(world, number, last=number == ROUNDS - 1)
        await settled(world)
        await each_had_one_turn(world)
        doubled, shown = 0, await shown_as_failed(world)
        for sender in WRITERS:
            wanted = {f"You said: {words(sender, number)}" for number in range(ROUNDS)}
            got = answers(world, sender)
            # What was lost twice on its way is not sent a third time: a person is told to look.
            assert set(got) <= wanted and wanted - set(got) <= shown
            doubled += sum(got.values()) - len(got)
        assert doubled <= lost


async def test_a_restart_in_the_middle_loses_nothing(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models, ECHO) as world:
        await write_round(world, 0)
        await write_round(world, 1)
        await world.closed()
        await write_round(world, 2)
        await world.opened()
        await write_round(world, 3)
        await write_round(world, 4)
        await settled(world)
        await each_had_one_turn(world)
        for sender in WRITERS:
            assert max(answers(world, sender).values()) == 1
            assert len(answers(world, sender)) == ROUNDS
