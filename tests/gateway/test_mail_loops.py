"""Machines that answer our mails and do not say what they are: the bot stops, people are called."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from core.pipeline.trivial import trivial_stages
from memory.tables.main import Handoff
from tests.gateway.credentials import bearer
from tests.gateway.everywhere import Everywhere, Options, everywhere
from tests.gateway.way import empty_playbook

ROBOT = "robot@example.com"
THREE = Options(
    turns={"answers_per_hour": {"email": 3}}, playbook=empty_playbook(), stages=trivial_stages()
)


async def answer_like_a_machine(
    world: Everywhere, robot: str, rounds: int, *, in_thread: bool
) -> int:
    """A machine answers each of our mails with ever new words; how often it was answered."""
    seen = 0
    await world.mail.write(robot, "We have received your message and will be back, case 0.")
    for number in range(1, rounds):
        await world.handled(number)
        ours = world.mail.mails_to(robot)
        if len(ours) == seen:
            break
        seen = len(ours)
        words = f"We have received your message and will be back, case {number}."
        answered = ours[-1] if in_thread else None
        await world.mail.write(robot, words, reply_to=answered, quote=False)
    return seen


@pytest.mark.parametrize("in_thread", [True, False], ids=["one thread", "ever new threads"])
async def test_machines_that_answer_each_other_are_stopped_and_a_person_is_called(
    tmp_path: Path, models: Path, in_thread: bool
) -> None:
    async with everywhere(tmp_path, models, THREE) as world:
        assert await answer_like_a_machine(world, ROBOT, 8, in_thread=in_thread) == 3
        [entry] = await world.rows(Handoff)
        assert (entry["rule"], entry["urgency"]) == ("not-answerable", "low")
        assert "3 times within an hour" in entry["reason"]


async def test_the_same_text_twice_in_a_row_is_not_answered_twice(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models, THREE) as world:
        away = "I am out of the office until Monday."
        await world.mail.write(ROBOT, away)
        first = await world.mail.wait_for_reply(ROBOT, 0)
        await world.mail.write(ROBOT, away, reply_to=first, quote=False)
        await world.handled(2)
        assert len(world.mail.mails_to(ROBOT)) == 1
        [entry] = await world.rows(Handoff)
        assert "twice in a row" in entry["reason"]


async def answer_as_sam(world: Everywhere, handoff_id: int) -> None:
    """A person answers a case and gives it back."""
    base = f"http://127.0.0.1:{world.port}/api/v1/handoffs/{handoff_id}"
    headers = await bearer(world.gateway)
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(f"{base}/answer", json={"text": "Sam here."}) as answer:
            assert answer.status == 200, await answer.text()
        async with session.post(f"{base}/hand-back", json={}) as answer:
            assert answer.status == 200, await answer.text()


async def test_a_persons_answer_lets_the_bot_go_on_in_that_thread(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models, THREE) as world:
        assert await answer_like_a_machine(world, ROBOT, 8, in_thread=True) == 3
        [entry] = await world.rows(Handoff)
        await answer_as_sam(world, entry["id"])
        point, ours = world.mail.last_seq, world.mail.mails_to(ROBOT)[-1]
        await world.mail.write(ROBOT, "And what about case 9?", reply_to=ours, quote=False)
        told = await world.mail.wait_for_reply(ROBOT, point)
        while "case 9" not in told.text:
            told = await world.mail.wait_for_reply(ROBOT, told.seq)
