"""Visitors who have left: an answer that nobody has seen goes where they asked to be answered.

It looks now and then at what was not seen in time, in threads whose windows are all closed. Each
answer goes once, however often it is looked at and by how many processes, and only where its
visitor may still be written to. What a channel may not carry is announced there, and not told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from core.answers.wording import variants
from core.clock import to_micros
from core.identity.rules import IdentityRules
from core.message import Assurance, OutboundMessage
from core.pipeline.reading.whereabouts import carries
from core.playbook.model import Playbook
from gateway.identity.reaching import Reaching
from gateway.rounds import Round
from gateway.sockets.hub import SocketHub
from memory.elsewhere import Unseen, Wanted, find_places, find_unseen
from memory.store import Store
from memory.units.messages.carrying import mark_carried, stay_here

EVERY_SECONDS = 5.0
_AT_MOST = timedelta(days=1)
"""How long it is tried again where nobody was reached."""


class Leaving:
    """Looks every `EVERY_SECONDS` while its round goes. `accounts` are those of chats, `channels`
    the channel of each kind of handle, `after` how long an answer waits to be seen."""

    def __init__(
        self,
        store: Store,
        hub: SocketHub,
        reaching: Reaching,
        *,
        accounts: Collection[str],
        channels: Mapping[str, str],
        after: timedelta,
        playbook: Callable[[], Playbook],
        rules: Callable[[], IdentityRules],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._hub = hub
        self._reaching = reaching
        self._accounts = tuple(accounts)
        self._channels = channels
        self._after = after
        self._playbook = playbook
        self._rules = rules
        self._now = now
        self.round = Round("leaving", self.look, EVERY_SECONDS)

    async def look(self) -> int:
        """Take what was not seen in time to where it may go; how many answers went."""
        if not self._accounts:
            return 0
        before = self._now() - self._after
        span = (to_micros(before - _AT_MOST), to_micros(before))
        unseen = await self._store.read(find_unseen, self._accounts, span)
        gone = 0
        for one in unseen:
            if not self._hub.connected(one.account, one.key):
                gone += await self._carry(one)
        return gone

    async def _carry(self, one: Unseen) -> bool:
        """Whether the answer went. One that may not go there any more never will."""
        if not await self._may_go(one):
            await self._store.run(stay_here, one.conversation_id)
            return False
        cause = f"left:{one.conversation_id}-{one.seq}"
        reached = await self._reaching.reach(one.to, self._message(one), cause)
        if reached is not None:
            await self._store.run(mark_carried, one.conversation_id, one.seq)
        return reached is not None

    async def _may_go(self, one: Unseen) -> bool:
        """Whether the handle is still proved to be the visitor's, and may be written to.

        The visitor is not here to show anything: the proof is the link that their own made.
        """
        wanted = Wanted(
            one.handle_id,
            one.conversation_id,
            Assurance.AUTHENTICATED,
            one.to.partition(":")[0],
            to_micros(self._now()),
            self._rules(),
        )
        return one.to in (await self._store.read(find_places, wanted)).open

    def _message(self, one: Unseen) -> OutboundMessage:
        channel = self._channels.get(one.to.partition(":")[0], "")
        if carries(self._rules(), channel, one.about):
            return OutboundMessage(one.text, author=one.author, author_name=one.author_name)
        return OutboundMessage(variants(self._playbook(), "answer_waits")[0])
