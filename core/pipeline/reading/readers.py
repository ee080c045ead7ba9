"""A playbook's slots, compiled once: their patterns, choices and cues as regular expressions.

It only prepares; what is found with them is the business of `core.pipeline.reading.slots`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from core.pipeline.reading.own_names import asks_own_name, is_anybodys
from core.pipeline.reading.pairs import Pair, pairs_of
from core.pipeline.reading.shapes import CODE_WORDS
from core.playbook.model import Playbook, Slot
from core.playbook.once import once_per_playbook

_WORD = re.compile(r"\w+")
_TOLD_ONCE = frozenset({"name", "email", "phone", "order"})
_COMPOUND = 8
"""Letters from which one word announces a value as well as two."""

_AFTER_CUE = (
    r"\s*(?:numbers?\b|no\b\.?)?\s*"
    r"(?:(?:is|was|are|will be|should be|ist|lautet|est|es)\b|:|=|#|-|'s)?\s*(?:is\s+|:\s*)?"
    r"(?:(?:actually|really|now|just|really|changed to|on|the)\s+)?"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """A slot with its patterns, choices and cues compiled."""

    slot: Slot
    patterns: tuple[re.Pattern[str], ...]
    choices: re.Pattern[str] | None
    cues: re.Pattern[str] | None
    telling: re.Pattern[str] | None
    first_words: frozenset[str]
    """With which a choice begins: without one of them there is none to look for."""
    cue_words: frozenset[str]
    """With which a cue begins; empty when one begins with none."""
    named: re.Pattern[str] | None
    """The slot's own label, and its cues that contain it: nothing else is announced by them."""
    named_words: frozenset[str]
    """With which those begin."""
    called: frozenset[str]
    """Words like "order" or "booking" that the slot itself is called by."""
    own_name: bool = False
    """Whether it is what the customer is called."""
    twins: tuple[str, ...] = ()
    """Slots that ask for the very same thing in other words or flows: told once, it is told."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """Which slots a message could speak of though no flow asks for them: numbers of `readers`."""

    readers: tuple[Reader, ...]
    by_word: Mapping[str, frozenset[int]]
    with_digits: frozenset[int]
    mails: frozenset[int]

    def spoken_of(self, text: str, words: Collection[str], *, has_digit: bool) -> list[Reader]:
        """Those a cheap look does not rule out, in the playbook's order."""
        found: set[int] = set()
        for word in words:
            if word in self.by_word:
                found |= self.by_word[word]
        if has_digit:
            found |= self.with_digits
        if "@" in text or "at" in words:
            found |= self.mails
        return [self.readers[number] for number in sorted(found)]


@once_per_playbook
def readers_of(playbook: Playbook) -> Mapping[str, Reader]:
    """The playbook's slots, compiled."""
    wordings = playbook.wordings.values()
    readers = {
        name: _reader(slot, [one.slots[name].label for one in wordings if name in one.slots])
        for name, slot in playbook.slots.items()
    }
    own = [name for name, one in readers.items() if one.own_name]
    called: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for name, one in readers.items():
        called[one.slot.kind, one.slot.label.casefold()].append(name)
    return {
        name: replace(one, twins=_twins(one, called[one.slot.kind, one.slot.label.casefold()], own))
        for name, one in readers.items()
    }


@once_per_playbook
def unasked_in(playbook: Playbook) -> Unasked:
    """The playbook's slots by what a message must have in it to speak of them."""
    readers = tuple(one for one in readers_of(playbook).values() if one.slot.secret is None)
    by_word: defaultdict[str, set[int]] = defaultdict(set)
    for number, one in enumerate(readers):
        for word in one.first_words | one.named_words:
            by_word[word].add(number)
    digits = (
        n
        for n, one in enumerate(readers)
        if one.patterns or one.slot.kind in ("phone", "order") or one.called
    )
    return Unasked(
        readers,
        {word: frozenset(numbers) for word, numbers in by_word.items()},
        frozenset(digits),
        frozenset(n for n, one in enumerate(readers) if one.slot.kind == "email"),
    )


@once_per_playbook
def pairs_in(playbook: Playbook) -> tuple[Pair, ...]:
    """The playbook's pairs of slots."""
    return pairs_of(playbook.slots)


def _twins(reader: Reader, called: Iterable[str], own: Iterable[str]) -> tuple[str, ...]:
    """The other slots that its value is told for: two dates may be called the same, two phones not.

    What customers are called they are called everywhere; what a guest is called is the guest's.
    """
    if reader.slot.kind not in _TOLD_ONCE:
        return ()
    alike = own if reader.own_name and not is_anybodys(reader.slot) else called
    return tuple(name for name in alike if name != reader.slot.name)


def _reader(slot: Slot, abroad: Iterable[str] = ()) -> Reader:
    """The slot compiled, with what it is called in other languages among its cues."""
    choices = sorted({one.strip() for one in slot.choices if one.strip()}, key=len, reverse=True)
    cues = sorted({one.strip() for one in slot.cues if one.strip()}, key=len, reverse=True)
    if slot.label and " " in slot.label:
        cues.append(slot.label)
    # German writes as one word what others write as two ("Bestellnummer").
    cues += (one for one in abroad if " " in one or len(one) >= _COMPOUND)
    every = "|".join(_spaced(one) for one in cues)
    label = slot.label.casefold()
    named = [one for one in {*cues, slot.label} if label and label in one.casefold()]
    # A cue of one word ("to", "is") says too little about free text; two words or a colon do.
    telling = "|".join(_spaced(one) for one in cues if " " in one)
    return Reader(
        slot=slot,
        patterns=tuple(re.compile(one, re.IGNORECASE) for one in slot.patterns),
        choices=re.compile(
            rf"(?<!\w)(?:{'|'.join(_spaced(one) for one in choices)})(?!\w)", re.IGNORECASE
        )
        if choices
        else None,
        cues=re.compile(rf"(?<!\w)(?:{every})(?!\w){_AFTER_CUE}", re.IGNORECASE) if cues else None,
        telling=re.compile(rf"(?<!\w)(?:{telling})(?!\w){_AFTER_CUE}", re.IGNORECASE)
        if telling
        else None,
        named=re.compile(
            rf"(?<!\w)(?:{'|'.join(map(_spaced, sorted(named, key=len, reverse=True)))})(?!\w)"
            + _AFTER_CUE,
            re.IGNORECASE,
        )
        if named
        else None,
        named_words=_first_words(named),
        first_words=_first_words(one for one in choices if _WORD.search(one)),
        cue_words=_first_words(cues),
        called=frozenset(
            one for one in CODE_WORDS if one in f"{slot.name} {slot.label}".casefold()
        ),
        own_name=asks_own_name(slot),
    )


def _first_words(phrases: Iterable[str]) -> frozenset[str]:
    """The words with which the phrases begin; none when one of them ("#") has no word."""
    found = [_WORD.search(one) for one in phrases]
    if None in found:
        return frozenset()
    return frozenset(word[0].casefold() for word in found if word is not None)


def _spaced(phrase: str) -> str:
    """Its words with any space between them; "Dr." may lack its point."""
    words = (re.escape(word) for word in phrase.split())
    return r"\s+".join(f"{word}?" if word.endswith(r"\.") else word for word in words)
