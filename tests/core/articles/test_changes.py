"""The index after changes: it finds what an index made anew finds, and reads only what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.languages.features import Stems
from core.pipeline.response import articles
from core.pipeline.response.article_text import Encode, Entry, Meanings, prepared
from core.pipeline.response.articles import ArticleIndex
from core.playbook.model import Article

WORDS = "return refund parcel lost card order size wash iron dryer open sunday price fee post"
TEXTS = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=8).map(" ".join)
ARTICLES = st.lists(
    st.builds(
        lambda name, title, body, language: Article(
            name, title, f"https://shop.example/{name}", f"{body}.", (), (), language
        ),
        st.sampled_from("abcdef"),
        TEXTS,
        TEXTS,
        st.sampled_from(("", "", "de")),
    ),
    max_size=6,
    unique_by=lambda one: one.name,
).map(tuple)


@settings(max_examples=60, deadline=None)
@given(ARTICLES, ARTICLES, TEXTS)
def test_after_changes_it_finds_what_one_made_anew_finds(
    before: tuple[Article, ...], after: tuple[Article, ...], question: str
) -> None:
    changed = ArticleIndex(before).with_changes(after)
    for language in (None, "de"):
        found = changed.search(question, language=language)
        assert found == ArticleIndex(after).search(question, language=language)


def test_only_what_changed_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def prepare(
        article: Article, stems: Stems, meanings: Meanings | None, encode: Encode | None
    ) -> Entry:
        read.append(article.name)
        return prepared(article, stems, meanings, encode)

    monkeypatch.setattr(articles, "prepared", prepare)
    first = Article("a", "Returns", "https://shop.example/a", "Send it back.")
    second = Article("b", "Washing", "https://shop.example/b", "Wash it cold.")
    index = ArticleIndex((first, second))
    changed = index.with_changes((first, replace(second, body="Wash it warm.")))
    assert read == ["a", "b", "b"]
    assert changed.search("washing")[0].passage == "Wash it warm."
    assert changed.with_changes(()).search("washing") == ()


def test_articles_are_searched_in_the_language_that_is_asked_for() -> None:
    english = Article("a", "Delivery", "https://shop.example/a", "Delivery takes 3 days.")
    german = Article(
        "b", "Lieferung", "https://shop.example/b", "Die Lieferung dauert 3 Tage.", language="de"
    )
    index = ArticleIndex((english, german))
    assert [one.article.name for one in index.search("Lieferungen", language="de")] == ["b"]
    assert index.search("Lieferungen") == ()
    assert index.search("delivery", language="fr") == ()


def test_a_compound_is_understood_by_its_parts_in_languages_that_write_it_as_one_word() -> None:
    costs = Article(
        "a", "Kosten", "https://shop.example/a", "Der Versand kostet 5 Euro.", ("Versand",)
    )
    hours = Article("b", "Zeiten", "https://shop.example/b", "Wir haben samstags auf.")
    (hit,) = ArticleIndex((costs, hours), "de").search("Versandkosten")
    assert hit.article == costs
    assert ArticleIndex((costs, hours), "en").search("Versandkosten") == ()


class Twins:
    """Knows that some words mean the same, and nothing of any other."""

    def __init__(self, known: float = 1.0) -> None:
        self._known = known

    def of(self, folded: str) -> NDArray[np.float32] | None:
        """One place for heavy things, another for the rest."""
        heavy = {"heavy", "weigh", "pounds"} & set(folded.split())
        return np.array([1.0, 0.0] if heavy else [0.0, 1.0], dtype=np.float32)

    def known(self, words: Sequence[str]) -> float:
        """As much as it was told."""
        return self._known


BAGS = (
    Article("size", "Limits", "https://shop.example/size", "A case may weigh 50 pounds."),
    Article("many", "Number", "https://shop.example/many", "A case may be one of three."),
)


def test_other_words_of_the_same_meaning_find_an_article() -> None:
    best = ArticleIndex(BAGS, meanings=Twins()).search("how heavy may a case be?")[0]
    assert best.article.name == "size"
    plain = ArticleIndex(BAGS).search("how heavy may a case be?")
    assert plain == ArticleIndex(BAGS, meanings=Twins(0.1)).search("how heavy may a case be?")


def test_meanings_are_kept_over_changes() -> None:
    index = ArticleIndex(BAGS[:1], meanings=Twins()).with_changes(BAGS)
    question = "how heavy may a case be?"
    assert index.search(question) == ArticleIndex(BAGS, meanings=Twins()).search(question)
