"""What of a customer's memory goes before the pipeline, within a token budget, and why.

What is always known first (`memory.recall.standing_block`), then the last messages of any channel,
then the older ones that match what is written now, and what room is left goes to numbers and times
that the customer told. It is handed only what the sender may read (`memory.readable.context`),
counts messages with stored counts, and never goes over the budget, written as
`memory.recall.quoting` writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.languages.features import words
from core.turn import LeftOut, Line, Recall, Recalled
from memory.recall.columns import Floats, view_of
from memory.recall.indexed_thread import IndexedThread
from memory.recall.quoting import FRAME, HEADER, LINE, NAME
from memory.recall.ranking import Ranking
from memory.recall.repetition import Repetition
from memory.recall.scoring import Scores, score
from memory.recall.standing_block import Block, Known, choose_standing


def at_most(text: str) -> int:
    """The most tokens that a text can take: no encoding makes more of it than it has bytes."""
    return len(text.encode())


@dataclass(frozen=True, slots=True)
class Packing:
    """What things cost beyond their text, in tokens, and how the budget is shared.

    `line` is a message's speaker and line break, `name` that of one of our people, `header` the
    date above each session, `frame` what stands around it all. The last `exchanges` messages may
    take `exchanges_share` of what the standing block leaves, and the older ones get the rest.
    `count` counts the tokens of what is known; messages have been counted.
    """

    line: int = LINE
    header: int = HEADER
    exchanges: int = 12
    exchanges_share: float = 0.5
    name: int = 0
    frame: int = 0
    count: Callable[[str], int] = at_most


PACKING = Packing(name=NAME, frame=FRAME)

_SHOWN = 3
"""Messages that were left out for one reason and are named, the best of them."""


def recall(
    indexed: IndexedThread,
    text: str,
    known: Known,
    now: datetime,
    budget: int,
    packing: Packing = PACKING,
    meaning: Floats | None = None,
) -> Recall:
    """Choose what goes before the pipeline for the message `text`, in at most `budget` tokens.

    `meaning` is as in `memory.recall.scoring.score`, for the messages of the thread.
    """
    block = _block(known, budget, packing)
    whole = block.tokens + whole_cost(indexed, packing)
    if whole + packing.frame <= budget and not block.left_out:
        return _all(block, indexed, whole, budget, packing)
    return _Choice(indexed, block, budget, packing).choose(text, now, meaning)


def latest(
    indexed: IndexedThread,
    text: str,
    known: Known,
    now: datetime,
    budget: int,
    packing: Packing = PACKING,
    meaning: Floats | None = None,
) -> Recall:
    """Only the last messages, whatever they say: for stages that do not look at the past."""
    last = indexed.messages[-packing.exchanges :]
    tokens = sum(one.said.tokens + packing.line for one in last)
    return Recall((), tuple(one.said for one in last), (), tokens, budget)


def fits(indexed: IndexedThread, budget: int, packing: Packing = PACKING) -> bool:
    """Whether the whole thread may be loaded, so that nothing need be looked for."""
    return whole_cost(indexed, packing) + packing.frame <= budget


def whole_cost(indexed: IndexedThread, packing: Packing) -> int:
    """What all messages of a thread take, in tokens."""
    headers = indexed.sessions[-1] + 1 if indexed.messages else 0
    lines = packing.line * len(indexed.messages) + packing.name * indexed.named
    return indexed.tokens + lines + packing.header * headers


def _block(known: Known, budget: int, packing: Packing) -> Block:
    """The standing block, which has its shares of what the frame leaves."""
    return choose_standing(known, max(0, budget - packing.frame), packing.count)


def _all(
    block: Block, indexed: IndexedThread, tokens: int, budget: int, packing: Packing
) -> Recall:
    messages = indexed.thread
    known = f"{_many(len(block.lines), 'thing')} known" if block.lines else "nothing known"
    trace = f"everything fits: {known}, {_many(len(messages), 'message')}"
    tokens += packing.frame if tokens else 0
    return Recall(block.facts, messages, (), tokens, budget, (trace,), block.lines)


class _Choice:
    """One choice under way: what has been taken, and what it costs so far."""

    def __init__(self, indexed: IndexedThread, block: Block, budget: int, packing: Packing) -> None:
        self.messages = indexed.messages
        self.view = view_of(indexed.columns, indexed.messages, indexed.start)
        self.tokens = self.view.tokens
        self.stems = indexed.stems
        self.budget = budget
        self.packing = packing
        self.name = packing.name if indexed.named else 0
        self.block = block
        # What does not even leave room for its frame is nothing.
        self.used = packing.frame + block.tokens
        self.sessions = indexed.sessions
        self.headed: set[int] = set()
        self.repetition = Repetition(self.view, indexed.messages)
        self.trace: list[str] = []
        self.left_out: list[LeftOut] = list(block.left_out)

    def choose(self, text: str, now: datetime, meaning: Floats | None) -> Recall:
        """What is known, then the last exchanges, then what matches."""
        self._tell_known()
        last = self._exchanges()
        lines = self._unsaid(last)
        recalled = self._matching(text, now, last, meaning)
        nothing = not (lines or last or recalled)
        return Recall(
            self.block.facts,
            tuple(self.messages[at].said for at in last),
            recalled,
            0 if nothing else self.used,
            self.budget,
            tuple(self.trace),
            lines,
            tuple(self.left_out),
        )

    def _tell_known(self) -> None:
        if self.block.lines:
            left_out = sum(one.number for one in self.block.left_out)
            words = f"; {left_out} left out, their shares are full" if left_out else ""
            self.trace.append(f"{_many(len(self.block.lines), 'thing')} always loaded{words}")
        elif self.block.left_out:
            self.trace.append("nothing of what is always loaded fits")

    def _unsaid(self, last: Sequence[int]) -> tuple[Line, ...]:
        """What is known, without facts that stand word for word in one of the last messages."""
        told = {self.messages[at].said.id: self.messages[at].said.text for at in last}
        kept = tuple(
            line
            for line in self.block.lines
            if line.kind != "fact"
            or line.verified
            or line.was is not None
            or line.value not in told.get(line.source, "")
        )
        if len(kept) < len(self.block.lines):
            self.used -= sum(one.tokens for one in self.block.lines) - sum(
                one.tokens for one in kept
            )
            said = len(self.block.lines) - len(kept)
            self.left_out.append(LeftOut("said in a message that is loaded", said))
        return kept

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

    def _matching(
        self, text: str, now: datetime, taken: Sequence[int], meaning: Floats | None
    ) -> tuple[Recalled, ...]:
        """The messages that match best, best first until the budget is full, in time order."""
        older = len(self.messages) - len(taken)
        if not older:
            return ()
        scores = score(self.view, self.sessions, text, now, self.stems, meaning)
        room = self.budget - self.used
        ranking = Ranking(self.view, scores, taken, self.packing.line, room)
        matching = self._fill(ranking.best())
        told = rest = _Filled(0)
        if words(text):
            # A number, a date or a time that the customer told once is asked for later in other
            # words, and so is a name.
            told = self._fill_room(ranking.told)
            rest = self._fill_room(ranking.said)
        done = {*told.chosen, *rest.chosen}
        others = [at for at in ranking.by_session() if at not in done]
        # Of what the bot says again and again with another number, one is enough.
        by_session = self._fill(others, self.repetition.same_but_numbers)
        filled = (matching, told, rest, by_session)
        self.trace.append(self._tell_matching(older, filled, scores))
        chosen = sorted(at for one in filled for at in one.chosen)
        totals = scores.total[chosen].round(2).tolist()
        said = [self.messages[at].said for at in chosen]
        return tuple(map(Recalled, said, totals, scores.why(chosen)))

    def _fill_room(self, candidates: Callable[[], list[int]]) -> _Filled:
        """What of these fits into the room that is left, if any is."""
        room = self.budget - self.used > self.packing.line + self.packing.header
        return self._fill(candidates() if room else ())

    def _fill(
        self, candidates: Sequence[int], repeats: Callable[[int], bool] | None = None
    ) -> _Filled:
        """As many of these, best first, as fit and do not repeat what is loaded; and what was left
        out of them."""
        filled = _Filled(len(candidates))
        tokens, sessions, headed = self.tokens, self.sessions, self.headed
        line, header = self.packing.line, self.packing.header
        least = min(map(tokens.__getitem__, candidates), default=0)
        room = self.budget - self.used - line
        for at in candidates:
            if room < least:
                break
            # First what is quickly said: most of what comes after the budget is full does not fit.
            need = tokens[at]
            if need > room or (need + header > room and sessions[at] not in headed):
                if len(filled.missed) < _SHOWN:
                    filled.missed.append(at)
            elif self.repetition.repeats(at) or (repeats is not None and repeats(at)):
                filled.repeated += 1
            elif self._take(at, self.budget):
                filled.chosen.append(at)
                room = self.budget - self.used - line
            elif len(filled.missed) < _SHOWN:
                filled.missed.append(at)
        tried = len(filled.chosen) + filled.repeated
        filled.missed += candidates[tried + len(filled.missed) :][: _SHOWN - len(filled.missed)]
        return filled

    def _take(self, at: int, limit: int) -> bool:
        """Take a message if it fits."""
        cost = self._cost(at)
        if self.used + cost > limit:
            return False
        self.used += cost
        self.headed.add(self.sessions[at])
        self.repetition.take(at)
        return True

    def _cost(self, at: int) -> int:
        """What a message takes with its line, and its session's header if that is new."""
        cost = self.tokens[at] + self.packing.line
        if self.name and self.messages[at].said.author_name is not None:
            cost += self.name
        return cost if self.sessions[at] in self.headed else cost + self.packing.header

    def _tell_matching(self, older: int, filled: Sequence[_Filled], scores: Scores) -> str:
        """What was chosen and what was left out, in words; and the same as data."""
        matching, told, rest, by_session = filled
        considered = matching.candidates + by_session.candidates
        unlike = older - considered - len(told.chosen) - len(rest.chosen)
        missed = (matching.missed + by_session.missed)[:_SHOWN]
        left: tuple[tuple[str, int, list[int]], ...] = (
            ("had nothing in common", unlike, []),
            ("only repeated what is loaded", matching.repeated + by_session.repeated, []),
            ("did not fit", matching.unfit + by_session.unfit, missed),
        )
        for why, count, best in left:
            if count > 0:
                named = [
                    (self.messages[at].said.id, round(float(scores.total[at]), 2)) for at in best
                ]
                self.left_out.append(LeftOut(why, count, tuple(named)))
        line = (
            f"{len(matching.chosen)} of {_many(older, 'older message')} chosen because they match"
        )
        if told.chosen:
            line += f", {len(told.chosen)} because the customer told a number or a time"
        if rest.chosen:
            line += f", {len(rest.chosen)} because the customer said it and there was room"
        if by_session.chosen:
            line += f", {len(by_session.chosen)} because their session matches"
        reasons = [f"{count} {why}" for why, count, _ in left if count > 0]
        return f"{line}; {', '.join(reasons)}" if reasons else line


class _Filled:
    """What was taken of some candidates, and what was not: `missed` are the best of those that did
    not fit."""

    def __init__(self, candidates: int) -> None:
        self.candidates = candidates
        self.chosen: list[int] = []
        self.repeated = 0
        self.missed: list[int] = []

    @property
    def unfit(self) -> int:
        return self.candidates - len(self.chosen) - self.repeated


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
