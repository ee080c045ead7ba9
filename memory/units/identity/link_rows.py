"""Finding the handles, customers and links that a change of who is who is about, and ending a link.

What is not there is said in words for the person who asked. It decides nothing about who may be
joined.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, or_, select, update

from core.clock import Micros
from memory.tables.main import Customer, Handle, Link
from memory.tables.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_customer = table(Customer)
_handle = table(Handle)
_link = table(Link)


class IdentityProblem(Exception):
    """A change of who is who that cannot be made, said in words for a person. Nothing was changed.

    `alarm` is the kind of `memory.tables.identity.Alarm` to sound, and `pair` the handle and the
    customer that were not joined, where it is about two.
    """

    def __init__(self, words: str, alarm: str | None = None) -> None:
        super().__init__(words)
        self.alarm = alarm
        self.pair: tuple[str, int] | None = None


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
    before_id: int
    customers: tuple[int, ...]
    changed: bool = True


def find_handle(connection: Connection, key: str) -> AnyRow:
    """The handle's row. An unknown one is an error that names what there is instead."""
    row = connection.execute(select(_handle).where(_handle.c.key == key)).first()
    if row is not None:
        return row
    address = key.partition(":")[2]
    near = connection.execute(
        select(_handle.c.key)
        .where(
            _handle.c.address.in_({key, address, address.replace(" ", "")}),
            _handle.c.retired_at.is_(None),
        )
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


def handle_by_id(connection: Connection, handle_id: int) -> AnyRow:
    """The handle's row, which is there."""
    return connection.execute(select(_handle).where(_handle.c.id == handle_id)).one()


def existing_root(connection: Connection, customer_id: int) -> int:
    """The customer an id stands for now. Raises `IdentityProblem` for one that never was."""
    row = connection.execute(
        select(_customer.c.id, _customer.c.merged_into).where(_customer.c.id == customer_id)
    ).first()
    if row is None:
        raise IdentityProblem(f"there is no customer {customer_id}")
    return int(row.id if row.merged_into is None else row.merged_into)


def known_ids(connection: Connection, customer_id: int) -> set[int]:
    """The customer's root and every id that was merged into it."""
    root = existing_root(connection, customer_id)
    merged = select(_customer.c.id).where(_customer.c.merged_into == root)
    return {root, *connection.execute(merged).scalars()}


def home_handles(connection: Connection, customer_id: int) -> list[AnyRow]:
    """The handles that were made with this very customer."""
    query = select(_handle).where(_handle.c.home_customer_id == customer_id)
    return list(connection.execute(query.order_by(_handle.c.id)).all())


def active_links(connection: Connection, handle_ids: Collection[int]) -> list[AnyRow]:
    """The links of these handles that have not been ended, the one each was made with included."""
    query = select(_link).where(_link.c.handle_id.in_(handle_ids), _link.c.ended_at.is_(None))
    return list(connection.execute(query.order_by(_link.c.id)).all())


def active_link(connection: Connection, handle_id: int, customer_id: int) -> AnyRow | None:
    """The link between the two, if there is one now."""
    links = active_links(connection, [handle_id])
    return next((one for one in links if one.customer_id == customer_id), None)


def joins_of(connection: Connection, handle: AnyRow) -> list[AnyRow]:
    """Every active link that joins somebody to this handle: its own with other customers, and other
    handles' with its home."""
    home = handle.home_customer_id
    mine = (_link.c.handle_id == handle.id) & (_link.c.customer_id != home)
    theirs = (_link.c.handle_id != handle.id) & (_link.c.customer_id == home)
    query = select(_link).where(or_(mine, theirs), _link.c.ended_at.is_(None))
    return list(connection.execute(query.order_by(_link.c.id)).all())


def link_to_end(connection: Connection, link_id: int) -> tuple[AnyRow, AnyRow]:
    """A link that can be ended, and its handle. Raises `IdentityProblem` when it cannot be."""
    one = connection.execute(select(_link).where(_link.c.id == link_id)).first()
    if one is None or one.ended_at is not None:
        raise IdentityProblem(f"there is no active link {link_id}")
    handle = handle_by_id(connection, one.handle_id)
    if one.customer_id == handle.home_customer_id:
        raise IdentityProblem(
            f"{handle.key} made this customer with its first message; unlink the other handle"
        )
    return one, handle


def link_of(connection: Connection, handle: AnyRow, customer_id: int | None) -> AnyRow:
    """The link of a handle with a customer, or the only one it has. Raises `IdentityProblem`."""
    links = [
        one
        for one in active_links(connection, [handle.id])
        if one.customer_id != handle.home_customer_id
    ]
    if customer_id is not None:
        exact = [one for one in links if one.customer_id == customer_id]
        known = known_ids(connection, customer_id)
        links = exact or [one for one in links if one.customer_id in known]
    if len(links) != 1:
        raise IdentityProblem(_why_not_one(handle, links, customer_id))
    return links[0]


def end_link(connection: Connection, link_id: int, actor: str, reason: str, now: Micros) -> None:
    """It does not hold any more; the row stays."""
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
