"""What a language model may cost and delay: a budget, a pause, few at once, nobody else waits."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
from aiohttp import web

from memory.tables.main import Message, Turn
from tests.gateway.composing_world import (
    GOOD,
    QUESTION,
    draft,
    model_in,
    phone_of,
    shop,
    told,
)
from tests.model_server import Asked, Behaviour, fails, stalls, streams


def waits_for(gate: asyncio.Event) -> Behaviour:
    """Answers well, but not before the test lets it."""

    async def behave(request: web.Request, asked: Asked) -> web.StreamResponse:
        await gate.wait()
        return await streams(GOOD)(request, asked)

    return behave


async def test_a_model_that_thinks_delays_no_other_customer(tmp_path: Path, models: Path) -> None:
    gate = asyncio.Event()
    async with shop(tmp_path, models, waits_for(gate), at_once=2, answer_seconds=14) as world:
        slow = [asyncio.create_task(world.text(one)) for one in range(2)]
        await world.asked(2)
        # Whose turn needs no model is answered, and who would make it one too many, too.
        assert "e-mail" in await world.chat("where is my order 1042")
        assert await world.text(7) == draft("sms")
        assert "as many questions as it may be asked" in told(await world.last())
        assert not any(one.done() for one in slow)
        gate.set()
        assert all(GOOD in one for one in await asyncio.gather(*slow))


async def test_more_that_is_written_meanwhile_is_neither_lost_nor_answered_twice(
    tmp_path: Path, models: Path
) -> None:
    quiet = {"quiet_seconds": {"sms": 0.05, "webchat": 0.0, "email": 0.0, "slack": 0.0}}
    async with shop(tmp_path, models, stalls, streams(GOOD), turns=quiet) as world:
        before = world.world.phones.last_seq
        await world.world.phones.text(phone_of(1), QUESTION)
        await world.asked(1)
        await world.world.phones.text(phone_of(1), "it is the blue shirt")
        reply = await world.world.phones.wait_for_reply(phone_of(1), before)
        assert GOOD in reply.text
        await world.world.handled(2)
        assert len(await world.world.rows(Turn)) == 1, "both are one turn"
        assert len(world.world.phones.texts_to(phone_of(1))) == 1
        question = str(world.server.asked[-1]["messages"][1]["content"])
        assert "blue shirt" in question, "and the model was asked about both"
        assert world.composing.asking._asked == 0


async def test_a_gateway_that_stops_meanwhile_answers_after_its_start(
    tmp_path: Path, models: Path
) -> None:
    async with shop(tmp_path, models, stalls, streams(GOOD), answer_seconds=14) as world:
        before = world.world.phones.last_seq
        await world.world.phones.text(phone_of(1), QUESTION)
        await world.asked(1)
        for task in world.world.gateway.turns._tasks:
            task.cancel()
        await world.world.closed()
        await world.world.opened()
        reply = await world.world.phones.wait_for_reply(phone_of(1), before)
        assert GOOD in reply.text
        await world.world.handled(1)
        assert len(world.world.phones.texts_to(phone_of(1))) == 1
        messages = [row for row in await world.world.rows(Message) if row["author"] == "bot"]
        assert len(messages) == 1


async def test_after_failures_in_a_row_it_is_left_alone_and_health_says_so(
    tmp_path: Path, models: Path
) -> None:
    async with shop(tmp_path, models, fails(503)) as world:
        url = f"http://127.0.0.1:{world.world.port}/health"
        async with aiohttp.ClientSession() as http:
            assert (await (await http.get(url)).json())["model"] == "asked"
            for number in range(5):
                assert await world.text(number) == draft("sms")
            assert (await (await http.get(url)).json())["model"] == "resting"
        assert len(world.server.asked) == 3
        assert "it was left alone, because it failed" in told(await world.last())
        # Whoever asks for a pause gets it after one failure.
        world.composing.asking.breaker.went_well()
        world.server.will(fails(429, {"Retry-After": "30"}))
        assert [await world.text(one) for one in (6, 7)] == [draft("sms")] * 2
        assert len(world.server.asked) == 4


async def test_what_it_may_cost_is_kept_to_and_outlasts_a_restart(
    tmp_path: Path, models: Path
) -> None:
    """Before it is asked, at most 8 thousandths are held; the server counts 90 and 30 tokens."""
    async with shop(
        tmp_path,
        models,
        money_per_day=0.01,
        price_in=20.0,
        price_out=10.0,
        answer_tokens=50,
        customer_tokens_per_hour=500,
    ) as world:
        assert GOOD in await world.text(1)
        await world.text(1, "how do I wash the shirt by hand")
        assert "for one customer within an hour is used up" in told(await world.last())
        assert GOOD in await world.text(2), "another one has an hour of their own"
        await world.world.closed()
        await world.world.opened()
        assert await world.text(3) == draft("sms")
        assert "in a day is used up" in told(await world.last())
        assert model_in(await world.last())["outcome"] == "budget"
        spent = world.composing.asking.budget.spent
        assert spent is not None
        assert (spent.tokens, spent.money) == (240, 4200)
