"""What recall takes words, identifiers, questions and times to be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.languages.features import Stems
from memory.recall.terms import asks_time, has_time, identifiers, is_question, periods, terms

NOW = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)


def _day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("order #1042", {"1042"}),
        ("Is AB-1234-X the same as ab 1234?", {"ab1234x", "1234"}),
        ("write to Anna.Berg@Example.ORG.", {"anna.berg@example.org"}),
        ("call +1 (555) 010-2030 please", {"+15550102030"}),
        ("it cost $12.50, not 12,50 EUR", {"12.50"}),
        ("on 3rd May 2024 at 5pm, 12 pieces", set()),
        ("", set()),
    ],
)
def test_identifiers_are_written_in_one_way(text: str, found: set[str]) -> None:
    assert identifiers(text) == found


def test_forms_of_a_word_are_the_same_term() -> None:
    stems = Stems("en")
    assert terms("They bought and wore children's shoes", stems) == terms(
        "buying, wearing a child s shoe", stems
    )
    assert terms("the of and", stems) == ()
    assert terms("ich habe eine", stems) == terms("je vous ai", stems) == terms("yo tengo", stems)


def test_words_of_one_family_have_one_root_and_numbers_are_whole() -> None:
    stems = Stems("en")
    assert terms("delivery", stems) == terms("delivered", stems) == ("deliv",)
    assert terms("Lieferung", stems) == terms("liefern", stems)
    assert terms("réparation", stems) == terms("reparation", stems) == ("repar",)
    assert terms("1234567 AB123456", stems) == ("1234567", "ab123456")


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("where is it", True),
        ("It is late?", True),
        ("It is late.", False),
        ("  can you", True),
        ("wann kommt es", True),
        ("Quand arrive le colis", True),
        ("es kommt nicht", False),
        ("", False),
    ],
)
def test_a_question_is_known_by_its_mark_or_its_start(text: str, asks: bool) -> None:
    assert is_question(text) is asks


def test_times_are_asked_and_told() -> None:
    assert asks_time("When does it come?") and asks_time("how long is it")
    assert not asks_time("Where is it?")
    assert asks_time("Wie lange noch") and asks_time("Quand ?") and not asks_time("Wie geht das")
    assert has_time("it came yesterday") and has_time("at 5") and not has_time("it came")
    assert has_time("erst am Montag") and has_time("la semaine prochaine")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("in may", _day(2026, 5, 1), _day(2026, 6, 1)),
        ("December", _day(2025, 12, 1), _day(2026, 1, 1)),
        ("on 7 June 2024", _day(2024, 6, 1), _day(2024, 7, 1)),
        ("yesterday", _day(2026, 11, 24), _day(2026, 11, 25)),
        ("last week", _day(2026, 11, 16), _day(2026, 11, 23)),
        ("last month", _day(2026, 10, 1), _day(2026, 11, 1)),
        ("on Monday", _day(2026, 11, 23), _day(2026, 11, 24)),
        ("on Friday", _day(2026, 11, 20), _day(2026, 11, 21)),
        ("im Februar 2024", _day(2024, 2, 1), _day(2024, 3, 1)),
        ("en fevrier 2024", _day(2024, 2, 1), _day(2024, 3, 1)),
        ("en mars", _day(2026, 3, 1), _day(2026, 4, 1)),
        ("en agosto de 2025", _day(2025, 8, 1), _day(2025, 9, 1)),
        ("gestern", _day(2026, 11, 24), _day(2026, 11, 25)),
        ("la semaine dernière", _day(2026, 11, 16), _day(2026, 11, 23)),
    ],
)
def test_a_period_is_from_its_start_until_its_end(
    text: str, start: datetime, end: datetime
) -> None:
    assert periods(text, NOW) == [(start, end)]


@pytest.mark.parametrize(
    "text", ["You may march on", "nothing", "5 of them", "ich bin hier", "Mars bars with mayo"]
)
def test_words_that_only_look_like_a_time_are_none(text: str) -> None:
    assert periods(text, NOW) == []
