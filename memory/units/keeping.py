"""What a channel's account keeps for itself: a few small values by name, bounded.

The values are the adapter's own; nothing here knows what they mean. A value that outgrows its bound
is refused, because this is no place for messages.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select, text

from core.clock import Micros
from memory.tables.channels import Kept
from memory.tables.rows import table

LONGEST_NAME = 200
LONGEST_VALUE = 64 * 1024
MOST_NAMES = 5_000
"""How much one account may keep: lengths are in characters."""

_kept = table(Kept)
# SQLAlchemy writes it for one dialect at a time; both understand this.
_put = text(
    "insert into kept (account, name, value, updated_at) values (:account, :name, :value, :now)"
    " on conflict (account, name) do update set value = excluded.value, updated_at = :now"
)


def keep_value(
    connection: Connection, account: str, name: str, value: str | None, now: Micros
) -> None:
    """Put the value in place of an earlier one; drop it when there is none.

    Raises `ValueError` when it is more than an account may keep.
    """
    here = (_kept.c.account == account, _kept.c.name == name)
    if value is None:
        connection.execute(delete(_kept).where(*here))
        return
    if len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE:
        raise ValueError(f"{account} keeps a value that is too long: {len(value)} characters")
    if _others(connection, account, name) >= MOST_NAMES:
        raise ValueError(f"{account} keeps {MOST_NAMES} values already")
    row = {"account": account, "name": name, "value": value, "now": now}
    connection.execute(_put, row)


def kept_value(connection: Connection, account: str, name: str) -> str | None:
    """The value under this name."""
    return connection.execute(
        select(_kept.c.value).where(_kept.c.account == account, _kept.c.name == name)
    ).scalar()


def kept_names(connection: Connection, account: str, prefix: str) -> Sequence[str]:
    """The names that begin so, in order."""
    found = connection.execute(select(_kept.c.name).where(_kept.c.account == account)).scalars()
    return sorted(name for name in found if name.startswith(prefix))


def _others(connection: Connection, account: str, name: str) -> int:
    counted = select(func.count()).where(_kept.c.account == account, _kept.c.name != name)
    return connection.execute(counted).scalar_one()
