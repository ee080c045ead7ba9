"""Going on elsewhere, over the wire: only where it is proved to be theirs, and within consent."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import aiohttp
from sqlalchemy import Connection, update

from adapters.webchat.client import ChatClient
from core.identity.rules import DEFAULT_RULES
from gateway.demo.people import ADA
from gateway.sockets.leaving import Leaving
from memory.resume import mark_seen
from memory.tables.main import Conversation, Handle, Handoff, Message
from memory.tables.rows import table
from tests.gateway.credentials import bearer
from tests.gateway.everywhere import SECRETS, Everywhere, everywhere
from tests.gateway.test_step_up import SENT, code_to

GREETING = "Hello! You asked to go on here. What can I do for you?"
ROBIN = "robin@elsewhere.example"


async def texted(world: Everywhere, text: str) -> str:
    """What Ada's phone is answered."""
    since = world.phones.last_seq
    await world.phones.text(ADA.phone, text)
    return (await world.phones.wait_for_reply(ADA.phone, since)).text


async def test_the_talk_goes_on_with_its_case_at_a_proved_handle_that_is_greeted_neutrally(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        await texted(world, "I want to return order 1042")
        since = world.mail.last_seq
        said = await texted(world, "can you e-mail me instead?")
        assert said == "I have written to you at a...@e....com. Let us go on there."
        greeting = await world.mail.wait_for_reply(ADA.mail, since)
        assert GREETING in greeting.text
        assert [one for one in SECRETS if one in greeting.text.partition(">")[0]] == []
        since = world.mail.last_seq
        await world.mail.write(ADA.mail, "It is too big for the room", reply_to=greeting)
        assert "1042" in (await world.mail.wait_for_reply(ADA.mail, since)).text


async def test_a_handle_that_opted_out_is_not_written_to(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        await world.phones.text(ADA.phone, "STOP")
        await world.handled(3)
        texts = len(world.phones.texts_to(ADA.phone))
        since = world.mail.last_seq
        await world.mail.write(ADA.mail, "please text me instead", name=ADA.name)
        told = await world.mail.wait_for_reply(ADA.mail, since)
        assert "We were asked not to write to …0142" in told.text
        assert len(world.phones.texts_to(ADA.phone)) == texts


async def test_an_address_that_is_not_proved_gets_a_code_and_nothing_else(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        chat = await world.chat()
        await chat.say(f"can we go on by e-mail at {ADA.mail}?")
        assert (await chat.wait_for_reply(1)).text == SENT
        await world.handled(3)
        mails = world.mail.mails_to(ADA.mail)
        assert [GREETING in one.text for one in mails] == [False, False]


async def rotated(world: Everywhere, chat: ChatClient, before: str | None) -> None:
    """Wait until the chat has the token that the proof brought: with the old one nobody returns."""
    await world.gateway.session_watch.look()
    async with asyncio.timeout(30):
        while chat.token == before:  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.02)


async def left(world: Everywhere, chat: ChatClient) -> None:
    """A visitor is handed to people, proves an address to be answered at, and is gone."""
    before = chat.token
    await chat.say("I want to talk to a person")
    assert "Where may we answer you" in (await chat.wait_for_reply(1)).text
    since = world.mail.last_seq
    await chat.say(ROBIN)
    assert (await chat.wait_for_reply(3)).text == SENT
    await chat.say(await code_to(world, ROBIN, since))
    assert "the answer goes to r…@e….example" in (await chat.wait_for_reply(5)).text
    await world.handled(3)
    await rotated(world, chat, before)
    await chat.disconnect()
    [place] = [one for one in await world.rows(Conversation) if one["channel"] == "webchat"]
    await world.gateway.store.run(mark_seen, "webchat", place["key"], 6, 0)
    assert place["answer_at"] == f"email:{ROBIN}"


def looker(world: Everywhere) -> Leaving:
    """What looks for unseen answers, for which it does not wait."""
    gateway = world.gateway
    return Leaving(
        gateway.store,
        gateway.hub,
        gateway.reaching,
        accounts=["webchat"],
        channels={"email": "email", "phone": "sms"},
        after=timedelta(0),
        playbook=lambda: gateway.playbook,
        rules=lambda: DEFAULT_RULES,
        now=gateway.now,
    )


async def answer(world: Everywhere, text: str) -> None:
    """A person answers the one case there is."""
    [entry] = await world.rows(Handoff)
    url = f"http://127.0.0.1:{world.port}/api/v1/handoffs/{entry['id']}/answer"
    async with (
        aiohttp.ClientSession(headers=await bearer(world.gateway)) as session,
        session.post(url, json={"text": text}) as answered,
    ):
        assert answered.status == 200, await answered.text()


async def test_a_persons_answer_follows_a_visitor_who_has_left_once(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await left(world, await world.chat())
        since = world.mail.last_seq
        await answer(world, "It ships on Monday.")
        first, second = looker(world), looker(world)
        assert sum(await asyncio.gather(first.look(), second.look())) > 0
        assert "It ships on Monday." in (await world.mail.wait_for_reply(ROBIN, since)).text
        assert await looker(world).look() == 0
        await world.handled(3)
        mails = [one.text for one in world.mail.mails_to(ROBIN)]
        assert sum("It ships on Monday." in one for one in mails) == 1


async def test_an_answer_does_not_follow_a_visitor_who_is_still_there_or_wants_no_mail(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        chat = await world.chat()
        await left(world, chat)
        await chat.connect()
        await answer(world, "It ships on Monday.")
        assert await looker(world).look() == 0
        await chat.disconnect()
        await world.gateway.store.run(opt_out, f"email:{ROBIN}")
        assert await looker(world).look() == 0
        [place] = [one for one in await world.rows(Conversation) if one["channel"] == "webchat"]
        assert place["answer_at"] is None


async def test_a_code_counts_though_a_person_answered_before_it_was_typed(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        chat = await world.chat()
        await chat.say("I want to talk to a person")
        await chat.wait_for_reply(1)
        since = world.mail.last_seq
        await chat.say(ROBIN)
        await chat.wait_for_reply(3)
        code = await code_to(world, ROBIN, since)
        await answer(world, "Sam here, I am looking.")
        await chat.wait_for_reply(4)
        await chat.say(code)
        told = (await chat.wait_for_reply(chat.last_seq)).text
        assert "the answer goes to r…@e….example" in told
        assert code not in str(await world.rows(Message))


def opt_out(connection: Connection, key: str) -> None:
    """The owner of an address wants nothing more from us."""
    handle = table(Handle)
    connection.execute(update(handle).where(handle.c.key == key).values(opted_out=True))
