"""Reads `rules.toml`: the rules, the counts that the business declares, what holds for all rules.

Pure, as `core.playbook.reader`, whose helper it is. What a rule may name is checked when the whole
playbook is known, by `core.playbook.rule_checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.escalation.facts import NO_AGENT, WINDOW_LIMIT
from core.playbook.fields import Report, Section, sections, suggest
from core.playbook.model import Counter, Rule, RuleDefaults

RULES = "rules.toml"
VERSION = 1
"""The version of the format; a file may name it, and no other."""


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What the file says."""

    rules: tuple[Rule, ...]
    defaults: RuleDefaults
    counters: Mapping[str, Counter]


def read_rules(raw: Mapping[str, object], report: Report) -> RuleFile:
    """The rules with their counts and defaults; what cannot be read is reported."""
    section = Section(raw, RULES, "", report)
    if section.whole("version", default=VERSION, among=(VERSION,)) != VERSION:
        section.fault("version", "is no version of this format", f"Write version = {VERSION}")
    defaults = _defaults(Section(section.table("defaults"), RULES, "defaults", report))
    counters = _counters(section.table("counters"), report)
    rows = section.rows("rule")
    section.close()
    found = []
    for number, row in enumerate(rows, start=1):
        one = Section(row, RULES, f"rule[{row.get('id') or number}]", report)
        rule = Rule(
            id=one.text("id", needed=True),
            priority=one.whole("priority", needed=True),
            when=one.table("when", needed=True),
            then=one.table("then", needed=True),
            unless=one.table("unless"),
        )
        if not one.flag("off"):
            found.append(rule)
        one.close()
    return RuleFile(tuple(found), defaults, counters)


def _defaults(section: Section) -> RuleDefaults:
    plain = RuleDefaults()
    no_agent = section.text("on_no_agent", default=plain.on_no_agent, among=NO_AGENT)
    if no_agent not in NO_AGENT:
        wrong = f"there is no {no_agent!r}"
        section.fault("on_no_agent", wrong, suggest(no_agent, NO_AGENT, "promises"))
        no_agent = plain.on_no_agent
    found = RuleDefaults(
        queue=section.text("queue", default=plain.queue),
        once_per_conversation=section.flag(
            "once_per_conversation", default=plain.once_per_conversation
        ),
        on_no_agent=no_agent,
    )
    section.close()
    return found


def _counters(raw: Mapping[str, object], report: Report) -> Mapping[str, Counter]:
    found = {}
    for name, one in sections(raw, RULES, report, "counters"):
        window = one.whole("window_messages", among=range(WINDOW_LIMIT + 1))
        if not 0 <= window <= WINDOW_LIMIT:
            mend = f"Write a number from 1 to {WINDOW_LIMIT}, or leave it out"
            one.fault("window_messages", "is out of range", mend)
            window = 0
        found[name] = Counter(
            name=name,
            add_when=one.table("add_when", needed=True),
            reset_when=one.table("reset_when"),
            window_messages=window,
        )
        one.close()
    return found
