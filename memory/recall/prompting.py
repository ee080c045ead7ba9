"""What a language model is given to word an answer: draft, sources, memory and message, quoted.

Each part has a hard share of the tokens that there are, counted as that model counts them, so that
none pushes out another: a long message costs no source. All of it is data between marks that hold a
number drawn for this one question; nothing in it can end its part or begin another. It asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.turn import Recall, Said
from memory.recall.quoting import Count, plain, quote, unsaid

SOURCES, MEMORY, MESSAGE = 0.4, 0.3, 0.3
"""Shares of what the draft leaves. What a part does not need is left to the ones behind it."""

_LINE = 8
"""Tokens that a line takes beyond its text: its number, who says it, and its end."""

_MARKS = 60
"""Tokens that the marks of all parts and the empty lines between them take at most."""


@dataclass(frozen=True, slots=True)
class Material:
    """All that is given: texts of ours that may be leaned on, and what was said and is known."""

    draft: str
    sources: Sequence[str]
    messages: Sequence[Said]
    recall: Recall | None


@dataclass(frozen=True, slots=True)
class Context:
    """The text of the question. `remembered` says whether anything is in it that is known of the
    customer, `left_out` how many lines there was no room for."""

    text: str
    remembered: bool
    left_out: int


def context_of(material: Material, room: int, mark: str, count: Count) -> Context | None:
    """The question in at most `room` tokens; nothing when not even the draft and the end of the
    message have room.

    `mark` is drawn anew for each question, as for `memory.recall.quoting.quote`.
    """
    draft = plain(material.draft)
    left = room - count(draft) - _MARKS
    said = [plain(one.text) for one in material.messages]
    if left <= 0 or not said:
        return None
    sources, dropped = _within(map(plain, material.sources), int(left * SOURCES), count)
    spent = sum(count(one) + _LINE for one in sources)
    share = int((left - spent) * MEMORY / (MEMORY + MESSAGE))
    block, gone = _memory(material.recall, share, mark, count)
    heard = _newest(said, left - spent - count(block), count)
    if not heard:
        return None
    mark = unsaid(mark, "\n".join((draft, *sources, block, *heard)))
    parts = (
        _part("sources", mark, sources),
        block,
        _part("message", mark, [f"customer: {one}" for one in heard]),
        _part("draft", mark, [draft]),
    )
    text = "\n\n".join(one for one in parts if one)
    if count(text) > room:
        return None
    return Context(text, bool(block), dropped + gone + len(said) - len(heard))


def _memory(recall: Recall | None, room: int, mark: str, count: Count) -> tuple[str, int]:
    """What is known, as a block of its own, and how many of its lines had no room."""
    if recall is None:
        return "", 0
    quoted = quote(replace(recall, budget=min(recall.budget, room)), mark, count)
    return quoted.text, quoted.dropped


def _within(texts: Iterable[str], room: int, count: Count) -> tuple[list[str], int]:
    """The first texts that have room, the last of them cut at a word; and how many have none."""
    kept: list[str] = []
    dropped = 0
    for text in texts:
        fit = _cut(text, room - _LINE, count)
        if fit:
            kept.append(fit)
            room -= count(fit) + _LINE
        else:
            dropped += 1
    return kept, dropped


def _newest(said: Sequence[str], room: int, count: Count) -> list[str]:
    """The newest messages that have room, in their order; of the newest its beginning at least."""
    kept: list[str] = []
    for text in reversed(said):
        line = _cut(text, room - _LINE, count) if not kept else text
        room -= count(line) + _LINE
        if not line or room < 0:
            break
        kept.insert(0, line)
    return kept


def _cut(text: str, room: int, count: Count) -> str:
    """As much of a text as has room, to the end of a word."""
    if room <= 0:
        return ""
    while text and (many := count(text)) > room:
        # What is over is cut off by its share, and at least a word of it.
        longest = min(len(text) * room // many, len(text) - 1)
        text = text[:longest].rpartition(" ")[0]
    return text


def _part(name: str, mark: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    numbered = "\n".join(f"{at} {one}" for at, one in enumerate(lines, 1))
    return f"<{name} {mark}>\n{numbered}\n</{name} {mark}>"
