"""What a text means is heard beside its words, and only from the encoder that was learned with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.pipeline.intent.meaning_head import MeaningHead, fuse_share
from core.pipeline.intent.stage import CorruptModel, IntentModel
from gateway.intents.piece_file import load_pieces
from gateway.intents.training import digest, model_now
from gateway.recall.encoder_files import find_model
from gateway.settings.memory import Embeddings
from gateway.settings.model import Settings
from memory.recall.encoder import load_model
from tests.core.intent.examples import EXAMPLES, TITLES


def hearing(model: IntentModel, share: float = 0.0) -> IntentModel:
    """The model with a head for which dimension n speaks for intent n."""
    size = len(model.intents)
    head = MeaningHead(
        "made", np.eye(size, dtype=np.float32), np.zeros(size, dtype=np.float32), share, 0.1, 0.5
    )
    return replace(model, meaning=head, guessed={})


def vector(model: IntentModel, intent: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    made = np.zeros(len(model.intents), dtype=np.float32)
    made[model.intents.index(intent)] = 1
    return made


def test_words_nobody_knows_are_understood_by_what_they_mean(model: IntentModel) -> None:
    both = hearing(model)
    said = vector(model, "cancel_order")
    assert model.classify("zzz qqq").name is None
    assert both.classify("zzz qqq", said).name == "cancel_order"
    assert both.classify("zzz qqq").name is None


def test_what_is_known_word_by_word_is_certain_whatever_it_means(model: IntentModel) -> None:
    text, intent = next((text, intent) for text, intent in EXAMPLES if intent != "cancel_order")
    guess = hearing(model).classify(text, vector(model, "cancel_order"))
    assert (guess.name, guess.confidence) == (intent, 1.0)


def test_nothing_written_means_nothing(model: IntentModel) -> None:
    assert hearing(model).classify("?!", vector(model, "cancel_order")).name is None


def test_a_vector_of_another_length_is_not_listened_to(model: IntentModel) -> None:
    odd = np.ones(len(model.intents) + 1, dtype=np.float32)
    assert hearing(model).classify("please cancel order 12", odd) == model.classify(
        "please cancel order 12"
    )


def test_the_terms_count_by_their_share(model: IntentModel) -> None:
    text, said = "please cancel order 12", vector(model, "hello")
    assert hearing(model).classify(text, said).name == "hello"
    assert hearing(model, 50.0).classify(text, said).name == "cancel_order"


def test_a_model_that_hears_is_read_as_it_was_written(model: IntentModel) -> None:
    both = hearing(model, 1.0)
    again = IntentModel.from_bytes(both.to_bytes(), load_pieces)
    said = vector(model, "hello")
    assert again.classify("some words", said) == both.classify("some words", said)
    assert again.to_bytes() == both.to_bytes()


@pytest.mark.parametrize("wrong", ["shape", "numbers", "temperature"])
def test_a_head_that_cannot_be_used_is_refused(model: IntentModel, wrong: str) -> None:
    both = hearing(model)
    assert both.meaning is not None
    weights = both.meaning.weights
    change = {
        "shape": replace(both.meaning, weights=weights[:, 1:]),
        "numbers": replace(both.meaning, weights=weights * np.float32(np.nan)),
        "temperature": replace(both.meaning, temperature=0.0),
    }[wrong]
    with pytest.raises(CorruptModel, match="over meaning"):
        IntentModel.from_bytes(replace(both, meaning=change).to_bytes(), load_pieces)


def test_terms_count_more_the_more_examples_there_are() -> None:
    shares = [fuse_share(rows) for rows in (0, 5, 10, 30, 60, 1_000)]
    assert shares == sorted(shares)
    assert shares[0] == shares[2] < shares[3] < shares[4] == shares[5]


def test_the_child_learns_with_the_encoder_and_keeps_its_vectors(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    found = find_model(Settings().model_copy(update={"embeddings": Embeddings(enabled=True)}))
    assert found is not None
    model = model_now(EXAMPLES, tmp_path, titles=TITLES, encoder=found)
    assert model.meaning is not None and model.meaning.encoder == found.deep_name
    said = load_model(found.name, found.model, found.vocabulary, found.layer)
    text = "abort my purchase"
    assert model.classify(text).name is None
    assert model.classify(text, said.deep([text])[0]).name == "cancel_order"
    # What was learned without the inner layer is another model, and this one goes without it.
    assert found.layer is not None and found.deep_name != found.name
    shallow = replace(found, layer=None)
    assert digest(EXAMPLES, TITLES, "en", shallow) != digest(EXAMPLES, TITLES, "en", found)
    assert model.classify(text, said.encode([text])[0]) == model.classify(text)
    kept = next(tmp_path.glob("vectors-*.npz"))
    before = kept.stat().st_mtime_ns
    other = model_now(EXAMPLES[:-1], tmp_path, titles=TITLES, encoder=found)
    assert other.meaning is not None
    assert kept.stat().st_mtime_ns == before
    assert model_now(EXAMPLES, tmp_path, titles=TITLES).meaning is None
