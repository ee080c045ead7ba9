"""Days in German, French and Spanish: read as the calendar has them, and found in a longer text."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pipeline.reading.dates import NoSuchDay, day_of
from core.pipeline.reading.days_abroad import ALL, FRENCH, GERMAN, SPANISH, DayWords
from core.pipeline.reading.shapes import SHAPES
from core.pipeline.state.validation import Judged, Place, judged
from core.playbook.model import Slot

TODAY = date(2026, 3, 4)
"""A Wednesday."""

DAYS = {
    "heute": "2026-03-04",
    "morgen": "2026-03-05",
    "uebermorgen": "2026-03-06",
    "gestern": "2026-03-03",
    "Mittwoch": "2026-03-04",
    "nächsten Mittwoch": "2026-03-11",
    "am nächsten Dienstag": "2026-03-10",
    "diesen Freitag": "2026-03-06",
    "Freitag nächster Woche": "2026-03-13",
    "letzten Freitag": "2026-02-27",
    "in drei Tagen": "2026-03-07",
    "vor zwei Wochen": "2026-02-18",
    "am 28.": "2026-03-28",
    "3. März": "2027-03-03",
    "am 3. maerz 2026": "2026-03-03",
    "Dienstag, den 10. März": "2026-03-10",
    "am 28.3.": "2026-03-28",
    "demain": "2026-03-05",
    "après-demain": "2026-03-06",
    "avant-hier": "2026-03-02",
    "mercredi prochain": "2026-03-11",
    "ce mercredi": "2026-03-04",
    "vendredi dernier": "2026-02-27",
    "mardi de la semaine prochaine": "2026-03-10",
    "dans trois jours": "2026-03-07",
    "dans quinze jours": "2026-03-18",
    "il y a deux semaines": "2026-02-18",
    "le 28": "2026-03-28",
    "le 1er avril": "2026-04-01",
    "le mardi 10 mars": "2026-03-10",
    "mardi 10": "2026-03-10",
    "3 août": "2026-08-03",
    "mañana": "2026-03-05",
    "pasado mañana": "2026-03-06",
    "anteayer": "2026-03-02",
    "el próximo martes": "2026-03-10",
    "el miercoles que viene": "2026-03-11",
    "el martes pasado": "2026-03-03",
    "el martes de la semana que viene": "2026-03-10",
    "dentro de dos semanas": "2026-03-18",
    "hace tres días": "2026-03-01",
    "el 28": "2026-03-28",
    "el 3 de marzo de 2027": "2027-03-03",
    "martes, 10 de marzo": "2026-03-10",
}


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_a_day_is_found_from_where_the_customer_stands(text: str, day: str) -> None:
    found = day_of(text, TODAY, "DE")
    assert found is not None
    assert found.isoformat() == day


@pytest.mark.parametrize("text", DAYS)
def test_a_day_is_found_in_a_longer_text(text: str) -> None:
    found = SHAPES["date"].search(f"1042, {text}.")
    assert found is not None
    assert day_of(found[0], TODAY, "DE") == day_of(text, TODAY, "DE")


@pytest.mark.parametrize("text", ["31. Februar", "le 31 février", "31 de febrero", "am 30.2."])
def test_a_day_that_is_in_no_calendar_is_told_apart(text: str) -> None:
    with pytest.raises(NoSuchDay):
        day_of(text, TODAY, "DE")


@pytest.mark.parametrize("text", ["in acht Tagen", "en ocho días", "Montag, 10. März", "mardi 28"])
def test_what_could_be_two_days_is_none(text: str) -> None:
    assert day_of(text, TODAY, "DE") is None


@pytest.mark.parametrize(
    "text",
    [
        "Guten Morgen!",
        "Hier ist meine Nummer",
        "por la mañana",
        "I am 28.",
        "I am 28 years old",
        "le 15h",
        "el 20 %",
    ],
)
def test_what_is_no_day_is_taken_for_none(text: str) -> None:
    assert SHAPES["date"].search(text) is None


_DATE_OF = {
    "de": lambda day: f"am {day.day}. {GERMAN.months[day.month - 1].split()[0]} {day.year}",
    "fr": lambda day: f"le {day.day} {FRENCH.months[day.month - 1].split()[0]} {day.year}",
    "es": lambda day: f"el {day.day} de {SPANISH.months[day.month - 1].split()[0]} de {day.year}",
}


@pytest.mark.parametrize("language", _DATE_OF)
@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)), today=st.dates(date(2000, 1, 1)))
@settings(max_examples=40, deadline=None)
def test_a_date_that_is_written_out_is_that_day(language: str, day: date, today: date) -> None:
    assert day_of(_DATE_OF[language](day), today) == day


@pytest.mark.parametrize("words", ALL)
@given(
    number=st.integers(0, 6),
    today=st.dates(date(1990, 1, 1), date(2200, 1, 1)),
    past=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_a_weekday_is_within_a_week(words: DayWords, number: int, today: date, past: bool) -> None:
    for name in words.weekdays[number].split():
        found = day_of(name, today, past=past)
        assert found is not None and found.weekday() == number
        assert timedelta(-7 if past else 0) <= found - today <= timedelta(-1 if past else 6)


@given(
    st.lists(
        st.sampled_from(
            "am le el 28 28. 31 . , den nächsten Dienstag in vor drei Tagen mardi prochain dans il "
            "y a huit jours próximo martes que viene hace de marzo märz février 2026 99 0".split()
        ),
        max_size=6,
    ),
    st.dates(date(1, 1, 1) + timedelta(4_000), date(9990, 1, 1)),
)
@settings(max_examples=200, deadline=None)
def test_words_for_days_in_any_order_never_raise_anything_else(
    words: list[str], today: date
) -> None:
    try:
        found = day_of(" ".join(words), today)
    except NoSuchDay:
        return
    assert found is None or isinstance(found, date)


@pytest.mark.parametrize(
    ("text", "clock"),
    [("15 Uhr", "15:00"), ("um 15.30 Uhr", "15:30"), ("à 15h", "15:00"), ("17h45", "17:45")],
)
def test_a_time_has_one_way_of_writing(text: str, clock: str) -> None:
    assert judged(Slot("at", "time", "time", ("When?",)), text, Place(TODAY)) == Judged(clock)
    found = SHAPES["time"].search(f"1042 {text}.")
    assert found is not None and found[0] in text
