"""The tables: what is stored, with its keys and the indices the hot paths need.

Schema only; statements live in `memory.units`. Times are whole microseconds since the epoch in UTC,
ids are time-ordered 63-bit integers handed in by the caller, and `*_json` columns hold compact JSON
text. Everything here must mean the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from memory.tables.columns import big, count, flag, key_part, only_where, packed, row_id, words


class Customer(SQLModel, table=True):
    """A set of handles joined by active links. `merged_into` keeps old ids resolving for ever.

    The lease (`lease_owner`, `lease_token`, `lease_until`) lets one worker at a time handle this
    customer; every change a turn could see bumps `version`, which fences commits and caches.
    """

    __tablename__ = "customer"
    __table_args__ = (
        Index("ix_customer_merged", "merged_into", **only_where("merged_into is not null")),
    )
    id: int = Field(sa_column=row_id())
    name: str | None = Field(default=None, sa_column=words(nullable=True))
    merged_into: int | None = Field(default=None, sa_column=big(nullable=True))
    version: int = Field(default=0, sa_column=big(default="0"))
    lease_owner: str | None = Field(default=None, sa_column=words(nullable=True))
    lease_token: int = Field(default=0, sa_column=big(default="0"))
    lease_until: int = Field(default=0, sa_column=big(default="0"))
    created_at: int = Field(sa_column=big())


class Handle(SQLModel, table=True):
    """An address on a channel. `customer_id` is the root of its component, derived from the links;
    `home_customer_id` is the customer made with it, and never changes.

    Until `proved_until`, whoever writes from it is proved at `proved_level`: possession was shown.
    Until `code_until` a code of `code_digits` digits is awaited from it, in whichever conversation.
    A handle whose address has gone to somebody else is retired: it stays with its customer, its
    `key` gets its id behind it, and the address begins anew with another row, which `succeeds` it.
    """

    __tablename__ = "handle"
    __table_args__ = (
        Index("ix_handle_customer", "customer_id"),
        Index("ix_handle_home", "home_customer_id"),
    )
    id: int = Field(sa_column=row_id())
    key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    kind: str = Field(sa_column=words())
    address: str = Field(sa_column=words())
    customer_id: int = Field(sa_column=big())
    home_customer_id: int = Field(sa_column=big())
    seen_at: int = Field(sa_column=big())
    created_at: int = Field(sa_column=big())
    opted_out: bool = Field(default=False, sa_column=flag())
    dead: bool = Field(default=False, sa_column=flag())
    shared: bool = Field(default=False, sa_column=flag())
    proved_level: int = Field(default=0, sa_column=count())
    proved_until: int = Field(default=0, sa_column=big(default="0"))
    retired_at: int | None = Field(default=None, sa_column=big(nullable=True))
    retired_because: str | None = Field(default=None, sa_column=words(nullable=True))
    succeeds: int | None = Field(default=None, sa_column=big(nullable=True))
    code_digits: int = Field(default=0, sa_column=count())
    code_until: int = Field(default=0, sa_column=big(default="0"))


class Link(SQLModel, table=True):
    """An edge between a handle and a customer, with what proved it. Ended, never deleted.

    Until `reads_from` nothing old is read over it. `batch_id` is the import that made it. A merge
    of two customers is the link of one's first handle with the other.
    """

    __tablename__ = "link"
    __table_args__ = (
        Index("ix_link_handle", "handle_id"),
        Index("ix_link_customer", "customer_id"),
        Index("ix_link_batch", "batch_id", **only_where("batch_id is not null")),
    )
    id: int = Field(sa_column=row_id())
    handle_id: int = Field(sa_column=big())
    customer_id: int = Field(sa_column=big())
    level: int = Field(sa_column=count(None))
    rule: str = Field(sa_column=words())
    evidence: str = Field(sa_column=words())
    actor: str = Field(sa_column=words())
    created_at: int = Field(sa_column=big())
    expires_at: int | None = Field(default=None, sa_column=big(nullable=True))
    ended_at: int | None = Field(default=None, sa_column=big(nullable=True))
    ended_by: str | None = Field(default=None, sa_column=words(nullable=True))
    end_reason: str | None = Field(default=None, sa_column=words(nullable=True))
    reads_from: int = Field(default=0, sa_column=big(default="0"))
    batch_id: int | None = Field(default=None, sa_column=big(nullable=True))


class Conversation(SQLModel, table=True):
    """One thread on one channel. `seq` numbers its messages from 1.

    `handle_id` is who began it; others may write in it too. `reply_address_json` is the newest
    message's, `correspondent` the address in it in lower case. Conversations of one account with
    the same `place_key` are shown together. `answer_at` is the key of the handle at which somebody
    who has left is answered, too, and `carried_seq` the newest message that was taken there.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("key", "account"),
        Index("ix_conversation_handle", "handle_id"),
        Index("ix_conversation_updated", "updated_at"),
        Index(
            "ix_conversation_place", "account", "place_key", **only_where("place_key is not null")
        ),
        Index(
            "ix_conversation_correspondent",
            "correspondent",
            **only_where("correspondent is not null"),
        ),
        Index("ix_conversation_answer_at", "updated_at", **only_where("answer_at is not null")),
    )
    id: int = Field(sa_column=row_id())
    account: str = Field(sa_column=words())
    channel: str = Field(sa_column=words())
    key: str = Field(sa_column=words())
    handle_id: int = Field(sa_column=big())
    reply_address_json: str = Field(sa_column=words())
    audience: str = Field(default="one", sa_column=words(default="one"))
    assurance: int = Field(sa_column=count(None))
    seq: int = Field(default=0, sa_column=big(default="0"))
    seen_seq: int = Field(default=0, sa_column=big(default="0"))
    expecting: str | None = Field(default=None, sa_column=words(nullable=True))
    place_key: str | None = Field(default=None, sa_column=words(nullable=True))
    place_title: str | None = Field(default=None, sa_column=words(nullable=True))
    correspondent: str | None = Field(default=None, sa_column=words(nullable=True))
    answer_at: str | None = Field(default=None, sa_column=words(nullable=True))
    carried_seq: int = Field(default=0, sa_column=big(default="0"))
    created_at: int = Field(sa_column=big())
    updated_at: int = Field(sa_column=big())


