"""Two ends told together, "from here to there", each fill the slot that names their end."""

from __future__ import annotations

import pytest

from tests.core.pipeline.reading import playbook, slot, told

WAY = playbook(
    slot("start", "choice", "pick-up place", choices=("Harbour", "Old Mill")),
    slot("goal", "choice", "drop-off place", choices=("Harbour", "Old Mill")),
)
STAY = playbook(slot("first", "date", "start date"), slot("last", "date", "end date"))
SHIFT = playbook(slot("opens", "time", "start time"), slot("closes", "time", "end time"))


@pytest.mark.parametrize(
    ("text", "start", "goal"),
    [
        ("I need a ride from the Harbour to Old Mill please", "Harbour", "Old Mill"),
        ("can I get a cab to the Old Mill from the harbour", "harbour", "Old Mill"),
        ("leeds to york", "leeds", "york"),
        ("going from Mill and Lake to 9th Street, quickly", "Mill and Lake", "9th Street"),
        ("take me to York, I'm at Harbour", "Harbour", "York"),
    ],
)
def test_a_way_has_two_ends(text: str, start: str, goal: str) -> None:
    assert told(text, WAY, asking="start") == {"start": start, "goal": goal}


def test_one_end_is_told_by_its_little_word() -> None:
    assert told("I have to go to the Old Mill", WAY) == {"goal": "Old Mill"}


@pytest.mark.parametrize("text", ["I want to go to bed", "from Monday to Friday", "from 3 pm to 5"])
def test_what_is_no_place_is_no_end_of_a_way(text: str) -> None:
    assert told(text, WAY) == {}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("from May 6th to the 29th", "May 6th", "the 29th"),
        ("3rd-22nd", "3rd", "22nd"),
        ("we stay 5/14 - 5/20", "5/14", "5/20"),
        ("Monday until Thursday", "Monday", "Thursday"),
    ],
)
def test_a_stay_has_a_first_and_a_last_day(text: str, first: str, last: str) -> None:
    assert told(text, STAY, asking="last") == {"first": first, "last": last}


def test_a_shift_begins_and_ends() -> None:
    assert told("3 to 5 pm would be good", SHIFT) == {"opens": "3", "closes": "5 pm"}


def test_numbers_with_a_dash_are_no_days() -> None:
    assert told("my number is 12-34", STAY) == {}
