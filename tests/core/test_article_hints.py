"""Hints about articles beside each other, and about texts that a language lacks."""

from __future__ import annotations

from dataclasses import replace

from core.playbook.article_hints import alike_articles, lacking_words
from core.playbook.hints import hints
from core.playbook.model import Article, Wording
from core.playbook.wordings import missing_words
from tests.core.pipeline.shop import SHOP

RETURNS = Article(
    "returns",
    "Returns",
    "https://shop.example/returns",
    "You can send an item back within 30 days. The label is in the parcel.",
)


def test_articles_that_are_nearly_the_same_are_named() -> None:
    again = replace(RETURNS, name="again", title="Sending back")
    told = list(alike_articles(replace(SHOP, articles=(RETURNS, again))))
    assert told == ["articles returns and again are nearly the same: one of them is enough"]


def test_sentences_that_differ_in_a_number_are_named() -> None:
    body = "Some goods are special. You can send an item back within 14 days."
    other = replace(RETURNS, name="sale", body=body)
    (told,) = alike_articles(replace(SHOP, articles=(RETURNS, other)))
    assert "returns and sale may contradict each other" in told
    assert "30 days" in told
    assert "14 days" in told


def test_articles_that_say_different_things_are_not_named() -> None:
    other = replace(RETURNS, name="fees", body="A return costs 5 euros. The shop pays for faults.")
    assert not list(alike_articles(replace(SHOP, articles=(RETURNS, other))))
    assert not list(alike_articles(replace(SHOP, articles=())))


def test_what_a_language_lacks_is_told() -> None:
    german = replace(SHOP, wordings={"de": Wording(answers={"opening": ("Werktags.",)})})
    (told,) = lacking_words(german)
    assert told.startswith("language de lacks ")
    assert told in hints(german)
    lacking = missing_words(german)["de"]
    assert {"slots.order_id", "flows.order_status", "intents.return"} <= set(lacking)
    assert "answers.opening" not in lacking


def test_a_language_without_words_of_the_product_lacks_those_too() -> None:
    (told,) = lacking_words(replace(SHOP, language="it"))
    assert "answers.greeting" in told
    assert not list(lacking_words(SHOP))
