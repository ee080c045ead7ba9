"""The endpoints of imports and of the export: a file in, looked at first, and undone as one.

The steps are `gateway.customers.importing`'s, and those of a long file are left to
`gateway.customers.import_work`. No rule about customers is here.
"""

from __future__ import annotations

import asyncio
import codecs
import time
from collections.abc import AsyncIterator, Generator, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Connection

from core.clock import to_micros
from core.message import Assurance
from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api.calls import Accepted, ApiServices, Call, Endpoint
from gateway.api.files import FileAnswer
from gateway.api.identity_calls import found_or_404, tell
from gateway.api.models import Body, Empty, Line, Page
from gateway.customers import import_work
from gateway.customers.exporting import export
from gateway.customers.import_files import Fault, ReadFile, read_file
from gateway.customers.import_work import run_steps
from gateway.customers.importing import Report, Step, Tools, apply, beginning, preview, take_back
from memory.units.identity.bringing import Source
from memory.units.identity.importing import BatchView, Begun, ImportProblem, batch_view, batches
from memory.units.identity.pending_imports import Pending, put_off

AT_ONCE = 2_000
"""Rows of a file that are brought in before the answer; a longer one goes on after it."""

FILE_LIMIT = 64 * 1024 * 1024
"""Bytes of a file of customers."""


class ImportQuery(Body):
    """From whom the file is, how far it is believed, and why; and how it is to be read.

    `columns` says what columns of other names mean: "Kundennr=external_id;Notiz=-".
    """

    source: Line
    level: Annotated[int, Field(ge=0, le=2)] = 1
    reason: Line
    dry_run: Literal["0", "1"] = "0"
    skip_faults: Literal["0", "1"] = "0"
    encoding: Line | None = None
    columns: Annotated[str, Field(max_length=4000)] = ""


async def bring_in(call: Call) -> Report | Accepted:
    query = call.query_as(ImportQuery)
    file = await asyncio.to_thread(
        read_file, call.content, parse_columns(query.columns), query.encoding
    )
    source = Source(query.source, Assurance(query.level), query.reason, call.actor)
    if query.dry_run == "1":
        looked: Report = await run(call, preview(file, source, tools_of(call)))
        return looked
    refuse_faults(
        file.faults, file.fault_count, skip=query.skip_faults == "1" and bool(file.entries)
    )
    if len(file.entries) > AT_ONCE:
        return Accepted(await _put_off(call, file, source, query))
    try:
        report: Report = await run(call, apply(file, source, tools_of(call)))
    except ImportProblem as problem:
        raise conflict(problem) from None
    tell(call, None, {"state": "imported", "batch_id": report.batch_id})
    return report


async def _put_off(call: Call, file: ReadFile, source: Source, query: ImportQuery) -> BatchView:
    pending = Pending(0, "", parse_columns(query.columns), query.encoding, call.actor)
    return await put_off_import(call, pending, beginning(file, source, tools_of(call)))


async def put_off_import(call: Call, pending: Pending, begin: Step) -> BatchView:
    """Begin the batch, and let `gateway.customers.import_work` bring the file in as `pending`
    says."""
    services = call.services
    # Files of the same bytes are one file: this one is dropped when it is through.
    reference = await services.files.keep(import_work.sealed(call.content, services.new_id()))
    now = to_micros(services.now())

    def begin_later(connection: Connection) -> int:
        batch: Begun = begin.run(connection)
        put_off(connection, replace(pending, batch_id=batch.id, reference=reference), now)
        return batch.id

    try:
        batch_id = await services.store.run(begin_later)
    except ImportProblem as problem:
        await services.files.drop(reference)
        raise conflict(problem) from None
    return found_or_404(await services.store.read(batch_view, batch_id), "import")


async def show_import(call: Call) -> BatchView:
    return found_or_404(await call.services.store.read(batch_view, call.id("id")), "import")


async def list_imports(call: Call) -> list[BatchView]:
    return await call.services.store.read(batches, call.query_as(Page).limit)


async def undo(call: Call) -> BatchView:
    batch_id = call.id("id")
    found_or_404(await call.services.store.read(batch_view, batch_id), "import")
    try:
        await run(call, take_back(batch_id, call.actor, tools_of(call)))
    except ImportProblem as problem:
        raise conflict(problem) from None
    tell(call, None, {"state": "import-undone", "batch_id": batch_id})
    return found_or_404(await call.services.store.read(batch_view, batch_id), "import")


async def give_out(call: Call) -> FileAnswer:
    name = f"customers-{call.services.now():%Y-%m-%d}.csv"
    return FileAnswer(_pieces(call.services), "text/csv", name)


async def _pieces(services: ApiServices) -> AsyncIterator[bytes]:
    """The export as it is read, page by page, with the mark by which spreadsheets know UTF-8."""
    written = [codecs.BOM_UTF8.decode()]
    steps = export(written.append)
    step: Step | None = next(steps)
    while step is not None:
        result = await services.store.read(step.run)
        try:
            step = steps.send(result)
        except StopIteration:
            step = None
        yield "".join(written).encode()
        written.clear()


def parse_columns(text: str) -> dict[str, str]:
    """What columns mean. Raises `Problem` for a pair that is none."""
    columns: dict[str, str] = {}
    for pair in filter(None, (one.strip() for one in text.split(";"))):
        name, equals, meaning = pair.rpartition("=")
        if not equals or not name.strip():
            raise Problem(
                422,
                f"“{pair}” is not COLUMN=MEANING.",
                where="query: columns",
                fix="Such as Kundennr=external_id;Notiz=-",
            )
        columns[name.strip()] = meaning.strip()
    return columns


def refuse_faults(faults: Sequence[Fault], how_many: int, *, skip: bool) -> None:
    """Raises `Problem` with the first fault of a file, unless those that have one are left out."""
    if not how_many or skip:
        return
    first = faults[0]
    more = f" There are {how_many} faults." if how_many > 1 else ""
    column = f", column “{first.column}”" if first.column else ""
    raise Problem(
        422,
        f"Line {first.line}{column}: {first.wrong}{more}",
        where="body",
        fix=f"{first.mend} A dry run names every fault.",
    )


def conflict(problem: ImportProblem) -> Problem:
    words = str(problem)
    return Problem(409, f"{words[:1].upper()}{words[1:]}.", where="path: id")


def tools_of(call: Call) -> Tools:
    services = call.services
    return Tools(
        lambda: to_micros(services.now()), services.new_id, time.perf_counter, services.rules
    )


async def run(call: Call, steps: Generator[Step, Any, Any]) -> Any:
    return await run_steps(call.services.store, steps)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/imports",
        "Bring in customers from a CSV file, or see what that would do.",
        Report,
        bring_in,
        Right.PROVISION,
        query=ImportQuery,
        errors={409: "It was undone meanwhile, or the same file is being brought in already."},
        takes_file=FILE_LIMIT,
        later=BatchView,
    ),
    Endpoint(
        "GET",
        "/imports",
        "The imports, the latest first.",
        list[BatchView],
        list_imports,
        Right.PROVISION,
        query=Page,
    ),
    Endpoint(
        "GET",
        "/imports/{id}",
        "One import, and how far it is.",
        BatchView,
        show_import,
        Right.PROVISION,
    ),
    Endpoint(
        "POST",
        "/imports/{id}/undo",
        "Take an import back as one.",
        BatchView,
        undo,
        Right.PROVISION,
        body=Empty,
        errors={409: "It was undone already."},
    ),
    Endpoint(
        "GET",
        "/export",
        "All customers as a CSV file that an import reads.",
        FileAnswer,
        give_out,
        Right.PROVISION,
    ),
)
