"""The escalation table in a turn: the facts of it, the counts, and what the rules say of them.

Rules that name `inbound` are looked at first, without the answer; then the others, with it. What
comes of the verdict is `core.pipeline.rules.stage`' business. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from core.escalation.conditions import stages_of
from core.escalation.counters import (
    CONFIRMING,
    FIRED,
    FIRST,
    PENDING,
    counted,
    marked,
    unmarked,
    with_set,
)
from core.escalation.facts import TIMER
from core.escalation.rules import (
    DEFAULT_RULES,
    NOTHING,
    Verdict,
    asked_by,
    asked_in,
    decides,
    evaluate,
    holds,
    stuck_rules,
)
from core.pipeline.contracts import Draft, IntentGuess
from core.pipeline.reading.human_wish import asks_for_human
from core.pipeline.rules.turn_facts import INBOUND, facts_of
from core.playbook.model import Playbook, Rule
from core.playbook.once import once_per_playbook
from core.turn import CaseState, TurnInput

FALLBACK_LIMIT = 3
NEGATIVE_LIMIT = 2


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
    facts = facts_of(turn, guess, case, draft, playbook, table.asked)
    verdict = NOTHING
    if table.inbound:
        verdict = evaluate(table.inbound, {**facts, **INBOUND}, silent)
    if verdict.winner is None:
        verdict = _joined(verdict, evaluate(table.replying, facts, silent))
    if verdict.rules:
        case = _accumulated(case, verdict, playbook)
    return _resumed(case, verdict, table)


def _joined(first: Verdict, then: Verdict) -> Verdict:
    if not first.matched:
        return then
    return Verdict(then.winner, (*first.matched, *then.matched), (*first.rules, *then.rules))


@once_per_playbook
def table_of(playbook: Playbook) -> Table:
    """The playbook's rules with those that end a fruitless talk, and the facts they ask for."""
    stuck = stuck_rules(
        int(playbook.settings.get("fallback_limit", FALLBACK_LIMIT)),
        int(playbook.settings.get("negative_limit", NEGATIVE_LIMIT)),
    )
    rules = (*(playbook.rules or DEFAULT_RULES), *stuck)
    inbound = tuple(one for one in rules if set(stages_of(one)) == {"inbound"})
    replying = tuple(one for one in rules if one not in inbound and TIMER not in stages_of(one))
    counting = frozenset(
        fact
        for one in playbook.counters.values()
        for conditions in (one.add_when, one.reset_when)
        for fact in asked_in(conditions)
    )
    return Table(inbound, replying, asked_by((*inbound, *replying)), counting)


def tags_in(playbook: Playbook, matched: Collection[str]) -> tuple[str, ...]:
    """The tags of the rules that held, each once."""
    found = (one.then.get("tag", ()) for one in playbook.rules if one.id in matched)
    return tuple(dict.fromkeys(str(tag) for one in found if isinstance(one, list) for tag in one))


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
