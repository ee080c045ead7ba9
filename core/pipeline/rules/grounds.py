"""What an answer may lean on in one turn: the business's side of it, and the customer's.

Gathered only when a sentence claims more than the playbook's own words do. The message itself is
not among it: what somebody writes is what they want, not what is so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from core.effects import is_guess
from core.grounding import WORD, Claims, claims_of, plain, word_of
from core.pipeline.contracts import Draft, StateStep
from core.pipeline.rules.own_words import Own
from core.turn import TurnInput

_FACT_LIMIT = 40
"""Characters of a fact that is a value; a longer one is a sentence, and speaks for nobody."""
_HOST_OF_ADDRESS = re.compile(r"@([\w.-]+)")


class Grounds:
    """The grounds of one turn. `draft` names the articles it was made from; what stands `beside`
    may be said too."""

    def __init__(
        self, own: Own, turn: TurnInput, step: StateStep, draft: Draft, beside: tuple[str, ...]
    ) -> None:
        self._own, self._turn, self._step, self._draft = own, turn, step, draft
        self._beside = beside

    @cached_property
    def business(self) -> Claims:
        """What the cited articles, the look-ups and the talk about identity say. An article may
        name any number; where it sends people to is no better for standing in it."""
        done = _sum_of((*self._done, *self._beside))
        cited = _sum_of(text for one in self.cited for text in one)
        return Claims(
            done.numbers | cited.numbers,
            done.runs | cited.runs,
            done.names | cited.names,
            done.addresses,
            done.links,
        )

    @cached_property
    def looked_up(self) -> Claims:
        """What was looked up: it is somebody's."""
        return _sum_of(
            value
            for key, row in self._turn.effects.items()
            if row and key.startswith(("lookup:", "act:"))
            for value in row.values()
        )

    @cached_property
    def customer(self) -> Claims:
        """What the customer told for slots, and what is remembered of them and may be told."""
        turn, level = self._turn, self._turn.sender.level
        offered = self._step.case.offering
        told = (
            *self._step.case.slots,
            *self._step.captured,
            *turn.case.slots,
            *((offered,) if offered is not None else ()),
        )
        values = [one.value for one in told if one.needs <= level and not one.secret]
        values += [
            one.value
            for one in turn.recall.facts
            if one.needs <= level and not one.secret and len(one.value) <= _FACT_LIMIT
        ]
        return _sum_of((*values, turn.preferences.name or ""))

    @cached_property
    def cited(self) -> Sequence[tuple[str, ...]]:
        """Title, link and sentences of each article that the draft names."""
        articles = self._own.articles
        return [
            (*one, *articles[one]) for source in self._draft.sources if (one := source) in articles
        ]

    @cached_property
    def counted(self) -> frozenset[str]:
        """Numbers by which the last resorts of wording tell one reply from another."""
        case = self._step.case
        turns = case.counters.get("turns", 0)
        return frozenset(str(one) for one in (turns, len(case.said), len(case.slots)))

    @cached_property
    def values(self) -> frozenset[str]:
        """What may fill the gaps of the business's own sentences, as it is compared."""
        told = (one.value for one in (*self._step.case.slots, *self._step.captured))
        said = (*told, *self._done, *self._step.words.values())
        return self._own.labels | self.counted | {plain(one) for one in said}

    @property
    def _done(self) -> Iterable[str]:
        """What effects resulted in, and what the talk about identity says because of them. What a
        language model said is no source for anything."""
        for key, row in self._turn.effects.items():
            if row and not is_guess(key):
                yield from row.values()
        if (told := self._step.told) is not None:
            yield from told.words.values()
            for one in told.quick_replies:
                yield from (one.label, one.value)


def _sum_of(texts: Iterable[str]) -> Claims:
    """What several texts say together. Any word of theirs may be a name, in whatever case."""
    numbers: set[str] = set()
    runs: set[tuple[str, tuple[str, ...]]] = set()
    names: set[str] = set()
    addresses: set[str] = set()
    links: set[str] = set()
    for text in texts:
        claims = claims_of(text)
        numbers |= claims.numbers
        runs |= claims.runs
        names.update(map(word_of, WORD.findall(text)))
        addresses |= claims.addresses
        links |= claims.links
        links.update(one.casefold() for one in _HOST_OF_ADDRESS.findall(text))
    return Claims(
        frozenset(numbers),
        frozenset(runs),
        frozenset(names),
        frozenset(addresses),
        frozenset(links),
    )
