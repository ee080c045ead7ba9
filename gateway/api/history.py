"""The endpoint that brings in what customers wrote elsewhere before: a file in, looked at first.

The steps are `gateway.history.importing`'s, and `gateway.customers.import_work` runs those that
write, after the answer. Such an import is listed, shown and undone among the others
(`gateway.api.imports`).
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from io import BytesIO
from typing import Annotated, Literal

from pydantic import Field

from core.message import Assurance
from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api.calls import Accepted, Call, Endpoint
from gateway.api.imports import (
    FILE_LIMIT,
    parse_columns,
    put_off_import,
    refuse_faults,
    run,
    tools_of,
)
from gateway.api.models import Body, Line
from gateway.customers.import_work import rest
from gateway.history.importing import HistoryReport, beginning, preview
from gateway.history.reading import BadOption, Form, Preparing, counted, opened
from memory.units.identity.bringing import Source
from memory.units.identity.importing import BatchView
from memory.units.identity.pending_imports import Pending


class HistoryQuery(Body):
    """From where the history is, how far it is believed, and why; and how it is to be read.

    `columns` says what columns of other names mean: "Zeit=when;Notiz=-". `zone` is at home where
    times that name none are. `own` are mail addresses of the business, with commas between them,
    besides those of its mailboxes.
    """

    source: Line
    level: Annotated[int, Field(ge=0, le=2)] = 1
    reason: Line
    form: Literal["csv", "jsonl", "mbox"] = "csv"
    dry_run: Literal["0", "1"] = "0"
    skip_faults: Literal["0", "1"] = "0"
    encoding: Line | None = None
    columns: Annotated[str, Field(max_length=4000)] = ""
    zone: Line = "UTC"
    own: Annotated[str, Field(max_length=4000)] = ""


async def bring_in_history(call: Call) -> HistoryReport | Accepted:
    query = call.query_as(HistoryQuery)
    preparing = call.services.preparing
    assert preparing is not None
    own = tuple(one.strip() for one in query.own.split(",") if one.strip())
    form = Form(query.form, parse_columns(query.columns), query.encoding, query.zone, own)
    try:
        if query.dry_run == "1":
            return await _look(call, form, query.source, preparing)
        return Accepted(await _begin(call, form, query, preparing))
    except BadOption as problem:
        raise Problem(422, str(problem), where="query") from None


async def _look(call: Call, form: Form, source: str, preparing: Preparing) -> HistoryReport:
    reading = opened(BytesIO(call.content), form, source, preparing, rest)
    file = await asyncio.to_thread(reading.__enter__)
    try:
        report: HistoryReport = await run(call, preview(file, tools_of(call)))
    finally:
        await asyncio.to_thread(reading.__exit__, None, None, None)
    return report


async def _begin(call: Call, form: Form, query: HistoryQuery, preparing: Preparing) -> BatchView:
    total, digest, faults = await asyncio.to_thread(counted, BytesIO(call.content), form, preparing)
    refuse_faults(faults.first, faults.count, skip=query.skip_faults == "1" and total > 0)
    how = asdict(form)
    columns, encoding = how.pop("columns"), how.pop("encoding")
    source = Source(query.source, Assurance(query.level), query.reason, call.actor)
    return await put_off_import(
        call,
        Pending(0, "", columns, encoding, call.actor, form=how),
        beginning(digest, total, source, tools_of(call)),
    )


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/imports/history",
        "Bring in what customers wrote elsewhere, from CSV, JSON Lines or mbox, or see what that "
        "would do.",
        HistoryReport,
        bring_in_history,
        Right.PROVISION,
        query=HistoryQuery,
        errors={409: "The same file is being brought in already, or half undone."},
        takes_file=FILE_LIMIT,
        later=BatchView,
    ),
)
