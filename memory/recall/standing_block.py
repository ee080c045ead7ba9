"""What is always put before a turn, whatever is said: each part within a share of the budget.

Who must not be written to, what we promised, the open case with what was told for it, what people
pinned, how the customer likes it, what else is known of them, and what was over before. It is
handed only what the sender may read, and counts the words as `memory.recall.quoting` writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from core.facts.known import IDENTIFIER
from core.turn import CaseState, Fact, LeftOut, Line
from memory.recall.quoting import LINE, day, line_words

SHARES: Mapping[str, float] = {
    "consent": 0.05,
    "promise": 0.10,
    "case": 0.15,
    "pinned": 0.10,
    "preference": 0.10,
    "number": 0.10,
    "fact": 0.20,
    "episode": 0.10,
}
"""The most of the budget that each part may take, in the order in which the parts stand. What one
does not need is left to what comes after all of them: the last messages, and recall."""

WHOLE_SHARE = 0.45
"""The most that all of them may take together."""

FULL = "their share is full"
_LEFT_OUT_SHOWN = 3
_OTHERS = frozenset({"consent", "case", "episode"})
"""Parts that are not made of facts."""
_PREFERENCES = ("preference:", "attribute:")
_PROMISE = "promise"
_NEVER = datetime.max.replace(tzinfo=UTC)


class Past(NamedTuple):
    """Something that is over, told in one line; `source` names it, `handles` are those that it was
    made from."""

    words: str
    at: datetime
    source: str
    handles: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a customer beside their messages, as far as this sender may read it.

    `case` is the open one, `silenced` are the handles that want no messages, by
    id, `past` tells of earlier cases and sessions, newest first. `facts` are oldest first.
    """

    facts: Sequence[Fact] = ()
    case: CaseState | None = None
    silenced: Mapping[int, str] = field(default_factory=dict)
    past: Sequence[Past] = ()
    before: Before | None = field(default=None, compare=False)
    """What was worked out for the turn before, where that is kept."""


@dataclass(frozen=True, slots=True)
class Block:
    """What of it was chosen: lines in the order of their parts, and the facts among them in the
    order given, with what they cost in tokens."""

    lines: tuple[Line, ...] = ()
    facts: tuple[Fact, ...] = ()
    tokens: int = 0
    left_out: tuple[LeftOut, ...] = ()


NOTHING = Known()


class Before:
    """The block of the turn before, for as long as nothing that is known changes, and then the
    lines of it that are the same.

    It goes along with what is remembered for one sender, so that it is nobody else's.
    """

    __slots__ = ("_block", "_count", "_counted", "_given")

    def __init__(self) -> None:
        self._given: tuple[object, ...] = ()
        self._block = Block()
        self._count: Callable[[str], int] | None = None
        self._counted: dict[Line, Line] = {}

    def block(self, known: Known, budget: int, count: Callable[[str], int]) -> Block:
        """What `choose_standing` says."""
        case = known.case
        # Of a case the block has no more than these; what was asked last changes with every turn.
        of_case = None if case is None else (case.intent, case.slots)
        given = (budget, known.facts, of_case, known.silenced, known.past)
        if self._count is not count:
            self._counted = {}
        elif given == self._given:
            return self._block
        self._block, self._counted = _chosen(known, budget, count, self._counted)
        self._given, self._count = given, count
        return self._block


def choose_standing(known: Known, budget: int, count: Callable[[str], int]) -> Block:
    """What of the known fits its shares of the budget; `count` counts the tokens of a text."""
    if known == NOTHING:
        return Block()
    if known.before is not None:
        return known.before.block(known, budget, count)
    return _chosen(known, budget, count, {})[0]


def _chosen(
    known: Known, budget: int, count: Callable[[str], int], counted: Mapping[Line, Line]
) -> tuple[Block, dict[Line, Line]]:
    """The block, and each line that was counted for it; some may have been `counted` before."""
    choice = _Choice(budget, count, counted)
    facts: dict[str, list[tuple[int, Fact]]] = {}
    for at, one in enumerate(known.facts):
        facts.setdefault(part_of(one), []).append((at, one))
    for part in SHARES:
        if part in facts:
            choice.take_facts(part, _in_order(part, facts[part]))
        elif part in _OTHERS:
            choice.take(part, _others(part, known))
    kept = tuple(one for at, one in enumerate(known.facts) if at in choice.kept)
    block = Block(tuple(choice.lines), kept, choice.used, tuple(choice.left_out))
    return block, choice.counted


