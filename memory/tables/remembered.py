"""The tables of what is remembered beside the messages themselves: facts, episodes, and what recall
goes by.

Schema only, as in `memory.tables.main`. Everything belongs to one handle, so that it parts with it,
and all but facts told by people can be made again from the messages.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from core.facts.known import IDENTIFIER
from memory.tables.columns import (
    big,
    count,
    flag,
    key_part,
    name_part,
    only_where,
    packed,
    row_id,
    words,
)

IS_IDENTIFIER = f"substr(key, 1, {len(IDENTIFIER)}) = '{IDENTIFIER}'"
NO_IDENTIFIER = f"substr(key, 1, {len(IDENTIFIER)}) <> '{IDENTIFIER}'"
"""Whether a fact was read out of a message by its shape, as indexes and their queries have it."""


class Fact(SQLModel, table=True):
    """Something remembered, with its source. A new value supersedes the old row.

    It was so from `valid_from` until `valid_to`; we have known it since `recorded_at` and were last
    told the same at `touched_at`. `source` is the id of the message that told it, or names what
    else did; `channel` is where, `told_by` who: "customer", "agent:NAME", "system:NAME", "rule" or
    "model:NAME". What is not `verified` is only claimed.

    `level` is how well its teller was proved, `needs` what a sender needs to be told it. A retired
    fact was wrong: it is kept to be seen by people, and told to nobody. `due_at` is when a promise
    is to be kept, `outcome` is "kept" or "broken" once people have said so. `drawn_json` names
    other handles that a derived fact was made from (`memory.readable.drawing`).
    """

    __tablename__ = "fact"
    __table_args__ = (
        Index("ix_fact_handle", "handle_id", "key", "valid_to"),
        Index("ix_fact_retired", "handle_id", **only_where("retired_at is not null")),
        Index("ix_fact_source", "source"),
        Index("ix_fact_superseded", "superseded_by", **only_where("superseded_by is not null")),
        # What turns read must not depend on how much was ever read out of messages.
        Index("ix_fact_live", "handle_id", **only_where(f"valid_to is null and {NO_IDENTIFIER}")),
        Index(
            "ix_fact_identifier",
            "handle_id",
            "touched_at",
            **only_where(f"valid_to is null and {IS_IDENTIFIER}"),
        ),
    )
    id: int = Field(sa_column=row_id())
    handle_id: int = Field(sa_column=big())
    key: str = Field(sa_column=words())
    value: str = Field(sa_column=words())
    source: str = Field(sa_column=words())
    level: int = Field(sa_column=count(None))
    needs: int = Field(default=0, sa_column=count())
    secret: bool = Field(default=False, sa_column=flag())
    recorded_at: int = Field(sa_column=big())
    valid_to: int | None = Field(default=None, sa_column=big(nullable=True))
    superseded_by: int | None = Field(default=None, sa_column=big(nullable=True))
    valid_from: int = Field(default=0, sa_column=big(default="0"))
    touched_at: int = Field(default=0, sa_column=big(default="0"))
    channel: str | None = Field(default=None, sa_column=words(nullable=True))
    told_by: str = Field(default="customer", sa_column=words(default="customer"))
    verified: bool = Field(default=False, sa_column=flag())
    pinned: bool = Field(default=False, sa_column=flag())
    due_at: int | None = Field(default=None, sa_column=big(nullable=True))
    outcome: str | None = Field(default=None, sa_column=words(nullable=True))
    retired_at: int | None = Field(default=None, sa_column=big(nullable=True))
    retired_by: str | None = Field(default=None, sa_column=words(nullable=True))
    retired_because: str | None = Field(default=None, sa_column=words(nullable=True))
    drawn_json: str | None = Field(default=None, sa_column=words(nullable=True))


class Episode(SQLModel, table=True):
    """One stretch of talk with one handle, told by a head that is always made the same way.

    `kind` is "session" or "case"; `head_json` and `source_json` (the ids of its first and last
    message, and of those that the head quotes) are derived, and made again when a message in it
    changes: until then `made_at` is 0, and nobody is told it. `summary` is a model's, checked
    against its sources, with these (JSON); `summary_by` names it. `drawn_json` is as with a turn.
    """

    __tablename__ = "episode"
    __table_args__ = (
        Index("ix_episode_handle", "handle_id", "started_at"),
        Index("ix_episode_case", "case_id", **only_where("case_id is not null")),
        Index("ix_episode_stale", "handle_id", **only_where("made_at = 0")),
        Index("ix_episode_summary", "summary_by", **only_where("summary_by is not null")),
    )
    id: int = Field(sa_column=row_id())
    handle_id: int = Field(sa_column=big())
    kind: str = Field(sa_column=words())
    case_id: int | None = Field(default=None, sa_column=big(nullable=True))
    started_at: int = Field(sa_column=big())
    ended_at: int = Field(sa_column=big())
    head_json: str = Field(sa_column=words())
    source_json: str = Field(sa_column=words())
    drawn_json: str | None = Field(default=None, sa_column=words(nullable=True))
    summary: str | None = Field(default=None, sa_column=words(nullable=True))
    summary_by: str | None = Field(default=None, sa_column=words(nullable=True))
    made_at: int = Field(sa_column=big())


class Segment(SQLModel, table=True):
    """What recall compares the older messages of a long history by, many of them in one row.

    `data` is packed by `memory.recall.segments`; texts are not in it, and `digest` tells one
    content from any other. A segment whose message was changed is deleted and packed anew.
    """

    __tablename__ = "segment"
    __table_args__ = {"sqlite_with_rowid": False}
    handle_id: int = Field(sa_column=key_part())
    number: int = Field(sa_column=key_part())
    first_at: int = Field(sa_column=big())
    last_at: int = Field(sa_column=big())
    messages: int = Field(sa_column=count(None))
    digest: int = Field(default=0, sa_column=big(default="0"))
    data: bytes = Field(sa_column=packed())


class Vector(SQLModel, table=True):
    """What a sentence encoder makes of one message, one signed byte for each dimension."""

    __tablename__ = "vector"
    __table_args__ = (Index("ix_vector_handle", "handle_id"), {"sqlite_with_rowid": False})
    conversation_id: int = Field(sa_column=key_part())
    seq: int = Field(sa_column=key_part())
    model: str = Field(sa_column=name_part())
    handle_id: int = Field(sa_column=big())
    data: bytes = Field(sa_column=packed())


class HistoryLine(SQLModel, table=True):
    """One message that an import of history brought, by a keyed digest of what names it in its
    source: brought once, however often the file is given. It tells neither who nor what."""

    __tablename__ = "history_line"
    __table_args__ = (
        Index("ix_history_line_batch", "batch_id"),
        {"sqlite_with_rowid": False},
    )
    digest: str = Field(sa_column=name_part())
    batch_id: int = Field(sa_column=big())
