"""What this process remembers of a customer between two turns: a context, carried forward.

It has to be what the database would say; whoever it may not be said to, it is not kept for. Pure:
turns hand in what they changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from core.clock import Micros
from core.message import Assurance, Author, OutboundMessage
from core.turn import CaseState, Decision, Said, Sender, TurnInput
from gateway.turns.kept_facts import carried_facts
from gateway.turns.provenance import Given
from memory.readable.context import Context
from memory.readable.sender import ContextQuery
from memory.recall.deep import History
from memory.recall.indexed_thread import IndexedThread, index
from memory.recall.standing_block import Before, Past
from memory.units.messages.claims import Claimed, Thread, Waiting
from memory.units.messages.turns import Commit, Committed

MemoryKey: TypeAlias = tuple[int, int, int, str]

_PACKED_TO_ONE = 10
"""So many packed messages take as much as one that is as it was said."""

_CONTEXT_SIZE = 10
"""What a context takes beside its messages, in messages."""


@dataclass(frozen=True, slots=True)
class Memory:
    """A customer's context with its thread indexed for recall. `key` is who may be told it: handle,
    level, conversation, and the version of the rules by which it was read; `query` asked for it.

    `past` tells of what is over, as it was at `past_at`. `history` is what is far back, packed, and
    looked into only while it is what the database has. `lost` says that nothing could be read:
    nothing is known but who writes.
    """

    version: int
    key: MemoryKey
    context: Context
    thread: IndexedThread
    query: ContextQuery | None = None
    past: tuple[Past, ...] = ()
    past_at: datetime | None = None
    history: History | None = None
    lost: bool = False
    block: Before = field(default_factory=Before, compare=False)

    def holds(self, version: int, key: MemoryKey, now: Micros) -> bool:
        """Whether it is still what the database would say, for this sender, now."""
        return self.version == version and self.key == key and now < self.context.until


class Kept:
    """What is remembered of the customers that wrote last, at most so many messages in all."""

    def __init__(self, messages: int) -> None:
        self._most = messages
        self._messages = 0
        self._memories: OrderedDict[int, Memory] = OrderedDict()

    def __len__(self) -> int:
        return len(self._memories)

    def find(self, customer_id: int) -> Memory | None:
        """What is remembered of a customer, who counts as the last one now."""
        memory = self._memories.get(customer_id)
        if memory is not None:
            self._memories.move_to_end(customer_id)
        return memory

    def keep(self, customer_id: int, memory: Memory) -> None:
        """Remember this of a customer, and forget who wrote longest ago if it is too much."""
        self.drop(customer_id)
        self._memories[customer_id] = memory
        self._messages += _size(memory)
        while self._messages > self._most and len(self._memories) > 1:
            _, oldest = self._memories.popitem(last=False)
            self._messages -= _size(oldest)

    def drop(self, customer_id: int) -> None:
        """Remember nothing of a customer."""
        memory = self._memories.pop(customer_id, None)
        if memory is not None:
            self._messages -= _size(memory)


def _size(memory: Memory) -> int:
    # A context without messages takes room, too.
    packed = 0 if memory.history is None else len(memory.history.view) // _PACKED_TO_ONE
    return _CONTEXT_SIZE + len(memory.thread.messages) + packed


def blank(claimed: Claimed, taken: Sequence[Waiting]) -> Memory:
    """Nothing but who writes: enough to be honest about it and to call a person."""
    thread = claimed.thread
    assert thread is not None
    context = Context(
        sender=Sender(thread.handle_key, Assurance(min(one.assurance for one in taken))),
        case_id=None,
        case=CaseState(),
        case_status=None,
        in_handoff=False,
        facts=(),
        thread=(),
        version=claimed.version,
        until=0,
    )
    return Memory(claimed.version, (0, 0, 0, ""), context, index(()), lost=True)


def after(
    memory: Memory,
    thread: Thread,
    turn: TurnInput,
    decision: Decision,
    change: Commit,
    done: Committed,
    had: Given,
    tokens: int,
) -> Memory | None:
    """The context carried forward by what this turn changed, instead of reading it again.

    Nothing when the next turn has to read it: what people or a goodbye change is not known here.
    """
    changed = decision.close is not None or decision.escalation is not None
    if memory.lost or changed or turn.in_handoff or decision.silent is not None:
        return None
    facts = carried_facts(
        memory.context.facts, decision.facts, change.facts, done.told, turn.sender.level
    )
    if facts is None:
        return None
    said, drawn = list(turn.messages), memory.context.drawn
    if decision.reply is not None and done.seq is not None:
        answer = _answer(thread, done.seq, turn, decision.reply, tokens)
        said.append(answer)
        if had.drawn:
            drawn = {**drawn, answer.id: frozenset(had.drawn)}
    return replace(
        memory,
        version=done.version,
        context=replace(
            _carried(memory.context, thread, decision, change, done.version, had, drawn),
            facts=facts,
        ),
        thread=memory.thread.extended(said),
    )


def _answer(thread: Thread, seq: int, turn: TurnInput, reply: OutboundMessage, tokens: int) -> Said:
    """The reply as it will be remembered."""
    return Said(
        id=f"{thread.id}-{seq}",
        at=turn.now,
        channel=thread.channel,
        author=Author.BOT,
        text=reply.text,
        tokens=tokens,
        handle=thread.handle_key,
    )


def _carried(
    context: Context,
    thread: Thread,
    decision: Decision,
    change: Commit,
    version: int,
    had: Given,
    drawn: Mapping[str, frozenset[int]],
) -> Context:
    """The context after a turn, but for its thread."""
    case_id, case_handle = context.case_id, context.case_handle
    if change.new_case is not None and case_id is None:
        case_id, case_handle = int(str(change.new_case["id"])), thread.handle_id
    case_from = had.case_drawn(decision, thread.handle_id)
    return replace(
        context,
        case=decision.case,
        case_id=case_id,
        case_status="open",
        version=version,
        drawn=drawn,
        case_handle=case_handle,
        case_from=case_from if case_handle is None else case_from | {case_handle},
    )
