"""Getting at a table's Core object, in the one place that has to tell the type checker about it."""

from __future__ import annotations

from sqlalchemy import Table
from sqlmodel import SQLModel


def table(model: type[SQLModel]) -> Table:
    """The Core table of a SQLModel class, for statements built once at import."""
    return SQLModel.metadata.tables[str(model.__tablename__)]
