"""Whole talks through all four stages, with a trained model and real look-ups."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.effects import LookUp
from core.message import Assurance, Audience, Sensitivity
from core.pipeline.contracts import IntentGuess, NeedEffect, StateStep
from core.pipeline.decide import decide
from core.pipeline.response.articles import ArticleIndex
from core.pipeline.response.stage import response_stage
from core.pipeline.trivial import trivial_stages
from core.playbook.model import Article
from core.turn import CaseState, Decision, Fact
from tests.core.pipeline.shop import NOW, SHOP, Talk, stages

OWNER = ("email:robin@example.com",)
REMEMBERED = Fact("order_id", "1042", "m9", "phone:+1", Assurance.AUTHENTICATED, NOW)


def test_a_flow_asks_for_what_is_missing_and_tells_what_it_found() -> None:
    talk = Talk()
    assert "order number" in talk.hear("where is my order")
    assert talk.hear("1042").endswith("Which e-mail did you order with?")
    assert talk.hear("robin@example.com") == "Order 1042 is on its way."
    assert talk.case.done == ("order_status",)
    assert talk.case.flow is None


def test_a_proved_owner_is_not_asked_for_a_second_detail() -> None:
    talk = Talk(proved=OWNER)
    assert talk.hear("where is my order 1042") == "Order 1042 is on its way."


def test_somebody_elses_order_reads_like_one_that_does_not_exist() -> None:
    other, absent = Talk(), Talk()
    for talk, order in ((other, "1042"), (absent, "9999")):
        talk.say(f"where is my order {order}")
        talk.say("kim@example.com")
    first, second = other.decisions[-1].reply, absent.decisions[-1].reply
    assert first is not None
    assert second is not None
    assert first.text == second.text


def test_a_correction_after_nothing_was_found_looks_up_again() -> None:
    talk = Talk()
    talk.say("where is my order 1042")
    assert "no such order" in talk.hear("kim@example.com")
    assert "on its way" in talk.hear("sorry, robin@example.com")


def test_a_look_up_that_keeps_failing_goes_to_a_person() -> None:
    talk = Talk()
    talk.say("where is my order 1042")
    for mail in ("a@example.com", "b@example.com", "c@example.com"):
        talk.say(mail)
    escalation = talk.decisions[-1].escalation
    assert escalation is not None
    assert escalation.rule == "unanswered"


def test_a_second_order_after_the_first_is_looked_up() -> None:
    talk = Talk(proved=(*OWNER, "email:kim@example.com"))
    talk.say("where is my order 1042")
    assert "1043 is packed" in talk.hear("and order 1043?")


def test_a_remembered_value_is_offered_and_a_yes_takes_it() -> None:
    talk = Talk(proved=OWNER, facts=(REMEMBERED,))
    assert talk.hear("where is my order") == "Is this about order 1042?"
    assert talk.decisions[-1].asked == ()
    assert "1042 is on its way" in talk.hear("yes please")
    value = talk.case.slot("order_id")
    assert value is not None
    assert value.source == "m9"
    assert value.confirmed


def test_a_refused_value_is_not_offered_again() -> None:
    talk = Talk(facts=(REMEMBERED,))
    talk.say("where is my order")
    assert talk.hear("no") == "What is your order number?"
    assert talk.hear("1043").endswith("Which e-mail did you order with?")
    assert [one.value for one in talk.case.slots] == ["1043"]


def test_nothing_remembered_is_offered_where_others_read_along() -> None:
    talk = Talk(proved=OWNER, facts=(REMEMBERED,), audience=Audience.ROOM)
    assert "1042" not in talk.hear("where is my order")


def test_nothing_personal_is_told_or_asked_where_others_read_along() -> None:
    talk = Talk(proved=OWNER, audience=Audience.ROOM)
    reply = talk.hear("where is my order 1042")
    assert "on its way" not in reply
    assert "e-mail" not in reply
    assert "read along" in reply


def test_what_is_personal_is_asked_where_the_channel_can_ask_the_sender_alone() -> None:
    talk = Talk(proved=OWNER, audience=Audience.ROOM, private_reply=True)
    reply = talk.say("where is my order 1042").reply
    assert reply is not None
    assert "e-mail" in reply.text
    assert reply.sensitivity is Sensitivity.PERSONAL


def test_remembered_slots_become_facts() -> None:
    talk = Talk()
    facts = talk.say("where is my order 1042").facts
    assert [(one.key, one.value, one.source) for one in facts] == [
        ("order_id", "1042", "m0.0"),
        ("identifier:order:1042", "1042", "m0.0"),
    ]


def test_an_article_answers_beside_the_flow_with_title_and_link_only() -> None:
    talk = Talk()
    talk.say("i want to visit the workshop, my name is Robin")
    decision = talk.say("how do i wash the shirt?")
    assert decision.sources == (("How to wash our shirts", "https://shop.example/washing"),)
    assert decision.reply is not None
    assert "Wash the shirt at 30 degrees." in decision.reply.text
    assert "0." not in decision.reply.text
    assert talk.hear("tomorrow") == "See you tomorrow, Robin."


def test_a_slot_told_before_it_is_asked_is_never_asked() -> None:
    talk = Talk()
    assert talk.hear("book a visit, my name is Robin, tomorrow") == "See you tomorrow, Robin."


def test_a_change_of_mind_ends_the_flow() -> None:
    talk = Talk()
    talk.say("book a visit")
    talk.say("never mind")
    assert talk.case.flow is None
    assert talk.case.asking is None


def test_an_optional_slot_is_skipped_and_the_flow_goes_to_its_queue() -> None:
    talk = Talk()
    talk.say("i want to return an item")
    assert talk.hear("no idea") == "Which size?"
    decision = talk.say("large")
    assert decision.escalation is not None
    assert (decision.escalation.rule, decision.escalation.queue) == ("flow", "returns")


def test_a_secret_is_carried_as_provided_and_never_read_back() -> None:
    talk = Talk()
    talk.say("change my card")
    reply = talk.hear("4111 1111 1111 1111")
    value = talk.case.slot("card")
    assert value is not None
    assert (value.value, value.secret) == ("provided", True)
    assert value.digest
    assert "4111" not in reply


def test_a_question_back_names_only_what_the_message_speaks_of() -> None:
    unsure = IntentGuess(None, 0.4, 0.05, (("washing", 0.4), ("opening", 0.35), ("visit", 0.2)))
    word = response_stage(ArticleIndex(()))
    step = StateStep("unclear", CaseState(), None)
    for text, template in (
        ("will it rain tomorrow?", "unknown"),
        ("are you washing on sunday?", "clarify"),
        ("is the dryer any good?", "unknown"),
    ):
        assert word(Talk().turn(text), unsure, step, SHOP).template == template


def test_nothing_found_asks_back_and_then_hands_over() -> None:
    talk = Talk()
    for text in ("qwp zxv?", "the moon is made of what?", "kjhg plok?"):
        talk.say(text)
    escalation = talk.decisions[-1].escalation
    assert escalation is not None
    assert escalation.rule == "no-answer"


def test_a_limit_of_zero_never_hands_over_for_lack_of_an_answer() -> None:
    talk = Talk(playbook=replace(SHOP, settings={"fallback_limit": 0}))
    for number in range(8):
        talk.say(f"qwp zxv {number}?")
    assert all(one.escalation is None for one in talk.decisions)


def test_a_question_in_vain_is_left_out_when_the_playbook_says_so() -> None:
    talk = Talk(playbook=replace(SHOP, settings={"repeat_limit": 0, "fallback_limit": 0}))
    for text in ("book a visit", "I do not know", "I do not know"):
        talk.say(text)
    assert talk.case.done == ("visit",)
    assert all(one.escalation is None for one in talk.decisions)


@pytest.mark.parametrize(
    ("channel", "where"), [("sms", "here by SMS"), ("webchat", "in this chat"), ("fax", "here")]
)
def test_a_handoff_names_where_the_answer_arrives(channel: str, where: str) -> None:
    assert where in Talk(channel=channel).hear("I want to talk to a human")


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (NOW, "we are open now"),
        (datetime(2026, 3, 7, 11, tzinfo=UTC), "on Monday at 09:00"),
        (datetime(2026, 3, 4, 20, tzinfo=UTC), "tomorrow at 09:00"),
    ],
)
def test_a_handoff_names_when(now: datetime, words: str) -> None:
    assert words in Talk(now=now).hear("let me speak to a person")


def test_the_bot_is_silent_while_a_person_has_the_case() -> None:
    talk = Talk()
    talk.say("I want to talk to a human")
    decision = talk.say("my name is Robin")
    assert (decision.reply, decision.silent) == (None, "a person has the case")
    assert decision.escalation is None


def test_a_reply_by_sms_stays_within_two_segments() -> None:
    talk = Talk(channel="sms")
    for text in ("book a visit, my name is Robin", "how do i wash the shirt?", "tomorrow"):
        assert len(talk.hear(text)) <= 300


def test_a_goodbye_after_all_is_done_closes_the_case() -> None:
    talk = Talk(proved=OWNER)
    talk.say("where is my order 1042")
    assert talk.say("goodbye").close == "confirmed"


def test_after_a_goodbye_the_case_goes_on_with_all_that_was_told() -> None:
    talk = Talk(proved=OWNER)
    talk.say("where is my order 1042")
    assert talk.say("goodbye").close == "confirmed"
    assert talk.say("thank you").close == "confirmed"
    again = talk.say("sorry, where is my order again?")
    assert (again.close, again.asked) == (None, ())
    assert not again.new_case
    assert again.case.slot("order_id") is not None


@pytest.mark.parametrize(
    "text", ["Bye! Or can you see it arrive on Thursday?", "see you on Monday"]
)
def test_what_asks_or_tells_something_is_no_goodbye(text: str) -> None:
    talk = Talk(proved=OWNER)
    talk.say("book a visit, my name is Robin", "tomorrow")
    decision = talk.say(text)
    assert decision.close is None
    assert decision.reply is not None
    assert "bye" not in decision.reply.text.lower()


def test_who_wants_nothing_more_is_not_asked_on() -> None:
    talk = Talk()
    talk.say("where is my order")
    decision = talk.say("nothing else, bye")
    assert (decision.asked, decision.case.asking, decision.case.flow) == ((), None, None)


def test_a_question_beside_the_matter_is_said_to_be_beyond_it() -> None:
    talk = Talk()
    talk.say("where is my order")
    assert talk.hear("who is the driver?").startswith("I have no answer to that here. ")
    assert talk.decisions[-1].asked == ("order_id",)


def test_a_flow_begun_on_a_presumption_is_not_answered_with_an_article() -> None:
    decision = Talk().say("what about my shirt, has it shipped?")
    assert decision.reply is not None
    assert (decision.reply.text, decision.sources) == ("What is your order number?", ())
    assert (decision.stages[0].output["intent"], decision.intent) == (None, "order_status")


def test_an_unclear_question_is_about_the_matter_in_hand() -> None:
    body = "Send a photo, it helps us."
    washing = Article("stains", "Stains", "https://shop.example/stains", body, (), ("washing",))
    visit = Article("visit", "Visits", "https://shop.example/visit", body, (), ("visit",))
    playbook = replace(SHOP, articles=(washing, visit))
    unsure = IntentGuess(None, 0.3, 0.1, (("washing", 0.3), ("visit", 0.2)))
    word = response_stage(ArticleIndex(playbook.articles))
    for flow, title in (("visit", "Visits"), (None, "Stains")):
        case = CaseState(intent="visit", flow=flow, asking="name")
        step = StateStep("ask", case, "visit", ask="name")
        draft = word(Talk().turn("can I send a photo?"), unsure, step, playbook)
        assert [one for one, _ in draft.sources] == [title]


def test_a_goodbye_in_the_middle_closes_nothing() -> None:
    talk = Talk()
    talk.say("book a visit")
    assert talk.say("goodbye").close is None


def test_a_look_up_is_asked_for_as_an_effect() -> None:
    talk = Talk(proved=OWNER)
    asked = decide(talk.turn("where is my order 1042"), SHOP, stages(), lambda: 0)
    assert isinstance(asked, NeedEffect)
    assert isinstance(asked.effect, LookUp)
    assert asked.effect.key == {"order_id": "1042"}
    assert asked.effect.proved == OWNER


def test_a_decision_records_four_stages_with_versions() -> None:
    decision = Talk().say("hello")
    assert [one.stage for one in decision.stages] == ["intent", "state", "response", "rules"]
    assert all(one.version for one in decision.stages)


def test_the_trivial_stages_echo() -> None:
    turn = Talk().turn("ping")
    decision = decide(turn, SHOP, trivial_stages(), lambda: 0)
    assert isinstance(decision, Decision)
    assert decision.reply is not None
    assert decision.reply.text == "You said: ping"
    silent = decide(replace(turn, in_handoff=True), SHOP, trivial_stages(), lambda: 0)
    assert isinstance(silent, Decision)
    assert silent.reply is None
    assert silent.silent
