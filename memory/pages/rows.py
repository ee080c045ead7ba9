"""What several pages share: how a customer is called, how a part is shown, what is stuck.

Reads and shapes only; the lists and pages themselves are in `memory.pages.lists` and beside it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, bindparam, func, literal_column, select

from core.clock import from_micros
from memory.pages.views import DeliveryView
from memory.tables.channels import Parked
from memory.tables.main import Customer, Delivery, Handle, Inbound
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.remembering.fact_rows import WORST_FOUNDED_FIRST

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_customer = table(Customer)
_delivery = table(Delivery)
_fact = table(Fact)
_handle = table(Handle)
_inbound = table(Inbound)
_parked = table(Parked)

# Literals, so that SQLite sees that its partial index answers the question.
FAILED = _delivery.c.status == literal_column("'failed'")
DEAD = _inbound.c.status == literal_column("'dead'")
PARKED = _parked.c.status == literal_column("'open'")


_home = _customer.alias("home")
_names = (
    select(
        _customer.c.id,
        func.coalesce(_customer.c.name, _home.c.name).label("name"),
        _handle.c.kind,
        _handle.c.address,
    )
    .join(_handle, _handle.c.customer_id == _customer.c.id)
    .join(_home, _home.c.id == _handle.c.home_customer_id)
    .where(_customer.c.id.in_(bindparam("ids", expanding=True)))
)
_told_names = (
    select(_handle.c.customer_id, _fact.c.value)
    .join(_fact, _fact.c.handle_id == _handle.c.id)
    .where(
        _handle.c.customer_id.in_(bindparam("ids", expanding=True)),
        _fact.c.key == "attribute:name",
        _fact.c.valid_to.is_(None),
    )
    .order_by(*WORST_FOUNDED_FIRST)
)
_KIND_ORDER = ("login", "email", "phone", "slack", "unproved-email", "visitor")
"""Which of a nameless customer's handles names them best."""


def display_names(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """How people would call these customers: by the name that their login gave, else by the one
    that the business's own systems tell, else by the address that says most.

    Of joined customers any one's name will do.
    """
    best: dict[int, tuple[int, str]] = {}
    for row in connection.execute(_names, {"ids": list(ids)}):
        if row.name:
            best[row.id] = min(best.get(row.id, (-1, row.name)), (-1, row.name))
            continue
        rank = _KIND_ORDER.index(row.kind) if row.kind in _KIND_ORDER else len(_KIND_ORDER)
        words = handle_name(row.kind, row.address)
        best[row.id] = min(best.get(row.id, (rank, words)), (rank, words))
    nameless = [one for one, (rank, _words) in best.items() if rank >= 0]
    if nameless:
        for told in connection.execute(_told_names, {"ids": nameless}):
            best[told.customer_id] = (-1, told.value)
    return {one: best[one][1] if one in best else "Unknown" for one in ids}


def handle_name(kind: str, address: str) -> str:
    """How a handle is called where nothing better is known of its owner."""
    if kind == "visitor":
        return "Visitor"
    if kind == "slack":
        return f"Slack member {address.rpartition(':')[2]}"
    if kind == "unproved-email":
        return f"{unproved_address(address)}, not proved"
    return address


def unproved_address(address: str) -> str:
    """The address somebody wrote under; behind it a handle of this kind names the thread.

    A local part may hold a slash, a domain cannot (RFC 5321, section 4.1.2).
    """
    local, at, rest = address.partition("@")
    return f"{local}{at}{rest.partition('/')[0]}"


def delivery_view(row: AnyRow) -> DeliveryView:
    """A delivery row as people see it."""
    return DeliveryView(
        id=row.id,
        part=row.part,
        parts=row.parts,
        status=row.status,
        code=row.code,
        reason=row.reason,
        attempts=row.attempts,
        updated_at=from_micros(row.updated_at),
    )
