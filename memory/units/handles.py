"""Making a handle known before it ever wrote to us, as an import or an admin does.

The rows are those that a first message makes, with another reason; nobody is joined to anybody here
(`memory.units.identity` does that). Cold transactions.
"""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from core.clock import Micros
from core.message import Assurance
from core.message import Handle as Address
from memory.tables import Customer, Handle, Link
from memory.units.audit import record
from memory.units.rows import table

_customer = table(Customer)
_handle = table(Handle)
_link = table(Link)

RULE = "import"


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
    handle_id, customer_id, link_id, audit_id = ids
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
    record(connection, audit_id, now, actor, "introduce", address.key, {"evidence": evidence})
    return customer_id
