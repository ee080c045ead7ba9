"""The words for days in German, French and Spanish, and the orders in which they stand.

Tables, compiled once, beside the English patterns of `core.pipeline.reading.dates`, which says what
day they mean. What could be two days is not in them: "in acht Tagen" is a week or eight days.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_LETTERS = {"ä": "(?:ä|ae?)", "ö": "(?:ö|oe?)", "ü": "(?:ü|ue?)", "ß": "(?:ß|ss)", "'": "['’]"}
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_MARK = re.compile(r"\{(near|coming|following|past|ago):([^}]*)\}")
_NAMED = re.compile(r"\(\?P<\w+>")


@dataclass(frozen=True, slots=True)
class DayWords:
    """How one language speaks of days.

    `beside` are days by their distance from today. What stands together, with blanks between, in
    `weekdays` (from Monday), `months` and `numbers` (from one) means the same. `units` are in days.
    `forms` have {weekday}, {month}, {day}, {figure} (a month in figures), {year}, {count} and
    {unit} in them, and what chooses among days of a name: {near:...} is the first from today on,
    {coming:...} the first after today, {following:...} that of next week, {past:...} the last
    before today. {ago:...} turns a distance back. `begins` are the words with which a form may
    begin, beside days of the week and figures: a cheap look for whether there is one. `before`
    may not stand before a word of `beside` in a longer text, and `alone` stands in none: it means
    something else in another language.
    """

    beside: Mapping[str, int]
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    numbers: tuple[str, ...]
    units: Mapping[str, int]
    begins: str
    forms: tuple[str, ...]
    before: Mapping[str, str]
    alone: frozenset[str] = frozenset()

    def written(self) -> Iterator[str]:
        """The forms as patterns, with groups of their names."""
        words = {
            "{weekday}": rf"(?P<weekday>{_either(self.weekdays)})",
            "{month}": rf"(?P<month>{_either(self.months)})",
            "{count}": rf"(?P<count>\d{{1,3}}|{_either(self.numbers)})",
            "{unit}": rf"(?P<unit>{_either(self.units)})",
            "{day}": r"(?P<day>\d{1,2})",
            "{figure}": r"(?P<figure>\d{1,2})",
            "{year}": r"(?P<year>\d{4}|\d\d)",
        }
        for form in self.forms:
            for name, pattern in words.items():
                form = form.replace(name, pattern)
            yield _MARK.sub(r"(?P<\1>\2)", form)

    def anywhere(self) -> str:
        """One pattern without groups for such a day in a longer text."""
        words = sorted(self.beside.keys() - self.alone, key=len, reverse=True)
        beside = (rf"{self.before.get(one, '')}{_spelled(one)}(?!\w)" for one in words)
        forms = (_NAMED.sub("(?:", one) for one in self.written())
        first = _either((self.begins, *self.weekdays, *self.beside))
        return rf"(?=\d|{first})(?:{'|'.join((*forms, *beside))})"


def _either(words: Iterable[str]) -> str:
    every = sorted((one for some in words for one in some.split()), key=len, reverse=True)
    return rf"(?:{'|'.join(map(_spelled, every))})(?!\w)"


def _spelled(word: str) -> str:
    """A pattern for a word, with its accents or without."""
    return "".join(
        _LETTERS.get(one) or (f"[{one}{plain(one)}]" if one > "\x7f" else re.escape(one))
        for one in word
    )


def plain(word: str) -> str:
    """A word in small letters and without accents."""
    parted = unicodedata.normalize("NFKD", word.casefold().replace("’", "'"))
    return "".join(one for one in parted if not unicodedata.combining(one))


def _spellings(word: str) -> tuple[str, ...]:
    return plain(word), plain(word.translate(_WRITTEN_OUT))


def numbered(words: tuple[str, ...], first: int) -> Mapping[str, int]:
    """Each word, as `plain` makes it, with its place."""
    return {
        spelling: place
        for place, some in enumerate(words, first)
        for one in some.split()
        for spelling in _spellings(one)
    }


_GERMAN_AT = r"(?:am|den|dem|der|zum|ab|bis|vom|seit)"
GERMAN = DayWords(
    beside={"heute": 0, "morgen": 1, "übermorgen": 2, "gestern": -1, "vorgestern": -2},
    weekdays=(
        *("montag", "dienstag", "mittwoch", "donnerstag", "freitag"),
        *("samstag sonnabend", "sonntag"),
    ),
    months=(
        *("januar jänner jan", "februar feber feb", "märz mrz", "april apr", "mai", "juni jun"),
        *("juli jul", "august aug", "september sept sep", "oktober okt", "november nov"),
        "dezember dez",
    ),
    numbers=(
        *("ein eine einem einer", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht"),
        *("neun", "zehn", "elf", "zwölf", "dreizehn", "vierzehn"),
    ),
    units={"tag": 1, "tage": 1, "tagen": 1, "woche": 7, "wochen": 7},
    begins="am den dem der zum ab bis vom seit in vor diese diesen diesem dieser "
    "nächste nächsten nächstem nächster kommende kommenden kommendem kommender letzte letzten "
    "letztem letzter vergangene vergangenen vergangenem vergangener vorige vorigen vorigem voriger",
    forms=(
        rf"(?:{{weekday}},?\s+)?(?:{_GERMAN_AT}\s+)?{{day}}\.?\s*{{month}}\.?(?:,?\s*{{year}})?",
        rf"(?:{{weekday}},?\s+)?(?:{_GERMAN_AT}\s+){{day}}\.\s?{{figure}}\.?(?:\s?{{year}})?",
        r"{weekday},?\s+{day}\.\s?{figure}\.?(?:\s?{year})?",
        r"(?:am\s+)?{weekday}\s+{following:n(?:ä|ae)chster\s+woche}",
        r"(?:in\s+der\s+)?{following:n(?:ä|ae)chsten?\s+woche}\s+(?:am\s+)?{weekday}",
        r"(?:(?:am|bis|ab|seit)\s+)?{coming:(?:n(?:ä|ae)chste[nrm]?|kommende[nrm]?)\s+}{weekday}",
        r"(?:(?:am|seit)\s+)?{past:(?:letzte[nrm]?|vergangene[nrm]?|vorige[nrm]?)\s+}{weekday}",
        r"(?:(?:am|bis|ab|{near:diese[nrm]?})\s+)?{weekday}",
        r"(?:heute\s+)?in\s+(?!acht\s+tagen){count}\s+{unit}",
        r"{ago:vor}\s+{count}\s+{unit}",
        r"(?<!i )(?:am|den|zum|ab|bis)\s+{day}(?=\.(?!\d)|\W*\Z)",
    ),
    before={
        "morgen": r"(?<!guten )(?<!heute )(?<!jeden )(?<!am )",
        "heute": r"(?<!von )",
    },
)

_FRENCH_AT = r"(?:le|du|au)"
FRENCH = DayWords(
    beside={
        "aujourd'hui": 0,
        "demain": 1,
        "après-demain": 2,
        "après demain": 2,
        "hier": -1,
        "avant-hier": -2,
        "avant hier": -2,
        # A week and two, as they are counted there.
        "dans huit jours": 7,
        "dans quinze jours": 14,
    },
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    months=(
        *("janvier janv", "février févr", "mars", "avril avr", "mai", "juin", "juillet juil"),
        *("août", "septembre sept", "octobre oct", "novembre nov", "décembre déc"),
    ),
    numbers=(
        *("un une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
        *("onze", "douze", "treize", "quatorze"),
    ),
    units={"jour": 1, "jours": 1, "semaine": 7, "semaines": 7},
    begins="le du au la ce dans il",
    forms=(
        rf"(?:{_FRENCH_AT}\s+)?(?:{{weekday}},?\s+)?(?:le\s+)?{{day}}(?:er)?\s+{{month}}\.?"
        r"(?:\s+{year})?",
        r"(?:le\s+)?{weekday}\s+(?:de\s+)?{following:la\s+semaine\s+prochaine}",
        r"{following:la\s+semaine\s+prochaine},?\s+(?:le\s+)?{weekday}",
        r"(?:le\s+)?{weekday}\s+{coming:(?:prochain|qui\s+vient)(?!\w)}",
        r"(?:le\s+)?{weekday}\s+{past:(?:dernier|pass[ée])(?!\w)}",
        r"(?:le\s+)?{weekday}\s+{day}(?![\w/:.,]*\w)",
        r"(?:(?:le|{near:ce})\s+)?{weekday}",
        r"dans\s+{count}\s+{unit}",
        r"{ago:il\s+y\s+a}\s+{count}\s+{unit}",
        r"le\s+{day}(?:er)?(?!\w|[/:.,]\w|\s*[€%])",
    ),
    before={},
    alone=frozenset({"hier"}),
)

_SPANISH_AT = r"(?:el|del|al)"
SPANISH = DayWords(
    beside={
        "hoy": 0,
        "mañana": 1,
        "pasado mañana": 2,
        "ayer": -1,
        "anteayer": -2,
        "antes de ayer": -2,
    },
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    months=(
        *("enero ene", "febrero feb", "marzo", "abril abr", "mayo", "junio jun", "julio jul"),
        *("agosto ago", "septiembre setiembre sept", "octubre oct", "noviembre nov"),
        "diciembre dic",
    ),
    numbers=(
        *("un una uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
        *("diez", "once", "doce", "trece", "catorce"),
    ),
    units={"día": 1, "días": 1, "semana": 7, "semanas": 7},
    begins="el del al este próximo pasado en dentro hace día",
    forms=(
        rf"(?:{_SPANISH_AT}\s+)?(?:{{weekday}},?\s+)?(?:el\s+)?(?:d[íi]a\s+)?{{day}}\s+(?:de\s+)?"
        r"{month}\.?(?:\s+(?:del?\s+)?{year})?",
        r"(?:el\s+)?{weekday}\s+de\s+{following:la\s+(?:pr[óo]xima\s+semana|semana\s+"
        r"(?:que\s+viene|pr[óo]xima))}",
        r"(?:el\s+)?{weekday}\s+{coming:(?:pr[óo]ximo|que\s+viene)(?!\w)}",
        r"(?:el\s+)?{coming:pr[óo]ximo}\s+{weekday}",
        r"(?:el\s+)?{weekday}\s+{past:pasado(?!\w)}(?!\s+ma[ñn]ana)",
        r"(?:el\s+)?{past:pasado}\s+{weekday}",
        r"(?:el\s+)?{weekday}\s+(?:d[íi]a\s+)?{day}(?![\w/:.,]*\w)",
        r"(?:(?:el|{near:este})\s+)?{weekday}",
        r"(?:en|dentro\s+de)\s+(?!ocho\s+d){count}\s+{unit}",
        r"{ago:hace}\s+{count}\s+{unit}",
        r"(?:el\s+)?d[íi]a\s+{day}(?![\w/:.,]*\w)",
        r"el\s+{day}(?!\w|[/:.,]\w|\s*[€%])",
    ),
    before={"mañana": r"(?<!la )(?<!cada )", "ayer": r"(?<!de )"},
)

ALL = (GERMAN, FRENCH, SPANISH)
FORMS = tuple(re.compile(form) for words in ALL for form in words.written())
"""Each form, for a whole text in small letters."""

BESIDE: Mapping[str, int] = {
    spelling: distance
    for words in ALL
    for word, distance in words.beside.items()
    for spelling in _spellings(word)
}
WEEKDAYS: Mapping[str, int] = {
    word: at for words in ALL for word, at in numbered(words.weekdays, 0).items()
}
MONTHS: Mapping[str, int] = {
    word: at for words in ALL for word, at in numbered(words.months, 1).items()
}
NUMBERS: Mapping[str, int] = {
    word: at for words in ALL for word, at in numbered(words.numbers, 1).items()
}
UNITS: Mapping[str, int] = {
    plain(word): days for words in ALL for word, days in words.units.items()
}
ANYWHERE = "|".join(words.anywhere() for words in ALL)
"""A day in a longer text, without regard to case."""
