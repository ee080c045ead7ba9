"""A Slack that misbehaves, through a whole gateway: each post has one turn and one answer."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from adapters.slack.simulator import Fault
from core.pipeline.trivial import trivial_stages
from memory.tables.main import Inbound
from tests.gateway.everywhere import Everywhere, Options, everywhere
from tests.gateway.way import empty_playbook

WRITERS = ("U0ANN", "U0BEN", "U0CLEO")
ROUNDS = 6
ECHO = Options(
    slack={"timeout_seconds": 1.0},
    # What is in doubt is looked for once Slack's history has had time to show it.
    delivery={"attempts": 15, "backoff_max_seconds": 1.0},
    playbook=empty_playbook(),
    stages=trivial_stages(),
)


async def write_round(world: Everywhere, number: int) -> None:
    for user in WRITERS:
        await world.slack.write(user, f"{user} asks, number {number}")


async def each_is_answered_once(world: Everywhere, *, in_order: bool = True) -> None:
    await world.handled(len(WRITERS) * ROUNDS, seconds=60)
    rows = await world.rows(Inbound)
    assert len(rows) == len(WRITERS) * ROUNDS
    assert len({row["turn_id"] for row in rows}) == len(rows)
    for user in WRITERS:
        got = [one.text for one in world.slack.posts_to(user)]
        assert sorted(got) == [f"You said: {user} asks, number {n}" for n in range(ROUNDS)]
        assert got == sorted(got) or not in_order


@pytest.mark.parametrize("seed", [1, 2])
async def test_events_that_come_twice_late_or_without_an_answer_are_one_turn_each(
    tmp_path: Path, models: Path, seed: int
) -> None:
    random = Random(seed)
    async with everywhere(tmp_path, models, ECHO) as world:
        for number in range(ROUNDS):
            world.slack.events.faults.extend(random.choices(("duplicate", "lose", "", ""), k=3))
            await write_round(world, number)
        await each_is_answered_once(world)


async def test_events_that_overtake_each_other_are_one_turn_each(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models, ECHO) as world:
        for number in range(ROUNDS - 1):
            world.slack.events.faults.append("reorder")
            await write_round(world, number)
        await write_round(world, ROUNDS - 1)
        await each_is_answered_once(world, in_order=False)


@pytest.mark.parametrize("kind", ["throttle", "fail", "lose", "drop", "hang", "garbage"])
async def test_a_storm_at_the_api_loses_no_answer_and_doubles_none(
    tmp_path: Path, models: Path, kind: str
) -> None:
    async with everywhere(tmp_path, models, ECHO) as world:
        for number in range(ROUNDS):
            if number % 2 == 0:
                world.slack.faults.append(Fault(kind, seconds=1.2))
            await write_round(world, number)
        await each_is_answered_once(world)


async def test_a_restart_in_the_middle_loses_nothing(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models, ECHO) as world:
        for number in range(3):
            await write_round(world, number)
        await world.closed()
        await world.opened()
        for number in range(3, ROUNDS):
            await write_round(world, number)
        await each_is_answered_once(world)
