"""Which kept files a message, or something that could not be read, still names.

Reads only, through all messages: for when files are to be dropped, which is seldom. Equal bytes are
one file, whoever sent them.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from memory.channel_tables import Parked
from memory.tables import Message
from memory.units.rows import table

_message = table(Message)
_parked = table(Parked)


def named_by_nobody(connection: Connection, references: Collection[str]) -> list[str]:
    """Those of the references that nothing names any more."""
    return [one for one in references if not _is_named(connection, one)]


def _is_named(connection: Connection, reference: str) -> bool:
    in_message = select(_message.c.seq).where(
        _message.c.extra_json.contains(f'"{reference}"', autoescape=True)
    )
    in_parked = select(_parked.c.id).where(_parked.c.file == reference)
    return any(connection.execute(one.limit(1)).first() for one in (in_message, in_parked))
