"""Manners: regret for the annoyed, honesty for who asks what answers, a polite word in return."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.answers.defaults import DEFAULT_ANSWERS
from core.pipeline.contracts import IntentGuess
from core.pipeline.response.articles import ArticleIndex
from core.pipeline.response.stage import response_stage
from core.pipeline.state.stage import state_stage
from core.playbook.model import Intent
from tests.core.pipeline.shop import SHOP, Talk

OWNER = ("email:robin@example.com",)
REGRET, HONEST = DEFAULT_ANSWERS["regret"], DEFAULT_ANSWERS["automated"]


@pytest.mark.parametrize(
    ("text", "key"), [("no that's all", "decline"), ("nothing else, thank you", "thanks")]
)
def test_a_courtesy_is_returned_though_no_intent_of_the_playbook_names_it(
    text: str, key: str
) -> None:
    intents = tuple(one for one in SHOP.intents if not one.small_talk)
    talk = Talk(playbook=replace(SHOP, intents=intents))
    assert talk.hear(text) == DEFAULT_ANSWERS[key][0]
    assert talk.hear("qwp zxv?") not in DEFAULT_ANSWERS[key]


def test_once_all_is_told_a_value_in_a_story_is_not_said_back() -> None:
    for text, said in (
        ("make it Friday instead", "Friday"),
        ("my whole family is so looking forward to the party there on Sunday", ""),
        ("oh and that was Friday? my whole family looks forward to the party", "Friday"),
    ):
        talk = Talk()
        for one in ("book a visit", "Ada", "Thursday"):
            talk.say(one)
        assert talk.case.done == ("visit",)
        reply = talk.hear(text)
        assert said in reply, reply
        assert "Sunday" not in reply, reply


def test_whoever_only_asks_for_help_is_asked_what_with() -> None:
    assert Talk().hear("please help") == "Happy to help. What is it about?"


def test_the_first_annoyed_message_gets_a_word_of_regret_before_what_is_next() -> None:
    talk = Talk()
    assert talk.hear("this is really annoying") == f"{REGRET[0]} What can I do for you?"
    assert talk.case.flow is None
    asked = Talk()
    asked.say("where is my order")
    assert (
        asked.hear("this is annoying") == f"{REGRET[0]} Could you tell me the order number, please?"
    )
    told = Talk(proved=OWNER)
    assert told.hear("useless, where is my order 1042") == f"{REGRET[0]} Order 1042 is on its way."


def test_a_word_of_regret_is_not_put_before_another() -> None:
    slots = {**SHOP.slots, "reason": replace(SHOP.slots["reason"], ask=("Sorry. What is it?",))}
    talk = Talk(playbook=replace(SHOP, slots=slots))
    assert talk.hear("the worst! i want to return my order") == "Sorry. What is it?"


def test_a_text_message_has_room_for_regret() -> None:
    talk = Talk(channel="sms")
    reply = talk.hear("this is really annoying, how do i wash the shirt?")
    assert reply.startswith(f"{REGRET[0]} Wash the shirt")
    assert len(reply) <= 300


def test_whoever_asks_what_answers_is_told_and_no_person_is_called() -> None:
    talk = Talk()
    assert talk.hear("are you a bot?") == f"{HONEST[0]} What can I do for you?"
    assert talk.decisions[-1].escalation is None
    talk.say("where is my order")
    reply = talk.hear("hello, am I talking to a human?")
    assert reply == f"{HONEST[1]} Could you tell me the order number, please?"
    assert talk.decisions[-1].asked == ("order_id",)
    assert "1042" in talk.hear("1042")
    escalation = talk.say("are you a bot? I want a person").escalation
    assert escalation is not None
    assert escalation.rule == "asked-for-human"


def test_to_wonder_what_answers_is_no_question_asked_in_vain() -> None:
    talk = Talk()
    talk.say("where is my order")
    for _ in range(2):
        assert talk.say("are you a robot?").asked == ("order_id",)
    assert talk.say("hm, let me think").asked == ("order_id",)


def test_a_matter_told_along_with_the_question_is_seen_to() -> None:
    reply = Talk().hear("are you a bot? where is my order")
    assert reply == f"{HONEST[0]} What is your order number?"


def test_a_playbook_may_say_itself_what_answers() -> None:
    own = Intent("self", "about me", ("are you a bot", "are you human", "a robot"), answer="self")
    playbook = replace(SHOP, intents=(*SHOP.intents, own), answers={"self": ("I am Loomy.",)})
    sure = IntentGuess("self", 0.95, 0.9)
    turn = Talk(playbook=playbook).turn("are you a bot?")
    step = state_stage(turn, sure, playbook)
    assert step.guess is not None
    draft = response_stage(ArticleIndex(()))(turn, step.guess, step, playbook)
    assert draft.text == "I am Loomy."


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        (
            "Thanks for that. Could you also confirm the thread count? I just want to be sure.",
            False,
        ),
        ("I just want to be sure that it is the right one.", True),
    ],
)
def test_a_question_between_two_sentences_is_not_only_noted(text: str, noted: bool) -> None:
    talk = Talk(proved=("email:robin@example.com", "email:kim@example.com"))
    talk.say("where is my order 1042")
    decision = talk.say(text)
    assert (decision.stages[2].output["template"] == "noted") is noted
