"""The few kinds of column that the tables are made of, the same on SQLite and PostgreSQL.

Shapes only; what a column means is said in `memory.tables.main`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Text, text

# In SQLite an "INTEGER" key, which holds 63 bits, is the table itself; another is one index more.
_KEY = BigInteger().with_variant(Integer(), "sqlite")


def row_id() -> Column[int]:
    """The table's key: an id that the application made."""
    return Column(_KEY, primary_key=True, autoincrement=False)


def key_part() -> Column[int]:
    """A number that is part of the table's key."""
    return Column(BigInteger, primary_key=True, autoincrement=False)


def name_part() -> Column[str]:
    """A name that is the table's key, or part of it."""
    return Column(Text, primary_key=True)


def big(*, nullable: bool = False, default: str | None = None) -> Column[int]:
    """An id of another row, or a time in microseconds."""
    return Column(BigInteger, nullable=nullable, server_default=default)


def words(*, nullable: bool = False, default: str | None = None) -> Column[str]:
    """Text of any length."""
    return Column(Text, nullable=nullable, server_default=default)


def count(default: str | None = "0") -> Column[int]:
    """A small number."""
    return Column(Integer, nullable=False, server_default=default)


def flag() -> Column[bool]:
    """Yes or no, at first no."""
    return Column(Boolean, nullable=False, server_default=text("false"))


def packed(*, nullable: bool = False) -> Column[bytes]:
    """Numbers laid side by side, which no statement looks into."""
    return Column(LargeBinary, nullable=nullable)


def only_where(condition: str) -> dict[str, Any]:
    """What makes an index one over some rows only, in both dialects."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
