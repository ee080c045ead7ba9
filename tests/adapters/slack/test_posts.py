"""What counts as a person's message, for whom it is meant, and under which ids it is known."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from adapters.slack.simulator import SlackSimulator
from core.channel import Received
from core.message import Audience, Handle
from tests.adapters.slack.account import (
    CHANNEL,
    SECRET,
    TEAM,
    TOKEN,
    USER,
    DictKeep,
    event,
    line,
    make_adapter,
    make_config,
    part,
    signed,
)

MENTION = "<@U0ONETHREAD>"
ROOM: dict[str, Any] = {"channel": CHANNEL, "channel_type": "channel"}
GRID = [
    {
        "enterprise_id": "E0GRID",
        "team_id": TEAM,
        "user_id": "U0ONETHREAD",
        "is_bot": True,
        "is_enterprise_install": True,
    }
]


async def received(inner: dict[str, Any], /, **outer: Any) -> Received:
    """What the adapter makes of one event. No look-up is answered: nothing listens there."""
    bots = outer.pop("allowed_bots", ())
    adapter = make_adapter(make_config(api_base_url="http://127.0.0.1:9/api/", allowed_bots=bots))
    try:
        return await adapter.receive("events", event(inner, **outer))
    finally:
        await adapter.close()


@pytest.mark.parametrize(
    "inner",
    [
        {"subtype": "bot_message", "bot_id": "B0OTHER", "user": None},
        {"bot_id": "B0OTHER"},
        {"user": "U0ONETHREAD"},
        {"user": "U0ONETHREAD", "bot_id": "B0ONETHREAD"},
        {"type": "app_mention", "bot_id": "B0OTHER", **ROOM},
    ],
)
async def test_no_bot_is_ever_answered_so_that_two_bots_cannot_loop(inner: dict[str, Any]) -> None:
    assert (await received(inner)).messages == ()


async def test_our_own_posts_are_no_messages_even_where_slack_tells_us_of_them() -> None:
    async with line(slack=SlackSimulator(TEAM, SECRET, TOKEN, echo=True)) as on:
        await on.slack.write(USER, "hello")
        await on.adapter.send(part("an answer"))
        await on.slack.write(USER, "thanks")
        assert [one.text for one in on.door.messages] == ["hello", "thanks"]
        assert on.slack.failures == []


@pytest.mark.parametrize("allowed", ["B0OTHER", "U0OTHER", "A0OTHER"])
async def test_a_bot_that_is_allowed_is_heard_by_any_of_its_ids(allowed: str) -> None:
    inner = {"user": "U0OTHER", "bot_id": "B0OTHER", "app_id": "A0OTHER"}
    (message,) = (await received(inner, allowed_bots=(allowed,))).messages
    assert message.sender == Handle("slack", f"{TEAM}:U0OTHER")


async def test_allowing_every_bot_there_is_does_not_make_us_hear_ourselves() -> None:
    bots = ("B0ONETHREAD", "U0ONETHREAD")
    inner = {"user": "U0ONETHREAD", "bot_id": "B0ONETHREAD"}
    assert (await received(inner, allowed_bots=bots)).messages == ()


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
async def test_a_file_and_a_broadcast_reply_are_real_messages(subtype: str) -> None:
    assert len((await received({"subtype": subtype})).messages) == 1


@pytest.mark.parametrize(
    "subtype",
    ["channel_join", "channel_topic", "me_message", "reminder_add", "ekm_access_denied", "new"],
)
async def test_every_other_subtype_is_taken_and_ignored(subtype: str) -> None:
    result = await received({"subtype": subtype})
    assert (result.messages, result.response.status) == ((), 200)


async def test_a_retried_event_is_taken_like_the_first_and_has_its_id() -> None:
    adapter = make_adapter(make_config(api_base_url="http://127.0.0.1:9/api/"))
    first = await adapter.receive("events", event())
    retried = event()
    headers = {**retried.headers, "x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}
    again = await adapter.receive(
        "events", type(retried)("POST", retried.url, headers, retried.body)
    )
    await adapter.close()
    assert first.messages[0].event_id == again.messages[0].event_id


async def test_an_event_that_never_arrived_is_not_dropped_for_its_retry_header() -> None:
    async with line() as on:
        on.door.fails = 2
        await on.slack.write(USER, "hello")
        told = [one.get("X-Slack-Retry-Num") for one in on.slack.events.attempts]
        assert told == [None, "1", "2"]
        assert [one.text for one in on.door.messages] == ["hello"]


async def test_a_mention_and_the_message_of_the_same_post_are_one() -> None:
    async with line() as on:
        await on.slack.write(USER, "@OneThread hello", channel=CHANNEL)
        assert len(on.door.received) == 2
        assert [len(one.messages) for one in on.door.received] == [1, 1]
        assert len(on.door.messages) == 1


async def test_a_channel_message_without_a_mention_is_not_for_us() -> None:
    async with line() as on:
        await on.slack.write(USER, "lunch?", channel=CHANNEL)
        assert on.door.messages == []


async def test_replies_in_a_thread_we_were_called_in_need_no_further_mention() -> None:
    async with line() as on:
        root = await on.slack.write(USER, "@OneThread where is it?", channel=CHANNEL)
        await on.slack.write("U0BOB", "mine too", channel=CHANNEL, thread_ts=root)
        first, second = on.door.messages
        assert first.conversation_key == second.conversation_key == f"{TEAM}:{CHANNEL}:{root}"
        assert second.sender == Handle("slack", f"{TEAM}:U0BOB")
        assert second.reply_address["user"] == "U0BOB"
        assert second.audience is Audience.ROOM


async def test_a_thread_is_still_ours_after_a_restart() -> None:
    keep = DictKeep()
    async with line(keep=keep) as on:
        root = await on.slack.write(USER, "@OneThread where is it?", channel=CHANNEL)
    async with line(keep=keep) as on:
        await on.slack.write(USER, "well?", channel=CHANNEL, thread_ts=root)
        assert [one.text for one in on.door.messages] == ["well?"]


async def test_a_mention_inside_a_thread_of_others_answers_in_that_thread() -> None:
    async with line() as on:
        root = await on.slack.write("U0BOB", "my lamp is broken", channel=CHANNEL)
        await on.slack.write(USER, "@OneThread can you help?", channel=CHANNEL, thread_ts=root)
        (message,) = on.door.messages
        assert message.reply_address["thread_ts"] == root
        await on.slack.write("U0BOB", "yes please", channel=CHANNEL, thread_ts=root)
        assert len(on.door.messages) == 2


async def test_replies_in_threads_of_others_are_not_for_us() -> None:
    async with line() as on:
        root = await on.slack.write("U0BOB", "my lamp is broken", channel=CHANNEL)
        await on.slack.write(USER, "so is mine", channel=CHANNEL, thread_ts=root)
        assert on.door.messages == []


async def test_the_threads_of_a_channel_that_are_kept_are_bounded() -> None:
    keep = DictKeep()
    async with line(keep=keep) as on:
        for number in range(240):
            await on.slack.write(f"U0{number:03d}", "@OneThread hello", channel=CHANNEL)
    assert len(keep.values) == 200


async def test_one_users_messages_in_a_row_join_the_first_ones_thread() -> None:
    first = {**ROOM, "text": f"{MENTION} hi", "ts": "1700000000.000100"}
    second = {**ROOM, "text": "my order", "ts": "1700000002.000100"}
    third = {**ROOM, "text": f"{MENTION} 12345", "ts": "1700000004.500000"}
    later = {**ROOM, "text": "lunch?", "ts": "1700000009.000000"}
    other = {**ROOM, "text": "lunch!", "ts": "1700000001.000000", "user": "U0BOB"}
    away = {**ROOM, "text": "<@U0BOB> look", "ts": "1700000003.000000"}
    adapter = make_adapter(make_config(api_base_url="http://127.0.0.1:9/api/"))
    keys = []
    for inner in (first, second, third, later, other, away):
        found = (await adapter.receive("events", event(inner))).messages
        keys.append([(one.text, one.conversation_key) for one in found])
    await adapter.close()
    key = f"{TEAM}:{CHANNEL}:1700000000.000100"
    assert keys == [[("hi", key)], [("my order", key)], [("12345", key)], [], [], []]


async def test_a_reply_that_overtakes_the_mention_it_follows_is_not_lost() -> None:
    async with line() as on:
        on.slack.events.faults.extend(["reorder", "reorder"])
        root = await on.slack.write(USER, "@OneThread hi", channel=CHANNEL)
        await on.slack.write(USER, "my order", channel=CHANNEL)
        assert [one.text for one in on.door.messages] == ["hi", "my order"]
        assert {one.conversation_key for one in on.door.messages} == {f"{TEAM}:{CHANNEL}:{root}"}


async def test_what_others_wrote_before_we_were_called_stays_theirs() -> None:
    async with line() as on:
        root = await on.slack.write("U0BOB", "my lamp is broken", channel=CHANNEL)
        await on.slack.write("U0EVE", "ask the bot", channel=CHANNEL, thread_ts=root)
        await on.slack.write("U0BOB", "@OneThread help", channel=CHANNEL, thread_ts=root)
        assert [one.text for one in on.door.messages] == ["help"]


async def test_in_a_group_message_others_read_along() -> None:
    inner = {"channel": "G0GROUP", "channel_type": "mpim", "text": f"{MENTION} hi"}
    (message,) = (await received(inner)).messages
    assert message.audience is Audience.ROOM


async def test_in_a_direct_message_people_do_not_thread() -> None:
    (message,) = (await received({})).messages
    assert message.conversation_key == f"{TEAM}:D{USER}"
    assert "thread_ts" not in message.reply_address


async def test_a_direct_message_that_is_threaded_is_answered_in_its_thread() -> None:
    (message,) = (await received({"thread_ts": "1700000000.000001"})).messages
    assert message.conversation_key == f"{TEAM}:D{USER}"
    assert message.reply_address["thread_ts"] == "1700000000.000001"


async def test_enterprise_grid_members_are_known_by_their_organisation() -> None:
    (message,) = (await received({"user_team": "T0OTHER"}, authorizations=GRID)).messages
    assert message.sender == Handle("slack", f"E0GRID:{USER}")
    assert message.event_id.startswith("E0GRID:")
    assert message.reply_address["enterprise"] == "E0GRID"


async def test_a_connect_member_is_known_by_their_own_workspace() -> None:
    inner = {"user_team": "T0STRANGE", "source_team": "T0STRANGE"}
    (message,) = (await received(inner, is_ext_shared_channel=True)).messages
    assert message.sender == Handle("slack", f"T0STRANGE:{USER}")


async def test_the_same_user_id_in_two_workspaces_is_two_people() -> None:
    (one,) = (await received({})).messages
    other = [{"team_id": "T0OTHER", "user_id": "U0BOT", "is_bot": True, "enterprise_id": None}]
    (two,) = (await received({}, team_id="T0OTHER", authorizations=other)).messages
    assert one.sender != two.sender


async def test_events_that_slack_no_longer_delivers_are_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    adapter = make_adapter()
    limited = {"type": "app_rate_limited", "team_id": TEAM, "minute_rate_limited": 1518467820}
    received = await adapter.receive("events", signed(orjson.dumps(limited)))
    await adapter.close()
    assert (received.messages, received.response.status) == ((), 200)
    assert "more than Slack delivers" in caplog.text


async def test_events_nobody_here_waits_for_are_taken() -> None:
    for kind in ("reaction_added", "app_home_opened"):
        result = await received({"type": kind})
        assert (result.messages, result.response.status) == ((), 200)
