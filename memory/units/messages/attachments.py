"""A file that was fetched from its provider is from then on read from where it is kept.

One cold transaction, which changes nothing but the reference of one attachment.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, select, update

from memory.tables.main import Message
from memory.tables.rows import table

_message = table(Message)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """Attachment `number` of a message: where it was, where it is kept, and its bytes' number."""

    conversation_id: int
    seq: int
    number: int
    was: str
    reference: str
    size: int


def keep_reference(connection: Connection, file: KeptFile) -> None:
    """Let the attachment name the kept file; nothing happens when it is not what it was."""
    place = (
        _message.c.conversation_id == file.conversation_id,
        _message.c.seq == file.seq,
    )
    found = connection.execute(
        select(_message.c.extra_json).where(*place).with_for_update()
    ).scalar()
    extra = orjson.loads(found) if found else {}
    attachments = extra.get("attachments", [])
    if len(attachments) <= file.number or attachments[file.number]["reference"] != file.was:
        return
    attachments[file.number] |= {"reference": file.reference, "size": file.size}
    connection.execute(
        update(_message).where(*place).values(extra_json=orjson.dumps(extra).decode())
    )
