"""A mailbox for tests: the simulated service, and the adapter that reads and sends there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar
from uuid import uuid4

from adapters.email.adapter import EmailAdapter
from adapters.email.config import EmailConfig
from adapters.email.simulator.service import MailSimulator
from core.channel import AdapterContext, Received
from core.channel_abilities import Health
from core.message import InboundMessage, OutboundMessage, OutboundPart

ACCOUNT = "email"
BASE = "https://shop.test/channels/email"
ANNA = "anna@example.org"
_SECONDS = 30.0
T = TypeVar("T")


@dataclass
class Kept:
    """Small values that outlive an adapter, as the gateway keeps them."""

    values: dict[str, str] = field(default_factory=dict)

    async def get(self, name: str) -> str | None:
        return self.values.get(name)

    async def put(self, name: str, value: str | None) -> None:
        if value is None:
            self.values.pop(name, None)
        else:
            self.values[name] = value

    async def names(self, prefix: str = "") -> Sequence[str]:
        return sorted(one for one in self.values if one.startswith(prefix))


@dataclass
class Taken:
    """What was handed over, as admission keeps it: an event that comes again changes nothing.

    `broken` is raised instead of taking anything, while it is set.
    """

    batches: list[Received] = field(default_factory=list)
    broken: Exception | None = None
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def sink(self, received: Received) -> None:
        if self.broken is not None:
            raise self.broken
        self.batches.append(received)
        async with self._news:
            self._news.notify_all()

    @property
    def messages(self) -> list[InboundMessage]:
        """Each message once, in the order it came first."""
        every = [one for batch in self.batches for one in batch.messages]
        return list({one.event_id: one for one in every}.values())

    @property
    def texts(self) -> list[str]:
        """What was written, without the subject that stands before a few words."""
        return [one.text.rpartition("\n\n")[2] for one in self.messages]

    async def until(self, met: Callable[[Taken], T]) -> T:
        """Return when something was taken that meets this. Raises `TimeoutError`."""
        async with asyncio.timeout(_SECONDS), self._news:
            while not (found := met(self)):
                await self._news.wait()
            return found


async def until_health(adapter: EmailAdapter, met: Callable[[Health], bool]) -> Health:
    """The adapter's health once it is so. Raises `TimeoutError`."""
    async with asyncio.timeout(_SECONDS):
        while not met(health := await adapter.health()):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)
    return health


def config_of(simulator: MailSimulator, **changes: object) -> EmailConfig:
    """The configuration for this service with any option changed; `None` drops one."""
    options = simulator.config_table() | {"poll_seconds": 0.2} | changes
    return EmailConfig.model_validate({k: v for k, v in options.items() if v is not None})


def context_of(
    kept: Kept | None = None,
    files: Mapping[str, bytes] | None = None,
    now: Callable[[], datetime] | None = None,
) -> AdapterContext:
    """What the gateway gives an adapter."""

    async def read_file(reference: str) -> bytes:
        return (files or {})[reference]

    return AdapterContext(
        ACCOUNT,
        BASE,
        now or (lambda: datetime.now(UTC)),
        lambda: uuid4().hex,
        kept or Kept(),
        read_file,
    )


@asynccontextmanager
async def service(address: str = "support@lampandloom.example") -> AsyncIterator[MailSimulator]:
    """The simulated service, running."""
    simulator = MailSimulator(address=address)
    await simulator.start()
    try:
        yield simulator
    finally:
        await simulator.stop()


@dataclass
class Box:
    """A mailbox in use: the service, the adapter, and what came in so far."""

    simulator: MailSimulator
    adapter: EmailAdapter
    taken: Taken
    kept: Kept
    keys: count[int] = field(default_factory=lambda: count(1))

    def part(self, message: InboundMessage, text: str, **more: object) -> OutboundPart:
        """The answer to a message, rendered, on its way to who wrote it."""
        outbound = OutboundMessage(text, **more)  # type: ignore[arg-type]
        [rendered] = self.adapter.render(outbound)
        key = str(next(self.keys))
        return OutboundPart(key, ACCOUNT, "email", message.reply_address, rendered.payload)


@asynccontextmanager
async def box(
    *,
    kept: Kept | None = None,
    files: Mapping[str, bytes] | None = None,
    simulator: MailSimulator | None = None,
    taken: Taken | None = None,
    **changes: object,
) -> AsyncIterator[Box]:
    """A mailbox that is being read; a service that is given goes on after it."""
    if simulator is None:
        async with (
            service() as own,
            box(kept=kept, files=files, simulator=own, taken=taken, **changes) as found,
        ):
            yield found
        return
    kept, taken = kept or Kept(), taken or Taken()
    adapter = EmailAdapter(config_of(simulator, **changes), context_of(kept, files))
    await adapter.start(taken.sink)
    try:
        yield Box(simulator, adapter, taken, kept)
    finally:
        await adapter.close()
