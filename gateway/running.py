"""A running gateway: its parts by name, and the order in which they start, stop and rest.

Put together in `gateway.app` alone. It starts and stops; every decision about a message is made
elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from aiohttp import web

from core.channel_abilities import CatchesUp
from core.clock import from_micros
from core.playbook.model import Playbook
from gateway.access.callers import Keeper
from gateway.access.reception import Reception
from gateway.actions.performing import Actions
from gateway.api.lines import Lines
from gateway.channels.admission import Admissions
from gateway.channels.deliveries import Deliveries
from gateway.channels.loading import Channel
from gateway.channels.outgoing import Outgoing
from gateway.channels.pulling import Pulling
from gateway.customers.import_work import ImportWork
from gateway.customers.retaining import Retaining
from gateway.events import Bus
from gateway.files import FileStore
from gateway.identity.reaching import Reaching
from gateway.identity.rules import RulesInForce
from gateway.identity.suggesting import Suggesting
from gateway.model.composing import Composing
from gateway.model.work import ModelWork
from gateway.playbook.desk import PlaybookDesk
from gateway.recall.encoding import Encoding
from gateway.recall.episodes import EpisodeWork
from gateway.recall.segmenting import Segmenting
from gateway.recall.trial import Trial
from gateway.rounds import Round
from gateway.settings.model import Settings
from gateway.sockets.hub import SocketHub
from gateway.sockets.leaving import Leaving
from gateway.sockets.session_watch import SessionWatch
from gateway.turns.timers import Timers
from gateway.turns.work import TurnWork
from gateway.turns.workers import Turns
from memory.pages.lists import last_inbound_at
from memory.store import Store

log = structlog.get_logger(__name__)

_CATCH_UP_LONGEST = timedelta(days=2)


@dataclass(slots=True)
class Gateway:
    """A running system."""

    settings: Settings
    store: Store
    bus: Bus
    keeper: Keeper
    reception: Reception
    lines: Lines
    channels: Mapping[str, Channel]
    hub: SocketHub
    admissions: Admissions
    turns: Turns
    work: TurnWork
    deliveries: Deliveries
    outgoing: Outgoing
    reaching: Reaching
    session_watch: SessionWatch
    leaving: Leaving
    count_tokens: Callable[[str], int]
    now: Callable[[], datetime]
    new_id: Callable[[], int]
    public_url: str
    files: FileStore
    pulling: Pulling
    rules: RulesInForce
    suggesting: Suggesting
    imports: ImportWork
    encoding: Encoding
    episodes: EpisodeWork
    retaining: Retaining
    trial: Trial
    segmenting: Segmenting
    timers: Timers
    actions: Actions
    model_work: ModelWork | None = None
    composing: Composing | None = None
    playbook_desk: PlaybookDesk | None = None
    web_app: web.Application = field(default_factory=web.Application)

    @property
    def playbook(self) -> Playbook:
        """The playbook that turns are decided with."""
        return self.work.playbook

    @property
    def rounds(self) -> tuple[Round, ...]:
        """All that looks again and again."""
        looking = (
            self.lines,
            self.suggesting,
            self.imports,
            self.session_watch,
            self.leaving,
            self.encoding,
            self.episodes,
            self.retaining,
            self.segmenting,
            self.timers,
        )
        asking = () if self.model_work is None else (self.model_work.round,)
        files = () if self.playbook_desk is None else self.playbook_desk.reloading.rounds
        return (*self.rules.rounds, *(one.round for one in looking), *asking, *files)

    async def start(self) -> None:
        """Finish what earlier processes left, then be ready for more."""
        # With SQLite there is one process, so that whatever is claimed is claimed by nobody alive.
        await self.deliveries.start(alone=self.store.dialect == "sqlite")
        await self.turns.start()
        await self.session_watch.open()
        if self.playbook_desk is not None:
            await self.playbook_desk.reloading.open()
        for one in self.rounds:
            one.start()
        for channel in self.channels.values():
            if isinstance(channel.adapter, CatchesUp):
                await self._catch_up(channel, channel.adapter)
        await self.pulling.start()

    async def stop(self) -> None:
        """Stop taking work, finish what runs, disconnect."""
        for one in self.rounds:
            await one.stop()
        if self.model_work is not None:
            await self.model_work.close()
        await self.pulling.stop()
        await self.hub.close()
        await self.turns.stop()
        await self.actions.close()
        await self.deliveries.stop()
        for channel in self.channels.values():
            if not channel.socket:
                await channel.called.close()
        await self.store.close()

    def wake(self, conversation_id: int) -> None:
        """A person wrote in this conversation, changed who has it, or had something tried again."""
        self.deliveries.wake(conversation_id)
        self.turns.look()

    def forget(self, customer_id: int) -> None:
        """Nothing of somebody who was erased stays in this process."""
        self.work.forget(customer_id)
        self.encoding.forget()

    async def idle(self) -> bool:
        """Nothing is being handled or sent by this process."""
        return self.turns.idle and self.deliveries.idle

    async def _catch_up(self, channel: Channel, adapter: CatchesUp) -> None:
        """Admit what came in while nobody could take it; what we know already changes nothing."""
        last = await self.store.read(last_inbound_at, channel.account)
        if last is None:
            return
        since = max(from_micros(last), self.now() - _CATCH_UP_LONGEST)
        try:
            messages = await adapter.catch_up(since)
        except Exception as error:  # noqa: BLE001 - a provider that is away must not stop the start
            log.warning("catch_up_failed", account=channel.account, error=type(error).__name__)
            return
        admitted = await self.admissions.admit_all(messages)
        fresh = sum(not one.duplicate for one in admitted)
        log.info("caught_up", account=channel.account, seen=len(admitted), new=fresh)
