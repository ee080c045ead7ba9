"""Trap 4: whoever has Ada's number now is not Ada, and reads nothing of hers."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, update

from gateway.demo.people import ADA
from memory.tables.identity import Alarm
from memory.tables.main import Handle
from memory.tables.rows import table
from tests.gateway.everywhere import SECRETS, Everywhere, everywhere, secrets_in

ASKED = "Any news on my order?"
DAYS = 366


async def fall_silent(world: Everywhere, key: str) -> None:
    """The handle last wrote more than a year ago."""

    def age(connection: Connection) -> None:
        handle = table(Handle)
        long_ago = handle.c.seen_at - DAYS * 86_400_000_000
        connection.execute(update(handle).where(handle.c.key == key).values(seen_at=long_ago))

    await world.gateway.store.run(age)


async def told(world: Everywhere, text: str, messages: int) -> str:
    """What whoever has the number is told, after so many messages of everybody's."""
    before = world.phones.last_seq
    await world.phones.text(ADA.phone, text)
    answer = await world.phones.wait_for_reply(ADA.phone, before)
    await world.handled(messages)
    return answer.text


async def test_trap_04_after_a_year_of_silence_the_number_is_a_strangers(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        await fall_silent(world, ADA.phone_key)
        for at, text in enumerate(("Where is my order 1042?", ASKED), 3):
            words = await told(world, text, at)
            assert [secret for secret in SECRETS[1:] if secret in words] == []
        rows = {row["id"]: row for row in await world.rows(Handle)}
        [old] = [row for row in rows.values() if row["retired_at"] is not None]
        [mail] = [row for row in rows.values() if row["kind"] == "email"]
        [new] = [row for row in rows.values() if row["succeeds"] == old["id"]]
        assert old["customer_id"] == mail["customer_id"] != new["customer_id"]


async def test_trap_04_who_says_that_it_is_not_them_is_parted_at_once(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        words = await told(world, "You have the wrong number.", 3)
        assert secrets_in(words) == []
        for at, text in enumerate((ASKED, "Where is my order 1042?"), 4):
            words = await told(world, text, at)
            assert [secret for secret in SECRETS[1:] if secret in words] == []
        rows = {row["key"]: row for row in await world.rows(Handle)}
        assert rows[ADA.phone_key]["customer_id"] != rows[ADA.mail_key]["customer_id"]
        assert rows[ADA.phone_key]["succeeds"] is not None
        assert [row["kind"] for row in await world.rows(Alarm)] == ["contradiction"]
