"""Imports that go on by themselves after they were asked for: their file, and who is at work on it.

A row is there from the asking until the last chunk is in. One process works on it at a time, and
keeps saying so; when it is gone, another goes on. Nothing is brought in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, select

from core.clock import Micros
from memory.tables.channels import Kept
from memory.tables.rows import table
from memory.units.keeping import keep_value, kept_names

_ACCOUNT = "imports"
_kept = table(Kept)


class CalledOff(Exception):
    """The import is not this process's to go on with: it was stopped, or another has it."""


@dataclass(frozen=True, slots=True)
class Pending:
    """One import to go on with. `reference` is the file's in the file store; `columns` and
    `encoding` say how it is read, and of a history `form` does, too: what it is, the zone of its
    times, our own addresses. `worker` has it until `held_until`; `stopped` says that it is not to
    go on."""

    batch_id: int
    reference: str
    columns: Mapping[str, str]
    encoding: str | None
    actor: str
    worker: str = ""
    held_until: Micros = 0
    stopped: bool = False
    form: Mapping[str, Any] | None = None


def put_off(connection: Connection, one: Pending, now: Micros) -> None:
    """Let this import go on by itself."""
    keep_value(connection, _ACCOUNT, str(one.batch_id), orjson.dumps(asdict(one)).decode(), now)


def under_way(connection: Connection) -> list[int]:
    """The ids of the imports that go on, or have to be cleared away, the first asked for first."""
    return sorted(int(name) for name in kept_names(connection, _ACCOUNT, ""))


def claim(
    connection: Connection, batch_id: int, worker: str, now: Micros, until: Micros
) -> Pending | None:
    """Have this import until then; nothing when another is at work on it."""
    found = _held(connection, batch_id)
    if found is None or (found.worker not in ("", worker) and found.held_until > now):
        return None
    mine = replace(found, worker=worker, held_until=until)
    put_off(connection, mine, now)
    return mine


def hold(connection: Connection, one: Pending, now: Micros, until: Micros) -> None:
    """Go on having it, within the transaction of a chunk. Raises `CalledOff`."""
    found = _held(connection, one.batch_id)
    if found is None or found.stopped or found.worker != one.worker:
        raise CalledOff
    put_off(connection, replace(found, held_until=until), now)


def call_off(connection: Connection, batch_id: int, now: Micros) -> None:
    """Stop it, if it goes on: no chunk of it comes after this. Its file is still to be dropped."""
    found = _held(connection, batch_id)
    if found is not None:
        put_off(connection, replace(found, stopped=True), now)


def finish(connection: Connection, batch_id: int, now: Micros) -> None:
    """There is nothing left to do for it."""
    keep_value(connection, _ACCOUNT, str(batch_id), None, now)


def _held(connection: Connection, batch_id: int) -> Pending | None:
    value = connection.execute(
        select(_kept.c.value)
        .where(_kept.c.account == _ACCOUNT, _kept.c.name == str(batch_id))
        .with_for_update()
    ).scalar()
    return None if value is None else Pending(**orjson.loads(value))
