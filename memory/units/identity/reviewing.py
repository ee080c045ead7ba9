"""Looking again at what is suggested already: what nothing speaks for any more is taken back.

Only what is open, and what was worked out here: what a person has decided stays decided, and what
the business's own system says is for a person to decide. Cold transactions, so many rows each.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, delete, select

from core.identity.rules import IdentityRules
from memory.suggestions import find_candidates
from memory.tables.identity import Suggestion
from memory.tables.main import Handle
from memory.tables.rows import table
from memory.units.identity.suggesting import OPEN, SYSTEM

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_handle = table(Handle)
_suggestion = table(Suggestion)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How many were taken back, and after which id to go on; nothing at the end."""

    taken_back: int
    after: int | None


def review(connection: Connection, after: int, limit: int, rules: IdentityRules) -> Reviewed:
    """Take back those open suggestions, with ids greater than `after`, that these rules would not
    make from what is known now."""
    rows = connection.execute(
        select(_suggestion)
        .where(_suggestion.c.status == OPEN, _suggestion.c.id > after)
        .order_by(_suggestion.c.id)
        .limit(limit)
    ).all()
    if not rows:
        return Reviewed(0, None)
    roots, keys = _who_they_are(connection, rows)
    found = {
        tuple(sorted((roots[one.one_key], roots[one.other_key])))
        for one in find_candidates(connection, keys, rules)
        if one.one_key in roots and one.other_key in roots
    }
    lapsed = [row.id for row in rows if _has_lapsed(row, roots, found)]
    connection.execute(delete(_suggestion).where(_suggestion.c.id.in_(lapsed)))
    return Reviewed(len(lapsed), rows[-1].id)


def _has_lapsed(row: AnyRow, roots: Mapping[object, int], found: Collection[object]) -> bool:
    if f"{SYSTEM} says" in row.reasons_json:
        return False
    one, other = roots.get(row.one_id), roots.get(row.other_id)
    if one is None or other is None:
        return True
    # Who are one by now are shown to nobody, and may be two again.
    return one != other and tuple(sorted((one, other))) not in found


def _who_they_are(
    connection: Connection, rows: Collection[AnyRow]
) -> tuple[dict[object, int], list[str]]:
    """The customers of these suggestions now, by first id and by handle, and all their handles."""
    homes = {home for row in rows for home in (row.one_id, row.other_id)}
    own = select(_handle.c.customer_id).where(_handle.c.home_customer_id.in_(homes))
    roots: dict[object, int] = {}
    keys = []
    for one in connection.execute(select(_handle).where(_handle.c.customer_id.in_(own))):
        roots[one.home_customer_id] = roots[one.key] = one.customer_id
        keys.append(one.key)
    return roots, keys
