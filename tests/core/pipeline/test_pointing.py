"""An article that may answer is named and claims nothing; the customer says whether it helped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.answers.wording import variants
from core.pipeline.contracts import Draft, IntentGuess, Told
from core.pipeline.response.articles import ArticleIndex
from core.pipeline.response.pointing import POINTED
from core.pipeline.response.stage import response_stage
from core.pipeline.state.stage import state_stage
from core.playbook.model import Action, Article, Playbook
from core.turn import Decision
from tests.core.pipeline.shop import ARTICLE, SHOP, Talk

SETTINGS = {"article_threshold": 0.95, "point_threshold": 0.1, "fallback_limit": 2}

NEAR = replace(SHOP, settings=SETTINGS)
"""The shop, when it is hardly ever sure, and calls a person at the second turn in vain."""

ASKED = "does the shirt shrink when i wash it?"


WORDS = {"to": "a…@example.com", "choices": "a…@example.com or …12"}


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
    for key, questions in ((POINTED, 1), ("pointed_first", 0)):
        said = variants(replace(SHOP, language=language), key)
        assert len(said) >= 6
        for one in said:
            assert "{title}" in one and "{url}" in one
            assert one.count("?") == questions


BACK = Article(
    "back",
    "Returns",
    "https://shop.example/back",
    "A return takes 14 days. The post is free.",
    ("return",),
    ("return",),
)
LONG = "how long does a return take?"


def worded(
    words: str, intent: str, least: float, channel: str = "webchat", playbook: Playbook = SHOP
) -> Draft:
    """What is said to a first message of this intent, where an article is sure from `least` on."""
    settings = {"article_threshold": least, "point_threshold": 0.1}
    playbook = replace(playbook, articles=(BACK,), settings=settings)
    turn = Talk(playbook, channel=channel).turn(words)
    step = state_stage(turn, IntentGuess(intent, 0.95, 0.9), playbook)
    assert step.guess is not None
    return response_stage(ArticleIndex(playbook.articles))(turn, step.guess, step, playbook)


def test_a_question_about_a_flow_is_answered_and_then_the_flow_asks() -> None:
    draft = worded(LONG, "return", 0.3)
    assert "A return takes 14 days." in draft.text
    assert draft.text.endswith("Why do you want to return it?")
    assert draft.asked == ("reason",)
    assert draft.sources == ((BACK.title, BACK.url),)


def test_a_wish_begins_the_flow_at_once() -> None:
    draft = worded("i want to return my order, can you help?", "return", 0.1)
    assert (draft.asked, draft.sources) == (("reason",), ())
    assert BACK.url not in draft.text


def test_where_it_is_not_sure_the_article_is_named_before_the_flow_asks() -> None:
    draft = worded(LONG, "return", 1.1)
    assert BACK.url in draft.text and "14 days" not in draft.text
    assert draft.text.count("?") == 1
    assert draft.asked == ("reason",)


def test_what_is_looked_up_needs_no_article_that_is_not_sure() -> None:
    draft = worded("how long until my return is there?", "order_status", 1.1)
    assert (draft.asked, draft.sources) == (("order_id",), ())


def test_what_is_looked_up_before_something_is_done_answers_nothing_by_itself() -> None:
    flow = replace(SHOP.flows["return"], escalate=None, look_up="quote", action="refund")
    actions = {name: Action(name, name, run=name) for name in ("quote", "refund")}
    playbook = replace(SHOP, flows={**SHOP.flows, "return": flow}, actions=actions)
    assert BACK.url in worded(LONG, "return", 1.1, playbook=playbook).text


@pytest.mark.parametrize("key", ["step_up", "step_up_offer", "step_up_which"])
def test_a_question_is_answered_before_a_proof_is_asked_for(key: str) -> None:
    playbook = replace(SHOP, articles=(BACK,), settings={"article_threshold": 0.3})
    turn = Talk(playbook).turn(LONG)
    guess = IntentGuess("return", 0.95, 0.9)
    step = replace(state_stage(turn, guess, playbook), move="identity", told=Told(key, WORDS))
    draft = response_stage(ArticleIndex(playbook.articles))(turn, guess, step, playbook)
    assert draft.text.startswith("A return takes 14 days.")
    assert draft.template == key
    other = replace(step, told=Told("code_wrong", WORDS))
    assert "14 days" not in response_stage(ArticleIndex((BACK,)))(turn, guess, other, playbook).text
