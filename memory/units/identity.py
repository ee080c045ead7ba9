"""Joining handles to customers, and parting them again: rows with evidence, nothing rewritten.

`handle.customer_id` and `customer.merged_into` are derived from the active links and worked out
anew for what a change touches; every other row keeps the handle it came with, so that a link and
its end leave no trace in what anybody may read. Cold transactions, one change each.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, insert, select, update

from core.clock import Micros
from core.identity import COMPONENT_LIMIT, LOGIN_KIND, Component, Edge, components, home_edge
from core.message import Assurance
from memory.tables import Customer, Handle, Link
from memory.units.audit import record
from memory.units.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_customer = table(Customer)
_handle = table(Handle)
_link = table(Link)

BY_HAND = "by-hand"
TRUSTED_PROFILE = "trusted-profile"

RULES: Mapping[str, Assurance] = {
    BY_HAND: Assurance.PROVED,
    "code": Assurance.PROVED,
    "import": Assurance.AUTHENTICATED,
    "login": Assurance.LOGGED_IN,
    TRUSTED_PROFILE: Assurance.AUTHENTICATED,
}
"""What may join a handle to a customer, and the best level it can prove."""

_PLAIN_LIMIT = {BY_HAND: Assurance.AUTHENTICATED, "import": Assurance.ASSERTED}
"""The best level of a rule when no evidence is named."""


class IdentityProblem(Exception):
    """A link that cannot be made or ended, said in words for a person. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change of identity did: the customer the handle belongs to now, and before.

    `customers` are all whose view changed: leases and caches of these are void. `changed` is false
    when everything was so already.
    """

    link_id: int
    handle_id: int
    handle_key: str
    customer_id: int
    before: int
    customers: tuple[int, ...]
    changed: bool = True


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
) -> Changed:
    """Join a handle to a customer. The link keeps the id given, also when that is an old one: if
    that merge is undone, the handle stays with whom it was linked to.

    `ids` are fresh ids for the link and the audit row. Raises `IdentityProblem` for an unknown
    handle or customer, for a level that the rule cannot prove, and when two logins would become one
    customer.
    """
    evidence = evidence.strip()
    _check_level(level, rule, evidence)
    handle = _find_handle(connection, handle_key)
    root = _existing_root(connection, customer_id)
    active = _active_link(connection, handle.id, customer_id)
    if customer_id == handle.home_customer_id or (active is not None and active.level == level):
        found = 0 if active is None else active.id
        return Changed(
            found, handle.id, handle.key, handle.customer_id, handle.customer_id, (), False
        )
    touched = {handle.customer_id, root}
    members = _lock(connection, touched)
    if active is not None:
        _end(connection, active.id, actor, f"replaced by a link at level {int(level)}", now)
    link_id, audit_id = ids
    connection.execute(
        insert(_link),
        {
            "id": link_id,
            "handle_id": handle.id,
            "customer_id": customer_id,
            "level": int(level),
            "rule": rule,
            "evidence": evidence,
            "actor": actor,
            "created_at": now,
        },
    )
    roots = _derive(connection, members, joining=True)
    record(connection, audit_id, now, actor, "link", handle.key, {
        "link_id": str(link_id),
        "customer_id": str(customer_id),
        "level": int(level),
        "rule": rule,
        "evidence": evidence,
    })  # fmt: skip
    return Changed(
        link_id, handle.id, handle.key, roots[handle.id], handle.customer_id, tuple(sorted(touched))
    )


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
    handle = _find_handle(connection, handle_key)
    links = [
        one for one in _links(connection, [handle.id]) if one.customer_id != handle.home_customer_id
    ]
    if customer_id is not None:
        exact = [one for one in links if one.customer_id == customer_id]
        known = _known_ids(connection, customer_id)
        links = exact or [one for one in links if one.customer_id in known]
    if len(links) != 1:
        raise IdentityProblem(_why_not_one(handle, links, customer_id))
    return _unlink(connection, handle, links[0], actor, reason, now, audit_id)


def unlink_by_id(
    connection: Connection,
    link_id: int,
    actor: str,
    reason: str,
    now: Micros,
    audit_id: int,
) -> Changed:
    """End the link with this id. Raises `IdentityProblem` when it cannot be ended."""
    one = connection.execute(select(_link).where(_link.c.id == link_id)).first()
    if one is None or one.ended_at is not None:
        raise IdentityProblem(f"there is no active link {link_id}")
    handle = connection.execute(select(_handle).where(_handle.c.id == one.handle_id)).one()
    if one.customer_id == handle.home_customer_id:
        raise IdentityProblem(
            f"{handle.key} made this customer with its first message; unlink the other handle"
        )
    return _unlink(connection, handle, one, actor, reason, now, audit_id)


def resolve_customer(connection: Connection, customer_id: int) -> int:
    """The customer an id stands for now; old ids of merged customers resolve for ever.

    Raises `IdentityProblem` for an id that never was one.
    """
    return _existing_root(connection, customer_id)


def customer_of(connection: Connection, handle_key: str) -> int:
    """The customer that a handle belongs to now. Raises `IdentityProblem` for an unknown handle."""
    return int(_find_handle(connection, handle_key).customer_id)


def _unlink(
    connection: Connection,
    handle: AnyRow,
    one: AnyRow,
    actor: str,
    reason: str,
    now: Micros,
    audit_id: int,
) -> Changed:
    members = _lock(connection, {handle.customer_id})
    _end(connection, one.id, actor, reason, now)
    roots = _derive(connection, members, joining=False)
    record(connection, audit_id, now, actor, "unlink", handle.key, {
        "link_id": str(one.id),
        "customer_id": str(one.customer_id),
        "reason": reason,
    })  # fmt: skip
    touched = {handle.customer_id, *roots.values()}
    return Changed(
        one.id, handle.id, handle.key, roots[handle.id], handle.customer_id, tuple(sorted(touched))
    )


def _check_level(level: Assurance, rule: str, evidence: str) -> None:
    most = RULES.get(rule)
    if most is None:
        raise IdentityProblem(f"no rule is called {rule!r}; there are: {', '.join(sorted(RULES))}")
    if level < Assurance.ASSERTED:
        raise IdentityProblem("a link needs level 1 at least; below that it is only a hint")
    if level > most:
        raise IdentityProblem(
            f"the rule {rule!r} proves level {int(most)} at most, not {int(level)}"
        )
    if not evidence and level > _PLAIN_LIMIT.get(rule, most):
        raise IdentityProblem(
            f"level {int(level)} needs evidence: say what shows that it is the same person"
        )


def _find_handle(connection: Connection, key: str) -> AnyRow:
    """The handle's row. An unknown one is an error that names what there is instead."""
    row = connection.execute(select(_handle).where(_handle.c.key == key)).first()
    if row is not None:
        return row
    address = key.partition(":")[2]
    near = connection.execute(
        select(_handle.c.key)
        .where(_handle.c.address.in_({key, address, address.replace(" ", "")}))
        .order_by(_handle.c.key)
        .limit(5)
    ).scalars().all()  # fmt: skip
    if near:
        raise IdentityProblem(f"no handle is called {key!r}; did you mean {' or '.join(near)}?")
    kinds = connection.execute(select(_handle.c.kind).distinct()).scalars().all()
    known = ", ".join(f"{one}:…" for one in sorted(kinds)) or "none yet"
    raise IdentityProblem(
        f"no handle is called {key!r}: it has never written to us (handles are kind:address; "
        f"known kinds: {known})"
    )


