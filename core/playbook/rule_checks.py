"""Checks of a playbook's own escalation rules: the facts, intents, slots and answers they name.

What a single condition may look like is `core.escalation.conditions`' to say; here it is held
against the rest of the playbook, and every fault gets a remedy. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from core.escalation.conditions import check_conditions, check_rule, stages_of
from core.escalation.facts import (
    COUNTERS,
    COUNTS,
    DEEDS,
    FACTS,
    FLAGGED,
    KEPT,
    NUMBERS,
    STAGES,
    STATUSES,
    SUFFIXES,
    THEN,
    TIMED_THEN,
    TIMER,
    URGENCIES,
    WORD,
    WORD_LIST,
    split_key,
)
from core.playbook.fields import Report, suggest
from core.playbook.model import Playbook, Rule

FILE = "rules.toml"

_MENDS: Mapping[str, str] = {
    FLAGGED: "Write true or false",
    WORD: "Write a text in quotes",
    WORD_LIST: 'Write texts in brackets: ["one", "two"]',
    COUNTS: 'Write { "counters.NAME" = "+1" }, or a number to set it to',
}
_UNKNOWN_FACT = re.compile(r"the fact `(?P<name>.*)` is not known")
_CHANGE = re.compile(r"[+-]\d{1,3}")
_COUNTED = "counters."


def check_rules(
    rules: Sequence[Rule], answers: Collection[str], playbook: Playbook, report: Report
) -> None:
    """Report everything in the rules that could never work."""
    seen: set[str] = set()
    _check_counters(playbook, report)
    for rule in rules:
        key = f"rule[{rule.id}]"
        if rule.id in seen:
            report.add(FILE, key, "is there twice", "Give each rule an id of its own")
        seen.add(rule.id)
        for fault in check_rule(rule, playbook.counters):
            wrong = fault.removeprefix(f"rule {rule.id}: ")
            if not wrong.startswith("it "):
                report.add(FILE, key, wrong, _mend(wrong, playbook.counters))
        for conditions in (rule.when, rule.unless):
            _check_names(conditions, key, playbook, report)
        _check_then(rule, key, playbook, report)
        _check_deeds(rule, key, answers, report)


def _check_counters(playbook: Playbook, report: Report) -> None:
    """A count is moved by what a message is, and by no other count."""
    for name, one in playbook.counters.items():
        key = f"counters.{name}"
        for conditions in (one.add_when, one.reset_when):
            for wrong in check_conditions(conditions, playbook.counters):
                report.add(FILE, key, wrong, _mend(wrong, playbook.counters))
            for fact, _ in _conditions(conditions):
                if fact.startswith(_COUNTED) or fact == "stage":
                    mend = "Name what a message is, such as intent or sentiment"
                    report.add(FILE, key, f"is moved by `{fact}`", mend)
            _check_names(conditions, key, playbook, report)


def _mend(wrong: str, declared: Collection[str]) -> str:
    unknown = _UNKNOWN_FACT.fullmatch(wrong)
    if unknown:
        name = unknown["name"]
        if name.startswith(_COUNTED):
            return suggest(name, [f"{_COUNTED}{one}" for one in (*COUNTERS, *declared)], "counts")
        return suggest(name, (*FACTS, "slot.NAME", "counters.NAME"), "facts")
    named = f"What may follow a fact's name: {', '.join(SUFFIXES)}"
    return next((mend for told, mend in _REMEDIES if re.search(told, wrong)), named)


def mend_pattern(fault: str) -> str:
    """How an expression is mended that has this fault of `core.escalation.patterns`."""
    return next(mend for told, mend in _PATTERNS if re.search(told, fault))


_PATTERNS: Sequence[tuple[str, str]] = (
    ("in a repeat|repeat inside", "Write it without a repeat inside of a repeat, as [a-z ]+"),
    ("open repeats|many repeats", "Bound them, such as .{0,40}, or make several expressions of it"),
    ("refers back", "Write out what it refers to"),
    ("no regular expression", "Mend it; in single quotes a backslash needs no doubling"),
    ("characters, more", "Make several expressions of it, in brackets"),
)

_REMEDIES: Sequence[tuple[str, str]] = (
    ("an inbound rule", 'Leave the stage out, or write stage = "before_reply"'),
    ("a timer rule", "Nobody writes then: go by how long somebody waits, or by what is known"),
    ("timer stands alone", "Make a rule of its own for as time passes"),
    ("too deep", "Make several rules of it"),
    ("`any`", 'Write any = [ { intent = "a" }, { intent = "b" } ]'),
    ("no stage|`stage`", f'Write stage = "{STAGES[1]}"; the stages are {", ".join(STAGES)}'),
    ("no status", f"A case is {', '.join(STATUSES)}"),
    ("does not go with", f"Numbers go with {', '.join(NUMBERS)}, texts with the others"),
    *_PATTERNS,
    ("needs true", "Write true or false, without quotes"),
    ("needs a number", "Write a number, without quotes"),
    ("needs a text", 'Write a text in quotes, or several: ["a", "b"]'),
)
"""What a fault says -> how to mend it; the first that fits counts."""


def _conditions(when: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Every condition of a rule as fact and value, those under `any` included."""
    for key, wanted in when.items():
        if key == "any" and isinstance(wanted, list | tuple):
            for one in wanted:
                if isinstance(one, Mapping):
                    yield from _conditions(one)
        else:
            yield split_key(key)[0], wanted


