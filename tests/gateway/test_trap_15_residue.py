"""Trap 15: when two were wrongly one and are parted, nothing of one is left with the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from core.clock import to_micros
from core.message import Assurance
from gateway.app import utc_now
from gateway.demo.people import ADA
from memory.pages.customer import customer_page, timeline
from memory.pages.lists import conversations, handoff_page, turn_page
from memory.pages.parting_report import SawWhat, who_saw_what
from memory.readable.drawing import WITHHELD
from memory.tables.main import Handoff, Turn
from memory.tables.rows import table
from memory.units.identity.linking import BY_HAND, customer_of, link
from memory.units.identity.parting import part
from tests.gateway.everywhere import Everywhere, everywhere, secrets_in

MALLORY = "mallory@evil.example"
MALLORY_KEY = f"email:{MALLORY}"
ASKED = "Any news on my order?"
OWN = "PIN-OF-A-GARDEN-GATE"
"""What Mallory wrote, to be found nowhere with Ada."""


async def wrongly_one(world: Everywhere) -> int:
    """Ada has asked by text; Mallory writes mails and is taken for her. The link's id."""
    await world.phones.text(ADA.phone, "Where is my order 1042?")
    await world.phones.wait_for_reply(ADA.phone, 0)
    await written(world, f"Do you sell lamps? {OWN}")
    await world.handled(2)
    return await world.gateway.store.run(joined, world.gateway.new_id)


def joined(connection: Connection, new_id: Callable[[], int]) -> int:
    ada, ids = customer_of(connection, ADA.phone_key), (new_id(), new_id())
    level, now = Assurance.AUTHENTICATED, to_micros(utc_now())
    done = link(connection, MALLORY_KEY, ada, level, BY_HAND, "looked alike", "admin", now, ids)
    return done.link_id


async def written(world: Everywhere, text: str) -> str:
    """What Mallory is answered by mail."""
    before = world.mail.last_seq
    await world.mail.write(MALLORY, text)
    return (await world.mail.wait_for_reply(MALLORY, before)).text


async def parted(world: Everywhere, link_id: int) -> SawWhat:
    def both(connection: Connection) -> SawWhat:
        now, new_id = to_micros(utc_now()), world.gateway.new_id
        part(connection, [link_id], "admin", "two people", now, new_id)
        seen = who_saw_what(connection, [link_id])
        assert seen is not None
        return seen

    return await world.gateway.store.run(both)


async def shown_of(world: Everywhere, key: str) -> str:
    """All that people see of whoever has this handle."""

    def pages(connection: Connection) -> str:
        customer = customer_of(connection, key)
        turns = [turn_page(connection, one) for one in ids(connection, Turn)]
        cases = [handoff_page(connection, one, 0) for one in ids(connection, Handoff)]
        seen = [
            customer_page(connection, customer),
            timeline(connection, customer),
            [one for one in conversations(connection) if one.customer_id == customer],
            [one for one in (*turns, *cases) if one is not None and one.customer_id == customer],
        ]
        return repr(seen)

    return await world.gateway.store.read(pages)


def ids(connection: Connection, model: type[SQLModel]) -> list[int]:
    return list(connection.execute(select(table(model).c.id)).scalars())


async def test_trap_15_nothing_of_the_other_side_survives_the_parting(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        link_id = await wrongly_one(world)
        told = await written(world, ASKED)
        assert "1042" in told, "while they are one, Mallory is told of Ada's order"
        await world.handled(3)
        seen = await parted(world, link_id)
        again = await written(world, ASKED)
        await world.handled(4)
        assert secrets_in(again) == []
        mallory = await shown_of(world, MALLORY_KEY)
        assert WITHHELD in mallory
        assert secrets_in(mallory) == []
        assert OWN not in await shown_of(world, ADA.phone_key)
        before = world.phones.last_seq
        await world.phones.text(ADA.phone, ASKED)
        answer = (await world.phones.wait_for_reply(ADA.phone, before)).text
        assert "on its way" in answer and OWN not in answer, "Ada has again what is hers"
        [turn] = seen.turns
        assert (turn.handle, turn.of, turn.left) == (MALLORY_KEY, (ADA.phone_key,), True)
        assert "message" in turn.kinds
