"""Checks of a playbook's own escalation rules: the facts, intents, slots and answers they name.

What a single condition may look like is `core.escalation`'s to say; here it is held against the
rest of the playbook, and every fault gets a remedy. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from core.escalation import COUNTERS, FACTS, SUFFIXES, check_rule, split_key
from core.playbook import Playbook, Rule
from core.playbook_fields import Report, suggest

FILE = "rules.toml"
URGENCIES = ("low", "normal", "high", "critical")
THEN: Mapping[str, type] = {
    "escalate": bool,
    "block": str,
    "queue": str,
    "urgency": str,
    "say": str,
    "reason": str,
}
"""What a rule may do -> the type of its value."""

_UNKNOWN_FACT = re.compile(r"the fact `(?P<name>.*)` is not known")


def check_rules(
    rules: Sequence[Rule], answers: Collection[str], playbook: Playbook, report: Report
) -> None:
    """Report everything in the rules that could never work."""
    seen: set[str] = set()
    for rule in rules:
        key = f"rule[{rule.id}]"
        if rule.id in seen:
            report.add(FILE, key, "is there twice", "Give each rule an id of its own")
        seen.add(rule.id)
        for fault in check_rule(rule):
            wrong = fault.removeprefix(f"rule {rule.id}: ")
            if not wrong.startswith("it "):
                report.add(FILE, key, wrong, _mend(wrong))
        _check_names(rule, key, playbook, report)
        _check_then(rule, key, answers, report)


def _mend(wrong: str) -> str:
    unknown = _UNKNOWN_FACT.fullmatch(wrong)
    if unknown:
        name = unknown["name"]
        if name.startswith("counters."):
            return suggest(name, [f"counters.{one}" for one in COUNTERS], "counts")
        return suggest(name, (*FACTS, "slot.NAME", "counters.NAME"), "facts")
    if "`any`" in wrong:
        return 'Write any = [ { intent = "a" }, { intent = "b" } ]'
    return f"What may follow a fact's name: {', '.join(SUFFIXES)}"


def _conditions(when: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Every condition of a rule as fact and value, those under `any` included."""
    for key, wanted in when.items():
        if key == "any" and isinstance(wanted, list | tuple):
            for one in wanted:
                if isinstance(one, Mapping):
                    yield from _conditions(one)
        else:
            yield split_key(key)[0], wanted


def _check_names(rule: Rule, key: str, playbook: Playbook, report: Report) -> None:
    intents = {"unknown", *(one.name for one in playbook.intents)}
    for name, wanted in (*_conditions(rule.when), *_conditions(rule.unless)):
        if name == "intent":
            for one in wanted if isinstance(wanted, list | tuple) else (wanted,):
                report.check_known(FILE, key, str(one), intents, "intent")
        elif name.startswith("slot."):
            slot = name.removeprefix("slot.")
            report.check_known(FILE, key, slot, playbook.slots, "slot")


def _check_then(rule: Rule, key: str, answers: Collection[str], report: Report) -> None:
    then = rule.then
    for name, value in then.items():
        kind = THEN.get(name)
        if kind is None:
            wrong = f"`then` has no {name!r}"
            report.add(FILE, key, wrong, suggest(name, THEN, "things a rule can do"))
        elif not isinstance(value, kind):
            mend = "Write true or false" if kind is bool else "Write a text in quotes"
            report.add(FILE, key, f"`{name}` has the wrong type", mend)
    if then and not then.get("escalate") and not then.get("block"):
        report.add(FILE, key, "does nothing", "Add escalate = true to then")
    if then.get("urgency", "normal") not in URGENCIES:
        wrong = f"there is no urgency {then['urgency']!r}"
        report.add(FILE, key, wrong, suggest(str(then["urgency"]), URGENCIES, "urgencies"))
    if isinstance(say := then.get("say"), str):
        report.check_known(FILE, key, say, answers, "answer")
