"""The rules that act as time passes: what they know of a case, and which of them is due.

They look at cases that people have, and at customers who wait for a word of ours. There is no
message and no answer then. Each acts once, until people hand the case back. Pure; who looks, and
what is done about it, is the gateway's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.escalation.conditions import stages_of
from core.escalation.counters import FIRED, marked, value_of, with_set
from core.escalation.facts import TIMER
from core.escalation.rules import Verdict, asked_by, evaluate
from core.hours import in_spans, is_open
from core.playbook.model import Playbook, Rule
from core.turn import CaseState


@dataclass(frozen=True, slots=True)
class Pending:
    """A case as time passes. `status` is "queued" when people have it, else "open"; the customer
    waits since `waiting_since`. `attributes` are what the business's systems say of them."""

    state: CaseState
    status: str
    channel: str
    level: int
    opened_at: datetime
    waiting_since: datetime | None
    attributes: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None


def timer_rules(playbook: Playbook) -> tuple[Rule, ...]:
    """The playbook's rules that act as time passes."""
    return tuple(one for one in playbook.rules if TIMER in stages_of(one))


def due(pending: Pending, playbook: Playbook, rules: Iterable[Rule], now: datetime) -> Verdict:
    """What these rules say of a case now; those that have acted on it rest."""
    rules = tuple(rules)
    resting = {one.id for one in rules if FIRED + one.id in pending.state.counters}
    return evaluate(rules, known_of(pending, playbook, asked_by(rules), now), resting)


def known_of(
    pending: Pending, playbook: Playbook, asked: Iterable[str], now: datetime
) -> dict[str, object]:
    """The facts of a case that are asked for, as far as they are known."""
    facts: dict[str, object] = {}
    for name in asked:
        kind, _, own = name.partition(".")
        if kind == "slot":
            value = pending.state.slot(own)
            facts[name] = None if value is None else value.value
        elif kind == "counters":
            facts[name] = value_of(pending.state, own, playbook.counters)
        elif name in _FACTS:
            facts[name] = _FACTS[name](pending, playbook, now)
    return facts


def after(state: CaseState, verdict: Verdict, playbook: Playbook) -> CaseState:
    """The case once these rules have acted: they are marked, and what they set is set."""
    for rule in verdict.rules:
        to_set = rule.then.get("set")
        for name, to in to_set.items() if isinstance(to_set, Mapping) else ():
            own = str(name).removeprefix("counters.")
            state = with_set(state, own, to, playbook.counters)
        state = marked(state, FIRED + rule.id)
    return state


def is_quiet(playbook: Playbook, channel: str, now: datetime) -> bool:
    """Whether a channel is to be quiet now: nobody is written to of our own accord then."""
    spans = playbook.limits.quiet.get(channel, ())
    return in_spans(spans, playbook.hours.timezone, now)


def _minutes(passed: timedelta) -> int:
    return max(0, int(passed.total_seconds() // 60))


def _tags(pending: Pending) -> tuple[str, ...]:
    told = pending.attributes.get("tags", "").split(",")
    return tuple(tag for one in told if (tag := one.strip()))


_FACTS: Mapping[str, Callable[[Pending, Playbook, datetime], object]] = {
    "channel": lambda one, playbook, now: one.channel,
    "stage": lambda one, playbook, now: TIMER,
    "status": lambda one, playbook, now: one.status,
    "intent": lambda one, playbook, now: one.state.intent or "unknown",
    "language": lambda one, playbook, now: one.language or playbook.language,
    "level": lambda one, playbook, now: one.level,
    "business_hours": lambda one, playbook, now: is_open(playbook.hours, now),
    "customer.tier": lambda one, playbook, now: one.attributes.get("tier"),
    "customer.tags": lambda one, playbook, now: _tags(one),
    "minutes_since_first": lambda one, playbook, now: _minutes(now - one.opened_at),
    "minutes_waiting": lambda one, playbook, now: (
        0 if one.waiting_since is None else _minutes(now - one.waiting_since)
    ),
}
