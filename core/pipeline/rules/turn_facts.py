"""The facts of a turn that rules may ask for, as `core.escalation.facts` lists them.

Each is worked out only when a rule or a count asks for it: most tables ask for few. Pure; what the
rules make of them is `core.escalation.rules`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from core.escalation.counters import FIRST, value_of
from core.escalation.facts import FACTS
from core.hours import is_open
from core.languages.telling import turn_language
from core.message import Author
from core.pipeline.contracts import Draft, IntentGuess
from core.pipeline.reading.human_wish import asks_for_human
from core.pipeline.reading.phrases import is_negative
from core.playbook.model import Playbook
from core.turn import CaseState, TurnInput

CONTACTS = "counters.contacts_7d"
CONTACT_DAYS = 7
CONTACT_GAP = timedelta(hours=1)
"""After so long a silence, the next message is another contact."""

INBOUND: Mapping[str, object] = {"stage": "inbound", "action": None, "grounded": None}
"""What is otherwise for rules that are looked at without the answer."""

_AMOUNT = re.compile(r"(?<![\w.])(?:[$€£]\s?)?(\d[\d,]*(?:\.\d+)?)(?:\s?(?:[$€£]|dollars|euros))?")
_MONEY = re.compile(r"[$€£]\s?\d|\d\s?(?:[$€£]|dollars|euros|usd|eur)", re.I)


@dataclass(frozen=True, slots=True)
class _Known:
    """What facts are taken from."""

    turn: TurnInput
    guess: IntentGuess
    case: CaseState
    draft: Draft
    playbook: Playbook


def facts_of(
    turn: TurnInput,
    guess: IntentGuess,
    case: CaseState,
    draft: Draft,
    playbook: Playbook,
    asked: Iterable[str] = tuple(FACTS),
) -> dict[str, object]:
    """What the escalation table asks about, as flat names, as far as it is known."""
    known = _Known(turn, guess, case, draft, playbook)
    facts: dict[str, object] = {}
    for name in asked:
        kind, _, own = name.partition(".")
        if name == CONTACTS:
            facts[name] = _contacts(turn, case, playbook)
        elif kind == "counters":
            facts[name] = value_of(case, own, playbook.counters)
        elif kind == "slot":
            value = case.slot(own)
            facts[name] = None if value is None else value.value
        elif name in _FACTS:
            facts[name] = _FACTS[name](known)
    return facts


def _matter(turn: TurnInput, case: CaseState) -> str | None:
    """The intent whose flow is open, be it that this turn began or ended it."""
    return case.intent if turn.case.flow or case.flow else None


def _status(turn: TurnInput) -> str:
    if turn.in_handoff:
        return "queued"
    return "new" if turn.case_id is None else "open"


def _action(draft: Draft) -> str | None:
    """The flow that is at its end and about to be carried out."""
    kind, _, name = draft.template.partition(":")
    return name if kind == "found" and name else None


def _largest(at: _Known) -> float | None:
    """The largest sum of money in the message, or in what the flow that is at its end is about."""
    flow = at.playbook.flows.get(_action(at.draft) or "")
    slots = at.playbook.slots
    told = [
        float(digits[-1].replace(",", ""))
        for name in (flow.slots if flow is not None else ())
        if name in slots
        and slots[name].kind == "money"
        and (value := at.case.slot(name)) is not None
        and (digits := _AMOUNT.findall(value.value))
    ]
    named = _amount(at.turn.text)
    return max((*told, *(() if named is None else (named,))), default=None)


def _amount(text: str) -> float | None:
    """The largest sum of money named in a text."""
    if _MONEY.search(text) is None:
        return None
    return max((float(one.replace(",", "")) for one in _AMOUNT.findall(text)), default=None)


def _attribute(turn: TurnInput, name: str) -> str | None:
    """What the business's own systems say of the customer; nothing that anybody wrote counts."""
    key = f"attribute:{name}"
    return next((one.value for one in turn.recall.facts if one.key == key), None)


def _tags(turn: TurnInput) -> tuple[str, ...]:
    told = _attribute(turn, "tags") or ""
    return tuple(tag for one in told.split(",") if (tag := one.strip()))


def _minutes(passed: timedelta) -> int:
    return max(0, int(passed.total_seconds() // 60))


def _minutes_since_first(at: _Known) -> int:
    first = at.case.counters.get(FIRST)
    return 0 if first is None else max(0, int(at.turn.now.timestamp() // 60) - first)


def _contacts(turn: TurnInput, case: CaseState, playbook: Playbook) -> int:
    """How often within a week the customer came about the orders of this case, or with the same
    intent, on any channel.

    Of what has less than an hour between it, all is one contact; this one counts.
    """
    since = turn.now - timedelta(days=CONTACT_DAYS)
    times = {one.at for one in turn.contacts if one.intent == case.intent}
    times.update(_spoke_of(turn, case, playbook))
    within = sorted(at for at in (*times, turn.now) if since <= at <= turn.now)
    return 1 + sum(then - first > CONTACT_GAP for first, then in pairwise(within))


def _spoke_of(turn: TurnInput, case: CaseState, playbook: Playbook) -> Iterator[datetime]:
    """When the customer wrote of the orders of this case, as far as that is remembered."""
    orders = [
        one.value
        for one in case.slots
        if one.name in playbook.slots and playbook.slots[one.name].kind == "order"
    ]
    older = (*turn.recall.exchanges, *(one.said for one in turn.recall.recalled))
    for one in older if orders else ():
        if one.author is Author.CUSTOMER and any(order in one.text for order in orders):
            yield one.at


_FACTS: Mapping[str, Callable[[_Known], object]] = {
    "text": lambda at: at.turn.text,
    "channel": lambda at: at.turn.channel,
    "stage": lambda at: "before_reply",
    "status": lambda at: _status(at.turn),
    "intent": lambda at: at.guess.name or _matter(at.turn, at.case) or "unknown",
    "confidence": lambda at: at.guess.confidence,
    "margin": lambda at: at.guess.margin,
    "sentiment": lambda at: -0.6 if is_negative(at.turn.text) else 0.0,
    "language": lambda at: turn_language(at.turn, at.playbook),
    "amount": _largest,
    "action": lambda at: _action(at.draft),
    "grounded": lambda at: at.draft.grounded,
    "asked_human": lambda at: asks_for_human(at.turn.text),
    "level": lambda at: int(at.turn.sender.level),
    "business_hours": lambda at: is_open(at.playbook.hours, at.turn.now),
    "customer.tier": lambda at: _attribute(at.turn, "tier"),
    "customer.tags": lambda at: _tags(at.turn),
    "minutes_since_first": _minutes_since_first,
    "minutes_waiting": lambda at: _minutes(at.turn.now - at.turn.messages[0].at),
}
