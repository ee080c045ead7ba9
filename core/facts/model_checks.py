"""Whether what a language model made of messages may stand: everything in it has to be in them.

Pure, and stricter than it is clever. A number, an amount, an address, a name or a quotation that
the cited messages do not have refuses the whole, as do links and words that give orders. It does
not know whether a sentence is true: what stands is still only claimed. Texts are data here; nothing
in them is followed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.facts.model_words import OPENERS, ORDERS
from core.grounding import (
    EMAIL,
    SENTENCE_END,
    WORD,
    addresses_of,
    numbers_of,
    plain,
    word_of,
    words_of,
)

SENTENCES, SENTENCE_LIMIT, VALUE_LIMIT = 4, 240, 120
"""Sentences of a summary, characters of one, and characters of a fact's value, at most."""


class Refusal(StrEnum):
    """Why something a model made may not stand."""

    EMPTY = "empty"
    LENGTH = "too long"
    SOURCE = "unknown source"
    MARKUP = "markup"
    LINK = "link"
    ORDER = "gives orders"
    NUMBER = "number not in its source"
    ADDRESS = "address not in its source"
    NAME = "name not in its source"
    QUOTE = "quotation not in its source"
    KEY = "unknown key"
    VALUE = "value not in its source"


@dataclass(frozen=True, slots=True)
class Source:
    """A message that may be cited. `by` is its author's name, where that is known."""

    id: str
    text: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a summary, with the ids of the messages it is made from."""

    text: str
    sources: tuple[str, ...]


_LINK = re.compile(r"://|\bwww\.|\b[\w-]+\.[a-z]{2,}(?:/|\b)|\bmailto:|\btel:", re.I)
_MARKUP = re.compile(r"[<>{}`|\\]|\]\(|\*\*|^\s*#")
_QUOTE = re.compile(r"[“„«\"]([^”“»\"]+)[”“»\"]|(?<!\w)['‘]([^'’]{2,})['’](?!\w)")
_INVISIBLE = frozenset(("Cc", "Cf", "Co", "Cs", "Zl", "Zp"))


def check_summary(sentences: Sequence[Sentence], sources: Iterable[Source]) -> Refusal | None:
    """Why these sentences may not stand as a summary of these messages; nothing if they may."""
    known = {one.id: one for one in sources}
    if not sentences:
        return Refusal.EMPTY
    if len(sentences) > SENTENCES:
        return Refusal.LENGTH
    for one in sentences:
        if not one.sources or not known.keys() >= set(one.sources):
            return Refusal.SOURCE
        refused = _check_form(one.text, SENTENCE_LIMIT) or _check_content(
            one.text, [known[source] for source in one.sources]
        )
        if refused is not None:
            return refused
    return None


def check_fact(
    key: str, value: str, source: str, keys: Mapping[str, object], sources: Iterable[Source]
) -> Refusal | None:
    """Why this may not stand as a fact; nothing if it may. `keys` are those that facts may have."""
    cited = next((one for one in sources if one.id == source), None)
    if key not in keys:
        return Refusal.KEY
    if cited is None:
        return Refusal.SOURCE
    refused = _check_form(value, VALUE_LIMIT)
    if refused is not None:
        return refused
    # Whole words: "10" does not stand in "1042", nor "Al" in "Alice".
    stands = re.search(rf"(?<!\w){re.escape(plain(value))}(?!\w)", plain(cited.text))
    return None if stands else Refusal.VALUE


def _check_form(text: str, limit: int) -> Refusal | None:
    """What no text by a model may have, whatever its sources say."""
    if not text.strip():
        return Refusal.EMPTY
    if len(text) > limit:
        return Refusal.LENGTH
    if _MARKUP.search(text) or any(unicodedata.category(one) in _INVISIBLE for one in text):
        return Refusal.MARKUP
    if _LINK.search(EMAIL.sub(" ", text)):
        return Refusal.LINK
    return Refusal.ORDER if ORDERS.search(plain(text)) else None


def _check_content(text: str, cited: Sequence[Source]) -> Refusal | None:
    """What is in the text and not in the messages it cites."""
    said = "\n".join(f"{one.by or ''}\n{one.text}" for one in cited)
    heard = plain(said)
    if any(one.casefold() not in addresses_of(said) for one in EMAIL.findall(text)):
        return Refusal.ADDRESS
    rest = EMAIL.sub(" ", text)
    if not numbers_of(rest) <= numbers_of(EMAIL.sub(" ", said)):
        return Refusal.NUMBER
    if any(plain(one) not in heard for found in _QUOTE.findall(text) for one in found if one):
        return Refusal.QUOTE
    return None if _names(rest) <= words_of(said) else Refusal.NAME


def _names(text: str) -> set[str]:
    """Words that are written like names, wherever they stand; of those that begin a sentence, not
    the ones that sentences begin with."""
    found = set()
    for match in WORD.finditer(text):
        word = match[0]
        if not any(one.isupper() for one in word):
            continue
        name = word_of(word)
        if name in OPENERS and SENTENCE_END.search(text, 0, match.start()):
            continue
        found.add(name)
    return found - {"i"}
