"""Our SMS arithmetic against judges who have never seen it, on 10,000 texts.

Twilio's own calculator counts segments; the Unicode library within Node says what people see as one
sign. The texts are the same in every run.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from core.gsm import BASIC, EXTENSION, encoding_of, normalise, segments
from core.splitting import split_text
from tests.node.conftest import Judge

pytestmark = [pytest.mark.node]

TEXTS = 10_000

GSM = [*sorted(BASIC), *sorted(EXTENSION)]
PROSE = [*"etaoin shrdlu", ". ", "! ", ", ", "\n", "\r\n", "Ihr Paket ", "10€ "]
TYPOGRAPHY = [*"“”‘’–—…•«»×½\u00a0\u2009\u200b\ufeff\tＡ１"]
LETTERS = [
    *"çêëłőşıžđ",
    *"жщюяіЯ",
    *"日本語한국어",
    *"שלוםمرحبا",
    *"ไทย",
    "e\u0301",
    "a\u0308\u0323",
]
# The calculator's table of emoji is of 2017: newer ones in sequences it counts sign by sign.
EMOJI = [
    "😀",
    "❤",
    "❤\ufe0f",
    "👍🏽",
    "👩\u200d👩\u200d👧",
    "🇩🇪",
    "🇺🇸",
    "1\ufe0f\u20e3",
    "👩\u200d🚀",
]
KINDS = [GSM, [*GSM, *PROSE * 8], [*PROSE * 5, *TYPOGRAPHY], [*PROSE, *LETTERS], [*PROSE, *EMOJI]]
KINDS += [[*PROSE * 3, *TYPOGRAPHY, *LETTERS, *EMOJI], EMOJI]


def generated() -> list[str]:
    """Texts of every kind; half of them near the border of a segment."""
    random = Random(20270115)
    borders = [67, 70, 70, 134, 134, 160, 160, 201, 306]
    texts = []
    for number in range(TEXTS):
        kind = KINDS[number % len(KINDS)]
        near = random.choice(borders) + random.randint(-4, 4)
        wanted = near if number % 2 else random.randint(0, 250)
        text = ""
        while len(text) < wanted:
            text += random.choice(kind)
        texts.append(text)
    return texts


def test_segments_are_counted_as_twilios_calculator_counts_them(
    judge: Callable[[str], Judge],
) -> None:
    texts = generated()
    counted = judge(
        "const it = new SegmentedMessage(text); return [it.encodingName, it.segmentsCount];"
    )(texts)
    ours = [[encoding_of(one).value, segments(one)] for one in texts]
    wrong = [pair for pair in zip(texts, ours, counted, strict=True) if pair[1] != pair[2]]
    assert not wrong, f"{len(wrong)} of {len(texts)}, the first: {wrong[0]!r}"


def test_a_normalised_text_never_takes_more_segments(judge: Callable[[str], Judge]) -> None:
    texts = [one for one in generated() if encoding_of(normalise(one)) != encoding_of(one)]
    count = judge("return new SegmentedMessage(text).segmentsCount;")
    before, after = count(texts), count([normalise(one) for one in texts])
    assert len(texts) > 1000
    assert [int(str(one)) for one in after] == [segments(normalise(one)) for one in texts]
    assert all(int(str(a)) <= int(str(b)) for a, b in zip(after, before, strict=True))


def test_no_cut_goes_through_what_the_unicode_library_calls_one_sign(
    judge: Callable[[str], Judge],
) -> None:
    texts = generated()[:3000]
    found = judge(
        "const signs = new Intl.Segmenter('en', { granularity: 'grapheme' });"
        "return Array.from(signs.segment(text), (one) => one.segment);"
    )(texts)
    for text, signs in zip(texts, found, strict=True):
        assert isinstance(signs, list)
        ends, at = {0}, 0
        for sign in signs:
            at += len(sign)
            ends.add(at)
        at = 0
        for piece in split_text(text, 40):
            at = text.index(piece, at)
            assert at in ends
            at += len(piece)
            assert at in ends
