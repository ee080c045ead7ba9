"""Each number sends at its rate, in order, and nobody waits here for long."""

from __future__ import annotations

import asyncio

import pytest

from adapters.sms import rate
from adapters.sms.rate import SendRate
from core.channel import SendError
from tests.adapters.sms.account import make_adapter, make_config, outbound_part
from tests.adapters.sms.provider import created, twilio


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_without_a_rate_nobody_waits() -> None:
    unlimited = SendRate(0, Clock())
    for number in range(1000):
        await unlimited.wait("a", str(number))


async def test_parts_wait_one_after_another_in_their_order() -> None:
    limited = SendRate(50, asyncio.get_running_loop().time)
    sent: list[int] = []

    async def send(number: int) -> None:
        await limited.wait("a", str(number))
        sent.append(number)

    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(send(number) for number in range(6)))
    assert sent == list(range(6))
    assert asyncio.get_running_loop().time() - began >= 5 / 50 - 0.02


async def test_numbers_do_not_wait_for_each_other() -> None:
    clock = Clock()
    limited = SendRate(0.001, clock)
    for sender in ("a", "b", "c"):
        await limited.wait(sender, "1")


async def test_a_long_wait_is_told_and_its_moment_kept() -> None:
    clock = Clock()
    limited = SendRate(0.1, clock)
    await limited.wait("a", "first")
    waits = []
    for part in ("second", "third"):
        with pytest.raises(SendError) as told:
            await limited.wait("a", part)
        assert (told.value.retryable, told.value.ambiguous) == (True, False)
        waits.append(told.value.retry_after)
    assert waits == [10.0, 20.0]
    clock.now += 20.0
    # The third comes first, and takes its own moment; so does the second.
    await limited.wait("a", "third")
    await limited.wait("a", "second")
    with pytest.raises(SendError) as told:
        await limited.wait("a", "fourth")
    assert told.value.retry_after == 10.0


async def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MOST_KEPT", 3)
    clock = Clock()
    limited = SendRate(0.01, clock)
    await limited.wait("a", "0")
    waits = []
    for number in range(1, 6):
        with pytest.raises(SendError) as told:
            await limited.wait("a", str(number))
        waits.append(told.value.retry_after)
    assert waits == [100.0, 200.0, 300.0, 400.0, 400.0]
    assert len(limited._kept) == 3


async def test_moments_of_parts_that_never_came_back_make_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rate, "MOST_KEPT", 2)
    clock = Clock()
    limited = SendRate(0.1, clock)
    for part in ("0", "1", "2"):
        try:
            await limited.wait("a", part)
        except SendError:
            continue
    clock.now += 3600
    await limited.wait("a", "3")
    with pytest.raises(SendError):
        await limited.wait("a", "4")
    assert list(limited._kept) == [("a", "4")]


async def test_a_send_beyond_the_rate_asks_nobody() -> None:
    async with twilio(created()) as (url, asked):
        adapter = make_adapter(make_config(api_base_url=url, messages_per_second=0.01))
        await adapter.send(outbound_part("one"))
        with pytest.raises(SendError, match="one after another"):
            await adapter.send(outbound_part("two"))
        await adapter.close()
    assert [form["Body"] for _, form in asked] == ["one"]
