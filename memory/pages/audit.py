"""Who changed what, as people see it: the log of changes, filtered, and which have a way back.

Reads only. Taking a change back is `memory.units.identity.undoing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, select

from core.clock import from_micros
from memory.pages.views import AuditView
from memory.tables.main import Audit
from memory.tables.rows import table
from memory.units.identity.undoing import UNDO, can_be_undone

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_audit = table(Audit)


def audit_log(
    connection: Connection,
    limit: int = 100,
    before: int | None = None,
    subject: str | None = None,
    *,
    actor: str | None = None,
    action: str | None = None,
) -> list[AuditView]:
    """Changes, the newest first; `before` is the id of the last one seen.

    Of `subject` and `actor` a part is enough, `action` is the whole word.
    """
    query = select(_audit).order_by(_audit.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_audit.c.id < before)
    if subject:
        query = query.where(_audit.c.subject.contains(subject, autoescape=True))
    if actor:
        query = query.where(_audit.c.actor.contains(actor, autoescape=True))
    if action:
        query = query.where(_audit.c.action == action)
    rows = connection.execute(query).all()
    undone = _undone(connection, rows)
    return [
        AuditView(
            id=row.id,
            at=from_micros(row.at),
            actor=row.actor,
            action=row.action,
            subject=row.subject,
            detail=orjson.loads(row.detail_json),
            can_undo=can_be_undone(row.action) and str(row.id) not in undone,
            undone=str(row.id) in undone,
        )
        for row in rows
    ]


def _undone(connection: Connection, rows: Sequence[AnyRow]) -> set[str]:
    """The ids of changes that were taken back, among those that could be."""
    wanted = [row for row in rows if can_be_undone(row.action)]
    if not wanted:
        return set()
    found = connection.execute(
        select(_audit.c.detail_json).where(
            _audit.c.subject.in_({row.subject for row in wanted}),
            _audit.c.id > min(row.id for row in wanted),
            _audit.c.action == UNDO,
        )
    ).scalars()
    return {orjson.loads(one)["undoes"] for one in found}
