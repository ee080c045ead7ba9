"""Joining handles to customers, and parting them again: rows with evidence, nothing rewritten.

Every other row keeps the handle it came with, so that a link and its end leave no trace in what
anybody may read. What may be joined is checked in `memory.units.identity.joining`, who is one
customer by that is worked out in `memory.units.identity.components`. Cold transactions, one change
each.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from sqlalchemy import Connection, insert, select

from core.clock import Micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance
from memory.tables.main import Handle, Link
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity.components import derive, lock
from memory.units.identity.joining import (
    BY_HAND,
    BY_PEOPLE,
    MERGE,
    REPLACED,
    RULES,
    Limits,
    check_alive,
    check_blocked,
    check_level,
    check_seals,
)
from memory.units.identity.link_rows import (
    AnyRow,
    Changed,
    IdentityProblem,
    active_link,
    end_link,
    existing_root,
    find_handle,
    handle_by_id,
    home_handles,
    link_of,
    link_to_end,
)

__all__ = [
    "BY_HAND",
    "MERGE",
    "Changed",
    "IdentityProblem",
    "customer_of",
    "link",
    "merge",
    "relink",
    "resolve_customer",
    "unlink",
    "unlink_by_id",
]

_handle = table(Handle)
_link = table(Link)


def link(
    connection: Connection,
    handle_key: str,
    customer_id: int,
    level: Assurance,
    rule: str,
    evidence: str,
    actor: str,
    now: Micros,
    ids: tuple[int, int],
    *,
    rules: IdentityRules = DEFAULT_RULES,
    reads_from: Micros = 0,
    batch_id: int | None = None,
) -> Changed:
    """Join a handle to a customer. The link keeps the id given, also when that is an old one: if
    that merge is undone, the handle stays with whom it was linked to.

    `ids` are fresh ids for the link and the audit row. Until `reads_from` nothing old is read over
    the link; `batch_id` is the import that makes it. A link that people did not make never takes
    the place of a better one. Raises `IdentityProblem` for an unknown handle or customer, for a
    level that the rule cannot prove, and when the two may not be one customer.
    """
    evidence = evidence.strip()
    check_level(level, rule, evidence, rules)
    handle = find_handle(connection, handle_key)
    root = existing_root(connection, customer_id)
    active = active_link(connection, handle.id, customer_id)
    if customer_id == handle.home_customer_id or _is_enough(active, level, rule):
        found = 0 if active is None else active.id
        return _unchanged(handle, found)
    homes = home_handles(connection, customer_id)
    check_blocked(connection, {handle.key, *(one.key for one in homes)}, rules)
    members = lock(connection, {handle.customer_id, root})
    if rule not in BY_PEOPLE:
        check_alive([handle, *homes], rules, now)
    if rule not in RULES:
        check_seals(connection, members)
    if active is not None:
        end_link(connection, active.id, actor, f"{REPLACED} {int(level)}", now)
    values = {
        "id": ids[0],
        "handle_id": handle.id,
        "customer_id": customer_id,
        "level": int(level),
        "rule": rule,
        "evidence": evidence,
        "actor": actor,
        "created_at": now,
        "reads_from": reads_from,
        "batch_id": batch_id,
    }
    replaced = None if active is None else int(active.id)
    return _join(connection, handle, members, values, ids[1], rules, replaced)


def relink(
    connection: Connection,
    link_id: int,
    actor: str,
    now: Micros,
    ids: tuple[int, int],
    *,
    rules: IdentityRules = DEFAULT_RULES,
) -> Changed:
    """Make a link that was ended anew, as it was: same level, rule and evidence, in a row of its
    own. A person decides it, so that no seal is in the way; limits are.

    Raises `IdentityProblem` when the link still holds or the two may not be one customer any more.
    """
    was = connection.execute(select(_link).where(_link.c.id == link_id)).first()
    if was is None:
        raise IdentityProblem(f"there was no link {link_id}")
    handle = handle_by_id(connection, was.handle_id)
    if active_link(connection, handle.id, was.customer_id) is not None:
        raise IdentityProblem(f"{handle.key} is joined to customer {was.customer_id} again already")
    homes = home_handles(connection, was.customer_id)
    check_blocked(connection, {handle.key, *(one.key for one in homes)}, rules)
    root = existing_root(connection, was.customer_id)
    members = lock(connection, {handle.customer_id, root})
    values = {
        **was._mapping,
        "id": ids[0],
        "actor": actor,
        "created_at": now,
        "ended_at": None,
        "ended_by": None,
        "end_reason": None,
    }
    return _join(connection, handle, members, values, ids[1], rules, None)


def merge(
    connection: Connection,
    one_customer: int,
    other_customer: int,
    level: Assurance,
    evidence: str,
    actor: str,
    now: Micros,
    ids: tuple[int, int],
    *,
    rules: IdentityRules = DEFAULT_RULES,
) -> Changed:
    """Make two customers one, because a person says so: one's first handle is linked with the
    other's. Nothing else is written, so that ending the link undoes it.

    Raises `IdentityProblem` as `link` does.
    """
    one, other = (existing_root(connection, who) for who in (one_customer, other_customer))
    handle, to = (
        _first_handle(connection, max(one, other)),
        _first_handle(connection, min(one, other)),
    )
    if one == other:
        return _unchanged(handle, 0)
    return link(
        connection, handle.key, to.home_customer_id, level, MERGE, evidence, actor, now, ids,
        rules=rules,
    )  # fmt: skip


def unlink(
    connection: Connection,
    handle_key: str,
    customer_id: int | None,
    actor: str,
    reason: str,
    now: Micros,
    audit_id: int,
) -> Changed:
    """End the link of a handle with a customer, or with whichever it has when only one is left.

    Raises `IdentityProblem` when there is no such link, or none that can be meant.
    """
    handle = find_handle(connection, handle_key)
    one = link_of(connection, handle, customer_id)
    return _unlink(connection, handle, one, actor, reason, now, audit_id)


def unlink_by_id(
    connection: Connection,
    link_id: int,
    actor: str,
    reason: str,
    now: Micros,
    audit_id: int,
) -> Changed:
    """End the link with this id. Raises `IdentityProblem` when it cannot be ended."""
    one, handle = link_to_end(connection, link_id)
    return _unlink(connection, handle, one, actor, reason, now, audit_id)


def resolve_customer(connection: Connection, customer_id: int) -> int:
    """The customer an id stands for now; old ids of merged customers resolve for ever.

    Raises `IdentityProblem` for an id that never was one.
    """
    return existing_root(connection, customer_id)


def customer_of(connection: Connection, handle_key: str) -> int:
    """The customer that a handle belongs to now. Raises `IdentityProblem` for an unknown handle."""
    return int(find_handle(connection, handle_key).customer_id)


def home_of(connection: Connection, handle_key: str) -> int:
    """The customer made with a handle: whom a link to this handle is a link with, whoever else it
    is joined to. Raises `IdentityProblem` for an unknown handle."""
    return int(find_handle(connection, handle_key).home_customer_id)


def _join(
    connection: Connection,
    handle: AnyRow,
    members: Sequence[AnyRow],
    values: Mapping[str, object],
    audit_id: int,
    rules: IdentityRules,
    replaced: int | None,
) -> Changed:
    """Write the link and what follows from it. `members` are the handles of both sides."""
    connection.execute(insert(_link), values)
    now, actor = cast(Micros, values["created_at"]), str(values["actor"])
    limits = Limits({one.id: one for one in members}, rules, now)
    try:
        roots = derive(connection, members, limits.check)
    except IdentityProblem as problem:
        problem.pair = (handle.key, cast(int, values["customer_id"]))
        raise
    touched = {one.customer_id for one in members}
    record(connection, audit_id, now, actor, "link", handle.key, {
        "link_id": str(values["id"]),
        "customer_id": str(values["customer_id"]),
        "customers": _names(touched),
        "level": values["level"],
        "rule": values["rule"],
        "evidence": values["evidence"],
        "replaced": None if replaced is None else str(replaced),
    })  # fmt: skip
    return Changed(
        cast(int, values["id"]), handle.id, handle.key, roots[handle.id], handle.customer_id,
        tuple(sorted(touched)),
    )  # fmt: skip


def _is_enough(active: AnyRow | None, level: Assurance, rule: str) -> bool:
    if active is None:
        return False
    return bool(active.level == level or (active.level > level and rule not in RULES))


def _unchanged(handle: AnyRow, link_id: int) -> Changed:
    return Changed(
        link_id, handle.id, handle.key, handle.customer_id, handle.customer_id, (), changed=False
    )


def _first_handle(connection: Connection, root: int) -> AnyRow:
    """The handle that stands for a customer: the oldest that is one person's and still in use."""
    found = connection.execute(
        select(_handle)
        .where(_handle.c.customer_id == root)
        .order_by(_handle.c.shared, _handle.c.retired_at.is_not(None), _handle.c.id)
        .limit(1)
    ).first()
    if found is None:
        raise IdentityProblem(f"customer {root} has no handle left to be joined by")
    return found


def _unlink(
    connection: Connection,
    handle: AnyRow,
    one: AnyRow,
    actor: str,
    reason: str,
    now: Micros,
    audit_id: int,
) -> Changed:
    members = lock(connection, {handle.customer_id})
    end_link(connection, one.id, actor, reason, now)
    roots = derive(connection, members)
    touched = {handle.customer_id, *roots.values()}
    record(connection, audit_id, now, actor, "unlink", handle.key, {
        "link_id": str(one.id),
        "customer_id": str(one.customer_id),
        "customers": _names(touched),
        "reason": reason,
    })  # fmt: skip
    return Changed(
        one.id, handle.id, handle.key, roots[handle.id], handle.customer_id, tuple(sorted(touched))
    )


def _names(customers: Collection[int]) -> list[str]:
    """Ids as the log keeps them: a browser cannot count so far."""
    return [str(one) for one in sorted(customers)]
