"""What a message is about, as far as recall needs to know: stems, identifiers, questions, periods.

Words are taken apart here and nowhere else in memory, so that what is stored and what is asked are
always compared in the same terms. It scores and chooses nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from core.pipeline.features import Stems, fold, words

_STOP_WORDS = """
    a about after against all also am an and any anyone are as at be because been before being
    between both but by bye can could d did do does doing don done during every for from get gets
    getting go got had has have having he hello her here hers hey hi him his how i if in into is
    isn it its just know let like ll m many may me might more most much my myself no not now of off
    ok okay on one only or other our out over please re really s said say she should so some still
    such sure t tell than thank thanks that the their them then there these they thing this those
    through to too under up us ve very was way we well were what when where which while who whom
    why will with would wow yeah yes yet you your yours
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""English words that do not tell one message from another."""

_IRREGULAR = """
    be: been being was were; become: became; begin: began begun; break: broke broken;
    bring: brought; build: built; buy: bought; catch: caught; child: children; choose: chose chosen;
    come: came; cost: costs; cut: cuts; dad: father daddy papa; deal: dealt; do: did done does;
    draw: drew drawn; drink: drank drunk; drive: drove driven; eat: ate eaten; fall: fell fallen;
    feel: felt; fight: fought; find: found; fly: flew flown; foot: feet; forget: forgot forgotten;
    get: got gotten; give: gave given; go: went gone goes; grow: grew grown; hang: hung;
    hear: heard; hide: hid hidden; hold: held; keep: kept; kid: kids; know: knew known; lead: led;
    learn: learnt; leave: left; lend: lent; lose: lost; make: made; man: men; mean: meant;
    meet: met;
    mom: mother mum mama mommy; mouse: mice; pay: paid; person: people; phone: telephone cellphone;
    photo: photograph picture pic; ride: rode ridden; ring: rang rung; rise: rose risen; run: ran;
    see: saw seen; sell: sold; send: sent; shake: shook; shine: shone; shoot: shot; show: shown;
    sing: sang sung; sit: sat; sleep: slept; speak: spoke spoken; spend: spent; stand: stood;
    steal: stole stolen; stick: stuck; swim: swam swum; take: took taken; teach: taught;
    tear: tore torn; tell: told; think: thought; throw: threw thrown; tooth: teeth;
    try: tried tries; tv: television telly; understand: understood; wake: woke woken;
    wear: wore worn; wife: wives; win: won; woman: women; write: wrote written
