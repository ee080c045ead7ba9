"""The contract of a channel: what an adapter declares, what it must write, how it may fail.

An adapter translates between one provider and the message model. The contract mentions no web
server, no database and no customer. Its optional parts are in `core.channel_abilities`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel

from core.message import (
    DeliveryUpdate,
    InboundMessage,
    OutboundPart,
    Parked,
    Revision,
    SendReceipt,
)


class Transport(StrEnum):
    """How messages come in."""

    WEBHOOK = "webhook"
    SOCKET = "socket"
    PULL = "pull"


class TextFormat(StrEnum):
    """The richest text a channel shows."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do, as data. Lengths are in characters; `None` means no limit.

    `overflow` says what happens to a text over `text_limit`: "split" into parts or "refuse".
    `private_reply` means that what is personal reaches the sender alone, also where others read:
    its rendering sees to it.
    """

    transport: Transport
    text_limit: int | None = None
    overflow: str = "split"
    text_format: TextFormat = TextFormat.PLAIN
    attachments_in: bool = False
    attachments_out: bool = False
    threads: bool = False
    delivery_status: bool = False
    read_status: bool = False
    typing: bool = False
    quick_replies: int = 0
    reply_window_seconds: int | None = None
    idempotent_send: bool = False
    reconcile: bool = False
    catch_up: bool = False
    private_reply: bool = False


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A provider's request, free of the web server: `url` is the configured public URL.

    Header names may be asked for in lower case. `form` holds the decoded form fields in order when
    the body is form-encoded, else nothing; `body` holds the raw bytes either way, within the size
    limit.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    form: Sequence[tuple[str, str]] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    remote: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookResponse:
    """What to answer the provider; bytes are a file, and are sent as they are."""

    status: int = 200
    body: str | bytes = ""
    content_type: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """The outcome of a verified request: events to admit, and the answer to give once they are."""

    messages: Sequence[InboundMessage] = ()
    updates: Sequence[DeliveryUpdate] = ()
    revisions: Sequence[Revision] = ()
    parked: Sequence[Parked] = ()
    response: WebhookResponse = WebhookResponse()


@dataclass(frozen=True, slots=True)
class Route:
    """One path under `/channels/<account>`; `name` tells the adapter which of its routes it is.

    `enter` says in words where at the provider its address is to be entered, if it is, and
    `fragment` is what has to stand behind the address there.
    """

    path: str
    name: str
    methods: tuple[str, ...] = ("POST",)
    enter: str = ""
    fragment: str = ""


class Refused(Exception):
    """The request is not to be believed or understood; nothing of it was acted on or stored.

    `reason` is safe to log: it holds nothing the sender wrote. `headers` go with the answer.
    """

    def __init__(
        self, status: int, reason: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers or {}


class SendError(Exception):
    """A send that did not succeed, described by independent flags.

    `retryable`: the same part may be tried again. `ambiguous`: it may have reached the provider, so
    it must be reconciled before it is tried again. `retry_after`: seconds the provider asked for.
    `opted_out` and `dead` say something lasting about the handle. `reason` is in words for a
    person and holds neither secrets nor the text that was sent.
    """

    def __init__(
        self,
        reason: str,
        *,
        retryable: bool = False,
        ambiguous: bool = False,
        retry_after: float | None = None,
        provider_code: str | None = None,
        opted_out: bool = False,
        dead: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable
        self.ambiguous = ambiguous
        self.retry_after = retry_after
        self.provider_code = provider_code
        self.opted_out = opted_out
        self.dead = dead


class CannotRender(Exception):
    """The message cannot be expressed on the channel without losing what it means."""


def error_for_status(status: int, retry_after: float | None = None) -> SendError:
    """The send error an HTTP status means, the same for every provider that has nothing finer.

    RFC 9110: 429 and 503 may name a time to wait. A 5xx may have been acted on before it failed,
    so it is ambiguous; a 4xx was refused.
    """
    code = str(status)
    if status == 429:
        return SendError(
            "The provider asked us to slow down.",
            retryable=True,
            retry_after=retry_after,
            provider_code=code,
        )
    if status >= 500:
        return SendError(
            "The provider failed to take the message.",
            retryable=True,
            ambiguous=True,
            retry_after=retry_after,
            provider_code=code,
        )
    return SendError("The provider refused the message.", provider_code=code)


class Adapter(Protocol):
    """What every channel writes: translate in, send out."""

    async def receive(self, route: str, request: WebhookRequest) -> Received:
        """Verify the request, then translate it. Raises `Refused`."""

    async def send(self, part: OutboundPart) -> SendReceipt:
        """Send one part once, without retrying. Raises `SendError`."""

    async def close(self) -> None:
        """Let go of connections."""


class Keep(Protocol):
    """A few small values of one account that last: cursors, installations. Not for messages."""

    async def get(self, name: str) -> str | None:
        """The value under this name."""

    async def put(self, name: str, value: str | None) -> None:
        """Keep the value durably in place of an earlier one, or drop it."""

    async def names(self, prefix: str = "") -> Sequence[str]:
        """The names that begin so, in order."""


@dataclass(frozen=True, slots=True)
class AdapterContext:
    """What an adapter is given besides its configuration.

    `webhook_base` is the public URL below which its routes are mounted, without a final slash.
    `keep` lasts over restarts. `read_file` gives the bytes of a file that is kept here, by its
    reference in an outgoing payload; it raises `LookupError` when there is none.
    """

    account: str
    webhook_base: str
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    keep: Keep
    read_file: Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Archived:
    """A message as an archive of this channel has it: its newest words, and who it went between.

    Nobody vouches for any of it now. `sender` and `receivers` are addresses of the channel's kind,
    `thread` is the same for all that hang together, and `machine` says in words why no person
    wrote it, if so. `fault` says why nothing can be made of it; then nothing else counts.
    """

    sender: str = ""
    sender_name: str = ""
    receivers: tuple[str, ...] = ()
    at: datetime | None = None
    text: str = field(default="", repr=False)
    subject: str = ""
    id: str = ""
    thread: str = ""
    machine: str | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class AdapterSpec:
    """The declaration of a channel, importable without the provider's SDK.

    `adapter`, `simulator`, `widget` and `harness` are "module:attribute" strings, loaded when first
    used. The adapter is called with `(config, context)`. `extra` names the optional dependency
    group it needs. `widget` is a function that is given the language a page asks for, such as
    "de", and returns the script it embeds, served as `widget.js`. `harness` is a class of the
    conformance kit's by which the channel is proved. `archive` is a function that reads one
    message of an archive in the channel's own form, and gives an `Archived`.
    """

    name: str
    title: str
    adapter: str
    config: type[BaseModel]
    capabilities: Capabilities
    identity_kind: str
    routes: tuple[Route, ...] = ()
    simulator: str | None = None
    extra: str | None = None
    widget: str | None = None
    harness: str | None = None
    archive: str | None = None