def _check_names(
    conditions: Mapping[str, object], key: str, playbook: Playbook, report: Report
) -> None:
    intents = {"unknown", *(one.name for one in playbook.intents)}
    for name, wanted in _conditions(conditions):
        if name == "intent":
            for one in wanted if isinstance(wanted, list | tuple) else (wanted,):
                report.check_known(FILE, key, str(one), intents, "intent")
        elif name == "action":
            for one in wanted if isinstance(wanted, list | tuple) else (wanted,):
                report.check_known(FILE, key, str(one), playbook.flows, "flow")
        elif name.startswith("slot."):
            slot = name.removeprefix("slot.")
            report.check_known(FILE, key, slot, playbook.slots, "slot")


def _check_then(rule: Rule, key: str, playbook: Playbook, report: Report) -> None:
    """The things a rule does, each by itself."""
    for name, value in rule.then.items():
        kind = THEN.get(name)
        if kind is None:
            wrong = f"`then` has no {name!r}"
            report.add(FILE, key, wrong, suggest(name, THEN, "things a rule can do"))
        elif not _is_kind(value, kind):
            report.add(FILE, key, f"`{name}` has the wrong type", _MENDS[kind])
        elif name == "set" and isinstance(value, Mapping):
            _check_set(value, key, playbook, report)
        elif name == "needs" and isinstance(value, list):
            for one in value:
                report.check_known(FILE, key, str(one), playbook.slots, "slot")


def _is_kind(value: object, kind: str) -> bool:
    if kind == FLAGGED:
        return isinstance(value, bool)
    if kind == WORD_LIST:
        texts = isinstance(value, list) and all(isinstance(one, str) and one for one in value)
        return texts and bool(value)
    return isinstance(value, str if kind == WORD else Mapping) and bool(value)


def _check_set(value: Mapping[str, object], key: str, playbook: Playbook, report: Report) -> None:
    settable = {name for name, one in playbook.counters.items() if not one.window_messages}
    known = [f"{_COUNTED}{one}" for one in (settable | (KEPT - set(playbook.counters)))]
    for name, to in value.items():
        if name not in known:
            wrong = f"`set` may not move {name!r}"
            report.add(FILE, key, wrong, suggest(name, known, "counts that may be set"))
        whole = isinstance(to, int) and not isinstance(to, bool) and 0 <= to <= 1000
        if not whole and not (isinstance(to, str) and _CHANGE.fullmatch(to)):
            report.add(FILE, key, f"`set` cannot make {name!r} {to!r}", _MENDS[COUNTS])


def _check_deeds(rule: Rule, key: str, answers: Collection[str], report: Report) -> None:
    """The things a rule does, together."""
    then = rule.then
    if then and not any(then.get(one) for one in DEEDS):
        report.add(FILE, key, "does nothing", "Add escalate = true to then")
    if then.get("urgency", "normal") not in URGENCIES:
        wrong = f"there is no urgency {then['urgency']!r}"
        report.add(FILE, key, wrong, suggest(str(then["urgency"]), URGENCIES, "urgencies"))
    for name in ("say", "ask"):
        if isinstance(said := then.get(name), str):
            report.check_known(FILE, key, said, answers, "answer")
    if TIMER in stages_of(rule):
        for name in (one for one in then if one in THEN and one not in TIMED_THEN):
            wrong = f"`{name}` does nothing as time passes"
            report.add(FILE, key, wrong, "Leave it out: there is no answer that it could change")
    _check_handover(rule, key, report)


def _check_handover(rule: Rule, key: str, report: Report) -> None:
    """What goes with a handover, and what does not."""
    then = rule.then
    if then.get("escalate") and then.get("block"):
        report.add(FILE, key, "hands over and says nothing at once", "Keep one of the two")
    if then.get("freeze_bot") is False:
        mend = "Leave it out: once a case is handed over, we are silent until it is handed back"
        report.add(FILE, key, "lets us talk into a handover", mend)
    for name in ("needs", "freeze_bot"):
        if then.get(name) and not then.get("escalate"):
            report.add(FILE, key, f"`{name}` is without a handover", "Add escalate = true to then")
