"""One handle by itself: made known before it ever wrote, marked as several people's, proved now.

The rows of a new one are those that a first message makes, with another reason; nobody is joined to
anybody here (`memory.units.identity.linking` does that). Cold transactions.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from core.clock import Micros
from core.message import Assurance
from core.message import Handle as Address
from memory.tables.main import Customer, Handle, Link
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity.components import lock
from memory.units.identity.link_rows import find_handle

_customer = table(Customer)
_handle = table(Handle)
_link = table(Link)

RULE = "import"


@dataclass(frozen=True, slots=True)
class Marked:
    """Whether a handle is several people's now, and whether that is new."""

    handle_id: int
    handle_key: str
    customer_id: int
    shared: bool
    changed: bool


def introduce(
    connection: Connection,
    address: Address,
    evidence: str,
    actor: str,
    now: Micros,
    ids: tuple[int, int, int, int],
    rule: str = RULE,
) -> int:
    """The customer of a handle, which is made with a customer of its own when it is not known.

    `ids` are fresh ids for handle, customer, link and audit row; `rule` says how it came here.
    """
    known = connection.execute(
        select(_handle.c.customer_id).where(_handle.c.key == address.key)
    ).scalar()
    if known is not None:
        return int(known)
    make(connection, address, evidence, actor, now, ids[:3], rule)
    record(connection, ids[3], now, actor, "introduce", address.key, {"evidence": evidence})
    return ids[1]


def make(
    connection: Connection,
    address: Address,
    evidence: str,
    actor: str,
    now: Micros,
    ids: tuple[int, int, int],
    rule: str,
    *,
    succeeds: int | None = None,
    opted_out: bool = False,
) -> None:
    """A handle that is not known yet, with a customer of its own. `ids` are those of handle,
    customer and link; `succeeds` is the handle that had its address before."""
    handle_id, customer_id, link_id = ids
    connection.execute(insert(_customer), {"id": customer_id, "created_at": now})
    connection.execute(
        insert(_handle),
        {
            "id": handle_id,
            "key": address.key,
            "kind": address.kind,
            "address": address.address,
            "customer_id": customer_id,
            "home_customer_id": customer_id,
            "seen_at": now,
            "created_at": now,
            "opted_out": opted_out,
            "succeeds": succeeds,
        },
    )
    connection.execute(
        insert(_link),
        {
            "id": link_id,
            "handle_id": handle_id,
            "customer_id": customer_id,
            "level": int(Assurance.ASSERTED),
            "rule": rule,
            "evidence": evidence,
            "actor": actor,
            "created_at": now,
        },
    )


def raise_level(connection: Connection, handle_id: int, level: Assurance, until: Micros) -> None:
    """Until then whoever writes from the handle is proved at this level: possession was shown.

    What somebody remembers of the customer is void.
    """
    connection.execute(
        update(_handle)
        .where(_handle.c.id == handle_id)
        .values(proved_level=int(level), proved_until=until)
    )
    customer = select(_handle.c.customer_id).where(_handle.c.id == handle_id).scalar_subquery()
    connection.execute(
        update(_customer).where(_customer.c.id == customer).values(version=_customer.c.version + 1)
    )


def mark_shared(
    connection: Connection,
    handle_key: str,
    shared: bool,
    actor: str,
    reason: str,
    now: Micros,
    audit_id: int,
) -> Marked:
    """Say whether several people hold the handle: a role mailbox, an office phone. Then nothing is
    read over it. Raises `memory.units.identity.link_rows.IdentityProblem` for an unknown handle."""
    handle = find_handle(connection, handle_key)
    if bool(handle.shared) == shared:
        return Marked(handle.id, handle.key, handle.customer_id, shared, changed=False)
    lock(connection, {handle.customer_id})
    connection.execute(update(_handle).where(_handle.c.id == handle.id).values(shared=shared))
    action = "mark-shared" if shared else "unmark-shared"
    record(connection, audit_id, now, actor, action, handle.key, {
        "handle_id": str(handle.id),
        "customers": [str(handle.customer_id)],
        "reason": reason,
    })  # fmt: skip
    return Marked(handle.id, handle.key, handle.customer_id, shared, changed=True)
