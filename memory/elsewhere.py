"""Where a customer may be written to beside the thread they write in, and answers nobody has seen.

Read from handles, links, proofs and threads; every guard of another channel is here. It writes
nothing, and which of several places is taken, others decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, and_, select

from core.clock import Micros
from core.identity.graph import is_shared, silent_before
from core.identity.rules import IdentityRules
from core.message import Assurance, Audience, Author, Sensitivity
from memory.readable.sender import ContextQuery, read_sender
from memory.tables.identity import Challenge
from memory.tables.main import Conversation, Handle, Message
from memory.tables.rows import table
from memory.units.identity.blocking import blocked_patterns, is_blocked

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_challenge = table(Challenge)
_conversation = table(Conversation)
_handle = table(Handle)
_message = table(Message)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who wants to go on elsewhere: the sender's handle, how well it is proved, where it writes."""

    handle_id: int
    conversation_id: int
    level: Assurance
    kind: str
    now: Micros
    rules: IdentityRules


@dataclass(frozen=True, slots=True)
class Places:
    """Handles of that kind that may be written to, the one seen last first; and those that are the
    sender's, too, but have opted out."""

    open: tuple[str, ...] = ()
    opted_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unseen:
    """An answer in a thread that its visitor has left. `to` is the handle it may go to."""

    conversation_id: int
    handle_id: int
    account: str
    key: str
    to: str
    seq: int
    author: Author
    author_name: str | None
    text: str
    about: Sensitivity


def find_places(connection: Connection, wanted: Wanted) -> Places:
    """The sender's handles of a kind at which they may be written to.

    They are proved on both sides, at the level that history needs; or the sender has just shown a
    code that went there. None is retired, blocked, shared, dead, or silent for so long that it may
    be somebody else's.
    """
    own = connection.execute(select(_handle).where(_handle.c.id == wanted.handle_id)).first()
    if own is None:
        return Places()
    reader = read_sender(
        connection,
        ContextQuery(
            own.customer_id,
            own.id,
            wanted.conversation_id,
            wanted.level,
            wanted.now,
            rules=wanted.rules,
        ),
    )
    shown = _shown(connection, wanted)
    rows = connection.execute(
        select(_handle)
        .where(
            _handle.c.customer_id == own.customer_id,
            _handle.c.kind == wanted.kind,
            _handle.c.id != own.id,
            _handle.c.key.in_([*reader.sender.proved, *shown]),
        )
        .order_by(_handle.c.seen_at.desc(), _handle.c.id.desc())
    ).all()
    listed = blocked_patterns(connection)
    may = [one for one in rows if _may_be(one, wanted, listed, shown)]
    return Places(
        open=tuple(one.key for one in may if not one.opted_out),
        opted_out=tuple(one.key for one in may if one.opted_out),
    )


def _shown(connection: Connection, wanted: Wanted) -> Sequence[str]:
    """Where codes went that this sender has shown within the time for which a proof holds."""
    since = wanted.now - wanted.rules.codes.proof // timedelta(microseconds=1)
    rows = connection.execute(
        select(_challenge.c.target_key).where(
            _challenge.c.asker_handle_id == wanted.handle_id,
            _challenge.c.status == "proved",
            _challenge.c.proved_at >= since,
        )
    )
    return list(rows.scalars())


def _may_be(row: AnyRow, wanted: Wanted, listed: Sequence[str], shown: Sequence[str]) -> bool:
    if row.retired_at is not None or row.dead:
        return False
    if is_shared(row.key, row.shared, wanted.rules) or is_blocked(row.key, wanted.rules, listed):
        return False
    # Who has just shown its code holds it, however long it was silent.
    return row.key in shown or row.seen_at >= silent_before(row.kind, wanted.rules, wanted.now)


def find_unseen(
    connection: Connection, accounts: Sequence[str], span: tuple[Micros, Micros], limit: int = 100
) -> list[Unseen]:
    """Answers of that span of time that nobody has seen, in threads whose visitor is answered
    elsewhere, too, oldest first. Each is named until it is marked as taken there."""
    rows = connection.execute(
        select(
            _conversation.c.id,
            _conversation.c.handle_id,
            _conversation.c.account,
            _conversation.c.key,
            _conversation.c.answer_at,
            _message.c.seq,
            _message.c.author,
            _message.c.author_name,
            _message.c.text,
            _message.c.extra_json,
        )
        .select_from(_conversation)
        .join(
            _message,
            and_(
                _message.c.conversation_id == _conversation.c.id,
                _message.c.seq > _conversation.c.seen_seq,
                _message.c.seq > _conversation.c.carried_seq,
            ),
        )
        .where(
            _conversation.c.answer_at.is_not(None),
            _conversation.c.account.in_(accounts),
            _conversation.c.audience == Audience.ONE.value,
            _conversation.c.seq > _conversation.c.carried_seq,
            _message.c.author != Author.CUSTOMER.value,
            _message.c.created_at.between(*span),
        )
        .order_by(_message.c.created_at, _conversation.c.id, _message.c.seq)
        .limit(limit)
    ).all()
    return [
        Unseen(
            row.id,
            row.handle_id,
            row.account,
            row.key,
            row.answer_at,
            row.seq,
            Author(row.author),
            row.author_name,
            row.text,
            _about(row),
        )
        for row in rows
    ]


def _about(row: AnyRow) -> Sensitivity:
    """How sensitive an answer is. A person's is about this customer, whatever it says."""
    extra = orjson.loads(row.extra_json) if row.extra_json else {}
    told = extra.get("sensitivity", Sensitivity.GENERAL.value)
    return Sensitivity.PERSONAL if row.author == Author.AGENT.value else Sensitivity(told)
