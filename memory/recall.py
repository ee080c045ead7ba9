"""What of a customer's memory goes before the pipeline, within a token budget, and why.

Facts first, then the last messages of any channel, then the older ones that match what is written
now, and what room is left goes to numbers and times that the customer told. It is handed only what
the sender may read (`memory.context`), counts with stored counts, and never goes over the budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from core.message import Author
from core.pipeline.features import Stems, words
from core.turn import Fact, Recall, Recalled, Said
from memory.columns import TELLS_TIME, Analysed, Columns, View, view_of
from memory.scoring import Scores, score, session_numbers


@dataclass(frozen=True, slots=True)
class Packing:
    """What things cost beyond their text, in tokens, and how the budget is shared.

    `line` is a message's speaker and line break, `header` the date above each session. Facts may
    take `facts_share` of the budget, and the last `exchanges` messages `exchanges_share` of the
    rest. The older ones get what is left.
    """

    line: int = 6
    header: int = 14
    facts_share: float = 0.25
    exchanges: int = 12
    exchanges_share: float = 0.5


PACKING = Packing()

THREAD_LIMIT = 1_000
"""Messages of a customer that can be recalled, the newest. Of more, the older ones stay stored and
are not found: reading and scoring them would cost every turn of that customer."""


@dataclass(frozen=True, slots=True)
class IndexedThread:
    """The messages of one context, oldest first, ready for recall. Made by `index`.

    It costs next to nothing until messages have to be scored; what is worked out then stays with
    each message, also in threads made by `extended`.
    """

    messages: tuple[Analysed, ...]
    stems: Stems
    tokens: int
    """The stored counts of all messages together."""
    sessions: tuple[int, ...]
    """The number of the session that each message belongs to, from 0."""
    columns: Columns
    start: int = 0
    """The first message's place in `columns`."""

    @property
    def thread(self) -> tuple[Said, ...]:
        """The messages."""
        return tuple(one.said for one in self.messages)

    def extended(self, messages: Iterable[Said], limit: int = THREAD_LIMIT) -> IndexedThread:
        """This thread and newer messages after it, of which the newest `limit` are kept."""
        added = tuple(Analysed(one, self.stems) for one in messages)
        joined = self.messages + added
        dropped = max(0, len(joined) - limit)
        if not self.messages or self.start + dropped > limit:
            return _indexed(joined[-limit:], self.stems)
        columns, start = self.columns, self.start + dropped
        tokens = self.tokens + sum(one.said.tokens for one in added)
        if dropped:
            tokens -= sum(one.said.tokens for one in joined[:dropped])
            kept = joined[dropped:]
            sessions = tuple(session_numbers(kept))
            return IndexedThread(kept, self.stems, tokens, sessions, columns, start)
        began = self.messages[self.sessions.index(self.sessions[-1])].said.at
        later = session_numbers(added, began, self.sessions[-1])
        sessions = (*self.sessions, *later)
        return IndexedThread(joined, self.stems, tokens, sessions, columns, start)


def index(thread: Sequence[Said], language: str = "en") -> IndexedThread:
    """The messages of a context, oldest first, made ready for recall."""
    stems = _stems(language)
    return _indexed(tuple(Analysed(one, stems) for one in thread), stems)


# Shared between customers: a stem is the same for everybody, and making it is what costs time.
@lru_cache(maxsize=8)
def _stems(language: str) -> Stems:
    return Stems(language)


def _indexed(messages: tuple[Analysed, ...], stems: Stems) -> IndexedThread:
    tokens = sum(one.said.tokens for one in messages)
    return IndexedThread(messages, stems, tokens, tuple(session_numbers(messages)), Columns())


def recall(
    indexed: IndexedThread,
    text: str,
    facts: Sequence[Fact],
    now: datetime,
    budget: int,
    packing: Packing = PACKING,
) -> Recall:
    """Choose what goes before the pipeline for the message `text`, in at most `budget` tokens."""
    facts_cost = sum(fact_cost(one, packing) for one in facts)
    messages = indexed.messages
    headers = indexed.sessions[-1] + 1 if messages else 0
    whole = indexed.tokens + packing.line * len(messages) + packing.header * headers
    if facts_cost + whole <= budget and facts_cost <= budget * packing.facts_share:
        return Recall(
            tuple(facts), indexed.thread, (), facts_cost + whole, budget, (_all(facts, messages),)
        )
    return _Choice(indexed, budget, packing).choose(text, facts, now)


def latest(
    indexed: IndexedThread,
    text: str,
    facts: Sequence[Fact],
    now: datetime,
    budget: int,
    packing: Packing = PACKING,
) -> Recall:
    """Only the last messages, whatever they say: for stages that do not look at the past."""
    last = indexed.messages[-packing.exchanges :]
    tokens = sum(one.said.tokens + packing.line for one in last)
    return Recall((), tuple(one.said for one in last), (), tokens, budget)


def fact_cost(fact: Fact, packing: Packing = PACKING) -> int:
    """The most tokens a fact can take: no encoding makes more of them than there are bytes."""
    return len(fact.key.encode()) + len(fact.value.encode()) + packing.line


def _all(facts: Sequence[Fact], messages: Sequence[Analysed]) -> str:
    return f"everything fits: {_many(len(facts), 'fact')}, {_many(len(messages), 'message')}"


