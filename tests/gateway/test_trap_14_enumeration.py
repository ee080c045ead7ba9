"""Trap 14: "we sent a code" reads and takes the same for known and unknown addresses.

What takes time is waiting for the database, so that is counted; nothing else is waited for.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, update

from core.effects import AskProof
from core.identity.rules import DEFAULT_RULES
from core.message import Assurance, Audience
from core.turn import CaseState, Recall, Sender, TurnInput
from gateway.identity.proving import Chance, Proving
from gateway.identity.reaching import Reaching
from gateway.running import Gateway
from gateway.turns.effects import Asked
from memory.store import Store
from memory.tables.identity import Challenge
from memory.tables.main import Conversation, Handle
from memory.tables.rows import table
from memory.units.messages.claims import Thread, Waiting
from tests.gateway.everywhere import Everywhere, everywhere
from tests.gateway.test_proving import BEA_SLACK, by_chat, by_slack, by_text, mailed, stored

KNOWN, UNKNOWN = "known@else.example", "unknown@else.example"
CODE = "777777"
CLOSED, SHARED, BLOCKED = "closed@else.example", "info@else.example", "noreply@else.example"


class Counted:
    """The store, which counts how often it is waited for."""

    def __init__(self, store: Store) -> None:
        self.waits: Counter[str] = Counter()
        self._store = store

    async def read(self, unit: Callable[..., Any], *args: Any) -> Any:
        self.waits["read"] += 1
        return await self._store.read(unit, *args)

    async def run(self, unit: Callable[..., Any], *args: Any) -> Any:
        self.waits["run"] += 1
        return await self._store.run(unit, *args)


def proving(gateway: Gateway, store: Counted) -> Proving:
    """As the gateway makes it, over the counted store."""
    reaching = Reaching(
        store,  # type: ignore[arg-type]
        gateway.bus,
        gateway.channels,
        gateway.outgoing,
        worker="counted",
        count_tokens=gateway.count_tokens,
        now=gateway.now,
        new_id=gateway.new_id,
    )
    return Proving(
        store,  # type: ignore[arg-type]
        gateway.bus,
        reaching,
        gateway.channels,
        playbook=lambda: gateway.playbook,
        key=b"a key of tests",
        rules=lambda: DEFAULT_RULES,
        chance=Chance(lambda below: 7, lambda: "x" * 32),
        now=gateway.now,
        new_id=gateway.new_id,
    )


async def asked(world: Everywhere, number: int) -> Asked:
    """A text message of Bea's, the so-many-th."""
    handle = next(row for row in await world.rows(Handle) if row["kind"] == "phone")
    place = next(row for row in await world.rows(Conversation) if row["channel"] == "sms")
    gateway = world.gateway
    sender = Sender(handle["key"], Assurance.AUTHENTICATED)
    turn = TurnInput(
        "1", gateway.now(), "sms", Audience.ONE, sender, (), None, CaseState(), Recall()
    )
    thread = Thread(
        place["id"],
        "sms",
        "sms",
        place["key"],
        handle["id"],
        handle["key"],
        False,
        False,
        "{}",
        "one",
    )
    waiting = Waiting(
        1, place["id"], number, handle["id"], 2, "", 0, 0, 0, 0, "e", None, "{}", "one"
    )
    return Asked(turn, handle["customer_id"], thread, [waiting], gateway.playbook, gateway.now())


