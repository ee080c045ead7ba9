"""The newest messages that a sender may read, over all their conversations, as rows.

Whoever wrote a thousand mails has a thousand conversations, nearly all of them long over: they are
not looked into when what moved since is enough. What may be read at all is said by
`memory.readable_messages`.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, bindparam, case, exists, func, select

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
_since = bindparam("since", type_=BigInteger)
_moved_since = _conversation.c.id.in_(select(_counts.c.id).where(_counts.c.updated_at >= _since))
_later = _of_each.where(_moved_since, _message.c.created_at >= _since)

_all_there_is = _of_each.where(~exists(select(_counts.c.id).where(_before >= _limit)))
"""All messages, when those of all conversations but the one that moved least are fewer than
`limit`; otherwise none."""

_bound = _of_each.with_only_columns(
    func.min(_message.c.created_at).label("since"),
    func.count().label("messages"),
    select(func.count()).where(_before >= _limit).scalar_subquery().label("others"),
).where(_conversation.c.id.in_(select(_counts.c.id).where(_before < _limit)))
"""Since when there are `limit` messages in those conversations that moved last."""

_oldest = (
    _later.with_only_columns(_message.c.created_at)
    .order_by(_message.c.created_at.desc())
    .limit(1)
    .offset(_limit - 1)
)
"""When the oldest of the newest messages was written, over all that moved since."""

_by_time = itemgetter(8, 0, 1)


def thread_rows(connection: Connection, query: ContextQuery, reader: Reader) -> list[AnyRow]:
    """The newest `query.limit` readable messages, oldest first."""
    asked = {**reading(query, reader), "limit": query.limit}
    rows = connection.execute(_all_there_is, asked).all()
    if not rows:
        # There are none, or many in many conversations. The moments alone are read much faster.
        bound = connection.execute(_bound, asked).one()
        if not bound.others:
            return []
        since = bound.since if bound.messages >= query.limit else 0
        oldest = connection.execute(_oldest, {**asked, "since": since}).scalar()
        rows = connection.execute(_later, {**asked, "since": oldest or 0}).all()
    return sorted(rows, key=_by_time)[-query.limit :]
