"""Trap 10: what is confidential is not told on a channel that others may look at."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from core.message import Assurance
from gateway.demo.people import ADA
from tests.gateway.everywhere import Everywhere, Options, everywhere
from tests.gateway.test_step_up import GUARDED, SENT, code_to

TOLD = ("Alder", "on its way", "due on")
ORDERS = replace(
    GUARDED,
    flows={
        **GUARDED.flows,
        "order_status": replace(GUARDED.flows["order_status"], needs=Assurance.PROVED),
    },
)
"""The shop, where the state of an order is for its proved owner alone."""


async def mailed(world: Everywhere, text: str) -> str:
    """What Ada's mail is answered, in the thread of what she was told last."""
    since, last = world.mail.last_seq, world.mail.mails_to(ADA.mail)[-1]
    await world.mail.write(ADA.mail, text, name=ADA.name, reply_to=last)
    told = await world.mail.wait_for_reply(ADA.mail, since)
    while "NOT ME" in told.text.partition("wrote:")[0]:
        told = await world.mail.wait_for_reply(ADA.mail, told.seq)
    return told.text


async def texted(world: Everywhere, text: str) -> str:
    """What Ada's phone is answered."""
    since = world.phones.last_seq
    await world.phones.text(ADA.phone, text)
    return (await world.phones.wait_for_reply(ADA.phone, since)).text


async def test_trap_10_a_text_message_says_where_to_ask_and_there_it_is_told(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models, Options(playbook=ORDERS)) as world:
        point = world.mail.last_seq
        assert "I send a code there" in await texted(world, "Where is my order 1042?")
        assert await texted(world, ADA.mail) == SENT
        short = await texted(world, await code_to(world, ADA.mail, point))
        assert "I keep that out of this channel. Please ask me by e-mail" in short
        assert not any(one in short for one in TOLD)
        assert "Shall I send a code to …0142?" in await mailed(world, "Where is my order 1042?")
        point = world.phones.last_seq
        assert SENT in await mailed(world, "yes")
        letter = (await world.phones.wait_for_reply(ADA.phone, point)).text
        found = re.search(r"\b\d{6}\b", letter)
        assert found is not None
        told = await mailed(world, found[0])
        assert all(one in told for one in TOLD)
