"""Whether an answer may leave: the rules that hold for any draft, whoever made it, and out of which
no text can talk.

Deterministic, and strict rather than clever. A number, name, address or link has to stand in the
playbook's own words, in an article the draft names, in what was looked up, or in what the customer
told for a slot; the message itself is no source, and neither is what only an order in it says. It
does not know whether a sentence is true, and it words nothing: what is said instead is the work of
`core.pipeline.rules.ruling`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from core.answers.sentences import split_sentences
from core.facts.model_words import OPENERS
from core.grounding import WORD, Claims, bare, claims_of, folded, plain, word_of
from core.hours import in_spans
from core.languages.small_words import WORDS
from core.limits import Broken
from core.pipeline.contracts import Draft, StateStep
from core.pipeline.rules.grounds import Grounds
from core.pipeline.rules.own_words import Own, own_words
from core.pipeline.rules.verdict_words import GIVING, MONEY, loads
from core.playbook.model import Playbook
from core.turn import Fact, SlotValue, TurnInput

_NO_DIGIT = re.compile(r"\D")
_LEAST_PIECE = 3
"""Digits of a number that may stand beside another of the turn's: shorter ones could be pieced
together to what nobody told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a draft breaks, and what in it does so."""

    rule: Broken
    what: str


class _Left(NamedTuple):
    """What a sentence claims beyond the business's own words."""

    numbers: frozenset[str]
    runs: tuple[tuple[str, tuple[str, ...]], ...]
    names: frozenset[str]
    addresses: frozenset[str]
    links: frozenset[str]
    loads: tuple[Broken, ...]
    sums: tuple[str, ...]


class Judge:
    """Judges what is to be said in one turn. `draft` names the articles it was made from; what
    stands `beside` may be said too."""

    __slots__ = ("_grounds", "_own", "_playbook", "_step", "_turn", "is_looked_up")

    def __init__(
        self,
        turn: TurnInput,
        step: StateStep,
        draft: Draft,
        playbook: Playbook,
        beside: tuple[str, ...] = (),
    ) -> None:
        self._turn, self._step, self._playbook = turn, step, playbook
        self._own = own_words(playbook)
        self._grounds = Grounds(self._own, turn, step, draft, beside)
        self.is_looked_up = False
        """Whether a number was found that was looked up: then the answer is somebody's."""

    def findings(self, texts: Iterable[str]) -> tuple[Finding, ...]:
        """Every rule that these texts break; nothing when all of them may be said."""
        found: list[Finding] = []
        for text in texts:
            for sentence in split_sentences(text):
                left = _left(self._own, sentence)
                if left is not None:
                    found.extend(self._judge(sentence, left))
            found.extend(self._unproved(text))
        return tuple(dict.fromkeys(found))

    def _judge(self, sentence: str, left: _Left) -> Iterator[Finding]:
        grounds = self._grounds
        business, told = grounds.business, grounds.customer
        for one in sorted(left.addresses - told.addresses):
            if not self._own.allows(one.rpartition("@")[2]):
                yield Finding(Broken.ADDRESS, one)
        for one in sorted(left.links - business.links):
            if not self._own.allows(one):
                yield Finding(Broken.LINK, one)
        for one in sorted(left.names - business.names - told.names):
            yield Finding(Broken.NAME, one)
        yield from self._judge_numbers(left)
        if left.loads and not self._wrote(sentence):
            for rule in left.loads:
                yield Finding(rule, sentence)

    def _judge_numbers(self, left: _Left) -> Iterator[Finding]:
        grounds = self._grounds
        business, told = grounds.business.numbers, grounds.customer.numbers
        if not left.numbers.isdisjoint(grounds.looked_up.numbers):
            self.is_looked_up = True
        for one in sorted(left.numbers - business - told - grounds.counted):
            yield Finding(Broken.NUMBER, one)
        for digits, pieces in left.runs:
            if not self._is_whole(digits, pieces):
                yield Finding(Broken.NUMBER, digits)
        for one in left.sums:
            if one not in business and _worth(one) > self._playbook.limits.amount:
                yield Finding(Broken.AMOUNT, one)

    def _is_whole(self, digits: str, pieces: tuple[str, ...]) -> bool:
        """Whether a row of digits stands somewhere as it is, or is numbers that stand beside each
        other."""
        known = (self._grounds.business, self._grounds.customer)
        for one in known:
            if digits in one.numbers or any(digits == run for run, _ in one.runs):
                return True
        joined = {_NO_DIGIT.sub("", number) for one in known for number in one.numbers}
        return all(len(one) >= _LEAST_PIECE and one in joined for one in pieces)

    def _wrote(self, sentence: str) -> bool:
        """Whether the business wrote this sentence, be it with a value of this turn in it."""
        said = plain(sentence)
        if any(said in _sentences(text) for one in self._grounds.cited for text in one):
            return True
        values = self._grounds.values
        return any(
            (found := one.fullmatch(said)) is not None and values.issuperset(found.groups())
            for one in self._own.templates
        )

    def _unproved(self, text: str) -> Iterator[Finding]:
        """Values in a text that need a better proof, unless they stand in the message itself."""
        turn, level = self._turn, self._turn.sender.level
        kept: tuple[SlotValue | Fact, ...] = (
            *self._step.case.slots,
            *turn.case.slots,
            *turn.recall.facts,
        )
        for one in kept:
            if one.needs <= level or one.secret or len(one.value) < _LEAST_PIECE:
                continue
            value = plain(folded(one.value))
            shape = rf"(?<!\w){re.escape(value)}(?!\w)"
            if re.search(shape, plain(folded(text))) and value not in plain(turn.text):
                yield Finding(Broken.PERSONAL, value)


