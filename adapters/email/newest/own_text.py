"""Finds in a mail what we ourselves sent before: our texts, however they came back, and our footer.

Texts are compared as words, so line breaks, quote marks and indentation make no difference. It
finds whole lines only and must not take a line in which the person added a word: what is said in
our words but in a sentence of theirs stays theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MARKER = re.compile(r"\[ref:[A-Za-z0-9]{16,}\]", re.IGNORECASE)
"""Stands in the footer of each mail we send."""

_WORD = re.compile(r"\w+")
_LINK = re.compile(r"(?:https?://|www\.|mailto:)[^\s<>()\[\]\"']+")
_RUN = 5
"""Words in a row that must be the same before any of them counts as ours."""
_LEAST = 10
"""Words in a row that it takes where nothing else marks a line as quoted: a person may well repeat
a few words of ours, or copy the answer that we suggested."""
_WHOLE = 6
"""A text of ours with fewer words than this is only found where it is marked as quoted."""


@dataclass(frozen=True, slots=True)
class _Known:
    """Our texts, cut up for looking things up in them."""

    runs: frozenset[tuple[str, ...]]
    shorter: frozenset[tuple[str, ...]]
    """Runs of fewer words, for short lines that are marked as quoted."""
    wholes: frozenset[tuple[str, ...]]
    links: frozenset[str]


def own_lines(lines: Sequence[str], ours: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines that hold nothing but what is in `ours`."""
    if not ours:
        return frozenset()
    known = _cut_up(ours)
    words = [(word, number) for number, line in enumerate(lines) for word in _words(line)]
    same = _covered([word for word, _ in words], known)
    theirs = {number for (_, number), is_same in zip(words, same) if not is_same}
    own: set[int] = set()
    for run in _stretches(same):
        numbers = {words[place][1] for place in run} - theirs
        certain = len(run) >= _LEAST or _is_whole([words[place][0] for place in run], known)
        own |= {one for one in numbers if certain or _is_marked(lines[one])}
    own |= {
        number
        for number, line in enumerate(lines)
        if _is_marked(line) and tuple(_words(line)) in known.shorter
    }
    return frozenset(own | _link_lines(lines, known.links))


def _is_marked(line: str) -> bool:
    return line.lstrip().startswith((">", "|"))


def _cut_up(ours: Sequence[str]) -> _Known:
    texts = [tuple(_words(text)) for text in ours]
    return _Known(
        runs=frozenset(_cut(texts, _RUN)),
        shorter=frozenset(run for length in range(1, _RUN) for run in _cut(texts, length)),
        wholes=frozenset(text for text in texts if text),
        links=frozenset(link for text in ours for link in _LINK.findall(text)),
    )


def _cut(texts: Sequence[tuple[str, ...]], length: int) -> Iterator[tuple[str, ...]]:
    """Each run of so many words."""
    return (text[at : at + length] for text in texts for at in range(len(text) - length + 1))


def _words(text: str) -> list[str]:
    """Without links: HTML shows and hides them as it likes."""
    return _WORD.findall(_LINK.sub(" ", text).casefold())


def _covered(words: Sequence[str], known: _Known) -> list[bool]:
    """For each word whether it lies in a run of words that is in one of our texts."""
    same = [False] * len(words)
    until = 0
    for at in range(len(words) - _RUN + 1):
        if tuple(words[at : at + _RUN]) in known.runs:
            for place in range(max(at, until), at + _RUN):
                same[place] = True
            until = at + _RUN
    return same


def _stretches(same: Sequence[bool]) -> Iterator[range]:
    """The ranges in which all are true."""
    first: int | None = None
    for place, is_same in enumerate((*same, False)):
        if is_same and first is None:
            first = place
        elif not is_same and first is not None:
            yield range(first, place)
            first = None


def _is_whole(run: Sequence[str], known: _Known) -> bool:
    return len(run) >= _WHOLE and tuple(run) in known.wholes


def _link_lines(lines: Sequence[str], links: frozenset[str]) -> set[int]:
    """Lines that hold a link of ours and not one word more."""
    if not links:
        return set()
    return {
        number
        for number, line in enumerate(lines)
        if not _words(line) and (found := _LINK.findall(line)) and links.issuperset(found)
    }
