"""An import from its file to its report: looked at, brought in, taken back; step by step.

A step is one short transaction, and whoever drives the steps says how each is run: a command on its
own connection, the API through the store. How many rows a step takes follows from how long the last
one took, so that nobody else waits for the writer.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from core.clock import Micros
from core.identity.rules import IdentityRules
from core.message import Assurance
from gateway.customers.import_files import Fault, ReadFile
from memory.previews.imports import Pair, Preview
from memory.units.identity import import_undoing, importing
from memory.units.identity.bringing import Brought, Conflict, Entry, Source
from memory.units.identity.pending_imports import call_off
from memory.units.remembering import history_undoing

SHOWN = 200
"""Pairs and conflicts that are named one by one."""

MOST_LEVEL = Assurance.AUTHENTICATED
"""A file proves no more: whoever wrote it vouches for it, and nobody showed anything."""

_TARGET_SECONDS = 0.015
_FIRST, _LEAST, _MOST = 4, 2, 400


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction: what to run, and whether it writes."""

    run: Callable[[Connection], Any]
    writes: bool


Steps = Generator[Step, Any, "Report"]


@dataclass(frozen=True, slots=True)
class Report:
    """What an import does, or has done. Of pairs, conflicts and faults the first are named, and all
    are counted."""

    dry_run: bool
    batch_id: int | None
    rows: int
    new: int
    known: int
    joined: int
    attributes: int
    pairs: tuple[Pair, ...]
    conflict_count: int
    conflicts: tuple[Conflict, ...]
    fault_count: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Tools:
    """What an import needs of the process. `tick` gives seconds that only go forward, `progress`
    hears how many rows are done."""

    now: Callable[[], Micros]
    new_id: Callable[[], int]
    tick: Callable[[], float]
    rules: Callable[[], IdentityRules]
    progress: Callable[[int], None] = field(default=lambda done: None)


def preview(file: ReadFile, source: Source, tools: Tools) -> Steps:
    """The steps of a dry run: they read, and give what the import would do."""
    look = Preview(source, tools.rules())
    done = Brought()
    pairs: list[Pair] = []
    pace = Pace(tools.tick)
    at = 0
    while at < len(file.entries):
        chunk = file.entries[at : at + pace.size]
        told, joined = yield Step(pace.timed(_looking(look, chunk)), writes=False)
        done, at = done + told, at + len(chunk)
        pairs.extend(joined[: SHOWN - len(pairs)])
        tools.progress(at)
    return _report(file, done, None, tuple(pairs))


def beginning(file: ReadFile, source: Source, tools: Tools) -> Step:
    """The step that gives an import its batch."""
    ids = (tools.new_id(), tools.new_id())
    return Step(
        lambda connection: importing.begin(
            connection, source, file.digest, len(file.entries), tools.now(), ids
        ),
        writes=True,
    )


def apply(
    file: ReadFile, source: Source, tools: Tools, begun: importing.Begun | None = None
) -> Steps:
    """The steps of an import, from where it was `begun`. Broken off, it goes on where it was when
    the same file is given again. Raises `memory.units.identity.importing.ImportProblem`."""
    if begun is None:
        begun = yield beginning(file, source, tools)
    assert begun is not None
    source = Source(source.name, source.level, source.reason, source.actor, begun.id)
    done, at = Brought(), begun.done
    pace = Pace(tools.tick)
    while at < len(file.entries):
        chunk = file.entries[at : at + pace.size]
        done += yield Step(pace.timed(_taking_in(source, chunk, tools)), writes=True)
        at += len(chunk)
        tools.progress(at)
    return _report(file, done, begun.id, ())


