"""Where the owner of a handle hears of what happens to it: their other addresses.

Only such as are proved to be theirs: to an address that somebody only typed or brought in, nothing
is ever sent of our own accord. It reads and writes nothing.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from core.identity.graph import Edge, home_edge, is_shared, widest_paths
from core.identity.rules import IdentityRules
from core.message import Assurance
from memory.tables.main import Handle
from memory.tables.rows import table
from memory.units.identity.link_rows import AnyRow, active_links

MOST = 10
"""Addresses that hear of one change, the last used first."""

_OWN_SESSION = frozenset({"visitor", "login"})

_handle = table(Handle)


def owners_addresses(
    connection: Connection, handle: AnyRow, rules: IdentityRules
) -> tuple[str, ...]:
    """The keys of the other handles that are joined to this one as well as a channel vouches."""
    members = connection.execute(
        select(_handle)
        .where(_handle.c.customer_id == handle.customer_id)
        .order_by(_handle.c.seen_at.desc(), _handle.c.id)
    ).all()
    homes = {one.id: one.home_customer_id for one in members}
    edges = [home_edge(*one) for one in homes.items()]
    edges += [
        Edge(one.handle_id, one.customer_id, Assurance(one.level))
        for one in active_links(connection, list(homes))
        if one.customer_id != homes[one.handle_id]
    ]
    reached = widest_paths(handle.id, edges).handles
    found = (
        one.key
        for one in members
        if one.id != handle.id
        and one.kind not in _OWN_SESSION
        and one.retired_at is None
        and reached.get(one.id, Assurance.NONE) >= Assurance.AUTHENTICATED
        and not is_shared(one.key, bool(one.shared), rules)
    )
    return tuple(found)[:MOST]
