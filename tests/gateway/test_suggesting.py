"""The gateway looks for suggestions by itself: each thing once, also over a restart."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from memory.hints import Marks
from memory.suggestions import suggestions
from memory.tables.identity import Suggestion
from tests.gateway.everywhere import everywhere

EVE = "+447700900666"
ADDRESS = "eve@evil.example"


async def test_what_is_told_is_suggested_by_itself_and_once(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models) as world:
        await world.mail.write(ADDRESS, "When are you open?")
        await world.phones.text(EVE, f"When are you open? Answer to {ADDRESS}.")
        await world.handled(2)
        async with asyncio.timeout(20):
            while not await world.rows(Suggestion):  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.1)
        (found,) = await world.gateway.store.read(suggestions)
        assert found.reasons[0].words == f"phone:{EVE} wrote email:{ADDRESS}"
        await world.closed()
        await world.opened()
        looked = await world.gateway.suggesting.look(timedelta(0))
        assert (looked.new, looked.more) == (0, False)
        again = await world.gateway.suggesting.look(timedelta(0))
        assert again.told == 0


async def test_what_is_not_settled_yet_is_looked_at_later(tmp_path: Path, models: Path) -> None:
    async with everywhere(tmp_path, models) as world:
        suggesting = world.gateway.suggesting
        await suggesting.round.stop()
        await world.phones.text(EVE, f"Answer to {ADDRESS}.")
        await world.handled(1)
        assert (await suggesting.look(timedelta(hours=1))).told == 0
        assert suggesting.marks == Marks()
        assert (await suggesting.look(timedelta(0))).told == 1
