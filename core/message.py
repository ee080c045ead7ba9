"""The one message model: what every channel is translated into and out of.

Frozen data only. It names no provider and no table, and nothing here decides anything. Times are
aware UTC datetimes; an identifier that came from a provider is an opaque string.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum


class Assurance(IntEnum):
    """How well a sender or a link is proved. The weakest step of a path decides."""

    NONE = 0
    ASSERTED = 1
    AUTHENTICATED = 2
    PROVED = 3
    LOGGED_IN = 4


class Audience(StrEnum):
    """Who reads the place a message was written in."""

    ONE = "one"
    """Only the sender and us."""
    ROOM = "room"
    """Others read along: a Slack channel, a mail with Cc."""


class Sensitivity(StrEnum):
    """What an outgoing text reveals; a channel's policy says what it may carry."""

    GENERAL = "general"
    PERSONAL = "personal"


class Author(StrEnum):
    """Who wrote a stored message."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Handle:
    """An address on a channel, such as an E.164 phone number or a web visitor.

    `kind` says how to read `address` ("phone", "email", "visitor", "login", "slack") and together
    they are unique over all channels.
    """

    kind: str
    address: str

    @property
    def key(self) -> str:
        """The handle as one string, as stored and logged."""
        return f"{self.kind}:{self.address}"


@dataclass(frozen=True, slots=True)
class Claim:
    """Something a sender typed or a provider mentioned about who they are: a hint, never proof."""

    kind: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with or goes with a message; `reference` is what the adapter can fetch."""

    name: str
    media_type: str
    reference: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message from a customer, as an adapter hands it to admission.

    `event_id` is unique within `account` and stable over the provider's retries: admission
    deduplicates on the pair. `conversation_key` names the thread within the account.
    `reply_address` is frozen here: replies go to it and to no other address. `secrets` is filled by
    admission, which removes secrets from `text` before anything is stored.
    """

    account: str
    channel: str
    event_id: str
    conversation_key: str
    sender: Handle
    assurance: Assurance
    evidence: str
    text: str
    reply_address: Mapping[str, str]
    sent_at: datetime
    audience: Audience = Audience.ONE
    attachments: tuple[Attachment, ...] = ()
    quick_reply: str | None = None
    html: str | None = None
    claims: tuple[Claim, ...] = ()
    client_id: str | None = None
    raw: str | None = None
    consent: ConsentChange | None = None


class DeliveryStatus(StrEnum):
    """Where one part of an outgoing message is on its way; only forward steps are recorded."""

    PENDING = "pending"
    """Waiting to be sent, or for its next attempt."""
    SENDING = "sending"
    """Claimed by a worker; may or may not have reached the provider."""
    SENT = "sent"
    """Accepted by the provider."""
    DELIVERED = "delivered"
    """Reported to be on the customer's device."""
    READ = "read"
    """Reported to be read."""
    FAILED = "failed"
    """Refused or undeliverable; a person is shown why and may retry."""
    DISCARDED = "discarded"
    """Never sent, on purpose: a person took over, or the recipient opted out."""


@dataclass(frozen=True, slots=True)
class DeliveryUpdate:
    """What a provider reports about a part it accepted earlier.

    `opted_out` and `dead` say something lasting about the address, as they do in a send error.
    """

    account: str
    provider_id: str
    status: DeliveryStatus
    code: str | None = None
    reason: str | None = None
    opted_out: bool = False
    dead: bool = False


class ConsentChange(StrEnum):
    """A carrier word: acts before the playbook and cannot be removed by it."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class QuickReply:
    """A choice offered to the customer; `value` comes back as if it had been typed."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One neutral message to a customer: CommonMark text, choices, files, and what it reveals."""

    text: str
    quick_replies: tuple[QuickReply, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    sensitivity: Sensitivity = Sensitivity.GENERAL
    author: Author = Author.BOT
    author_name: str | None = None


@dataclass(frozen=True, slots=True)
class RenderedPart:
    """One thing to send on a channel, in the channel's own terms.

    `payload` is data the adapter understands (for SMS: `body`); `notes` records every
    degradation that rendering had to make, in words for a person.
    """

    payload: Mapping[str, object]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboundPart:
    """One rendered part on its way to one address, as given to an adapter's `send`.

    `key` is unique to the part and stays the same over its attempts; a channel that can make a
    send idempotent uses it.
    """

    key: str
    account: str
    channel: str
    address: Mapping[str, str]
    payload: Mapping[str, object]
    index: int = 0
    of: int = 1


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """The provider's answer to an accepted send."""

    provider_id: str
    status: DeliveryStatus = DeliveryStatus.SENT
    detail: Mapping[str, str] = field(default_factory=dict)
