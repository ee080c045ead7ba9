"""Nearness in meaning joins words in a score, and a message without a vector loses nothing."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from core.message import Author
from core.turn import Said
from memory.recall.choosing import Packing, recall
from memory.recall.columns import Floats
from memory.recall.indexed_thread import index
from memory.recall.scoring import NEAR
from memory.recall.standing_block import NOTHING
from tests.memory.world import START

TEXTS = ["My package never came.", "Lovely weather here.", "Please call me Jo.", "Thanks a lot!"]
QUESTION = "did the parcel arrive?"
PACKING = Packing(line=0, header=0, exchanges=0)


def chosen(meaning: Floats | None, texts: list[str], budget: int = 10) -> list[str]:
    """What is recalled for the question, where each message has as many tokens as the budget."""
    said = [
        Said(f"1-{at}", START + timedelta(days=at), "sms", Author.AGENT, text, 10, "phone:1")
        for at, text in enumerate(texts)
    ]
    found = recall(index(said), QUESTION, NOTHING, START, budget, PACKING, meaning)
    return [one.said.text for one in found.recalled]


def test_what_is_near_is_recalled_without_a_word_in_common() -> None:
    assert chosen(None, TEXTS) == []
    assert chosen(np.array([0.6, 0.0, 0.1, 0.1]), TEXTS) == [TEXTS[0]]


def test_what_is_far_is_left_out_even_if_nothing_is_nearer() -> None:
    assert chosen(np.array([NEAR - 0.01, 0.0, 0.1, 0.1]), TEXTS) == []


def test_a_message_without_a_vector_is_found_by_its_words() -> None:
    texts = [*TEXTS, "The parcel is here."]
    unknown = np.array([0.0, 0.1, 0.05, 0.1, np.nan])
    assert chosen(unknown, texts) == [texts[-1]]
    assert chosen(np.full(len(texts), np.nan), texts) == chosen(None, texts)
