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

from core.facts.identifiers import ADDRESS, PHONE
from core.languages.features import TEXT_LIMIT, Stems, fold, words
from memory.recall.vocabulary import (
    ASKING,
    ASKING_HOW,
    ASKING_TIME,
    IRREGULAR,
    LAST_MONTH,
    LAST_WEEK,
    MONTHS,
    NOT_ALWAYS_MONTHS,
    PERIODS,
    STOP_WORDS,
    TELLING_TIME,
    WEEKDAYS,
    YESTERDAY,
    unaccented,
)

ROOT = 5
"""Letters of a stem by which words are compared: "delivery" and "delivered", "Lieferung" and
"liefern" have as many in common, and most words that have so many are of one family."""

_CODE = (
    r"[$€£]\s?\d+(?:[.,]\d\d)?|\d+[.,]\d\d(?=\s?(?:[$€£]|eur|usd|gbp|dollars?|euros?|pounds?)\b)"
    rf"|{PHONE}"
    r"|#\s?\d+|\b(?=[\w-]*\d)(?=[\w-]*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*\b|\b\d{4,}\b"
)
_IDENTIFIER, _NO_ADDRESS = re.compile(f"{ADDRESS}|{_CODE}", re.I), re.compile(_CODE, re.I)
"""An e-mail address is tried at every letter, and few messages have one."""
_MAY_IDENTIFY = re.compile(r"[\d@]")
_AMOUNT = re.compile(r"^[$€£]|^\d+[.,]\d\d$")
_PLAIN_YEAR = re.compile(r"(?:19|20)\d\d")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|am|pm|h|s|x|k|m|min|cm|mm|kg|g|km)", re.I)
_SEPARATORS = re.compile(r"[\s().#-]+")

_DIGIT = re.compile(r"\d")
_HOW_LONG = re.compile(
    r"\b(?:how (?:long|soon|often|many (?:days|weeks|months))|wie lange|combien de temps|"
    r"cuánto tiempo)\b",
    re.I,
)

_MONTH = re.compile(
    r"(?:\b(in|of|since|until|during|last|this|by|im|seit|en|de|depuis|desde)\s+)?"
    rf"\b({'|'.join(MONTHS)})\b"
    r"(?:\s+\d{1,2}(?:st|nd|rd|th)?\b)?(?:,?\s+(?:de\s+)?((?:19|20)\d\d)\b)?",
    re.I,
)
_DAY_NAMED = re.compile(rf"\b(?:on|last|this|am|letzten|le|el)\s+({'|'.join(WEEKDAYS)})\b", re.I)

Period = tuple[datetime, datetime]
"""From, included, until, excluded."""


@dataclass(frozen=True, slots=True, eq=False)
class Matter:
    """What a text is about. `counts` has its roots in the order in which they first come."""

    counts: Mapping[str, int]
    identifiers: frozenset[str]
    asks: bool
    tells_time: bool


LANGUAGE = "en"
"""The language by whose stems messages are compared, whatever they are written in: what is stored
and what is asked are taken apart in the same way."""


# Shared between customers: a stem is the same for everybody, and making it is what costs time.
@lru_cache(maxsize=8)
def stems_of(language: str) -> Stems:
    """The stems of a language, one object for all who compare by it."""
    return Stems(language)


def matter(text: str, stems: Stems) -> Matter:
    """What a text is about, taken apart once. Of a long mail only what `fold` looks at counts.

    Remembered, because what is written now is stored first and asked for next, and because a
    business says the same to many.
    """
    return _matter(text if len(text) <= TEXT_LIMIT else text[:TEXT_LIMIT], stems)


# Bounded in bytes, too: so many texts of the limit's length.
@lru_cache(maxsize=2_048)
def _matter(text: str, stems: Stems) -> Matter:
    counts = Counter(terms(text, stems))
    return Matter(counts, identifiers(text), is_question(text), has_time(text))


def terms(text: str, stems: Stems) -> tuple[str, ...]:
    """The roots of the words that tell one message from another, in order."""
    return tuple([root for word in words(text) if (root := _root(word, stems))])


# Shared between customers, and bounded: a root is the same for everybody.
@lru_cache(maxsize=20_000)
def _root(word: str, stems: Stems) -> str:
    """What a word is compared by; nothing for one that does not tell. A number is whole."""
    plain = IRREGULAR.get(word, word)
    if plain in STOP_WORDS:
        return ""
    stem = unaccented(stems.of(plain))
    return stem[:ROOT] if stem.isalpha() else stem


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
    return "?" in text or "".join(words(text)[:1]) in ASKING


def has_time(text: str) -> bool:
    """Whether a message says when something is: a number or a word of time."""
    return _DIGIT.search(text) is not None or not TELLING_TIME.isdisjoint(words(text))


def asks_time(text: str) -> bool:
    """Whether a question is about when or how long."""
    told = words(text)
    if not ASKING_TIME.isdisjoint(told):
        return True
    # Looking for any "how" at all is much quicker than looking for one with what follows.
    return not ASKING_HOW.isdisjoint(told) and _HOW_LONG.search(text) is not None


def periods(text: str, now: datetime) -> list[Period]:
    """The stretches of time a text names: "in May", "June 2025", "yesterday", "last week"."""
    told = words(text)
    # Looking for their words at all is much quicker than looking for them with their surroundings.
    found = [] if MONTHS.keys().isdisjoint(told) else _months(text.lower(), now)
    return found if PERIODS.isdisjoint(told) else found + _days(text.lower(), now)


def _days(text: str, now: datetime) -> list[Period]:
    """The days, weeks and months that a text names as seen from now."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1)
    found: list[Period] = []
    for match in _DAY_NAMED.finditer(text):
        back = (today.weekday() - WEEKDAYS[match.group(1)]) % 7
        found.append((today - back * day, today - (back - 1) * day))
    if not YESTERDAY.isdisjoint(words(text)):
        found.append((today - day, today))
    if any(map(text.__contains__, LAST_WEEK)):
        monday = today - today.weekday() * day
        found.append((monday - 7 * day, monday))
    if any(map(text.__contains__, LAST_MONTH)):
        first = today.replace(day=1)
        found.append(((first - day).replace(day=1), first))
    return found


def _months(text: str, now: datetime) -> list[Period]:
    """The months that a text names, with a year or without."""
    found: list[Period] = []
    for match in _MONTH.finditer(text):
        before, name, year = match.groups()
        if before or year or name not in NOT_ALWAYS_MONTHS:
            found.append(_month(MONTHS[name], year, now))
    return found


def _month(month: int, year: str | None, now: datetime) -> Period:
    """The month of the year named, or else the last one that has begun."""
    in_year = int(year) if year else now.year - (month > now.month)
    start = datetime(in_year, month, 1, tzinfo=now.tzinfo)
    return start, (start + timedelta(days=32)).replace(day=1)
