"""Which playbook was put in force when, by whom and why: rows of the audit log.

Several processes that take over the same playbook write it down once. What a playbook says is kept
elsewhere, by its version. Cold transactions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, select

from core.clock import Micros, from_micros
from memory.tables.main import Audit
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.keeping import keep_value

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

SUBJECT = "playbook"
PUBLISHED, TAKEN_OVER, ROLLED_BACK = "publish playbook", "take over playbook", "roll back playbook"
ACTIONS = (PUBLISHED, TAKEN_OVER, ROLLED_BACK)

_audit = table(Audit)


@dataclass(frozen=True, slots=True)
class PutInForce:
    """One playbook coming in force: `version` is its digest, `before` that of the one it replaced,
    and `changes` say in words what it changed."""

    id: int
    at: datetime
    actor: str
    action: str
    version: str
    before: str | None
    note: str
    changes: tuple[str, ...]


def note_in_force(
    connection: Connection,
    version: str,
    now: Micros,
    row_id: int,
    *,
    actor: str,
    action: str,
    detail: Mapping[str, object],
) -> bool:
    """Write down that this version is in force from now on, unless the newest row says so already.

    `detail` has its `note` and `changes`; the version before is added. Says whether it was written.
    """
    # Whoever comes second waits here for the first, and then finds its row.
    keep_value(connection, SUBJECT, "noted", version, now)
    newest = put_in_force(connection, 1)
    before = newest[0].version if newest else None
    if before == version:
        return False
    row = {"version": version, "before": before, **detail}
    record(connection, row_id, now, actor, action, SUBJECT, row)
    return True


def put_in_force(connection: Connection, limit: int) -> Sequence[PutInForce]:
    """The newest `limit` of them, the newest first."""
    rows = connection.execute(
        select(_audit)
        .where(_audit.c.subject == SUBJECT, _audit.c.action.in_(ACTIONS))
        .order_by(_audit.c.id.desc())
        .limit(limit)
    ).all()
    return [_of(row) for row in rows]


def _of(row: AnyRow) -> PutInForce:
    detail = orjson.loads(row.detail_json)
    return PutInForce(
        row.id,
        from_micros(row.at),
        row.actor,
        row.action,
        detail["version"],
        detail["before"],
        detail.get("note", ""),
        tuple(detail.get("changes", ())),
    )
