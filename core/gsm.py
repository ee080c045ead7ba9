"""How long a text is as SMS: encodings, segments, and where a text may be cut.

Arithmetic of 3GPP TS 23.038 (alphabets) and TS 23.040 (concatenation): 160 or 153 septets a segment
in the GSM 7-bit alphabet, 70 or 67 UTF-16 units otherwise. It knows no channel and sends nothing.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet: one septet each."""

EXTENSION = frozenset("\f^{}\\[~]|€")
"""The extension table: an escape and a septet each."""

_GSM = BASIC | EXTENSION

_REPLACEMENTS = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "‛": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
        "—": "-",
        "−": "-",
        "…": "...",
        "•": "-",
        "·": "-",
        "\u00a0": " ",
        "\u2002": " ",
        "\u2003": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\t": " ",
        "×": "x",
    }
)
_INVISIBLE = str.maketrans({"\u200b": None, "\ufeff": None})

_JOINER = "\u200d"
# What changes the picture before it though it is no mark: skin tones, and the tags of flags.
_MODIFIER = re.compile("[\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_FLAG_LETTER = re.compile("[\U0001f1e6-\U0001f1ff]")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


class Encoding(StrEnum):
    """What a text is sent in."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


def normalise(text: str) -> str:
    """The text with typographic characters replaced by their GSM equivalents.

    One curly quote would otherwise halve what a segment holds. A text that needs UCS-2 for another
    character anyway is only stripped of invisible ones.
    """
    if text.isascii() and _GSM.issuperset(text):
        return text
    visible = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    plain = visible.translate(_REPLACEMENTS)
    return plain if encoding_of(plain) is Encoding.GSM7 else visible


def encoding_of(text: str) -> Encoding:
    """What the text has to be sent in."""
    return Encoding.GSM7 if _GSM.issuperset(text) else Encoding.UCS2


def length_of(text: str) -> int:
    """Length in the units of the text's encoding: septets or UTF-16 units."""
    if encoding_of(text) is Encoding.GSM7:
        return len(text) + sum(c in EXTENSION for c in text)
    return len(text.encode("utf-16-le")) // 2


def segments(text: str) -> int:
    """How many segments the text takes; no text takes one.

    A pair (an escape and its character, or two surrogates) is never cut by a segment's end.
    """
    gsm = encoding_of(text) is Encoding.GSM7
    single, multi = (160, 153) if gsm else (70, 67)
    if gsm and EXTENSION.isdisjoint(text):
        return 1 if len(text) <= single else -(-len(text) // multi)
    widths = [_width(c, gsm) for c in text]
    if sum(widths) <= single:
        return 1
    count, used = 1, 0
    for width in widths:
        if used + width > multi:
            count, used = count + 1, 0
        used += width
    return count


def _width(character: str, gsm: bool) -> int:
    if gsm:
        return 2 if character in EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1


def split_text(text: str, limit: int) -> list[str]:
    """The text in pieces of at most `limit` characters, cut after a sentence, else a word, else
    between graphemes. Only white space at the cuts is dropped. Raises `ValueError` for no limit."""
    if limit < 1:
        raise ValueError("a piece needs at least one character")
    pieces: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _cut(rest, limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest or not pieces:
        pieces.append(rest)
    return pieces


def _cut(text: str, limit: int) -> int:
    """Where to cut so that the first piece is as long as sense allows."""
    half = limit // 2
    sentence = [m.start() for m in _SENTENCE_END.finditer(text, 0, limit + 1) if m.start() >= half]
    if sentence:
        return sentence[-1]
    space = text.rfind(" ", half, limit + 1)
    if space > 0:
        return space
    place = limit
    while place > 0 and _is_inside(text, place):
        place -= 1
    return place or limit


def _is_inside(text: str, place: int) -> bool:
    """Whether a cut here would go through what a person sees as one character."""
    before, after = text[place - 1], text[place]
    if unicodedata.category(after).startswith("M") or _MODIFIER.match(after):
        return True
    if _JOINER in (before, after) or before + after == "\r\n":
        return True
    if not _FLAG_LETTER.match(after):
        return False
    letters = 0
    while letters < place and _FLAG_LETTER.match(text[place - 1 - letters]):
        letters += 1
    return letters % 2 == 1
