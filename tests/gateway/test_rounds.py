"""Work that looks again and again: until it is stopped, and whatever a look comes to."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from gateway.rounds import Round


async def test_it_looks_again_after_a_look_that_failed() -> None:
    enough, looks = asyncio.Event(), 0

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise ConnectionError
        enough.set()

    round_ = Round("letters", look, 0.001)
    with capture_logs() as told:
        round_.start()
        await asyncio.wait_for(enough.wait(), 30)
        await round_.stop()
    assert told[0] == {
        "event": "look_failed",
        "at": "letters",
        "error": "ConnectionError",
        "log_level": "warning",
    }


async def test_it_goes_on_at_once_while_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    answers, enough, sleep = [True, True, False, None], asyncio.Event(), asyncio.sleep

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    async def look() -> bool | None:
        if not answers:
            enough.set()
            return None
        return answers.pop(0)

    monkeypatch.setattr("gateway.rounds.asyncio.sleep", pause)
    round_ = Round("letters", look, 7.0)
    round_.start()
    await asyncio.wait_for(enough.wait(), 30)
    await round_.stop()
    assert pauses[:5] == [7.0, 0.0, 0.0, 7.0, 7.0]


async def test_stopping_what_never_started_is_nothing() -> None:
    async def look() -> None:
        raise AssertionError("nobody asked")

    await Round("letters", look, 0.001).stop()
