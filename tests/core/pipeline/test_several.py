"""Several matters in one message: each is heard, answered or kept, and one matter stays one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pipeline.contracts import IntentGuess
from core.pipeline.intent.several import hear_several, parts_of, without
from core.turn import CaseState, Said, TurnInput, Waiting
from memory.codec import dump_case, load_case
from tests.core.pipeline.shop import SHOP, Talk, stages


@dataclass
class Remembered(Talk):
    """A talk whose earlier messages are recalled, as the gateway does."""

    thread: tuple[Said, ...] = ()

    def turn(self, *texts: str, **more: Any) -> TurnInput:
        turn = super().turn(*texts, **more)
        turn = replace(turn, recall=replace(turn.recall, exchanges=self.thread))
        self.thread = (*self.thread, *turn.messages)
        return turn

    def intents(self) -> tuple[object, ...]:
        """What the last turn heard beside the first matter, did at once, and left waiting."""
        heard, did = self.decisions[-1].stages[0].output, self.decisions[-1].stages[1].output
        return heard.get("others"), did.get("also"), did.get("waiting")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("where is my order", ("where is my order",)),
        ("Where is my order? Do you ship it?", ("Where is my order?", "Do you ship it?")),
        ("where is it and how do I pay", ("where is it", "how do I pay")),
        ("where is my order and how do I pay", ("where is my order", "how do I pay")),
        ("I bought a lamp and a shade", ("I bought a lamp and a shade",)),
        ("set an alarm and tell me a joke", ("set an alarm", "tell me a joke")),
        (
            "It is red and blue and I want to return it",
            ("It is red and blue", "I want to return it"),
        ),
        ("Track my parcel. One more thing: do you ship?", ("Track my parcel.", "do you ship?")),
        (
            "Et où est mon colis ? Autre chose, vous livrez le lundi ?",
            ("où est mon colis ?", "vous livrez le lundi ?"),
        ),
        ("Hello! And also, can you help me?", ("can you help me?",)),
        ("1042. And are you open today?", ("are you open today?",)),
        ("Wo ist mein Paket, und wie zahle ich?", ("Wo ist mein Paket", "wie zahle ich?")),
        ("où est mon colis et comment payer ceci", ("où est mon colis", "comment payer ceci")),
        ("line one is here\nline two is here", ("line one is here", "line two is here")),
        ("ok. yes. no.", ("ok. yes. no.",)),
        ("", ("",)),
    ],
)
def test_a_message_is_parted_where_it_asks_anew(text: str, parts: tuple[str, ...]) -> None:
    assert parts_of(text) == parts


@given(st.text(max_size=120))
@settings(max_examples=150, deadline=None)
def test_parts_are_of_the_message_and_never_none(text: str) -> None:
    parts = parts_of(text)
    assert parts and all(one in text for one in parts)


def test_what_is_only_answered_is_answered_beside_the_first_question() -> None:
    talk = Remembered(proved=())
    reply = talk.hear("Where is order 1042? And when are you open?")
    assert reply.startswith("We are open from 9 to 17") and reply.endswith("order with?")
    assert reply.count("?") == 1 and talk.decisions[-1].asked == ("email",)
    assert talk.intents() == (["opening"], ["order_status", "opening"], None)
    assert talk.hear("robin@example.com") == "Order 1042 is on its way."


def test_a_second_flow_begins_when_the_first_is_over() -> None:
    talk = Remembered(proved=())
    talk.hear("where is my order 1042, and i want to return my order")
    assert talk.intents() == (["return"], None, ["return"])
    reply = talk.hear("robin@example.com")
    assert "is on its way." in reply and reply.endswith("Why do you want to return it?")
    assert talk.intents() == (None, ["order_status", "return"], None)
    assert talk.case.flow == "return" and talk.case.asking == "reason"
    assert talk.case.counters["turns"] == 2


def test_two_questions_to_which_there_are_answers_get_both() -> None:
    talk = Remembered()
    reply = talk.hear("when are you open and how do i wash the shirt?")
    assert "from 9 to 17" in reply and "30 degrees" in reply
    assert ("How to wash our shirts", "https://shop.example/washing") in talk.decisions[-1].sources


def test_two_answers_are_one_mail() -> None:
    talk = Remembered(channel="email")
    reply = talk.hear("when are you open and how do i wash the shirt?")
    assert reply.count("Hello") == 1 and reply.endswith("Shirts")
    assert "from 9 to 17" in reply and "30 degrees" in reply


def test_regret_comes_before_both() -> None:
    talk = Remembered(proved=())
    reply = talk.hear("This is terrible, where is my order 1042? And are you open on sunday?")
    assert reply.startswith("I am sorry") and "from 9 to 17" in reply and reply.endswith("?")


def test_what_is_said_of_one_matter_is_no_detail_of_another() -> None:
    talk = Remembered()
    talk.hear("Are you open on sunday? I want to book a visit")
    assert talk.case.flow == "visit" and talk.case.slot("day") is None


def test_a_question_beside_an_answer_to_ours_is_answered() -> None:
    talk = Remembered(proved=())
    talk.hear("where is my order")
    reply = talk.hear("1042. And are you open on sunday?")
    assert "from 9 to 17" in reply and talk.case.slot("order_id") is not None
    assert talk.decisions[-1].asked == ("email",)


def test_an_answer_is_one_though_a_question_stands_behind_it() -> None:
    talk = Remembered()
    talk.hear("i want to book a visit")
    reply = talk.hear("Kim. And how do i wash the shirt?")
    assert "30 degrees" in reply and reply.endswith("Which day suits you?")
    name = talk.case.slot("name")
    assert name is not None and name.value == "Kim"


def test_a_question_beside_another_matter_is_answered_once() -> None:
    talk = Remembered(proved=())
    talk.hear("i want to book a visit")
    reply = talk.hear("where is my order? how do i wash the shirt?")
    assert reply.count("30 degrees") == 1 and talk.decisions[-1].asked == ("order_id",)


def test_questions_in_the_place_of_an_answer_are_all_kept() -> None:
    talk = Remembered(proved=())
    talk.hear("i want to book a visit")
    reply = talk.hear("when are you open? Also where is my order?")
    assert "from 9 to 17" in reply and talk.decisions[-1].asked == ("name",)
    talk.hear("Kim")
    assert talk.hear("monday").endswith("What is your order number?")


def test_a_flow_that_ends_with_people_leaves_the_other_waiting() -> None:
    talk = Remembered()
    talk.hear("i want to return my order. Also can i book a visit?")
    talk.hear("too small", "size large")
    talk.hear("small")
    assert [one.intent for one in talk.case.waiting] == ["visit"]


@pytest.mark.parametrize(
    "text",
    [
        "where is order 1042? has my package shipped? when will my order arrive?",
        "Where is my order? Thank you so much!",
        "where is order 1042? I want to talk to a human",
        "I went to the shop. It was closed. Where is my order?",
    ],
)
def test_one_matter_stays_one(text: str) -> None:
    talk = Remembered()
    talk.hear(text)
    assert talk.intents() == (None, None, None)


def test_what_is_told_around_a_wish_does_not_hide_it() -> None:
    talk = Remembered()
    text = "We came back from the seaside and my aunt found nothing. Where is my order?"
    assert stages().intent(talk.turn(text), SHOP).name == "order_status"
    assert stages().intent(talk.turn("My aunt found nothing. She left."), SHOP).name is None


GUESSES = {
    "track my parcel": IntentGuess("order_status", 0.95, 0.9),
    "can i come by": IntentGuess(None, 0.7, 0.5, (("visit", 0.7), ("opening", 0.2))),
    "my shirt is too small": IntentGuess("return", 0.95, 0.9),
    "can you help me with that?": IntentGuess("return", 0.95, 0.9),
    "will my parcel come": IntentGuess("opening", 0.93, 0.87, (("order_status", 0.06),)),
    "i might come by": IntentGuess(None, 0.7, 0.5, (("visit", 0.7), ("opening", 0.2))),
}


def _heard(text: str, *spoken_of: str, name: str | None = "order_status") -> IntentGuess:
    """What is heard in a text of parts, when the whole of it speaks of these intents."""
    whole = IntentGuess(name, 0.9, 0.5, tuple((one, 0.05) for one in spoken_of))
    stage = hear_several(lambda turn, playbook: whole, GUESSES.__getitem__)
    return stage(Talk().turn(text), SHOP)


def test_a_part_that_asks_is_heard_by_its_favourite_where_the_whole_speaks_of_it() -> None:
    heard = _heard("track my parcel and can i come by", "visit")
    assert heard.name == "order_status"
    assert [one.intent for one in heard.others] == ["visit"]


@pytest.mark.parametrize(
    ("text", "spoken_of"),
    [
        ("track my parcel and can i come by", "opening"),
        ("track my parcel and i might come by", "visit"),
        ("my shirt is too small and track my parcel", "visit"),
        ("track my parcel and can you help me with that?", "visit"),
        ("track my parcel and will my parcel come", "opening"),
    ],
)
def test_what_is_told_around_a_wish_is_no_second_one(text: str, spoken_of: str) -> None:
    assert _heard(text, spoken_of).others == ()


def test_a_favourite_alone_is_no_wish_in_the_place_of_none() -> None:
    heard = _heard("i might come by and can i come by", "visit", name=None)
    assert heard.name is None and heard.others == ()


def test_who_lets_it_be_lets_all_of_it_be() -> None:
    talk = Remembered(proved=())
    talk.hear("where is my order 1042, and i want to return my order")
    talk.hear("forget it")
    assert talk.case.waiting == ()


@pytest.mark.parametrize("leave", ["bye", "Thanks for your help! That is all I needed."])
def test_who_leaves_lets_all_of_it_be(leave: str) -> None:
    talk = Remembered()
    talk.say("I want to return my order. And I want to book a visit.")
    assert [one.intent for one in talk.case.waiting]
    talk.say(leave)
    assert talk.case.waiting == ()


def test_the_same_is_decided_again() -> None:
    first, second = Remembered(proved=()), Remembered(proved=())
    for text in ("where is my order 1042, and i want to return my order", "robin@example.com"):
        assert first.hear(text) == second.hear(text)
    assert first.case == second.case


def test_a_matter_whose_message_is_gone_is_let_go() -> None:
    talk = Remembered(proved=())
    talk.hear("where is my order 1042, and i want to return my order")
    talk.thread = ()
    assert talk.hear("robin@example.com") == "Order 1042 is on its way."
    assert talk.case.flow is None


def test_what_waits_is_stored_with_the_case() -> None:
    case = CaseState(intent="order_status", waiting=(Waiting("return", "7-1", 1),))
    assert load_case(dump_case(case)) == case


def test_a_turn_without_a_matter_keeps_the_rest() -> None:
    turn = Talk().turn("Where is it now? Do you ship on sunday?", "order 1042")
    left = without(turn, (Waiting("x", turn.messages[0].id, 1),))
    assert left.text == "Where is it now?\norder 1042"
    assert without(turn, ()).messages == turn.messages
