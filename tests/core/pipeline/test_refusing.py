"""Who lacks something refuses nothing, and who takes leave tells nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.pipeline.reading.phrases import refuses
from core.playbook.model import Rule
from tests.core.pipeline.shop import SHOP, Talk

SURE = Rule(
    "sure", 5, {"action": "return"}, {"require_confirm": True, "once_per_conversation": False}
)


def asked_for_a_yes() -> Talk:
    talk = Talk(playbook=replace(SHOP, rules=(SURE,)))
    for text in ("i want to return my order", "it does not fit", "medium"):
        talk.say(text)
    assert [name for name in talk.case.counters if name.startswith("confirming:")]
    return talk


@pytest.mark.parametrize(
    ("text", "no"),
    [
        ("no", True),
        ("no thanks", True),
        ("No, not that one", True),
        ("I don't have the number at hand", False),
        ("I don't have the receipt. Can you help me find it?", False),
        ("Not yet, what does it cost?", False),
        ("yes", False),
    ],
)
def test_what_is_a_no(text: str, no: bool) -> None:
    assert refuses(text) is no


@pytest.mark.parametrize(("text", "dropped"), [("no", True), ("I don't have the receipt", False)])
def test_who_lacks_something_drops_nothing(text: str, dropped: bool) -> None:
    talk = asked_for_a_yes()
    talk.say(text)
    waiting = [name for name in talk.case.counters if name.startswith("confirming:")]
    assert bool(waiting) is not dropped


@pytest.mark.parametrize(
    "text", ["Thank you for your help. That's all for now.", "Thanks so much, have a great day!"]
)
@pytest.mark.parametrize("begin", ["i want to book a visit", "i want to return my order"])
def test_the_words_of_a_goodbye_are_no_answer_to_a_question(text: str, begin: str) -> None:
    talk = Talk()
    assert talk.say(begin).asked
    decision = talk.say(text)
    assert decision.asked == ()
    assert talk.case.slots == ()


def test_a_number_told_with_a_goodbye_is_told() -> None:
    talk = Talk()
    talk.say("where is my order")
    talk.say("1042, thanks, that's all")
    assert talk.case.slot("order_id") is not None
