"""Whoever asks for a person is heard, however politely, and whoever declines one is, too."""

from __future__ import annotations

import pytest

from core.pipeline.reading.human_wish import asks_for_human


@pytest.mark.parametrize(
    "text",
    [
        "I'd be glad about being connected to somebody of your team.",
        "Is there anyone else I could speak with? A supervisor maybe?",
        "isn't there a manager who decides such things",
        "Please escalate this.",
        "could I get transferred to a real person",
        "I would rather like to be passed on to a human agent, thank you.",
        "I don't want to talk to a bot, give me a human!",
        "I do not want to chat with a machine but with a human",
        "Is there somebody with more authority?",
        "someone else of yours I can talk to would be nice",
        "why can't I speak to a person",
        "I need somebody to look at this",
        "connect me with an agent without making me wait",
        "Isn’t there someone else you might ask?",
        "I don't mind talking to a supervisor",
    ],
)
def test_a_person_is_asked_for(text: str) -> None:
    assert asks_for_human(text)


@pytest.mark.parametrize(
    "text",
    [
        "I really do not want to be passed on to another agent.",
        "I'd prefer not to be transferred, please.",
        "Can you sort it out without transferring me to somebody else?",
        "we would rather not talk to a person about it",
        "I want to leave my seat to someone else",
        "the money was transferred to someone else's account",
        "is there someone else on my booking",
        "I want to talk about the other person on the ticket",
        "two people and a baby need seats",
        "send me the team shirt in blue",
        "somebody took my parcel",
        "You are the kindest agent I have ever written to.",
        "did you transfer the money",
        "I bought it for a colleague",
    ],
)
def test_a_person_is_not_asked_for(text: str) -> None:
    assert not asks_for_human(text)


@pytest.mark.timeout(20)
def test_no_message_makes_it_go_back_and_forth() -> None:
    text = "i do not want to talk or be transferred " * 400 + "i want to wait for somebody " * 400
    assert not asks_for_human(text + "else")
