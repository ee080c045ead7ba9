"""What episodes are read: for a turn, for people, and for whoever makes them.

Reads only. An episode belongs to one handle; whoever reads several hands in all of them. What drew
on a handle that is not among those is left out here, as `memory.readable.context` leaves out such
answers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, or_, select

from core.clock import Micros, from_micros, to_micros
from core.facts.episode_head import Head, line_of_head
from memory.readable.drawing import load_drawn
from memory.tables.main import Case
from memory.tables.remembered import Episode
from memory.tables.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

SESSION, CASE = "session", "case"
"""The kinds of episode."""

_episode = table(Episode)
_case = table(Case)


@dataclass(frozen=True, slots=True)
class Part:
    """Where a stretch lies in one conversation: from the first to the last of these numbers."""

    conversation_id: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class EpisodeView:
    """One episode. `drawn` are the other handles it was made from.

    A `summary` is a model's, whose name is in `summary_by`, made of the messages with the ids in
    `summary_sources`.
    """

    id: int
    handle_id: int
    kind: str
    case_id: int | None
    head: Head
    drawn: frozenset[int] = frozenset()
    summary: str | None = None
    summary_by: str | None = None
    summary_sources: tuple[str, ...] = ()


def episodes_of(
    connection: Connection, handle_ids: Collection[int], limit: int
) -> Sequence[EpisodeView]:
    """The newest episodes of these handles, newest first, of which every source is theirs.

    A session that lies within a case of the same handle is told by the case. Only for senders who
    read everything of these handles: what is in an episode was said in any of their conversations.
    """
    query = (
        select(_episode)
        .outerjoin(_case, _case.c.id == _episode.c.case_id)
        .where(
            _episode.c.handle_id.in_(handle_ids),
            _episode.c.made_at > 0,
            # A case that was taken up again is no episode until it ends again.
            or_(_episode.c.case_id.is_(None), _case.c.status == "closed"),
        )
        .order_by(_episode.c.started_at.desc(), _episode.c.id.desc())
        .limit(2 * limit)
    )
    rows = connection.execute(query).all()
    cases = [row for row in rows if row.kind == CASE]
    found = [
        _view(row)
        for row in rows
        if row.kind == CASE or not any(_within(row, case) for case in cases)
    ]
    return [one for one in found if one.drawn <= set(handle_ids)][:limit]


def line_of(episode: EpisodeView) -> str:
    """An episode in one line, as for a prompt or a list."""
    return line_of_head(episode.head)


def dump_head(head: Head) -> str:
    """For `episode.head_json`, without what is empty; the same head gives the same text."""
    data = {
        "channels": head.channels,
        "words": head.words,
        "asked": head.asked,
        "identifiers": head.identifiers,
        "tags": head.tags,
        "outcome": head.outcome,
        "owner": head.owner,
        "counts": head.counts,
        "from": to_micros(head.started_at),
        "until": to_micros(head.ended_at),
    }
    return orjson.dumps({key: value for key, value in data.items() if value}).decode()


def load_head(text: str, sources: Sequence[str] = ()) -> Head:
    """The head written by `dump_head`, with its sources."""
    data = orjson.loads(text)
    return Head(
        channels=tuple(data["channels"]),
        started_at=from_micros(data["from"]),
        ended_at=from_micros(data["until"]),
        words=data["words"],
        asked=tuple(data.get("asked", ())),
        identifiers=tuple(data.get("identifiers", ())),
        tags=tuple(data.get("tags", ())),
        outcome=data.get("outcome"),
        owner=data.get("owner"),
        counts=data["counts"],
        sources=tuple(sources),
    )


def load_parts(source_json: str) -> tuple[Part, ...]:
    """Where the messages of an episode lie, as its row says."""
    return tuple(Part(*one) for one in orjson.loads(source_json).get("parts", ()))


def _view(row: AnyRow) -> EpisodeView:
    quoted = orjson.loads(row.source_json)["quoted"]
    summary = {} if row.summary is None else orjson.loads(row.summary)
    return EpisodeView(
        row.id,
        row.handle_id,
        row.kind,
        row.case_id,
        load_head(row.head_json, quoted),
        frozenset(load_drawn(row.drawn_json)),
        summary.get("text"),
        row.summary_by,
        tuple(summary.get("sources", ())),
    )


def _within(row: AnyRow, case: AnyRow) -> bool:
    begun: Micros = row.started_at
    return bool(
        case.handle_id == row.handle_id
        and case.started_at <= begun
        and row.ended_at <= case.ended_at
    )
