"""However Slack delivers, each message is stored once, and each answer is posted once."""

from __future__ import annotations

import asyncio
import random

import pytest

from adapters.slack.simulator import Fault
from core.channel import SendError
from core.channel_abilities import Absent, Attempt, Found
from core.message import OutboundPart
from tests.adapters.slack.account import CHANNEL, USER, Line, line, part, utc_now


async def deliver(on: Line, sent: OutboundPart) -> None:
    """Send as the delivery worker does: retried when that is safe, reconciled first when it is
    not."""
    for _ in range(20):
        at = utc_now()
        try:
            await on.adapter.send(sent)
            return
        except SendError as error:
            if not error.retryable:
                raise
            if error.retry_after:
                await asyncio.sleep(error.retry_after)
            if not error.ambiguous:
                continue
        found = await on.adapter.reconcile(Attempt(sent, at))
        if isinstance(found, Found):
            return
        assert not isinstance(found, Absent), "too early to be sure"
    raise AssertionError("never delivered")


@pytest.mark.parametrize("fault", ["duplicate", "reorder", "lose"])
async def test_events_that_come_twice_late_or_in_another_order_are_stored_once(fault: str) -> None:
    async with line() as on:
        dice = random.Random(1)
        on.slack.events.faults.extend(dice.choice(["", fault]) for _ in range(60))
        texts = [f"no {number}" for number in range(50)]
        for text in texts:
            await on.slack.write(USER, text)
        on.slack.events.faults.clear()
        await on.slack.write(USER, "the last")
        assert sorted(one.text for one in on.door.messages) == sorted([*texts, "the last"])


async def test_a_gateway_that_stores_and_fails_to_say_so_stores_nothing_twice() -> None:
    async with line() as on:
        on.door.deaf = 2
        await on.slack.write(USER, "hello")
        assert len(on.door.received) == 3
        assert len(on.door.messages) == 1


async def test_a_gateway_that_is_too_slow_gets_it_again_and_stores_it_once() -> None:
    async with line() as on:
        on.slack.events.ack_seconds = 0.2
        on.slack.faults.append(Fault("hang", seconds=0.5, method="users.info"))
        await on.slack.write(USER, "hello")
        reasons = [one.get("X-Slack-Retry-Reason") for one in on.slack.events.attempts]
        assert "http_timeout" in reasons
        assert len(on.door.messages) == 1


async def test_many_people_at_once_are_all_heard() -> None:
    async with line() as on:
        on.slack.events.faults.extend(["duplicate"] * 20)
        everybody = [f"U{number:05d}" for number in range(40)]
        await asyncio.gather(*(on.slack.write(one, f"I am {one}") for one in everybody))
        assert {one.text for one in on.door.messages} == {f"I am {one}" for one in everybody}


async def test_posts_through_throttling_and_lost_answers_are_each_made_once() -> None:
    async with line() as on:
        on.slack.world.person(USER)
        on.slack.world.direct(USER)
        texts = ["throttle", "lose", "fine", "lose", "fine"]
        for number, text in enumerate(texts):
            if text != "fine":
                on.slack.faults.append(Fault(text, seconds=1))
            await deliver(on, part(text, key=str(number)))
        assert [one.text for one in on.slack.posts_to(USER)] == texts


async def test_answers_in_a_thread_keep_their_order() -> None:
    async with line() as on:
        root = await on.slack.write(USER, "@OneThread hi", channel=CHANNEL)
        for number in range(5):
            sent = part(f"no {number}", key=str(number), channel=CHANNEL, thread_ts=root)
            await deliver(on, sent)
        assert [one.text for one in on.slack.posts_to(CHANNEL)] == [f"no {n}" for n in range(5)]