class Message(SQLModel, table=True):
    """One message of a thread, clustered per conversation: reading a thread is one short scan.

    A message's public id is `<conversation_id>-<seq>`. `text` never holds a secret; `tokens` is its
    count, made once on write. `event_id` is the provider's id of an inbound message. `about` is
    what recall compares it by; nothing where that was not worked out yet.

    `extra_json` holds what few messages have, each only when it is there: `secrets`, `quick_reply`,
    `claims`, `consent`, `returned`; `attachments` (name, type, reference, size, content_id);
    `original` (references of `text`, `html`, `source`); `needs_person` (why no machine may answer);
    `revised_at` and `versions` (text, at) of a message that was changed, `taken_back` (when);
    `drawn` (ids of other handles from whose memory an answer was made); `withdrawn` (an answer that
    was not sent, since its messages were decided anew); `network` (a digest of
    where it came from); `challenge` or `notice` (the code or link that a message of our own accord
    tells of).
    """

    __tablename__ = "message"
    __table_args__ = {"sqlite_with_rowid": False}
    conversation_id: int = Field(sa_column=key_part())
    seq: int = Field(sa_column=key_part())
    handle_id: int = Field(sa_column=big())
    author: str = Field(sa_column=words())
    author_name: str | None = Field(default=None, sa_column=words(nullable=True))
    text: str = Field(sa_column=words())
    tokens: int = Field(sa_column=count(None))
    created_at: int = Field(sa_column=big())
    sent_at: int | None = Field(default=None, sa_column=big(nullable=True))
    level: int = Field(default=0, sa_column=count())
    event_id: str | None = Field(default=None, sa_column=words(nullable=True))
    client_id: str | None = Field(default=None, sa_column=words(nullable=True))
    turn_id: int | None = Field(default=None, sa_column=big(nullable=True))
    extra_json: str | None = Field(default=None, sa_column=words(nullable=True))
    about: bytes | None = Field(default=None, sa_column=packed(nullable=True))


