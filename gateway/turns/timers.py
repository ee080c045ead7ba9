"""Looks again and again whether time has made a rule due: a case that waits for people, a customer
who waits for us.

What is due is `core.escalation.timers`' to say, and it is done in one transaction, once for each
rule and case, however many processes look. Without such rules nothing is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection

from core.answers.sentences import choose, remember
from core.answers.wording import variants
from core.clock import Micros, to_micros
from core.escalation.rules import Verdict
from core.escalation.timers import after, due, is_quiet, timer_rules
from core.message import OutboundMessage
from core.pipeline.rules.acts import reason_of, tags_of
from core.playbook.model import Playbook, Rule
from core.turn import CaseState
from gateway.events import Bus, Event
from gateway.identity.reaching import Reaching
from gateway.rounds import Round
from memory.pending_cases import PAGE, PendingCase, waiting_for_us, with_people
from memory.store import Store
from memory.units.messages.reaching import Letter
from memory.units.people.timing import Acted, Timed, act_in_time

EVERY_SECONDS = 15.0
_URGENCY = "normal"


_Page: TypeAlias = "tuple[list[PendingCase], int]"
_Read: TypeAlias = "Callable[[Connection, int, Micros], _Page]"
"""Reads the next cases after the one with an id; they come with the id of the last."""


class Timers:
    """Looks every `EVERY_SECONDS` while its round goes. `playbook` is the one in force."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        reaching: Reaching,
        *,
        playbook: Callable[[], Playbook],
        forget: Callable[[int], None],
        now: Callable[[], datetime],
        new_id: Callable[[], int],
    ) -> None:
        self._store = store
        self._bus = bus
        self._reaching = reaching
        self._playbook = playbook
        self._forget = forget
        self._now = now
        self._new_id = new_id
        self.round = Round("timers", self.look, EVERY_SECONDS)

    async def look(self) -> int:
        """Go once through all cases that time may do something about; to how many it did."""
        playbook = self._playbook()
        rules = timer_rules(playbook)
        if not rules:
            return 0
        done = await self._go_through(_handed, playbook, rules)
        return done + await self._go_through(_open, playbook, rules)

    async def _go_through(self, read: _Read, playbook: Playbook, rules: tuple[Rule, ...]) -> int:
        done, last, more = 0, 0, True
        while more:
            cases, last = await self._store.read(read, last, to_micros(self._now()))
            more = len(cases) == PAGE
            done += await self._act_on(cases, playbook, rules)
        return done

    async def _act_on(
        self, cases: list[PendingCase], playbook: Playbook, rules: tuple[Rule, ...]
    ) -> int:
        done = 0
        for one in cases:
            now = self._now()
            verdict = due(one.pending, playbook, rules, now)
            if verdict.rules:
                done += await self._act(one, verdict, playbook, now)
        return done

    async def _act(
        self, one: PendingCase, verdict: Verdict, playbook: Playbook, now: datetime
    ) -> bool:
        message, said = _worded(one, verdict, playbook, now)
        letter = None if message is None else await self._letter(one, verdict, message)
        state = one.pending.state if letter is None else said
        ids = (self._new_id(), self._new_id())
        timed = replace(_timed(one, verdict, state, playbook, now, ids), letter=letter)
        acted = await self._store.run(act_in_time, timed)
        if acted is None:
            return False
        self._forget(acted.customer_id)
        if acted.written is not None and message is not None:
            self._reaching.leave(acted.written, message)
        self._tell(acted, timed)
        return True

    async def _letter(
        self, one: PendingCase, verdict: Verdict, message: OutboundMessage
    ) -> Letter | None:
        """The word to the customer, once for what they wait for."""
        since = one.pending.waiting_since or one.pending.opened_at
        rule = _speaking(verdict)
        cause = f"timer:{one.case_id}-{'' if rule is None else rule.id}-{to_micros(since)}"
        return await self._reaching.prepare(one.handle_key, message, cause)

    def _tell(self, acted: Acted, timed: Timed) -> None:
        if not self._bus.listening or acted.handoff_id is None:
            return
        data = {"handoff_id": str(acted.handoff_id), "state": "timer", "rule": timed.rule}
        place = (acted.customer_id, acted.conversation_id)
        self._bus.publish(Event("handoff", self._now(), *place, data))


def _handed(connection: Connection, last: int, now: Micros) -> _Page:
    """Those that people have, by the ids of their handoffs."""
    cases = with_people(connection, last)
    return cases, max((one.handoff_id or 0 for one in cases), default=last)


def _open(connection: Connection, last: int, now: Micros) -> _Page:
    """Those that only we have."""
    cases = waiting_for_us(connection, last, now)
    return cases, max((one.case_id for one in cases), default=last)


def _speaking(verdict: Verdict) -> Rule | None:
    """The rule whose word goes to the customer: the one that decides, else the first that has."""
    rules = verdict.rules if verdict.winner is None else (verdict.winner, *verdict.rules)
    return next((one for one in rules if one.then.get("say")), None)


def _worded(
    one: PendingCase, verdict: Verdict, playbook: Playbook, now: datetime
) -> tuple[OutboundMessage | None, CaseState]:
    """What the customer hears, if anything, and the case with what was said in it."""
    state, rule = one.pending.state, _speaking(verdict)
    if rule is None or one.mute or is_quiet(playbook, one.pending.channel, now):
        return None, state
    key = str(rule.then["say"])
    text = choose(variants(playbook, key), {}, state.said)
    if text is None:
        return None, state
    return OutboundMessage(text), replace(state, said=remember(state.said, text))


def _timed(
    one: PendingCase,
    verdict: Verdict,
    state: CaseState,
    playbook: Playbook,
    now: datetime,
    ids: tuple[int, int],
) -> Timed:
    rule = verdict.winner or verdict.rules[0]
    since = one.pending.waiting_since
    return Timed(
        case_id=one.case_id,
        handoff_id=one.handoff_id,
        before=one.pending.state,
        after=after(state, verdict, playbook),
        rules=verdict.matched,
        rule=rule.id,
        reason=_reason(rule, verdict),
        escalates=verdict.winner is not None,
        urgency=str(rule.then.get("urgency", _URGENCY)),
        queue=str(rule.then.get("queue", "")),
        default_queue=playbook.rule_defaults.queue,
        channel=one.pending.channel,
        minutes=0 if since is None else int((now - since).total_seconds() // 60),
        now=to_micros(now),
        ids=ids,
    )


def _reason(rule: Rule, verdict: Verdict) -> str:
    """What people read: why it is theirs or more urgent; of what only adds tags, these alone."""
    if verdict.winner is not None:
        return reason_of(rule, verdict)
    return " ".join(f"[{tag}]" for tag in tags_of(verdict))
