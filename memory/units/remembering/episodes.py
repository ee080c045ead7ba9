"""Writing episodes: heads of sessions that are over and of cases that were closed.

Each is made in the transaction that writes it, from the messages as they are then, while their
customer is held: whoever changes a message either comes before, or finds the episode and spoils
it. What did not change stays as it is, with its summary. Which stretches there are was found
before (`memory.episode_sources`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, delete, insert, select, update

from core.clock import Micros
from core.facts.episode_head import Ending, Head, make_head
from memory.episode_sources import Lines, Plan, Stretch, read_lines
from memory.episodes import CASE, SESSION, dump_head
from memory.readable.drawing import CASE as STATE
from memory.readable.drawing import drawn_of, dump_drawn
from memory.tables.main import Case, Customer, Handle, Handoff
from memory.tables.remembered import Episode
from memory.tables.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_case = table(Case)
_customer = table(Customer)
_episode = table(Episode)
_handle = table(Handle)
_handoff = table(Handoff)

SPOILED: Mapping[str, Any] = MappingProxyType(
    {
        "head_json": "{}",
        "source_json": "{}",
        "summary": None,
        "summary_by": None,
        "made_at": 0,
    }
)
"""The columns of an episode that has lost its words, until it is made again."""

_MADE = ("started_at", "ended_at", "head_json", "source_json", "drawn_json")
"""What is compared to know whether an episode is still the same."""


def write_sessions(
    connection: Connection, handle_id: int, plan: Plan, now: Micros, new_id: Callable[[], int]
) -> int:
    """Make these the handle's only sessions that began in the plan's time; how many are new."""
    if not hold(connection, handle_id):
        connection.execute(delete(_episode).where(_episode.c.handle_id == handle_id))
        return 0
    known = connection.execute(
        select(_episode).where(
            _episode.c.handle_id == handle_id,
            _episode.c.kind == SESSION,
            _episode.c.started_at > plan.after,
            _episode.c.started_at <= plan.until,
        )
    ).all()
    made = [
        row
        for stretch in plan.stretches
        if (row := _row(stretch, SESSION, read_lines(connection, stretch.handle_id, stretch.parts)))
        is not None
    ]
    return _replace(connection, known, made, now, new_id)


def write_case(
    connection: Connection,
    case_id: int,
    stretch: Stretch | None,
    now: Micros,
    new_id: Callable[[], int],
) -> int:
    """Make the episode of a closed case anew, and have none of one that is open; 1 if it is new."""
    row = None
    if stretch is not None and hold(connection, stretch.handle_id):
        row = _case_row(connection, case_id, stretch)
    known = connection.execute(select(_episode).where(_episode.c.case_id == case_id)).all()
    made = [] if row is None else [{**row, "case_id": case_id}]
    return _replace(connection, known, made, now, new_id)


def spoil(connection: Connection, handle_id: int, first: Micros, last: Micros) -> int:
    """Episodes in which something changed that was said between these moments lose their words at
    once, and are made again later; how many. Whoever calls has locked the customer."""
    return connection.execute(
        update(_episode)
        .where(
            _episode.c.handle_id == handle_id,
            _episode.c.started_at <= last,
            _episode.c.ended_at >= first,
        )
        .values(**SPOILED)
    ).rowcount


def ask_anew(connection: Connection, handle_id: int, row_id: int) -> None:
    """Have all sessions of a handle made again: its past was added to."""
    connection.execute(
        insert(_episode).values(
            id=row_id,
            handle_id=handle_id,
            kind=SESSION,
            started_at=0,
            ended_at=0,
            head_json="{}",
            source_json="{}",
            made_at=0,
        )
    )


def spoiled(connection: Connection, limit: int) -> tuple[Sequence[int], Sequence[int]]:
    """Handles with sessions, and cases, whose episodes have to be made again; a few at a time."""
    rows = connection.execute(
        select(_episode.c.handle_id, _episode.c.case_id)
        .where(_episode.c.made_at == 0)
        .order_by(_episode.c.handle_id)
        .limit(limit)
    ).all()
    handles = dict.fromkeys(row.handle_id for row in rows if row.case_id is None)
    return list(handles), [row.case_id for row in rows if row.case_id is not None]


def drop_summaries(connection: Connection, by: str, limit: int) -> int:
    """Take back the summaries of one model ("model:NAME"), so many at most; how many."""
    query = select(_episode.c.id).where(_episode.c.summary_by == by).limit(limit)
    found = list(connection.execute(query).scalars())
    if found:
        connection.execute(
            update(_episode).where(_episode.c.id.in_(found)).values(summary=None, summary_by=None)
        )
    return len(found)


def hold(connection: Connection, handle_id: int) -> bool:
    """Lock the handle's customer; whether there still is such a handle, and not on its way out."""
    owner = connection.execute(
        select(_handle.c.customer_id).where(_handle.c.id == handle_id, _handle.c.kind != "erased")
    ).scalar()
    if owner is None:
        return False
    connection.execute(select(_customer.c.id).where(_customer.c.id == owner).with_for_update())
    return True


