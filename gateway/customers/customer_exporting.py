"""The export of one customer as a ZIP file: a page for people, a file of JSON Lines for each table,
and the files of their messages; with a receipt of counts.

It is written piece by piece, so that no more is held than a page of rows or one file. What is given
out is decided in `memory.exports.customer`. The same data give the same bytes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from gateway.customers.export_page import PageOfCustomer
from memory.exports.customer import EXPORTED, NOT_EXPORTED, Key, export_rows
from memory.exports.shapes import Own
from memory.named_files import kept_files
from memory.tables.holdings import NOT_THEIRS

PAGE = 200
"""Rows that are read in one go."""

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of each entry: none of ours, so that the same data give the same bytes."""

README = """Everything that is held of one customer
========================================

index.html      what is known and what was said, to be read by a person
tables/         the same and all the rest, one file of JSON Lines for each table
files/          the files that came with messages, by the SHA-256 of their bytes
receipt.json    how many rows and files there are, and what is not in here

Times are in UTC, ids are texts, packed bytes are Base64. What others said, what tells of others,
secrets, and who of the business did something are not in here. An answer that was made from
another customer's memory says that it is withheld.
"""


class Reads(Protocol):
    """Runs a query in a transaction of its own."""

    def __call__(self, query: Callable[..., Any], /, *args: Any) -> Awaitable[Any]:
        """The query's answer."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an export comes from. `file` gives the bytes of a reference, and raises `LookupError`
    where they are not kept any more."""

    read: Reads
    file: Callable[[str], Awaitable[bytes]]


async def export_zip(source: Source, own: Own, now: datetime) -> AsyncIterator[bytes]:
    """The pieces of the file, as they are made."""
    out = _Pieces()
    counts: Counter[str] = Counter()
    references: set[str] = set()
    with ZipFile(out, "w") as zipped:
        zipped.writestr(_entry("README.txt"), README)
        async for piece in _page(zipped, out, source, own, now):
            yield piece
        for name in EXPORTED:
            with zipped.open(_entry(f"tables/{name}.jsonl"), "w") as entry:
                async for rows in _rows(source, name, own):
                    counts[name] += len(rows)
                    text = "".join(_line(row) for row in rows)
                    if name == "message":
                        references |= kept_files(text)
                    entry.write(text.encode())
                    yield out.taken()
        missing = 0
        for reference in sorted(references):
            try:
                content = await source.file(reference)
            except LookupError:
                missing += 1
                continue
            digest = reference.partition(":")[2]
            zipped.writestr(_entry(f"files/{digest}", ZIP_STORED), content)
            yield out.taken()
        receipt = _receipt(own, counts, len(references) - missing, missing, now)
        zipped.writestr(_entry("receipt.json"), receipt)
    yield out.taken()


def _receipt(own: Own, counts: Mapping[str, int], files: int, missing: int, now: datetime) -> str:
    return json.dumps(
        {
            "customer_id": str(own.root),
            "exported_at": now.isoformat(),
            "rows": {name: counts[name] for name in EXPORTED},
            "files": files,
            "files_not_kept_any_more": missing,
            "tables_not_in_here": {**NOT_EXPORTED, **NOT_THEIRS},
        },
        indent=2,
    )


async def _page(
    zipped: ZipFile, out: _Pieces, source: Source, own: Own, now: datetime
) -> AsyncIterator[bytes]:
    """The page for people: who they are, what is known of them, what was said."""
    page = PageOfCustomer(own, now)
    with zipped.open(_entry("index.html"), "w") as entry:
        entry.write(page.head().encode())
        async for rows in _rows(source, "fact", own):
            entry.write(page.facts(rows).encode())
            yield out.taken()
        async for rows in _rows(source, "conversation", own):
            page.know(rows)
        async for rows in _rows(source, "message", own):
            entry.write(page.messages(rows).encode())
            yield out.taken()
        entry.write(page.foot().encode())


async def _rows(source: Source, name: str, own: Own) -> AsyncIterator[list[dict[str, Any]]]:
    after: Key | None = ()
    while after is not None:
        rows, after = await source.read(export_rows, name, own, after, PAGE)
        yield rows


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n"


def _entry(name: str, how: int = ZIP_DEFLATED) -> ZipInfo:
    one = ZipInfo(name, _EARLIEST)
    one.compress_type = how
    one.external_attr = 0o600 << 16
    return one


class _Pieces:
    """What `ZipFile` writes to, taken away piece by piece."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Keep it until it is taken."""
        self._written.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """There is nothing behind this."""

    def close(self) -> None:
        """There is nothing to close."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        together = b"".join(self._written)
        self._written.clear()
        return together