class Inbound(SQLModel, table=True):
    """An admitted event: the dedupe key and the work queue of turns in one small row.

    `status` is "new", "done" or "dead". `due_at` is when its quiet window ends. The reply goes to
    `reply_address_json`, whatever others write in the conversation meanwhile.
    """

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("event_id", "account"),
        Index(
            "ix_inbound_open",
            "handle_id",
            **only_where("status = 'new'"),
        ),
        Index(
            "ix_inbound_dead",
            "id",
            **only_where("status = 'dead'"),
        ),
    )
    id: int = Field(sa_column=row_id())
    account: str = Field(sa_column=words())
    event_id: str = Field(sa_column=words())
    handle_id: int = Field(sa_column=big())
    conversation_id: int = Field(sa_column=big())
    seq: int = Field(sa_column=big())
    assurance: int = Field(sa_column=count(None))
    status: str = Field(default="new", sa_column=words(default="new"))
    received_at: int = Field(sa_column=big())
    due_at: int = Field(sa_column=big())
    attempts: int = Field(default=0, sa_column=count())
    error: str | None = Field(default=None, sa_column=words(nullable=True))
    turn_id: int | None = Field(default=None, sa_column=big(nullable=True))
    reply_address_json: str | None = Field(default=None, sa_column=words(nullable=True))
    audience: str | None = Field(default=None, sa_column=words(nullable=True))


class Case(SQLModel, table=True):
    """One customer problem, over all its conversations. `state_json` is a `core.turn.CaseState`.

    `status` is "open", "handed" (people have it), "aside" (people look at messages that no machine
    may answer; the bot never takes it up) or "closed". `expecting` is what its last answer asked
    for: the kind of a secret, nothing for anything else, and null without a question.
    """

    __tablename__ = "case_"
    __table_args__ = (
        Index("ix_case_handle", "handle_id"),
        Index("ix_case_expecting", "handle_id", **only_where("expecting > ''")),
        Index("ix_case_status", "status", "updated_at"),
    )
    id: int = Field(sa_column=row_id())
    customer_id: int = Field(sa_column=big())
    handle_id: int = Field(sa_column=big())
    conversation_id: int = Field(sa_column=big())
    status: str = Field(default="open", sa_column=words(default="open"))
    intent: str | None = Field(default=None, sa_column=words(nullable=True))
    state_json: str = Field(sa_column=words())
    opened_at: int = Field(sa_column=big())
    updated_at: int = Field(sa_column=big())
    outcome: str | None = Field(default=None, sa_column=words(nullable=True))
    expecting: str | None = Field(default=None, sa_column=words(nullable=True))


class Turn(SQLModel, table=True):
    """One run of the pipeline: what came in, what each stage saw and said, what went out.

    `drawn_json` says of which other handles it was given what, if any (`memory.readable.drawing`).
    """

    __tablename__ = "turn"
    __table_args__ = (
        Index("ix_turn_customer", "customer_id", "id"),
        Index("ix_turn_conversation", "conversation_id", "id"),
    )
    id: int = Field(sa_column=row_id())
    customer_id: int = Field(sa_column=big())
    conversation_id: int = Field(sa_column=big())
    case_id: int | None = Field(default=None, sa_column=big(nullable=True))
    intent: str | None = Field(default=None, sa_column=words(nullable=True))
    escalated: str | None = Field(default=None, sa_column=words(nullable=True))
    silent: str | None = Field(default=None, sa_column=words(nullable=True))
    record_json: str = Field(sa_column=words())
    drawn_json: str | None = Field(default=None, sa_column=words(nullable=True))
    decided_at: int = Field(sa_column=big())


