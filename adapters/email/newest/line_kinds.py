"""Gives every line of a mail its kind: text, quoted, ours, or what stands above a quotation.

A kind is found from the line and its neighbours alone. What becomes of the lines is decided in
`stripping`, and must not be decided here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from adapters.email.newest.own_text import MARKER, own_lines
from adapters.email.newest.quote_lines import (
    Found,
    attribution,
    closes_address,
    headers,
    is_forwarded,
    is_original,
    plain,
    shared_at,
)

QUOTE_BELOW = "\ue002"
"""A line by which whoever has read a mail's structure says that a quotation follows."""
_PRIVATE = dict.fromkeys(range(0xE000, 0xE005))
_LINK = re.compile(r"(?:https?://|www\.|mailto:)[^\s<>()\[\]]+")
_WRAPPED_AT = 70
"""Programs wrap at 72 characters and more; a line that was wrapped before it was full was not."""


class Kind(StrEnum):
    """What a line is."""

    EMPTY = "empty"
    TEXT = "text"
    MARKED = "marked"
    """It begins with a quote mark."""
    OWN = "own"
    """We wrote it."""
    INTRO = "intro"
    """A mail program says with it that a quotation follows."""
    HEADER = "header"
    """The same, in header lines."""
    FORWARD = "forward"
    """A mail program says with it that a forwarded mail follows."""
    END = "end"
    """The footer of a mail of ours, unmarked: below it are only older mails."""


QUOTED = frozenset({Kind.MARKED, Kind.OWN})
INTRODUCING = frozenset({Kind.INTRO, Kind.HEADER})


def cleaned(text: str) -> str:
    """The text without the characters that are private to us."""
    return text if text.isascii() else text.translate(_PRIVATE)


def parted(lines: Sequence[str]) -> list[str]:
    """The lines, with an introduction on a line of its own where it shares one with the reply."""
    whole: list[str] = []
    for line in lines:
        at = shared_at(line) if line.endswith(":") else None
        whole.extend((line,) if at is None else (line[:at], line[at:]))
    return whole


def kinds_of(lines: Sequence[str], ours: Sequence[str]) -> list[Kind]:
    """The kind of every line."""
    own = own_lines(lines, ours)
    kinds = [Kind.OWN if number in own else _kind(line) for number, line in enumerate(lines)]
    _unmark_addresses(lines, kinds)
    _mark_wrapped(lines, kinds)
    _mark_introductions(lines, kinds)
    return kinds


def _kind(line: str) -> Kind:
    text = line.lstrip()
    if not text.strip("| "):
        return Kind.EMPTY
    if text == QUOTE_BELOW:
        return Kind.INTRO
    if text.startswith((">", "＞")):
        return Kind.OWN if MARKER.search(text) else Kind.MARKED
    return Kind.END if MARKER.search(text) else Kind.TEXT


def _unmark_addresses(lines: Sequence[str], kinds: list[Kind]) -> None:
    """A bracket that closes an address looks like a mark when it was broken off."""
    for number in range(1, len(lines)):
        below_text = kinds[number] is Kind.MARKED and kinds[number - 1] is Kind.TEXT
        if below_text and closes_address(lines[number]):
            kinds[number] = Kind.TEXT


def _mark_wrapped(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Marks what a program broke off a marked line without marking it, between two marked lines."""
    for number in range(1, len(lines) - 1):
        between = kinds[number - 1] is Kind.MARKED and kinds[number + 1] is Kind.MARKED
        if kinds[number] is Kind.TEXT and between and _is_rest(lines[number - 1], lines[number]):
            kinds[number] = Kind.MARKED


def _is_rest(above: str, line: str) -> bool:
    """Whether the line's first word had no room in the line above, or it is only a link."""
    words = line.split(maxsplit=1)
    if len(above.rstrip()) + 1 + len(words[0]) > _WRAPPED_AT and words[0][:1].islower():
        return True
    return not any(one.isalnum() for one in _LINK.sub("", line))


def _mark_introductions(lines: Sequence[str], kinds: list[Kind]) -> None:
    texts = [plain(line) if kind is Kind.TEXT else "" for line, kind in zip(lines, kinds)]
    quoted = _followed_by_quoted(kinds)
    number = 0
    while number < len(lines):
        found, kind = _introduction(texts, number, quoted[number])
        if found is None:
            number += 1
            continue
        for one in range(found.first, found.after):
            if kinds[one] is Kind.TEXT:
                kinds[one] = kind
        number = found.after


def _introduction(texts: Sequence[str], number: int, quoted: bool) -> tuple[Found | None, Kind]:
    text = texts[number]
    if not text:
        return None, Kind.TEXT
    if is_forwarded(text):
        return Found(number, number + 1), Kind.FORWARD
    if is_original(text):
        return Found(number, number + 1), Kind.INTRO
    if (found := headers(texts, number)) is not None:
        return found, Kind.HEADER
    return attribution(texts, number, quoted), Kind.INTRO


def _followed_by_quoted(kinds: Sequence[Kind]) -> list[bool]:
    """For each line whether the next one that is not empty is quoted."""
    found = [False] * len(kinds)
    quoted = False
    for number in range(len(kinds) - 1, -1, -1):
        found[number] = quoted
        if kinds[number] is not Kind.EMPTY:
            quoted = kinds[number] in QUOTED or kinds[number] is Kind.INTRO
    return found
