"""The escalation table in a turn: the facts of it, the counts, and what the rules say of them.

Rules that name `inbound` are looked at first, without the answer; then the others, with it. What
comes of the verdict is `core.pipeline.rules`' business. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise

from core.escalation import (
    DEFAULT_RULES,
    FACTS,
    Verdict,
    asked_by,
    asked_in,
    decides,
    evaluate,
    holds,
    stuck_rules,
)
from core.hours import is_open
from core.message import Author
from core.pipeline.contracts import Draft, IntentGuess
from core.pipeline.phrases import asks_for_human, is_negative
from core.pipeline.readers import PlaybookKey
from core.playbook import Playbook, Rule
from core.rule_conditions import stages_of
from core.rule_counters import (
    CONFIRMING,
    FIRED,
    FIRST,
    PENDING,
    counted,
    marked,
    unmarked,
    value_of,
    with_set,
)
from core.turn import CaseState, TurnInput

FALLBACK_LIMIT = 3
NEGATIVE_LIMIT = 2

CONTACT_DAYS = 7
CONTACT_GAP = timedelta(hours=1)
"""After so long a silence, the next message is another contact."""

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
    stage: str


@dataclass(frozen=True, slots=True)
class Table:
    """A playbook's rules by when they are looked at, and the facts that they and its counts ask
    for. `counting` are those of the counts alone; `asks` says whether `asked_human` is counted."""

    inbound: tuple[Rule, ...]
    replying: tuple[Rule, ...]
    asked: frozenset[str]
    counting: frozenset[str] = field(default=frozenset())


def judge(
    turn: TurnInput, guess: IntentGuess, case: CaseState, draft: Draft, playbook: Playbook
) -> tuple[Verdict, CaseState]:
    """What the table says of a turn, and the case with what it counts and marks."""
    table = table_of(playbook)
    case = _counted(turn, guess, case, draft, playbook, table)
    silent = _resting(case)
    if table.inbound:
        facts = facts_of(turn, guess, case, draft, playbook, table.asked, "inbound")
        verdict = evaluate(table.inbound, facts, silent)
        if verdict.winner is None:
            verdict = _joined(verdict, _replying(turn, guess, case, draft, playbook, table, silent))
    else:
        verdict = _replying(turn, guess, case, draft, playbook, table, silent)
    if verdict.rules:
        case = _accumulated(case, verdict, playbook)
    return _resumed(case, verdict, table)


def _replying(
    turn: TurnInput,
    guess: IntentGuess,
    case: CaseState,
    draft: Draft,
    playbook: Playbook,
    table: Table,
    silent: frozenset[str],
) -> Verdict:
    """What the rules say that know the answer."""
    facts = facts_of(turn, guess, case, draft, playbook, table.asked)
    return evaluate(table.replying, facts, silent)


def _joined(first: Verdict, then: Verdict) -> Verdict:
    return Verdict(then.winner, (*first.matched, *then.matched), (*first.rules, *then.rules))


def table_of(playbook: Playbook) -> Table:
    """The playbook's table, made once."""
    return _table(PlaybookKey(playbook.version, id(playbook), playbook))


@lru_cache(maxsize=8)
def _table(key: PlaybookKey) -> Table:
    """The playbook's rules with those that end a fruitless talk, and the facts they ask for."""
    playbook = key.playbook
    stuck = stuck_rules(
        int(playbook.settings.get("fallback_limit", FALLBACK_LIMIT)),
        int(playbook.settings.get("negative_limit", NEGATIVE_LIMIT)),
    )
    rules = (*(playbook.rules or DEFAULT_RULES), *stuck)
    inbound = tuple(one for one in rules if set(stages_of(one)) == {"inbound"})
    replying = tuple(one for one in rules if one not in inbound)
    counting = frozenset(
        fact
        for one in playbook.counters.values()
        for conditions in (one.add_when, one.reset_when)
        for fact in asked_in(conditions)
    )
    return Table(inbound, replying, asked_by((*inbound, *replying)), counting)


_NONE: frozenset[str] = frozenset()


def _resting(case: CaseState) -> frozenset[str]:
    """The rules that have acted in this case and do so once."""
    found = [name.removeprefix(FIRED) for name in case.counters if name.startswith(FIRED)]
    return frozenset(found) if found else _NONE


