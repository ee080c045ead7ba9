"""Values that come in twos: "from the Airport to Main Street", "May 3rd to the 9th", "3 to 5 pm".

Two slots are a pair when their labels differ only in which end they name. It points at the places
of both values in one text and fills nothing itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.pipeline.reading.shapes import CLOCK, DATE, NOT_NAMES, SHAPES
from core.playbook.model import Slot

Span = tuple[int, int]

_BEGINS = re.compile(r"\b(?:departure|origin|start|from|pick-?up|check-?in|begin|boarding)\b", re.I)
_ENDS = re.compile(r"\b(?:arrival|destination|end|to|drop-?off|check-?out|finish)\b", re.I)
_FAMILY: Mapping[str, str] = {
    "choice": "place",
    "text": "place",
    "name": "place",
    "date": "date",
    "time": "time",
}
WORDS = frozenset({"from", "to", "until", "till", "through", "thru", "at", "in", "on"})
"""Without one of these words or a dash between digits there is no pair in a text."""

_JOIN = r"\s*(?:-|–|\bto\b|\buntil\b|\btill\b|\bthrough\b|\bthru\b)\s*(?:on\s+)?"
_DAY = r"(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?(?![\w/:])"
_DATES = re.compile(rf"(?<![\w/])(?P<a>{DATE}|{_DAY}){_JOIN}(?P<b>{DATE}|{_DAY})", re.I)
_TIMES = re.compile(
    rf"(?<![\w:/])(?P<a>{CLOCK}|\d{{1,2}}(?::\d\d)?){_JOIN}(?P<b>{CLOCK}|\d{{1,2}}(?::\d\d)?(?!\w))",
    re.I,
)
_SAYS_DATE = re.compile(r"\d(?:st|nd|rd|th)\b|[a-z]{3}|\d[/.]\d", re.I)
_SAYS_TIME = re.compile(r"[ap]\.?m|:|clock|noon|night", re.I)

_PLACE = r"[^\W_][\w'’.&-]*(?:\s[\w'’.&-]+){0,4}?"
_BOUND = (
    r"(?=\s*(?:[,;!?\n\"')]|\.(?:\s|$)|$)|\s(?:on|at|for|by|with|please|tomorrow|today|tonight|asap|"
    r"quickly|now|next|this|and\s(?:i|my|we|the|please)|but|so|because|as|in|if|when|i|around)\b)"
)
_THE = r"[\"'(]?(?:the\s+)?"
_BOTH = (
    re.compile(
        rf"\bfrom\s+{_THE}(?P<a>{_PLACE})[\"']?\s+to\s+{_THE}(?P<b>{_PLACE}){_BOUND}", re.IGNORECASE
    ),
    re.compile(
        rf"\bto\s+{_THE}(?P<b>{_PLACE})[\"']?,?\s+from\s+{_THE}(?P<a>{_PLACE}){_BOUND}",
        re.IGNORECASE,
    ),
    re.compile(rf"\W*{_THE}(?P<a>{_PLACE})\s+to\s+{_THE}(?P<b>{_PLACE})(?=\W*$)", re.IGNORECASE),
)
_TO = re.compile(
    r"\b(?:go|going|travel|travell?ing|ride|flight|fly|flying|ticket|trip|lift|cab|taxi|uber|lyft|"
    rf"get|head|heading|headed|drive|move|moving|me|bus|train|is|need)\s+to\s+{_THE}",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\b(?:(?:leav(?:e|ing)|depart(?:ing)?|start(?:ing)?|com(?:e|ing)|pick(?:ed)?(?: me| us)? up|"
    r"i'?m|i am|we are|we're|travell?ing|going|ride|trip|flight)\s+(?:from|at|in|on)|from)"
    rf"\s+{_THE}",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"(?<!\bwant)(?<!\blike)(?<!\bneed)(?<!\bgoing)(?<!\btrying)(?<!\bwish)(?<!\bhave)(?<!\bable)"
    rf"(?<!\bhow)(?<!\bhelp)(?<!\bgo)\s+to\s+{_THE}(?P<value>[^\W\d_]\w*(?:\s[^\W\d_]\w*)?)(?=\W*$)",
    re.IGNORECASE,
)
"""A place at the very end: "book me a flight to new york"."""
_PROPER = re.compile(
    r"[A-ZÀ-ÖØ-Þ0-9][\w'’.-]*(?:\s(?:(?:and|&|of|the)\s)?[A-ZÀ-ÖØ-Þ][\w'’-]*){0,4}"
)
_VERBS = frozenset(
    "be do get have go know make see change book buy cancel check return pay find talk take ask "
    "report update add look use try call speak send start update confirm fix open view".split()
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two slots for the two ends of one thing, and the phrases that are known for either."""

    begin: str
    end: str
    family: str
    known: re.Pattern[str] | None


def pairs_of(slots: Mapping[str, Slot]) -> tuple[Pair, ...]:
    """The pairs among these slots."""
    begins = {name: _BEGINS.sub("", one.label) for name, one in slots.items() if one.label}
    found = []
    for name, rest in begins.items():
        if rest == slots[name].label or slots[name].kind not in _FAMILY:
            continue
        family = _FAMILY[slots[name].kind]
        for other, slot in slots.items():
            same = _ENDS.sub("", slot.label).split() == rest.split() != slot.label.split()
            if other != name and same and _FAMILY.get(slot.kind) == family:
                known = _known((*slots[name].choices, *slot.choices))
                found.append(Pair(name, other, family, known))
                break
    return tuple(found)


def _known(phrases: Iterable[str]) -> re.Pattern[str] | None:
    every = sorted({" ".join(one.split()) for one in phrases}, key=len, reverse=True)
    if not every:
        return None
    parts = (r"\s+".join(map(re.escape, one.split())) for one in every)
    return re.compile(rf"(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


def ends_told(text: str, pair: Pair) -> Iterator[tuple[str, Span]]:
    """Slot name and place of each end that a text tells."""
    if pair.family == "place":
        yield from _places(text, pair)
        return
    shape, says = (_DATES, _SAYS_DATE) if pair.family == "date" else (_TIMES, _SAYS_TIME)
    for found in shape.finditer(text):
        if says.search(found[0]):
            yield pair.begin, found.span("a")
            yield pair.end, found.span("b")
            return


def _places(text: str, pair: Pair) -> Iterator[tuple[str, Span]]:
    for number, shape in enumerate(_BOTH):
        found = shape.match(text) if number == len(_BOTH) - 1 else shape.search(text)
        if found is not None and _may_be_place(found["a"]) and _may_be_place(found["b"]):
            yield pair.begin, found.span("a")
            yield pair.end, found.span("b")
            return
    last = _LAST.search(text)
    if last is not None and _may_be_place(last["value"]):
        yield pair.end, last.span("value")
    for name, cue in ((pair.end, _TO), (pair.begin, _FROM)):
        for said in cue.finditer(text):
            place = (pair.known.match(text, said.end()) if pair.known else None) or _PROPER.match(
                text, said.end()
            )
            if place is not None and _may_be_place(place[0]):
                yield name, place.span()
                break


def _may_be_place(phrase: str) -> bool:
    first, last = phrase.split(maxsplit=1)[0], phrase.rsplit(maxsplit=1)[-1]
    if first.casefold() in NOT_NAMES or first.casefold() in _VERBS or phrase.isdigit():
        return False
    # "9th Street" is no date, though it begins with one.
    told = phrase if last[0].isupper() else first
    return not any(SHAPES[kind].fullmatch(told) for kind in ("date", "time", "money"))
