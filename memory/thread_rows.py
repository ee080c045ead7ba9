"""The newest messages that a sender may read, over all their conversations, as rows.

Whoever wrote a thousand mails has a thousand conversations, nearly all of them long over: they are
not looked into when what moved since is enough. What may be read at all is said by
`memory.readable_messages`.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, bindparam, case, func, select

from core.clock import Micros
from memory.readable_messages import own_conversations, readable, reading
from memory.sender import AnyRow, ContextQuery, Reader
from memory.tables import Conversation, Message
from memory.units.rows import table

_conversation = table(Conversation)
_message = table(Message)

_limit = bindparam("limit", type_=BigInteger)
_counted = case((_conversation.c.seq < _limit, _conversation.c.seq), else_=_limit)
_counts = (
    select(
        _conversation.c.id,
        _conversation.c.updated_at,
        _counted.label("messages"),
        func.sum(_counted)
        .over(
            order_by=(_conversation.c.updated_at.desc(), _conversation.c.id.desc()),
            rows=(None, 0),
        )
        .label("so_far"),
    )
    .where(_conversation.c.id.in_(own_conversations))
    .cte("counts")
)
_before = _counts.c.so_far - _counts.c.messages
_of_each: Select[Any] = readable.where(_message.c.seq > _conversation.c.seq - _limit)
_moved_last = _of_each.add_columns(
    select(func.max(_counts.c.updated_at)).where(_before >= _limit).scalar_subquery()
).where(_conversation.c.id.in_(select(_counts.c.id).where(_before < _limit)))
"""The messages of as many conversations, those first that moved last, as have `limit` in all; with
each, when the first of the others moved."""

_since = _of_each.where(
    _conversation.c.updated_at >= bindparam("since"),
    _message.c.created_at >= bindparam("since"),
)

_CREATED, _REST = 8, -1
_by_time = itemgetter(_CREATED, 0, 1)


def thread_rows(connection: Connection, query: ContextQuery, reader: Reader) -> list[AnyRow]:
    """The newest `query.limit` readable messages, oldest first."""
    asked = {**reading(query, reader), "limit": query.limit}
    rows = _newest(connection.execute(_moved_last, asked).all(), query.limit)
    rest: Micros | None = rows[0][_REST] if rows else 0
    if rest is None:
        return rows
    # What is in conversations that moved earlier is older, but for those that moved meanwhile; and
    # everything counts when some of the newest may not be read.
    since = rows[0][_CREATED] if len(rows) == query.limit else 0
    if rest < since:
        return rows
    return _newest(connection.execute(_since, {**asked, "since": since}).all(), query.limit)


def _newest(rows: Sequence[AnyRow], limit: int) -> list[AnyRow]:
    return sorted(rows, key=_by_time)[-limit:]
