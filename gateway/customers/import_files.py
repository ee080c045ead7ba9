"""Reading a file of customers: its encoding, its columns, and every fault with its place.

CSV as RFC 4180 has it, and as spreadsheets write it: with a byte order mark, with semicolons or
tabs, with line breaks in quotes. Nothing is looked up here and nothing is written.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from typing import TextIO

from core.handle_addresses import BRINGABLE, AddressFault, read_handle
from core.message import Handle
from memory.units.identity.bringing import Entry

FAULTS_SHOWN = 200
"""Faults that are named one by one; of more, only the first are of use to anybody."""

LONGEST_VALUE = 500
ATTRIBUTES = ("name", "tier", "language", "postcode", "preferred_channel")
"""Attributes that have a column of their own; any other is `attribute:NAME`."""

TOLD_BY_EXPORT = frozenset({"customer_id", "levels", "evidence", "other_handles"})
"""Columns of an export that say what is so already."""

_ALIASES: Mapping[str, str] = {
    "phone": "phone",
    "mobile": "phone",
    "telephone": "phone",
    "phone_number": "phone",
    "email": "email",
    "e_mail": "email",
    "mail": "email",
    "email_address": "email",
    "login": "login",
    "username": "login",
    "slack": "slack",
    "external_id": "external",
    "customer_number": "external",
    "external": "external",
    "zip": "postcode",
    "post_code": "postcode",
    "lang": "language",
    "channel": "preferred_channel",
    "full_name": "name",
}
_NUMBERED = re.compile(r"^(?P<name>.*?)[ _]?(?P<number>[0-9]*)$")
_ATTRIBUTE = re.compile(r"attribute:[a-z][a-z0-9_.-]{0,49}")
_LINES = re.compile(r"[\n\r]+")
# An id may hold a semicolon, these may not.
_BETWEEN = dict.fromkeys(("email", "phone", "slack"), re.compile(r"[;\n\r]+"))
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DELIMITERS = ",;\t|"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
IGNORED = "-"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the file that cannot be understood: where, what, and how to mend it."""

    line: int
    column: str
    wrong: str
    mend: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file says. `faults` are the first of `fault_count`; `digest` names its content."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    fault_count: int
    digest: str


class Faults:
    """The faults of a file: the first of them, and how many there are."""

    def __init__(self) -> None:
        self.first: list[Fault] = []
        self.count = 0

    def add(self, line: int, column: str, wrong: str, mend: str) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < FAULTS_SHOWN:
            self.first.append(Fault(line, column, wrong, mend))

    def add_undecodable(self, line: int, encoding: str | None) -> None:
        """A line that is of another encoding than the file."""
        self.add(
            line,
            "",
            f"This line is not {(encoding or 'utf-8').upper()}.",
            "Save the file as “CSV UTF-8”, or name its encoding, such as cp1252.",
        )


def read_file(
    content: bytes, columns: Mapping[str, str] | None = None, encoding: str | None = None
) -> ReadFile:
    """The customers of a file. `columns` says what columns of other names mean ("-": nothing)."""
    faults, entries = Faults(), []
    named = ";".join(f"{name}={meaning}" for name, meaning in sorted((columns or {}).items()))
    digest = hashlib.sha256(content + named.encode()).hexdigest()
    text = _decode(content, encoding, faults)
    if text is not None:
        rows = _rows(text, faults)
        header = next(rows, None)
        meanings = None if header is None else _meanings(header[1], columns or {}, faults)
        if header is None and not faults.count:
            faults.add(1, "", "The file is empty.", "Its first line has to name the columns.")
        if meanings is not None:
            entries = [
                entry
                for line, cells in rows
                if (entry := _entry(line, cells, meanings, faults)) is not None
            ]
    return ReadFile(tuple(entries), tuple(faults.first), faults.count, digest)


def _decode(content: bytes, encoding: str | None, faults: Faults) -> str | None:
    encoding = encoding_of(content, encoding, faults)
    try:
        return None if encoding is None else content.decode(encoding)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        faults.add_undecodable(content.count(b"\n", 0, start) + 1, encoding)
    return None


def encoding_of(content: bytes, named: str | None, faults: Faults) -> str | None:
    """The encoding of a file that begins so: as its mark says, or as it was `named`, or UTF-8."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    try:
        b"x".decode(named or "utf-8", "replace")
        return named or "utf-8"
    except LookupError:
        faults.add(1, "", f"There is no encoding “{named}”.", "Leave it out, or say cp1252.")
        return None


def _rows(text: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Each row that holds something, with the line it begins at."""
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        faults.add(line, "", "There is a NUL character.", "Save the file as CSV again.")
        return
    yield from csv_rows(io.StringIO(text, newline=""), faults)


