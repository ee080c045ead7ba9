"""A PIN that is asked for by text and told in the chat is kept nowhere, and answers it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, select

from core.clock import to_micros
from core.message import Assurance
from core.playbook.model import Slot
from gateway.app import utc_now
from memory.tables.main import Handle, Message
from memory.tables.rows import table
from memory.units.identity.linking import link
from tests.core.pipeline.shop import SHOP, stages
from tests.gateway.way import Way, running
from tests.memory.test_code_traces import told_everywhere

PHONE = "+15550001111"
_message = table(Message)
_PIN = Slot("card", "secret", "PIN", ask=("What is your PIN?", "Which PIN is it?"), secret="pin")


def texts(connection: Connection) -> list[str]:
    """What customers have said, in its order."""
    query = select(_message.c.text).where(_message.c.author == "customer")
    return list(connection.execute(query.order_by(_message.c.created_at)).scalars())


async def join(way: Way, login: str) -> None:
    """The business knows that both are one person."""
    handle = table(Handle)
    whose = select(handle.c.customer_id).where(handle.c.key == f"phone:{PHONE}")
    customer = await way.gateway.store.read(lambda at: at.execute(whose).scalar_one())
    now = to_micros(utc_now())
    await way.gateway.store.run(
        link, f"login:{login}", customer, Assurance.PROVED, "by-hand", "seen", "ada", now, (1, 2)
    )


async def test_what_one_channel_asks_for_is_kept_from_no_other(tmp_path: Path) -> None:
    shop = replace(SHOP, slots={**SHOP.slots, "card": _PIN})
    async with running(tmp_path, playbook=shop, stages=stages()) as way:
        robin, stranger = await way.chat("robin"), await way.chat("sam")
        for chat in (robin, stranger):
            await chat.say("hello")
            await chat.wait_for_reply(1)
        await way.sms.text(PHONE, "change my card")
        asked = await way.sms.wait_for_reply(PHONE, 0)
        assert asked.text in _PIN.ask
        await join(way, "robin")
        await stranger.say("5817")
        await stranger.wait_for_reply(3)
        await robin.say("It's 4711, thanks")
        assert (await robin.wait_for_reply(3)).text == "Thank you, the card is checked."
        before = way.sms.last_seq
        await way.sms.text(PHONE, "6022")
        await way.sms.wait_for_reply(PHONE, before)
        said = await way.gateway.store.read(texts)
        everything = await way.gateway.store.read(told_everywhere)
    assert said[-3:] == ["5817", "It's [pin removed], thanks", "6022"]
    assert "4711" not in everything
