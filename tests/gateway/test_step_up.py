"""Proving who is writing, in conversation and over the wire: what is read on both sides."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from core.message import Assurance
from gateway.demo.people import ADA
from gateway.demo.settings import PLAYBOOK
from gateway.playbook.reader import load_playbook
from memory.tables.main import Message
from tests.gateway.everywhere import Everywhere, Options, everywhere

SENT = "If that address can be reached, I have sent a code there. Type it here."
_SHOP = load_playbook(PLAYBOOK)
GUARDED = replace(
    _SHOP,
    flows={
        **_SHOP.flows,
        "return_item": replace(_SHOP.flows["return_item"], needs=Assurance.PROVED),
    },
)
"""The shop, where only those who are proved send something back."""


async def code_to(world: Everywhere, mail: str, since: int) -> str:
    """The code in the newest mail to an address."""
    text = (await world.mail.wait_for_reply(mail, since)).text
    found = re.search(r"\b\d{6}\b", text)
    assert found is not None, text
    return found[0]


async def test_a_visitor_who_claims_a_mailbox_proves_it_and_goes_on_where_they_were(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models, Options(playbook=GUARDED)) as world:
        chat = await world.chat()
        await chat.say("I want to return order 1042")
        assert "I send a code there" in (await chat.wait_for_reply(1)).text
        point = world.mail.last_seq
        await chat.say("robin@elsewhere.example")
        assert (await chat.wait_for_reply(3)).text == SENT
        code = await code_to(world, "robin@elsewhere.example", point)
        await chat.say(f"here it is: {code}")
        done = (await chat.wait_for_reply(5)).text
        assert done.startswith("Thank you, that is the right code.")
        assert "May I ask why" in done
        await chat.say("it is too big")
        assert "1042" in (await chat.wait_for_reply(7)).text
        assert code not in str(await world.rows(Message))


async def test_a_wrong_code_and_other_talk_change_nothing_until_the_right_one_comes(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        point = world.mail.last_seq
        await world.phones.text(ADA.phone, f"I wrote to you from {ADA.mail}")
        assert (await world.phones.wait_for_reply(ADA.phone, 0)).text == SENT
        code = await code_to(world, ADA.mail, point)
        for text, words in (
            ("000000" if code != "000000" else "111111", "Tries left: 2"),
            ("where is my order 1042?", "on its way"),
            (code, "right code"),
        ):
            since = world.phones.last_seq
            await world.phones.text(ADA.phone, text)
            assert words in (await world.phones.wait_for_reply(ADA.phone, since)).text
        since = world.mail.last_seq
        await world.mail.write(ADA.mail, "not me", name=ADA.name)
        told = await world.mail.wait_for_reply(ADA.mail, since)
        assert "start afresh" in told.text
        assert ADA.phone not in told.text
