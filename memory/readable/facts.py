"""Which facts a sender may read, for a turn: those that hold, each with what it was before.

Filtered as all that leaves memory for a turn (`memory.readable.context`): by the handle that told
it, how well that was proved, and what it needs. It does not choose between two that hold at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    literal_column,
    or_,
    select,
    union_all,
)

from core.clock import Micros, from_micros
from core.message import Assurance
from core.turn import Fact
from memory.readable.drawing import drawn_of
from memory.readable.sender import AnyRow, Reader
from memory.tables.remembered import IS_IDENTIFIER, NO_IDENTIFIER
from memory.tables.remembered import Fact as FactRow
from memory.tables.rows import table
from memory.units.identity.attributes import PREFIX as ATTRIBUTE

_FACTS_LIMIT, IDENTIFIERS_LIMIT = 200, 12
"""The newest of each that are read: what was told, and what was found in messages by its shape."""

_fact = table(FactRow)
_before = _fact.alias("before")

# Of what the business's own systems tell, only this is of use in a talk.
_OF_USE = [f"{ATTRIBUTE}{one}" for one in ("language", "name", "tier")]


def _newest(*where: ColumnElement[bool], by: ColumnElement[Micros], limit: int) -> Select[Any]:
    """In a statement of its own, so that an index gives the newest."""
    found = select(_fact.c.id).where(
        _fact.c.handle_id.in_(bindparam("handles", expanding=True)),
        _fact.c.valid_to.is_(None),
        *where,
    )
    return select(found.order_by(by.desc(), _fact.c.id.desc()).limit(limit).subquery().c.id)


# The shape of the key stands as the indexes have it: SQLite uses a partial index for nothing else.
_ids = union_all(
    _newest(
        literal_column(NO_IDENTIFIER),
        or_(
            ~_fact.c.key.startswith(ATTRIBUTE, autoescape=True),
            _fact.c.key.in_(_OF_USE),
            _fact.c.pinned,
        ),
        by=_fact.c.recorded_at,
        limit=_FACTS_LIMIT,
    ),
    _newest(literal_column(IS_IDENTIFIER), by=_fact.c.touched_at, limit=IDENTIFIERS_LIMIT),
).subquery()
_facts = (
    select(
        _fact.c.id,
        _fact.c.handle_id,
        _fact.c.key,
        _fact.c.value,
        _fact.c.source,
        _fact.c.level,
        _fact.c.needs,
        _fact.c.secret,
        _fact.c.recorded_at,
        _fact.c.verified,
        _fact.c.told_by,
        _fact.c.channel,
        _fact.c.pinned,
        _fact.c.due_at,
        _fact.c.touched_at,
        _fact.c.drawn_json,
        _before.c.value.label("was"),
        _before.c.valid_to.label("until"),
        _before.c.source.label("was_source"),
        _before.c.level.label("was_level"),
        _before.c.needs.label("was_needs"),
        _before.c.drawn_json.label("was_drawn"),
    )
    .select_from(_ids)
    .join(_fact, _fact.c.id == _ids.c.id)
    .outerjoin(
        _before,
        (_before.c.superseded_by == _fact.c.id)
        & _before.c.retired_at.is_(None)
        & _before.c.secret.is_(False)
        & (_before.c.valid_from < _before.c.valid_to),
    )
    # Of several that it took the place of, the one that was so last comes last.
    .order_by(
        _fact.c.recorded_at, _fact.c.id, _before.c.valid_to, _before.c.valid_from, _before.c.id
    )
)


def load_facts(connection: Connection, reader: Reader, since: Micros) -> tuple[Fact, ...]:
    """The readable facts that hold, of those told since then, oldest first."""
    if reader.level < Assurance.ASSERTED:
        return ()
    found: dict[int, Fact] = {}
    for row in connection.execute(_facts, {"handles": list(reader.keys)}):
        if row.recorded_at < since or not _may_read(reader, row):
            continue
        was = _was(reader, row)
        if row.id not in found:
            found[row.id] = _fact_of(row, reader.keys[row.handle_id], was)
        elif was is not None:
            found[row.id] = replace(found[row.id], was=was)
    return tuple(found.values())


def _may_read(reader: Reader, row: AnyRow) -> bool:
    handle = reader.keys[row.handle_id]
    level, needs = Assurance(row.level), Assurance(row.needs)
    return (
        reader.may_read(handle, row.source, level, needs)
        and drawn_of(row.drawn_json) <= reader.keys.keys()
    )


def _was(reader: Reader, row: AnyRow) -> tuple[str, datetime] | None:
    """What it was before, if this sender may read that as well."""
    if row.was is None or drawn_of(row.was_drawn) - reader.keys.keys():
        return None
    handle = reader.keys[row.handle_id]
    level, needs = Assurance(row.was_level), Assurance(row.was_needs)
    if not reader.may_read(handle, row.was_source, level, needs):
        return None
    return row.was, from_micros(row.until)


def _fact_of(row: AnyRow, handle: str, was: tuple[str, datetime] | None) -> Fact:
    return Fact(
        key=row.key,
        value=row.value,
        source=row.source,
        handle=handle,
        level=Assurance(row.level),
        recorded_at=from_micros(row.recorded_at),
        secret=bool(row.secret),
        needs=Assurance(row.needs),
        verified=bool(row.verified),
        told_by=row.told_by,
        channel=row.channel,
        pinned=bool(row.pinned),
        due_at=None if row.due_at is None else from_micros(row.due_at),
        was=was,
        touched_at=from_micros(row.touched_at),
        made_from=drawn_of(row.drawn_json),
    )
