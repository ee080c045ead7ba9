"""Which messages a sender may read: the one filter of all that leaves memory word for word.

The thread of a turn and what is found far back in the past are both read through it, so that
neither can tell what the other would keep back. It does not choose among what may be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    union,
)

from core.clock import from_micros
from core.message import Assurance, Audience, Author
from core.turn import Said
from memory.readable.drawing import drawn_of, is_withdrawn
from memory.readable.sender import AnyRow, ContextQuery, Reader
from memory.tables.main import Conversation, Handle, Inbound, Message
from memory.tables.rows import table

_handle = table(Handle)
_conversation = table(Conversation)
_message = table(Message)
_inbound = table(Inbound)

own_conversations = union(
    select(_conversation.c.id).where(
        _conversation.c.handle_id.in_(bindparam("owners", expanding=True))
    ),
    select(bindparam("here", type_=BigInteger)),
)
# The status stands in the statement as a literal: SQLite uses a partial index for nothing else.
_waits_for_a_turn = exists().where(
    _inbound.c.handle_id == _message.c.handle_id,
    _inbound.c.conversation_id == _message.c.conversation_id,
    _inbound.c.seq == _message.c.seq,
    _inbound.c.status == literal_column("'new'"),
)
_filtered: Select[Any] = (
    select(
        _message.c.conversation_id,
        _message.c.seq,
        _message.c.handle_id,
        _message.c.author,
        _message.c.author_name,
        _message.c.text,
        _message.c.tokens,
        _message.c.level,
        _message.c.created_at,
        _message.c.extra_json,
        _message.c.about,
        _conversation.c.channel,
    )
    .select_from(_conversation)
    .join(_message, _message.c.conversation_id == _conversation.c.id)
    .where(
        # In a room everybody reads along; elsewhere a thread that somebody else slipped into is
        # read by each only as far as it is their own.
        or_(
            _message.c.handle_id.in_(bindparam("handles", expanding=True)),
            and_(
                _conversation.c.id == bindparam("here"),
                _conversation.c.audience == Audience.ROOM.value,
            ),
        ),
        # An unproved message is nobody's memory, and no more is what was answered to it: whoever
        # forged it must not be believed later.
        _message.c.level >= int(Assurance.ASSERTED),
        or_(_message.c.author != Author.CUSTOMER.value, ~_waits_for_a_turn),
    )
)
readable = _filtered.where(_conversation.c.id.in_(own_conversations))
"""Every message that a sender may read, as far as its row alone can tell: see `reading`."""

readable_in = _filtered.where(
    _conversation.c.id.in_(bindparam("threads", expanding=True)),
    or_(
        _conversation.c.handle_id.in_(bindparam("owners", expanding=True)),
        _conversation.c.id == bindparam("here"),
    ),
)
"""The same of these conversations, which are all that is looked at: of a sender's thousand, SQLite
would look at each."""

_keys = select(_handle.c.id, _handle.c.key).where(
    _handle.c.id.in_(bindparam("ids", expanding=True))
)


def reading(query: ContextQuery, reader: Reader) -> dict[str, object]:
    """What `readable` has to be told of who is reading."""
    return {
        "handles": list(reader.keys),
        "here": query.conversation_id,
        "owners": list(reader.keys) if reader.everywhere else [],
    }


def undrawn(
    rows: Sequence[AnyRow], reader: Reader
) -> tuple[list[AnyRow], dict[str, frozenset[int]]]:
    """The rows without answers that were made from what the sender may not read, and from whom
    the other answers were made."""
    kept: list[AnyRow] = []
    drawn: dict[str, frozenset[int]] = {}
    for row in rows:
        extra_json = row[_EXTRA]
        if extra_json is None:
            kept.append(row)
            continue
        if is_withdrawn(extra_json):
            continue
        made_from = () if row.author == Author.CUSTOMER else drawn_of(extra_json)
        if not made_from:
            kept.append(row)
        elif made_from <= reader.keys.keys():
            kept.append(row)
            drawn[f"{row.conversation_id}-{row.seq}"] = made_from
    return kept, drawn


def said_in(
    connection: Connection, rows: Sequence[AnyRow], keys: Mapping[int, str]
) -> tuple[Said, ...]:
    """The messages of these rows, without those that were taken back."""
    strangers = {row[_WHO] for row in rows} - keys.keys()
    if strangers:
        found = connection.execute(_keys, {"ids": list(strangers)})
        keys = {**keys, **{row.id: row.key for row in found}}
    return tuple([_one_said(row, keys) for row in rows if row[_TEXT] or not _is_gone(row)])


def _is_gone(row: AnyRow) -> bool:
    """Whether the sender took the message back."""
    return row.text == "" and row.extra_json is not None and '"taken_back"' in row.extra_json


_WHO, _TEXT, _EXTRA = 2, 5, 9
"""Where in a row these are: taking them by name takes longer than what is done with them."""

_AUTHORS: Mapping[str, Author] = {one.value: one for one in Author}
_NO_SECRETS: Mapping[str, str] = {}


def _one_said(row: AnyRow, keys: Mapping[int, str]) -> Said:
    conversation, seq, who, author, name, text, tokens, _, created, extra_json, about, channel = row
    quick_reply, secrets = None, _NO_SECRETS
    if extra_json is not None:
        extra = orjson.loads(extra_json)
        quick_reply, secrets = extra.get("quick_reply"), extra.get("secrets", _NO_SECRETS)
    return Said(
        f"{conversation}-{seq}",
        from_micros(created),
        channel,
        _AUTHORS[author],
        text,
        tokens,
        keys[who],
        name,
        quick_reply,
        secrets,
        about,
    )
