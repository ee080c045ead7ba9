"""Counts that a playbook declares: what adds to one, what resets it, and how far back it looks.

A count lives in the case, as a number for each name, so it goes along over every channel and begins
anew when the case is handed over. A count with a window keeps the last messages as bits, the newest
lowest. Pure; whoever calls it says what is true of a message.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace

from core.playbook.model import Counter
from core.turn import CaseState

OWN = "own:"
"""How the name of a declared count begins in the case, apart from the built-in one it replaces."""

FIRED = "fired:"
"""How a mark begins that a rule has acted on this case."""

PENDING = "pending:"
"""How a mark begins that a rule has asked for what it needs, and hands over with the next turn."""

CONFIRMING = "confirming:"
"""How a mark begins that a flow waits for the customer's yes."""

FIRST = "first_minute"
"""When the case began, in minutes since 1970; kept only where a rule asks for it."""


def counted(
    case: CaseState,
    declared: Mapping[str, Counter],
    adds: Container[str],
    resets: Container[str],
) -> CaseState:
    """The case after one more message, which `adds` to some counts and `resets` others."""
    counters = dict(case.counters)
    for name, one in declared.items():
        value = 0 if name in resets else counters.get(OWN + name, 0)
        added = int(name in adds and name not in resets)
        if one.window_messages:
            value = (value << 1 | added) & ((1 << one.window_messages) - 1)
        else:
            value += added
        counters[OWN + name] = value
    counters = {name: value for name, value in counters.items() if value}
    return case if counters == case.counters else replace(case, counters=counters)


def value_of(case: CaseState, name: str, declared: Mapping[str, Counter]) -> int | None:
    """What a count stands at: the declared one of that name, else the built-in one."""
    one = declared.get(name)
    if one is None:
        return case.counters.get(name)
    value = case.counters.get(OWN + name, 0)
    return value.bit_count() if one.window_messages else value


def with_set(
    case: CaseState, name: str, to: str | int, declared: Mapping[str, Counter]
) -> CaseState:
    """The case with a count set to a number, or moved by one that has a sign ("+1")."""
    key = OWN + name if name in declared else name
    before = case.counters.get(key, 0)
    value = before + int(to) if isinstance(to, str) else to
    return replace(case, counters={**case.counters, key: max(0, value)})


def marked(case: CaseState, mark: str, value: int = 1) -> CaseState:
    """The case with a mark among its counts."""
    if case.counters.get(mark) == value:
        return case
    return replace(case, counters={**case.counters, mark: value})


def unmarked(case: CaseState, mark: str) -> CaseState:
    """The case without a mark."""
    counters = {name: value for name, value in case.counters.items() if name != mark}
    return replace(case, counters=counters)
