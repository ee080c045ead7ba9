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

from core.model_words import NUMBERS, OPENERS, ORDERS

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


_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"://|\bwww\.|\b[\w-]+\.[a-z]{2,}(?:/|\b)|\bmailto:|\btel:", re.I)
_MARKUP = re.compile(r"[<>{}`|\\]|\]\(|\*\*|^\s*#")
_CODE = re.compile(r"(?<!\w)[^\W_]*\d[\w.,:/#'-]*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_QUOTE = re.compile(r"[“„«\"]([^”“»\"]+)[”“»\"]|(?<!\w)['‘]([^'’]{2,})['’](?!\w)")
_SENTENCE_END = re.compile(r"(?:^|[.!?:…])[\s\"“„«(]*$")
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
    stands = re.search(rf"(?<!\w){re.escape(_plain(value))}(?!\w)", _plain(cited.text))
    return None if stands else Refusal.VALUE


def _check_form(text: str, limit: int) -> Refusal | None:
    """What no text by a model may have, whatever its sources say."""
    if not text.strip():
        return Refusal.EMPTY
    if len(text) > limit:
        return Refusal.LENGTH
    if _MARKUP.search(text) or any(unicodedata.category(one) in _INVISIBLE for one in text):
        return Refusal.MARKUP
    if _LINK.search(_EMAIL.sub(" ", text)):
        return Refusal.LINK
    return Refusal.ORDER if ORDERS.search(_plain(text)) else None


def _check_content(text: str, cited: Sequence[Source]) -> Refusal | None:
    """What is in the text and not in the messages it cites."""
    said = "\n".join(f"{one.by or ''}\n{one.text}" for one in cited)
    plain = _plain(said)
    if any(one.casefold() not in _addresses(said) for one in _EMAIL.findall(text)):
        return Refusal.ADDRESS
    rest = _EMAIL.sub(" ", text)
    if not _numbers(rest) <= _numbers(_EMAIL.sub(" ", said)):
        return Refusal.NUMBER
    if any(_plain(one) not in plain for found in _QUOTE.findall(text) for one in found if one):
        return Refusal.QUOTE
    return None if _names(rest) <= _words(said) else Refusal.NAME


def _addresses(text: str) -> set[str]:
    return {one.casefold() for one in _EMAIL.findall(text)}


def _numbers(text: str) -> set[str]:
    """Every number, code, date and amount in one form, number words too: "£20.00" is "20.00"."""
    codes = {_bare(one) for one in _CODE.findall(text)}
    spelled = {NUMBERS[word] for word in _words(text) if word in NUMBERS}
    return codes | spelled


def _bare(code: str) -> str:
    """A code as it is compared: without what stands around or between its parts, but for a decimal
    point, which makes another amount of it."""
    plain = code.casefold().rstrip(".,:/'-").replace(",", ".")
    return re.sub(r"[/#:'-]", "", plain).removesuffix(".00")


def _names(text: str) -> set[str]:
    """Words that are written like names, wherever they stand; of those that begin a sentence, not
    the ones that sentences begin with."""
    found = set()
    for match in _WORD.finditer(text):
        word = match[0]
        if not any(one.isupper() for one in word):
            continue
        plain = _word(word)
        if plain in OPENERS and _SENTENCE_END.search(text, 0, match.start()):
            continue
        found.add(plain)
    return found - {"i"}


def _words(text: str) -> set[str]:
    return {_word(one) for one in _WORD.findall(text)}


def _word(word: str) -> str:
    """A word as it is compared: "Ben's" is Ben's, and so is "Ben"."""
    return re.sub(r"['’]s?$", "", unicodedata.normalize("NFKC", word).casefold())


def _plain(text: str) -> str:
    """Without differences of case, form and spacing."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("’", "'").split())
