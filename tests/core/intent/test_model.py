"""What the model answers, when it abstains, and what it refuses to load."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pipeline.intent.stage import CorruptModel, IntentModel
from gateway.intents.piece_file import load_pieces
from gateway.intents.training_child import train
from tests.core.intent.examples import EXAMPLES, TITLES


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hello!", "hello"),
        ("could you tell me where my order is", "order_status"),
        ("has my parcel shipped", "order_status"),
        ("i'd like to return the jacket please", "return_item"),
        ("please cancel order 77", "cancel_order"),
        ("can you change the delivery address", "change_address"),
        ("are you open on saturday", "opening_hours"),
        ("my card got declined at the checkout", "payment_problem"),
        ("thanks a lot!!", "thanks"),
    ],
)
def test_paraphrases_are_recognised(model: IntentModel, text: str, intent: str) -> None:
    assert model.classify(text).name == intent


@pytest.mark.parametrize(
    "text",
    [
        "",
        "???",
        "🙂",
        "xqzt wvk",
        "what is the capital of france",
        "tell me a joke",
        "who won the football match",
        "translate this into italian",
        "12345",
    ],
)
def test_it_abstains_on_what_is_none_of_its_business(model: IntentModel, text: str) -> None:
    assert model.classify(text).name is None


def test_of_what_only_begins_like_its_examples_most_is_refused(
    model: IntentModel,
) -> None:
    texts = (
        "how do I bake bread",
        "how do I tie a tie",
        "how do I get to the station",
        "how can I learn to swim",
        "where is my grandmother from",
        "where is the nearest beach",
        "when is the next full moon",
        "what is the height of this mountain",
        "can you sing for me",
        "can I grow tomatoes on a balcony",
        "i want to become a pilot",
        "i would like to marry soon",
        "my cat is sleeping",
        "my brother plays the violin",
        "are you a vegetarian",
        "is it going to rain tonight",
        "do you believe in ghosts",
        "please write a poem",
        "could you explain gravity",
        "thank goodness the winter is over",
    )
    taken = [text for text in texts if model.classify(text).name is not None]
    assert len(taken) <= 5, taken


def test_an_example_is_certain_whatever_its_case_and_punctuation(model: IntentModel) -> None:
    guess = model.classify("  Where is my ORDER?! ")
    assert (guess.name, guess.confidence, guess.margin) == ("order_status", 1.0, 1.0)
    assert model.classify("what's the status of order 9977?").confidence == 1.0


def test_a_guess_is_ranked_and_adds_up(model: IntentModel) -> None:
    guess = model.classify("can I still change the order")
    shares = [guess.confidence, *(share for _, share in guess.runners_up)]
    if guess.name is None:
        shares = shares[1:]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1 + 1e-6
    assert guess.margin == pytest.approx(shares[0] - shares[1])


def test_an_abstention_names_the_best_intents_first(model: IntentModel) -> None:
    guess = model.classify("cancel return address")
    assert guess.name is None
    assert guess.runners_up[0][1] == guess.confidence < model.threshold
    assert {name for name, _ in guess.runners_up} == {
        "cancel_order",
        "return_item",
        "change_address",
    }


def test_a_text_of_two_intents_is_not_certain() -> None:
    rows = [
        *EXAMPLES,
        ("please help with my thing", "hello"),
        ("please help with my thing", "thanks"),
    ]
    assert "please help with my thing" not in train(rows, TITLES, "en").certain


def test_bytes_come_back_as_the_same_model(model: IntentModel) -> None:
    data = model.to_bytes()
    again = IntentModel.from_bytes(data, load_pieces)
    assert again.to_bytes() == data
    for text, _ in (*EXAMPLES, ("när öppnar ni", ""), ("has it shipped", "")):
        assert again.classify(text) == model.classify(text)
        assert np.array_equal(again.scores(text), model.scores(text))


@settings(max_examples=60, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_changed_bit_is_noticed(place: float, bit: int) -> None:
    data = bytearray(_small().to_bytes())
    data[int(place * len(data))] ^= 1 << bit
    with pytest.raises(CorruptModel):
        IntentModel.from_bytes(bytes(data))


@pytest.mark.parametrize("keep", [0, 5, 20, 51, 52, 400, -1])
def test_a_cut_file_is_noticed(keep: int) -> None:
    with pytest.raises(CorruptModel):
        IntentModel.from_bytes(_small().to_bytes()[:keep])


def test_no_pickle_is_ever_loaded() -> None:
    target = io.BytesIO()
    np.savez(target, head=np.array([{"a": 1}], dtype=object))
    body = target.getvalue()
    data = b"onethread-intents-1\n" + hashlib.sha256(body).digest() + body
    with pytest.raises(CorruptModel, match="cannot be read"):
        IntentModel.from_bytes(data)


def _small() -> IntentModel:
    one = np.ones(2, dtype=np.float32)
    return IntentModel(
        intents=("a", "b"),
        language="en",
        words={"hello": 0},
        characters={"he": 1},
        idf=one,
        weights=np.eye(2, dtype=np.float32),
        intercept=one,
        temperature=0.3,
        threshold=0.5,
        certain={"hello": "a"},
    )
