"""Pulling: runs the channels that fetch, and takes in what they bring, as a webhook's would be.

A full mailbox must not hold back who writes at this moment: of a channel that only fetches, one
message after the other is in work, with a rest as long between them. It translates nothing and
remembers no cursor.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

import structlog

from core.channel import Received, Transport
from core.channel_abilities import Pulls, Sink
from core.message import InboundMessage
from gateway.channels.admission import Admissions
from gateway.channels.loading import Channel
from memory.store import Overloaded
from memory.units.messages.admission import Admitted

log = structlog.get_logger(__name__)

_LONGEST_REST = 0.5
"""Seconds of rest after a message; otherwise it rests as long as the message took."""

_BUSY_SECONDS = 0.5
_TURN_SECONDS = 60.0
"""How long room is kept for a turn that does not end; then the next message has its chance."""


class Pulling:
    """Starts and stops what fetches. `settled` returns once nothing of a customer is in work."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        admissions: Admissions,
        settled: Callable[[int], Awaitable[None]],
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pulls = {
            account: (channel, channel.adapter)
            for account, channel in channels.items()
            if isinstance(channel.adapter, Pulls)
        }
        self._admissions = admissions
        self._settled = settled
        self._tick = tick

    async def start(self) -> None:
        """Let every such channel begin."""
        for account, (channel, adapter) in self._pulls.items():
            await adapter.start(self._sink(account, channel))

    async def stop(self) -> None:
        """Stop them all; returns when nothing more is handed over."""
        stops = [adapter.stop() for _, adapter in self._pulls.values()]
        for outcome in await asyncio.gather(*stops, return_exceptions=True):
            if isinstance(outcome, BaseException):
                log.warning("pull_not_stopped", error=type(outcome).__name__)

    def _sink(self, account: str, channel: Channel) -> Sink:
        """What the channel hands its batches to. One that is called as well may not be kept
        waiting: its provider wants an answer at once."""
        paced = channel.spec.capabilities.transport is Transport.PULL
        room = asyncio.Lock()

        async def in_order(messages: Sequence[InboundMessage]) -> None:
            for message in messages:
                async with room if paced else contextlib.nullcontext():
                    begun = self._tick()
                    admitted = await self._patiently(message)
                    if paced and not admitted.duplicate:
                        await self._give_room(admitted)
                        await asyncio.sleep(min(self._tick() - begun, _LONGEST_REST))

        async def sink(received: Received) -> None:
            async with asyncio.TaskGroup() as group:
                for messages in _by_sender(received.messages):
                    group.create_task(in_order(messages))
            # A message may be changed or taken back in the batch that brings it.
            await self._admissions.take_in(account, received)

        return sink

    async def _patiently(self, message: InboundMessage) -> Admitted:
        """Admit, however long the database has no room: what was fetched is in nobody else's
        hands."""
        while True:
            try:
                return await self._admissions.admit(message)
            except Overloaded:
                await asyncio.sleep(_BUSY_SECONDS)

    async def _give_room(self, admitted: Admitted) -> None:
        try:
            await asyncio.wait_for(self._settled(admitted.customer_id), _TURN_SECONDS)
        except TimeoutError:
            log.info("turn_takes_long", customer=admitted.customer_id)


def _by_sender(messages: Sequence[InboundMessage]) -> Iterable[Sequence[InboundMessage]]:
    """The messages of each sender in their order."""
    groups: dict[str, list[InboundMessage]] = {}
    for message in messages:
        groups.setdefault(message.sender.key, []).append(message)
    return groups.values()