def is_late(turn: TurnInput, playbook: Playbook) -> bool:
    """Whether an answer comes late, in hours in which its channel is to be quiet."""
    spans = playbook.limits.quiet.get(turn.channel)
    late = timedelta(minutes=playbook.limits.late_minutes)
    if not spans or turn.now - turn.messages[-1].at <= late:
        return False
    return in_spans(spans, playbook.hours.timezone, turn.now)


def shortened(text: str, limit: int) -> str | None:
    """The whole sentences of a text that a channel bears, if there is one."""
    cut = text[:limit]
    end = max(cut.rfind(one) for one in (". ", "! ", "? ", ".\n", "!\n", "?\n", "\n\n"))
    return cut[: end + 1].rstrip() if end > 0 else None


@lru_cache(maxsize=4096)
def _left(own: Own, sentence: str) -> _Left | None:
    """What is in a sentence and not in the business's own words."""
    claims = claims_of(sentence)
    read = folded(sentence).casefold()
    carried = tuple(loads(read, own.promises))
    if carried and plain(sentence) in own.sentences:
        carried = ()
    sums: tuple[str, ...] = ()
    if claims.numbers and GIVING.search(read):
        sums = tuple(bare(one or other) for one, other in MONEY.findall(read))
    left = _Left(
        numbers=claims.numbers - own.claims.numbers,
        runs=tuple(sorted(claims.runs - own.claims.runs)),
        names=_names(own, sentence, claims),
        addresses=claims.addresses - own.claims.addresses,
        links=claims.links - own.claims.links,
        loads=carried,
        sums=tuple(one for one in sums if one not in own.claims.numbers),
    )
    return left if any(left) else None


def _names(own: Own, sentence: str, claims: Claims) -> frozenset[str]:
    """Names the business does not use; the word that begins a sentence may be any word of its."""
    left = claims.names - own.claims.names
    if left and (first := WORD.search(sentence)) is not None:
        word = word_of(first[0])
        if word in left and _begins_sentences(own, word):
            # Written once it begins the sentence; twice, and it is a name all the same.
            again = sum(word_of(one) == word for one in WORD.findall(sentence)) > 1
            return left if again else left - {word}
    return left


def _begins_sentences(own: Own, word: str) -> bool:
    """Whether a word is written large only because a sentence begins with it: it is a small one, or
    one of the business's own, be it with another ending."""
    if word in OPENERS or word in _SMALL or word in own.words:
        return True
    return any(word.removesuffix(end) in own.words for end in _ENDINGS if word.endswith(end))


_SMALL = frozenset(one for words in WORDS.values() for one in words.split())
_ENDINGS = ("ing", "ed", "s", "es", "en", "e", "n", "t", "ons", "ez", "amos", "an")


@lru_cache(maxsize=512)
def _sentences(text: str) -> frozenset[str]:
    return frozenset(plain(one) for one in split_sentences(text))


def _worth(number: str) -> float:
    try:
        return float(number)
    except ValueError:
        return float("inf")
