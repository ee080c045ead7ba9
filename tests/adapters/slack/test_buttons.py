"""A choice that is pressed comes in as if it had been typed, once, and is shown as made."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import orjson
import pytest

from core.message import Audience, Handle, OutboundMessage, OutboundPart, QuickReply
from tests.adapters.slack.account import (
    CHANNEL,
    TEAM,
    USER,
    Line,
    line,
    make_adapter,
    part,
    signed,
)

ASKED = OutboundMessage("Cancel it?", quick_replies=(QuickReply("Yes", "yes"),))


async def ask(on: Line, channel: str | None = None) -> None:
    """Somebody writes, and is asked with a button."""
    text = "@OneThread cancel" if channel else "cancel"
    await on.slack.write(USER, text, channel=channel)
    (one,) = on.adapter.render(ASKED)
    address = on.door.messages[-1].reply_address
    await on.adapter.send(OutboundPart("ask", "slack", "slack", address, one.payload))


@pytest.mark.parametrize("channel", [None, CHANNEL])
async def test_a_press_joins_the_conversation_of_its_button(channel: str | None) -> None:
    async with line() as on:
        await ask(on, channel)
        (post,) = on.slack.posts_to(channel or USER)
        await on.slack.click(USER, post, "yes")
        asked, pressed = on.door.messages
        assert (pressed.text, pressed.quick_reply) == ("yes", "yes")
        assert pressed.conversation_key == asked.conversation_key
        assert pressed.reply_address == asked.reply_address
        assert pressed.sender == Handle("slack", f"{TEAM}:{USER}")
        assert pressed.audience is (Audience.ROOM if channel else Audience.ONE)
        assert pressed.event_id.startswith(f"{TEAM}:{post.channel}:{post.id}:")


async def test_somebody_else_who_presses_speaks_for_themselves() -> None:
    async with line() as on:
        await ask(on, CHANNEL)
        (post,) = on.slack.posts_to(CHANNEL)
        await on.slack.click("U0BOB", post, "yes")
        assert on.door.messages[-1].sender == Handle("slack", f"{TEAM}:U0BOB")
        assert on.door.messages[-1].reply_address["user"] == "U0BOB"


async def test_the_answer_to_a_press_shows_the_choice_in_place_of_its_buttons() -> None:
    async with line() as on:
        await ask(on)
        (post,) = on.slack.posts_to(USER)
        await on.slack.click(USER, post, "yes")
        shown = on.slack.world.direct(USER).posts[1]
        assert shown["blocks"][-1]["type"] == "actions", "not before the answer"
        await on.adapter.send(part("Cancelled.", key="answer"))
        async with asyncio.timeout(30), on.slack.world.news:
            while shown["blocks"][-1]["type"] == "actions":
                await on.slack.world.news.wait()
        assert shown["blocks"][-1]["elements"][0]["text"] == "✓ Yes"


async def test_buttons_and_dialogues_that_are_not_ours_are_taken_and_ignored() -> None:
    for payload in (
        {"type": "block_actions", "actions": [{"action_id": "theirs", "block_id": "b"}]},
        {"type": "block_actions", "actions": [{"action_id": "onethread_choice_0"}]},
        {"type": "view_submission", "view": {}},
        {"type": "shortcut", "callback_id": "x"},
    ):
        whole = {"team": {"id": TEAM}, "user": {"id": USER}, **payload}
        form = urlencode({"payload": orjson.dumps(whole).decode()}).encode()
        adapter = make_adapter()
        kind = "application/x-www-form-urlencoded"
        received = await adapter.receive("interactivity", signed(form, kind=kind))
        await adapter.close()
        assert (received.messages, received.response.status) == ((), 200)


async def test_a_press_that_was_not_stored_is_not_acknowledged() -> None:
    async with line() as on:
        await ask(on)
        (post,) = on.slack.posts_to(USER)
        on.door.fails = 1
        with pytest.raises(RuntimeError, match="interactivity"):
            await on.slack.click(USER, post, "yes")
        assert len(on.door.messages) == 1
