"""The optional parts of a channel's contract: each is one more method, a protocol of its own.

An ability that a capability names is declared there too: declaring it without the method, or having
the method without declaring it, is refused at start-up. What all channels write is `core.channel`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.channel import Received
from core.message import Attachment, InboundMessage, OutboundMessage, OutboundPart, RenderedPart

Sink = Callable[[Received], Awaitable[None]]
"""Takes what a channel pulled; returns once it is durable and there is room for more."""


@dataclass(frozen=True, slots=True)
class Found:
    """Reconciling showed that the provider has the part."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Absent:
    """Reconciling showed that the provider never got the part: it is safe to send."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Reconciling could not tell; `reason` is for a person."""

    reason: str


Reconciled = Found | Absent | Unknown


@dataclass(frozen=True, slots=True)
class Attempt:
    """A send whose outcome was lost: the part and the UTC time of the attempt.

    `known` are provider ids of the thread's other parts: an equal text sent earlier is not it.
    """

    part: OutboundPart
    at: datetime
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the channel can work now, and in words why not."""

    ok: bool
    detail: str = ""


@runtime_checkable
class Renders(Protocol):
    """Optional: the channel's own rendering, instead of the default from its capabilities."""

    def render(self, message: OutboundMessage) -> Sequence[RenderedPart]:
        """Parts in sending order; pure. Raises `CannotRender`."""


@runtime_checkable
class Reconciles(Protocol):
    """Optional, capability `reconcile`: find out whether a lost send arrived."""

    async def reconcile(self, attempt: Attempt) -> Reconciled:
        """Ask the provider about the attempt."""


@runtime_checkable
class CatchesUp(Protocol):
    """Optional, capability `catch_up`: list what came in while we could not take it."""

    async def catch_up(self, since: datetime) -> Sequence[InboundMessage]:
        """Messages since the given UTC time, oldest first; may repeat known ones."""


@runtime_checkable
class Fetches(Protocol):
    """Optional, capability `attachments_in`: load the bytes of an attachment."""

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes. Raises `SendError` when the provider refuses."""


@runtime_checkable
class ReportsHealth(Protocol):
    """Optional: tell whether the provider can be reached with this configuration."""

    async def health(self) -> Health:
        """Ask the provider, cheaply."""


@runtime_checkable
class Pulls(Protocol):
    """Optional, needed for transport `PULL`: a channel that fetches, alone or besides being called.

    It reconnects by itself, with growing waits, for as long as it runs.
    """

    async def start(self, sink: Sink) -> None:
        """Begin pulling in tasks of its own, and return at once.

        Each batch is handed to `sink`, which returns once it is durable and there is room for more;
        only then may the provider be told, or a cursor be moved.
        """

    async def stop(self) -> None:
        """Stop pulling and return when nothing more will be handed over."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A conversation that we begin. `key` is the conversation key under which an answer to what is
    sent to `address` comes back; `title` is what people call it."""

    key: str
    address: Mapping[str, str]
    title: str | None = None


@runtime_checkable
class Addresses(Protocol):
    """Optional: can write to somebody who has not written first."""

    def address_of(self, to: str) -> Mapping[str, str]:
        """The reply address of a person who is called `to` on this channel. Raises `ValueError`
        in words when it is no address."""

    async def opening(self, to: str) -> Opening:
        """A conversation with this person, of which nobody is told before something is sent.

        Raises `ValueError` when it is no address, or our own, and `SendError` when the provider has
        to be asked and refuses.
        """


class Gravity(StrEnum):
    """What a finding means."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was seen, and the exact remedy where there is need."""

    gravity: Gravity
    what: str
    mend: str = ""


@runtime_checkable
class Diagnoses(Protocol):
    """Optional: look at everything that has to be right at the provider, for `onethread doctor`."""

    async def diagnose(self) -> Sequence[Finding]:
        """What was looked at, in the order of looking. Raises nothing."""


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the channel for whoever runs it, such as the one that installs an app.

    `url` may hold a secret that lets its holder in: it is shown, never logged.
    """

    title: str
    url: str = field(repr=False)


@runtime_checkable
class Links(Protocol):
    """Optional: pages for whoever runs it, shown by `onethread channels`."""

    def links(self) -> Sequence[Link]:
        """The pages, with addresses good from now for an hour."""