def csv_rows(stream: TextIO, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Each row of a stream that holds something, with the line it begins at.

    The stream is read as it goes, and its line breaks are left as they are (`newline=""`).
    """
    head = stream.readline()
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(chain((head,), stream), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.add(line, "", f"The quotes do not match here: {error}.", "Close every quote.")
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _meanings(
    header: Sequence[str], columns: Mapping[str, str], faults: Faults
) -> list[tuple[str, str]] | None:
    """For each column its name and what it means; nothing when one is not understood."""
    found = [(name.strip(), _meaning(name.strip(), columns)) for name in header]
    for name, meaning in found:
        if meaning is None:
            near = get_close_matches(_plain(name), [*_ALIASES, *ATTRIBUTES, "kind", "address"], 1)
            guess = f" Is it “{near[0]}”?" if near else ""
            faults.add(
                1,
                name,
                "This column is not understood.",
                f"Say what it means, as “{name}=attribute:NAME”, or leave it out with “{name}=-”."
                f"{guess}",
            )
    meanings = [meaning for _, meaning in found]
    if not faults.count and not {*BRINGABLE, "address"} & set(meanings):
        faults.add(
            1,
            "",
            "No column holds an address.",
            f"Name one {', '.join(BRINGABLE[:-1])} or {BRINGABLE[-1]}.",
        )
    return None if faults.count else [(name, str(meaning)) for name, meaning in found]


def _meaning(name: str, columns: Mapping[str, str]) -> str | None:
    name = columns.get(name, name)
    if name == IGNORED or not name:
        return IGNORED
    if _ATTRIBUTE.fullmatch(name) is not None:
        return name
    numbered = _NUMBERED.fullmatch(_plain(name))
    plain = _plain(name) if numbered is None else numbered["name"]
    if plain in ("kind", "address"):
        return plain
    if plain in TOLD_BY_EXPORT:
        return IGNORED
    plain = _ALIASES.get(plain, plain)
    if plain in ATTRIBUTES:
        return f"attribute:{plain}"
    return plain if plain in BRINGABLE else None


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().casefold())


def _entry(
    line: int, cells: Sequence[str], meanings: Sequence[tuple[str, str]], faults: Faults
) -> Entry | None:
    if len(cells) > len(meanings):
        faults.add(
            line,
            "",
            f"There are {len(cells)} values for {len(meanings)} columns.",
            "Put values that hold the delimiter into quotes.",
        )
        return None
    before, kind = faults.count, ""
    handles: dict[str, Handle] = {}
    attributes: dict[str, str] = {}
    for (name, meaning), cell in zip(meanings, cells, strict=False):
        value = unguarded(cell).strip()
        if meaning == "kind":
            kind = value.casefold()
        elif meaning.startswith("attribute:") and value:
            _attribute(line, name, meaning, value, attributes, faults)
        elif meaning != IGNORED and value:
            wanted = kind if meaning == "address" else meaning
            for part in _BETWEEN.get(wanted, _LINES).split(cell):
                _handle(line, name, wanted, unguarded(part.strip()), handles, faults)
    if faults.count > before:
        return None
    if not handles:
        faults.add(line, "", "This row names no address.", "Give at least one, or take it out.")
        return None
    ordered = sorted(handles.values(), key=lambda one: BRINGABLE.index(one.kind))
    return Entry(tuple(ordered), attributes, line)


def _handle(
    line: int, column: str, kind: str, text: str, handles: dict[str, Handle], faults: Faults
) -> None:
    if not text:
        return
    try:
        one = read_handle(kind, text)
    except AddressFault as fault:
        faults.add(line, column, str(fault), fault.mend)
    else:
        handles[one.key] = one


def _attribute(
    line: int, column: str, meaning: str, value: str, attributes: dict[str, str], faults: Faults
) -> None:
    if len(value) > LONGEST_VALUE:
        faults.add(line, column, "This is too long.", f"At most {LONGEST_VALUE} characters.")
    else:
        attributes[meaning.removeprefix("attribute:")] = value


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection): an apostrophe leads
    it. One that begins with an apostrophe gets another, so that `unguarded` gives back each."""
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def unguarded(cell: str) -> str:
    """A cell as it was before `guarded`; what spreadsheets leave of it is understood too."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell
