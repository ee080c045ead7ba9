"""Whether a value that was told can be one, and how it is written in the one way of its kind.

Pure, and forgiving: what is only not understood stays as it was told. What can be no value of its
slot, by the calendar, by the bounds or by the shape that the playbook makes binding, is not taken,
and what is expected instead is said with the question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from core.addresses import email_key, phone_key
from core.pipeline.reading.dates import NoSuchDay, day_of
from core.pipeline.reading.phrases import leaning
from core.playbook.model import Slot

NEAR = 0.75
"""How alike a mistyped choice has to be to one of the slot's."""

_CURRENCIES = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "dollar": "USD",
    "buck": "USD",
    "euro": "EUR",
    "pound": "GBP",
    "rupee": "INR",
    "rs": "INR",
}
_FIGURES = re.compile(r"\d[\d.,']*\d|\d")
_POINT = re.compile(r"(?:\d{1,3}(?:[,']\d{3})+|\d+)(?:\.\d{1,2})?")
_COMMA = re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d{1,2})?")
_THOUSANDS = re.compile(r"\s?k(?![a-z])", re.I)
_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
_NUMBERS = {word: at for at, word in enumerate(_WORDS, 1)} | {"twenty": 20, "thirty": 30}
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d\d))?\s*(am|pm|a\.m\.?|p\.m\.?|uhr|h)?", re.I)
_NOONS = {
    **dict.fromkeys(("noon", "midday", "mittags", "midi", "mediodía", "al mediodía"), "12:00"),
    **dict.fromkeys(("midnight", "mitternacht", "minuit", "medianoche"), "00:00"),
}
_BEFORE_CLOCK = re.compile(r"\A(?:um|gegen|à|vers|a las?|sobre las?|las) ")
_AT = re.compile(r"\s*(?:\(at\)|\[at\]|\s+at\s+)\s*", re.I)
_DOT = re.compile(r"\s*(?:\(dot\)|\[dot\]|\s+dot\s+)\s*", re.I)


@dataclass(frozen=True, slots=True)
class Place:
    """When and where a value is told: the customer's day, and the region of the business."""

    today: date
    region: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A value with its one way of writing, if its kind has one; or the `fault` that keeps it from
    being taken, as the key of what is said: "day", "bounds", "shape" or "kind"."""

    normal: str | None = None
    fault: str | None = None


def judged(slot: Slot, value: str, place: Place) -> Judged:
    """What a value told for a slot is worth."""
    if slot.secret is not None:
        return Judged()
    if slot.strict and not _has_shape(slot, value):
        near = _near(slot, value)
        return Judged(near) if near is not None else Judged(fault="shape")
    reader = _READERS.get(slot.kind)
    return reader(slot, value, place) if reader is not None else Judged()


def _has_shape(slot: Slot, value: str) -> bool:
    """Whether it is what the slot's patterns or choices allow."""
    if any(one.casefold() == value.casefold() for one in slot.choices):
        return True
    if slot.patterns:
        return any(re.search(one, value, re.IGNORECASE) for one in slot.patterns)
    return not slot.choices


def _near(slot: Slot, value: str) -> str | None:
    """The choice that a mistyped one is nearest to."""
    plain = {one.casefold(): one for one in slot.choices}
    found = get_close_matches(value.casefold(), plain, n=1, cutoff=NEAR)
    return plain[found[0]] if found else None


def _date(slot: Slot, value: str, place: Place) -> Judged:
    try:
        day = day_of(value, place.today, place.region, past=slot.when == "past")
    except NoSuchDay:
        return Judged(fault="day")
    if day is None:
        return Judged()
    wrong = {"future": day < place.today, "past": day > place.today}.get(slot.when, False)
    return Judged(fault="bounds") if wrong else Judged(day.isoformat())


def _time(slot: Slot, value: str, place: Place) -> Judged:
    plain = _BEFORE_CLOCK.sub("", value.casefold().strip(" ."))
    if plain in _NOONS:
        return Judged(_NOONS[plain])
    found = _CLOCK.fullmatch(plain)
    if found is None or not (found[2] or found[3]):
        return Judged()
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
    if half in ("a", "p"):
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 24
    return Judged(f"{hour:02}:{minute:02}") if hour < 24 and minute < 60 else Judged(fault="kind")


def _money(slot: Slot, value: str, place: Place) -> Judged:
    amount = _amount(value)
    if amount is None:
        return Judged()
    if _is_out(slot, amount):
        return Judged(fault="bounds")
    low = value.casefold()
    codes = (code for word, code in _CURRENCIES.items() if word in low)
    named = re.search(r"\b(usd|eur|gbp|inr|chf)\b", low)
    code = named[1].upper() if named else next(codes, slot.currency)
    return Judged(f"{amount:.2f} {code}".strip())


def _number(slot: Slot, value: str, place: Place) -> Judged:
    amount = _amount(value)
    if amount is None:
        return Judged()
    if _is_out(slot, amount):
        return Judged(fault="bounds")
    return Judged(f"{amount:g}" if amount < 1e15 else None)


def _amount(value: str) -> float | None:
    word = value.casefold().strip()
    if word in _NUMBERS:
        return float(_NUMBERS[word])
    found = _FIGURES.search(value)
    if found is None or len(found[0]) > 20:
        return None
    if _POINT.fullmatch(found[0]):
        amount = float(re.sub(r"[,']", "", found[0]))
    elif _COMMA.fullmatch(found[0]):
        amount = float(found[0].replace(".", "").replace(",", "."))
    else:
        return None
    return amount * 1000 if _THOUSANDS.match(value, found.end()) else amount


def _is_out(slot: Slot, amount: float) -> bool:
    low = slot.least is not None and amount < slot.least
    return low or (slot.most is not None and amount > slot.most)


def _text(slot: Slot, value: str, place: Place) -> Judged:
    return Judged(fault="bounds") if _is_out(slot, len(value)) else Judged()


def _email(slot: Slot, value: str, place: Place) -> Judged:
    spelled = _DOT.sub(".", _AT.sub("@", value))
    key = email_key(spelled)
    if key is None:
        return Judged(fault="kind") if slot.strict else Judged()
    return Judged(key.partition(":")[2])


def _phone(slot: Slot, value: str, place: Place) -> Judged:
    key = phone_key(value, place.region)
    if key is None:
        known = bool(place.region) or value.lstrip().startswith("+")
        return Judged(fault="kind") if known else Judged()
    return Judged(key.partition(":")[2])


def _choice(slot: Slot, value: str, place: Place) -> Judged:
    return Judged(_near(slot, value))


def _yes_no(slot: Slot, value: str, place: Place) -> Judged:
    says = leaning(value)
    return Judged() if says is None else Judged("yes" if says else "no")


_READERS: Mapping[str, Callable[[Slot, str, Place], Judged]] = {
    "date": _date,
    "time": _time,
    "money": _money,
    "number": _number,
    "text": _text,
    "email": _email,
    "phone": _phone,
    "choice": _choice,
    "yes_no": _yes_no,
}
