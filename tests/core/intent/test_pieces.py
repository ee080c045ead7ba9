"""What the intent stage makes of the pieces of words: in English much, elsewhere nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.languages.features import plain
from core.pipeline.intent.piece_vectors import LONGEST_WORD, PieceVectors, take_apart
from core.pipeline.intent.stage import CorruptModel, IntentModel
from gateway.intents.piece_file import load_pieces
from gateway.intents.training_child import gist_view, train
from tests.core.intent.examples import EXAMPLES, TITLES
from tests.core.intent.other_languages import TOLD

PIECES = ("un", "##happy", "##hap", "##py", "happy", "cafe", "0", "##0")


def table() -> PieceVectors:
    """Every piece is a direction of its own; the first is twice as long as the others."""
    scale = np.ones(len(PIECES), dtype=np.float32)
    scale[0] = 2
    rows = {piece: row for row, piece in enumerate(PIECES)}
    return PieceVectors("made", rows, np.eye(len(PIECES), dtype=np.int8), scale)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("happy", ["happy"]),
        ("unhappy", ["un", "##happy"]),
        ("unpy", ["un", "##py"]),
        ("café", ["cafe"]),
        ("000", ["0", "##0", "##0"]),
        ("unsad", []),
        ("", []),
        ("0" * (LONGEST_WORD + 1), []),
    ],
)
def test_a_word_falls_into_the_longest_pieces_or_into_none(word: str, found: list[str]) -> None:
    rows = {piece: row for row, piece in enumerate(PIECES)}
    assert [PIECES[row] for row in take_apart(word, rows)] == found


def test_a_text_is_the_sum_of_its_pieces_with_length_one() -> None:
    vector = table().of("unhappy café")
    assert vector is not None
    assert vector == pytest.approx(np.array([2, 1, 0, 0, 0, 1, 0, 0]) / np.sqrt(6))
    assert table().of("sad words") is None


@settings(max_examples=80, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_has_a_vector_of_length_one_or_none(text: str) -> None:
    pieces = load_pieces()
    assert pieces is not None
    vector = pieces.of(plain(text))
    assert vector is None or float(vector @ vector) == pytest.approx(1, abs=1e-4)


def test_a_word_that_no_example_has_is_understood_by_its_neighbours(model: IntentModel) -> None:
    by_terms = replace(model, pieces=None, gist=None, guessed={})
    told = {
        "is my shipment delayed": "order_status",
        "track my shipment please": "order_status",
        "undo the purchase": "cancel_order",
        "stop my purchase please": "cancel_order",
        "shop schedule": "opening_hours",
        "give the sweater back": "return_item",
        "greetings": "hello",
        "much appreciated": "thanks",
        "the bank refused the transaction": "payment_problem",
        "i live somewhere else now": "change_address",
    }

    def answered(one: IntentModel) -> set[str]:
        return {text for text, intent in told.items() if one.classify(text).name == intent}

    assert len(answered(model)) > len(answered(by_terms))


@pytest.mark.parametrize("language", TOLD)
def test_a_playbook_of_another_language_is_learned_by_terms_alone(language: str) -> None:
    examples = [(text, intent) for intent, texts in TOLD[language].items() for text in texts]
    assert gist_view([text for text, _ in examples]) is None
    model = train(examples, [], language)
    assert model.gist is None
    assert model.pieces is None


def test_a_model_is_refused_without_the_table_it_was_learned_with(model: IntentModel) -> None:
    data = model.to_bytes()
    with pytest.raises(CorruptModel, match="which is not here"):
        IntentModel.from_bytes(data)
    with pytest.raises(CorruptModel, match="do not fit"):
        IntentModel.from_bytes(data, lambda _: table())


def test_a_model_without_pieces_never_asks_for_the_table(model: IntentModel) -> None:
    asked: list[str] = []

    def tables(name: str) -> PieceVectors | None:
        asked.append(name)
        return load_pieces(name)

    IntentModel.from_bytes(replace(model, gist=None, pieces=None).to_bytes(), tables)
    assert asked == []
    IntentModel.from_bytes(model.to_bytes(), tables)
    assert model.pieces is not None
    assert asked == [model.pieces.name]


def test_the_small_shop_is_learned_with_pieces() -> None:
    view = gist_view([text for text, _ in (*EXAMPLES, *TITLES)])
    assert view is not None
    assert view.vectors.keys() == {text for text, _ in (*EXAMPLES, *TITLES)}