def _existing_root(connection: Connection, customer_id: int) -> int:
    row = connection.execute(
        select(_customer.c.id, _customer.c.merged_into).where(_customer.c.id == customer_id)
    ).first()
    if row is None:
        raise IdentityProblem(f"there is no customer {customer_id}")
    return int(row.id if row.merged_into is None else row.merged_into)


def _known_ids(connection: Connection, customer_id: int) -> set[int]:
    """The customer's root and every id that was merged into it."""
    root = _existing_root(connection, customer_id)
    merged = select(_customer.c.id).where(_customer.c.merged_into == root)
    return {root, *connection.execute(merged).scalars()}


def _links(connection: Connection, handle_ids: Collection[int]) -> list[AnyRow]:
    query = select(_link).where(_link.c.handle_id.in_(handle_ids), _link.c.ended_at.is_(None))
    return list(connection.execute(query.order_by(_link.c.id)).all())


def _active_link(connection: Connection, handle_id: int, customer_id: int) -> AnyRow | None:
    links = _links(connection, [handle_id])
    return next((one for one in links if one.customer_id == customer_id), None)


def _end(connection: Connection, link_id: int, actor: str, reason: str, now: Micros) -> None:
    connection.execute(
        update(_link)
        .where(_link.c.id == link_id)
        .values(ended_at=now, ended_by=actor, end_reason=reason)
    )


