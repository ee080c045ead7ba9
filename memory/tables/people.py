"""The tables of those who work with the gateway: people, their sessions, tokens, and keys.

Schema only, as in `memory.tables.main`. Nothing here can be turned back into a credential:
passwords are argon2 hashes, and every other secret of ours is kept as the SHA-256 of 256 random
bits.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from memory.tables.columns import big, count, name_part, row_id, words


class Person(SQLModel, table=True):
    """Somebody who may sign in. `login` is in lower case and never given to somebody else.

    Without `password_hash` only a one-time link lets them in. `failures` counts wrong passwords
    since the last right one; `locked_until` refuses even the right one.
    """

    __tablename__ = "person"
    id: int = Field(sa_column=row_id())
    login: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    name: str = Field(sa_column=words())
    role: str = Field(sa_column=words())
    password_hash: str | None = Field(default=None, sa_column=words(nullable=True))
    failures: int = Field(default=0, sa_column=count())
    locked_until: int = Field(default=0, sa_column=big(default="0"))
    created_by: str = Field(sa_column=words())
    created_at: int = Field(sa_column=big())
    seen_at: int | None = Field(default=None, sa_column=big(nullable=True))
    disabled_at: int | None = Field(default=None, sa_column=big(nullable=True))


class Invitation(SQLModel, table=True):
    """A link that works once: it lets `person_id` in, or, without one, makes the first owner."""

    __tablename__ = "invitation"
    hash: str = Field(sa_column=name_part())
    person_id: int | None = Field(default=None, sa_column=big(nullable=True))
    created_by: str = Field(sa_column=words())
    created_at: int = Field(sa_column=big())
    until: int = Field(sa_column=big())
    used_at: int | None = Field(default=None, sa_column=big(nullable=True))


class Session(SQLModel, table=True):
    """A signed-in browser. `csrf` has to come back in a header with every change; `seen_at` is when
    it was last used, to the minute."""

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_person", "person_id"),)
    hash: str = Field(sa_column=name_part())
    person_id: int = Field(sa_column=big())
    csrf: str = Field(sa_column=words())
    remote: str = Field(sa_column=words())
    created_at: int = Field(sa_column=big())
    seen_at: int = Field(sa_column=big())
    until: int = Field(sa_column=big())


class ApiToken(SQLModel, table=True):
    """A program's credential. `rights` are names of `gateway.access.roles.Right`, separated by
    spaces."""

    __tablename__ = "api_token"
    id: int = Field(sa_column=row_id())
    name: str = Field(sa_column=words())
    hash: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    rights: str = Field(sa_column=words())
    created_by: str = Field(sa_column=words())
    created_at: int = Field(sa_column=big())
    expires_at: int | None = Field(default=None, sa_column=big(nullable=True))
    revoked_at: int | None = Field(default=None, sa_column=big(nullable=True))
    used_at: int | None = Field(default=None, sa_column=big(nullable=True))


class Viewing(SQLModel, table=True):
    """Somebody of the business looked at a customer; once per person, customer and hour."""

    __tablename__ = "viewing"
    __table_args__ = (Index("ix_viewing_customer", "customer_id", "at"),)
    id: int = Field(sa_column=row_id())
    actor: str = Field(sa_column=words())
    customer_id: int = Field(sa_column=big())
    at: int = Field(sa_column=big())


class Secret(SQLModel, table=True):
    """A key this installation made for itself: token hashes and signing keys, by name."""

    __tablename__ = "secret"
    name: str = Field(sa_column=name_part())
    value: str = Field(sa_column=words())
    created_at: int = Field(sa_column=big())
