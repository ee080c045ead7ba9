"""A word of agreement is heard as one, and what tells something besides is not."""

from __future__ import annotations

import pytest

from core.pipeline.reading.bare import bare_value
from core.pipeline.reading.go_ahead import is_go_ahead
from core.playbook.model import Slot


@pytest.mark.parametrize(
    "text",
    [
        "Yes, I confirm. Let's proceed with that.",
        "Okay, please go ahead and make that change. Thank you!",
        "that sounds perfect! Please proceed with the booking.",
        "Great, everything looks good. Please finalize it, thanks a lot".replace(" a lot", ""),
        "go ahead",
        "Yes please, go on with the return",
        "All right, you can do that.",
        "I'd like to proceed with the upgrade",
        "This looks right to me. Okay, please go on with it",
        "That all sounds fine. Sure, let's do it.",
        "Good, that works for me. Please continue!",
        "I am happy with that, thanks",
    ],
)
def test_what_only_agrees(text: str) -> None:
    assert is_go_ahead(text)


@pytest.mark.parametrize(
    "text",
    [
        "the blue one in size M",
        "go ahead with order 1042, it is the one with the lamp from May",
        "12 Mill Lane, please proceed there",
        "yes",
        "process 17 was wrong",
        "It is good for nothing",
        "it works in the kitchen only",
        "that would be the red one",
        "please change it to Friday",
        "my lamp is broken, do that first",
        "confirm my address: 4 Hill Road",
    ],
)
def test_what_tells_something(text: str) -> None:
    assert not is_go_ahead(text)


@pytest.mark.timeout(20)
def test_no_message_makes_it_go_back_and_forth() -> None:
    for word in (
        "please ",
        "yes, ",
        "go ahead with the ",
        "that is good ",
        "i confirm ",
        "it works, yes ",
    ):
        assert not is_go_ahead((word * 200)[:158] + "7")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "Yes, I confirm. Let's proceed with that.", None),
        ("text", "the blue one, go ahead", "the blue one, go ahead"),
        ("email", "Oh, I forgot to write it down", None),
        ("email", "ada5 at gmailcom", "gmailcom"),
        ("email", "it is adakingcom", "adakingcom"),
        ("email", "I have no internet here", None),
    ],
)
def test_a_word_of_agreement_answers_no_question(kind: str, text: str, value: str | None) -> None:
    span = bare_value(Slot("asked", kind, "asked", ("?",)), text, others=False)
    assert (None if span is None else text[slice(*span)]) == value
