"""A head takes words out of what was said, always the same ones, and tells them in one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.facts.episode_head import (
    WORDS_LIMIT,
    Ending,
    Head,
    Line,
    cut,
    line_of_head,
    make_head,
    stretches,
)
from core.message import Author

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONGEST = timedelta(hours=4)


def line(
    number: int, text: str, author: Author = Author.CUSTOMER, channel: str = "email", **more: object
) -> Line:
    """One message, a minute after the one before it."""
    at = AT + timedelta(minutes=number)
    named = tuple(one for one in text.split() if one.isdigit())
    return Line(f"7-{number}", at, channel, author, text, named, **more)  # type: ignore[arg-type]


def head(*lines: Line, ending: Ending | None = None) -> Head:
    """The head of these."""
    made = make_head(lines, ending)
    assert made is not None
    return made


TALK = (
    line(1, "Welcome to the shop", Author.BOT),
    line(2, "where is 1042 please", intent="order_status"),
    line(3, "1042 left with 77120", Author.BOT, intent="order_status", escalated="asked"),
    line(4, "then refund 1042", channel="sms", intent="refund"),
)


def test_a_head_tells_who_said_what_where_and_by_which_message() -> None:
    made = head(*TALK)
    assert made.words == "where is 1042 please"
    assert (made.channels, made.asked) == (("email", "sms"), ("order_status", "refund"))
    assert made.identifiers == ("1042", "77120")
    assert made.sources == ("7-2", "7-3")
    assert (made.tags, made.counts) == (("asked",), {"bot": 2, "customer": 2})
    assert (made.started_at, made.ended_at) == (TALK[0].at, TALK[-1].at)


def test_an_identifier_is_told_once_as_it_was_first_written() -> None:
    first, again = line(1, "see AB-77"), line(2, "ab77 again")
    made = head(replace(first, identifiers=("AB-77",)), replace(again, identifiers=("ab77",)))
    assert made.identifiers == ("AB-77",)


def test_where_the_customer_said_nothing_there_is_no_head() -> None:
    assert make_head([line(1, "hello", Author.BOT), line(2, "  ")]) is None
    assert make_head([]) is None


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        (None, "handed to people"),
        (Ending("resolved", "ben", "billing"), "resolved by ben"),
        (Ending("confirmed"), "confirmed"),
        (Ending(None, "ben"), "taken by ben"),
    ],
)
def test_a_line_tells_how_it_ended(ending: Ending | None, told: str) -> None:
    said = line_of_head(head(*TALK, ending=ending))
    about = "2 Mar 2026, by e-mail and by SMS: order status, refund (1042, 77120)"
    assert said == f"{about}; {told}"


def test_a_line_without_intents_quotes_the_first_words() -> None:
    assert line_of_head(head(line(1, "good day"))) == "2 Mar 2026, by e-mail: “good day”"


@given(text=st.text(max_size=400), limit=st.integers(2, 200))
def test_words_are_cut_to_one_line_that_fits(text: str, limit: int) -> None:
    short, whole = cut(text, limit), " ".join(text.split())
    assert len(short) <= limit
    assert "\n" not in short
    assert short == whole or (short.endswith("…") and whole.startswith(short[:-1]))


def test_a_cut_is_made_between_words() -> None:
    said = "word " * 100
    assert cut(said, WORDS_LIMIT) == "word " * 23 + "word…"


@given(minutes=st.lists(st.integers(0, 2_000), max_size=40))
def test_beginning_anew_at_any_stretch_gives_the_same_ones(minutes: list[int]) -> None:
    moments = [AT + timedelta(minutes=one) for one in sorted(minutes)]
    found = stretches(moments, LONGEST)
    assert [at for start, end in found for at in range(start, end)] == list(range(len(moments)))
    for start, end in found:
        assert moments[end - 1] - moments[start] <= LONGEST
        again = [(start + one, start + other) for one, other in stretches(moments[start:], LONGEST)]
        assert again == [one for one in found if one[0] >= start]
