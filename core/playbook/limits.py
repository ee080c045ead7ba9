"""Reads what a business lets an answer say: the table `limits` of `playbook.toml`.

Pure, as `core.playbook.reader`, whose helper it is: it reports faults and keeps to no limit.
"""

from __future__ import annotations

import re
from datetime import time

from core.limits import DEFAULT_LENGTH, DEFAULT_LIMITS, Broken, Limits
from core.playbook.documents import spans_of
from core.playbook.fields import Section, suggest

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_LEAST_LENGTH = 70


def read_limits(main: Section) -> Limits:
    """The limits that `playbook.toml` states, and the defaults for those it does not."""
    one = Section(main.table("limits"), main.file, "limits", main.report)
    limits = Limits(
        domains=_domains(one),
        amount=_amount(one),
        words=one.texts("words"),
        length=_length(one),
        quiet=_quiet(one),
        late_minutes=one.whole("late_minutes", default=DEFAULT_LIMITS.late_minutes),
        hand_over=_hand_over(one),
    )
    if limits.late_minutes < 0:
        one.fault("late_minutes", "is below 0", "Write how many minutes an answer may take")
    one.close()
    return limits


def _domains(one: Section) -> tuple[str, ...]:
    domains = tuple(name.casefold() for name in one.texts("domains"))
    for name in domains:
        if not _DOMAIN.fullmatch(name):
            mend = "Write the bare name, such as shop.example; what is below it is allowed too"
            one.fault("domains", f"{name!r} is no domain", mend)
    return domains


def _amount(one: Section) -> float:
    amount = one.number("amount", DEFAULT_LIMITS.amount)
    if amount < 0:
        one.fault("amount", "is below 0", "Write a sum of money, or 0 for none")
    return amount


def _length(one: Section) -> dict[str, int]:
    table = Section(one.table("length"), one.file, "limits.length", one.report)
    length = dict(DEFAULT_LENGTH)
    for channel, default in DEFAULT_LENGTH.items():
        length[channel] = table.whole(channel, default=default)
        if length[channel] < _LEAST_LENGTH:
            mend = f"Write at least {_LEAST_LENGTH} characters: one sentence needs them"
            table.fault(channel, "is too short", mend)
    table.close()
    return length


def _quiet(one: Section) -> dict[str, tuple[tuple[time, time], ...]]:
    table = Section(one.table("quiet"), one.file, "limits.quiet", one.report)
    quiet = {channel: spans for channel in DEFAULT_LENGTH if (spans := spans_of(table, channel))}
    table.close()
    return quiet


def _hand_over(one: Section) -> frozenset[str]:
    named = one.texts("hand_over")
    rules = tuple(rule.value for rule in Broken if rule not in (Broken.LENGTH, Broken.QUIET))
    for name in named:
        if name not in rules:
            one.fault("hand_over", f"there is no rule {name!r}", suggest(name, rules, "rules"))
    return frozenset(named) or DEFAULT_LIMITS.hand_over
