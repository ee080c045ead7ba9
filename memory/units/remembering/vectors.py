"""Writes the vectors of messages. What was changed or erased since it was encoded is left out.

A vector belongs to the handle that its message has, and goes with its message. Cold transactions,
which hold the writer for a few rows only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from memory.recall.vectors import Place, at_places
from memory.tables.main import Message
from memory.tables.remembered import Vector
from memory.tables.rows import table

_message = table(Message)
_vector = table(Vector)


@dataclass(frozen=True, slots=True)
class Encoded:
    """What an encoder made of a text that a message had when it was read."""

    place: Place
    text: str
    data: bytes


def keep_vectors(connection: Connection, encoded: Sequence[Encoded], model: str) -> int:
    """Store the vectors of messages that still say the same, in place of what other models made of
    them; returns how many."""
    if not encoded:
        return 0
    # Whoever changes or erases one of them waits, and then finds what is written here.
    said = (
        select(_message.c.conversation_id, _message.c.seq, _message.c.text, _message.c.handle_id)
        .where(at_places(_message, [one.place for one in encoded]))
        .order_by(_message.c.conversation_id, _message.c.seq)
        .with_for_update()
    )
    now = {(row.conversation_id, row.seq): row for row in connection.execute(said)}
    rows = [
        {
            "conversation_id": one.place[0],
            "seq": one.place[1],
            "model": model,
            "handle_id": now[one.place].handle_id,
            "data": one.data,
        }
        for one in encoded
        if one.place in now and now[one.place].text == one.text
    ]
    if rows:
        forget_vectors(connection, [one.place for one in encoded if one.place in now])
        connection.execute(insert(_vector), rows)
    return len(rows)


def forget_vectors(connection: Connection, places: Collection[Place]) -> int:
    """Drop what was made of these messages, by whatever model; returns how many."""
    if not places:
        return 0
    return connection.execute(delete(_vector).where(at_places(_vector, places))).rowcount
