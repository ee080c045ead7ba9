"""How long a text is as SMS: encodings, segments, and which spelling is the cheaper one.

Arithmetic of 3GPP TS 23.038 (alphabets) and TS 23.040 (concatenation): 160 or 153 septets a segment
in the GSM 7-bit alphabet, 70 or 67 UTF-16 units otherwise. It knows no channel and sends nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from enum import StrEnum

import regex

from core.gsm_spelling import INVISIBLE, respelled

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet: one septet each."""

EXTENSION = frozenset("\f^{}\\[~]|€")
"""The extension table: an escape and a septet each."""

_GSM = BASIC | EXTENSION

_SINGLE = {True: 160, False: 70}
_MULTI = {True: 153, False: 67}
"""What a message of one segment and a segment of several hold, in GSM-7 or not."""

# What a segment's end must not cut. A line's two end marks are two characters here.
_WHOLE = regex.compile(r"\r|\n|\X")


class Encoding(StrEnum):
    """What a text is sent in."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


def normalise(text: str) -> str:
    """The text in GSM characters, where it means the same in them.

    One curly quote would otherwise halve what a segment holds. A text that needs UCS-2 for another
    character anyway is only stripped of invisible ones.
    """
    if text.isascii() and _GSM.issuperset(text):
        return text
    visible = unicodedata.normalize("NFC", text).translate(INVISIBLE)
    plain = respelled(visible)
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

    What belongs together (an escape and its character, all of what a person sees as one) goes whole
    into the next segment where it does not fit, as by Twilio's own calculator.
    """
    gsm = encoding_of(text) is Encoding.GSM7
    single, multi = _SINGLE[gsm], _MULTI[gsm]
    if gsm and EXTENSION.isdisjoint(text):
        return 1 if len(text) <= single else -(-len(text) // multi)
    if length_of(text) <= single:
        return 1
    count, used = 1, 0
    for width in _septets(text) if gsm else _units(text, multi):
        if used + width > multi:
            count, used = count + 1, 0
        used += width
    return count


def _septets(text: str) -> Iterator[int]:
    return (2 if one in EXTENSION else 1 for one in text)


def _units(text: str, room: int) -> Iterator[int]:
    """The UTF-16 units of what belongs together; of its characters where it fits in no segment."""
    for match in _WHOLE.finditer(text):
        widths = [2 if ord(one) > 0xFFFF else 1 for one in match[0]]
        whole = sum(widths)
        yield from (whole,) if whole <= room else widths
