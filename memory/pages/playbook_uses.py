"""How often each intent was understood and each rule decided lately, for who writes a playbook.

Reads only, and only the newest turns: it is a picture of late, not a report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from core.clock import Micros
from memory.tables.main import Turn
from memory.tables.rows import table

MOST_TURNS = 20_000
"""Turns that are counted, the newest."""

_turn = table(Turn)


@dataclass(frozen=True, slots=True)
class Uses:
    """Of so many `turns`: how many by intent, and how many by the rule that handed them over."""

    turns: int
    intents: Mapping[str, int]
    rules: Mapping[str, int]


def uses(connection: Connection, since: Micros) -> Uses:
    """What was used since then."""
    recent = (
        select(_turn.c.intent, _turn.c.escalated, _turn.c.decided_at)
        .order_by(_turn.c.id.desc())
        .limit(MOST_TURNS)
        .subquery()
    )
    rows = connection.execute(
        select(recent.c.intent, recent.c.escalated, func.count())
        .where(recent.c.decided_at >= since)
        .group_by(recent.c.intent, recent.c.escalated)
    ).all()
    intents: dict[str, int] = {}
    rules: dict[str, int] = {}
    for intent, rule, number in rows:
        if intent is not None:
            intents[intent] = intents.get(intent, 0) + number
        if rule is not None:
            rules[rule] = rules.get(rule, 0) + number
    return Uses(sum(row[2] for row in rows), intents, rules)
