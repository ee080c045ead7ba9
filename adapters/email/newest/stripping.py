"""Finds the newest reply in the plain text of a mail: without what we sent, quotes and signatures.

What becomes of a line depends on its kind and the kinds around it only. Pure: no I/O, no clock. It
must not lose the person's words: where it cannot tell, more is kept, and a mail that begins with an
unmarked quotation is kept as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.email.newest.line_kinds import (
    INTRODUCING,
    QUOTE_BELOW,
    QUOTED,
    Kind,
    cleaned,
    kinds_of,
    parted,
)
from adapters.email.newest.signatures import has_words, without_end_rules, without_signature

_BREAK = re.compile(r"\r\n|\r|\n")
_INLINE = frozenset({Kind.TEXT, Kind.EMPTY, Kind.MARKED, Kind.OWN})


@dataclass(frozen=True, slots=True)
class Stripped:
    """The newest reply, and whether earlier mails were taken out of it."""

    text: str
    quoted: bool


def newest_reply(text: str, *, ours: Sequence[str] = ()) -> Stripped:
    """The newest reply in a plain text. `ours` are the texts that we sent in this thread.

    Never raises, and takes time in proportion to the text. Line breaks become line feeds.
    """
    return reply_of(parted(_BREAK.split(cleaned(text))), ours)


def reply_of(lines: Sequence[str], ours: Sequence[str]) -> Stripped:
    """The newest reply in these lines."""
    kinds = kinds_of(lines, ours)
    kept = _Reader(lines, kinds).read()
    left = set(kept)
    quoted = any(kind is not Kind.EMPTY and number not in left for number, kind in enumerate(kinds))
    reply = [lines[number] for number in kept if lines[number].strip() != QUOTE_BELOW]
    if not any(kinds[number] is Kind.FORWARD for number in kept):
        reply = without_signature(without_end_rules(reply) if quoted else reply)
    first = next((at for at, line in enumerate(reply) if line.strip(" \t|")), len(reply))
    return Stripped("\n".join(reply[first:]).rstrip(), quoted)


class _Reader:
    """Goes through the lines once, from the top, and says which stay."""

    def __init__(self, lines: Sequence[str], kinds: Sequence[Kind]) -> None:
        self._kinds = kinds
        self._says = [kind is Kind.TEXT and has_words(line) for line, kind in zip(lines, kinds)]
        self._last_said = max((at for at, says in enumerate(self._says) if says), default=-1)
        self._kept: list[int] = []
        self._said = False

    def read(self) -> list[int]:
        """The numbers of the lines that stay."""
        at = 0
        while at < len(self._kinds):
            at = self._step(at)
        if not self._kept and set(self._kinds) <= {Kind.OWN, Kind.EMPTY}:
            # Our words and nothing that quotes them: the person has copied an answer from us.
            return list(range(len(self._kinds)))
        return self._kept

    def _step(self, at: int) -> int:
        """Deals with what begins at a line; gives where to go on."""
        kind = self._kinds[at]
        if kind is Kind.FORWARD:
            return self._keep(at, len(self._kinds), QUOTED - QUOTED)
        if kind is Kind.END and self._said:
            return len(self._kinds)
        if kind is Kind.MARKED or kind in INTRODUCING:
            return self._quotation(at)
        if kind in (Kind.TEXT, Kind.EMPTY):
            self._kept.append(at)
            self._said = self._said or self._says[at]
        return at + 1

    def _quotation(self, at: int) -> int:
        below = self._past(at, INTRODUCING | {Kind.EMPTY})
        end = self._past(below, QUOTED | {Kind.EMPTY})
        if below == len(self._kinds) or self._kinds[below] not in QUOTED:
            return self._unmarked(at, below)
        inline = self._inline_end(end)
        if inline > end:
            return self._inline(at, below, inline)
        introduced = below > at
        if introduced or not self._said or self._last_said < end:
            return end
        return self._keep(at, end, frozenset({Kind.OWN}))

    def _unmarked(self, at: int, below: int) -> int:
        """A quotation without marks reaches to the end; but then all of the mail may be it."""
        if self._said:
            return len(self._kinds)
        if below == len(self._kinds) or Kind.HEADER in self._kinds[at:below]:
            return self._keep(at, len(self._kinds), frozenset({Kind.OWN}))
        return below

    def _inline(self, at: int, below: int, end: int) -> int:
        """Answers between quotes stay with them. What we wrote goes, with its introduction."""
        quotes = Kind.MARKED in self._kinds[below:end]
        return self._keep(at if quotes else below, end, frozenset({Kind.OWN}))

    def _inline_end(self, at: int) -> int:
        """Behind the last quoted line that only text stands before; `at` if there is none."""
        end, said = at, False
        for number in range(at, len(self._kinds)):
            kind = self._kinds[number]
            if kind not in _INLINE:
                break
            said = said or self._says[number]
            if kind in QUOTED and said:
                end = number + 1
        return end

    def _past(self, at: int, kinds: frozenset[Kind]) -> int:
        """The first line from here that is of no such kind."""
        while at < len(self._kinds) and self._kinds[at] in kinds:
            at += 1
        return at

    def _keep(self, first: int, after: int, but: frozenset[Kind]) -> int:
        numbers = [one for one in range(first, after) if self._kinds[one] not in but]
        self._kept.extend(numbers)
        self._said = self._said or any(self._says[one] for one in numbers)
        return after
