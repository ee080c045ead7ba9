"""The sentence vectors of articles: made once for a text, kept, and done without where need be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.playbook.model import Article
from gateway.recall.encoder_files import Found
from gateway.stages import article_vectors
from gateway.stages.article_index import article_index
from gateway.stages.article_vectors import ArticleVectors
from memory.recall.encoder import Model, UnusableModel, Vectors
from tests.core.pipeline.shop import SHOP as EMPTY

ENCODER = Found("test", Path("model.onnx"), Path("vocab.txt"), "a test")
WASHING = Article("wash", "Washing", "https://shop.example/wash", "Wash it cold. Dry it flat.")
POSTING = Article("post", "Postage", "https://shop.example/post", "The postage is always free.")
SHOP = replace(EMPTY, articles=(WASHING, POSTING))


class Encoder:
    """Counts what it is given. Its vectors tell texts about water from the others."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """A row for each text."""
        self.texts += texts
        wet = [any(word in text for word in ("Wash", "laundry")) for text in texts]
        return np.array([[1, 0] if one else [0, 1] for one in wet], dtype=np.float32)


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> Encoder:
    made = Encoder()

    def load(name: str, model: Path, vocabulary: Path) -> Model:
        return Model(name, 2, made, made)

    monkeypatch.setattr(article_vectors, "load_model", load)
    return made


def test_a_text_is_encoded_once_and_kept_for_the_next_start(
    encoder: Encoder, tmp_path: Path
) -> None:
    article_index(SHOP, ArticleVectors(ENCODER, tmp_path))
    assert sorted(encoder.texts) == sorted(set(encoder.texts))
    before = len(encoder.texts)
    changed = replace(POSTING, body="The postage is always free. It is insured.")
    article_index(replace(SHOP, articles=(WASHING, changed)), ArticleVectors(ENCODER, tmp_path))
    assert encoder.texts[before:] == ["Postage. It is insured."]


def test_what_is_kept_of_texts_that_are_gone_is_let_go(encoder: Encoder, tmp_path: Path) -> None:
    for articles in ((WASHING, POSTING), (POSTING, replace(WASHING, body="Wash it hot."))):
        article_index(replace(SHOP, articles=articles), ArticleVectors(ENCODER, tmp_path))
    (kept,) = tmp_path.glob("*.npz")
    with np.load(kept) as stored:
        assert len(stored["names"]) == 4


def test_a_broken_file_is_made_anew(encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / "articles-test.npz").write_bytes(b"not this")
    article_index(SHOP, ArticleVectors(ENCODER, tmp_path))
    before = len(encoder.texts)
    article_index(SHOP, ArticleVectors(ENCODER, tmp_path))
    assert before and len(encoder.texts) == before


def test_the_vector_of_a_question_finds_what_means_the_same(
    encoder: Encoder, tmp_path: Path
) -> None:
    index = article_index(SHOP, ArticleVectors(ENCODER, tmp_path))
    question = "is the laundry always extra work"
    (near, far) = index.search(question, vector=encoder([question])[0])
    assert (near.article, far.article) == (WASHING, POSTING)
    assert index.search(question, vector=np.ones(3, dtype=np.float32)) == index.search(question)
    behind = np.concatenate([encoder([question])[0], np.ones(2, dtype=np.float32)])
    assert index.search(question, vector=behind) == (near, far)


def test_without_a_usable_encoder_words_go_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(name: str, model: Path, vocabulary: Path) -> Model:
        raise UnusableModel("it is none")

    monkeypatch.setattr(article_vectors, "load_model", refuse)
    index = article_index(SHOP, ArticleVectors(ENCODER, tmp_path))
    assert index.search("washing")[0].article == WASHING
    assert not list(tmp_path.iterdir())
