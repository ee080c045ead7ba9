"""What a text means is heard beside its words, and only from the encoder that was learned with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.pipeline.intent.meaning_head import CANDIDATES, MeaningHead, Nearest, fuse_share
from core.pipeline.intent.stage import CorruptModel, IntentModel
from gateway.intents import training_child
from gateway.intents.piece_file import load_pieces
from gateway.intents.training import digest, model_now
from gateway.intents.training_child import train
from gateway.intents.training_meaning import NEAR_FROM, EncoderFiles, fit_meaning, head_of
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


def near_to(model: IntentModel, intent: str, times: float) -> IntentModel:
    """The model with two examples of each intent, of which one says "hello" with this weight."""
    both = hearing(model)
    assert both.meaning is not None
    size = len(model.intents)
    examples = np.zeros((2 * size, size), dtype=np.float32)
    examples[2 * model.intents.index(intent) + 1, model.intents.index("hello")] = times
    near = Nearest(examples, np.arange(0, 2 * size + 1, 2))
    return replace(both, meaning=replace(both.meaning, nearest=near))


def test_an_intent_counts_by_its_nearest_example(model: IntentModel) -> None:
    assert len(model.intents) > CANDIDATES
    said = 0.9 * vector(model, "hello") + 0.1 * vector(model, "cancel_order")
    assert near_to(model, "cancel_order", 0.5).classify("zzz", said).name == "hello"
    near = near_to(model, "cancel_order", 2.0)
    assert near.classify("zzz", said).name == "cancel_order"
    again = IntentModel.from_bytes(near.to_bytes(), load_pieces)
    assert again.classify("zzz", said) == near.classify("zzz", said)
    # Intents that nothing else speaks for are not looked at, however near their examples are.
    last = next(one for one in reversed(model.intents) if one not in ("hello", "cancel_order"))
    assert near_to(model, last, 2.0).classify("zzz", said).name == "hello"


def test_the_child_compares_as_the_model_does() -> None:
    chance = np.random.default_rng(5)
    rows = [(f"{intent} {at}", intent) for at in range(20) for intent in "ab"]
    vectors = {text: chance.normal(size=6).astype(np.float32) for text, _ in rows}
    fitted = fit_meaning(rows, {"a": 0, "b": 1}, vectors, first=3)
    assert fitted.nearest is not None
    of_a = np.stack([vectors[f"a {at}"][:3] for at in range(20)])
    kept = fitted.nearest.examples[: fitted.nearest.starts[1]]
    assert np.allclose(kept / kept[0, 0], of_a / of_a[0, 0], atol=1e-5)
    head = head_of(fitted, "made", 0.1, 0.5)
    texts, terms = np.stack([*vectors.values()]), np.zeros((len(rows), 2), dtype=np.float32)
    one_by_one = [head.scores(text, its) for text, its in zip(texts, terms, strict=True)]
    both = fitted.scores(texts.astype(np.float64), terms.astype(np.float64))
    assert np.allclose(both, one_by_one, atol=1e-4)


@pytest.mark.parametrize("kinds", [1, 6])
def test_nearness_counts_where_more_is_understood_with_it(
    kinds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Examples of two intents, each of so many kinds that lie in a plane without any order."""
    chance = np.random.default_rng(7)
    rows = [(f"{at % 7} words", "ab"[at % 2]) for at in range(120)]
    rows = [(f"{text} {at}", intent) for at, (text, intent) in enumerate(rows)]
    angles = [2 * np.pi * (at % (2 * kinds)) / (2 * kinds) for at in range(len(rows))]
    angles = [one + chance.normal(0, 0.05) for one in angles]
    vectors = {
        text: np.array([np.cos(one), np.sin(one)], dtype=np.float32)
        for (text, _), one in zip(rows, angles, strict=True)
    }
    monkeypatch.setattr(training_child, "vectors_of", lambda texts, files: vectors)
    files = EncoderFiles("made", Path(), Path(), Path())
    model = train(rows, (), "en", files)
    assert model.meaning is not None
    assert (model.meaning.nearest is not None) is (kinds > 1)
    few = train(rows[: 2 * NEAR_FROM - 2], (), "en", files)
    assert few.meaning is not None and few.meaning.nearest is None


@pytest.mark.parametrize("wrong", ["shape", "numbers", "temperature", "examples"])
def test_a_head_that_cannot_be_used_is_refused(model: IntentModel, wrong: str) -> None:
    both = hearing(model)
    assert both.meaning is not None
    weights = both.meaning.weights
    change = {
        "shape": replace(both.meaning, weights=weights[:, 1:]),
        "numbers": replace(both.meaning, weights=weights * np.float32(np.nan)),
        "temperature": replace(both.meaning, temperature=0.0),
        "examples": replace(both.meaning, nearest=Nearest(weights, np.arange(len(weights)))),
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
