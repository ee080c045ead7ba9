"""Trap 6: attaching one's own handle to somebody else's memory.

Proof is needed at both ends, the owner is told on the old channel, and old memory shows on the new
handle only after the cooling-off time.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, update

from gateway.demo.people import ADA
from memory.tables.main import Customer, Link
from memory.tables.rows import table
from tests.gateway.everywhere import Everywhere, everywhere, secrets_in
from tests.gateway.test_proving import BEA_PHONE, by_text, code_in, customers, mailed, texted

EVE_PHONE = "+447700900666"
ORDER = "Where is my order?"


async def test_trap_06_a_code_is_worth_nothing_from_who_did_not_ask_for_it(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        bea, eve = await by_text(world), await by_text(world, EVE_PHONE)
        await bea.say(f"I wrote to you from {ADA.mail}")
        code = code_in(await mailed(world, ADA.mail, 2))
        told = await eve.say(code)
        await world.handled(4)
        assert secrets_in(told) == []
        keys = (ADA.mail_key, f"phone:{EVE_PHONE}", f"phone:{BEA_PHONE}")
        assert len(await customers(world, *keys)) == 3


async def test_trap_06_old_memory_shows_after_the_cooling_off_and_the_owner_is_told_at_once(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        bea = await by_text(world)
        await bea.say(f"I wrote to you from {ADA.mail}")
        await bea.say(code_in(await mailed(world, ADA.mail, 2)))
        assert "NOT ME" in await mailed(world, ADA.mail, 3)
        assert "NOT ME" in await texted(world, ADA.phone, 2)
        told = await bea.say(ORDER)
        assert secrets_in(told) == []
        await cooled_off(world)
        assert "1042" in await bea.say(ORDER)


async def test_trap_06_the_owners_word_on_another_channel_of_theirs_parts_and_seals(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        bea = await by_text(world)
        await bea.say(f"I wrote to you from {ADA.mail}")
        await bea.say(code_in(await mailed(world, ADA.mail, 2)))
        await texted(world, ADA.phone, 2)
        await (await by_text(world, ADA.phone)).say("not me")
        await world.handled(5)
        assert len(await customers(world, ADA.mail_key, f"phone:{BEA_PHONE}")) == 2
        assert len(await customers(world, ADA.mail_key, ADA.phone_key)) == 1
        await cooled_off(world)
        told = await bea.say(ORDER)
        assert secrets_in(told) == []


async def cooled_off(world: Everywhere) -> None:
    """The cooling-off time of every link has passed, as far as the rows say."""
    await world.handled(1)
    await world.gateway.store.run(_cool_off)


def _cool_off(connection: Connection) -> None:
    link, customer = table(Link), table(Customer)
    connection.execute(update(link).values(reads_from=0))
    connection.execute(update(customer).values(version=customer.c.version + 1))
