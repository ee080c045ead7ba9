"""Performing what a decision asks for. Today that is looking up a row of the business's tables.

The level rule lives here with the data: a row is shown to its proved owner, or to a guest who
gives its second detail; nobody else learns whether it exists.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.playbook import Playbook, Table
from core.turn import LookUp


def perform(effect: LookUp, playbook: Playbook) -> Mapping[str, str] | None:
    """The columns that may be shown of the row asked for, or nothing.

    Raises `KeyError` when the playbook has no such table, which its reader excludes.
    """
    table = playbook.tables[effect.table]
    for row in table.rows:
        if _matches(row, effect.key) and _may_see(table, row, effect):
            return {name: row[name] for name in table.show if name in row}
    return None


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
