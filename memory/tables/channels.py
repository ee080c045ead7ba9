"""The tables of what channels leave behind beside messages: reports, what was unreadable, cursors.

Schema only, as in `memory.tables.main`.
"""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from memory.tables.columns import big, flag, name_part, only_where, row_id, words


class ParkedUpdate(SQLModel, table=True):
    """A provider's report about a part whose receipt we do not have yet; applied when it comes.

    One about a message that is not ours is dropped after a day.
    """

    __tablename__ = "parked_update"
    __table_args__ = (UniqueConstraint("account", "provider_id", "status"),)
    id: int = Field(sa_column=row_id())
    account: str = Field(sa_column=words())
    provider_id: str = Field(sa_column=words())
    status: str = Field(sa_column=words())
    code: str | None = Field(default=None, sa_column=words(nullable=True))
    reason: str | None = Field(default=None, sa_column=words(nullable=True))
    opted_out: bool = Field(default=False, sa_column=flag())
    dead: bool = Field(default=False, sa_column=flag())
    received_at: int = Field(sa_column=big())


class Kept(SQLModel, table=True):
    """A small value that a channel's account keeps over restarts: a cursor, an installation."""

    __tablename__ = "kept"
    account: str = Field(sa_column=name_part())
    name: str = Field(sa_column=name_part())
    value: str = Field(sa_column=words())
    updated_at: int = Field(sa_column=big())


class Parked(SQLModel, table=True):
    """Something that came in and could not be read, for a person to look at.

    `status` is "open" or "dismissed"; `file` is the reference of its bytes.
    """

    __tablename__ = "parked"
    __table_args__ = (
        UniqueConstraint("event_id", "account"),
        Index("ix_parked_open", "id", **only_where("status = 'open'")),
    )
    id: int = Field(sa_column=row_id())
    account: str = Field(sa_column=words())
    event_id: str = Field(sa_column=words())
    title: str = Field(sa_column=words())
    reason: str = Field(sa_column=words())
    file: str = Field(sa_column=words())
    status: str = Field(default="open", sa_column=words(default="open"))
    received_at: int = Field(sa_column=big())
