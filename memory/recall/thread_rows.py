"""The newest messages that a sender may read, over all their conversations, as rows.

Whoever wrote a thousand mails has a thousand conversations, nearly all of them long over: they are
not looked into when what moved since is enough. What may be read at all is said by
`memory.readable.messages`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, bindparam, case, exists, func, or_, select

from memory.readable.messages import own_conversations, readable, readable_in, reading
from memory.readable.sender import AnyRow, ContextQuery, Reader
from memory.tables.main import Conversation, Message
from memory.tables.rows import table

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
_all_there_is = _of_each.where(~exists(select(_counts.c.id).where(_before >= _limit)))
"""All messages, when those of all conversations but the one that moved least are fewer than
`limit`; otherwise none."""

_moved = (
    select(_conversation.c.id, _conversation.c.seq, _conversation.c.updated_at)
    .where(
        or_(
            _conversation.c.handle_id.in_(bindparam("owners", expanding=True)),
            _conversation.c.id == bindparam("here"),
        )
    )
    .order_by(_conversation.c.updated_at.desc(), _conversation.c.id.desc())
)
"""All of the sender's conversations, the one that moved last before the others."""

_since = bindparam("since", type_=BigInteger)
_ends = readable_in.where(
    _message.c.seq > _conversation.c.seq - bindparam("tail", type_=BigInteger),
    _message.c.created_at >= _since,
)
"""The ends of some conversations."""

_oldest = (
    _ends.with_only_columns(_message.c.created_at)
    .order_by(_message.c.created_at.desc())
    .limit(1)
    .offset(_limit - 1)
)
"""When the oldest of the newest messages was written, over these ends. Reading the moments alone
is much faster."""

_by_time = itemgetter(8, 0, 1)


def thread_rows(connection: Connection, query: ContextQuery, reader: Reader) -> list[AnyRow]:
    """The newest `query.limit` readable messages, oldest first."""
    asked = {**reading(query, reader), "limit": query.limit}
    rows = connection.execute(_all_there_is, asked).all()
    if not rows:
        rows = _newest(connection, query.limit, asked)
    return sorted(rows, key=_by_time)[-query.limit :]


def _newest(connection: Connection, limit: int, asked: Mapping[str, object]) -> Sequence[AnyRow]:
    """The newest messages, and a few older ones, when there are many."""
    moved = connection.execute(_moved, asked).all()
    if sum(min(row.seq, limit) for row in moved[:-1]) < limit:
        # Then there are none at all.
        return ()
    # The ends of what moved last have enough messages, and hardly one is older than need be.
    tail = max(1, limit // 2)
    so_far = accumulate(min(row.seq, tail) for row in moved)
    first = next((at for at, sum_ in enumerate(so_far, 1) if sum_ >= 2 * limit), len(moved))
    since, some = 0, moved[:first]
    for reach in (tail, limit):
        where = {**asked, "threads": [row.id for row in some], "tail": reach, "since": since}
        since = connection.execute(_oldest, where).scalar() or since
        # What has not moved since has none of the newest.
        some = [row for row in moved if row.updated_at >= since]
        if len(some) <= first:
            break
    where = {**asked, "threads": [row.id for row in some], "tail": limit, "since": since}
    return connection.execute(_ends, where).all()
