"""The line of a file on which a fault stands, found by the path of its key.

The parser of TOML tells no lines, so the text is looked through again, and only when there is a
fault. What cannot be found has line 0; a guess would send people to the wrong place. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from core.playbook.fields import PlaybookProblem

_HEAD = re.compile(r"\s*(\[\[?)\s*([\w.\"' -]+?)\s*\]\]?\s*(?:#.*)?$")
_ROW = re.compile(r"(?P<list>\w+)\[(?P<which>[^\]]*)\](?:\.(?P<rest>.+))?")
_TOLD = re.compile(r"line (\d+)")


def located(
    problems: Iterable[PlaybookProblem], files: Mapping[str, str]
) -> tuple[PlaybookProblem, ...]:
    """The problems, each with the line it is about, where that can be found."""
    return tuple(
        replace(one, line=line_of(files[one.file], one.key) or _begins(one.file))
        if one.file in files
        else one
        for one in problems
    )


def _begins(file: str) -> int:
    """The line at which to look for what a file lacks: an article says it in its head."""
    return 1 if file.startswith("articles/") else 0


def line_of(text: str, key: str) -> int:
    """The line, from 1, of what a key's path names; 0 when it cannot be found."""
    told = _TOLD.match(key)
    if told is not None:
        return int(told[1])
    lines = text.splitlines()
    if key == "end of document":
        return len(lines)
    row = _ROW.fullmatch(key)
    if row is not None:
        return _in_row(lines, row["list"], row["which"], (row["rest"] or "").split("."))
    parts = key.split(".") if key else []
    for depth in range(len(parts), -1, -1):
        found = _blocks(lines, ".".join(parts[:depth]))
        if found and (depth or parts):
            first, last = found[0]
            inside = _key_line(lines, first, last, parts[depth:])
            if inside or depth:
                return inside or first
    return 0


def _in_row(lines: Sequence[str], name: str, which: str, rest: Sequence[str]) -> int:
    """A line in the table of a list that has this id, this name or this number."""
    rows = _blocks(lines, name, "[[")
    called = re.compile(rf"\s*(?:id|name)\s*=\s*[\"']{re.escape(which)}[\"']")
    found = [(a, b) for a, b in rows if any(called.match(one) for one in lines[a:b])]
    if not found and which.isdecimal() and 0 < int(which) <= len(rows):
        found = [rows[int(which) - 1]]
    if not found:
        return 0
    # Where two are called the same, it is the second that is one too many.
    first, last = found[-1]
    return _key_line(lines, first, last, rest) or first


def _blocks(lines: Sequence[str], name: str, bracket: str = "[") -> list[tuple[int, int]]:
    """The tables of this name: the line of the head, from 1, and the last line; "" is the top."""
    heads = [
        (number, found[1], found[2])
        for number, line in enumerate(lines, start=1)
        if (found := _HEAD.match(line)) is not None
    ]
    heads.insert(0, (0, "[", ""))
    ends = [number - 1 for number, _, _ in heads[1:]] + [len(lines)]
    return [
        (number, end)
        for (number, mark, called), end in zip(heads, ends, strict=True)
        if called == name and mark == bracket
    ]


def _key_line(lines: Sequence[str], first: int, last: int, rest: Sequence[str]) -> int:
    """The line on which the first of these keys is given a value; 0 when none does."""
    if not rest or not rest[0]:
        return 0
    given = re.compile(rf"\s*[\"']?{re.escape(rest[0])}[\"']?\s*[=.]")
    return next((at + 1 for at in range(first, last) if given.match(lines[at])), 0)
