"""The work of one turn: load memory, decide, perform effects, commit, hand the reply to delivery.

It carries data between memory, core and the channels; what a turn remembers is put together by
`gateway.turns.recalling`. It says nothing of its own, but for the apology over a dead letter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeAlias

import orjson
import structlog

from core.clock import from_micros, to_micros
from core.effects import is_guess
from core.facts.preferences import preferences_of
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Audience, Author
from core.pipeline.contracts import Effect, NeedEffect
from core.pipeline.decide import decide
from core.pipeline.rules.stage import IN_HANDOFF
from core.pipeline.rules.table import table_of
from core.pipeline.rules.turn_facts import CONTACT_DAYS, CONTACTS
from core.pipeline.without_memory import without_memory
from core.playbook.model import Playbook
from core.turn import Decision, Said, TurnInput, text_of
from gateway.channels.outgoing import Outgoing
from gateway.events import Bus
from gateway.stages.deciding import Deciding
from gateway.turns.answer_guard import AnswerGuard
from gateway.turns.carrier_words import carrier_word
from gateway.turns.effects import Asked, Effects, Result
from gateway.turns.interrupting import Interrupted, unless
from gateway.turns.provenance import given
from gateway.turns.recalling import Recalling
from gateway.turns.remembered import Memory, after, blank
from gateway.turns.rows import Ids, build_commit, needs_person, plain_decision
from gateway.turns.story import tell_turn
from memory.contacts import contacts_since
from memory.handed import people_have
from memory.store import Store
from memory.units.messages.claims import Claimed, Thread, Waiting
from memory.units.messages.turns import commit

log = structlog.get_logger(__name__)

_MAX_EFFECTS = 6
_MAX_RESTARTS = 2


Done: TypeAlias = tuple[tuple[Effect, Result], ...]
"""Effects that were performed in a turn, with their results."""


class Outcome(Enum):
    """How a turn ended."""

    COMMITTED = "committed"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """Who takes the turns, and for how long it holds the parts of an answer."""

    worker: str
    hold_seconds: float = 60.0


class TurnWork:
    """Takes turns, each by what `deciding` was when it began: that may be swapped at any time."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        outgoing: Outgoing,
        deciding: Deciding,
        settings: TurnSettings,
        guard: AnswerGuard,
        effects: Effects,
        recalling: Recalling,
        *,
        count_tokens: Callable[[str], int],
        now: Callable[[], datetime],
        new_id: Callable[[], int],
        tick: Callable[[], int],
        rules: Callable[[], IdentityRules] = lambda: DEFAULT_RULES,
        reachable: frozenset[str] = frozenset(),
        model: frozenset[str] = frozenset(),
    ) -> None:
        self._recalling = recalling
        self._store = store
        self._bus = bus
        self._outgoing = outgoing
        self.deciding = deciding
        self._settings = settings
        self._guard = guard
        self._effects = effects
        self._count_tokens = count_tokens
        self._now = now
        self._new_id = new_id
        self._tick = tick
        self._rules = rules
        self._reachable = reachable
        self._model = model
        self._restarts: dict[int, int] = {}

    @property
    def playbook(self) -> Playbook:
        """The playbook that the next turn will be decided by."""
        return self.deciding.playbook

    def forget(self, customer_id: int) -> None:
        """Drop what is remembered in this process; the next turn reads the database."""
        self._recalling.kept.drop(customer_id)

    def show_typing(self, thread: Thread) -> None:
        """Let whoever is on a socket see that their message is being dealt with."""
        self._outgoing.show_typing(thread)

    async def take(
        self,
        claimed: Claimed,
        taken: Sequence[Waiting],
        interrupted: asyncio.Event | None = None,
    ) -> Outcome:
        """One turn over the taken messages. Raises `Fenced` when the lease was lost meanwhile.

        `interrupted` is set when more came of this customer: then it begins anew, unless something
        was done that cannot be done anew, or that has happened too often.
        """
        by = self.deciding
        memory = await self._recalling.remember(claimed, taken)
        memory, turn = await self._turn_input(claimed, taken, memory)
        if CONTACTS in table_of(by.playbook).asked:
            turn = await self._with_contacts(turn, memory)
        carrier, person = carrier_word(taken), await self._why_person(claimed, taken)
        effects: Done = ()
        if carrier is not None:
            decision, person = plain_decision(turn, silent=f"carrier word: {carrier}"), None
        elif person is not None:
            decision = plain_decision(turn, silent=person)
        elif memory.lost:
            decision, person = await self._by_itself(claimed, turn, by)
        else:
            try:
                decision, effects = await self._decide(claimed, taken, turn, by, interrupted)
            except Interrupted:
                self._may_restart(claimed)
                return Outcome.RESTART
            turn = replace(turn, effects={effect.id: result for effect, result in effects})
        came = interrupted is not None and interrupted.is_set()
        if came and not _binds(effects) and self._may_restart(claimed):
            return Outcome.RESTART
        self._restarts.pop(claimed.customer_id, None)
        await self._commit(
            claimed, taken, memory, turn, decision, by.playbook, person=person, effects=effects
        )
        return Outcome.COMMITTED

    async def bury(self, claimed: Claimed, taken: Sequence[Waiting], why: str) -> None:
        """Make the messages dead letters, tell the customer that a person will look, and queue."""
        playbook = self.playbook
        try:
            memory = await self._recalling.remember(claimed, taken)
        except Exception:
            # What cannot be read must not keep back the word that a person will look.
            log.exception("memory_unreadable", customer=claimed.customer_id)
            memory = blank(claimed, taken)
        memory, turn = await self._turn_input(claimed, taken, memory)
        # Where no machine may answer, it may not say sorry either.
        person = needs_person(taken)
        decision = plain_decision(turn, silent=person, apology=playbook)
        if turn.recall.lost and decision.escalation is not None:
            # Which case it belongs to is not known: a person sees it beside that.
            person = decision.escalation.reason
        await self._commit(
            claimed, taken, memory, turn, decision, playbook, dead=why, person=person
        )

    async def _why_person(self, claimed: Claimed, taken: Sequence[Waiting]) -> str | None:
        """Why no machine may answer these messages, if so."""
        assert claimed.thread is not None
        return needs_person(taken) or await self._guard.why_silent(claimed.thread, taken)

    async def _turn_input(
        self, claimed: Claimed, taken: Sequence[Waiting], memory: Memory
    ) -> tuple[Memory, TurnInput]:
        """What the turn is given, and the memory it comes from with what was found on the way."""
        thread = claimed.thread
        assert thread is not None
        messages = tuple(_said(one, thread.channel, thread.handle_key) for one in taken)
        now = self._now()
        memory, recalled = await self._recalling.recall(memory, text_of(messages), now)
        context = memory.context
        return memory, TurnInput(
            id=str(self._new_id()),
            now=now,
            channel=thread.channel,
            audience=Audience(thread.audience),
            sender=context.sender,
            messages=messages,
            case_id=None if context.case_id is None else str(context.case_id),
            case=context.case,
            recall=recalled,
            in_handoff=context.in_handoff,
            case_ended=context.case_status == "closed",
            private_reply=self._outgoing.is_private(thread.account),
            rules=self._rules(),
            reachable=self._reachable,
            preferences=preferences_of(context.facts),
            model=self._model,
            vector=await self._recalling.vector(text_of(messages)),
        )

    async def _with_contacts(self, turn: TurnInput, memory: Memory) -> TurnInput:
        """With what they came lately, for the rules that ask for it."""
        since = to_micros(turn.now - timedelta(days=CONTACT_DAYS))
        handles = tuple(memory.context.handles)
        return replace(turn, contacts=await self._store.read(contacts_since, handles, since))

    async def _by_itself(
        self, claimed: Claimed, turn: TurnInput, by: Deciding
    ) -> tuple[Decision, str | None]:
        """What is decided when nothing is known of who writes, and why a person has to look."""
        # The writer answers where readers do not: whoever talks with a person is left to them.
        if await self._store.run(people_have, claimed.customer_id):
            return plain_decision(turn, silent=IN_HANDOFF), None
        # Of whom nothing is known, nothing is sent to anybody.
        turn = replace(turn, model=frozenset())
        decided = decide(turn, by.playbook, by.stages, self._tick)
        return without_memory(turn, decided, by.playbook)

    async def _decide(
        self,
        claimed: Claimed,
        taken: Sequence[Waiting],
        turn: TurnInput,
        by: Deciding,
        came: asyncio.Event | None = None,
    ) -> tuple[Decision, Done]:
        """Run the pipeline, performing the effects it asks for; and those, with their results.

        Raises `Interrupted` when more came while a language model was waited for.
        """
        assert claimed.thread is not None
        asked = Asked(turn, claimed.customer_id, claimed.thread, taken, by.playbook, turn.now)
        done: list[tuple[Effect, Result]] = []
        for _ in range(_MAX_EFFECTS):
            decision = decide(turn, by.playbook, by.stages, self._tick)
            if not isinstance(decision, NeedEffect):
                _tell_faults(decision)
                return decision, tuple(done)
            asked, effect = replace(asked, turn=turn), decision.effect
            if is_guess(effect.id):
                self._outgoing.show_typing(claimed.thread)
            work = self._effects.perform(effect, asked)
            if came is None or _binds((*done, (effect, None))) or self._is_restarted_out(claimed):
                result = await work
            else:
                result = await unless(came, work)
            done.append((effect, result))
            turn = replace(turn, effects={**turn.effects, effect.id: result})
        raise RuntimeError(f"the pipeline asked for more than {_MAX_EFFECTS} effects in one turn")

    def _is_restarted_out(self, claimed: Claimed) -> bool:
        return self._restarts.get(claimed.customer_id, 0) >= _MAX_RESTARTS

    def _may_restart(self, claimed: Claimed) -> bool:
        count = self._restarts.get(claimed.customer_id, 0)
        self._restarts[claimed.customer_id] = count + 1
        return count < _MAX_RESTARTS

    async def _commit(
        self,
        claimed: Claimed,
        taken: Sequence[Waiting],
        memory: Memory,
        turn: TurnInput,
        decision: Decision,
        playbook: Playbook,
        dead: str | None = None,
        person: str | None = None,
        effects: Done = (),
    ) -> None:
        thread = claimed.thread
        assert thread is not None
        now = self._now()
        had = given(memory.context, turn, thread.handle_id, effects)
        ids = Ids(self._new_id, self._settings.worker, self._settings.hold_seconds)
        parts = self._outgoing.render(thread, decision.reply)
        tokens = self._count_tokens(decision.reply.text) if decision.reply is not None else 0
        change = build_commit(
            claimed,
            taken,
            turn,
            decision,
            parts,
            self._outgoing.birth(thread),
            tokens,
            now,
            ids,
            dead,
            person,
            had,
        )
        done = await self._store.write(commit, change)
        left = after(memory, thread, turn, decision, change, done, had, tokens)
        if left is None:
            self.forget(claimed.customer_id)
        else:
            self._recalling.kept.keep(claimed.customer_id, left)
        if done.seq is not None and not done.withheld:
            self._outgoing.dispatch(thread, done.seq, change, decision.reply, now)
        if self._bus.listening:
            tell_turn(self._bus, claimed, turn, decision, change, done, now)


def _binds(effects: Done) -> bool:
    """Whether anything was done that is not done anew: a guess of a model's is."""
    return any(not is_guess(effect.id) for effect, _ in effects)


def _tell_faults(decision: Decision) -> None:
    """Log which stage of one's own failed: the customer was answered by the usual one."""
    for one in decision.stages:
        if "failed" in one.output:
            log.warning("stage_failed", stage=one.stage, how=one.output["failed"])


def _said(one: Waiting, channel: str, handle: str) -> Said:
    extra = orjson.loads(one.extra_json) if one.extra_json else {}
    return Said(
        id=one.message_id,
        at=from_micros(one.received_at),
        channel=channel,
        author=Author.CUSTOMER,
        text=one.text,
        tokens=one.tokens,
        handle=handle,
        quick_reply=extra.get("quick_reply"),
        secrets=extra.get("secrets", {}),
    )
