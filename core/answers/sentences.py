"""Sentences that are never said twice: splitting, digests, and the first variant still unused.

Pure and deterministic: the same case and the same variants always give the same words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

SAID_LIMIT = 400
"""Digests kept of a case; older ones fall out."""

_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n+")
_BRACED = re.compile(r"\{([\w.]+)\}")
_SPACE = re.compile(r"\s+")


def split_sentences(text: str) -> list[str]:
    """The sentences and lines of a text."""
    return [one.strip() for one in _END.split(text) if one.strip()]


@lru_cache(maxsize=4096)
def digest(sentence: str) -> str:
    """A short digest of a sentence that ignores case and spacing."""
    plain = _SPACE.sub(" ", sentence).strip().casefold()
    return hashlib.blake2s(plain.encode(), digest_size=4).hexdigest()


@lru_cache(maxsize=4096)
def digests(text: str) -> tuple[str, ...]:
    """The digests of a text's sentences."""
    return tuple(digest(one) for one in split_sentences(text))


def is_fresh(text: str, said: Iterable[str]) -> bool:
    """Whether none of a text's sentences was said, and none stands in it twice."""
    mine = digests(text)
    different = set(mine)
    return len(different) == len(mine) and different.isdisjoint(said)


def remember(said: Sequence[str], text: str) -> tuple[str, ...]:
    """What was said, with a text's sentences added."""
    mine = digests(text)
    if set(mine).isdisjoint(said):
        return (*said, *mine)[-SAID_LIMIT:]
    return (*(one for one in said if one not in mine), *mine)[-SAID_LIMIT:]


def fill(template: str, words: Mapping[str, str]) -> str | None:
    """The template with its braces filled, or nothing when a word is not known."""
    if "{" not in template:
        return template
    names = _BRACED.findall(template)
    if any(not words.get(name) for name in names):
        return None
    return _BRACED.sub(lambda found: words[found[1]], template)


def choose(
    variants: Iterable[str],
    words: Mapping[str, str],
    said: Iterable[str],
    *,
    statement: bool = False,
) -> str | None:
    """The first variant that can be filled and repeats nothing; with `statement`, asks nothing."""
    used = said if isinstance(said, frozenset) else frozenset(said)
    for one in variants:
        text = fill(one, words)
        if text is not None and is_fresh(text, used) and not (statement and "?" in text):
            return text
    return None
