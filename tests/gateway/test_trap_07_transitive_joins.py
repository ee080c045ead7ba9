"""Trap 7: a chain of links is as strong as its weakest, and a shared address is no link at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.clock import to_micros
from core.message import Assurance
from gateway.demo.people import ADA
from memory.tables.main import Handle
from memory.units.identity import linking as identity
from tests.gateway.everywhere import Everywhere, everywhere, secrets_in

BEN = "+447700900318"
OFFICE = "office@example.com"
ASKED = "Any news on my order?"


async def join(world: Everywhere, handle: str, to: str, level: int) -> None:
    """As an admin does who is that sure that the two are one."""
    gateway = world.gateway
    [other] = [row for row in await world.rows(Handle) if row["key"] == to]
    customer = other["home_customer_id"]
    await gateway.store.run(
        identity.link,
        handle,
        customer,
        Assurance(level),
        identity.BY_HAND,
        "They said so.",
        "person:eve",
        to_micros(gateway.now()),
        (gateway.new_id(), gateway.new_id()),
    )


async def told(world: Everywhere, mail: str, messages: int) -> str:
    """What somebody is answered who asks by mail for their order."""
    point = world.mail.last_seq
    await world.mail.write(mail, ASKED)
    reply = await world.mail.wait_for_reply(mail, point)
    await world.handled(messages)
    return reply.text


@pytest.mark.parametrize(
    ("first", "second", "reads"), [(2, 2, True), (2, 1, False), (1, 2, False), (1, 1, False)]
)
async def test_trap_07_the_weakest_link_on_the_way_decides(
    tmp_path: Path, models: Path, first: int, second: int, reads: bool
) -> None:
    """A mailbox is joined to a number, and that to Ada's number: what may the mailbox read?"""
    async with everywhere(tmp_path, models) as world:
        await world.phones.text(ADA.phone, "Where is my order 1042?")
        await world.phones.wait_for_reply(ADA.phone, 0)
        await world.phones.text(BEN, "Hello")
        await world.phones.wait_for_reply(BEN, world.phones.last_seq - 1)
        await told(world, "carol@example.com", 3)
        await join(world, "email:carol@example.com", f"phone:{BEN}", first)
        await join(world, f"phone:{BEN}", ADA.phone_key, second)
        answer = await told(world, "carol@example.com", 4)
        assert ("1042" in answer) is reads


async def test_trap_07_a_mailbox_that_several_read_joins_nobody_to_anybody(
    tmp_path: Path, models: Path
) -> None:
    """Ada and a colleague are both joined to the office's mailbox, as well as can be."""
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        for mail, count in ((OFFICE, 3), ("carol@example.com", 4)):
            await told(world, mail, count)
        await join(world, f"email:{OFFICE}", ADA.phone_key, 3)
        await join(world, "email:carol@example.com", f"email:{OFFICE}", 3)
        for mail, count in ((OFFICE, 5), ("carol@example.com", 6)):
            answer = await told(world, mail, count)
            assert secrets_in(answer) == [], mail
