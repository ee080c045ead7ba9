"""When a customer has as many handles as are allowed, and a better one comes: the least one goes.

Only what a rule joined gives way, and only to a kind that the rules rank before it (a phone number
before an old browser). It ends links and judges no evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, select

from core.clock import Micros
from core.identity.rules import IdentityRules, KindRule
from memory.tables.main import Handle
from memory.tables.rows import table
from memory.units.identity.joining import BY_RULES, RULES
from memory.units.identity.link_rows import AnyRow, joins_of
from memory.units.identity.retiring import part_off

_handle = table(Handle)
_UNRANKED = KindRule()


def make_room(
    connection: Connection,
    pair: tuple[AnyRow, AnyRow],
    rules: IdentityRules,
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
) -> bool:
    """End what joins the least handle of the larger side, when the other side is one handle that
    ranks before it. Whether it did."""
    sides = sorted((_members(connection, one.customer_id) for one in pair), key=len)
    if len(sides[0]) > 1 or len(sides[1]) < 2:
        return False
    [newcomer], others = sides
    for least in sorted(others, key=lambda one: (-_rank(one, rules), one.seen_at)):
        if _rank(least, rules) <= _rank(newcomer, rules):
            return False
        joins = joins_of(connection, least)
        if joins and all(one.rule not in RULES for one in joins):
            reason = f"{BY_RULES} {rules.version}: made room for {newcomer.key}"
            part_off(connection, least, joins, actor, reason, now, new_id)
            return True
    return False


def _members(connection: Connection, customer_id: int) -> Sequence[AnyRow]:
    query = select(_handle).where(
        _handle.c.customer_id == customer_id, _handle.c.retired_at.is_(None)
    )
    return connection.execute(query.order_by(_handle.c.id)).all()


def _rank(handle: AnyRow, rules: IdentityRules) -> int:
    """Lower numbers come first."""
    return rules.kinds.get(handle.kind, _UNRANKED).priority
