"""Vectors of messages as they are stored, how near they are to a text's, and what has none yet.

A dimension is one signed byte, scaled so that the largest fills it. It is asked for messages that
the reader may read already (`memory.readable.context`), chooses nothing, and writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    or_,
    select,
)

from core.clock import Micros
from core.message import Assurance
from memory.recall.columns import Floats
from memory.recall.encoder import Vectors
from memory.tables.main import Conversation, Message
from memory.tables.remembered import Vector
from memory.tables.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

Place: TypeAlias = tuple[int, int]
"""A message's conversation and its number there."""

_LARGEST = 127
_LEAST = 1e-9

_conversation = table(Conversation)
_message = table(Message)
_vector = table(Vector)


@dataclass(frozen=True, slots=True)
class Unencoded:
    """A message without a vector of the model that is asked for."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a walk over the conversations is: when the one it stands at was last written in."""

    at: Micros
    conversation_id: int


def pack(vectors: Vectors) -> list[bytes]:
    """One value for each row, to be stored."""
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), _LEAST)
    whole = np.rint(vectors * (_LARGEST / largest)).astype(np.int8)
    return [one.tobytes() for one in whole]


def nearness(packed: Sequence[bytes], one: Vectors) -> Floats:
    """The cosine between each stored vector and one of length 1; all have its dimensions."""
    rows = np.frombuffer(b"".join(packed), dtype=np.int8).reshape(len(packed), len(one))
    wide = rows.astype(np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", wide, wide))
    cosines: Floats = ((wide @ one) / np.maximum(lengths, _LEAST)).astype(np.float64)
    return cosines


def at_places(rows: Table, places: Collection[Place]) -> ColumnElement[bool]:
    """Whether a row is at one of these places; for a few of them."""
    return or_(
        *(and_(rows.c.conversation_id == one, rows.c.seq == seq) for one, seq in sorted(places))
    )


def place_of(message_id: str) -> Place:
    """The place of a message with this public id."""
    conversation, _, seq = message_id.partition("-")
    return int(conversation), int(seq)


_stored = select(_vector.c.conversation_id, _vector.c.seq, _vector.c.data).where(
    _vector.c.conversation_id == bindparam("conversation"),
    _vector.c.seq.between(bindparam("first"), bindparam("last")),
    _vector.c.model == bindparam("model"),
)


def vectors_of(connection: Connection, places: Collection[Place], model: str) -> dict[Place, bytes]:
    """What is stored for these messages; nothing for those that have none of this model."""
    seqs: dict[int, list[int]] = defaultdict(list)
    for conversation, seq in places:
        seqs[conversation].append(seq)
    found: dict[Place, bytes] = {}
    for conversation, some in seqs.items():
        # The messages of a thread lie side by side, so that a stretch is read at once.
        wanted = {
            "conversation": conversation, "first": min(some), "last": max(some), "model": model,
        }  # fmt: skip
        for row in connection.execute(_stored, wanted):
            found[row.conversation_id, row.seq] = row.data
    return {one: found[one] for one in places if one in found}


def without_vector(
    connection: Connection, places: Collection[Place], model: str
) -> list[Unencoded]:
    """Those of these messages that can be encoded and are not, the newest first."""
    if not places:
        return []
    query = _missing(model).where(at_places(_message, places))
    return _unencoded(connection.execute(query.order_by(_message.c.created_at.desc())).all())


def missing_in(
    connection: Connection, conversation_id: int, model: str, limit: int, recent: int | None = None
) -> list[Unencoded]:
    """The newest messages of a conversation without a vector; of its last `recent` ones alone, if
    that is given."""
    query = _missing(model).where(_message.c.conversation_id == conversation_id)
    if recent is not None:
        newest = select(_conversation.c.seq).where(_conversation.c.id == conversation_id)
        query = query.where(_message.c.seq > newest.scalar_subquery() - recent)
    found = connection.execute(query.order_by(_message.c.seq.desc()).limit(limit))
    return _unencoded(found.all())


def written_in(connection: Connection, mark: Mark, until: Micros, limit: int) -> Sequence[Mark]:
    """Conversations that were written in after the mark, oldest first, up to `until`."""
    at, one = _conversation.c.updated_at, _conversation.c.id
    query = (
        select(at, one)
        .where(at >= mark.at, at <= until, or_(at > mark.at, one > mark.conversation_id))
        .order_by(at, one)
        .limit(limit)
    )
    return [Mark(*row) for row in connection.execute(query)]


def written_in_before(connection: Connection, mark: Mark, limit: int) -> Sequence[Mark]:
    """Conversations that were last written in before the mark, newest first."""
    at, one = _conversation.c.updated_at, _conversation.c.id
    query = (
        select(at, one)
        .where(at <= mark.at, or_(at < mark.at, one < mark.conversation_id))
        .order_by(at.desc(), one.desc())
        .limit(limit)
    )
    return [Mark(*row) for row in connection.execute(query)]


def _missing(model: str) -> Select[*tuple[Any, ...]]:
    """Messages that say something, are somebody's, and have no vector of this model."""
    return (
        select(_message.c.conversation_id, _message.c.seq, _message.c.text)
        .outerjoin(
            _vector,
            and_(
                _vector.c.conversation_id == _message.c.conversation_id,
                _vector.c.seq == _message.c.seq,
                _vector.c.model == model,
            ),
        )
        .where(
            _vector.c.seq.is_(None),
            _message.c.text != "",
            # What is unproved is nobody's memory (`memory.readable.context`).
            _message.c.level >= int(Assurance.ASSERTED),
        )
    )


def _unencoded(rows: Sequence[AnyRow]) -> list[Unencoded]:
    return [Unencoded((row.conversation_id, row.seq), row.text) for row in rows]
