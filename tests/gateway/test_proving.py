"""Codes from one channel to another, over all four channels' simulated providers.

What is told, to whom, and what of it is stored.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from gateway.demo.people import ADA
from memory.tables.identity import Challenge
from memory.tables.main import Conversation, Handle, Link
from tests.gateway.everywhere import Everywhere, everywhere

BEA_PHONE, BEA_MAIL, BEA_SLACK = "+447700900777", "bea@else.example", "U0BEA"
STRANGER = "nobody@else.example"

_CODE = re.compile(r"\b(\d{6})\b")


@dataclass
class Side:
    """One way to talk: `say` sends and gives the answer."""

    say: Callable[[str], Awaitable[str]]


async def by_text(world: Everywhere, number: str = BEA_PHONE) -> Side:
    async def say(text: str) -> str:
        point = world.phones.last_seq
        await world.phones.text(number, text)
        return (await world.phones.wait_for_reply(number, point)).text

    return Side(say)


async def by_chat(world: Everywhere) -> Side:
    chat = await world.chat()

    async def say(text: str) -> str:
        point = chat.last_seq
        await chat.say(text)
        return (await chat.wait_for_reply(point + 1)).text

    return Side(say)


async def by_mail(world: Everywhere, address: str = BEA_MAIL) -> Side:
    async def say(text: str) -> str:
        point = world.mail.last_seq
        before = world.mail.mails_to(address)
        await world.mail.write(address, text, reply_to=before[-1] if before else None)
        return (await world.mail.wait_for_reply(address, point)).text

    return Side(say)


async def by_slack(world: Everywhere, person: str = BEA_SLACK) -> Side:
    async def say(text: str) -> str:
        point = world.slack.last_seq
        await world.slack.write(person, text)
        return (await world.slack.wait_for_reply(person, point)).text

    return Side(say)


async def mailed(world: Everywhere, address: str, number: int) -> str:
    """The text of so many mails to an address, the newest of them."""
    await until(lambda: len(world.mail.mails_to(address)) >= number)
    return world.mail.mails_to(address)[number - 1].text


async def texted(world: Everywhere, phone: str, number: int) -> str:
    await until(lambda: len(world.phones.texts_to(phone)) >= number)
    return world.phones.texts_to(phone)[number - 1].text


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(15):
        while not happened():  # noqa: ASYNC110 - a provider tells nobody
            await asyncio.sleep(0.02)


def code_in(text: str) -> str:
    found = _CODE.search(text)
    assert found is not None, text
    return found[1]


async def stored(world: Everywhere) -> str:
    """Everything that any table holds."""
    models = [one for one in SQLModel.__subclasses__() if hasattr(one, "__table__")]
    return repr([await world.rows(one) for one in models])


async def customers(world: Everywhere, *keys: str) -> set[int]:
    rows = {row["key"]: row["customer_id"] for row in await world.rows(Handle)}
    return {rows[key] for key in keys}


async def test_a_text_is_proved_by_a_code_to_a_mailbox_and_both_sides_are_told(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.mail.write(ADA.mail, "When are you open?", name=ADA.name)
        await world.mail.wait_for_reply(ADA.mail, 0)
        text = await by_text(world)
        told = await text.say(f"I wrote to you from {ADA.mail}")
        mail = await mailed(world, ADA.mail, 2)
        code = code_in(mail)
        assert ("NOT ME" in mail, code in told) == (True, False)
        await text.say(code)
        notice = await mailed(world, ADA.mail, 3)
        assert ("…0777" in notice, "NOT ME" in notice) == (True, True)
        await world.handled(3)
        assert len(await customers(world, ADA.mail_key, f"phone:{BEA_PHONE}")) == 1
        [link] = [row for row in await world.rows(Link) if row["rule"] == "code"]
        assert (link["level"], link["reads_from"] > link["created_at"]) == (3, True)
        assert code not in await stored(world)


async def test_a_chat_is_proved_by_a_code_to_a_phone_that_never_wrote(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        chat = await by_chat(world)
        await chat.say(f"My texts came from {BEA_PHONE}")
        text = await texted(world, BEA_PHONE, 1)
        code = code_in(text)
        await chat.say(f"it is {code[:3]} {code[3:]}")
        assert "NOT ME" in await texted(world, BEA_PHONE, 2)
        await world.handled(2)
        held = await stored(world)
        assert ("[code removed]" in held, code in held) == (True, False)
        visitor = next(row["key"] for row in await world.rows(Handle) if row["kind"] == "visitor")
        assert len(await customers(world, visitor, f"phone:{BEA_PHONE}")) == 1


async def test_slack_is_proved_by_a_code_to_a_mailbox(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models) as world:
        world.slack.add_person(BEA_SLACK, "Bea", "bea@nowhere.example")
        slack = await by_slack(world)
        await slack.say(f"I wrote to you from {BEA_MAIL}")
        await slack.say(code_in(await mailed(world, BEA_MAIL, 1)))
        await mailed(world, BEA_MAIL, 2)
        await world.handled(2)
        rows = [row["key"] for row in await world.rows(Handle) if row["kind"] == "slack"]
        assert len(await customers(world, *rows, f"email:{BEA_MAIL}")) == 1


async def test_a_code_counts_in_a_new_mail_too_and_is_not_kept_there(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.mail.write(BEA_MAIL, f"My texts came from {BEA_PHONE}")
        code = code_in(await texted(world, BEA_PHONE, 1))
        await world.handled(1)
        await world.mail.write(BEA_MAIL, f"The code is {code}", subject=f"Code {code}")
        await texted(world, BEA_PHONE, 2)
        await world.handled(2)
        assert len(await customers(world, f"email:{BEA_MAIL}", f"phone:{BEA_PHONE}")) == 1
        threads = [row for row in await world.rows(Conversation) if row["channel"] == "email"]
        assert (len(threads), code in await stored(world)) == (2, False)


async def test_a_mail_is_proved_by_a_code_to_a_phone(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models) as world:
        mail = await by_mail(world)
        await mail.say(f"I texted you from {BEA_PHONE}")
        await mail.say(f"{code_in(await texted(world, BEA_PHONE, 1))}\n\n-- \nBea")
        await texted(world, BEA_PHONE, 2)
        await world.handled(2)
        assert len(await customers(world, f"email:{BEA_MAIL}", f"phone:{BEA_PHONE}")) == 1


async def test_three_wrong_codes_end_it_and_the_right_one_is_worth_nothing_then(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        text = await by_text(world)
        await text.say(f"I wrote to you from {BEA_MAIL}")
        code = code_in(await mailed(world, BEA_MAIL, 1))
        wrong = [f"{(int(code) + n) % 1_000_000:06}" for n in (1, 2, 3)]
        told = [await text.say(one) for one in (*wrong, code)]
        await world.handled(5)
        assert len(await customers(world, f"email:{BEA_MAIL}", f"phone:{BEA_PHONE}")) == 2
        assert len(world.mail.mails_to(BEA_MAIL)) == 1
        assert len(set(told)) > 1
        assert [row["status"] for row in await world.rows(Challenge)] == ["spent"]


async def test_not_me_in_answer_to_the_notice_parts_and_seals(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models) as world:
        text = await by_text(world)
        await text.say(f"I wrote to you from {BEA_MAIL}")
        await text.say(code_in(await mailed(world, BEA_MAIL, 1)))
        await mailed(world, BEA_MAIL, 2)
        notice = world.mail.mails_to(BEA_MAIL)[1]
        point = world.mail.last_seq
        await world.mail.write(BEA_MAIL, "NOT ME", reply_to=notice)
        await world.mail.wait_for_reply(BEA_MAIL, point)
        await world.handled(3)
        keys = (f"email:{BEA_MAIL}", f"phone:{BEA_PHONE}")
        assert len(await customers(world, *keys)) == 2
        await text.say(f"I wrote to you from {BEA_MAIL}")
        code = code_in(await mailed(world, BEA_MAIL, 4))
        await text.say(code)
        await world.handled(5)
        assert len(await customers(world, *keys)) == 2


@pytest.mark.parametrize("way", [by_text, by_chat])
async def test_trap_14_known_unknown_and_closed_addresses_read_the_same(
    tmp_path: Path, models: Path, way: Callable[[Everywhere], Awaitable[Side]]
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.mail.write(ADA.mail, "When are you open?", name=ADA.name)
        await world.mail.wait_for_reply(ADA.mail, 0)
        told: list[str] = []
        for address in (ADA.mail, STRANGER, "noreply@else.example", "info@else.example"):
            side = await (
                by_text(world, f"+4477009001{len(told)}0") if way is by_text else way(world)
            )
            told.append((await side.say(f"I wrote to you from {address}")).replace(address, "A"))
        assert len(set(told)) == 1
        await mailed(world, STRANGER, 1)
        await world.handled(5)
        assert len(world.mail.mails_to(ADA.mail)) == 2
        assert world.mail.mails_to("noreply@else.example") == []
        assert world.mail.mails_to("info@else.example") == []
