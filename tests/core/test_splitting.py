"""Where texts are cut: nothing is lost, nothing that belongs together is torn, order is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.splitting import split_text

# Whole characters as a person sees them: none may be cut in two.
GRAPHEMES = (
    *"ab .",
    "é",
    "e\u0301",
    "日",
    "हि",
    "ক্",
    "שָׁ",
    "😀",
    "👍🏽",
    "❤\ufe0f",
    "❤\ufe0f\u200d🔥",
    "👩\u200d👩\u200d👧",
    "🇩🇪",
    "🇺🇸",
    "1\ufe0f\u20e3",
    "🏴\U000e0067\U000e0062\U000e007f",
)
pictures = st.lists(st.sampled_from(GRAPHEMES), max_size=60)
anything = st.text(max_size=300)


def squeezed(text: str) -> str:
    """The text without its white space."""
    return "".join(text.split())


@given(anything, st.integers(1, 80))
def test_pieces_hold_the_limit_and_lose_only_white_space(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert pieces
    assert all(len(piece) <= limit for piece in pieces)
    assert squeezed("".join(pieces)) == squeezed(text)
    assert len(pieces) == 1 or all(pieces)


@given(pictures, st.integers(8, 30))
def test_a_grapheme_is_never_cut(graphemes: list[str], limit: int) -> None:
    text = "".join(graphemes)
    ends, place = {0}, 0
    for grapheme in graphemes:
        place += len(grapheme)
        ends.add(place)
    at = 0
    for piece in split_text(text, limit):
        at = text.index(piece, at)
        assert at in ends
        at += len(piece)
        assert at in ends


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=10), max_size=60), st.integers(22, 60))
def test_a_word_that_fits_is_never_cut(words: list[str], limit: int) -> None:
    pieces = split_text(" ".join(words), limit)
    assert [word for piece in pieces for word in piece.split()] == words


def test_a_cut_is_after_a_sentence_where_there_is_one() -> None:
    text = "The parcel left today. It comes on Tuesday at noon."
    assert split_text(text, 40) == ["The parcel left today.", "It comes on Tuesday at noon."]
    assert split_text("one two three four", 9) == ["one two", "three", "four"]
    assert split_text("first line\nsecond line", 15) == ["first line", "second line"]


@pytest.mark.parametrize("limit", [0, -1])
def test_no_room_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="at least one character"):
        split_text("a", limit)


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("He said “go.” Then he left.", 16, ["He said “go.”", "Then he left."]),
        ("你好。我很好。谢谢你的帮助。", 8, ["你好。我很好。", "谢谢你的帮助。"]),
        ("كيف حالك؟ أنا بخير", 12, ["كيف حالك؟", "أنا بخير"]),
        ("It costs 3.50 euros today", 14, ["It costs 3.50", "euros today"]),
        # An address is not torn for the sake of a longer first piece.
        ("see https://shop.example/a/b", 26, ["see", "https://shop.example/a/b"]),
        # A number and its unit stay on one line.
        ("we sent 10\u00a0kg", 9, ["we sent", "10\u00a0kg"]),
        ("क्षि" * 3, 5, ["क्षि", "क्षि", "क्षि"]),
    ],
)
def test_languages_and_addresses_are_cut_where_they_may_be(
    text: str, limit: int, pieces: list[str]
) -> None:
    assert split_text(text, limit) == pieces


def test_a_sign_longer_than_any_is_cut_all_the_same() -> None:
    text = "a" + "\u0301" * 1000
    assert "".join(split_text(text, 100)) == text
