"""What was written while nobody could take it is found again, under the ids its events have."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.slack.simulator import Fault, Seat
from core.channel import SendError
from tests.adapters.slack.account import CHANNEL, USER, DictKeep, Line, line, part, utc_now


async def missed(on: Line, text: str, **where: str) -> None:
    """Write while the gateway takes nothing."""
    on.door.fails = 10
    with pytest.raises(RuntimeError):
        await on.slack.write(USER, text, **where)  # type: ignore[arg-type]
    on.door.fails = 0


async def test_direct_messages_are_found_with_the_ids_of_their_events() -> None:
    async with line() as on:
        since = utc_now() - timedelta(seconds=1)
        await on.slack.write(USER, "one")
        await missed(on, "two")
        await on.adapter.send(part("an answer"))
        found = await on.adapter.catch_up(since)
        assert [one.text for one in found] == ["one", "two"]
        assert found[0].event_id == on.door.messages[0].event_id
        assert found[0].conversation_key == on.door.messages[0].conversation_key


async def test_in_channels_only_what_is_for_us_is_found() -> None:
    async with line() as on:
        since = utc_now() - timedelta(seconds=1)
        await missed(on, "@OneThread help", channel=CHANNEL)
        root = on.slack.world.rooms[CHANNEL].posts[0]["ts"]
        await missed(on, "it is urgent", channel=CHANNEL, thread_ts=root)
        await missed(on, "@OneThread and another", channel=CHANNEL)
        on.slack.world.people["U0BOB"] = on.slack.world.people[USER]
        on.door.fails = 10
        with pytest.raises(RuntimeError):
            await on.slack.write("U0BOB", "lunch?", channel=CHANNEL)
        found = await on.adapter.catch_up(since)
        texts = [one.text for one in found]
        assert texts == ["help", "it is urgent", "and another"]


async def test_replies_in_an_older_thread_of_ours_are_found() -> None:
    keep = DictKeep()
    async with line(keep=keep) as on:
        root = await on.slack.write(USER, "@OneThread help", channel=CHANNEL)
        since = utc_now()
        await missed(on, "are you there?", channel=CHANNEL, thread_ts=root)
        found = await on.adapter.catch_up(since)
        assert [one.text for one in found] == ["are you there?"]


async def test_an_organisations_workspaces_are_read_one_by_one() -> None:
    async with line() as on:
        on.slack.api.enterprise = "E0GRID"
        since = utc_now() - timedelta(seconds=1)
        seat = Seat(enterprise="E0GRID")
        await on.slack.write(USER, "hello", seat=seat)
        (found,) = await on.adapter.catch_up(since)
        (message,) = on.door.messages
        assert (found.event_id, found.sender) == (message.event_id, message.sender)


async def test_a_connect_members_message_has_the_same_sender_as_in_its_event() -> None:
    async with line() as on:
        since = utc_now() - timedelta(seconds=1)
        await on.slack.write(USER, "hello", seat=Seat(user_team="T0STRANGE", shared=True))
        (found,) = await on.adapter.catch_up(since)
        assert found.sender == on.door.messages[0].sender


async def test_a_channel_the_app_left_is_not_read() -> None:
    async with line() as on:
        since = utc_now() - timedelta(seconds=1)
        await missed(on, "@OneThread help", channel=CHANNEL)
        on.slack.world.rooms[CHANNEL].member = False
        assert await on.adapter.catch_up(since) == []


async def test_what_was_written_before_is_not_read_again() -> None:
    async with line() as on:
        await on.slack.write(USER, "long ago")
        assert await on.adapter.catch_up(utc_now() + timedelta(seconds=1)) == []


async def test_a_429_is_waited_for_as_long_as_slack_says() -> None:
    async with line() as on:
        since = utc_now() - timedelta(seconds=1)
        await missed(on, "hello")
        on.slack.faults.append(Fault("throttle", seconds=1, method="conversations.history"))
        assert [one.text for one in await on.adapter.catch_up(since)] == ["hello"]
        assert on.slack.api.calls.count("conversations.history") == 2


async def test_a_429_that_asks_for_too_long_is_told() -> None:
    async with line() as on:
        await missed(on, "hello")
        on.slack.faults.append(Fault("throttle", seconds=600, method="conversations.list"))
        with pytest.raises(SendError):
            await on.adapter.catch_up(utc_now())


async def test_a_history_of_many_pages_is_read_to_its_end() -> None:
    async with line() as on:
        since = utc_now() - timedelta(seconds=1)
        for number in range(450):
            await on.slack.write(USER, f"no {number}")
        found = await on.adapter.catch_up(since)
        assert [one.text for one in found] == [f"no {number}" for number in range(450)]
