"""What customers do in the middle of things: correct, wander off, come back, and fall silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.message import Assurance, Author
from core.turn import Fact, Recall, Said, TurnInput
from tests.core.pipeline.shop import NOW, SHOP, Talk
from tests.core.pipeline.test_actions import acts, talk, told

BOTH = ("email:robin@example.com", "email:kim@example.com")


@pytest.mark.parametrize(
    "text", ["I meant 1043, not 1042", "sorry, not 1042 but 1043", "no, 1043", "and order 1043?"]
)
def test_another_number_is_looked_up(text: str) -> None:
    one = Talk(proved=BOTH)
    one.say("where is my order 1042")
    assert one.hear(text) == "Order 1043 is packed."


@pytest.mark.parametrize("text", ["no, the other order", "not that one", "another order please"])
def test_the_other_one_is_asked_for_when_it_is_not_known(text: str) -> None:
    one = Talk(proved=BOTH)
    one.say("where is my order 1042")
    decision = one.say(text)
    assert decision.asked == ("order_id",)
    assert one.case.slot("order_id") is None
    assert "packed" in one.hear("1043")


def test_the_other_one_is_offered_when_it_is_remembered_and_the_same_is_not() -> None:
    fact = Fact("order_id", "1043", "m9", "phone:+1", Assurance.AUTHENTICATED, NOW)
    one = Talk(proved=BOTH, facts=(fact,))
    one.say("where is my order 1042")
    assert one.hear("no, the other order") == "Is this about order 1043?"
    assert "packed" in one.hear("yes")
    same = Talk(proved=BOTH, facts=(replace(fact, value="1042"),))
    same.say("where is my order 1042")
    assert same.say("no, the other order").asked == ("order_id",)


def test_a_correction_after_the_end_is_said_again_with_it() -> None:
    one = Talk()
    for text in ("i want to visit the workshop", "Robin", "Friday"):
        one.say(text)
    assert one.hear("change the day to Monday") == "See you Monday, Robin."


def test_a_correction_after_an_action_is_agreed_on_and_names_what_it_replaces() -> None:
    one = talk()
    told(one)
    one.say("yes")
    assert "Monday" in one.hear("change the day to Monday")
    one.say("yes")
    first, second = acts(one)
    assert (first.replaces, second.replaces) == (None, first.key)


def test_what_was_interrupted_is_come_back_to_with_what_was_told() -> None:
    one = Talk(proved=BOTH)
    one.say("i want to visit the workshop")
    one.say("Robin")
    reply = one.hear("where is my order 1042")
    assert reply.startswith("Order 1042 is on its way.")
    assert reply.count("?") == 1
    assert one.decisions[-1].asked == ("day",)
    assert one.hear("Friday") == "See you Friday, Robin."
    assert one.case.counters.get("turns") == 4


def test_what_was_given_up_is_not_come_back_to() -> None:
    one = Talk(proved=BOTH)
    one.say("i want to visit the workshop")
    one.say("never mind")
    assert one.hear("where is my order 1042") == "Order 1042 is on its way."


class Later(Talk):
    """A customer who is silent for some hours before each message from the second on."""

    hours: float = 100

    def turn(
        self, *texts: str, expecting: str | None = None, quick_reply: str | None = None
    ) -> TurnInput:
        turn = super().turn(*texts, expecting=expecting, quick_reply=quick_reply)
        if not self.decisions:
            return turn
        last = Said("m", NOW - timedelta(hours=self.hours), "sms", Author.BOT, "?", 1, self.handle)
        return replace(turn, recall=Recall(exchanges=(last,)))


def test_after_days_an_answer_is_kept_and_the_matter_asked_about_first() -> None:
    one = Later()
    one.say("i want to visit the workshop")
    reply = one.hear("Robin")
    assert reply.endswith("Is this still about book a visit?")
    one.hours = 1
    assert "day" in one.hear("yes")
    assert one.decisions[-1].asked == ("day",)


def test_what_is_told_with_the_yes_is_told_for_the_matter() -> None:
    one = Later()
    one.say("i want to visit the workshop")
    one.say("Robin")
    one.hours = 1
    assert one.hear("yes, on Friday").endswith("See you on Friday, Robin.")


def test_after_days_a_no_leaves_it_and_another_matter_is_itself() -> None:
    one = Later(proved=BOTH)
    one.say("i want to visit the workshop")
    one.say("Robin")
    one.hours = 1
    one.say("no")
    assert one.case.flow is None
    two = Later(proved=BOTH)
    two.say("i want to visit the workshop")
    assert two.hear("where is my order 1042").endswith("Order 1042 is on its way.")


def test_within_the_hours_the_question_stands_and_zero_never_expires() -> None:
    one = Later()
    one.hours = 71
    one.say("i want to visit the workshop")
    one.say("Robin")
    assert one.decisions[-1].asked == ("day",)
    never = Later(replace(SHOP, version="never", settings={"flow_hours": 0}))
    never.say("i want to visit the workshop")
    never.say("Robin")
    assert never.decisions[-1].asked == ("day",)


def test_a_yes_after_days_does_not_carry_an_action_out() -> None:
    one = talk()
    told(one)
    later = Later(one.playbook, results=one.results, case=one.case, case_id="1")
    later.decisions.extend(one.decisions)
    later.say("yes")
    assert acts(later) == []
