"""Opening hours: local time, spans over midnight, holidays and the next opening in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hours import is_open, next_opening, opening_words
from core.playbook.model import Hours

BERLIN = Hours(
    "Europe/Berlin", {day: ((time(9), time(17)),) for day in range(5)}, (date(2026, 12, 25),)
)
NIGHT = Hours("UTC", {4: ((time(20), time(2)),)})


@pytest.mark.parametrize(
    ("now", "truth"),
    [
        (datetime(2026, 3, 4, 8, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 4, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 7, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 1, 15, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 7, 11, 0, tzinfo=UTC), False),
        (datetime(2026, 12, 25, 11, 0, tzinfo=UTC), False),
    ],
)
def test_open_in_local_time(now: datetime, truth: bool) -> None:
    assert is_open(BERLIN, now) is truth


def test_a_span_runs_over_midnight() -> None:
    assert is_open(NIGHT, datetime(2026, 3, 7, 1, 59, tzinfo=UTC)) is True
    assert is_open(NIGHT, datetime(2026, 3, 7, 2, 0, tzinfo=UTC)) is False


def test_no_hours_is_neither_open_nor_closed() -> None:
    assert is_open(Hours("UTC", {}), datetime(2026, 3, 4, tzinfo=UTC)) is None
    assert opening_words(Hours("UTC", {}), datetime(2026, 3, 4, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 3, 4, 5, 0, tzinfo=UTC), "today at 09:00"),
        (datetime(2026, 3, 4, 20, 0, tzinfo=UTC), "tomorrow at 09:00"),
        (datetime(2026, 3, 6, 20, 0, tzinfo=UTC), "on Monday at 09:00"),
        (datetime(2026, 12, 24, 20, 0, tzinfo=UTC), "on Monday at 09:00"),
    ],
)
def test_the_next_opening_in_words(now: datetime, words: str) -> None:
    assert opening_words(BERLIN, now) == words


moments = st.integers(0, 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(moments)
def test_it_is_open_at_the_next_opening_and_closed_just_before(now: datetime) -> None:
    opening = next_opening(BERLIN, now)
    assert opening is not None
    assert opening > now
    assert is_open(BERLIN, opening) is True
    assert is_open(BERLIN, opening.astimezone(UTC) - timedelta(seconds=1)) is False
