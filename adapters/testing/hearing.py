"""How what somebody wrote gets to the adapter: posted to it, fetched by it, or over a socket.

So that a rule about messages is written once for every kind of channel. It judges nothing but that
one message came out of one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

from adapters.testing.harness import AdapterHarness, Harness, PullHarness, SocketHarness
from adapters.testing.provider import Provider
from adapters.testing.site import Said, Site
from adapters.testing.verdict import Broken, demand
from core.channel import Received, Refused
from core.message import DeliveryStatus, DeliveryUpdate, InboundMessage


class Ear(Protocol):
    """One way in."""

    async def start(self, adapter: Any) -> None:
        """From now on this adapter is listening."""

    async def hear(self, said: Said) -> InboundMessage:
        """The one message that this became."""

    async def report(
        self, provider_id: str, status: DeliveryStatus
    ) -> Sequence[DeliveryUpdate] | None:
        """What became of the provider's report; nothing if it has no such report."""


def ear_of(harness: Harness, site: Site, provider: Provider) -> Ear:
    """The way in that this channel has."""
    if isinstance(harness, SocketHarness):
        return SocketEar(harness, site)
    if isinstance(harness, PullHarness):
        return PullEar(harness, site, provider)
    assert isinstance(harness, AdapterHarness)
    return WebhookEar(harness, site)


class WebhookEar:
    """The provider posts."""

    def __init__(self, harness: AdapterHarness, site: Site) -> None:
        self._harness = harness
        self._site = site
        self._adapter: Any = None

    async def start(self, adapter: Any) -> None:
        """Nothing has to be started."""
        self._adapter = adapter

    async def hear(self, said: Said) -> InboundMessage:
        """What came of the signed request."""
        request = self._harness.sign(self._site, self._harness.inbound(self._site, said))
        return one_message(await self._receive(request))

    async def report(
        self, provider_id: str, status: DeliveryStatus
    ) -> Sequence[DeliveryUpdate] | None:
        """What came of the signed report."""
        request = self._harness.status(self._site, provider_id, status)
        if request is None:
            return None
        return (await self._receive(self._harness.sign(self._site, request))).updates

    async def _receive(self, request: Any) -> Received:
        route = request.url.removeprefix(f"{self._site.webhook_base}/")
        try:
            received: Received = await self._adapter.receive(route, request)
        except Refused as refused:
            raise Broken(f"a rightly signed request was refused: {refused.reason}") from refused
        return received


class PullEar:
    """The adapter fetches. `refusing` makes taking fail, as when the store is away."""

    def __init__(self, harness: PullHarness, site: Site, provider: Provider) -> None:
        self._harness = harness
        self._site = site
        self._provider = provider
        self._news = asyncio.Condition()
        self._begun = False
        self.taken: list[Received] = []
        self.refusing = False
        self.refused = 0

    async def start(self, adapter: Any) -> None:
        """Start fetching."""
        if not self._begun:
            self._begun = True
            await self._harness.begin(self._site, self._provider)
        await adapter.start(self.take)

    async def take(self, received: Received) -> None:
        """Keep what was fetched; the adapter goes on when this returns."""
        async with self._news:
            if self.refusing:
                self.refused += 1
                self._news.notify_all()
                raise RuntimeError("the store is away")
            self.taken.append(received)
            self._news.notify_all()

    async def hear(self, said: Said) -> InboundMessage:
        """Make the provider have it, and wait for it."""
        known = {one.event_id for one in self.messages}
        await self._harness.deliver(self._site, self._provider, said)
        await self.until(lambda: any(one.event_id not in known for one in self.messages))
        return next(one for one in self.messages if one.event_id not in known)

    async def report(
        self, provider_id: str, status: DeliveryStatus
    ) -> Sequence[DeliveryUpdate] | None:
        """Make the provider report it, and wait for it."""
        before = len(self.updates)
        told = await self._harness.report(self._site, self._provider, provider_id, status)
        if not told:
            return None
        await self.until(lambda: len(self.updates) > before)
        return self.updates[before:]

    async def until(self, met: Any) -> None:
        """Return when something was fetched, or refused, that meets this."""
        async with self._news:
            await self._news.wait_for(met)

    @property
    def messages(self) -> Sequence[InboundMessage]:
        """Every message that was handed over."""
        return [one for batch in self.taken for one in batch.messages]

    @property
    def updates(self) -> Sequence[DeliveryUpdate]:
        """Every update that was handed over."""
        return [one for batch in self.taken for one in batch.updates]


class SocketEar:
    """A client's frame on a socket of its own."""

    def __init__(self, harness: SocketHarness, site: Site) -> None:
        self._harness = harness
        self._site = site
        self._adapter: Any = None
        self._welcomes: dict[int, Any] = {}

    async def start(self, adapter: Any) -> None:
        """Nothing has to be started."""
        self._adapter = adapter

    async def hear(self, said: Said) -> InboundMessage:
        """What the frame means; a person who spoke before comes back with their welcome."""
        welcome = self._welcomes.get(said.person)
        site = self._site
        first = (
            self._harness.first(site, said.person)
            if welcome is None
            else self._harness.again(site, welcome)
        )
        try:
            session = self._adapter.open(first, self._harness.request(site))
            self._welcomes[said.person] = session.welcome
            event = self._adapter.read(session, self._harness.say(site, said))
        except Refused as refused:
            raise Broken(f"a right frame was refused: {refused.reason}") from refused
        demand(isinstance(event, InboundMessage), "the frame of a message became something else")
        assert isinstance(event, InboundMessage)
        return event

    async def report(
        self, provider_id: str, status: DeliveryStatus
    ) -> Sequence[DeliveryUpdate] | None:
        """The gateway itself knows what a socket showed."""
        return None


def one_message(received: Received) -> InboundMessage:
    """The only message of what was received."""
    found = list(received.messages)
    demand(len(found) == 1, f"one message was told, and {len(found)} came out of it")
    return found[0]
