"""SMS arithmetic: how long a text is, and what becomes of its typography."""

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
)

basic = st.text(alphabet=sorted(BASIC), max_size=700)
gsm = st.text(alphabet=sorted(BASIC | EXTENSION), max_size=700)
anything = st.text(max_size=300)


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
        # Six times 8 + 3 units, and the seventh family does not fit into the first segment whole.
        ("👩‍👩‍👧abc" * 7, Encoding.UCS2, 77, 2),
        ("👩‍👩‍👧" * 9, Encoding.UCS2, 72, 2),
        ("ж" * 60 + "👩‍👩‍👧" + "ж" * 60, Encoding.UCS2, 128, 3),
        # The two ends of a line are two characters, and may be parted.
        ("ж" * 66 + "\r\n" + "ж" * 66, Encoding.UCS2, 134, 2),
        # No segment holds this as a whole.
        ("ж" + "\u0301" * 80, Encoding.UCS2, 81, 2),
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
    assert count == 1 or length <= 67 * count


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
        ("‚a‘ ‹b› «c» „d‟ ′″ `", "'a' 'b' \"c\" \"d\" '\" '"),
        ("a‑b―c−d\u00ade", "a-b-c-de"),
        ("１２ａＢ！［］＠ ＂＇－", "12aB![]@ \"'-"),
        ("a\u2003b\u3000c\u2028d\u2029e", "a b c\nd\ne"),
        ("½ l, 2½ l, 10¼", "1/2 l, 2 1/2 l, 10 1/4"),
        ("ﬁnd ﬂat oﬃce", "find flat office"),
        ("a\u2060b\u200ec\u200dd\ufe0f", "abcd"),
        ("≤5 ± 1 → ok ÷ ™ © №", "<=5 +/- 1 -> ok / TM (C) No."),
        ("ΑΘΗΝΑ", "AΘHNA"),
        # Names stay as they are spelled, whether the alphabet has their letters or not.
        ("Señor Müller, café", "Señor Müller, café"),
        ("“Zoë”", "“Zoë”"),
        ("“François”", "“François”"),
        ("10² · 20°", "10² · 20°"),
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
