"""What the console, the API and the command line are shown, as frozen data.

Shapes only: `memory.pages.lists` and `memory.pages.customer` fill them. Row ids are whole numbers,
times aware; a message's id is `<conversation_id>-<seq>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ConversationView:
    """One thread in a list. `status` is that of its newest case: "open", "handed" or "closed".

    Threads of one account with the same `place_key` are held in one place, called `place_title`.
    `people` is how many have written in it lately.
    """

    id: int
    account: str
    channel: str
    customer_id: int
    customer_name: str
    handle_id: int
    handle: str
    messages: int
    last_author: str | None
    last_text: str | None
    status: str | None
    failed: bool
    created_at: datetime
    updated_at: datetime
    place_key: str | None = None
    place_title: str | None = None
    people: int = 1


@dataclass(frozen=True, slots=True)
class HandoffView:
    """A case in human hands. `status` is "waiting", "owned" or "closed"; `packet` is for whoever
    takes it: what the customer wants, what is known, the last of the talk. Of messages
    that no machine may answer, `messages` are in it."""

    id: int
    case_id: int
    customer_id: int
    customer_name: str
    conversation_id: int
    account: str
    channel: str
    handle: str
    status: str
    owner: str | None
    rule: str
    reason: str
    queue: str
    urgency: str
    age_seconds: int
    opened_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    closed_as: str | None
    turn_id: int | None
    last_author: str | None
    last_text: str | None
    place_title: str | None = None
    messages: int = 1
    packet: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandleBrief:
    """A handle in a list. `key` is kind and address in one."""

    id: int
    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in a list. `seen_at` is when any of the handles last wrote."""

    id: int
    name: str
    handles: tuple[HandleBrief, ...]
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class LinkView:
    """Why a handle is taken to be this customer's. `words` says it in a sentence."""

    id: int
    customer_id: int
    level: int
    rule: str
    evidence: str
    actor: str
    created_at: datetime
    can_end: bool
    words: str


@dataclass(frozen=True, slots=True)
class HandleView:
    """One way to reach a customer; `level` is how well it is proved to be theirs.

    Of a retired one the address has gone to somebody else; what came from it before stays theirs.
    """

    id: int
    key: str
    kind: str
    address: str
    level: int
    opted_out: bool
    dead: bool
    shared: bool
    created_at: datetime
    seen_at: datetime
    links: tuple[LinkView, ...]
    retired: bool = False


@dataclass(frozen=True, slots=True)
class FactView:
    """Something remembered, called `label`. `value` of a secret is never the secret.

    Of what is `hidden` it is empty: a sender needs the level `needs` for it, and nobody has shown
    just now that they are the customer.
    """

    id: int
    key: str
    value: str
    source: str
    handle: str
    level: int
    secret: bool
    recorded_at: datetime
    needs: int = 0
    hidden: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """One problem of a customer's."""

    id: int
    status: str
    intent: str | None
    channel: str
    conversation_id: int
    outcome: str | None
    opened_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CustomerView:
    """All about a customer but what was said. `handoff_id` is set while people have a case."""

    id: int
    name: str
    created_at: datetime
    merged_ids: tuple[int, ...]
    handles: tuple[HandleView, ...]
    facts: tuple[FactView, ...]
    cases: tuple[CaseView, ...]
    handoff_id: int | None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One part on its way. `reason` says in words why it is late or lost."""

    id: int
    part: int
    parts: int
    status: str
    code: str | None
    reason: str | None
    attempts: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A file of a message, by its number from 0. `content_id` is by what the HTML shows it."""

    number: int
    name: str
    media_type: str
    size: int | None
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class VersionView:
    """What a message said before it was changed, and since when it had said so."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageExtras:
    """What few messages have. `called` is what the sender is called, by nobody's proof; `original`
    says that the whole message is kept beside its newest words."""

    called: str | None = None
    attachments: tuple[AttachmentView, ...] = ()
    original: bool = False
    has_html: bool = False
    has_source: bool = False
    needs_person: str | None = None
    edited_at: datetime | None = None
    versions: tuple[VersionView, ...] = ()
    taken_back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """Where a message's original and its files are kept: references, each to be read elsewhere.

    `references` are those of `attachments`, in the same order.
    """

    account: str
    words: str
    text: str | None
    html: str | None
    source: str | None
    attachments: tuple[AttachmentView, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimelineView:
    """One message of a customer's one thread. `author` is "customer", "bot" or "agent".

    In a place where several write it may be another's: `customer_id` and `customer_name` say whose
    it is, or whom it answers. What is `withheld` was made from the memory of another customer, who
    was taken for this one; its text says so.
    """

    id: str
    conversation_id: int
    seq: int
    channel: str
    handle: str
    author: str
    author_name: str | None
    text: str
    at: datetime
    level: int
    turn_id: int | None
    customer_id: int
    customer_name: str
    place_key: str | None = None
    place_title: str | None = None
    deliveries: tuple[DeliveryView, ...] = ()
    extras: MessageExtras = MessageExtras()
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn as recorded. `texts` holds the words of every message that the record names.

    Of a turn that is `withheld` only what came in is left: it was given the memory of another
    customer, who was taken for this one.
    """

    id: int
    at: datetime
    customer_id: int
    conversation_id: int
    account: str
    channel: str
    handle: str
    case_id: int | None
    intent: str | None
    escalated: str | None
    silent: str | None
    record: Mapping[str, Any]
    texts: Mapping[str, str]
    deliveries: tuple[DeliveryView, ...]
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """Something that got stuck: `kind` is "inbound" (not handled), "delivery" (not sent) or
    "parked" (not readable: then `text` is its title, and nobody knows whose it is)."""

    kind: str
    id: int
    conversation_id: int | None
    customer_id: int | None
    customer_name: str
    account: str
    channel: str
    text: str
    reason: str
    attempts: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditView:
    """Who changed what. `can_undo` says that there is a way back which was not taken yet."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    can_undo: bool = False
    undone: bool = False