def _why_not_one(handle: AnyRow, links: Collection[AnyRow], customer_id: int | None) -> str:
    if links:
        ids = ", ".join(str(one.customer_id) for one in links)
        return f"{handle.key} is linked to several customers ({ids}); say which one"
    if customer_id is None:
        return f"{handle.key} is linked to no other customer"
    if customer_id == handle.home_customer_id:
        return f"{handle.key} made customer {customer_id}; unlink the other handle from it instead"
    return f"{handle.key} is not linked to customer {customer_id}"


def _lock(connection: Connection, roots: Collection[int]) -> list[AnyRow]:
    """Fence whoever works on these customers, and give their handles.

    A turn under way loses its lease, and can commit nothing it decided on the old view.
    """
    members = connection.execute(
        select(_customer.c.id)
        .where(_customer.c.id.in_(roots) | _customer.c.merged_into.in_(roots))
        .order_by(_customer.c.id)
        .with_for_update()
    ).scalars().all()  # fmt: skip
    connection.execute(
        update(_customer)
        .where(_customer.c.id.in_(members))
        .values(
            version=_customer.c.version + 1,
            lease_token=_customer.c.lease_token + 1,
            lease_owner=None,
            lease_until=0,
        )
    )
    query = select(_handle).where(_handle.c.customer_id.in_(roots)).order_by(_handle.c.id)
    return list(connection.execute(query).all())


def _derive(
    connection: Connection, handles: Collection[AnyRow], *, joining: bool
) -> dict[int, int]:
    """Work out each handle's root from the active links, store what changed, and give them all."""
    edges = [home_edge(one.id, one.home_customer_id) for one in handles]
    edges += [
        Edge(one.handle_id, one.customer_id, Assurance(one.level))
        for one in _links(connection, [one.id for one in handles])
    ]
    by_id = {one.id: one for one in handles}
    roots: dict[int, int] = {}
    for component in components(edges):
        if joining:
            _check_component(component, by_id)
        moved = [one for one in component.handles if by_id[one].customer_id != component.root]
        if moved:
            connection.execute(
                update(_handle).where(_handle.c.id.in_(moved)).values(customer_id=component.root)
            )
        others = component.customers - {component.root}
        connection.execute(
            update(_customer).where(_customer.c.id.in_(others)).values(merged_into=component.root)
        )
        connection.execute(
            update(_customer).where(_customer.c.id == component.root).values(merged_into=None)
        )
        roots |= dict.fromkeys(component.handles, component.root)
    return roots


def _check_component(component: Component, handles: Mapping[int, AnyRow]) -> None:
    logins = sorted(
        handles[one].key for one in component.handles if handles[one].kind == LOGIN_KIND
    )
    if len(logins) > 1:
        raise IdentityProblem(
            f"{' and '.join(logins)} are two different logins and can never be one customer"
        )
    if len(component.handles) > COMPONENT_LIMIT:
        raise IdentityProblem(
            f"the customer would have {len(component.handles)} handles, more than the "
            f"{COMPONENT_LIMIT} allowed: is one of them shared by several people?"
        )
