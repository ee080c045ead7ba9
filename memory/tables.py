"""The tables: what is stored, with its keys and the indices the hot paths need.

Schema only; statements live in `memory.units`. Times are whole microseconds since the epoch in UTC,
ids are time-ordered 63-bit integers handed in by the caller, and `*_json` columns hold compact JSON
text. Everything here must mean the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

# In SQLite an "INTEGER" key, which holds 63 bits, is the table itself; another is one index more.
_KEY = BigInteger().with_variant(Integer(), "sqlite")


def _id() -> Column[int]:
    return Column(_KEY, primary_key=True, autoincrement=False)


def _key_part() -> Column[int]:
    return Column(BigInteger, primary_key=True, autoincrement=False)


def _big(*, nullable: bool = False, default: str | None = None) -> Column[int]:
    return Column(BigInteger, nullable=nullable, server_default=default)


def _text(*, nullable: bool = False, default: str | None = None) -> Column[str]:
    return Column(Text, nullable=nullable, server_default=default)


def _flag() -> Column[bool]:
    return Column(Boolean, nullable=False, server_default=text("false"))


class Customer(SQLModel, table=True):
    """A set of handles joined by active links. `merged_into` keeps old ids resolving for ever.

    The lease (`lease_owner`, `lease_token`, `lease_until`) lets one worker at a time handle this
    customer; every change a turn could see bumps `version`, which fences commits and caches.
    """

    __tablename__ = "customer"
    id: int = Field(sa_column=_id())
    name: str | None = Field(default=None, sa_column=_text(nullable=True))
    merged_into: int | None = Field(default=None, sa_column=_big(nullable=True))
    version: int = Field(default=0, sa_column=_big(default="0"))
    lease_owner: str | None = Field(default=None, sa_column=_text(nullable=True))
    lease_token: int = Field(default=0, sa_column=_big(default="0"))
    lease_until: int = Field(default=0, sa_column=_big(default="0"))
    created_at: int = Field(sa_column=_big())


class Handle(SQLModel, table=True):
    """An address on a channel. `customer_id` is the root of its component, derived from the links;
    `home_customer_id` is the customer made with it, and never changes."""

    __tablename__ = "handle"
    __table_args__ = (Index("ix_handle_customer", "customer_id"),)
    id: int = Field(sa_column=_id())
    key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    kind: str = Field(sa_column=_text())
    address: str = Field(sa_column=_text())
    customer_id: int = Field(sa_column=_big())
    home_customer_id: int = Field(sa_column=_big())
    seen_at: int = Field(sa_column=_big())
    created_at: int = Field(sa_column=_big())
    opted_out: bool = Field(default=False, sa_column=_flag())
    dead: bool = Field(default=False, sa_column=_flag())
    shared: bool = Field(default=False, sa_column=_flag())


class Link(SQLModel, table=True):
    """An edge between a handle and a customer, with what proved it. Ended, never deleted."""

    __tablename__ = "link"
    __table_args__ = (
        Index("ix_link_handle", "handle_id"),
        Index("ix_link_customer", "customer_id"),
    )
    id: int = Field(sa_column=_id())
    handle_id: int = Field(sa_column=_big())
    customer_id: int = Field(sa_column=_big())
    level: int = Field(sa_column=Column(Integer, nullable=False))
    rule: str = Field(sa_column=_text())
    evidence: str = Field(sa_column=_text())
    actor: str = Field(sa_column=_text())
    created_at: int = Field(sa_column=_big())
    expires_at: int | None = Field(default=None, sa_column=_big(nullable=True))
    ended_at: int | None = Field(default=None, sa_column=_big(nullable=True))
    ended_by: str | None = Field(default=None, sa_column=_text(nullable=True))
    end_reason: str | None = Field(default=None, sa_column=_text(nullable=True))


class Conversation(SQLModel, table=True):
    """One thread with one handle on one channel. `seq` numbers its messages from 1."""

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("key", "account"),
        Index("ix_conversation_handle", "handle_id"),
        Index("ix_conversation_updated", "updated_at"),
    )
    id: int = Field(sa_column=_id())
    account: str = Field(sa_column=_text())
    channel: str = Field(sa_column=_text())
    key: str = Field(sa_column=_text())
    handle_id: int = Field(sa_column=_big())
    reply_address_json: str = Field(sa_column=_text())
    audience: str = Field(default="one", sa_column=_text(default="one"))
    assurance: int = Field(sa_column=Column(Integer, nullable=False))
    seq: int = Field(default=0, sa_column=_big(default="0"))
    seen_seq: int = Field(default=0, sa_column=_big(default="0"))
    expecting: str | None = Field(default=None, sa_column=_text(nullable=True))
    created_at: int = Field(sa_column=_big())
    updated_at: int = Field(sa_column=_big())


class Message(SQLModel, table=True):
    """One message of a thread, clustered per conversation: reading a thread is one short scan.

    A message's public id is `<conversation_id>-<seq>`. `text` never holds a secret; `tokens` is its
    count, made once on write. `event_id` is the provider's id of an inbound message.
    """

    __tablename__ = "message"
    __table_args__ = {"sqlite_with_rowid": False}
    conversation_id: int = Field(sa_column=_key_part())
    seq: int = Field(sa_column=_key_part())
    handle_id: int = Field(sa_column=_big())
    author: str = Field(sa_column=_text())
    author_name: str | None = Field(default=None, sa_column=_text(nullable=True))
    text: str = Field(sa_column=_text())
    tokens: int = Field(sa_column=Column(Integer, nullable=False))
    created_at: int = Field(sa_column=_big())
    sent_at: int | None = Field(default=None, sa_column=_big(nullable=True))
    level: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    event_id: str | None = Field(default=None, sa_column=_text(nullable=True))
    client_id: str | None = Field(default=None, sa_column=_text(nullable=True))
    turn_id: int | None = Field(default=None, sa_column=_big(nullable=True))
    extra_json: str | None = Field(default=None, sa_column=_text(nullable=True))


class Inbound(SQLModel, table=True):
    """An admitted event: the dedupe key and the work queue of turns in one small row.

    `status` is "new", "done" or "dead". `due_at` is when its quiet window ends.
    """

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("event_id", "account"),
        Index(
            "ix_inbound_open",
            "handle_id",
            sqlite_where=text("status = 'new'"),
            postgresql_where=text("status = 'new'"),
        ),
        Index(
            "ix_inbound_dead",
            "id",
            sqlite_where=text("status = 'dead'"),
            postgresql_where=text("status = 'dead'"),
        ),
    )
    id: int = Field(sa_column=_id())
    account: str = Field(sa_column=_text())
    event_id: str = Field(sa_column=_text())
    handle_id: int = Field(sa_column=_big())
    conversation_id: int = Field(sa_column=_big())
    seq: int = Field(sa_column=_big())
    assurance: int = Field(sa_column=Column(Integer, nullable=False))
    status: str = Field(default="new", sa_column=_text(default="new"))
    received_at: int = Field(sa_column=_big())
    due_at: int = Field(sa_column=_big())
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    error: str | None = Field(default=None, sa_column=_text(nullable=True))
    turn_id: int | None = Field(default=None, sa_column=_big(nullable=True))


class Case(SQLModel, table=True):
    """One customer problem, over all its conversations. `state_json` is a `core.turn.CaseState`.

    `status` is "open", "handed" (people have it) or "closed".
    """

    __tablename__ = "case_"
    __table_args__ = (
        Index("ix_case_handle", "handle_id"),
        Index("ix_case_status", "status", "updated_at"),
    )
    id: int = Field(sa_column=_id())
    customer_id: int = Field(sa_column=_big())
    handle_id: int = Field(sa_column=_big())
    conversation_id: int = Field(sa_column=_big())
    status: str = Field(default="open", sa_column=_text(default="open"))
    intent: str | None = Field(default=None, sa_column=_text(nullable=True))
    state_json: str = Field(sa_column=_text())
    opened_at: int = Field(sa_column=_big())
    updated_at: int = Field(sa_column=_big())
    outcome: str | None = Field(default=None, sa_column=_text(nullable=True))


class Turn(SQLModel, table=True):
    """One run of the pipeline: what came in, what each stage saw and said, what went out."""

    __tablename__ = "turn"
    __table_args__ = (
        Index("ix_turn_customer", "customer_id", "id"),
        Index("ix_turn_conversation", "conversation_id", "id"),
    )
    id: int = Field(sa_column=_id())
    customer_id: int = Field(sa_column=_big())
    conversation_id: int = Field(sa_column=_big())
    case_id: int | None = Field(default=None, sa_column=_big(nullable=True))
    intent: str | None = Field(default=None, sa_column=_text(nullable=True))
    escalated: str | None = Field(default=None, sa_column=_text(nullable=True))
    silent: str | None = Field(default=None, sa_column=_text(nullable=True))
    record_json: str = Field(sa_column=_text())
    decided_at: int = Field(sa_column=_big())


class Fact(SQLModel, table=True):
    """Something remembered, with its source. A new value supersedes the old row."""

    __tablename__ = "fact"
    __table_args__ = (Index("ix_fact_handle", "handle_id", "key"),)
    id: int = Field(sa_column=_id())
    handle_id: int = Field(sa_column=_big())
    key: str = Field(sa_column=_text())
    value: str = Field(sa_column=_text())
    source: str = Field(sa_column=_text())
    level: int = Field(sa_column=Column(Integer, nullable=False))
    secret: bool = Field(default=False, sa_column=_flag())
    recorded_at: int = Field(sa_column=_big())
    valid_to: int | None = Field(default=None, sa_column=_big(nullable=True))
    superseded_by: int | None = Field(default=None, sa_column=_big(nullable=True))


class Delivery(SQLModel, table=True):
    """One rendered part of an outgoing message on its way. Sent in the order of its id.

    `status` is a `core.message.DeliveryStatus`. A row in "sending" is claimed by `claimed_by` until
    `claimed_until`; when its worker is gone, it may or may not have been sent and is reconciled.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_conversation", "conversation_id", "seq", "part"),
        Index(
            "ix_delivery_open",
            "due_at",
            sqlite_where=text("status in ('pending', 'sending')"),
            postgresql_where=text("status in ('pending', 'sending')"),
        ),
        Index(
            "ix_delivery_failed",
            "id",
            sqlite_where=text("status = 'failed'"),
            postgresql_where=text("status = 'failed'"),
        ),
        Index(
            "ix_delivery_provider",
            "account",
            "provider_id",
            sqlite_where=text("provider_id is not null"),
            postgresql_where=text("provider_id is not null"),
        ),
    )
    id: int = Field(sa_column=_id())
    conversation_id: int = Field(sa_column=_big())
    seq: int = Field(sa_column=_big())
    part: int = Field(sa_column=Column(Integer, nullable=False))
    parts: int = Field(sa_column=Column(Integer, nullable=False))
    handle_id: int = Field(sa_column=_big())
    account: str = Field(sa_column=_text())
    channel: str = Field(sa_column=_text())
    author: str = Field(sa_column=_text())
    address_json: str = Field(sa_column=_text())
    payload_json: str = Field(sa_column=_text())
    status: str = Field(sa_column=_text())
    claimed_by: str | None = Field(default=None, sa_column=_text(nullable=True))
    claimed_until: int = Field(default=0, sa_column=_big(default="0"))
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    ambiguous: bool = Field(default=False, sa_column=_flag())
    reconciled: int = Field(
        default=0, sa_column=Column(Integer, nullable=False, server_default="0")
    )
    due_at: int = Field(sa_column=_big())
    provider_id: str | None = Field(default=None, sa_column=_text(nullable=True))
    code: str | None = Field(default=None, sa_column=_text(nullable=True))
    reason: str | None = Field(default=None, sa_column=_text(nullable=True))
    turn_id: int | None = Field(default=None, sa_column=_big(nullable=True))
    created_at: int = Field(sa_column=_big())
    updated_at: int = Field(sa_column=_big())


