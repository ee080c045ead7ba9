"""What a told value is worth: its one way of writing, or why it is asked for again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pipeline.reading.dates import NoSuchDay, day_of
from core.pipeline.state.validation import Judged, Place, judged
from core.playbook.model import SLOT_KINDS, Slot
from tests.core.pipeline.shop import SHOP, Talk

TODAY = date(2026, 3, 4)
"""A Wednesday."""
PLACE = Place(TODAY, "GB")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-03-04"),
        ("tomorrow", "2026-03-05"),
        ("the day after tomorrow", "2026-03-06"),
        ("yesterday", "2026-03-03"),
        ("Wednesday", "2026-03-04"),
        ("on Friday", "2026-03-06"),
        ("on Monday", "2026-03-09"),
        ("this friday", "2026-03-06"),
        ("next friday", "2026-03-13"),
        ("last Friday", "2026-02-27"),
        ("tues", "2026-03-10"),
        ("2026-12-24", "2026-12-24"),
        ("24/12/2026", "2026-12-24"),
        ("3/4", "2026-04-03"),
        ("24.12.", "2026-12-24"),
        ("December 24th", "2026-12-24"),
        ("the 24th of December", "2026-12-24"),
        ("3 March", "2027-03-03"),
        ("29 February", "2028-02-29"),
        ("the 31st", "2026-03-31"),
        ("the 3rd", "2026-04-03"),
        ("in 3 days", "2026-03-07"),
        ("in two weeks", "2026-03-18"),
        ("2 weeks ago", "2026-02-18"),
    ],
)
def test_a_day_is_found_from_where_the_customer_stands(text: str, day: str) -> None:
    found = day_of(text, TODAY, "GB")
    assert found is not None
    assert found.isoformat() == day


@pytest.mark.parametrize("text", ["31 February", "30/2", "2026-02-29", "the 32nd", "45/45", "0/4"])
def test_a_day_that_is_in_no_calendar_is_told_apart(text: str) -> None:
    with pytest.raises(NoSuchDay):
        day_of(text, TODAY, "GB")


@pytest.mark.parametrize("text", ["next week", "soon", "frill", "a few days", "monkey", "may"])
def test_what_is_no_single_day_is_none(text: str) -> None:
    assert day_of(text, TODAY, "GB") is None


def test_two_figures_are_read_as_the_region_writes_them() -> None:
    assert day_of("3/4", TODAY, "US", past=True) == date(2026, 3, 4)
    assert day_of("4/3/2026", TODAY, "US") == date(2026, 4, 3)
    assert day_of("3/4", TODAY) is None
    assert day_of("12/25", TODAY) == date(2026, 12, 25)


def slot(kind: str, **more: object) -> Slot:
    return replace(Slot("it", kind, "it", ask=("What?",)), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "value", "normal"),
    [
        (slot("date"), "Friday", "2026-03-06"),
        (slot("time"), "3pm", "15:00"),
        (slot("time"), "12 am", "00:00"),
        (slot("time"), "9:30", "09:30"),
        (slot("time"), "noon", "12:00"),
        (slot("time"), "9", None),
        (slot("money"), "$1,200.50", "1200.50 USD"),
        (slot("money"), "50 euros", "50.00 EUR"),
        (slot("money"), "1.200,50 €", "1200.50 EUR"),
        (slot("money"), "£3k", "3000.00 GBP"),
        (slot("money", currency="CHF"), "12", "12.00 CHF"),
        (slot("number"), "three", "3"),
        (slot("number", least=1, most=9), "4", "4"),
        (slot("email"), "Robin (at) Example.com", "robin@example.com"),
        (slot("phone"), "07700 900142", "+447700900142"),
        (slot("choice", choices=("blue", "red")), "bleu", "blue"),
        (slot("choice", choices=("blue", "red")), "a warm one", None),
        (slot("yes_no"), "yes please", "yes"),
        (slot("order", strict=True, patterns=(r"R-\d{5}",)), "R-10442", None),
    ],
)
def test_a_value_has_one_way_of_writing(one: Slot, value: str, normal: str | None) -> None:
    assert judged(one, value, PLACE) == Judged(normal)


@pytest.mark.parametrize(
    ("one", "value", "fault"),
    [
        (slot("date"), "31 February", "day"),
        (slot("date", when="future"), "yesterday", "bounds"),
        (slot("date", when="past"), "tomorrow", "bounds"),
        (slot("number", least=1, most=9), "12", "bounds"),
        (slot("money", most=500), "$900", "bounds"),
        (slot("text", least=5), "ok", "bounds"),
        (slot("time"), "27:30", "kind"),
        (slot("phone"), "12", "kind"),
        (slot("email", strict=True), "robin example", "kind"),
        (slot("order", strict=True, patterns=(r"R-\d{5}",)), "12345", "shape"),
        (slot("choice", strict=True, choices=("blue", "red")), "green", "shape"),
    ],
)
def test_what_cannot_be_a_value_says_why(one: Slot, value: str, fault: str) -> None:
    assert judged(one, value, PLACE) == Judged(fault=fault)


@given(st.sampled_from(SLOT_KINDS), st.text(max_size=40), st.booleans())
def test_any_text_is_judged_without_a_fault_of_ours(kind: str, value: str, strict: bool) -> None:
    secret = "pin" if kind == "secret" else None
    one = slot(kind, strict=strict, choices=("blue", "red"), least=1, secret=secret)
    found = judged(one, value, PLACE)
    assert found.normal is None or found.fault is None


def talk(**more: object) -> Talk:
    """A customer of a shop whose visits have a day with these bounds."""
    day = replace(SHOP.slots["day"], **more)  # type: ignore[arg-type]
    return Talk(replace(SHOP, version=f"v{more}", slots={**SHOP.slots, "day": day}))


def test_a_day_that_is_none_is_asked_for_again_and_why() -> None:
    one = talk()
    one.say("i want to visit the workshop")
    one.say("Robin")
    reply = one.hear("on 31 February")
    assert reply.startswith("There is no such day in the calendar.")
    assert reply.count("?") == 1
    assert one.decisions[-1].asked == ("day",)
    assert one.case.slot("day") is None
    assert one.hear("then on Friday") == "See you on Friday, Robin."
    kept = one.case.slot("day")
    assert kept is not None
    assert kept.normal == "2026-03-06"


def test_a_day_that_is_over_is_asked_for_again_where_one_to_come_is_needed() -> None:
    one = talk(when="future")
    one.say("i want to visit the workshop")
    one.say("Robin")
    assert one.hear("yesterday").startswith("That day is over already.")


def test_it_is_not_asked_for_again_for_ever() -> None:
    one = talk()
    one.say("i want to visit the workshop")
    one.say("Robin")
    one.say("31 February")
    decision = one.say("30 February")
    assert decision.asked == ()
    assert decision.escalation is not None
