"""Writes the header lines of a mail, so that each value stays one value.

Whatever goes into a header is put on one line and encoded here: nothing that somebody wrote can
begin a line of its own. Identifiers stay as they are, since encoded ones name nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.header import Header

LONGEST_NAME = 100
"""Characters of a person's or a file's name that are kept."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LINE = 78


def header_block(headers: Iterable[tuple[str, str]]) -> bytes:
    """The lines of these headers, whose values were made by the functions here."""
    lines = (f"{name}: {_folded(name, value)}\r\n" for name, value in headers)
    return "".join(lines).encode("utf-8")


def one_line(text: str) -> str:
    """The text without line ends and other control characters."""
    return _CONTROL.sub(" ", text).encode("utf-8", "replace").decode().strip()


def mailbox(name: str, address: str) -> str:
    """A name with its address, the name quoted or encoded as it needs."""
    name = one_line(name)[:LONGEST_NAME]
    if not name:
        return address
    if not name.isascii():
        return f"{words(name, 4)} <{address}>"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{address}>'


def words(text: str, indent: int) -> str:
    """Text of a header, in encoded words where it is not ASCII (RFC 2047)."""
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8", maxlinelen=_LINE, header_name="x" * indent).encode(linesep="\r\n")


def _folded(name: str, value: str) -> str:
    """The value with its lines broken at spaces where they would be long (RFC 5322, 2.2.3)."""
    lines: list[str] = []
    line = ""
    for word in value.replace("\r\n ", " ").split(" "):
        room = _LINE - (len(name) + 2 if not lines else 1)
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\r\n ".join((*lines, line))
