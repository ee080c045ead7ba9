"""What a language model made, once it was checked: kept with its mark, and taken back by it.

A summary belongs to the episode it sums up and goes with it; a fact is claimed, and comes from one
message. Both are written only while what they were made from is still so: an episode that changed
meanwhile has another id, or is waiting to be made again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, and_, exists, or_, select, update

from core.clock import Micros
from core.facts.history import Told
from core.message import Assurance, Author
from memory.episodes import CASE, SESSION, Part, load_parts
from memory.tables.main import Conversation, Handle, Message
from memory.tables.remembered import Episode, Fact
from memory.tables.rows import table
from memory.units.remembering.episodes import hold
from memory.units.remembering.fact_rows import MODEL
from memory.units.remembering.facts import FactProblem, Telling, tell

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_conversation = table(Conversation)
_episode = table(Episode)
_fact = table(Fact)
_handle = table(Handle)
_message = table(Message)
_case = _episode.alias("of_a_case")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An episode by where its messages lie. It is `told` when it has a summary, or is a session
    that lies within a case, which tells the same."""

    id: int
    handle_id: int
    kind: str
    parts: tuple[Part, ...]
    told: bool


@dataclass(frozen=True, slots=True)
class Guess:
    """A fact that a model read out of one message; `needs` as with the facts of turns."""

    key: str
    value: str
    source: str
    needs: Assurance = Assurance.NONE


def waiting(connection: Connection, after: int, limit: int) -> Sequence[Waiting]:
    """Episodes made after the one with this id, oldest first."""
    told_by_case = exists().where(
        _case.c.handle_id == _episode.c.handle_id,
        _case.c.kind == CASE,
        _case.c.started_at <= _episode.c.started_at,
        _case.c.ended_at >= _episode.c.ended_at,
    )
    rows = connection.execute(
        select(
            _episode.c.id,
            _episode.c.handle_id,
            _episode.c.kind,
            _episode.c.source_json,
            or_(
                _episode.c.summary.is_not(None),
                and_(_episode.c.kind == SESSION, told_by_case),
            ).label("told"),
        )
        .where(_episode.c.id > after, _episode.c.made_at > 0)
        .order_by(_episode.c.id)
        .limit(limit)
    ).all()
    return [
        Waiting(row.id, row.handle_id, row.kind, load_parts(row.source_json), bool(row.told))
        for row in rows
    ]


def sum_up(
    connection: Connection, episode_id: int, text: str, sources: Collection[str], by: str
) -> bool:
    """Keep a summary; whether the episode still was what was summed up."""
    summary = orjson.dumps({"text": text, "sources": sorted(sources)}).decode()
    return bool(
        connection.execute(
            update(_episode)
            .where(_episode.c.id == episode_id, _episode.c.made_at > 0)
            .values(summary=summary, summary_by=f"{MODEL}{by}")
        ).rowcount
    )


def learn(
    connection: Connection,
    episode_id: int,
    guesses: Sequence[Guess],
    by: str,
    now: Micros,
    new_id: Callable[[], int],
) -> int:
    """Keep facts as claimed by this model, of the level of their message; how many are new.

    Nothing is kept when the episode is not what it was, of a message that is not the customer's, or
    in the place of what somebody else told.
    """
    still = select(_episode.c.handle_id).where(_episode.c.id == episode_id, _episode.c.made_at > 0)
    handle_id = connection.execute(still).scalar()
    # Whoever changes a message in it comes before this, and is seen by a second look, or after.
    if (
        handle_id is None
        or not hold(connection, handle_id)
        or not connection.execute(still).first()
    ):
        return 0
    new = 0
    for one in guesses:
        row = _customers(connection, handle_id, one.source)
        if row is None or row.level < Assurance.ASSERTED or _is_told(connection, handle_id, one):
            continue
        telling = Telling(
            handle_id=handle_id,
            key=one.key,
            value=one.value,
            source=one.source,
            level=row.level,
            told_by=f"{MODEL}{by}",
            channel=row.channel,
            needs=int(one.needs),
            valid_from=row.created_at,
        )
        try:
            told = tell(connection, telling, now, new_id)
        except FactProblem:
            return new
        new += told not in (Told.TOUCHED, Told.REFUSED)
    return new


def _is_told(connection: Connection, handle_id: int, one: Guess) -> bool:
    """Whether somebody who does not guess has told what holds now."""
    known = select(_fact.c.id).where(
        _fact.c.handle_id == handle_id,
        _fact.c.key == one.key,
        _fact.c.valid_to.is_(None),
        _fact.c.retired_at.is_(None),
        ~_fact.c.told_by.startswith(MODEL, autoescape=True),
    )
    return connection.execute(known).first() is not None


def _customers(connection: Connection, handle_id: int, source: str) -> AnyRow | None:
    """The handle's own message with this id."""
    conversation, _, seq = source.partition("-")
    return connection.execute(
        select(_message.c.level, _message.c.created_at, _conversation.c.channel)
        .join(_conversation, _conversation.c.id == _message.c.conversation_id)
        .where(
            _message.c.conversation_id == int(conversation),
            _message.c.seq == int(seq),
            _message.c.handle_id == handle_id,
            _message.c.author == Author.CUSTOMER.value,
        )
    ).first()
