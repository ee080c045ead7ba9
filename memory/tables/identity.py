"""The tables beside the links: what is asked, seen, suggested and ruled about who is who.

Schema only, as in `memory.tables.main`. Handles, customers and links themselves are there.
"""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from memory.tables.columns import big, count, name_part, only_where, row_id, words


class Challenge(SQLModel, table=True):
    """A code on its way to an address, to show that whoever asks holds it too.

    `asker_handle_id` asked in `conversation_id` with `source` (the message's id); `target_key` is
    the handle the code goes to. `status` is "open", "proved", "spent" (too many tries), "refused"
    (its owner said no) or "replaced". Codes and links are kept as keyed digests. `proved_by` is the
    message or link that was shown last, right or wrong: with the same one again nothing changes.
    """

    __tablename__ = "challenge"
    __table_args__ = (
        Index("ix_challenge_asker", "asker_handle_id", "id"),
        Index("ix_challenge_target", "target_key", "id"),
        Index("ix_challenge_network", "network", "id", **only_where("network is not null")),
        Index("ix_challenge_link", "link_digest", **only_where("link_digest is not null")),
        UniqueConstraint("source", "target_key"),
    )
    id: int = Field(sa_column=row_id())
    purpose: str = Field(sa_column=words())
    asker_handle_id: int = Field(sa_column=big())
    conversation_id: int = Field(sa_column=big())
    source: str = Field(sa_column=words())
    target_key: str = Field(sa_column=words())
    network: str | None = Field(default=None, sa_column=words(nullable=True))
    code_digest: str = Field(sa_column=words())
    link_digest: str | None = Field(default=None, sa_column=words(nullable=True))
    status: str = Field(default="open", sa_column=words(default="open"))
    tries: int = Field(default=0, sa_column=count())
    created_at: int = Field(sa_column=big())
    expires_at: int = Field(sa_column=big())
    proved_at: int | None = Field(default=None, sa_column=big(nullable=True))
    proved_by: str | None = Field(default=None, sa_column=words(nullable=True))


class Reach(SQLModel, table=True):
    """One message that we began ourselves, by what caused it: it is never written twice."""

    __tablename__ = "reach"
    cause: str = Field(sa_column=name_part())
    conversation_id: int = Field(sa_column=big())
    seq: int = Field(sa_column=big())
    created_at: int = Field(sa_column=big())


class Sighting(SQLModel, table=True):
    """Two handles were seen to belong together, by evidence of one kind; whether that joins them is
    for the rules to say. Seen again, `seen_at` moves on."""

    __tablename__ = "sighting"
    __table_args__ = (
        UniqueConstraint("handle_key", "other_key", "kind"),
        Index("ix_sighting_other", "other_key"),
    )
    id: int = Field(sa_column=row_id())
    handle_key: str = Field(sa_column=words())
    other_key: str = Field(sa_column=words())
    kind: str = Field(sa_column=words())
    level: int = Field(sa_column=count(None))
    evidence: str = Field(sa_column=words())
    actor: str = Field(sa_column=words())
    created_at: int = Field(sa_column=big())
    seen_at: int = Field(sa_column=big())


class Suggestion(SQLModel, table=True):
    """Two customers that may be one. `one_id` and `other_id` are home customers, the lower first.

    `status` is "open", "joined" or "apart"; what a person has set apart is never suggested again.
    `reasons_json` lists (kind, words, weight) of what speaks for it, strongest first.
    """

    __tablename__ = "suggestion"
    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        Index("ix_suggestion_open", "score", **only_where("status = 'open'")),
        Index("ix_suggestion_other", "other_id"),
    )
    id: int = Field(sa_column=row_id())
    one_id: int = Field(sa_column=big())
    other_id: int = Field(sa_column=big())
    score: int = Field(sa_column=count(None))
    reasons_json: str = Field(sa_column=words())
    status: str = Field(default="open", sa_column=words(default="open"))
    created_at: int = Field(sa_column=big())
    updated_at: int = Field(sa_column=big())
    decided_by: str | None = Field(default=None, sa_column=words(nullable=True))


class RuleVersion(SQLModel, table=True):
    """One published text of the identity rules. The newest row is in force; rolling back publishes
    an older text again."""

    __tablename__ = "rule_version"
    id: int = Field(sa_column=row_id())
    text: str = Field(sa_column=words())
    digest: str = Field(sa_column=words())
    note: str = Field(sa_column=words())
    actor: str = Field(sa_column=words())
    published_at: int = Field(sa_column=big())


class Batch(SQLModel, table=True):
    """One import, undone as one: from which source, at which level, and why it may be believed."""

    __tablename__ = "batch"
    id: int = Field(sa_column=row_id())
    source: str = Field(sa_column=words())
    level: int = Field(sa_column=count(None))
    reason: str = Field(sa_column=words())
    actor: str = Field(sa_column=words())
    counts_json: str = Field(sa_column=words())
    created_at: int = Field(sa_column=big())
    undone_at: int | None = Field(default=None, sa_column=big(nullable=True))
    undone_by: str | None = Field(default=None, sa_column=words(nullable=True))


class BlockedValue(SQLModel, table=True):
    """A handle key, or a pattern of keys with `*`, that never joins anybody to anybody."""

    __tablename__ = "blocked_value"
    pattern: str = Field(sa_column=name_part())
    reason: str = Field(sa_column=words())
    actor: str = Field(sa_column=words())
    created_at: int = Field(sa_column=big())


class Alarm(SQLModel, table=True):
    """Something about a customer that a person should look at: `kind` is "component" (grew too
    large), "shared" (one handle met several customers), "contradiction" or "refused" (somebody said
    that it was not them)."""

    __tablename__ = "alarm"
    __table_args__ = (Index("ix_alarm_open", "id", **only_where("closed_at is null")),)
    id: int = Field(sa_column=row_id())
    kind: str = Field(sa_column=words())
    handle_key: str = Field(sa_column=words())
    customer_id: int = Field(sa_column=big())
    message: str = Field(sa_column=words())
    created_at: int = Field(sa_column=big())
    closed_at: int | None = Field(default=None, sa_column=big(nullable=True))
    closed_by: str | None = Field(default=None, sa_column=words(nullable=True))
