"""Cuts an article's CommonMark into sentences and puts chosen ones together again.

Headings become the name of what follows them and are never part of a passage. It chooses nothing;
choosing is `core.pipeline.response.articles`'.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEADING = re.compile(r"^ {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r"^ {0,3}(?:=+|-{2,})[ \t]*$")
_RULE = re.compile(r"^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_END = re.compile(r"(?<=[.!?])[)\"'\u201d\u2019*_]*[ \t]+(?=[\"'\u201c\u2018(*_\[]*[A-Z0-9À-ÖØ-Þ])")
_ABBREVIATION = re.compile(
    r"(?:^|[ (])(?:e\.g|i\.e|etc|approx|incl|no|mr|mrs|ms|dr|st|vs)\.$", re.I
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or list item. `paragraph` and `section` count from 0 over the article; `item`
    says that the text stands in a list and begins with its marker."""

    text: str
    heading: str
    section: int
    paragraph: int
    item: bool = False


def split_sentences(body: str) -> tuple[Sentence, ...]:
    """The sentences of an article in order, each with the heading it stands under."""
    sentences: list[Sentence] = []
    heading, section, paragraph = "", 0, 0
    block: list[str] = []

    def close() -> None:
        nonlocal paragraph
        if block:
            sentences.extend(_of_block(" ".join(block), heading, section, paragraph))
            block.clear()
            paragraph += 1

    for line in _COMMENT.sub("", body).splitlines():
        named = _HEADING.match(line)
        underlined = bool(block) and not _ITEM.match(block[0]) and _UNDERLINE.match(line)
        if named or underlined:
            title = (named.group(1) or "") if named else " ".join(block)
            if underlined:
                block.clear()
            close()
            heading, section = title.strip(), section + 1
        elif not line.strip() or _RULE.match(line):
            close()
        else:
            if _ITEM.match(line):
                close()
            block.append(line.strip())
    close()
    return tuple(sentences)


def _of_block(text: str, heading: str, section: int, paragraph: int) -> list[Sentence]:
    if _ITEM.match(text):
        return [Sentence(text, heading, section, paragraph, item=True)]
    return [Sentence(one, heading, section, paragraph) for one in _cut(text)]


def _cut(text: str) -> list[str]:
    """A paragraph's sentences; a full stop after a common abbreviation ends none."""
    pieces: list[str] = []
    start = 0
    for end in _END.finditer(text):
        piece = text[start : end.end()].strip()
        if not _ABBREVIATION.search(piece):
            pieces.append(piece)
            start = end.end()
    last = text[start:].strip()
    return [*pieces, last] if last else pieces


def join_sentences(sentences: Sequence[Sentence]) -> str:
    """Sentences as CommonMark: list items and paragraphs keep their lines."""
    text = ""
    for before, one in zip((None, *sentences), sentences, strict=False):
        if before is None:
            text = one.text
        elif before.paragraph == one.paragraph:
            text += f" {one.text}"
        else:
            text += ("\n" if before.item and one.item else "\n\n") + one.text
    return text