class ParkedUpdate(SQLModel, table=True):
    """A provider's report about a part whose receipt we do not have yet; applied when it comes."""

    __tablename__ = "parked_update"
    __table_args__ = (UniqueConstraint("account", "provider_id", "status"),)
    id: int = Field(sa_column=_id())
    account: str = Field(sa_column=_text())
    provider_id: str = Field(sa_column=_text())
    status: str = Field(sa_column=_text())
    code: str | None = Field(default=None, sa_column=_text(nullable=True))
    reason: str | None = Field(default=None, sa_column=_text(nullable=True))
    received_at: int = Field(sa_column=_big())


class Handoff(SQLModel, table=True):
    """A case in human hands. `status` is "waiting", "owned" or "closed"."""

    __tablename__ = "handoff"
    __table_args__ = (
        Index("ix_handoff_case", "case_id"),
        Index("ix_handoff_status", "status", "opened_at"),
    )
    id: int = Field(sa_column=_id())
    case_id: int = Field(sa_column=_big())
    customer_id: int = Field(sa_column=_big())
    conversation_id: int = Field(sa_column=_big())
    handle_id: int = Field(sa_column=_big())
    turn_id: int | None = Field(default=None, sa_column=_big(nullable=True))
    rule: str = Field(sa_column=_text())
    reason: str = Field(sa_column=_text())
    queue: str = Field(sa_column=_text())
    urgency: str = Field(sa_column=_text())
    packet_json: str = Field(sa_column=_text())
    status: str = Field(default="waiting", sa_column=_text(default="waiting"))
    owner: str | None = Field(default=None, sa_column=_text(nullable=True))
    opened_at: int = Field(sa_column=_big())
    answered_at: int | None = Field(default=None, sa_column=_big(nullable=True))
    closed_at: int | None = Field(default=None, sa_column=_big(nullable=True))
    closed_as: str | None = Field(default=None, sa_column=_text(nullable=True))


class Audit(SQLModel, table=True):
    """Who changed what. Append-only."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject", "id"),)
    id: int = Field(sa_column=_id())
    at: int = Field(sa_column=_big())
    actor: str = Field(sa_column=_text())
    action: str = Field(sa_column=_text())
    subject: str = Field(sa_column=_text())
    detail_json: str = Field(sa_column=_text())


class Secret(SQLModel, table=True):
    """A key this installation made for itself: token hashes and signing keys, by name."""

    __tablename__ = "secret"
    name: str = Field(sa_column=Column(Text, primary_key=True))
    value: str = Field(sa_column=_text())
    created_at: int = Field(sa_column=_big())


class Kept(SQLModel, table=True):
    """A small value that a channel's account keeps over restarts: a cursor, an installation."""

    __tablename__ = "kept"
    account: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, primary_key=True))
    value: str = Field(sa_column=_text())
    updated_at: int = Field(sa_column=_big())
