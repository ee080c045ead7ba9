"""Reading a history as CSV or as JSON Lines, row by row, so that a file may be of any size.

CSV is read as a file of customers is (`gateway.customers.import_files`). JSON Lines has one object
on each line, with the same names as columns have. What a row means is `gateway.history.lines`'s.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import BinaryIO

import orjson

from gateway.customers.import_files import IGNORED, Faults, csv_rows, encoding_of, unguarded
from gateway.history.lines import (
    ADDRESSES,
    ALIASES,
    MEANINGS,
    Reading,
    Told,
    meaning_of,
    plain,
    told_by,
)

LONGEST_ROW = 1_000_000
"""Bytes of one line of JSON Lines."""

_NAME_ONE = "Name one when, one text and one of an address, such as phone or email."


def read_csv(file: BinaryIO, reading: Reading, faults: Faults) -> Iterator[Told]:
    """The messages of a CSV file whose first line names the columns."""
    start = file.read(4)
    file.seek(0)
    encoding = encoding_of(start, reading.encoding, faults)
    if encoding is None:
        return
    stream = io.TextIOWrapper(file, encoding, newline="")
    at = 1
    try:
        rows = csv_rows(stream, faults)
        meanings = _meanings(next(rows, None), reading.columns, faults)
        if meanings is None:
            return
        for at, cells in rows:
            told = _row(at, cells, meanings, reading, faults)
            if told is not None:
                yield told
    except UnicodeError:
        faults.add_undecodable(at + 1, encoding)
    finally:
        stream.detach()


def read_json_lines(file: BinaryIO, reading: Reading, faults: Faults) -> Iterator[Told]:
    """The messages of a file with one JSON object on each line."""
    understood: dict[str, str | None] = {}
    for line, raw in enumerate(iter(lambda: file.readline(LONGEST_ROW + 1), b""), start=1):
        if len(raw) > LONGEST_ROW:
            faults.add(line, "", "This line is too long.", f"At most {LONGEST_ROW} bytes.")
            return
        if not raw.strip():
            continue
        try:
            found = orjson.loads(raw)
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            faults.add(line, "", "This is no JSON object.", "Write one object on each line.")
            continue
        cells = _cells(line, found, reading.columns, understood, faults)
        told = None if cells is None else told_by(line, cells, reading, faults)
        if told is not None:
            yield told


def _meanings(
    head: tuple[int, list[str]] | None, columns: Mapping[str, str], faults: Faults
) -> list[str] | None:
    """What each column means; nothing when one is not understood."""
    if head is None:
        if not faults.count:
            faults.add(1, "", "The file is empty.", "Its first line has to name the columns.")
        return None
    names = [name.strip() for name in head[1]]
    found = [_meaning(1, name, columns, faults) for name in names]
    meanings = [one for one in found if one is not None]
    if len(meanings) == len(names) and not (
        {"when", "text"} <= set(meanings) and set(ADDRESSES) & set(meanings)
    ):
        faults.add(1, "", "The columns do not tell enough.", _NAME_ONE)
    return None if faults.count else meanings


def _meaning(line: int, name: str, columns: Mapping[str, str], faults: Faults) -> str | None:
    meaning = meaning_of(name, columns)
    if meaning is None:
        near = get_close_matches(plain(name), ALIASES, 1)
        guess = f" Is it “{ALIASES[near[0]]}”?" if near else ""
        faults.add(
            line,
            name[:60],
            "This column is not understood.",
            f"Say what it means, as “{name[:60]}=text”, or leave it out with “{name[:60]}=-”. "
            f"There are {', '.join(sorted(MEANINGS))}.{guess}",
        )
    return meaning


def _row(
    line: int, cells: Sequence[str], meanings: Sequence[str], reading: Reading, faults: Faults
) -> Told | None:
    if len(cells) > len(meanings):
        faults.add(
            line,
            "",
            f"There are {len(cells)} values for {len(meanings)} columns.",
            "Put values that hold the delimiter into quotes.",
        )
        return None
    named: dict[str, str] = {}
    for meaning, cell in zip(meanings, cells, strict=False):
        value = _clean(unguarded(cell))
        if meaning != IGNORED and value:
            named.setdefault(meaning, value)
    return told_by(line, named, reading, faults)


def _cells(
    line: int,
    found: Mapping[str, object],
    columns: Mapping[str, str],
    understood: dict[str, str | None],
    faults: Faults,
) -> dict[str, str] | None:
    """The values of an object by meaning; nothing when it has a fault. A name that is not
    understood is told of once."""
    cells: dict[str, str] = {}
    for name, value in found.items():
        if name not in understood:
            understood[name] = _meaning(line, name.strip(), columns, faults)
        meaning = understood[name]
        if meaning in (None, IGNORED) or value is None:
            continue
        if isinstance(value, (dict, list, bool)):
            faults.add(line, name[:60], "This is no text and no number.", "Take one value of it.")
            return None
        if text := _clean(str(value)):
            cells.setdefault(str(meaning), text)
    return cells


def _clean(text: str) -> str:
    # PostgreSQL cannot store a NUL, and no person means one.
    return text.replace("\x00", "\ufffd").strip()


READERS: Mapping[str, Callable[[BinaryIO, Reading, Faults], Iterator[Told]]] = {
    "csv": read_csv,
    "jsonl": read_json_lines,
}
