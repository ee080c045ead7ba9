"""What we write of our own accord arrives at the handle's own address, once, and answers find back.

Over all channels' simulated providers and real sockets.
"""

from __future__ import annotations

from pathlib import Path

from core.message import Audience, OutboundMessage
from gateway.demo.people import ADA, SHOP
from memory.tables.main import Conversation, Handle
from tests.gateway.everywhere import Everywhere, everywhere

NEWS = OutboundMessage("Your lamp has arrived at the shop.")


async def conversations_of(world: Everywhere, key: str) -> list[int]:
    """The conversations a handle began, or that we began with it."""
    handles = {row["key"]: row["id"] for row in await world.rows(Handle)}
    rows = await world.rows(Conversation)
    return [row["id"] for row in rows if row["handle_id"] == handles.get(key)]


async def test_who_never_wrote_is_reached_once_by_mail_and_by_text_and_answers_find_back(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        reach = world.gateway.reaching.reach
        by_mail = await reach("email:bea@else.example", NEWS, "news-1")
        again = await reach("email:bea@else.example", OutboundMessage("Other words"), "news-1")
        by_text = await reach("phone:+447700900777", NEWS, "news-2")
        assert by_mail is not None and again is not None and by_text is not None
        assert (again.message_id, again.repeated) == (by_mail.message_id, True)
        mail = await world.mail.wait_for_reply("bea@else.example", 0)
        text = await world.phones.wait_for_reply("+447700900777", 0)
        assert (NEWS.text in mail.text, text.text) == (True, NEWS.text)
        await world.mail.write("bea@else.example", "When are you open?", reply_to=mail)
        await world.phones.text("+447700900777", "When are you open?")
        await world.handled(2)
        assert await conversations_of(world, "email:bea@else.example") == [by_mail.conversation_id]
        assert await conversations_of(world, "phone:+447700900777") == [by_text.conversation_id]
        assert len(world.mail.mails_to("bea@else.example")) == 2


async def test_a_handle_is_reached_in_its_newest_conversation_at_its_own_address(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.slack.write(ADA.slack, "When are you open?")
        await world.slack.wait_for_reply(ADA.slack, 0)
        chat = await world.chat()
        await chat.say("Hello")
        await chat.wait_for_reply(1)
        await world.handled(2)
        visitor = next(row["key"] for row in await world.rows(Handle) if row["kind"] == "visitor")
        point = world.slack.last_seq
        assert await world.gateway.reaching.reach(ADA.slack_key, NEWS, "1") is not None
        assert (await world.slack.wait_for_reply(ADA.slack, point)).text == NEWS.text
        assert await world.gateway.reaching.reach(visitor, NEWS, "2") is not None
        assert (await chat.wait_for_reply(2)).text == NEWS.text


async def test_nobody_is_reached_who_opted_out_or_whom_no_channel_reaches(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.phones.text(ADA.phone, "STOP")
        await world.handled(1)
        reach = world.gateway.reaching.reach
        assert await reach(ADA.phone_key, NEWS, "1") is None
        assert await reach("visitor:nobody", NEWS, "2") is None
        assert await reach(f"email:{SHOP.mail}", NEWS, "3") is None
        assert await reach("email:no address", NEWS, "4") is None
        assert world.phones.texts_to(ADA.phone) == []
        rooms = [row for row in await world.rows(Conversation) if row["audience"] != Audience.ONE]
        assert (rooms, world.mail.mails_to(SHOP.mail)) == ([], [])
