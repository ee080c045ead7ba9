"""The bare answer to a question just asked: what of a short message is the value, if anything.

Pure text work. A question, a greeting, a thank you, a plain yes or no, a change of mind and a
request for a person are never a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.pipeline.reading.days_abroad import ANYWHERE
from core.pipeline.reading.go_ahead import is_go_ahead
from core.pipeline.reading.human_wish import asks_for_human
from core.pipeline.reading.phrases import (
    asks_who_answers,
    courtesy,
    does_not_know,
    is_cancellation,
    is_chat,
    is_question,
    is_request,
    is_waiting,
    leaning,
    yes_or_no,
)
from core.pipeline.reading.shapes import LEAD_IN, NOT_NAMES, SHAPES, SPELLED_CODE, SPLIT_CODE
from core.playbook.model import Slot

SHORT = 120
"""Characters: a longer message is a story and not an answer of one value."""
LONG_ANSWER = 300
"""Characters of a free-text answer."""

_WORDS = {"name": 4, "choice": 4, "date": 5, "time": 4, "email": 2, "money": 3}
_TAIL = re.compile(
    r"(?:[\s,.!;-]+(?:please|thanks|thank you(?: (?:so|very) much)?|sir|madam|i (?:think|guess|"
    r"believe)|if possible|bitte|danke|merci|svp|s['’]il vous plaît|por favor|"
    r"gracias))*[\s.!,;]*\Z",
    re.I,
)
_SENTENCE_END = re.compile(r"[.!;\n](?:\s|$)|,\s+(?=(?:and|but|i|can|my|is|so)\b)", re.I)
_MAIL_WORD = re.compile(
    r"(?<![\w.+@-])(?=\S*(?:mail|@|\.(?:com|net|org)\b|\w{4}(?:com|net|org)(?!\w)))(?!internet\b)"
    r"[\w.+@-]{6,}",
    re.I,
)
_PHONE = re.compile(r"\+?\d(?:[ ./()-]{0,2}\d){3,}")
_FIRST_NAME = re.compile(
    r"[^\W\d_][\w'’-]*(?=\s+(?:(?:and|my|i|for|with|booking|account|order|policy|phone|e?mail)\b|"
    r"\S{0,4}\s?\d|\S*\d)|\s*[,.;])",
    re.I,
)
_NAME = re.compile(r"[^\W\d_][\w'’.-]*(?:\s+[^\W\d_][\w'’.-]*){0,3}")

_WHEN = re.compile(
    rf"\d|\b(?:{ANYWHERE})|"
    r"\b(?:egal|sofort|so (?:bald|schnell) wie möglich|jederzeit|früh|vormittags?|mittags?|"
    r"nachmittags?|abends?|morgens?|(?:nächsten?|diesen?|kommenden?) \w+|hier|tout de suite|"
    r"dès que possible|n['’]importe quand|matin|midi|après-midi|soir|semaine|mois|minuit|"
    r"cuanto antes|cualquier día|tarde|noche|mediodía|semana|mes)\b|"
    r"\b(?:any|all|asap|soon|now|right away|immediately|later|early|late|earliest|latest|"
    r"morning|noon|midday|afternoon|evening|night|midnight|day|today|tonight|tomorrow|yesterday|"
    r"week|weekend|month|year|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|hours?|minutes?|"
    r"whenever|first|last|next|same|before|after|half|quarter|ago|never|flexible|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|christmas|easter|"
    r"jan\w*|feb\w*|mar|march|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b",
    re.I,
)

Span = tuple[int, int]


def bare_value(slot: Slot, text: str, others: bool) -> Span | None:
    """Where the value of the asked slot is in the text, if the message answers the question.

    `others` tells that the message filled other slots already: then only a clear shape counts.
    """
    if slot.secret is not None:
        return None
    if slot.kind == "yes_no":
        return _yes_no(text)
    if _is_no_answer(text):
        return None
    if is_question(text) and not (slot.kind == "text" and is_request(text)):
        return None
    limit = LONG_ANSWER if slot.kind == "text" else SHORT
    if len(text) > limit:
        return None
    span = _content(text)
    if span is None:
        return None
    return _BY_KIND.get(slot.kind, _phrase)(slot, text, span, others)


def _is_no_answer(text: str) -> bool:
    return (
        is_chat(text)
        or is_waiting(text)
        or courtesy(text) is not None
        or yes_or_no(text) is not None
        or is_go_ahead(text)
        or is_cancellation(text)
        or asks_for_human(text)
        or asks_who_answers(text)
        or does_not_know(text)
    )


def _yes_no(text: str) -> Span | None:
    if is_question(text) or leaning(text) is None:
        return None
    word = re.search(r"\w[\w'’]*", text)
    return word.span() if word else None


def _content(text: str) -> Span | None:
    """The text without what people say before and after a value."""
    lead = LEAD_IN.match(text)
    start = lead.end() if lead else 0
    if not text[start:].strip(" .,!;:-"):
        start = 0
    tail = _TAIL.search(text, start)
    end = tail.start() if tail else len(text)
    while start < end and not text[start].isalnum() and text[start] not in "#+$€£(":
        start += 1
    return (start, end) if end > start else None


def _shaped(slot: Slot, text: str, span: Span, shapes: Iterable[re.Pattern[str]]) -> Span | None:
    """The first value of one of these shapes; all of the answer, if the slot has its own patterns.

    Where the patterns match was looked for already. What else is told among other words is another
    thing's; alone it is the value, mistyped or of a shape that the patterns do not know yet.
    """
    for shape in shapes:
        found = shape.fullmatch(text, *span) if slot.patterns else shape.search(text, *span)
        if found is not None:
            return found.span()
    return None


def _digits(slot: Slot, text: str, span: Span, others: bool) -> Span | None:
    """A code or number: in digits, spelled out, or a single word with a digit."""
    own = SHAPES.get(slot.kind, SHAPES["order"])
    split = (SPLIT_CODE,) if slot.kind == "order" else ()
    shapes = (SPELLED_CODE, *split, own, SHAPES["order"])
    found = _shaped(slot, text, span, shapes)
    if found is not None or slot.patterns or slot.kind != "order":
        return found
    content = text[span[0] : span[1]]
    return span if not others and content.isalnum() and content.isupper() else None


def is_one_code(text: str) -> bool:
    """Whether a message is one code told in pieces, and nothing else but what stands before it."""
    span = _content(text)
    shapes = (SPELLED_CODE, SPLIT_CODE)
    return span is not None and any(shape.fullmatch(text, *span) for shape in shapes)


def _phone(slot: Slot, text: str, span: Span, others: bool) -> Span | None:
    return _shaped(slot, text, span, (_PHONE,))


def _email(slot: Slot, text: str, span: Span, others: bool) -> Span | None:
    return _shaped(slot, text, span, (SHAPES["email"], _MAIL_WORD))


def _name(slot: Slot, text: str, span: Span, others: bool) -> Span | None:
    end = _SENTENCE_END.search(text, *span)
    start, stop = span[0], end.start() if end else span[1]
    found = _NAME.fullmatch(text, start, stop)
    if found is None or (others and not text[start].isupper()):
        first = _FIRST_NAME.match(text, *span)
        if first is None or first[0].casefold() in NOT_NAMES:
            return None
        return first.span()
    words = [one.strip(".,").casefold() for one in found[0].split()]
    if (NOT_NAMES.intersection(words) and len(words) > 1) or words[0] in NOT_NAMES:
        return None
    return (start, stop)


def _phrase(slot: Slot, text: str, span: Span, others: bool) -> Span | None:
    """Whatever was said, as far as one answer goes."""
    if others:
        return None
    words = len(text[span[0] : span[1]].split())
    limit = _WORDS.get(slot.kind)
    if limit is not None and words > limit:
        end = _SENTENCE_END.search(text, *span)
        if end is None or len(text[span[0] : end.start()].split()) > limit:
            return None
        return (span[0], end.start())
    return span


def _when(slot: Slot, text: str, span: Span, others: bool) -> Span | None:
    """A day or a time, in whatever words, but not what has none in it."""
    return _phrase(slot, text, span, others) if _WHEN.search(text, *span) else None


_BY_KIND = {
    "date": _when,
    "time": _when,
    "order": _digits,
    "number": _digits,
    "money": _digits,
    "phone": _phone,
    "email": _email,
    "name": _name,
}
