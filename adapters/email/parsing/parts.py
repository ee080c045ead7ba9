"""Takes a mail apart into fields and parts, by position, without looking into what they say.

Own, because the library's parser needs time and stack in proportion to nesting times length, which
a sender chooses. Here the limits come first and every byte is looked at once for each level. Raises
`Unreadable` and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from adapters.email.parsing.charsets import field_text
from adapters.email.parsing.parameters import Told, parameters

MAX_FIELD_BYTES = 256 * 1024
MAX_FIELDS = 2000
MAX_PARTS = 200
MAX_NESTING = 20
_MAX_LOOKALIKES = 20_000
"""Lines that only begin like a boundary. Real mail has hardly any; each costs a look."""
_LONGEST_BOUNDARY = 200
"""RFC 2046, section 5.1.1 allows 70; some programs write more."""
_NAME = re.compile(r"[!-9;-~]+")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_FIELD_END = re.compile(rb"\n(?![ \t])")


class Unreadable(Exception):
    """The mail cannot be read at all; `reason` says in words why and holds nothing of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fields:
    """Header fields in their order: names in lower case, texts as they stand, still folded."""

    items: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def all(self, name: str) -> tuple[str, ...]:
        """The texts of every field of this name, topmost first."""
        return tuple(value for one, value in self.items if one == name)

    def first(self, name: str) -> str | None:
        """The topmost field of this name."""
        return next((value for one, value in self.items if one == name), None)

    def names(self) -> Iterator[str]:
        """The names of all fields."""
        return (name for name, _ in self.items)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail, or all of it. `raw` is its body, still encoded for its transport."""

    fields: Fields
    media_type: str
    parameters: Mapping[str, str] = field(repr=False)
    raw: bytes = field(repr=False)
    parts: tuple[Part, ...] = ()

    @property
    def main_type(self) -> str:
        """What stands before the slash."""
        return self.media_type.partition("/")[0]

    @property
    def disposition(self) -> Told:
        """Whether its sender wants it to be shown or kept, and as what (RFC 2183)."""
        return parameters(self.fields.first("content-disposition") or "")

    @property
    def file_name(self) -> str | None:
        """What its sender calls it, as it stands."""
        return self.disposition.named.get("filename") or self.parameters.get("name")


def read_fields(raw: bytes) -> Fields:
    """The header fields at the beginning of these bytes, as far as the limits allow."""
    start, end, _ = _header(raw[:MAX_FIELD_BYTES], 0, min(len(raw), MAX_FIELD_BYTES))
    return Fields(_named(_FIELD_END.split(raw[start:end], MAX_FIELDS)[:MAX_FIELDS]))


def header_and_body(raw: bytes) -> tuple[Fields, bytes]:
    """A mail's fields and the bytes behind them. Raises `Unreadable` as `take_apart` does."""
    start, end, body = _header(raw, 0, len(raw))
    return _fields(raw[start:end]), raw[body:]


def take_apart(raw: bytes) -> Part:
    """A whole mail. Raises `Unreadable` when it is beyond the limits."""
    return _Mail(raw).part(0, len(raw), "text/plain", 0)


class _Mail:
    """The bytes being taken apart, and how many parts they had so far."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._count = 0
        self._lookalikes = 0

    def part(self, start: int, end: int, default: str, depth: int) -> Part:
        """The part between two positions; `default` is its type if it names none."""
        self._count += 1
        if self._count > MAX_PARTS:
            raise Unreadable(f"The mail has more than {MAX_PARTS} parts.")
        if depth > MAX_NESTING:
            raise Unreadable(f"The mail's parts are nested more than {MAX_NESTING} deep.")
        first, last, body = _header(self._raw, start, end)
        fields = _fields(self._raw[first:last])
        told = parameters(fields.first("content-type") or default)
        media_type = told.value.lower()
        if not _TYPE.fullmatch(media_type):
            media_type = "text/plain"  # RFC 2045, section 5.2
        boundary = told.named.get("boundary", "").rstrip()
        if media_type.startswith("multipart/"):
            if 0 < len(boundary) <= _LONGEST_BOUNDARY:
                kind = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
                places = islice(self._places(boundary.encode(), body, end), MAX_PARTS + 1)
                parts = tuple(self.part(*place, kind, depth + 1) for place in places)
                if parts:
                    return Part(fields, media_type, told.named, b"", parts)
            media_type = "text/plain"  # broken: better its text than nothing
        return Part(fields, media_type, told.named, self._raw[body:end])

    def _places(self, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where the parts lie between the delimiter lines (RFC 2046, section 5.1.1).

        A part whose closing line is missing reaches to the end.
        """
        begun = -1
        for line, after, closing in self._delimiters(b"--" + boundary, start, end):
            if begun >= 0:
                yield begun, max(begun, line)
            begun = after
            if closing:
                return
        if begun >= 0:
            yield begun, end

    def _delimiters(self, mark: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Where the part before ends, the one after begins, and whether there is none after."""
        raw, at = self._raw, start
        while (at := raw.find(mark, at, end)) >= 0:
            line_end = raw.find(b"\n", at, end)
            line_end = end if line_end < 0 else line_end
            rest = raw[at + len(mark) : min(line_end, at + len(mark) + 100)].strip()
            if (at == start or raw[at - 1] == 0x0A) and rest in (b"", b"--"):
                before = at - (2 if raw[max(start, at - 2) : at] == b"\r\n" else 1)
                yield max(start, before), min(line_end + 1, end), rest == b"--"
            else:
                self._lookalikes += 1
                if self._lookalikes > _MAX_LOOKALIKES:
                    raise Unreadable("The mail's parts cannot be told apart by their boundaries.")
            at = max(line_end, at + len(mark))


def _header(raw: bytes, start: int, end: int) -> tuple[int, int, int]:
    """Where the fields begin and end, and where the body begins."""
    if raw.startswith((b"\n", b"\r\n"), start):
        return start, start, raw.find(b"\n", start) + 1
    limit = min(end, start + MAX_FIELD_BYTES + 4)
    ends = [
        (found, found + len(empty))
        for empty in (b"\n\r\n", b"\n\n")
        if (found := raw.find(empty, start, limit)) >= 0
    ]
    if ends:
        last, body = min(ends)
        return start, last + 1, body
    if end - start > MAX_FIELD_BYTES:
        raise Unreadable(f"The mail's header is longer than {MAX_FIELD_BYTES // 1024} KiB.")
    return start, end, end


def _fields(raw: bytes) -> Fields:
    lines = _FIELD_END.split(raw, MAX_FIELDS)
    if len(lines) > MAX_FIELDS:
        raise Unreadable(f"The mail's header has more than {MAX_FIELDS} fields.")
    return Fields(_named(lines))


def _named(lines: Sequence[bytes]) -> tuple[tuple[str, str], ...]:
    """Lines that are no field, such as an mbox's first, are left out."""
    found = []
    for line in lines:
        name, colon, value = field_text(line).partition(":")
        name = name.rstrip(" \t")  # "From : a@x.com" is obsolete and is a From (section 4.5)
        if colon and _NAME.fullmatch(name):
            found.append((name.lower(), value.strip()))
    return tuple(found)
