"""What we promised a customer, in what a person of ours writes, and by when.

Only what is said outright, in English, German or French, with a verb that promises; a day is read
where one is named. Pure; people say later whether it was kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

_DAYS: tuple[tuple[str, ...], ...] = (
    ("monday", "montag", "lundi"),
    ("tuesday", "dienstag", "mardi"),
    ("wednesday", "mittwoch", "mercredi"),
    ("thursday", "donnerstag", "jeudi"),
    ("friday", "freitag", "vendredi"),
    ("saturday", "samstag", "samedi"),
    ("sunday", "sonntag", "dimanche"),
)
_WEEKDAYS = {name: number for number, names in enumerate(_DAYS) for name in names}

LONGEST = 300
"""Characters of a promise that are kept."""


class Promised(NamedTuple):
    """A promise in the words it was given in, and the end of the day by which it is to be kept."""

    text: str
    due_at: datetime | None


_DO = (
    r"(?:refund|call|phone|ring|send|e-?mail|reply|replace|deliver|ship|repair|check|let you know|"
    r"get back|be in touch|make sure|look into|credit|cancel|exchange|bring|collect|pick|write|"
    r"inform|update|arrange|issue|pay|return|contact|forward)"
)
_TUN = (
    r"(?:erstatten|anrufen|zurückrufen|rufen|senden|schicken|zusenden|melden|liefern|ersetzen|"
    r"reparieren|prüfen|klären|bescheid geben|überweisen|gutschreiben|umtauschen|abholen|"
    r"stornieren|informieren|antworten|kümmern)"
)
_FAIRE = (
    r"(?:rembourser|appeler|rappeler|envoyer|répondre|remplacer|livrer|réparer|vérifier|"
    r"tenir au courant|recontacter|informer|échanger|annuler|créditer|occuper)"
)
_PROMISE = re.compile(
    rf"\b(?:(?:i|we)(?:'ll|’ll| will| are going to| am going to| promise to)"
    rf"(?: (?:definitely|certainly|personally|gladly|happily|also|then))? {_DO}\b|"
    rf"you(?:'ll|’ll| will) (?:get|have|receive|hear)\b|"
    rf"(?:ich|wir) (?:werde|werden)\b.{{0,100}}?\b{_TUN}\b|"
    rf"(?:ich|wir) (?:rufe|rufen|schicke|schicken|sende|senden|melde|melden|erstatte|erstatten)\b"
    rf"(?= (?:sie|ihnen|dich|dir|mich|uns|das|den|die|ihr)\b)|sie erhalten\b|sie bekommen\b|"
    rf"(?:je vais|nous allons|on va) (?:vous |t'|te |le |la |les |l')*{_FAIRE}\b|"
    rf"(?:je|nous) (?:vous|te) (?:rappellerai|rappellerons|rembourserai|rembourserons|enverrai|"
    rf"enverrons|contacterai|contacterons|tiendrai|tiendrons|répondrai|répondrons)\b|"
    rf"vous (?:recevrez|aurez)\b)",
    re.I,
)
_MAY = re.compile(r"\b(?:will|'ll|promise|going to|werde|werden|rufe|schicke|sende|melde|"
                  r"erstatte|erhalten|bekommen|vais|allons|va|vous|te)|’ll", re.I)  # fmt: skip
_NOT = re.compile(
    r"\b(?:if|unless|once|won't|cannot|can't|not|never|wenn|falls|sobald|nicht|kein\w*|si|dès que|"
    r"ne|pas)\b",
    re.I,
)
"""What makes it a condition or the opposite."""

_SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=\d)[^.!?\n]+)*(?P<end>[.!?]?)")
_DAY_NAMED = re.compile(
    r"\b(?P<today>today|tonight|heute|aujourd['’]hui|ce soir)\b|"
    r"\b(?P<after>(?:the )?day after tomorrow|übermorgen|après-demain)\b|"
    r"\b(?P<morrow>tomorrow|morgen|demain)\b|"
    r"\b(?:within|in|innerhalb von|binnen|dans les|dans|sous|d'ici) (?:the next )?"
    r"(?P<count>\d{1,2}) (?P<unit>hours?|days?|weeks?|stunden?|tagen?|wochen?|heures?|jours?|"
    r"semaines?)\b|"
    r"\b(?P<iso>20\d\d-\d\d-\d\d)\b|\b(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>20\d\d)?|"
    rf"\b(?P<week>next week|nächste woche|la semaine prochaine)\b|"
    rf"\b(?:(?P<next>next|nächsten|kommenden) )?(?P<weekday>{'|'.join(_WEEKDAYS)})\b",
    re.I,
)


def find_promises(text: str, now: datetime) -> tuple[Promised, ...]:
    """What a text promises, sentence by sentence; days are read as seen from `now`."""
    if _MAY.search(text) is None:
        return ()
    found: list[Promised] = []
    for sentence in _SENTENCE.finditer(text):
        words = sentence[0].strip()
        if sentence["end"] == "?" or _PROMISE.search(words) is None or _NOT.search(words):
            continue
        found.append(Promised(words[:LONGEST], due_at(words, now)))
    return tuple(found)


def due_at(words: str, now: datetime) -> datetime | None:
    """The end of the day that some words name, as seen from `now`; nothing when they name none."""
    named = _DAY_NAMED.search(words)
    day = None if named is None else _day(named, now.date())
    return None if day is None else datetime.combine(day, time(23, 59, 59), now.tzinfo)


def _day(named: re.Match[str], today: date) -> date | None:
    kind = next(name for name in _READERS if named[name] is not None)
    try:
        return _READERS[kind](named, today)
    except ValueError:
        return None


def _counted(named: re.Match[str], today: date) -> date:
    count, unit = int(named["count"]), named["unit"].lower()
    if unit.startswith(("h", "st")):
        return today + timedelta(days=-(-count // 24))
    return today + timedelta(weeks=count) if unit[0] in "ws" else today + timedelta(days=count)


def _written(named: re.Match[str], today: date) -> date:
    day = date(int(named["y"] or today.year), int(named["m"]), int(named["d"]))
    passed = named["y"] is None and day < today
    return day.replace(year=day.year + 1) if passed else day


def _weekday(named: re.Match[str], today: date) -> date:
    ahead = (_WEEKDAYS[named["weekday"].lower()] - today.weekday()) % 7
    return today + timedelta(days=ahead or 7 if named["next"] else ahead)


_READERS: dict[str, Callable[[re.Match[str], date], date]] = {
    "today": lambda named, today: today,
    "after": lambda named, today: today + timedelta(days=2),
    "morrow": lambda named, today: today + timedelta(days=1),
    "count": _counted,
    "iso": lambda named, today: date.fromisoformat(named["iso"]),
    "d": _written,
    "week": lambda named, today: today + timedelta(days=11 - today.weekday()),
    "weekday": _weekday,
}
"""How a day is read, by the group that named it. Next week is over on its Friday."""
