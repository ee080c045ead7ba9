"""What people write reaches us as messages of the right conversation, and answers go back there."""

from __future__ import annotations

from core.message import Assurance, Audience, Handle, OutboundMessage, OutboundPart
from tests.adapters.slack.account import CHANNEL, TEAM, USER, Line, line


async def reply(on: Line, text: str, number: int = 0) -> None:
    """Answer the message of that number, as the gateway would."""
    message = on.door.messages[number]
    for one in on.adapter.render(OutboundMessage(text)):
        part = OutboundPart("part-1", "slack", "slack", message.reply_address, one.payload)
        await on.adapter.send(part)


async def test_a_direct_message_comes_in_and_its_answer_goes_out() -> None:
    async with line() as on:
        ts = await on.slack.write(USER, "Where is <my> order & co?")
        (message,) = on.door.messages
        assert message.event_id == f"{TEAM}:D{USER}:{ts}"
        assert message.conversation_key == f"{TEAM}:D{USER}"
        assert message.sender == Handle("slack", f"{TEAM}:{USER}")
        assert message.assurance is Assurance.AUTHENTICATED
        assert message.audience is Audience.ONE
        assert message.text == "Where is <my> order & co?"
        seen = on.slack.last_seq
        await reply(on, "It is **on** <its> way & early.")
        crossing = await on.slack.wait_for_reply(USER, seen)
        assert crossing.text == "It is on <its> way & early."
        assert crossing.thread_ts == ""


async def test_a_mention_opens_a_thread_and_its_answer_goes_there() -> None:
    async with line() as on:
        ts = await on.slack.write(USER, "@OneThread where is it?", channel=CHANNEL)
        (message,) = on.door.messages
        assert message.text == "where is it?"
        assert message.conversation_key == f"{TEAM}:{CHANNEL}:{ts}"
        assert message.audience is Audience.ROOM
        await reply(on, "On its way.")
        (crossing,) = on.slack.posts_to(CHANNEL)
        assert crossing.thread_ts == ts