def take_back(batch_id: int, actor: str, tools: Tools) -> Generator[Step, Any, int]:
    """The steps that undo a batch; they give how many links were ended. Raises `ImportProblem`."""
    batch = yield Step(lambda one: import_undoing.batch_to_undo(one, batch_id), writes=False)
    # What still goes on by itself would bring in behind us what we take back.
    yield Step(lambda connection: call_off(connection, batch_id, tools.now()), writes=True)
    pace = Pace(tools.tick)
    if batch.kind == importing.HISTORY:
        yield from _forget_history(batch_id, pace, tools)
    facts = yield Step(lambda one: import_undoing.facts_of_batch(one, batch_id), writes=False)
    while facts:
        some, facts = facts[: pace.size], facts[pace.size :]
        yield Step(pace.timed(_undoing_facts(some, actor, tools)), writes=True)
    sightings = yield Step(
        lambda one: import_undoing.sightings_of_batch(one, batch_id), writes=False
    )
    while sightings:
        some, sightings = sightings[: pace.size], sightings[pace.size :]
        yield Step(pace.timed(_undoing_sightings(some)), writes=True)
    ended, after = 0, 0
    while links := (yield Step(_links(batch_id, after, pace.size), writes=False)):
        ended += yield Step(pace.timed(_undoing_links(batch_id, links, actor, tools)), writes=True)
        after = links[-1]
        tools.progress(ended)
    audit_id = tools.new_id()
    yield Step(
        lambda one: import_undoing.finish_undo(one, batch_id, actor, tools.now(), audit_id),
        writes=True,
    )
    return ended


def _forget_history(batch_id: int, pace: Pace, tools: Tools) -> Generator[Step, Any, None]:
    """What an import of history has beside what every import has."""
    yield Step(lambda connection: importing.begin_undo(connection, batch_id), writes=True)
    for forget in (history_undoing.forget_some, history_undoing.forget_lines):
        while (yield Step(pace.timed(_some(forget, batch_id, pace, tools)), writes=True)):
            pass


class Pace:
    """How many rows the next step takes: as many as fit into the time that one may take, and not
    fewer than `least`, where what a step costs of itself is more than they do."""

    def __init__(self, tick: Callable[[], float], least: int = _LEAST) -> None:
        self._tick = tick
        self._least = least
        self.size = max(_FIRST, least)

    def timed(self, run: Callable[[Connection], Any]) -> Callable[[Connection], Any]:
        """The step, measured where it runs: waiting for the writer does not count."""

        def measured(connection: Connection) -> Any:
            began = self._tick()
            result = run(connection)
            took = max(self._tick() - began, 1e-6)
            wanted = int(self.size * min(_TARGET_SECONDS / took, 1.5))
            self.size = max(self._least, min(_MOST, wanted))
            return result

        return measured


def _some(
    forget: Callable[[Connection, int, int, Micros], int], batch_id: int, pace: Pace, tools: Tools
) -> Callable[[Connection], int]:
    return lambda connection: forget(connection, batch_id, pace.size, tools.now())


def _looking(look: Preview, chunk: Sequence[Entry]) -> Callable[[Connection], Any]:
    return lambda connection: look.look(connection, chunk)


def _taking_in(
    source: Source, chunk: Sequence[Entry], tools: Tools
) -> Callable[[Connection], Brought]:
    return lambda connection: importing.take_in(
        connection, source, chunk, tools.now(), tools.new_id, tools.rules()
    )


def _undoing_facts(facts: Sequence[int], actor: str, tools: Tools) -> Callable[[Connection], None]:
    return lambda connection: import_undoing.undo_facts(connection, facts, actor, tools.now())


def _undoing_sightings(sightings: Sequence[int]) -> Callable[[Connection], None]:
    return lambda connection: import_undoing.undo_sightings(connection, sightings)


def _links(batch_id: int, after: int, limit: int) -> Callable[[Connection], list[int]]:
    return lambda connection: import_undoing.links_of_batch(connection, batch_id, after, limit)


def _undoing_links(
    batch_id: int, links: Sequence[int], actor: str, tools: Tools
) -> Callable[[Connection], int]:
    return lambda connection: import_undoing.undo_links(
        connection, batch_id, links, actor, tools.now(), tools.new_id
    )


def _report(file: ReadFile, done: Brought, batch_id: int | None, pairs: tuple[Pair, ...]) -> Report:
    return Report(
        dry_run=batch_id is None,
        batch_id=batch_id,
        rows=done.rows,
        new=done.new,
        known=done.known,
        joined=done.joined,
        attributes=done.attributes,
        pairs=pairs,
        conflict_count=len(done.conflicts),
        conflicts=done.conflicts[:SHOWN],
        fault_count=file.fault_count,
        faults=file.faults,
    )


def drive(steps: Generator[Step, Any, Any], run: Callable[[Step], Any]) -> Any:
    """Run the steps one after the other, each by `run`, and give what they come to."""
    try:
        step = next(steps)
        while True:
            try:
                result = run(step)
            except Exception as error:  # noqa: BLE001 - it belongs to whoever asked for the step
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as end:
        return end.value