async def test_trap_14_every_address_takes_as_many_waits_and_has_the_same_answer(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        for address in (KNOWN, CLOSED):
            await world.mail.write(address, "When are you open?")
            await world.mail.wait_for_reply(address, 0)
        await (await by_text(world)).say("Hello")
        await world.handled(3)
        await world.gateway.store.run(_close)
        waits, told = [], []
        for number, address in enumerate((KNOWN, UNKNOWN, CLOSED, SHARED, BLOCKED), 100):
            store = Counted(world.gateway.store)
            one = await asked(world, number)
            result = await proving(world.gateway, store).ask(AskProof(f"email:{address}"), one)
            assert result is not None
            waits.append(store.waits)
            told.append({**result, "to": ""})
            await world.gateway.store.run(_age)
        assert (len(set(map(str, waits))), len(set(map(str, told)))) == (1, 1)
        await mailed(world, UNKNOWN, 1)
        assert [len(world.mail.mails_to(one)) for one in (KNOWN, CLOSED, SHARED, BLOCKED)] == [
            2,
            1,
            0,
            0,
        ]


async def test_trap_14_slack_is_asked_alike_for_members_known_and_unknown(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        for person in (BEA_SLACK, "U0NEW"):
            world.slack.add_person(person, "Bea", f"{person}@nowhere.example")
        slack = await by_slack(world)
        await slack.say("When are you open?")
        await (await by_text(world)).say("Hello")
        await world.handled(2)
        known = next(row["key"] for row in await world.rows(Handle) if row["kind"] == "slack")
        opened, told, point = [], [], world.slack.last_seq
        # The last one is asked about twice, and then our process has a direct message with them.
        for number, person in enumerate((BEA_SLACK, "U0GHOST", "U0NEW", "U0NEW"), 100):
            before = world.slack.api.calls.count("conversations.open")
            target = AskProof(known.replace(BEA_SLACK, person))
            one = await asked(world, number)
            made = proving(world.gateway, Counted(world.gateway.store))
            told.append({**(await made.ask(target, one) or {}), "to": ""})
            opened.append(world.slack.api.calls.count("conversations.open") - before)
            await world.gateway.store.run(_age)
        assert (opened, len(set(map(str, told)))) == ([1, 1, 1, 1], 1)
        assert CODE in (await world.slack.wait_for_reply("U0NEW", point)).text
        async with asyncio.timeout(15):
            while CODE in await stored(world):  # noqa: ASYNC110 - a part ends by itself
                await asyncio.sleep(0.02)


async def test_trap_14_limits_are_durable_and_only_the_askers_own_is_told(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        sides = [await by_text(world, f"+44770090020{n}") for n in range(4)]
        told = [await one.say(f"I wrote to you from {KNOWN}") for one in sides]
        assert len(set(told)) == 1
        await mailed(world, KNOWN, 3)
        text = await by_text(world)
        own = [await text.say(f"I wrote to you from p{n}@else.example") for n in range(3)]
        await world.closed()
        await world.opened()
        text = await by_text(world)
        refused = await text.say("I wrote to you from p9@else.example")
        await world.handled(8)
        assert refused.replace("p9", "p0") not in [one.replace("p1", "p0") for one in own]
        assert len(world.mail.mails_to(KNOWN)) == 3
        assert world.mail.mails_to("p9@else.example") == []


async def test_trap_14_one_network_cannot_ask_for_ever_with_new_sessions(
    tmp_path: Path, models: Path
) -> None:
    async with everywhere(tmp_path, models) as world:
        first = await by_chat(world)
        before = await first.say("I wrote to you from q0@else.example")
        await mailed(world, "q0@else.example", 1)
        await world.gateway.store.run(_crowd, DEFAULT_RULES.codes.per_network)
        side = await by_chat(world)
        after = await side.say("I wrote to you from q1@else.example")
        await world.handled(2)
        assert after.replace("q1", "q0") == before
        assert world.mail.mails_to("q1@else.example") == []
        rows = await world.rows(Challenge)
        assert len({row["network"] for row in rows}) == 1
        assert "127.0.0.1" not in str(rows)


def _close(connection: Connection) -> None:
    handle = table(Handle)
    connection.execute(
        update(handle).where(handle.c.key == f"email:{CLOSED}").values(opted_out=True)
    )


def _age(connection: Connection) -> None:
    """The asker's own limit is not what is tried here."""
    connection.execute(update(table(Challenge)).values(created_at=0))


def _crowd(connection: Connection, number: int) -> None:
    """So many others of the same network asked before."""
    challenge = table(Challenge)
    row = dict(connection.execute(challenge.select()).mappings().one())
    for n in range(number):
        changed = {
            "id": n + 1,
            "source": f"s{n}",
            "asker_handle_id": -n,
            "target_key": f"email:{n}",
        }
        connection.execute(challenge.insert(), row | changed)
