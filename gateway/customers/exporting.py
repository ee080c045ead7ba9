"""The customers as CSV, in the columns that an import reads, and safe to open in a spreadsheet.

It writes what `memory.exports.customers` reads; bringing its file in again changes nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Generator, Sequence
from typing import Any

from core.handle_addresses import BRINGABLE
from gateway.customers.import_files import ATTRIBUTES, guarded
from gateway.customers.importing import Step
from memory.exports.customers import Exported, attribute_names, export_page

PAGE = 200
"""Customers that are read in one go."""

_ADDRESSES = {"external": "external_id"}


def export(write: Callable[[str], object]) -> Generator[Step, Any, int]:
    """The steps of an export: its text is written page by page, so that no more than a page is
    held. They give how many customers.

    An attribute that nobody had when it began is left out.
    """
    names = yield Step(attribute_names, writes=False)
    others = [name for name in names if name not in ATTRIBUTES]
    write(_lines([_header(others)]))
    count = 0
    after: int | None = 0
    while after is not None:
        found, after = yield Step(_page(after), writes=False)
        write(_lines([_row(one, others) for one in found]))
        count += len(found)
    return count


def _page(after: int) -> Callable[[Any], Any]:
    return lambda connection: export_page(connection, after, PAGE)


def _header(others: Sequence[str]) -> list[str]:
    addresses = [_ADDRESSES.get(kind, kind) for kind in BRINGABLE]
    further = [f"attribute:{name}" for name in others]
    return ["customer_id", *addresses, *ATTRIBUTES, *further, "other_handles", "levels", "evidence"]


def _row(one: Exported, others: Sequence[str]) -> list[str]:
    attributes = {"name": one.name or "", **one.attributes}
    named = [handle for handle in one.handles if handle.kind in BRINGABLE]
    rest = [handle.key for handle in one.handles if handle.kind not in BRINGABLE]
    return [
        str(one.customer_id),
        *(
            "\n".join(guarded(each.address) for each in named if each.kind == kind)
            for kind in BRINGABLE
        ),
        *(guarded(attributes.get(name, "")) for name in (*ATTRIBUTES, *others)),
        guarded("; ".join(rest)),
        guarded("; ".join(f"{each.key}={each.level}" for each in one.handles)),
        guarded("; ".join(f"{each.key}: {each.evidence}" for each in one.handles if each.evidence)),
    ]


def _lines(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()