"""
IRREGULAR: dict[str, str] = {
    form: word.strip()
    for entry in _IRREGULAR.split(";")
    for word, _, forms in [entry.partition(":")]
    for form in forms.split()
}
"""Forms that no stemmer brings together -> the word they belong to."""

_ADDRESS = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_CODE = (
    r"[$€£]\s?\d+(?:[.,]\d\d)?|\d+[.,]\d\d(?=\s?(?:[$€£]|eur|usd|gbp|dollars?|euros?|pounds?)\b)"
    r"|\+?\d[\d\s().-]{7,}\d"  # a phone number
    r"|#\s?\d+|\b(?=[\w-]*\d)(?=[\w-]*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*\b|\b\d{4,}\b"
)
_IDENTIFIER, _NO_ADDRESS = re.compile(f"{_ADDRESS}|{_CODE}", re.I), re.compile(_CODE, re.I)
"""An e-mail address is tried at every letter, and few messages have one."""
_MAY_IDENTIFY = re.compile(r"[\d@]")
_AMOUNT = re.compile(r"^[$€£]|^\d+[.,]\d\d$")
_PLAIN_YEAR = re.compile(r"(?:19|20)\d\d")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|am|pm|h|s|x|k|m|min|cm|mm|kg|g|km)", re.I)
_SEPARATORS = re.compile(r"[\s().#-]+")

_QUESTION_START = re.compile(
    r"(?:who|what|when|where|why|how|which|whose|do|does|did|is|are|was|were|can|could|would|will|"
    r"have|has|should)\b",
    re.I,
)
_TIME = re.compile(
    r"\d|\b(?:yesterday|today|tonight|tomorrow|last|next|ago|week|weekend|month|year|morning|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|"
    r"june|july|august|september|october|november|december)\b"
)
_ASKS_TIME = re.compile(r"\bwhen\b|\bhow (?:long|soon|often|many (?:days|weeks|months))\b", re.I)

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTH = re.compile(
    rf"(?:\b(in|of|since|until|during|last|this|by)\s+)?\b({'|'.join(_MONTHS)})\b"
    r"(?:\s+\d{1,2}(?:st|nd|rd|th)?\b)?(?:,?\s+((?:19|20)\d\d)\b)?",
    re.I,
)
_ALSO_VERBS = ("march", "may")
_WEEKDAY = re.compile(rf"\b(?:on|last|this)\s+({'|'.join(_WEEKDAYS)})\b", re.I)

Period = tuple[datetime, datetime]
"""From, included, until, excluded."""


@dataclass(frozen=True, slots=True, eq=False)
class Matter:
    """What a text is about. `counts` has its terms in the order in which they first come."""

    counts: Mapping[str, int]
    essence: frozenset[str]
    identifiers: frozenset[str]
    asks: bool
    tells_time: bool


@lru_cache(maxsize=4_096)
def matter(text: str, stems: Stems) -> Matter:
    """What a text is about, taken apart once.

    Remembered, because what is written now is asked for first and a message of the thread next, and
    because a business says the same to many.
    """
    counts = Counter(terms(text, stems))
    return Matter(counts, frozenset(counts), identifiers(text), is_question(text), has_time(text))


def terms(text: str, stems: Stems) -> tuple[str, ...]:
    """The stems of the words that tell one message from another, in order."""
    plain = [IRREGULAR.get(word, word) for word in words(text)]
    return tuple([stems.of(word) for word in plain if word not in STOP_WORDS])


def identifiers(text: str) -> frozenset[str]:
    """Order numbers, e-mail addresses, phone numbers and amounts, each written in one way.

    A plain year is none of them, nor is a number with a unit.
    """
    if _MAY_IDENTIFY.search(text) is None:
        return frozenset()
    found = set()
    pattern = _IDENTIFIER if "@" in text else _NO_ADDRESS
    for one in pattern.findall(fold(text)):
        if _AMOUNT.search(one):
            plain = one.lstrip("$€£ ").replace(",", ".")
        else:
            plain = one if "@" in one else _SEPARATORS.sub("", one)
        if len(plain) >= 3 and not _PLAIN_YEAR.fullmatch(plain) and not _ORDINAL.fullmatch(plain):
            found.add(plain)
    return frozenset(found)


def is_question(text: str) -> bool:
    """Whether a message asks something, by its mark or by how it starts."""
    return "?" in text or _QUESTION_START.match(text.lstrip()) is not None


def has_time(text: str) -> bool:
    """Whether a message says when something is: a number or a word of time."""
    return _TIME.search(text.lower()) is not None


def asks_time(text: str) -> bool:
    """Whether a question is about when or how long."""
    return _ASKS_TIME.search(text) is not None


def periods(text: str, now: datetime) -> list[Period]:
    """The stretches of time a text names: "in May", "June 2025", "yesterday", "last week"."""
    found: list[Period] = []
    lowered = text.lower()
    # Looking for any month at all is much quicker than looking for one with its surroundings.
    named = any(month in lowered for month in _MONTHS)
    for match in _MONTH.finditer(text) if named else ():
        before, name, year = match.groups()
        if before or year or name.lower() not in _ALSO_VERBS:
            found.append(_month(_MONTHS.index(name.lower()) + 1, year, now))
    if "day" not in lowered and "last" not in lowered:
        return found
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1)
    for match in _WEEKDAY.finditer(text):
        back = (today.weekday() - _WEEKDAYS.index(match.group(1).lower())) % 7
        found.append((today - back * day, today - (back - 1) * day))
    if "yesterday" in lowered:
        found.append((today - day, today))
    if "last week" in lowered:
        monday = today - today.weekday() * day
        found.append((monday - 7 * day, monday))
    if "last month" in lowered:
        first = today.replace(day=1)
        found.append(((first - day).replace(day=1), first))
    return found


def _month(month: int, year: str | None, now: datetime) -> Period:
    """The month of the year named, or else the last one that has begun."""
    in_year = int(year) if year else now.year - (month > now.month)
    start = datetime(in_year, month, 1, tzinfo=now.tzinfo)
    return start, (start + timedelta(days=32)).replace(day=1)
