"""A model's answer taken apart as it comes, and who asks for it: bounded, counted, left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model.breaker import FAILURES, LONGEST_PAUSE, PAUSE, Breaker
from gateway.model.budget import Allowance, Budget, Hold
from gateway.model.client import Failure, Prompt, Role, Streamed, Trouble
from gateway.model.opening import model_problems, open_language_model
from gateway.model.stream import LARGEST_STREAM, Failed, Garbled, Stream, Usage
from gateway.settings.model import Settings
from memory.store import Store
from tests.layouts import laid_out
from tests.model_server import model_server, streams, streams_for_ever

HELLO = [Prompt(Role.USER, "Is anybody there?")]
START = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)


def events(*pieces: str) -> bytes:
    """An answer of these pieces as a server sends it, with all that may stand around."""
    told: list[dict[str, Any]] = [{"choices": [{"delta": {"role": "assistant", "content": ""}}]}]
    told += [{"choices": [{"delta": {"content": one}}]} for one in pieces]
    told.append({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}})
    lines = [b"data: " + orjson.dumps(one) for one in told]
    return b": hello\r\n\r\nevent: message\n" + b"\n\n".join((*lines, b"data: [DONE]\n\n"))


def parted(data: bytes, places: Sequence[int]) -> list[bytes]:
    """The bytes cut at these places."""
    cuts = sorted({0, len(data), *(one % (len(data) + 1) for one in places)})
    return [data[start:end] for start, end in pairwise(cuts)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=8), max_size=5), st.lists(st.integers(0, 10_000), max_size=8))
def test_wherever_a_stream_is_cut_it_says_the_same(pieces: list[str], places: list[int]) -> None:
    stream = Stream(events=True)
    text = "".join(stream.feed(one) for one in parted(events(*pieces), places))
    assert (text, stream.is_over, stream.usage) == ("".join(pieces), True, Usage(7, 3))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=60), st.booleans())
def test_whatever_comes_is_text_or_garbage(data: bytes, as_events: bool) -> None:
    stream = Stream(events=as_events)
    try:
        text = stream.feed(b"data: " + data + b"\n") + stream.end()
    except (Garbled, Failed):
        return
    assert isinstance(text, str)


def test_an_answer_is_over_when_its_server_says_why_and_not_when_it_hangs_up() -> None:
    piece = b'data: {"choices": [{"delta": {"content": "Yes."}, "finish_reason": %s}]}\n\n'
    for reason, is_over in ((b"null", False), (b'"stop"', True)):
        stream = Stream(events=True)
        assert stream.feed(piece % reason) + stream.end() == "Yes."
        assert stream.is_over is is_over


def test_what_never_ends_is_not_kept() -> None:
    stream = Stream(events=True)
    for _ in range(LARGEST_STREAM // 1_024):
        assert stream.feed(b"x" * 1_024) == ""
    with pytest.raises(Garbled, match="more than an answer"):
        stream.feed(b"x")


async def test_no_more_is_read_than_is_taken(tmp_path: Path) -> None:
    async with model_server(streams_for_ever("on and "), streams("Yes.")) as server:
        table = {"base_url": server.url, "name": "small"}
        model = open_language_model(Settings.model_validate({"model": table}), tmp_path)
        assert model is not None
        heard: list[str] = []

        def take(piece: str) -> bool:
            heard.append(piece)
            return len(heard) < 5

        done = await model.answer(HELLO, 50, seconds=8, take=take)
        assert isinstance(done, Streamed)
        assert done.text.startswith("on and ")
        again = await model.answer(HELLO, 50, seconds=8)
        assert again == Streamed("Yes.", usage=Usage(90, 30))
        assert server.asked[-1]["stream"] is True
        too_long = await model.answer(HELLO, 100_000, seconds=8)
        assert too_long == Failure(Trouble.TOO_LONG)
        await model.close()


class Clock:
    """A time that only the test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def test_who_fails_is_left_alone_for_longer_each_time_and_asked_once_in_between() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        assert breaker.lets_through()
        breaker.went_wrong()
    assert not breaker.lets_through()
    assert breaker.resting_until == START + PAUSE
    clock.now += PAUSE
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False], "one tries"
    breaker.went_wrong()
    assert breaker.resting_until == clock.now + 2 * PAUSE
    clock.now += 2 * PAUSE
    assert breaker.lets_through()
    breaker.was_given_up()
    assert breaker.lets_through(), "of whom nothing is known yet, the next may try"
    breaker.went_well()
    assert all(breaker.lets_through() for _ in range(3))


def test_who_asks_for_a_pause_gets_it_but_not_for_ever() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    breaker.went_wrong(7)
    assert breaker.resting_until == START + timedelta(seconds=7)
    breaker.went_wrong(1e9)
    assert breaker.resting_until == START + LONGEST_PAUSE


async def test_questions_at_the_same_moment_do_not_go_beyond_a_limit_together(
    tmp_path: Path,
) -> None:
    clock = Clock()
    url = laid_out(tmp_path / "shop.db")
    store = Store(url, readers=1)
    await store.open()
    try:
        budget = Budget(store, Allowance(250, 1_000, 0.0, 0.0, 0.0), clock)
        held = await asyncio.gather(*(budget.hold(one, 90, 10) for one in range(15)))
        assert sum(isinstance(one, Hold) for one in held) == 10
        assert set(held[10:]) == {"day"}
        for one in held:
            if isinstance(one, Hold):
                await budget.settle(one, 45, 5)
        assert budget.spent is not None
        assert budget.spent.tokens == 500
        # A customer's hour counts what it took, and begins anew.
        mine = [await budget.hold(1, 90, 10) for _ in range(3)]
        assert [type(one) for one in mine] == [Hold, Hold, str]
        assert mine[-1] == "customer"
        clock.now += timedelta(hours=1)
        assert isinstance(await budget.hold(1, 90, 10), Hold)
        clock.now += timedelta(days=1)
        anew = Budget(store, budget.allowance, clock)
        assert isinstance(await anew.hold(2, 90, 10), Hold)
        assert anew.spent is not None
        assert anew.spent.tokens == 0
    finally:
        await store.close()


def test_what_cannot_work_stops_the_start_with_its_remedy() -> None:
    table = {"base_url": "http://127.0.0.1:1/v1", "name": "small", "answers": True}
    slow = Settings.model_validate({"model": {**table, "answer_seconds": 40}})
    (problem,) = model_problems(slow)
    assert "turns.lease_seconds" in problem.mend
    free = Settings.model_validate({"model": {**table, "money_per_day": 2}})
    (problem,) = model_problems(free)
    assert "model.price_in" in problem.mend
