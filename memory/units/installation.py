"""What an installation made for itself once and keeps: keys by name."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from core.clock import Micros
from memory.people_tables import Secret
from memory.units.rows import table

_secret = table(Secret)


def kept_secret(connection: Connection, name: str) -> str | None:
    """The secret of that name, if there is one."""
    found = connection.execute(select(_secret.c.value).where(_secret.c.name == name)).scalar()
    return None if found is None else str(found)


def keep_secret(connection: Connection, name: str, fresh: str, now: Micros) -> str:
    """The secret of that name; `fresh` becomes it when there is none yet."""
    row = connection.execute(select(_secret.c.value).where(_secret.c.name == name)).first()
    if row is not None:
        return str(row.value)
    connection.execute(insert(_secret).values(name=name, value=fresh, created_at=now))
    return fresh
