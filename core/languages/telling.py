"""In which language a customer writes: that of a text, and that of a turn.

Told by small words and by letters, without a model: it costs microseconds and no memory, and what
is too short, mixed or close to two languages has none. It decides nothing: what is said in which
language is the response's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from core.facts.preferences import KEY, find_wishes
from core.languages.small_words import LETTERS, SCRIPTS, WORDS
from core.message import Author
from core.playbook.model import Playbook
from core.turn import TurnInput

LOOKED_AT = 400
"""Characters of a text that are looked at: a language shows in its first sentences."""

EARLIER = 6
"""How many earlier messages of the customer may tell what this one does not."""

_ENOUGH = 1.0
"""What a language must have for itself: one word that no other has, or several shared ones."""

_LEAD = 1.8
"""How many times as much as the second it must have."""

_SHARE = 0.1
"""What it must have for itself for each word: a list of names and things is of no language."""

_LETTER = 0.6
"""What a letter counts that one language has alone: a name may hold it."""

_NAMED = re.compile(r"\S*[@\d/_\\]\S*|\[[^\]]*\]")
"""Addresses, numbers, codes, and what stands for something removed: of no language."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_FOREIGN = re.compile("[\u0370-\u1dff\u1f00-\u1fff\u3040-\ud7ff\uf900-\ufdff\ufe70-\ufeff]")
_SCRIPTS = tuple((code, re.compile(f"[{letters}]")) for code, letters in SCRIPTS)
_CYRILLIC = "ru"


def _weights() -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Each word with its languages: it counts the less, the more of them have it."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for code, words in WORDS.items():
        for word in dict.fromkeys(words.split()):
            owners[word].append(code)
    return {word: tuple((one, 1 / len(its)) for one in its) for word, its in owners.items()}


_WEIGHTS = _weights()
_OWN_LETTERS = frozenset(LETTERS)


def language_of(text: str) -> str | None:
    """The language of a text by its code (ISO 639-1), or nothing when it is not clear.

    Of a script that several languages share and no word gives away, it is the one that is most
    written in it.
    """
    return _language_of(text[:LOOKED_AT])


@lru_cache(maxsize=4_000)
def _language_of(text: str) -> str | None:
    plain = _NAMED.sub(" ", text).lower().replace("’", "'")
    words = _WORD.findall(plain)
    if not words:
        return None
    if not plain.isascii():
        script = _script(plain)
        if script is not None and script != _CYRILLIC:
            return script
        return _clearest(words, plain) or script
    return _clearest(words, "")


def _script(plain: str) -> str | None:
    """The language of the script that most letters are of, where it is not the Latin one."""
    foreign = _FOREIGN.findall(plain)
    if 2 * len(foreign) < sum(map(str.isalpha, plain)):
        return None
    letters = "".join(foreign)
    counts = ((code, len(one.findall(letters))) for code, one in _SCRIPTS)
    # A language that has letters to itself is written with the shared ones as well.
    return next((code for code, count in counts if count and 20 * count >= len(letters)), None)


def _clearest(words: list[str], letters: str) -> str | None:
    """The language that these words are of, and these letters."""
    scores: dict[str, float] = {}
    for word in words:
        for code, weight in _WEIGHTS.get(word, ()):
            scores[code] = scores.get(code, 0.0) + weight
    for letter in _OWN_LETTERS.intersection(letters):
        scores[LETTERS[letter]] = scores.get(LETTERS[letter], 0.0) + _LETTER
    if not scores:
        return None
    (first, most), *others = sorted(scores.items(), key=lambda one: (-one[1], one[0]))
    second = others[0][1] if others else 0.0
    wanted = max(_ENOUGH, _SHARE * len(words), _LEAD * second)
    return first if most >= wanted else None


def turn_language(turn: TurnInput, playbook: Playbook) -> str:
    """The language to answer a turn in, by its code (ISO 639-1).

    The one they asked for outright, in these words or before; that of this message; of their
    earlier ones, the newest that is clear; what the business knows of them; the playbook's.
    """
    return _asked_for(turn) or _written(turn) or turn.preferences.language or playbook.language


def _asked_for(turn: TurnInput) -> str | None:
    wished = next((one.value for one in find_wishes(turn.text) if one.name == "language"), None)
    if wished is not None or turn.preferences.language is None:
        return wished
    told = any(one.key == f"{KEY}language" for one in turn.recall.facts)
    return turn.preferences.language if told else None


def _written(turn: TurnInput) -> str | None:
    found = language_of(turn.text)
    if found is not None:
        return found
    theirs = [one.text for one in turn.recall.exchanges if one.author is Author.CUSTOMER]
    return next(filter(None, map(language_of, reversed(theirs[-EARLIER:]))), None)