def part_of(fact: Fact) -> str:
    """The part of the block that a fact belongs to."""
    if fact.due_at is not None or fact.key.partition(":")[0] == _PROMISE:
        return "promise"
    if fact.pinned:
        return "pinned"
    if fact.key.startswith(_PREFERENCES):
        return "preference"
    return "number" if fact.key.startswith(IDENTIFIER) else "fact"


def _in_order(part: str, facts: list[tuple[int, Fact]]) -> Sequence[tuple[int, Fact]]:
    """What matters most first: the promise that is due first, otherwise the newest."""
    if part == "promise":
        return sorted(facts, key=lambda one: one[1].due_at or _NEVER)
    return facts[::-1]


def _others(part: str, known: Known) -> Iterator[Line]:
    if part == "consent":
        for one, handle in known.silenced.items():
            yield Line(part, part, handle, handles=frozenset((one,)))
    elif part == "case" and (case := known.case) is not None:
        if case.intent is not None:
            yield Line(part, part, case.intent.replace("_", " "))
        for slot in case.slots:
            if slot.confirmed:
                yield Line("slot", slot.name, slot.value, slot.source)
    elif part == "episode":
        for past in known.past:
            yield Line(part, day(past.at), past.words, past.source, handles=past.handles)


class _Choice:
    """One choice under way: what was taken, and what it costs so far."""

    def __init__(
        self, budget: int, count: Callable[[str], int], before: Mapping[Line, Line]
    ) -> None:
        self._before = before
        self.counted: dict[Line, Line] = {}
        self._budget = budget
        self._whole = int(budget * WHOLE_SHARE)
        self._count = count
        self.used = 0
        self.lines: list[Line] = []
        self.kept: set[int] = set()
        self.left_out: list[LeftOut] = []

    def take(self, part: str, lines: Iterator[Line]) -> None:
        """As many of these, in the order given, as fit the part's share."""
        room, left = self._room(part), list[tuple[str, float]]()
        for line in lines:
            counted = self._counted(line)
            if counted.tokens <= room:
                room -= self._add(counted)
            else:
                left.append((line.name, 0.0))
        self._leave(part, left)

    def take_facts(self, part: str, facts: Sequence[tuple[int, Fact]]) -> None:
        """As many facts, in the order given, as fit the part's share; they stand oldest first."""
        room, left = self._room(part), list[tuple[str, float]]()
        taken: list[tuple[int, Line]] = []
        for at, fact in facts:
            line = self._counted(fact_line(part, fact))
            if line.tokens <= room:
                room -= line.tokens
                taken.append((at, line))
            else:
                left.append((fact.key, 0.0))
        for at, line in sorted(taken):
            self._add(line)
            self.kept.add(at)
        self._leave(part, left)

    def _room(self, part: str) -> int:
        return min(int(self._budget * SHARES[part]), self._whole - self.used)

    def _counted(self, line: Line) -> Line:
        counted = self._before.get(line)
        if counted is None:
            counted = line._replace(tokens=self._count(line_words(line)) + LINE)
        self.counted[line] = counted
        return counted

    def _add(self, line: Line) -> int:
        self.used += line.tokens
        self.lines.append(line)
        return line.tokens

    def _leave(self, part: str, left: Sequence[tuple[str, float]]) -> None:
        if left:
            why = f"{part}: {FULL}"
            self.left_out.append(LeftOut(why, len(left), tuple(left[:_LEFT_OUT_SHOWN])))


def fact_line(part: str, fact: Fact) -> Line:
    """A fact as a line of its part."""
    return Line(
        part,
        fact.key,
        "provided" if fact.secret else fact.value,
        fact.source,
        verified=fact.verified,
        was=fact.was,
        due_at=fact.due_at,
    )
