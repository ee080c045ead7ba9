"""Performing what a decision asks for: one performer for each kind of effect, in a table.

The look-up is here, and the level rule with its data: a row is shown to its proved owner, or to a
guest who gives its second detail; nobody else learns whether it exists. Every performer must bear
being asked again by the same turn, which may be decided anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from core.effects import Act, LookUp
from core.pipeline.contracts import Effect
from core.playbook.model import Playbook, Table
from core.turn import TurnInput
from memory.units.messages.claims import Thread, Waiting

Result: TypeAlias = Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Where an effect is asked for: the turn, its thread and messages, and whose turn it is."""

    turn: TurnInput
    customer_id: int
    thread: Thread
    taken: Sequence[Waiting]
    playbook: Playbook
    now: datetime

    @property
    def source(self) -> str:
        """The newest message's id: the same however often the turn is decided."""
        return self.taken[-1].message_id


Performer: TypeAlias = Callable[[Any, Asked], Awaitable[Result]]
"""Performs effects of one kind. Its first argument is the effect."""


class Effects:
    """Performs effects by their kind; `performers` are keyed by the effect's class."""

    def __init__(self, performers: Mapping[type, Performer]) -> None:
        self._performers: Mapping[type, Performer] = {LookUp: look_up, **performers}

    async def perform(self, effect: Effect, asked: Asked) -> Result:
        """The effect's result. Raises `KeyError` for a kind that nobody performs."""
        return await self._performers[type(effect)](effect, asked)


async def look_up(effect: LookUp, asked: Asked) -> Result:
    """A row of the business's tables."""
    return perform(effect, asked.playbook)


def perform(effect: LookUp, playbook: Playbook) -> Mapping[str, str] | None:
    """The columns that may be shown of the row asked for, or nothing.

    Raises `KeyError` when the playbook has no such table, which its reader excludes.
    """
    table = playbook.tables[effect.table]
    for row in table.rows:
        if _matches(row, effect.key) and _may_see(table, row, effect):
            return {name: row[name] for name in table.show if name in row}
    return None


def as_if_done(effect: Act, playbook: Playbook) -> Mapping[str, str]:
    """What an action would result in where it is only played through: done, with its results
    by their names."""
    results = playbook.actions[effect.action].results
    return {"outcome": "done", **{name: f"({name.replace('_', ' ')})" for name in results}}


def _matches(row: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return bool(wanted) and all(_plain(row.get(k, "")) == _plain(v) for k, v in wanted.items())


def _may_see(table: Table, row: Mapping[str, str], effect: LookUp) -> bool:
    owners = {f"{kind}:{row[column]}" for column, kind in table.owner.items() if row.get(column)}
    if owners.intersection(effect.proved):
        return True
    given = {name: value for name, value in effect.verify.items() if name in table.verify}
    return bool(given) and _matches(row, given)


def _plain(value: str) -> str:
    """A value as people vary it: without case, spaces and punctuation."""
    return "".join(one for one in value.casefold() if one.isalnum())