def _counted(
    turn: TurnInput,
    guess: IntentGuess,
    case: CaseState,
    draft: Draft,
    playbook: Playbook,
    table: Table,
) -> CaseState:
    """The case with what this message counts for, as far as anything asks for it."""
    if "minutes_since_first" in table.asked and FIRST not in case.counters:
        case = marked(case, FIRST, int(turn.messages[0].at.timestamp() // 60))
    if "counters.asked_human" in table.asked and asks_for_human(turn.text):
        case = with_set(case, "asked_human", "+1", {})
    declared = playbook.counters
    if not declared:
        return case
    facts = facts_of(turn, guess, case, draft, playbook, table.counting)
    adds = {name for name, one in declared.items() if holds(one.add_when, facts)}
    resets = {
        name for name, one in declared.items() if one.reset_when and holds(one.reset_when, facts)
    }
    return counted(case, declared, adds, resets)


def _accumulated(case: CaseState, verdict: Verdict, playbook: Playbook) -> CaseState:
    """The case with the counts that rules set, and the marks of those that act once."""
    for rule in verdict.rules:
        to_set = rule.then.get("set")
        if isinstance(to_set, Mapping):
            for name, to in to_set.items():
                own = str(name).removeprefix("counters.")
                case = with_set(case, own, to, playbook.counters)
        once = rule.then.get("once_per_conversation", playbook.rule_defaults.once_per_conversation)
        if once and not decides(rule):
            case = marked(case, FIRED + rule.id)
    return case


def _resumed(case: CaseState, verdict: Verdict, table: Table) -> tuple[Verdict, CaseState]:
    """A rule that asked for what it needs decides now, unless one that goes before it does."""
    pending = [name for name in case.counters if name.startswith(PENDING)]
    if not pending:
        return verdict, case
    for name in pending:
        rules = (*table.inbound, *table.replying)
        rule = next((one for one in rules if one.id == name.removeprefix(PENDING)), None)
        winner = verdict.winner
        if rule is not None and (winner is None or rule.priority <= winner.priority):
            matched = tuple(dict.fromkeys((*verdict.matched, rule.id)))
            verdict = replace(verdict, winner=rule, matched=matched)
    return verdict, case


def forgotten(case: CaseState) -> CaseState:
    """The case with no rule waiting for what it needs, and no flow that is done for a yes."""
    over = [
        one
        for one in case.counters
        if one.startswith(PENDING)
        or (one.startswith(CONFIRMING) and one.removeprefix(CONFIRMING) in case.done)
    ]
    for name in over:
        case = unmarked(case, name)
    return case


def facts_of(
    turn: TurnInput,
    guess: IntentGuess,
    case: CaseState,
    draft: Draft,
    playbook: Playbook,
    asked: Iterable[str] = tuple(FACTS),
    stage: str = "before_reply",
) -> dict[str, object]:
    """What the escalation table asks about, as flat names, as far as it is known."""
    known = _Known(turn, guess, case, draft, playbook, stage)
    facts: dict[str, object] = {}
    for name in asked:
        kind, _, own = name.partition(".")
        if name == "counters.contacts_7d":
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
    """How often within a week the customer came about the orders of this case, on any channel.

    Messages with less than an hour between them are one contact; this one counts.
    """
    orders = [
        one.value
        for one in case.slots
        if one.name in playbook.slots and playbook.slots[one.name].kind == "order"
    ]
    if not orders:
        return 1
    since = turn.now - timedelta(days=CONTACT_DAYS)
    older = (*turn.recall.exchanges, *(one.said for one in turn.recall.recalled))
    times = sorted(
        one.at
        for one in {one.id: one for one in older}.values()
        if one.author is Author.CUSTOMER
        and since <= one.at <= turn.now
        and any(order in one.text for order in orders)
    )
    times.append(turn.now)
    return 1 + sum(then - first > CONTACT_GAP for first, then in pairwise(times))


_FACTS: Mapping[str, Callable[[_Known], object]] = {
    "text": lambda at: at.turn.text,
    "channel": lambda at: at.turn.channel,
    "stage": lambda at: at.stage,
    "status": lambda at: _status(at.turn),
    "intent": lambda at: at.guess.name or _matter(at.turn, at.case) or "unknown",
    "confidence": lambda at: at.guess.confidence,
    "margin": lambda at: at.guess.margin,
    "sentiment": lambda at: -0.6 if is_negative(at.turn.text) else 0.0,
    "language": lambda at: at.turn.preferences.language or at.playbook.language,
    "amount": _largest,
    "action": lambda at: _action(at.draft) if at.stage != "inbound" else None,
    "grounded": lambda at: at.draft.grounded if at.stage != "inbound" else None,
    "asked_human": lambda at: asks_for_human(at.turn.text),
    "level": lambda at: int(at.turn.sender.level),
    "business_hours": lambda at: is_open(at.playbook.hours, at.turn.now),
    "customer.tier": lambda at: _attribute(at.turn, "tier"),
    "customer.tags": lambda at: _tags(at.turn),
    "minutes_since_first": _minutes_since_first,
    "minutes_waiting": lambda at: _minutes(at.turn.now - at.turn.messages[0].at),
}
