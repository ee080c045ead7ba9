"""Rules that are published hold for the next message, whatever this process remembers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from core.clock import to_micros
from gateway.demo.people import ADA
from memory.store import Store
from memory.units.identity.rule_versions import in_force, publish, roll_back
from memory.units.messages.turns import commit
from tests.gateway.everywhere import Everywhere, everywhere

BEN = "+447700900318"
ASKED = "Any news on my order?"
STRICT = "[levels]\nhistory = 4\npersonal = 4\n"


class HeldCommits:
    """A store whose commits of turns wait for the test; `reached` counts them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reached = 0
        self.go_on = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, unit: Callable[..., Any], arg: object) -> Awaitable[Any]:
        return self._commit(arg) if unit is commit else self._store.write(unit, arg)

    async def _commit(self, arg: Any) -> Any:
        self.reached += 1
        await self.go_on.wait()
        return await self._store.write(commit, arg)

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(20):
            while self.reached < count:  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.02)


async def in_force_now(world: Everywhere, text: str) -> None:
    """Publish a text, and let the gateway take it over as it does every second."""
    gateway = world.gateway
    now, ids = to_micros(gateway.now()), (gateway.new_id(), gateway.new_id())
    await gateway.store.run(publish, text, "a try", "person:eve", now, ids)
    await gateway.rules.look()


async def told(world: Everywhere, messages: int) -> str:
    """What Ada is answered by mail."""
    point = world.mail.last_seq
    await world.mail.write(ADA.mail, ASKED)
    reply = await world.mail.wait_for_reply(ADA.mail, point)
    await world.handled(messages)
    return reply.text


async def test_a_raised_level_holds_for_the_next_message_and_so_does_going_back(
    tmp_path: Path, models: Path
) -> None:
    """Ada is known by text; her mailbox reads it at level 2, and not when it needs level 4."""
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        assert "1042" in await told(world, 3)
        first = await world.gateway.store.read(in_force)
        assert first is not None
        await in_force_now(world, STRICT)
        assert "1042" not in await told(world, 4)
        gateway = world.gateway
        ids = (gateway.new_id(), gateway.new_id())
        now = to_micros(gateway.now())
        await gateway.store.run(roll_back, first.id, "person:eve", now, ids)
        await gateway.rules.look()
        assert "1042" in await told(world, 5)


async def known_as(world: Everywhere, phone: str, act: Callable[[], Awaitable[None]]) -> list[str]:
    """By which handles the next turn of this phone knows its sender; `act` brings it about."""
    with world.gateway.bus.subscribe() as events:
        await act()
        async with asyncio.timeout(20):
            async for event in events:
                if event.kind == "resolved" and event.data["handle"] == f"phone:{phone}":
                    proved = event.data["proved"]
                    assert isinstance(proved, list)
                    return proved
    raise AssertionError("no turn was told of")


async def test_what_a_turn_under_the_old_rules_leaves_is_not_read_under_the_new_ones(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules are published, and used for somebody else, while Ada's turn is being written."""
    async with everywhere(tmp_path, models) as world:
        await world.know_ada()
        held = HeldCommits(world.gateway.store)
        monkeypatch.setattr(world.gateway.work, "_store", held)

        async def meanwhile() -> None:
            await world.phones.text(ADA.phone, "When are you open?")
            await held.wait_for(1)
            await in_force_now(world, STRICT)
            await world.phones.text(BEN, "When are you open?")
            await held.wait_for(2)
            held.go_on.set()

        assert ADA.mail_key in await known_as(world, ADA.phone, meanwhile)
        await world.handled(4)

        async def again() -> None:
            await world.phones.text(ADA.phone, "And where are you?")

        assert await known_as(world, ADA.phone, again) == []
