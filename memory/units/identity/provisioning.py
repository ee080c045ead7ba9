"""What the business's own system says of one of its customers, by its own id: whole, each time.

The id is a handle of its own (`external:…`), from which nobody writes; the others are joined to it.
What is said replaces what the same system said before, and touches nothing that anybody else did:
a handle that is not named any more is unlinked only if this system linked it. Cold transactions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, func, select

from core.clock import Micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance
from core.message import Handle as Address
from memory.suggestions import Candidate, Reason
from memory.tables.main import Handle, Link
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity.attributes import current_attributes, drop_attributes
from memory.units.identity.bringing import IMPORT, Conflict, Entry, Source, bring
from memory.units.identity.parting import part
from memory.units.identity.suggesting import SYSTEM, propose

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

EXTERNAL = "external"
_NOT_LISTED = "the business's own system does not name it any more"

_handle = table(Handle)
_link = table(Link)


class ProvisionConflict(Exception):
    """Handles that cannot be this customer's, each with its reason. Nothing was changed.

    `ask` says that a person can decide it: another id of the same system has the handle.
    """

    def __init__(self, conflicts: Sequence[Conflict], *, ask: bool = False) -> None:
        super().__init__("; ".join(f"{one.handle}: {one.words}" for one in conflicts))
        self.conflicts = tuple(conflicts)
        self.ask = ask


@dataclass(frozen=True, slots=True)
class ExternalCustomer:
    """A customer as the business's own system has told of them."""

    customer_id: int
    external_id: str
    handles: tuple[str, ...]
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Provisioned:
    """Whom the id stands for, and whether anything changed."""

    customer: ExternalCustomer
    changed: bool


def provision(
    connection: Connection,
    external_id: str,
    handles: Sequence[Address],
    attributes: Mapping[str, str],
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
    rules: IdentityRules = DEFAULT_RULES,
) -> Provisioned:
    """Make it so: this customer has these handles and these attributes.

    Raises `ProvisionConflict` when a handle cannot be theirs; then the caller's transaction has to
    be given up, and `suggest_conflicts` run in another.
    """
    hub = Address(EXTERNAL, external_id)
    source = _source(actor)
    before = external_customer(connection, external_id)
    _drop_handles(connection, hub, handles, actor, now, new_id, rules)
    _drop_attributes(connection, before, hub, attributes, now)
    _refuse_others(connection, hub, handles)
    entry = Entry((hub, *(one for one in handles if one != hub)), attributes)
    done = bring(connection, source, [entry], now, new_id, rules)
    if done.conflicts:
        raise ProvisionConflict(done.conflicts)
    after = external_customer(connection, external_id)
    assert after is not None
    changed = before != after
    if changed:
        record(connection, new_id(), now, actor, "provision", hub.key, {
            "customer_id": str(after.customer_id),
            "handles": list(after.handles),
            "attributes": sorted(after.attributes),
        })  # fmt: skip
    return Provisioned(after, changed)


def external_customer(connection: Connection, external_id: str) -> ExternalCustomer | None:
    """What the system has told of this customer, or nothing when it never did."""
    hub = connection.execute(
        select(_handle).where(_handle.c.key == f"{EXTERNAL}:{external_id}")
    ).first()
    if hub is None:
        return None
    keys = [row.key for row in _linked(connection, hub)]
    attributes = current_attributes(connection, [hub.id]).get(hub.id, {})
    return ExternalCustomer(hub.customer_id, external_id, tuple(sorted(keys)), attributes)


def withdraw(
    connection: Connection,
    external_id: str,
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
    rules: IdentityRules = DEFAULT_RULES,
) -> bool:
    """Take back all that the system told of this customer; false when there is nothing. What they
    wrote and what people did stays."""
    before = external_customer(connection, external_id)
    if before is None or not (before.handles or before.attributes):
        return False
    hub = Address(EXTERNAL, external_id)
    _drop_handles(connection, hub, (), actor, now, new_id, rules)
    _drop_attributes(connection, before, hub, {}, now)
    record(connection, new_id(), now, actor, "withdraw", hub.key, {
        "customer_id": str(before.customer_id),
        "handles": list(before.handles),
        "attributes": sorted(before.attributes),
    })  # fmt: skip
    return True


def suggest_conflicts(
    connection: Connection,
    conflicts: Sequence[Conflict],
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
) -> int:
    """Let a person decide what could not be joined; how many suggestions are new."""
    for key in sorted({one.other for one in conflicts}):
        hub = Address(EXTERNAL, key.removeprefix(f"{EXTERNAL}:"))
        bring(connection, _source(actor), [Entry((hub,))], now, new_id)
    candidates = [
        Candidate(
            one.handle,
            one.other,
            100,
            (Reason("same-address", f"{SYSTEM} says that {one.handle} is {one.other}", 100),),
        )
        for one in conflicts
    ]
    return propose(connection, candidates, now, new_id)


def _source(actor: str) -> Source:
    # One source, whichever of its tokens the system uses.
    return Source(SYSTEM, Assurance.AUTHENTICATED, "told by its id", actor)


def _linked(connection: Connection, hub: AnyRow) -> list[AnyRow]:
    """The handles that this system has joined to the id, with their links."""
    return list(
        connection.execute(
            select(_link.c.id, _handle.c.key)
            .join(_handle, _handle.c.id == _link.c.handle_id)
            .where(
                _link.c.customer_id == hub.home_customer_id,
                _link.c.handle_id != hub.id,
                _link.c.ended_at.is_(None),
                _link.c.rule == IMPORT,
                _link.c.evidence == _source("").evidence,
                _link.c.batch_id.is_(None),
            )
            .order_by(_link.c.id)
        ).all()
    )


def _refuse_others(connection: Connection, hub: Address, handles: Sequence[Address]) -> None:
    """A handle that another id of the same system has is that one's, until it gives it up."""
    other = _handle.alias("other")
    rows = connection.execute(
        select(_handle.c.key, func.min(other.c.key).label("other_key"))
        .join(other, other.c.customer_id == _handle.c.customer_id)
        .where(
            _handle.c.key.in_([one.key for one in handles]),
            other.c.kind == EXTERNAL,
            other.c.key != hub.key,
            other.c.retired_at.is_(None),
        )
        .group_by(_handle.c.key)
        .order_by(_handle.c.key)
    ).all()
    if rows:
        raise ProvisionConflict(
            [
                Conflict(0, row.key, hub.key, f"it belongs to the customer with {row.other_key}")
                for row in rows
            ],
            ask=True,
        )


def _drop_handles(
    connection: Connection,
    hub: Address,
    handles: Sequence[Address],
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
    rules: IdentityRules,
) -> None:
    row = connection.execute(select(_handle).where(_handle.c.key == hub.key)).first()
    if row is None:
        return
    kept = {one.key for one in handles}
    gone = [one.id for one in _linked(connection, row) if one.key not in kept]
    if gone:
        part(connection, gone, actor, _NOT_LISTED, now, new_id, rules)


def _drop_attributes(
    connection: Connection,
    before: ExternalCustomer | None,
    hub: Address,
    attributes: Mapping[str, str],
    now: Micros,
) -> None:
    gone = [] if before is None else sorted(before.attributes.keys() - attributes.keys())
    if gone:
        handle_id = connection.execute(
            select(_handle.c.id).where(_handle.c.key == hub.key)
        ).scalar_one()
        drop_attributes(connection, handle_id, gone, now)
