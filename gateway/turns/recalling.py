"""Puts together what a turn remembers: who writes, what they may know, what of it goes before them.

The one place where memory is waited for. What is far back, what is over and what means the same is
optional: it has `memory.patience_ms` in all, and then the turn goes on without it. What is known of
the sender is read twice if need be, and then the turn goes on knowing nothing, and says so: never
with another's memory, and never with an older one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from core.clock import to_micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance, Author
from core.turn import CONTEXT, Recall, Said
from gateway.recall.encoding import Encoding
from gateway.turns.remembered import Kept, Memory, blank
from memory.episodes import episodes_of, line_of
from memory.readable.context import Context, load_context
from memory.readable.drawing import drawn_in
from memory.readable.sender import ContextQuery, NotTheirs
from memory.recall.choosing import PACKING, Packing, fits
from memory.recall.columns import Floats
from memory.recall.deep import History, look_back
from memory.recall.encoder import Vectors
from memory.recall.indexed_thread import THREAD_LIMIT, IndexedThread, index
from memory.recall.standing_block import Known, Past
from memory.store import Store
from memory.units.messages.claims import Claimed, Waiting
from memory.units.messages.turns import Fenced

log = structlog.get_logger(__name__)

DEEP, PAST, MEANING = "deep", "past", "meaning"
"""What a turn can do without: older messages than the thread has, what is over, and what means the
same in other words."""

_ATTEMPTS = 2
_PAST_LIMIT = 6
_PAST_FRESH = timedelta(minutes=10)
_AWAY = (SQLAlchemyError, OSError)
"""What a store that is slow or away raises. Anything else is a fault, and a turn with a fault in it
is tried again by itself until people see it."""


Choose: TypeAlias = Callable[
    [IndexedThread, str, Known, datetime, int, Packing, Floats | None], Recall
]
"""Chooses what goes before a turn: `memory.recall.choosing.recall`, or `latest`."""


@dataclass(frozen=True, slots=True)
class RecallSettings:
    """`budget` is in tokens, `patience` what is optional may take in all, `reading` one attempt to
    read what is known of the sender, both in seconds. `kept` bounds the messages kept at hand.

    `looks_back` says that older messages than the last are looked for at all.
    """

    budget: int = 1_000
    patience: float = 0.25
    reading: float = 7.5
    kept: int = 200_000
    looks_back: bool = True


@dataclass(frozen=True, slots=True)
class Back:
    """What was found by looking back: older messages, from which other handles those of them were
    made that were, and lines about what is over."""

    deep: tuple[Said, ...] = ()
    drawn: Mapping[str, frozenset[int]] = field(default_factory=dict)
    past: tuple[Past, ...] | None = None
    history: History | None = None


class Recalling:
    """Remembers for turns. `encoding` finds what means the same, where there is an encoder."""

    def __init__(
        self,
        store: Store,
        settings: RecallSettings,
        choose: Choose,
        *,
        count_tokens: Callable[[str], int],
        now: Callable[[], datetime],
        rules: Callable[[], IdentityRules] = lambda: DEFAULT_RULES,
        encoding: Encoding | None = None,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._settings = settings
        self._choose = choose
        self._packing = replace(PACKING, count=count_tokens)
        self._now = now
        self._rules = rules
        self._encoding = encoding
        self._tick = tick
        self._hurried_until = 0.0
        self.kept = Kept(settings.kept)

    async def remember(self, claimed: Claimed, taken: Sequence[Waiting]) -> Memory:
        """The context of this sender, from this process while the customer has not changed; a blank
        one when it cannot be read.

        Raises `Fenced` when the sender was parted from them since the lease was taken.
        """
        query = self._query(claimed, taken)
        key = (query.handle_id, int(query.level), query.conversation_id, query.rules.version)
        kept = self.kept.find(claimed.customer_id)
        if kept is not None and kept.holds(claimed.version, key, query.now):
            return kept
        context = await self._read(query)
        if context is None:
            return blank(claimed, taken)
        thread = index(context.thread)
        history = None if kept is None else kept.history
        return Memory(claimed.version, key, context, thread, query=query, history=history)

    async def recall(self, memory: Memory, text: str, now: datetime) -> tuple[Memory, Recall]:
        """What of the memory goes before a turn about `text`; and the memory, with what was found
        on the way and is of use to the next turn."""
        budget = self._settings.budget
        if memory.lost:
            return memory, Recall(budget=budget, trace=(_LOST,), degraded=(CONTEXT,))
        thread = memory.thread
        degraded: list[str] = []
        took: dict[str, float] = {}
        meaning = None
        if self._settings.looks_back and not fits(thread, budget, self._packing):
            until = self._tick() + self._settings.patience
            back = await self._look_back(memory, text, now, until, degraded, took)
            if back.past is not None:
                memory = replace(memory, past=back.past, past_at=now)
            if back.history is not None:
                memory = replace(memory, history=back.history)
            if back.drawn:
                drawn = {**memory.context.drawn, **back.drawn}
                memory = replace(memory, context=replace(memory.context, drawn=drawn))
            thread = thread.preceded_by(back.deep)
            meaning = await self._meaning(thread, text, until, degraded, took)
        found = self._choose(thread, text, _known(memory), now, budget, self._packing, meaning)
        if degraded or took:
            trace = (*found.trace, *(_WITHOUT[one] for one in degraded))
            found = replace(found, degraded=tuple(degraded), took=took, trace=trace)
        return memory, found

    async def vector(self, text: str) -> Vectors | None:
        """The sentence vector of what is written now; nothing when it cannot be had in time."""
        if self._encoding is None or not self._settings.looks_back:
            return None
        try:
            async with asyncio.timeout(self._settings.patience):
                return await self._encoding.vector(text)
        except Exception as error:  # noqa: BLE001 - an encoder must never keep a turn from its end
            log.warning("vector_missing", error=type(error).__name__)
            return None

    def _query(self, claimed: Claimed, taken: Sequence[Waiting]) -> ContextQuery:
        last = taken[-1]
        # What needs a proof to be told may be told in the conversation in which it was said.
        return ContextQuery(
            claimed.customer_id,
            last.handle_id,
            last.conversation_id,
            Assurance(min(one.assurance for one in taken)),
            to_micros(self._now()),
            rules=self._rules(),
        )

    async def _read(self, query: ContextQuery) -> Context | None:
        """The context, read twice if need be; nothing when it cannot be had."""
        for attempt in range(1, _ATTEMPTS + 1):
            hurried = self._tick() < self._hurried_until
            limit = self._settings.patience if hurried else self._settings.reading
            try:
                async with asyncio.timeout(limit):
                    return await self._store.read(load_context, query)
            except NotTheirs as parted:
                raise Fenced(str(parted)) from None
            except _AWAY as error:
                log.warning(
                    "memory_away",
                    customer=query.customer_id,
                    attempt=attempt,
                    error=type(error).__name__,
                )
                # While reads hang, nobody else waits as long for theirs to be given up.
                if isinstance(error, TimeoutError):
                    self._hurried_until = self._tick() + self._settings.reading
        return None

    async def _look_back(
        self,
        memory: Memory,
        text: str,
        now: datetime,
        until: float,
        degraded: list[str],
        took: dict[str, float],
    ) -> Back:
        """What is beyond the thread, and what is over, if there is anything to look for."""
        query = memory.query
        full = len(memory.thread.messages) >= THREAD_LIMIT
        old = memory.past_at is None or now - memory.past_at > _PAST_FRESH
        if query is None or not (full or old):
            return Back()
        query = replace(query, now=to_micros(now))
        began = self._tick()
        try:
            async with asyncio.timeout(max(0.0, until - began)):
                return await self._store.read(_back_of, query, memory, text, now, full, old)
        except _AWAY as error:
            without = [DEEP] * full + [PAST] * old
            degraded += without
            log.warning(
                "memory_partial",
                customer=query.customer_id,
                without=without,
                error=type(error).__name__,
            )
            return Back()
        finally:
            took["back"] = _ms(self._tick() - began)

    async def _meaning(
        self,
        thread: IndexedThread,
        text: str,
        until: float,
        degraded: list[str],
        took: dict[str, float],
    ) -> Floats | None:
        if self._encoding is None:
            return None
        began = self._tick()
        try:
            async with asyncio.timeout(max(0.0, until - began)):
                return await self._encoding.meaning(thread.thread, text)
        except Exception as error:  # noqa: BLE001 - an encoder must never keep a turn from its end
            degraded.append(MEANING)
            log.warning("memory_partial", without=[MEANING], error=type(error).__name__)
            return None
        finally:
            took[MEANING] = _ms(self._tick() - began)


_LOST = "nothing earlier could be read in time; only this message is known"
_WITHOUT = {
    DEEP: "older messages could not be looked through in time",
    PAST: "what is over could not be read in time",
    MEANING: "what means the same in other words could not be looked for in time",
}


def _known(memory: Memory) -> Known:
    context = memory.context
    return Known(
        context.facts,
        context.case if context.case_id is not None else None,
        context.silenced,
        memory.past,
        memory.block,
    )


def _back_of(
    connection: Connection,
    query: ContextQuery,
    memory: Memory,
    text: str,
    now: datetime,
    full: bool,
    old: bool,
) -> Back:
    """Both in one reading transaction: what is beyond a full thread, and what is over."""
    context = memory.context
    deep: tuple[Said, ...] = ()
    drawn: Mapping[str, frozenset[int]] = {}
    history: History | None = None
    if full:
        before = to_micros(memory.thread.messages[0].said.at)
        deep, history = look_back(connection, query, text, now, before, known=memory.history)
        # Whoever is joined to nobody can have been answered from nobody else's memory.
        if len(context.handles) > 1:
            drawn = drawn_in(
                connection, [one.id for one in deep if one.author is not Author.CUSTOMER]
            )
    past: tuple[Past, ...] | None = None
    if old:
        past = _past_of(connection, context) if context.everywhere else ()
    return Back(deep, drawn, past, history)


def _past_of(connection: Connection, context: Context) -> tuple[Past, ...]:
    found = episodes_of(connection, list(context.handles), _PAST_LIMIT)
    return tuple(
        Past(line_of(one), one.head.started_at, f"episode:{one.id}", one.drawn | {one.handle_id})
        for one in found
    )


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)
