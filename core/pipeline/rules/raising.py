"""What the rules say while people have a case: nothing to the customer, but that it has become more
urgent is told to people. A rule tells it once in a case. Pure.
"""

from __future__ import annotations

from core.escalation.counters import FIRED, marked
from core.escalation.rules import asked_by, evaluate
from core.pipeline.contracts import Draft, IntentGuess, Ruled
from core.pipeline.rules.acts import reason_of
from core.pipeline.rules.table import table_of
from core.pipeline.rules.turn_facts import INBOUND, facts_of
from core.playbook.model import Playbook, Rule
from core.playbook.once import once_per_playbook
from core.turn import CaseState, Escalation, TurnInput

URGENT = frozenset(("high", "critical"))
"""The urgencies for which people are told though they have the case already."""

_NO_DRAFT = Draft("", "silent")


def raised(
    turn: TurnInput, guess: IntentGuess, case: CaseState, playbook: Playbook, silent: str
) -> Ruled:
    """Silence for this reason, and what people see of the case from now on, if anything is new."""
    rules = _urgent(playbook)
    if not rules:
        return Ruled(None, silent, case)
    facts = {**facts_of(turn, guess, case, _NO_DRAFT, playbook, asked_by(rules)), **INBOUND}
    resting = {one.id for one in rules if FIRED + one.id in case.counters}
    verdict = evaluate(rules, facts, resting)
    rule = verdict.winner
    if rule is None:
        return Ruled(None, silent, case)
    more = Escalation(
        rule=rule.id,
        queue=str(rule.then.get("queue", "")),
        urgency=str(rule.then["urgency"]),
        reason=reason_of(rule, verdict),
    )
    case = marked(case, FIRED + rule.id)
    return Ruled(None, silent, case, matched=verdict.matched, raised=more)


@once_per_playbook
def _urgent(playbook: Playbook) -> tuple[Rule, ...]:
    """The playbook's rules that hand over what is urgent."""
    table = table_of(playbook)
    return tuple(
        one
        for one in (*table.inbound, *table.replying)
        if one.then.get("escalate") and one.then.get("urgency") in URGENT
    )
