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
    """What an outgoing text reveals, the least first; a channel's policy says what it may carry."""

    GENERAL = "general"
    PERSONAL = "personal"
    """Of this customer: an order's state, what was said before."""
    CONFIDENTIAL = "confidential"
    """Address, payment state, documents: what needs the level `personal` of the rules."""


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
class Vouched:
    """Another handle of the sender's that somebody we were told to trust vouches for.

    It joins the two, unlike a claim, if a rule says so about evidence of this `kind`: at `level`,
    or as well as the rule allows. `evidence` says who vouches and why it counts.
    """

    handle: Handle
    level: Assurance
    evidence: str
    kind: str = "trusted-profile"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with or goes with a message.

    `reference` is what the adapter can fetch, or names a file that is kept here. `content` are the
    bytes, where they came along with the message: admission keeps them and sets the reference.
    `content_id` is by what the message's HTML shows it (RFC 2392).
    """

    name: str
    media_type: str
    reference: str
    size: int | None = None
    content_id: str | None = None
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Original:
    """A message as it came, where its `text` is only its newest words.

    `text` is everything with its quotes, `html` its sanitised HTML, `source` the raw bytes. People
    look at it; no stage reads it, and it is not kept when a secret had to be removed.
    """

    text: str
    html: str | None = field(default=None, repr=False)
    source: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation is held, as people call it: a mail's subject, a channel's name.

    Conversations of one account with the same `key` are shown together.
    """

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message from a customer, as an adapter hands it to admission.

    `event_id` is unique within `account` and stable over the provider's retries: admission
    deduplicates on the pair. `conversation_key` names the thread within the account.
    `reply_address` is frozen here: replies go to it and to no other address. Admission removes
    secrets from `text` before anything is stored. `needs_person` says in words why no machine may
    answer: the message is stored and shown to people, and the bot keeps silent about it.
    `network` is where on the internet it came from, as we saw it ourselves; of it only a keyed
    digest is kept, to count by.
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
    claims: tuple[Claim, ...] = ()
    vouched: tuple[Vouched, ...] = ()
    client_id: str | None = None
    consent: ConsentChange | None = None
    place: Place | None = None
    original: Original | None = None
    needs_person: str | None = None
    network: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """The sender changed a message, or took it back (`text` is absent).

    `revises` is the event id of the message as it was admitted, `sender` who may change it.
    """

    account: str
    revises: str
    sender: Handle
    text: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Parked:
    """Something that came in and could not be read: kept with its reason for a person to look at.

    `event_id` is unique within the account, `title` is in words what it seems to be.
    """

    account: str
    event_id: str
    title: str
    reason: str
    content: bytes = field(repr=False)
    at: datetime


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
    """One neutral message to a customer: CommonMark text, choices, files, and what it reveals.

    `audience` is who reads the place it answers in.
    """

    text: str
    quick_replies: tuple[QuickReply, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    sensitivity: Sensitivity = Sensitivity.GENERAL
    audience: Audience = Audience.ONE
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