class _Choice:
    """One choice under way: what has been taken, and what it costs so far."""

    def __init__(self, indexed: IndexedThread, budget: int, packing: Packing) -> None:
        self.messages = indexed.messages
        self.view = view_of(indexed.columns, indexed.messages, indexed.start)
        self.tokens = self.view.tokens
        self.essences = self.view.essences
        self.stems = indexed.stems
        self.budget = budget
        self.packing = packing
        self.used = 0
        self.sessions = indexed.sessions
        self.headed: set[int] = set()
        self.said: set[int] = set()
        self.trace: list[str] = []

    def choose(self, text: str, facts: Sequence[Fact], now: datetime) -> Recall:
        """Facts, then the last exchanges, then what matches."""
        kept = self._facts(facts)
        last = self._exchanges()
        recalled = self._matching(text, now, set(last))
        return Recall(
            kept,
            tuple(self.messages[at].said for at in last),
            recalled,
            self.used,
            self.budget,
            tuple(self.trace),
        )

    def _facts(self, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        """The newest facts that fit their share, in the order given."""
        share = int(self.budget * self.packing.facts_share)
        kept: set[int] = set()
        for at in reversed(range(len(facts))):
            cost = fact_cost(facts[at], self.packing)
            if self.used + cost <= share:
                self.used += cost
                kept.add(at)
        if facts:
            left_out = len(facts) - len(kept)
            words = f"; {left_out} left out, their share is full" if left_out else ""
            self.trace.append(f"{_many(len(kept), 'fact')} always loaded{words}")
        return tuple(one for at, one in enumerate(facts) if at in kept)

    def _exchanges(self) -> list[int]:
        """The last messages on any channel that fit their share, oldest first."""
        limit = self.used + int((self.budget - self.used) * self.packing.exchanges_share)
        newest = range(len(self.messages) - 1, -1, -1)[: self.packing.exchanges]
        taken = [at for at in newest if self._take(at, limit)]
        if newest:
            left_out = len(newest) - len(taken)
            words = f"; {left_out} too long for their share" if left_out else ""
            self.trace.append(f"the last {_many(len(taken), 'message')} on any channel{words}")
        return taken[::-1]

    def _matching(self, text: str, now: datetime, taken: set[int]) -> tuple[Recalled, ...]:
        """The messages that match best, best first until the budget is full, in time order."""
        older = len(self.messages) - len(taken)
        if not older:
            return ()
        scores = score(self.view, self.sessions, text, now, self.stems)
        candidates = _ranked(scores, taken)
        chosen, repeated = self._fill(candidates)
        # A number, a date or a time that the customer told once is asked for later in other words.
        room = self.budget - self.used > self.packing.line + self.packing.header
        telling = _told(self.view, scores, taken) if room and words(text) else ()
        told, _ = self._fill(telling)
        self.trace.append(_left_out(older, len(candidates), len(chosen), repeated, len(told)))
        chosen = sorted(chosen + told)
        totals = scores.total[chosen].round(2).tolist()
        said = [self.messages[at].said for at in chosen]
        return tuple(map(Recalled, said, totals, scores.why(chosen)))

    def _fill(self, candidates: Sequence[int]) -> tuple[list[int], int]:
        """As many of these, best first, as fit; and how many only repeat what was taken."""
        chosen: list[int] = []
        repeated = 0
        for at in candidates:
            if self.budget - self.used <= self.packing.line:
                break
            essence = self.essences[at]
            if essence and essence in self.said:
                repeated += 1
            elif self._take(at, self.budget):
                chosen.append(at)
        return chosen, repeated

    def _take(self, at: int, limit: int) -> bool:
        """Take a message if it fits with its line, and its session's header if that is new."""
        session = self.sessions[at]
        cost = self.tokens[at] + self.packing.line
        if session not in self.headed:
            cost += self.packing.header
        if self.used + cost > limit:
            return False
        self.used += cost
        self.headed.add(session)
        self.said.add(self.essences[at])
        return True


def _ranked(scores: Scores, taken: set[int]) -> list[int]:
    """The messages that match at all and are not taken, best first, the newer first on ties."""
    matches = scores.matches.copy()
    matches[list(taken)] = False
    newest = matches.nonzero()[0][::-1]
    ranked: list[int] = newest[(-scores.total[newest]).argsort(kind="stable")].tolist()
    return ranked


def _told(view: View, scores: Scores, taken: set[int]) -> list[int]:
    """What the customer told that has a number or a time and does not match, best first."""
    theirs = [one for one in view.speakers() if one[0] is Author.CUSTOMER]
    telling = view.said_by(theirs) & (view.number(TELLS_TIME) > 0) & ~scores.matches
    return _ranked(Scores(scores.total, scores.parts, telling), taken)


def _left_out(older: int, matching: int, chosen: int, repeated: int, told: int) -> str:
    line = f"{chosen} of {_many(older, 'older message')} chosen because they match"
    if told:
        line += f", {told} because the customer told a number or a time"
    reasons = [
        f"{count} {reason}"
        for count, reason in (
            (older - matching - told, "had nothing in common"),
            (repeated, "only repeated what is loaded"),
            (matching - chosen - repeated, "did not fit"),
        )
        if count
    ]
    return f"{line}; {', '.join(reasons)}" if reasons else line


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
