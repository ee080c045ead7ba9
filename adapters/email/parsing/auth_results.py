"""Reads an Authentication-Results field by the grammar of RFC 8601, section 2.2, and no looser.

A field that breaks the grammar says nothing: what a lenient reader would make of it, a sender could
choose. Whether a field is to be believed is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.email.parsing.headers import unfold

_LONGEST = 16_000
_MOST_RESULTS = 50
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WORD = re.compile(r'[^\s()<>,;:\\"\[\]?=/]+')
_VALUE = re.compile(r'[^\s();"\\]+')
_METHOD = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Result:
    """What one method came to: `properties` by names such as "header.from", all in lower case."""

    method: str
    result: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AuthResults:
    """One field: which server says it (in lower case), and what."""

    server: str
    results: tuple[Result, ...]

    def of(self, method: str) -> tuple[Result, ...]:
        """What this method came to; several, for as many signatures as a mail has."""
        return tuple(one for one in self.results if one.method == method)


def read_results(value: str) -> AuthResults | None:
    """The field; nothing when it breaks the grammar."""
    if len(value) > _LONGEST:
        return None
    try:
        return _Reader(unfold(value)).field()
    except _Broken:
        return None


def server_of(value: str) -> str | None:
    """Which server a field claims to be of, even if the rest of it is broken."""
    try:
        return _Reader(unfold(value[:_LONGEST])).server()
    except _Broken:
        return None


class _Broken(Exception):
    """The field breaks the grammar."""


class _Reader:
    """Goes through the text once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def server(self) -> str:
        """The authserv-id, and its version where there is one."""
        name = self._value().lower()
        if not name or "=" in name:
            raise _Broken
        self._spaces()
        if self._next() not in ("", ";"):
            if self._word() != "1":
                raise _Broken
            self._spaces()
        return name

    def field(self) -> AuthResults:
        server = self.server()
        results: list[Result] = []
        while self._next():
            self._take(";")
            if self._next() in ("", ";"):
                continue  # a last semicolon is common, and harmless
            method = self._word().lower()
            if method == "none" and self._next() in ("", ";") and not results:
                continue  # nothing was looked at
            results.append(self._result(method))
            if len(results) > _MOST_RESULTS:
                raise _Broken
        return AuthResults(server, tuple(results))

    def _result(self, method: str) -> Result:
        if self._next() == "/":
            self._take("/")
            self._word()
        self._take("=")
        result = self._word().lower()
        if not _METHOD.fullmatch(method):
            raise _Broken
        return Result(method, result, self._properties())

    def _properties(self) -> dict[str, str]:
        """A property that is told twice with different values is told by nobody."""
        found: dict[str, str] = {}
        while self._next() not in ("", ";"):
            name = self._word().lower()
            self._take("=")
            value = self._value().lower()
            if found.setdefault(name, value) != value:
                raise _Broken
        return found

    def _next(self) -> str:
        self._spaces()
        return self._text[self._at : self._at + 1]

    def _take(self, sign: str) -> None:
        if self._next() != sign:
            raise _Broken
        self._at += 1

    def _word(self) -> str:
        return self._match((_WORD,))

    def _value(self) -> str:
        return self._match((_QUOTED, _VALUE))

    def _match(self, shapes: Sequence[re.Pattern[str]]) -> str:
        self._spaces()
        for shape in shapes:
            found = shape.match(self._text, self._at)
            if found:
                self._at = found.end()
                return _ESCAPED.sub(r"\1", found[1]) if shape is _QUOTED else found[0]
        raise _Broken

    def _spaces(self) -> None:
        """Past white space and comments, which may hold comments (RFC 5322, section 3.2.2)."""
        depth = 0
        while self._at < len(self._text):
            sign = self._text[self._at]
            if sign == "\\" and depth:
                self._at += 1
            elif sign == "(":
                depth += 1
            elif sign == ")" and depth:
                depth -= 1
            elif not depth and not sign.isspace():
                return
            self._at += 1
        if depth:
            raise _Broken
