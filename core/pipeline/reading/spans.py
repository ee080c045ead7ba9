"""Where a slot's value may stand in a message: after its cues, by its patterns, choices and kind.

It only points at places in one text. Which slot a place fills is the business of
`core.pipeline.reading.slots`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.pipeline.reading.readers import Reader
from core.pipeline.reading.shapes import (
    CAPITALISED,
    NAME_CUE,
    NO_CODE,
    NOT_NAMES,
    ORDER_CUE,
    RUN_TOGETHER_EMAIL,
    SHAPES,
    SPELLED_CODE,
    SPLIT_CODE,
)
from core.playbook.model import Slot
from core.turn import Said, SlotValue

_CODE = re.compile(r"#?(?=[\w-]*\d)[A-Za-z0-9][\w-]*")
_PHRASE = re.compile(r"[^\W_][^,.;!?\n]*")
_SENTENCE = re.compile(r"[^\W_](?:[^.;!?\n]|(?<=,)[ \t]*\n)*")
_STOP = re.compile(r"\s*(?:[,.;!?]|$)")
_MENTIONS = ("date", "time", "money", "email", "phone")
_WORDED = ("date", "time", "email", "number")
_PHRASE_WORDS = 6
_FIRST_PIECE = re.compile(r"([A-Za-z]{1,8})\s+\d")
_THE = re.compile(r"(?:the|The)\s+(?=[A-Z])")
Span = tuple[int, int]


@dataclass(slots=True)
class Reading:
    """One message being read, with the spans that are taken and the slots filled so far."""

    said: Said
    text: str
    has_digit: bool
    words: frozenset[str]
    taken: list[Span]
    filled: dict[str, str]
    ends: list[Span]
    """Spans that are one end of a pair, or a name, and so no choice of anything else."""
    held: Mapping[str, SlotValue]
    """Slots that had a value before this message, with it."""
    matches: dict[str, list[Span]]
    """Where patterns match that were looked for already."""

    def is_free(self, span: Span) -> bool:
        """Whether no value was found in any part of the span."""
        return all(span[1] <= start or end <= span[0] for start, end in self.taken)


def anchored(reading: Reading, reader: Reader, *, asked: bool) -> Iterator[Span]:
    """Values that stand right after one of the slot's own cues.

    A text that was asked for ("the new address is ...") goes on to the end of its sentence.
    """
    if reader.cues is None:
        return
    if reader.cue_words and reader.cue_words.isdisjoint(reading.words):
        return
    if asked and reader.slot.kind == "text":
        yield from _sentences_told(reading, reader)
    for cue in reader.cues.finditer(reading.text):
        span = _after(reading.text, cue.end(), reader)
        if span is not None:
            yield span
    if reader.telling is not None and reader.slot.kind in ("text", "choice", "name"):
        for cue in reader.telling.finditer(reading.text):
            phrase = _PHRASE.match(reading.text, cue.end())
            words = phrase[0].split() if phrase else []
            if phrase and 0 < len(words) <= _PHRASE_WORDS and _may_be_value(words, reader.slot):
                yield phrase.span()


def _sentences_told(reading: Reading, reader: Reader) -> Iterator[Span]:
    """What follows a cue of several words, to the end of the sentence."""
    for cue in reader.telling.finditer(reading.text) if reader.telling is not None else ():
        sentence = _SENTENCE.match(reading.text, cue.end())
        if sentence is not None:
            yield sentence.span()


def _may_be_value(words: Sequence[str], slot: Slot) -> bool:
    if slot.kind == "name":
        return len(words) <= 3 and not NOT_NAMES.intersection(one.casefold() for one in words)
    return words[0].casefold() not in NOT_NAMES


def _after(text: str, at: int, reader: Reader) -> Span | None:
    """The value that begins at a place, by the slot's patterns, choices or kind."""
    if reader.choices is not None and (chosen := reader.choices.match(text, at)):
        return chosen.span()
    for pattern in reader.patterns:
        if found := pattern.match(text, at):
            return _span(found)
    kind = reader.slot.kind
    if kind == "name":
        article = _THE.match(text, at)
        named = CAPITALISED.match(text, article.end() if article else at)
        return _name_span(named) if named else None
    shape = SHAPES.get(kind)
    if shape is not None and (found := shape.match(text, at)):
        return _span(found)
    if kind == "order" and (split := SPLIT_CODE.match(text, at)):
        return split.span()
    code = _CODE.match(text, at)
    if code is None or kind not in ("text", "choice", "number", "order"):
        return None
    # "3" is no address though "3 Elm Road" begins with it.
    alone = kind != "text" or _STOP.match(text, code.end())
    return code.span() if alone else None


