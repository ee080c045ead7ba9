"""Which kept files a message, or something that could not be read, still names.

Reads only, through all messages with files: for when files are to be dropped, which is seldom.
Equal bytes are one file, whoever sent them.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from sqlalchemy import Connection, select

from memory.tables.channels import Parked
from memory.tables.main import Message
from memory.tables.rows import table

_REFERENCE = re.compile(r'"(file:[0-9a-f]{64})"', re.ASCII)
_AT_ONCE = 1_000

GONE = "file:gone"
"""What a message has in the place of a reference whose file is not kept any more."""

_message = table(Message)
_parked = table(Parked)


def kept_files(extra_json: str | None) -> set[str]:
    """The references of files that we keep, in what a message has besides its words."""
    return set(_REFERENCE.findall(extra_json or ""))


def named_by_nobody(connection: Connection, references: Collection[str]) -> list[str]:
    """Those of the references that nothing names any more, in order."""
    left = set(references)
    if left:
        left -= set(
            connection.execute(select(_parked.c.file).where(_parked.c.file.in_(left))).scalars()
        )
    if left:
        query = select(_message.c.extra_json).where(_message.c.extra_json.contains('"file:'))
        with connection.execute(query.execution_options(yield_per=_AT_ONCE)) as rows:
            for text in rows.scalars():
                left.difference_update(_REFERENCE.findall(text))
    return sorted(left)
