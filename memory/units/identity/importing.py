"""Imports as batches: begun, brought in chunk by chunk, and gone on with after a crash.

A chunk is one transaction; the batch's row says how far it is.
`memory.units.identity.import_undoing` takes a batch back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, insert, select, update

from core.clock import Micros, from_micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from memory.tables.identity import Batch, Sighting
from memory.tables.main import Conversation, Customer, Handle, Link
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity.bringing import Brought, Entry, Source, bring
from memory.units.identity.pending_imports import under_way

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_batch = table(Batch)
_conversation = table(Conversation)
_customer = table(Customer)
_fact = table(Fact)
_handle = table(Handle)
_link = table(Link)
_sighting = table(Sighting)

CUSTOMERS, HISTORY = "customers", "history"
"""What a batch brings in: who there is, or what was said."""

_COUNTED: Mapping[str, tuple[str, ...]] = {
    CUSTOMERS: ("rows", "new", "known", "joined", "attributes", "conflicts"),
    HISTORY: ("rows", "new", "known", "messages", "repeated", "left_out"),
}
_BY_ROW = ("rows", "known", "conflicts", "repeated", "left_out")
"""What would be counted twice, when a file that is through is gone over again."""


class ImportProblem(Exception):
    """An import that cannot be begun or undone, in words. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A batch to go on with: `done` entries of it are in already."""

    id: int
    done: int


@dataclass(frozen=True, slots=True)
class BatchView:
    """One import: what it was, what came of it, and whether it stands. One that is `under_way` goes
    on by itself. `kind` is "customers" or "history"."""

    id: int
    source: str
    level: int
    reason: str
    actor: str
    created_at: datetime
    complete: bool
    counts: Mapping[str, int]
    undone_at: datetime | None
    undone_by: str | None
    under_way: bool = False
    kind: str = CUSTOMERS


def begin(
    connection: Connection,
    source: Source,
    digest: str,
    total: int,
    now: Micros,
    ids: tuple[int, int],
    kind: str = CUSTOMERS,
) -> Begun:
    """The batch of this file from this source: the one begun earlier, or a new one.

    `digest` is the file's, `ids` are fresh ids for the batch and the audit row, `kind` says what is
    in it. Raises `ImportProblem` while the same file goes on by itself, and when it is half undone.
    """
    rows = connection.execute(
        select(_batch)
        .where(
            _batch.c.source == source.name,
            _batch.c.level == int(source.level),
            _batch.c.undone_at.is_(None),
        )
        .order_by(_batch.c.id.desc())
    )
    for row in rows:
        counts = orjson.loads(row.counts_json)
        if counts.get("digest") == digest and counts["total"] == total:
            if row.id in under_way(connection):
                raise ImportProblem(f"this very file is being brought in already, as {row.id}")
            if counts.get("undoing"):
                raise ImportProblem(f"this very file is half taken back: undo {row.id} to its end")
            return _begun(row)
    batch_id, audit_id = ids
    counts = {"digest": digest, "total": total, "kind": kind, **dict.fromkeys(_COUNTED[kind], 0)}
    connection.execute(
        insert(_batch),
        {
            "id": batch_id,
            "source": source.name,
            "level": int(source.level),
            "reason": source.reason,
            "actor": source.actor,
            "counts_json": orjson.dumps(counts).decode(),
            "created_at": now,
        },
    )
    record(connection, audit_id, now, source.actor, "import", f"batch:{batch_id}", {
        "batch_id": str(batch_id),
        "source": source.name,
        "level": int(source.level),
        "reason": source.reason,
        "rows": total,
        "kind": kind,
    })  # fmt: skip
    return Begun(batch_id, 0)


def begun(connection: Connection, batch_id: int) -> Begun:
    """A batch that there is, to go on with."""
    return _begun(connection.execute(select(_batch).where(_batch.c.id == batch_id)).one())


def _begun(row: AnyRow) -> Begun:
    counts = orjson.loads(row.counts_json)
    # A file that is through is gone over again: what has been lost since comes back.
    return Begun(row.id, counts["rows"] % max(1, counts["total"]))


def take_in(
    connection: Connection,
    source: Source,
    entries: Sequence[Entry],
    now: Micros,
    new_id: Callable[[], int],
    rules: IdentityRules = DEFAULT_RULES,
) -> Brought:
    """Bring in one chunk of a batch. Raises `ImportProblem` when it was undone meanwhile."""
    assert source.batch_id is not None
    with count_in(connection, source.batch_id) as counted:
        done = bring(connection, source, entries, now, new_id, rules)
        for name in ("rows", "new", "known", "joined", "attributes"):
            counted[name] = getattr(done, name)
        counted["conflicts"] = len(done.conflicts)
    return done


@contextmanager
def count_in(connection: Connection, batch_id: int) -> Iterator[dict[str, int]]:
    """One chunk of a batch, which nobody else brings on meanwhile; what it is given is added to the
    batch's counts. Raises `ImportProblem` when it was undone, or is being undone."""
    query = select(_batch.c.counts_json, _batch.c.undone_at).where(_batch.c.id == batch_id)
    row = connection.execute(query.with_for_update()).one()
    counts = orjson.loads(row.counts_json)
    if row.undone_at is not None or counts.get("undoing"):
        raise ImportProblem("this import has been undone")
    done: dict[str, int] = {}
    yield done
    again = counts["rows"] >= counts["total"]
    for name, number in done.items():
        if not (again and name in _BY_ROW):
            counts[name] += number
    _keep_counts(connection, batch_id, counts)


def begin_undo(connection: Connection, batch_id: int) -> None:
    """From here on no chunk comes in, until it is undone."""
    query = select(_batch.c.counts_json).where(_batch.c.id == batch_id).with_for_update()
    counts = orjson.loads(connection.execute(query).scalar_one())
    _keep_counts(connection, batch_id, counts | {"undoing": True})


def _keep_counts(connection: Connection, batch_id: int, counts: Mapping[str, object]) -> None:
    connection.execute(
        update(_batch)
        .where(_batch.c.id == batch_id)
        .values(counts_json=orjson.dumps(counts).decode())
    )


def batches(connection: Connection, limit: int = 50) -> list[BatchView]:
    """The imports, the latest first."""
    rows = connection.execute(select(_batch).order_by(_batch.c.id.desc()).limit(limit))
    going = set(under_way(connection))
    return [_view(row, going) for row in rows]


def batch_view(connection: Connection, batch_id: int) -> BatchView | None:
    """One import."""
    row = connection.execute(select(_batch).where(_batch.c.id == batch_id)).first()
    return None if row is None else _view(row, set(under_way(connection)))


def _view(row: AnyRow, going: Collection[int]) -> BatchView:
    counts = orjson.loads(row.counts_json)
    kind = counts.get("kind", CUSTOMERS)
    return BatchView(
        row.id,
        row.source,
        row.level,
        row.reason,
        row.actor,
        from_micros(row.created_at),
        counts["rows"] >= counts["total"],
        {name: counts[name] for name in (*_COUNTED[kind], "total")},
        None if row.undone_at is None else from_micros(row.undone_at),
        row.undone_by,
        row.id in going,
        kind,
    )