def _span(found: re.Match[str]) -> Span:
    if "value" in found.re.groupindex and found["value"]:
        return found.span("value")
    if found.re.groups >= 1 and "value" not in found.re.groupindex and found[1]:
        return found.span(1)
    return found.span()


def _name_span(found: re.Match[str]) -> Span | None:
    """The words of a capitalised run that can be a name: up to the first that cannot."""
    start, end = found.span("value")
    kept = start
    for word in re.finditer(r"\S+", found["value"]):
        if word[0].strip(".,").casefold() in NOT_NAMES:
            break
        kept = start + word.end()
    return (start, min(kept, end)) if kept > start else None


def _by_name(reading: Reading, reader: Reader) -> Iterator[Span]:
    """Values right after what the slot itself is called: "flight ID 4711"."""
    if reader.named is None or reader.slot.kind in ("text", "yes_no", "name"):
        return
    if reader.named_words and reader.named_words.isdisjoint(reading.words):
        return
    for cue in reader.named.finditer(reading.text):
        span = _after(reading.text, cue.end(), reader)
        if span is not None:
            yield span


def unanchored(reading: Reading, reader: Reader, *, asked: bool) -> Iterator[Span]:
    """Values by pattern, choice or the kind's own shape, wherever they stand."""
    yield from _by_pattern(reading, reader)
    if reader.choices is not None and not reader.first_words.isdisjoint(reading.words):
        yield from (one.span() for one in reader.choices.finditer(reading.text))
    kind = reader.slot.kind
    if kind == "name":
        yield from _names(reading, reader, asked=asked)
    elif kind == "order":
        yield from _cued_codes(reading, reader)
        if asked and not reader.patterns:
            for shape in (SPELLED_CODE, SPLIT_CODE, SHAPES["order"]):
                yield from (one.span() for one in shape.finditer(reading.text))
    elif (kind in _MENTIONS or (kind == "number" and asked and not reader.patterns)) and (
        reading.has_digit or kind in _WORDED
    ):
        yield from (one.span() for one in SHAPES[kind].finditer(reading.text))
        if kind == "email" and "com" in reading.text.casefold():
            yield from (one.span() for one in RUN_TOGETHER_EMAIL.finditer(reading.text))


def _cued_codes(reading: Reading, reader: Reader) -> Iterator[Span]:
    """Codes after a word like "order" or "booking" that the slot itself is called by."""
    if not reading.has_digit or not reader.called:
        return
    for found in ORDER_CUE.finditer(reading.text):
        if found["cue"].casefold() in reader.called:
            yield found.span("value")


def _names(reading: Reading, reader: Reader, *, asked: bool) -> Iterator[Span]:
    if not asked and not reader.own_name:
        return
    for found in NAME_CUE.finditer(reading.text):
        if found["it"] and not asked:
            # "It's Poppy" answers another question, or tells of a dog.
            continue
        if (span := _name_span(found)) is not None:
            yield span


def _by_pattern(reading: Reading, reader: Reader) -> Iterator[Span]:
    for pattern in reader.patterns:
        if reading.has_digit or r"\d" not in pattern.pattern:
            found = reading.matches.get(pattern.pattern)
            if found is None:
                # Several slots of a playbook often have the same.
                found = [
                    span
                    for one in pattern.finditer(reading.text)
                    if not _begins_with_talk(reading.text, span := _span(one))
                ]
                reading.matches[pattern.pattern] = found
            yield from found


def _begins_with_talk(text: str, span: Span) -> bool:
    """Whether what looks like a code in two pieces is a word of talk before a number."""
    word = _FIRST_PIECE.match(text, *span)
    return word is not None and word[1].casefold() in NO_CODE


def precise(reading: Reading, reader: Reader) -> Iterator[Span]:
    """Values of a slot that nobody asked for: only what can hardly be anything else."""
    yield from _by_name(reading, reader)
    for start, end in _by_pattern(reading, reader):
        value = reading.text[start:end]
        mixed = any(map(str.isalpha, value)) and any(map(str.isdigit, value))
        # "6 am" is when it shall be, whatever codes look like here.
        if (mixed and not SHAPES["time"].fullmatch(value)) or sum(map(str.isdigit, value)) >= 5:
            yield start, end
    if reader.choices is not None and not reader.first_words.isdisjoint(reading.words):
        for one in reader.choices.finditer(reading.text):
            # A name is one person's: unlike a place, it fills no second slot by itself.
            again = reader.slot.kind == "name" and not reading.is_free(one.span())
            if one.end() - one.start() >= 4 and not again:
                yield one.span()
    if reader.slot.kind in ("email", "phone"):
        yield from (one.span() for one in SHAPES[reader.slot.kind].finditer(reading.text))
    elif reader.slot.kind == "order":
        yield from _cued_codes(reading, reader)
