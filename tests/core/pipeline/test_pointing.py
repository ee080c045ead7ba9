"""An article that may answer is named and claims nothing; the customer says whether it helped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.pipeline.pointing import POINTED
from core.turn import Decision
from core.wording import variants
from tests.core.pipeline.shop import ARTICLE, SHOP, Talk

SETTINGS = {"article_threshold": 0.95, "point_threshold": 0.1, "fallback_limit": 2}

NEAR = replace(SHOP, settings=SETTINGS)
"""The shop, when it is hardly ever sure, and calls a person at the second turn in vain."""

ASKED = "does the shirt shrink when i wash it?"


def template(decision: Decision) -> str:
    """What the words of a reply were made from."""
    return next(str(one.output["template"]) for one in decision.stages if one.stage == "response")


def text(decision: Decision) -> str:
    """What is said."""
    assert decision.reply is not None
    return decision.reply.text


def pointed() -> Talk:
    """A talk in which an article was named."""
    talk = Talk(NEAR)
    talk.say(ASKED)
    return talk


def test_an_article_that_comes_near_is_named_with_its_link_and_a_question() -> None:
    (decision,) = pointed().decisions
    assert template(decision) == f"point:{ARTICLE.name}"
    assert ARTICLE.title in text(decision) and ARTICLE.url in text(decision)
    assert text(decision).count("?") == 1
    assert decision.sources == ((ARTICLE.title, ARTICLE.url),)
    assert "30 degrees" not in text(decision)


def test_a_surer_one_answers_and_a_farther_one_is_not_named() -> None:
    sure, far = (
        Talk(replace(NEAR, settings={"article_threshold": least, "point_threshold": least}))
        for least in (0.1, 0.95)
    )
    assert template(sure.say(ASKED)) == f"article:{ARTICLE.name}"
    assert not template(far.say(ASKED)).startswith("point:")


@pytest.mark.parametrize("words", ["yes", "Yes, thank you", "ok thanks"])
def test_a_yes_to_it_is_a_nod_and_nothing_was_in_vain(words: str) -> None:
    talk = pointed()
    decision = talk.say(words)
    assert decision.escalation is None
    assert not {"fallbacks", POINTED} & decision.case.counters.keys()


@pytest.mark.parametrize("words", ["no", "No, it does not.", "not really"])
def test_a_no_to_it_brings_a_person_after_two_turns_in_vain(words: str) -> None:
    decision = pointed().say(words)
    assert decision.escalation is not None
    assert decision.escalation.rule == "no-answer"


def test_a_no_where_the_shop_has_more_patience_is_not_understood() -> None:
    talk = Talk(replace(NEAR, settings={**SETTINGS, "fallback_limit": 5}))
    talk.say(ASKED)
    decision = talk.say("no")
    assert template(decision) == "unknown"
    assert decision.case.counters["fallbacks"] == 2
    assert template(talk.say("no")) != "unknown"


def test_two_in_a_row_bring_a_person() -> None:
    decision = pointed().say("can the shirt go in a microwave?")
    assert decision.escalation is not None


def test_something_else_after_it_is_answered_as_ever() -> None:
    decision = pointed().say("no, when are you open?")
    assert template(decision) == "opening"
    assert POINTED not in decision.case.counters


def test_beside_an_open_question_no_article_is_named() -> None:
    talk = Talk(NEAR)
    talk.say("where is my order")
    decision = talk.say(ASKED)
    assert not template(decision).startswith("point:")
    assert decision.reply is not None


def test_a_talk_by_text_message_has_room_for_it() -> None:
    talk = Talk(NEAR, channel="sms")
    assert ARTICLE.url in text(talk.say(ASKED))


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_every_wording_names_title_and_link_and_asks_once(language: str) -> None:
    said = variants(replace(SHOP, language=language), POINTED)
    assert len(said) >= 6
    for one in said:
        assert "{title}" in one and "{url}" in one
        assert one.count("?") == 1
