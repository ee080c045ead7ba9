"""Questions find their article, and other questions find none, in three different businesses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.pipeline.response.articles import (
    DEFAULT_ARTICLE_THRESHOLD,
    DEFAULT_POINT_THRESHOLD,
    INTENT_SHARE,
    RIVAL_SHARE,
    ArticleIndex,
)
from core.playbook.model import Article
from tests.core.articles.playbooks import (
    BANK,
    BANK_ANSWERED,
    CLINIC,
    CLINIC_ANSWERED,
    SHOP,
    SHOP_ANSWERED,
    UNRELATED,
    article,
)

BUSINESSES = (SHOP, BANK, CLINIC)
ANSWERED = [
    (articles, question, name)
    for articles, questions in (
        (SHOP, SHOP_ANSWERED),
        (BANK, BANK_ANSWERED),
        (CLINIC, CLINIC_ANSWERED),
    )
    for question, name in questions
]


FAIR = DEFAULT_POINT_THRESHOLD
"""What the right one reaches without an intent or the meanings of words: it is named at least."""


@pytest.mark.parametrize(("articles", "question", "name"), ANSWERED, ids=lambda one: str(one)[:40])
def test_a_paraphrase_finds_its_article(
    articles: tuple[Article, ...], question: str, name: str
) -> None:
    best = ArticleIndex(articles).search(question)[0]
    assert best.article.name == name
    assert FAIR <= best.score <= 1


@pytest.mark.parametrize("articles", BUSINESSES, ids=["shop", "bank", "clinic"])
@pytest.mark.parametrize("question", UNRELATED)
def test_another_question_stays_below_the_threshold(
    articles: tuple[Article, ...], question: str
) -> None:
    for hit in ArticleIndex(articles).search(question):
        assert hit.score < DEFAULT_ARTICLE_THRESHOLD


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("how long does shipping take", "2 to 4 working days"),
        ("how much is express delivery", "9.90"),
        ("when will I get my refund", "3 to 5 working days"),
        ("I'd like to send my shoes back, how does that work?", "within 30 days"),
        ("how should I wash wool", "by hand"),
        ("how long is a gift card valid", "three years"),
    ],
)
def test_the_passage_holds_the_answer(asked: str, told: str) -> None:
    best = ArticleIndex(SHOP).search(asked)[0]
    assert told in best.passage
    assert "#" not in best.passage
    assert len(best.passage) <= 420


REFUNDS = article(
    "refunds",
    "Returns and refunds",
    "We pay back your postage of up to £6.50 with the refund. The courier costs 4.90.\n\n"
    "## Your refund\n\nA refund takes five working days, or 3 days on a card.",
)
COUNTER = article(
    "counter",
    "Our counter",
    "The counter has a fee of £2.50 a parcel. It costs 1.20 by card.\n\n"
    "## Hours\n\nThe counter is staffed {hours}.",
)


def test_a_price_is_no_time() -> None:
    (hit,) = ArticleIndex((REFUNDS,)).search("how long does the refund take?")
    assert hit.passage.startswith("A refund takes five working days")


@pytest.mark.parametrize(
    "hours", ["9:30 to 17:00", "from 9.30", "until 5.30 pm", "at 10.00", "24 hours", "8.15am on"]
)
def test_a_time_is_told_in_many_ways(hours: str) -> None:
    told = replace(COUNTER, body=COUNTER.body.format(hours=hours))
    (hit,) = ArticleIndex((told,)).search("when is the counter there?")
    assert hit.passage == f"The counter is staffed {hours}."


def test_every_sentence_of_a_passage_stands_in_the_article() -> None:
    index = ArticleIndex(SHOP)
    for question, _ in SHOP_ANSWERED:
        for hit in index.search(question):
            flat = " ".join(hit.article.body.split())
            for piece in hit.passage.split("\n"):
                assert " ".join(piece.split()) in flat


def test_a_sentence_that_refers_back_brings_what_it_refers_to() -> None:
    index = ArticleIndex(
        (article("a", "Refunds", "We pay by card. It takes four days. Bank holidays count not."),)
    )
    assert index.search("how long does a refund take")[0].passage.startswith("We pay by card. It")


def test_one_slip_of_the_finger_is_forgiven_and_costs_a_little() -> None:
    index = ArticleIndex(SHOP)
    for slip in ("delivry", "deliveryy", "delicery", "dleivery"):
        hits = index.search(f"{slip} options")
        assert hits and hits[0].article.name == "delivery", slip
    exact, slipped = (index.search(text)[0].score for text in ("warranty zip", "warrnty zip"))
    assert slipped < exact


def test_the_guessed_intent_lifts_its_own_articles() -> None:
    index = ArticleIndex(tuple(one for one in SHOP if one.name == "returns"))
    (plain,) = index.search("return my order")
    (lifted,) = index.search("return my order", "return_item")
    expected = plain.score + (1 - plain.score) * INTENT_SHARE
    assert lifted.score == pytest.approx(expected)
    (hinted,) = index.search("return my order", likely={"return_item": 0.25})
    assert hinted.score == pytest.approx((plain.score + expected) / 2)


@pytest.mark.parametrize(
    ("pressing", "passing"),
    [
        ("what warranty is there on drones", "what warranty is there on 77"),
        ("does the warranty cover drones", "I have drones. does the warranty cover"),
    ],
)
def test_what_is_asked_about_must_be_there_and_what_is_told_beside_it_need_not(
    pressing: str, passing: str
) -> None:
    index = ArticleIndex(SHOP)
    lacking, told = (index.search(text)[0] for text in (pressing, passing))
    assert lacking.article.name == told.article.name == "warranty"
    assert lacking.score < told.score


def test_two_that_come_as_near_are_both_doubtful() -> None:
    wool = article("wool", "Washing wool", "Wash wool by hand.")
    twin = replace(wool, name="twin")
    other = article("post", "Postage", "Postage is free.")
    (alone, *_) = ArticleIndex((wool, other)).search("washing wool")
    both = ArticleIndex((wool, twin, other)).search("washing wool", limit=2)
    assert alone.score > both[0].score == both[1].score
    assert both[0].score == pytest.approx((1 - RIVAL_SHARE) * 1.0, abs=0.1)


def test_a_word_that_no_article_has_makes_doubtful() -> None:
    index = ArticleIndex(SHOP)
    known, unknown = (index.search(text)[0] for text in ("delivery", "delivery zeppelin"))
    assert known.article == unknown.article
    assert unknown.score < known.score


def test_hits_are_ranked_limited_and_the_same_every_time() -> None:
    index = ArticleIndex(SHOP)
    hits = index.search("return an order by card", limit=2)
    assert len(hits) == 2
    assert hits[0].score >= hits[1].score
    assert hits == ArticleIndex(SHOP).search("return an order by card", limit=2)
    assert len(index.search("return an order by card", limit=9)) > 2


def test_an_empty_index_and_empty_articles_find_nothing() -> None:
    assert ArticleIndex(()).search("anything") == ()
    index = ArticleIndex((article("empty", "Linen", ""),))
    assert index.search("wool") == ()
    index = ArticleIndex((article("empty", "Wool", ""),))
    assert [(hit.article.name, hit.passage) for hit in index.search("wool")] == [("empty", "")]


def test_articles_of_another_language_are_stemmed_in_it() -> None:
    articles = (
        article("versand", "Lieferung", "Die Lieferungen dauern zwei Tage."),
        article("zahlung", "Bezahlen", "Wir nehmen Karten."),
    )
    assert ArticleIndex(articles, "de").search("Lieferungen")[0].article.name == "versand"