def _case_row(connection: Connection, case_id: int, stretch: Stretch) -> dict[str, object] | None:
    """The episode's row, when the case is closed."""
    case = connection.execute(select(_case).where(_case.c.id == case_id)).first()
    if case is None or case.status != "closed" or case.handle_id != stretch.handle_id:
        return None
    lines = read_lines(connection, stretch.handle_id, stretch.parts)
    state = dict.fromkeys(drawn_of(case.state_json), frozenset({STATE}))
    return _row(
        stretch, CASE, Lines(lines.lines, {**state, **lines.drawn}), _ending(connection, case)
    )


def _row(
    stretch: Stretch, kind: str, read: Lines, ending: Ending | None = None
) -> dict[str, object] | None:
    """The episode's row without its id; nothing where the customer said nothing."""
    head = make_head(read.lines, ending)
    if head is None:
        return None
    return {
        "handle_id": stretch.handle_id,
        "kind": kind,
        "case_id": None,
        "started_at": stretch.started_at,
        "ended_at": stretch.ended_at,
        "head_json": dump_head(head),
        "source_json": _sources(head, read, stretch),
        "drawn_json": dump_drawn(read.drawn),
    }


def _sources(head: Head, read: Lines, stretch: Stretch) -> str:
    return orjson.dumps(
        {
            "first": read.lines[0].id,
            "last": read.lines[-1].id,
            "quoted": head.sources,
            "parts": [list(asdict(part).values()) for part in stretch.parts],
        }
    ).decode()


def _replace(
    connection: Connection,
    known: Sequence[AnyRow],
    made: Sequence[Mapping[str, object]],
    now: Micros,
    new_id: Callable[[], int],
) -> int:
    """Keep what is the same, delete what is not made any more, and write the rest."""
    kept = {_same(row._asdict()) for row in known if row.made_at > 0}
    wanted = [_same(one) for one in made]
    gone = [row.id for row in known if row.made_at == 0 or _same(row._asdict()) not in wanted]
    if gone:
        connection.execute(delete(_episode).where(_episode.c.id.in_(gone)))
    fresh = [one for one, same in zip(made, wanted, strict=True) if same not in kept]
    if fresh:
        rows = [{**one, "id": new_id(), "made_at": now} for one in fresh]
        connection.execute(insert(_episode), rows)
    return len(fresh)


def _same(values: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(values[name] for name in _MADE)


def _ending(connection: Connection, case: AnyRow) -> Ending:
    """How the case ended, and who of the people had it last."""
    last = connection.execute(
        select(_handoff.c.owner, _handoff.c.queue)
        .where(_handoff.c.case_id == case.id)
        .order_by(_handoff.c.opened_at.desc(), _handoff.c.id.desc())
        .limit(1)
    ).first()
    if last is None:
        return Ending(case.outcome)
    owner = None if last.owner is None else last.owner.partition(":")[2] or last.owner
    return Ending(case.outcome, owner, last.queue)
