"""What short messages are: thanks and goodbyes, requests for time, wishes that look like both."""

from __future__ import annotations

import pytest

from core.pipeline.reading.bare import bare_value
from core.pipeline.reading.human_wish import asks_for_human
from core.pipeline.reading.phrases import (
    asks_who_answers,
    courtesy,
    does_not_know,
    is_chat,
    is_leaving,
    is_negative,
    is_waiting,
    is_wish,
)
from core.playbook.model import Slot


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Thanks, I appreciate it. I'll reach out if there is more.", "thanks"),
        ("no thats everything thank you so much", "thanks"),
        ("No, we're finished thanks, bye!", "goodbye"),
        ("Will do! Thanks. Goodbye!", "goodbye"),
        ("Great, appreciate it! That’s all I needed.", "decline"),
        ("That will be all for today.", "decline"),
        ("Thanks! I would like to change my address too.", None),
        ("Thank you, can you also send the bill?", None),
        ("Is that all?", None),
        ("My order is 1042", None),
        ("Bye bye is the name of the song I ordered and it never came " * 4, None),
    ],
)
def test_a_courtesy_wants_nothing_more(text: str, kind: str | None) -> None:
    assert courtesy(text) == kind


@pytest.mark.parametrize(
    "text",
    ["take your time", "have a nice day", "wait i will check", "let me look for it", "super"],
)
def test_asking_for_time_or_being_kind_is_no_answer(text: str) -> None:
    assert is_chat(text) or is_waiting(text)
    assert bare_value(Slot("brand", "text", "car brand", ("?",)), text, others=False) is None


def test_a_wish_told_as_a_question_answers_what_is_wanted() -> None:
    text = "can you get them to send more towels to our room?"
    wanted = Slot("wish", "text", "request", ("?",))
    assert is_wish(text)
    assert bare_value(wanted, text, others=False) is not None
    assert bare_value(wanted, "who is the driver?", others=False) is None
    assert bare_value(Slot("city", "choice", "city", ("?",)), text, others=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "can I send you a photo?",
        "May I please show you a picture of it?",
        "should we bring it to the shop?",
        "could I keep the parcel?",
        "so what shall I do with it?",
    ],
)
def test_what_the_customer_may_do_is_asked_and_answers_nothing(text: str) -> None:
    damage = Slot("damage", "text", "damage", ("What is broken?",))
    assert bare_value(damage, text, others=False) is None
    assert courtesy(f"Thanks, {text.rstrip('?')}") is None


@pytest.mark.parametrize(
    "text",
    [
        "can you send us towels please",
        "please bring a menu, will you?",
        "can I have a late breakfast? I need it at eleven",
        "I'd like to know more, how about a tour?",
    ],
)
def test_what_others_are_to_do_is_a_wish(text: str) -> None:
    assert bare_value(Slot("wish", "text", "request", ("?",)), text, others=False) is not None


@pytest.mark.parametrize(
    "text",
    [
        "are you a bot?",
        "Are you a real person",
        "hi, r u human?",
        "is this a bot?",
        "am I talking to a human or a machine?",
        "are you an AI",
        "Who am I talking to?",
        "Am I chatting with somebody real?",
        "you are a robot, right?",
        "what are you?",
    ],
)
def test_who_asks_what_answers_does_not_want_a_person_yet(text: str) -> None:
    assert asks_who_answers(text)
    assert not asks_for_human(text)


@pytest.mark.parametrize(
    ("text", "human"),
    [
        ("are you a bot? I want to speak to a person", True),
        ("get me a human", True),
        ("are you human? if not, connect me with an agent", True),
        ("can I talk to someone who is not a bot", True),
        ("a real person please", True),
        ("can a human help me", True),
        ("could your manager call me back?", True),
        ("is there a person I could talk to?", True),
        ("is anybody real there?", True),
        ("can someone tell me where my order is?", False),
        ("can a person of two metres sleep in it?", False),
        ("are you open on Sunday?", False),
        ("are you a shop for robots?", False),
        ("who is this parcel for?", False),
        ("are you real wool specialists?", False),
    ],
)
def test_other_questions_and_wishes_are_what_they_are(text: str, human: bool) -> None:
    assert not asks_who_answers(text)
    assert asks_for_human(text) is human


@pytest.mark.parametrize(
    ("text", "negative"),
    [
        ("this is really annoying", True),
        ("I'm so annoyed", True),
        ("what an annoyance of a lamp", False),
        ("I am upset about this", True),
        ("can you set up the lamp", False),
    ],
)
def test_annoyance_is_heard(text: str, negative: bool) -> None:
    assert is_negative(text) is negative


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("I'm sorry, but I do not have the number here", True),
        ("Unfortunately, I don't remember it", True),
        ("I am afraid that I cannot find it right now", True),
        ("Oh, sorry. No idea.", True),
        ("I am sorry to hear that", False),
        ("Sorry, it is 1042", False),
        ("but that is not what I wrote", False),
    ],
)
def test_who_cannot_tell_says_so_in_many_ways(text: str, unknown: bool) -> None:
    assert does_not_know(text) is unknown


@pytest.mark.parametrize(
    ("text", "leaving"),
    [
        ("Thank you for the help! I'm all set now.", True),
        ("Great, that's all I needed, thanks", True),
        ("Bye!", True),
        ("Thanks a lot", False),
        ("Thanks, that's all for the lamp. Can you look for the chair, too?", False),
        ("the order is 1042", False),
    ],
)
def test_who_leaves_wants_nothing_more(text: str, leaving: bool) -> None:
    assert is_leaving(text) is leaving
