"""Offering somebody their own addresses to choose from, masked, and reading what they chose.

Pure. Whom they may be offered to is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.addresses import masked
from core.message import QuickReply
from core.pipeline.contracts import Told
from core.pipeline.reading.phrases import leaning
from core.turn import TurnInput

NAMED: Mapping[str, tuple[str, ...]] = {
    "email": ("mail", "e-mail", "email"),
    "phone": ("phone", "text", "sms", "number", "mobile"),
    "slack": ("slack",),
}
"""Kind of handle -> the words that choose it."""

NONE = ""
"""None of what was offered."""

_NUMBER = re.compile(r"\W*(?:number |no\.? ?)?(\d)\W*", re.I)
_PLACE = re.compile(r"\W*(?:the )?(first|second|third|last)(?: one)?\W*", re.I)
_PLACES = {"first": 0, "second": 1, "third": 2}
_LAST_DIGITS = re.compile(r"\d{4}\b")
_FEW = 3


def offered(key: str, keys: tuple[str, ...]) -> Told:
    """The question: one address is asked about by name, several are listed."""
    masks = [masked(one) for one in keys]
    if len(keys) == 1:
        return Told(key, {"to": masks[0]}, (QuickReply("Yes", "yes"), QuickReply("No", "no")))
    return Told(key, {}, tuple(QuickReply(one, one) for one in masks))


def chosen_of(turn: TurnInput, keys: tuple[str, ...]) -> str | None:
    """Which of the addresses a turn means: its key, `NONE`, or nothing when it speaks of others."""
    taps = [one.quick_reply for one in turn.messages if one.quick_reply]
    text = (taps[-1] if taps else turn.text).strip()
    place = _place(text, keys)
    if place is not None:
        # Where choices cannot be tapped, "2" under the question about one address is "No".
        return keys[place] if place < len(keys) else NONE
    if leaning(text) is False:
        return NONE
    ends = set(_LAST_DIGITS.findall(text))
    named = [one for one in keys if one[-4:] in ends or _is_named(text, one)]
    if len(named) == 1:
        return named[0]
    return keys[0] if len(keys) == 1 and leaning(text) is True else None


def _place(text: str, keys: tuple[str, ...]) -> int | None:
    # A text message spells the dots out.
    shown = text.replace("...", "…")
    whole = [at for at, one in enumerate(keys) if masked(one) == shown]
    if whole:
        return whole[0]
    if (number := _NUMBER.fullmatch(text)) and 1 <= int(number[1]) <= max(len(keys), 2):
        return int(number[1]) - 1
    if word := _PLACE.fullmatch(text):
        place = _PLACES.get(word[1].casefold(), len(keys) - 1)
        return place if place < len(keys) else None
    return None


def _is_named(text: str, key: str) -> bool:
    words = set(re.findall(r"[\w-]+", text.casefold()))
    return len(words) <= _FEW and not words.isdisjoint(NAMED.get(key.partition(":")[0], ()))
