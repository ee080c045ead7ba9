"""Proof in the web chat: links that show a code, verified addresses of logins, and who signs in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.webchat.client import ChatClient
from gateway.demo.people import ADA
from memory.tables.identity import Challenge
from memory.tables.main import Handle, Link
from tests.gateway.everywhere import Everywhere, Options, everywhere
from tests.gateway.test_proving import BEA_MAIL, BEA_PHONE, customers, mailed, stored, until
from tests.gateway.way import ORIGIN, login_token

PAGE = f"{ORIGIN}/help"
WITH_PAGE = Options(webchat={"page_url": PAGE})
_LINK = re.compile(rf"{re.escape(PAGE)}#onethread=([\w-]+)")


async def asked(world: Everywhere) -> tuple[ChatClient, str]:
    """A visitor who asked for a code to a mailbox, and the token of the link in the mail."""
    chat = await world.chat()
    await chat.say(f"I wrote to you from {BEA_MAIL}")
    await chat.wait_for_reply(1)
    found = _LINK.search(await mailed(world, BEA_MAIL, 1))
    assert found is not None
    return chat, found[1]


async def rows_of(world: Everywhere, kind: str) -> list[str]:
    return [row["key"] for row in await world.rows(Handle) if row["kind"] == kind]


async def test_trap_13_a_link_joins_the_session_that_asked_once_and_ends_its_old_token(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models, WITH_PAGE) as world:
        chat, link = await asked(world)
        before = chat.token
        thread = chat.conversation
        chat.link = link
        point = chat.last_seq
        await chat.connect()
        assert "b…@e….example" in (await chat.wait_for_reply(point)).text
        await mailed(world, BEA_MAIL, 2)
        [visitor] = await rows_of(world, "visitor")
        assert len(await customers(world, visitor, f"email:{BEA_MAIL}")) == 1
        await until(lambda: chat.token != before)
        again = await world.chat(token=chat.token, link=link)
        assert again.conversation == thread
        await again.say("Thank you")
        await world.handled(2)
        assert [row["rule"] for row in await world.rows(Link)].count("code") == 1
        assert len(world.mail.mails_to(BEA_MAIL)) == 2
        assert link not in await stored(world)
        stolen = await world.chat(token=before)
        assert stolen.conversation != thread


async def test_a_link_of_before_another_code_does_not_work(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models, WITH_PAGE) as world:
        chat, link = await asked(world)
        point = chat.last_seq
        await chat.say(f"I wrote to you from {ADA.mail}")
        await chat.wait_for_reply(point + 1)
        chat.link, point = link, chat.last_seq
        await chat.connect()
        assert "does not work" in (await chat.wait_for_reply(point)).text
        assert [row["rule"] for row in await world.rows(Link)].count("code") == 0


async def test_a_link_that_is_opened_elsewhere_shows_nothing(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models, WITH_PAGE) as world:
        _, link = await asked(world)
        other = await world.chat()
        await other.say("When are you open?")
        await other.wait_for_reply(1)
        other.link = link
        await other.connect()
        await other.say("And on Sunday?")
        await world.handled(3)
        assert [row for row in await world.rows(Link) if row["rule"] == "code"] == []
        assert [row["status"] for row in await world.rows(Challenge)] == ["open"]


async def test_a_code_has_no_link_without_a_page_and_none_for_who_asks_elsewhere(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models, WITH_PAGE) as world:
        await world.phones.text(BEA_PHONE, f"I wrote to you from {BEA_MAIL}")
        assert "http" not in await mailed(world, BEA_MAIL, 1)
        assert [row["link_digest"] for row in await world.rows(Challenge)] == [None]


@pytest.mark.parametrize(("verified", "one"), [(True, True), (False, False), ("true", False)])
async def test_a_logins_addresses_are_theirs_when_the_business_verified_them(
    tmp_path: Path, models: Path, verified: object, one: bool
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.mail.write(BEA_MAIL, "When are you open?")
        await world.mail.wait_for_reply(BEA_MAIL, 0)
        claims = {"email": BEA_MAIL.upper(), "email_verified": verified}
        chat = await world.chat(jwt=login_token("bea", **claims))
        await chat.say("When are you open?")
        await chat.wait_for_reply(1)
        assert (len(await customers(world, "login:bea", f"email:{BEA_MAIL}")) == 1) is one


async def test_who_signs_in_is_one_with_the_same_browser_just_before(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        anonymous = await world.chat()
        await anonymous.say("When are you open?")
        await anonymous.wait_for_reply(1)
        before = anonymous.token
        chat = await world.chat(jwt=login_token("bea"), visitor=before)
        await chat.say("And on Sunday?")
        await chat.wait_for_reply(1)
        [visitor] = await rows_of(world, "visitor")
        assert len(await customers(world, "login:bea", visitor)) == 1
        [link] = [row for row in await world.rows(Link) if row["rule"] == "login"]
        assert link["level"] == 4
        again = await world.chat(token=before)
        assert again.conversation != visitor
