"""What is remembered of texts is bounded by size, too: what is long is worked out anew."""

from __future__ import annotations

from core.languages.features import LONGEST_WORD, TEXT_LIMIT, Stems, words
from core.languages.telling import LOOKED_AT, language_of

_LONG = "z" * (LONGEST_WORD + 1)


def test_a_word_that_is_too_long_to_be_one_is_not_kept() -> None:
    stems = Stems("en")
    assert [stems.of(one) for one in ("orders", _LONG, "orders")] == ["order", _LONG, "order"]
    assert set(stems._known) == {"orders"}


def test_nothing_is_kept_of_a_text_but_what_is_looked_at() -> None:
    text = "Where is my order? " * 300
    assert words(text) is words(text + "and more")
    assert len(text) > TEXT_LIMIT
    assert language_of(text[:LOOKED_AT]) == language_of(text) == "en"
