"""A gateway set up for a replay: on loopback, in a folder of its own, between simulators.

It is the real gateway with the real adapters; only quiet windows are 0, and the playbook and its
intent model are handed in. It is also the desk of `gateway.replay.player`.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from core.actions import ActionFailed, Perform
from core.clock import to_micros
from core.message import Assurance, Handle
from core.pipeline.contracts import Stages
from core.pipeline.decide import default_stages
from core.playbook.model import Action, Playbook
from gateway.app import Parts, build_gateway, utc_now
from gateway.intents.training import model_for, playbook_rows
from gateway.replay.first_contact import confirm_first
from gateway.replay.people import Person
from gateway.replay.player import Line
from gateway.replay.records import Ledger, Progress, find_handoffs, find_progress, read_ledger
from gateway.replay.sides import SIDES, Side
from gateway.replay.wire import Wire
from gateway.running import Gateway
from gateway.settings.model import Settings
from gateway.stages.article_index import article_index
from memory.units.identity.handles import introduce
from memory.units.identity.linking import BY_HAND, link
from memory.units.people.cases import hand_back

_ADMIN = "replay"
_WHY = "One customer of the file, who changes the channel."


class Rig:
    """A running gateway with its customers around it."""

    def __init__(self, gateway: Gateway, sides: Mapping[str, Side]) -> None:
        self._gateway = gateway
        self._sides = sides

    async def open_line(self, channel: str, dialogue_id: str, person: Person) -> Line:
        """The far side of a channel for one customer."""
        return await self._sides[channel].open_line(dialogue_id, person)

    async def link(self, first: Handle, second: Handle) -> None:
        """Join two handles, as an admin who was shown that they are one person."""
        store, now, new_id = (
            self._gateway.store,
            to_micros(self._gateway.now()),
            self._gateway.new_id,
        )
        owners = []
        for handle in (first, second):
            ids = (new_id(), new_id(), new_id(), new_id())
            owners.append(await store.run(introduce, handle, _WHY, _ADMIN, now, ids))
        if first.key == second.key:
            return
        await store.run(
            link,
            second.key,
            owners[0],
            Assurance.PROVED,
            BY_HAND,
            _WHY,
            _ADMIN,
            now,
            (new_id(), new_id()),
        )

    async def hand_back(self, turn_id: int) -> None:
        """Give the turn's case back to the bot, when people have it."""
        store, now = self._gateway.store, to_micros(self._gateway.now())
        for handoff in await store.read(find_handoffs, turn_id):
            await store.run(hand_back, handoff, _ADMIN, now, self._gateway.new_id())

    async def progress(self, account: str, event_id: str) -> Progress | None:
        """How far a message is."""
        return await self._gateway.store.read(find_progress, account, event_id)

    async def ledger(self) -> Ledger:
        """Everything that was decided."""
        return await self._gateway.store.read(read_ledger)


@asynccontextmanager
async def open_rig(
    playbook: Playbook,
    channels: Collection[str],
    folder: Path,
    wire: Wire,
    models: Path,
    threshold: float | None,
) -> AsyncIterator[Rig]:
    """A gateway with this playbook and these channels, started; it is stopped at the end.

    `models` caches trained intent models. With `threshold`, which replaces the probability below
    which they abstain, a stranger's want is confirmed before details are asked for.
    """
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        sides = {name: SIDES[name](base_url, wire, utc_now) for name in sorted(channels)}
        for side in sides.values():
            await side.start()
            stack.push_async_callback(side.stop)
        stages = await _stages(playbook, models, threshold)
        parts = Parts(playbook=playbook, stages=stages, public_url=base_url, runner=Nobody())
        gateway = await build_gateway(_settings(folder, sides), parts)
        stack.push_async_callback(gateway.stop)
        runner = web.AppRunner(gateway.web_app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.SockSite(runner, listening).start()
        await gateway.start()
        yield Rig(gateway, sides)


def _settings(folder: Path, sides: Mapping[str, Side]) -> Settings:
    tables = {side.account: dict(side.table()) for side in sides.values()}
    quiet = dict.fromkeys((str(table["adapter"]) for table in tables.values()), 0.0)
    return Settings.model_validate(
        {
            "storage": {"url": f"sqlite:///{folder / 'replay.db'}"},
            "data": {"folder": folder},
            # A dialogue of an hour is played within a second.
            "turns": {"quiet_seconds": quiet, "answers_per_hour": {"email": 1_000}},
            "adapters": tables,
        }
    )


class Nobody:
    """Carries no action out: what a replay comes to is never done in a system of anybody's."""

    def __call__(self, action: Action) -> Perform:
        """Raises `ActionFailed`."""
        raise ActionFailed("nothing is asked or done while dialogues are replayed")

    async def close(self) -> None:
        """Nothing is open."""


async def _stages(playbook: Playbook, models: Path, threshold: float | None) -> Stages:
    examples, titles = playbook_rows(playbook)
    model = await model_for(examples, models, titles=titles, language=playbook.language)
    index = article_index(playbook)
    if threshold is None:
        return default_stages(model, index)
    return confirm_first(default_stages(replace(model, threshold=threshold), index))
