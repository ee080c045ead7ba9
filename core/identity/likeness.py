"""What is told about people, brought to a form in which equal means equal, and how like two are.

Pure. A likeness is a reason to ask a person, and never one to join anybody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from core.handle_addresses import AddressFault, clean_email, clean_phone
from core.pipeline.reading.shapes import SHAPES

ADDRESSES = ("email", "phone", "login")
"""Kinds of what is told that are a handle's."""

TOLD = ("name", "postcode", "order")
"""Kinds of what is told that are nobody's address."""

LIKE_NAME = 90
LIKE_ADDRESS = 88
"""From which likeness, of 100, two names or two addresses may be one that was misspelt."""

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Told:
    """Something that was told, as the key of the handle it names, or as `kind:value`."""

    kind: str
    key: str


def told(kind: str, value: str) -> Told | None:
    """What a value of this kind says, or nothing when it says too little to tell people apart."""
    if len(value) > _LONGEST:
        return None
    if kind in ("email", "phone"):
        try:
            address = clean_email(value) if kind == "email" else clean_phone(value)
        except AddressFault:
            return None
        return Told(kind, f"{kind}:{address}")
    if kind == "login":
        return Told(kind, f"login:{value.strip()}") if value.strip() else None
    plain = {"name": _name, "postcode": _code, "order": _code}.get(kind, lambda _text: "")(value)
    return Told(kind, f"{kind}:{plain}") if plain else None


def typed(text: str) -> Iterator[Told]:
    """The addresses that stand in a text, each once."""
    seen: set[str] = set()
    for kind in ("email", "phone"):
        for found in SHAPES[kind].finditer(text):
            one = told(kind, found[0])
            if one is not None and one.key not in seen:
                seen.add(one.key)
                yield one


def kind_of_fact(key: str, kinds: Mapping[str, str]) -> str | None:
    """What kind of thing a fact tells, by its key; `kinds` are those of the playbook's slots."""
    name = key.removeprefix("attribute:")
    if "postcode" in name or name in ("zip", "zip_code", "postal_code"):
        return "postcode"
    kind = kinds.get(name, name)
    return kind if kind in (*ADDRESSES, *TOLD) else None


def name_likeness(one: str, other: str) -> float:
    """How like two names are, 0 to 100, whatever the order of their words."""
    return fuzz.token_sort_ratio(one, other)


def address_likeness(one: str, other: str) -> float:
    """How like the parts before the "@" are of two addresses of one domain; 0 of two domains."""
    local, _, domain = one.rpartition("@")
    other_local, _, other_domain = other.rpartition("@")
    if domain != other_domain or one == other:
        return 0.0
    return fuzz.ratio(local, other_local)


def _name(text: str) -> str:
    """A name in plain letters, its words in order of the alphabet; one word names nobody."""
    bare = "".join(
        char
        for char in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(char)
    )
    words = sorted(_WORD.findall(bare))
    return " ".join(words) if len(words) > 1 else ""


def _code(text: str) -> str:
    plain = "".join(char for char in text.casefold() if char.isalnum())
    return plain if len(plain) >= 4 else ""