class Delivery(SQLModel, table=True):
    """One rendered part of an outgoing message on its way. Sent in the order of its id.

    `status` is a `core.message.DeliveryStatus`. A row in "sending" is claimed by `claimed_by` until
    `claimed_until`; when its worker is gone, it may or may not have been sent and is reconciled.
    `kept_json` is there when the payload holds a secret of ours: once the part is over, it takes
    the payload's place.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_conversation", "conversation_id", "seq", "part"),
        Index(
            "ix_delivery_open",
            "due_at",
            **only_where("status in ('pending', 'sending')"),
        ),
        Index(
            "ix_delivery_failed",
            "id",
            **only_where("status = 'failed'"),
        ),
        Index(
            "ix_delivery_withdrawn",
            "claimed_until",
            **only_where("code = 'withdrawn'"),
        ),
        Index(
            "ix_delivery_provider",
            "account",
            "provider_id",
            **only_where("provider_id is not null"),
        ),
    )
    id: int = Field(sa_column=row_id())
    conversation_id: int = Field(sa_column=big())
    seq: int = Field(sa_column=big())
    part: int = Field(sa_column=count(None))
    parts: int = Field(sa_column=count(None))
    handle_id: int = Field(sa_column=big())
    account: str = Field(sa_column=words())
    channel: str = Field(sa_column=words())
    author: str = Field(sa_column=words())
    address_json: str = Field(sa_column=words())
    payload_json: str = Field(sa_column=words())
    status: str = Field(sa_column=words())
    claimed_by: str | None = Field(default=None, sa_column=words(nullable=True))
    claimed_until: int = Field(default=0, sa_column=big(default="0"))
    attempts: int = Field(default=0, sa_column=count())
    ambiguous: bool = Field(default=False, sa_column=flag())
    reconciled: int = Field(default=0, sa_column=count())
    due_at: int = Field(sa_column=big())
    provider_id: str | None = Field(default=None, sa_column=words(nullable=True))
    code: str | None = Field(default=None, sa_column=words(nullable=True))
    reason: str | None = Field(default=None, sa_column=words(nullable=True))
    turn_id: int | None = Field(default=None, sa_column=big(nullable=True))
    kept_json: str | None = Field(default=None, sa_column=words(nullable=True))
    created_at: int = Field(sa_column=big())
    updated_at: int = Field(sa_column=big())


class Handoff(SQLModel, table=True):
    """A case in human hands. `status` is "waiting", "owned" or "closed".

    `messages` counts what was set aside for people here under the rule "not-answerable".
    """

    __tablename__ = "handoff"
    __table_args__ = (
        Index("ix_handoff_case", "case_id"),
        Index("ix_handoff_status", "status", "opened_at"),
        Index("ix_handoff_conversation", "conversation_id"),
    )
    id: int = Field(sa_column=row_id())
    case_id: int = Field(sa_column=big())
    customer_id: int = Field(sa_column=big())
    conversation_id: int = Field(sa_column=big())
    handle_id: int = Field(sa_column=big())
    turn_id: int | None = Field(default=None, sa_column=big(nullable=True))
    rule: str = Field(sa_column=words())
    reason: str = Field(sa_column=words())
    queue: str = Field(sa_column=words())
    urgency: str = Field(sa_column=words())
    packet_json: str = Field(sa_column=words())
    status: str = Field(default="waiting", sa_column=words(default="waiting"))
    owner: str | None = Field(default=None, sa_column=words(nullable=True))
    opened_at: int = Field(sa_column=big())
    answered_at: int | None = Field(default=None, sa_column=big(nullable=True))
    closed_at: int | None = Field(default=None, sa_column=big(nullable=True))
    closed_as: str | None = Field(default=None, sa_column=words(nullable=True))
    messages: int = Field(default=1, sa_column=count("1"))


class Audit(SQLModel, table=True):
    """Who changed what. Append-only."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject", "id"),)
    id: int = Field(sa_column=row_id())
    at: int = Field(sa_column=big())
    actor: str = Field(sa_column=words())
    action: str = Field(sa_column=words())
    subject: str = Field(sa_column=words())
    detail_json: str = Field(sa_column=words())
