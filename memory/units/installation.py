"""What an installation made for itself once and keeps: keys by name."""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from core.clock import Micros
from memory.tables.people import Secret
from memory.tables.rows import table

_secret = table(Secret)
# Of several processes that start at once, whoever comes second waits here and finds the first's.
_put = text(
    "insert into secret (name, value, created_at) values (:name, :value, :now)"
    " on conflict (name) do nothing"
)


def kept_secret(connection: Connection, name: str) -> str | None:
    """The secret of that name, if there is one."""
    found = connection.execute(select(_secret.c.value).where(_secret.c.name == name)).scalar()
    return None if found is None else str(found)


def keep_secret(connection: Connection, name: str, fresh: str, now: Micros) -> str:
    """The secret of that name; `fresh` becomes it when there is none yet."""
    found = kept_secret(connection, name)
    if found is not None:
        return found
    connection.execute(_put, {"name": name, "value": fresh, "now": now})
    return kept_secret(connection, name) or fresh
