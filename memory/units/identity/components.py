"""Which handles are one customer now, worked out from the links and stored beside them.

`handle.customer_id` and `customer.merged_into` are derived from the active links, anew for what a
change touches. It fences whoever works on these customers; which links there are is decided
elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import Connection, select, update

from core.identity.graph import Component, Edge, components, home_edge
from core.message import Assurance
from memory.tables.main import Customer, Handle
from memory.tables.rows import table
from memory.units.identity.link_rows import AnyRow, active_links

_customer = table(Customer)
_handle = table(Handle)


def lock(connection: Connection, roots: Collection[int]) -> list[AnyRow]:
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


def derive(
    connection: Connection,
    handles: Sequence[AnyRow],
    check: Callable[[Component], None] | None = None,
) -> dict[int, int]:
    """Work out each handle's root from the active links, store what changed, and give them all.

    `check` is asked about each component before it is stored, and may raise.
    """
    edges = [home_edge(one.id, one.home_customer_id) for one in handles]
    edges += [
        Edge(one.handle_id, one.customer_id, Assurance(one.level))
        for one in active_links(connection, [one.id for one in handles])
    ]
    was = {one.id: one.customer_id for one in handles}
    roots: dict[int, int] = {}
    for component in components(edges):
        if check is not None:
            check(component)
        moved = [one for one in component.handles if was[one] != component.root]
        _store(connection, component, moved)
        roots |= dict.fromkeys(component.handles, component.root)
    return roots


def _store(connection: Connection, component: Component, moved: Collection[int]) -> None:
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
