"""An import of history from its file to its report: looked at, and brought in, step by step.

The steps are driven as those of `gateway.customers.importing` are, which also takes the import
back. Reading a file, which takes longest, is no step: nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from gateway.customers.import_files import Fault
from gateway.customers.importing import Pace, Step, Tools
from gateway.history.reading import HistoryFile
from memory.past import Piece
from memory.previews.history import HistoryPreview, LeftOut, Looked, Met
from memory.recall.unpacked import LEFT_TO_THE_THREAD, Stretch, unpacked
from memory.units.identity import importing
from memory.units.identity.bringing import Source
from memory.units.identity.linking import IdentityProblem, customer_of
from memory.units.remembering import history
from memory.units.remembering.history import Taken
from memory.units.remembering.segmenting import keep_segment

LEAST = 32
"""Messages of one step, at least."""


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """What an import of history does, or has done.

    `rows` are the messages of the file: new ones (`messages`), those that are here already
    (`repeated`), and those that are nobody's (`left_out`). `new` and `known` count handles. Of
    handles, of what is left out and of faults, the first are named; what a dry run alone finds out
    is empty otherwise.
    """

    dry_run: bool
    batch_id: int | None
    rows: int
    messages: int
    repeated: int
    left_out: int
    new: int
    known: int
    channels: dict[str, int]
    oldest: datetime | None
    newest: datetime | None
    secrets: int
    handles: tuple[Met, ...]
    left_out_lines: tuple[LeftOut, ...]
    fault_count: int
    faults: tuple[Fault, ...]


def preview(file: HistoryFile, tools: Tools) -> Generator[Step, Any, HistoryReport]:
    """The steps of a dry run: they read, and give what the import would do."""
    look = HistoryPreview(tools.rules())
    pace, pieces, at = Pace(tools.tick, LEAST), file.pieces(), 0
    while chunk := list(islice(pieces, pace.size)):
        yield Step(pace.timed(_looking(look, chunk)), writes=False)
        at += len(chunk)
        tools.progress(at)
    return _report(file, look.found(), None)


def beginning(digest: str, total: int, source: Source, tools: Tools) -> Step:
    """The step that gives an import its batch; the file has so many messages."""
    ids = (tools.new_id(), tools.new_id())
    return Step(
        lambda connection: importing.begin(
            connection, source, digest, total, tools.now(), ids, importing.HISTORY
        ),
        writes=True,
    )


def apply(
    file: HistoryFile,
    source: Source,
    tools: Tools,
    begun: importing.Begun | None = None,
    left: Iterator[Piece] | None = None,
) -> Generator[Step, Any, HistoryReport]:
    """The steps of an import, from where it was `begun`; `left` are the messages from there on, if
    they are known. Broken off, it goes on where it was when the same file is given again.

    Raises `memory.units.identity.importing.ImportProblem`.
    """
    if begun is None:
        begun = yield beginning(file.digest, file.total, source, tools)
    assert begun is not None
    source = Source(source.name, source.level, source.reason, source.actor, begun.id)
    pace, pieces, at = Pace(tools.tick, LEAST), left or file.pieces(begun.done), begun.done
    done = Taken()
    while chunk := list(islice(pieces, pace.size)):
        done += yield Step(pace.timed(_taking_in(source, chunk, tools)), writes=True)
        at += len(chunk)
        yield from _packed(chunk)
        tools.progress(at)
    return _report(file, Looked(done, {}, None, None, 0, (), ()), begun.id)


def _packed(chunk: Sequence[Piece]) -> Generator[Step, Any, None]:
    """The steps that pack long histories that are in by now: nobody writes in them, so that nobody
    else would come to look at them."""
    for one in chunk:
        if one.last and one.span.count > LEFT_TO_THE_THREAD:
            key = one.message.handle.key
            stretches = yield Step(_unpacked(key), writes=False)
            for stretch in stretches:
                yield Step(_packing(stretch), writes=True)


def _unpacked(key: str) -> Callable[[Connection], tuple[Stretch, ...]]:
    def look(connection: Connection) -> tuple[Stretch, ...]:
        try:
            return unpacked(connection, customer_of(connection, key))
        except IdentityProblem:
            return ()

    return look


def _packing(stretch: Stretch) -> Callable[[Connection], int]:
    return lambda connection: keep_segment(connection, stretch)


def _looking(look: HistoryPreview, chunk: Sequence[Piece]) -> Callable[[Connection], None]:
    return lambda connection: look.look(connection, chunk)


def _taking_in(
    source: Source, chunk: Sequence[Piece], tools: Tools
) -> Callable[[Connection], Taken]:
    return lambda connection: history.take_in(
        connection, source, chunk, tools.now(), tools.new_id, tools.rules()
    )


def _report(file: HistoryFile, looked: Looked, batch_id: int | None) -> HistoryReport:
    taken = looked.taken
    return HistoryReport(
        dry_run=batch_id is None,
        batch_id=batch_id,
        rows=taken.rows,
        messages=taken.messages,
        repeated=taken.repeated,
        left_out=taken.left_out,
        new=taken.new,
        known=taken.known,
        channels=dict(looked.channels),
        oldest=looked.oldest,
        newest=looked.newest,
        secrets=looked.secrets,
        handles=looked.handles,
        left_out_lines=looked.left_out,
        fault_count=file.fault_count,
        faults=file.faults,
    )
