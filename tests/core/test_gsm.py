"""SMS arithmetic: how long a text is, what becomes of its typography, and where it may be cut."""

from __future__ import annotations

import unicodedata
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.gsm import (
    BASIC,
    EXTENSION,
    Encoding,
    encoding_of,
    length_of,
    normalise,
    segments,
    split_text,
)

basic = st.text(alphabet=sorted(BASIC), max_size=700)
gsm = st.text(alphabet=sorted(BASIC | EXTENSION), max_size=700)
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


@pytest.mark.parametrize(
    ("text", "encoding", "length", "count"),
    [
        ("", Encoding.GSM7, 0, 1),
        ("a" * 160, Encoding.GSM7, 160, 1),
        ("a" * 161, Encoding.GSM7, 161, 2),
        ("a" * 306, Encoding.GSM7, 306, 2),
        ("a" * 307, Encoding.GSM7, 307, 3),
        ("€" * 80, Encoding.GSM7, 160, 1),
        ("€" * 81, Encoding.GSM7, 162, 2),
        # The escape would be the 153rd septet: the pair moves on, and one septet stays empty.
        ("a" * 152 + "€" + "a" * 151, Encoding.GSM7, 305, 2),
        ("a" * 152 + "€" + "a" * 152, Encoding.GSM7, 306, 3),
        ("ж" * 70, Encoding.UCS2, 70, 1),
        ("ж" * 71, Encoding.UCS2, 71, 2),
        ("ж" * 134, Encoding.UCS2, 134, 2),
        ("ж" * 135, Encoding.UCS2, 135, 3),
        ("😀" * 35, Encoding.UCS2, 70, 1),
        ("😀" * 36, Encoding.UCS2, 72, 2),
        # 67 is odd: a pair of surrogates never lies over the end of a segment.
        ("😀" * 66, Encoding.UCS2, 132, 2),
        ("😀" * 67, Encoding.UCS2, 134, 3),
        ("ж" + "😀" * 66, Encoding.UCS2, 133, 2),
        ("a" * 70 + "’", Encoding.UCS2, 71, 2),
        ("ê", Encoding.UCS2, 1, 1),
        ("`", Encoding.UCS2, 1, 1),
    ],
    ids=lambda one: f"{one[:3]}…" if isinstance(one, str) and len(one) > 4 else None,
)
def test_what_a_text_takes(text: str, encoding: Encoding, length: int, count: int) -> None:
    assert (encoding_of(text), length_of(text), segments(text)) == (encoding, length, count)


def test_the_alphabet_has_the_size_of_the_standard() -> None:
    # 128 places less the escape; the extension table of TS 23.038 has these ten.
    assert (len(BASIC), len(EXTENSION)) == (127, 10)
    assert not BASIC & EXTENSION


@given(basic)
def test_basic_characters_take_one_septet_each(text: str) -> None:
    assert length_of(text) == len(text)
    assert segments(text) == (1 if len(text) <= 160 else ceil(len(text) / 153))


@given(gsm)
def test_an_escape_costs_at_most_one_septet_a_segment(text: str) -> None:
    length, count = length_of(text), segments(text)
    assert length == len(text) + sum(text.count(one) for one in EXTENSION)
    assert (count == 1) == (length <= 160)
    assert count == 1 or length <= 153 * count < length + 153 + count


@given(anything)
def test_other_texts_count_utf16_units(text: str) -> None:
    text += "ж"
    length, count = length_of(text), segments(text)
    assert length == len(text.encode("utf-16-be")) // 2
    assert (count == 1) == (length <= 70)
    assert count == 1 or length <= 67 * count < length + 67 + count


@given(anything, st.sampled_from(["a", "€", "😀"]))
def test_a_longer_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert segments(text) <= segments(text + more)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("“Don’t”", '"Don\'t"'),
        ("9–5 — soon…", "9-5 - soon..."),
        ("a\u00a0b\u202fc\td", "a b c d"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("3 × 4 • 5", "3 x 4 - 5"),
        ("e\u0301te\u0301 A\u030a \u2126", "été Å Ω"),
        # It goes as UCS-2 anyway: nothing is gained by spoiling the typography, it only grows.
        ("“Don’t…” 😀\u200b", "“Don’t…” 😀"),
        ("日本語…", "日本語…"),
    ],
)
def test_typography_becomes_what_gsm_can_carry(text: str, plain: str) -> None:
    assert normalise(text) == plain


@given(gsm)
def test_a_gsm_text_stays_as_it_is(text: str) -> None:
    assert normalise(text) == text


@given(anything)
def test_normalising_changes_typography_and_nothing_else(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    result = normalise(text)
    if encoding_of(result) is Encoding.UCS2:
        assert result == "".join(one for one in composed if one not in "\u200b\ufeff")
    else:
        kept = [one for one in composed if one in BASIC or one in EXTENSION]
        rest = iter(result)
        assert all(one in rest for one in kept)
    assert length_of(result) <= 3 * max(1, length_of(composed))


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
