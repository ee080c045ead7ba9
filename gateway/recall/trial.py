"""What the next turn would be given for a message that is only imagined, and why.

It is put together as for a turn (`gateway.turns.recalling`) and told to people: nothing is decided,
answered or kept, and what is personal stays hidden. Over an empty memory it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.clock import to_micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.turn import Recall, Said
from gateway.turns.recalling import Recalling
from gateway.turns.remembered import Memory
from memory.pages.fact_words import label_of
from memory.pages.known import message_of
from memory.readable.context import load_context
from memory.recall.indexed_thread import index
from memory.recall.quoting import line_words, mark_of, quote
from memory.recall.trial import imagine
from memory.store import Store

EXCHANGE, RECALLED = "last messages", "recalled"
_SHOWN_PARTS = 3


@dataclass(frozen=True, slots=True)
class TriedLine:
    """One thing that the turn would be given: in which part, where it came from, and why."""

    part: str
    text: str
    source: str
    message: str | None
    why: str


@dataclass(frozen=True, slots=True)
class TriedContext:
    """All that the turn would be given, in the order in which it stands; `block` is the same as a
    language model would read it, `left_out` says what there was no room or no reason for."""

    customer_id: int
    handle: str
    level: int
    tokens: int
    budget: int
    lines: tuple[TriedLine, ...]
    trace: tuple[str, ...]
    left_out: tuple[str, ...]
    block: str


class Trial:
    """Tries what would be remembered. `draw` gives a number that nobody can know beforehand."""

    def __init__(
        self,
        store: Store,
        recalling: Recalling,
        *,
        count_tokens: Callable[[str], int],
        now: Callable[[], datetime],
        draw: Callable[[], int],
        rules: Callable[[], IdentityRules] = lambda: DEFAULT_RULES,
    ) -> None:
        self._store = store
        self._recalling = recalling
        self._count_tokens = count_tokens
        self._now = now
        self._draw = draw
        self._rules = rules

    async def context(self, customer_id: int, handle: str | None, text: str) -> TriedContext | None:
        """What a turn about `text` would be given; nothing when there is no such customer, or the
        handle is not theirs."""
        now = self._now()
        who = await self._store.read(imagine, customer_id, handle, to_micros(now), self._rules())
        if who is None:
            return None
        query = who.query
        context = who.sealed(await self._store.read(load_context, query))
        key = (query.handle_id, int(query.level), query.conversation_id, query.rules.version)
        memory = Memory(context.version, key, context, index(context.thread), query=query)
        _, found = await self._recalling.recall(memory, text, now)
        block = quote(found, mark_of(self._draw()), self._count_tokens)
        return TriedContext(
            query.customer_id,
            who.handle,
            int(context.sender.level),
            found.tokens,
            found.budget,
            tuple(_lines(found)),
            found.trace,
            tuple(_left_out(found)),
            block.text,
        )


def _lines(found: Recall) -> Iterator[TriedLine]:
    for line in found.standing:
        yield TriedLine(
            line.kind, line_words(line), line.source, message_of(line.source), "always loaded"
        )
    for one in found.recalled:
        yield _said(RECALLED, one.said, _why(one.score, dict(one.why)))
    for said in found.exchanges:
        yield _said(EXCHANGE, said, "one of the last on any channel")


def _said(part: str, said: Said, why: str) -> TriedLine:
    speaker = said.author_name or said.author.value
    return TriedLine(part, f"{speaker}: {said.text}", said.id, message_of(said.id), why)


def _why(score: float, parts: dict[str, float]) -> str:
    """The score, and the parts that weighed most."""
    best = sorted(parts.items(), key=lambda one: -abs(one[1]))[:_SHOWN_PARTS]
    told = ", ".join(f"{name} {value:+.2f}" for name, value in best)
    return f"score {score:.2f}: {told}" if told else f"score {score:.2f}"


def _left_out(found: Recall) -> Iterator[str]:
    for one in found.left_out:
        best = ", ".join(label_of(name) for name, _ in one.best)
        yield f"{one.number} left out, {one.why}" + (f": {best}" if best else "")
