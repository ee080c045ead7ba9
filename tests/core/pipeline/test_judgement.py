"""What a guess is worth: a favourite is presumed only for what its own examples speak of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.pipeline.contracts import IntentGuess
from core.pipeline.intent.judgement import reconsider
from tests.core.pipeline.shop import SHOP, Talk

UNSURE = IntentGuess(None, 0.4, 0.18, (("order_status", 0.4), ("washing", 0.22)))


def _taken_for(text: str, guess: IntentGuess = UNSURE) -> str | None:
    return reconsider(Talk().turn(text), guess, SHOP).name


@pytest.mark.parametrize(
    "text",
    [
        "what about my order, has it shipped?",
        "I would like to know where the parcel is",
        "has the shipped package arrived",
        "order 1042 parcel",
        "tracking of orders",
        "1042",
    ],
)
def test_a_favourite_is_presumed_for_words_of_its_examples(text: str) -> None:
    assert _taken_for(text) == "order_status"


@pytest.mark.parametrize(
    "text",
    [
        "Do you think it will rain tomorrow?",
        "this is really annoying",
        "can you order me a taxi to the airport for six o'clock?",
        "could you do that for me please?",
        "12",
    ],
)
def test_nothing_is_presumed_for_words_about_something_else(text: str) -> None:
    assert _taken_for(text) is None


def test_a_favourite_must_lead() -> None:
    close = replace(UNSURE, runners_up=(("order_status", 0.4), ("return", 0.35)))
    low = replace(UNSURE, runners_up=(("order_status", 0.2), ("return", 0.05)))
    for guess in (close, low):
        assert _taken_for("where is my order now", guess) is None


def test_one_word_proves_little() -> None:
    weak = replace(UNSURE, runners_up=(("order_status", 0.28), ("washing", 0.12)))
    assert _taken_for("track", weak) is None
    assert _taken_for("track the parcel", weak) == "order_status"


def test_every_example_counts_however_many_there_are() -> None:
    (first, *others) = SHOP.intents
    long = replace(first, examples=(*[f"where is my order {n}" for n in range(300)], "dispatched"))
    playbook = replace(SHOP, version="long", intents=(long, *others))
    turn = Talk(playbook=playbook).turn("has the order been dispatched")
    assert reconsider(turn, UNSURE, playbook).name == "order_status"
