"""Which day a customer means by the words they use, seen from the day on which they write.

In English, German, French and Spanish. Pure. What could be two days is none ("3/4" where nobody
knows which comes first), and what can be no day at all is told apart from what is only not
understood.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta

from core.pipeline.reading import days_abroad as abroad

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = {
    word: number
    for number, words in enumerate(
        (
            "mon monday",
            "tue tues tuesday",
            "wed wednesday",
            "thu thur thurs thursday",
            "fri friday",
            "sat saturday",
            "sun sunday",
        )
    )
    for word in words.split()
}
_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
_NUMBERS = {word: at for at, word in enumerate(_WORDS, 1)} | {"a": 1, "twenty": 20, "thirty": 30}
_BESIDE = {
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "yesterday": -1,
    "day after tomorrow": 2,
    "day before yesterday": -2,
}
_UNITS = {"day": 1, "week": 7}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FIGURES = re.compile(r"(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?\.?")
_MONTH_DAY = re.compile(
    r"([a-z]{3,9})\.?,?\s+(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?:of\s+)?(\d{4}))?"
)
_DAY_MONTH = re.compile(
    r"(?:the\s+)?(\d{1,2})\s?(?:st|nd|rd|th)?\s+(?:of\s+)?([a-z]{3,9})\.?(?:,?\s+(\d{4}|\d\d))?"
)
_WEEKDAY = re.compile(r"(?:(next|this|coming|last|on)\s+)?([a-z]{3,9})")
_DISTANCE = re.compile(r"(in\s+)?(\d{1,3}|[a-z]+)\s+(day|week)s?(\s+ago)?")
_ORDINAL = re.compile(r"(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)")
_MONTH_FIRST = frozenset({"US", "PH", "PW", "FM", "MH"})
"""Regions where 3/4 is in March (https://en.wikipedia.org/wiki/List_of_date_formats_by_country)."""


class NoSuchDay(ValueError):
    """The words name a day that is in no calendar, such as 31 February."""


def day_of(text: str, today: date, region: str = "", *, past: bool = False) -> date | None:
    """The day that is meant; nothing when it is not one day, or not understood.

    Without a year it is the next such day, or with `past` the last one. `region` (ISO 3166-1) says
    which of two figures is the month. Raises `NoSuchDay`.
    """
    plain = " ".join(text.casefold().split()).strip(" .,!")
    plain = plain.removeprefix("on ")
    beside = plain.removeprefix("the ")
    distance = _BESIDE.get(beside, abroad.BESIDE.get(abroad.plain(beside)))
    if distance is not None:
        return today + timedelta(days=distance)
    if found := _ISO.fullmatch(plain):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _FIGURES.fullmatch(plain):
        return _figures(found, today, region, past)
    if found := next(filter(None, (one.fullmatch(plain) for one in abroad.FORMS)), None):
        return _abroad(found, today, past)
    if (found := _MONTH_DAY.fullmatch(plain)) and (month := _month(found[1])):
        return _in_year(int(found[2]), month, found[3], today, past)
    if (found := _DAY_MONTH.fullmatch(plain)) and (month := _month(found[2])):
        return _in_year(int(found[1]), month, found[3], today, past)
    if (found := _WEEKDAY.fullmatch(plain)) and found[2] in _WEEKDAYS:
        return _weekday(found[1], found[2], today, past)
    if found := _DISTANCE.fullmatch(plain):
        return _distance(found, today)
    if found := _ORDINAL.fullmatch(plain):
        return _ordinal(int(found[1]), today, past)
    return None


def _abroad(found: re.Match[str], today: date, past: bool) -> date | None:
    """What the words in one of the forms of another language come to."""
    told = found.groupdict()
    at = {name: abroad.plain(word) for name, word in told.items() if word is not None}
    weekday = abroad.WEEKDAYS[at["weekday"]] if "weekday" in at else None
    if "count" in at:
        number = int(at["count"]) if at["count"].isdigit() else abroad.NUMBERS[at["count"]]
        days = number * abroad.UNITS[at["unit"]]
        return today + timedelta(days=-days if "ago" in at else days)
    if "day" not in at:
        return None if weekday is None else _named(weekday, at, today, past)
    month = abroad.MONTHS[at["month"]] if "month" in at else int(at.get("figure", 0))
    if month:
        day = _in_year(int(at["day"]), month, at.get("year"), today, past)
    else:
        day = _ordinal(int(at["day"]), today, past)
    # "Tuesday the 28th" where that is a Wednesday could be two days.
    return day if weekday in (None, day.weekday()) else None


def _named(weekday: int, at: Collection[str], today: date, past: bool) -> date:
    """The day of this name that is meant by what stands with it."""
    ahead = (weekday - today.weekday()) % 7
    if "following" in at:
        return today + timedelta(days=7 - today.weekday() + weekday)
    if "past" in at or (past and len(at) == 1):
        return today + timedelta(days=ahead - 7)
    return today + timedelta(days=7 if "coming" in at and ahead == 0 else ahead)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NoSuchDay from None


def _month(word: str) -> int:
    return _MONTHS.index(word[:3]) + 1 if word[:3] in _MONTHS else 0


def _figures(found: re.Match[str], today: date, region: str, past: bool) -> date | None:
    first, second, year = int(found[1]), int(found[3]), found[4]
    if first > 31 or second > 31 or (first > 12 and second > 12):
        raise NoSuchDay
    month_first = region in _MONTH_FIRST and found[2] != "."
    if not region and first <= 12 and second <= 12 and first != second and found[2] != ".":
        return None
    if second > 12 or (month_first and first <= 12):
        first, second = second, first
    return _in_year(first, second, year, today, past)


def _in_year(day: int, month: int, year: str | None, today: date, past: bool) -> date:
    """The day in the year that was told, else in the nearest year that has it and fits."""
    if year is not None:
        whole = int(year)
        return _day(whole if whole > 99 else 2000 + whole, month, day)
    step = -1 if past else 1
    for distance in range(9):
        try:
            found = _day(today.year + step * distance, month, day)
        except NoSuchDay:
            continue
        if (found <= today) if past else (found >= today):
            return found
    raise NoSuchDay


def _weekday(which: str | None, word: str, today: date, past: bool) -> date | None:
    number = _WEEKDAYS.get(word)
    if number is None:
        return None
    meant = {"last": "past", "next": "following"}.get(which or "", "near")
    return _named(number, ("weekday",) if which is None else ("weekday", meant), today, past)


def _distance(found: re.Match[str], today: date) -> date | None:
    number = int(found[2]) if found[2].isdigit() else _NUMBERS.get(found[2], 0)
    if not number or bool(found[1]) == bool(found[4]):
        return None
    days = number * _UNITS[found[3]]
    return today + timedelta(days=-days if found[4] else days)


def _ordinal(day: int, today: date, past: bool) -> date:
    """The next such day, or the last one, in the first month that has it."""
    if not 1 <= day <= 31:
        raise NoSuchDay
    year, month, step = today.year, today.month, -1 if past else 1
    for _ in range(3):
        if day <= monthrange(year, month)[1]:
            found = date(year, month, day)
            if (found <= today) if past else (found >= today):
                return found
        year, month = year + (month - 1 + step) // 12, (month - 1 + step) % 12 + 1
    raise NoSuchDay
