"""How far the demo's story is, told by the gateway's events alone."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway.demo.story import Story, advance
from gateway.events import Event

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def decided(channel: str, move: str = "answer", silent: str | None = None) -> Event:
    return Event("decided", AT, 1, 1, {"channel": channel, "move": move, "silent": silent})


def test_a_text_is_the_first_step_and_a_mail_before_the_link_the_second() -> None:
    story = advance(advance(Story(), decided("sms")), decided("email"))
    assert (story.asked, story.met, story.went_on) == (True, True, False)


def test_going_on_in_slack_counts_once_the_two_are_linked() -> None:
    assert not advance(Story(), decided("slack")).went_on
    assert advance(Story(linked=True), decided("slack")).went_on


def test_a_question_back_is_no_answer_yet() -> None:
    asked = advance(Story(linked=True), decided("slack", move="offer"))
    assert asked.checking and not asked.went_on
    answered = advance(asked, decided("slack"))
    assert answered.went_on and not answered.checking


def test_silence_is_no_step() -> None:
    assert advance(Story(), decided("sms", silent="a person has the case")) == Story()


def test_a_person_who_answers_ends_the_story() -> None:
    handed = advance(Story(), Event("handoff", AT, 1, 1, {"state": "opened"}))
    assert handed.handed
    assert advance(handed, Event("message", AT, 1, 1, {"author": "agent"})).answered
