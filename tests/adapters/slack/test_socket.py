"""Socket Mode: an envelope is acknowledged when what it brought is durable, and never before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from adapters.slack.simulator import Fault, SlackSimulator
from core.channel import Received
from core.message import OutboundMessage, OutboundPart, QuickReply
from tests.adapters.slack.account import SECRET, TEAM, TOKEN, USER, Line, line

APP_TOKEN = "xapp-an-app-token-of-the-tests"


async def until(reached: Callable[[], bool]) -> None:
    """Wait for a condition, ten seconds at most."""
    async with asyncio.timeout(30):
        while not reached():  # noqa: ASYNC110 - nobody announces a socket
            await asyncio.sleep(0)


@asynccontextmanager
async def socket(ack_seconds: float = 3.0, faults: tuple[Fault, ...] = ()) -> AsyncIterator[Line]:
    """An account that opened its socket."""
    slack = SlackSimulator(TEAM, SECRET, TOKEN, app_token=APP_TOKEN, ack_seconds=ack_seconds)
    slack.faults.extend(faults)
    async with line(slack=slack, app_token=APP_TOKEN) as on:
        await on.adapter.start(on.door.take)
        await until(lambda: slack.events.sockets == 1)
        yield on
        await on.adapter.stop()


async def test_a_message_comes_by_the_socket_without_a_signature() -> None:
    async with socket() as on:
        await on.slack.write(USER, "hello")
        assert [one.text for one in on.door.messages] == ["hello"]
        assert on.slack.events.attempts == []


async def test_a_press_comes_by_the_socket() -> None:
    async with socket() as on:
        await on.slack.write(USER, "cancel")
        asked = OutboundMessage("Cancel it?", quick_replies=(QuickReply("Yes", "yes"),))
        (one,) = on.adapter.render(asked)
        address = on.door.messages[0].reply_address
        await on.adapter.send(OutboundPart("ask", "slack", "slack", address, one.payload))
        await on.slack.click(USER, on.slack.posts_to(USER)[0], "yes")
        assert [one.text for one in on.door.messages] == ["cancel", "yes"]


async def test_an_envelope_is_not_acknowledged_before_its_message_is_durable() -> None:
    async with socket() as on:
        stored = asyncio.Event()
        arrived = asyncio.Event()
        await on.adapter.stop()

        async def slow(received: Received) -> None:
            arrived.set()
            await stored.wait()
            await on.door.take(received)

        await on.adapter.start(slow)
        await until(lambda: on.slack.events.sockets == 1)
        writing = asyncio.create_task(on.slack.write(USER, "hello"))
        await arrived.wait()
        assert on.slack.events.waiting, "still waiting for its acknowledgement"
        assert not writing.done()
        stored.set()
        await writing
        assert [one.text for one in on.door.messages] == ["hello"]


async def test_an_envelope_that_could_not_be_stored_comes_again_and_is_one_message() -> None:
    async with socket(ack_seconds=0.2) as on:
        failures = iter([OSError("the disk is full")])
        await on.adapter.stop()

        async def failing(received: Received) -> None:
            for error in failures:
                raise error
            await on.door.take(received)

        await on.adapter.start(failing)
        await until(lambda: on.slack.events.sockets == 1)
        await on.slack.write(USER, "hello")
        assert [one.text for one in on.door.messages] == ["hello"]


async def test_a_socket_that_slack_wants_to_close_is_replaced_before_it_is() -> None:
    async with socket() as on:
        await on.slack.events.disconnect()
        await until(lambda: on.slack.events.sockets == 2)
        for number in range(4):
            await on.slack.write(USER, f"no {number}")
        assert len(on.door.messages) == 4


async def test_a_socket_that_breaks_is_opened_again() -> None:
    async with socket() as on:
        await on.slack.events.disconnect(close=True)
        await until(lambda: on.slack.api.calls.count("apps.connections.open") == 2)
        await until(lambda: on.slack.events.sockets == 1)
        await on.slack.write(USER, "hello")
        assert len(on.door.messages) == 1


@pytest.mark.parametrize("kind", ["fail", "drop", "garbage"])
async def test_a_socket_that_cannot_be_had_at_first_is_tried_for_again(kind: str) -> None:
    async with socket(faults=(Fault(kind, method="apps.connections.open"),)) as on:
        await on.slack.write(USER, "hello")
        assert len(on.door.messages) == 1


async def test_nothing_is_handed_over_after_the_stop() -> None:
    async with socket() as on:
        await on.adapter.stop()
        await until(lambda: on.slack.events.sockets == 0)
        on.slack.webhook_base = "http://127.0.0.1:9"
        with pytest.raises(RuntimeError):
            await on.slack.write(USER, "hello")
        assert on.door.received == []


async def test_an_account_without_an_app_token_opens_no_socket() -> None:
    async with line() as on:
        await on.adapter.start(on.door.take)
        await on.adapter.stop()
        assert on.slack.api.calls == []
