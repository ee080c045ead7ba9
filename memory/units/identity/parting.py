"""Parting who was wrongly taken for one: any number of links ended in one change, without residue.

Handles and customers fall apart by the links that are left, and what they had in common by who told
it (`memory.units.identity.settling`). One change, one transaction, with the leases of everybody
concerned void. Who saw what meanwhile is `memory.pages.parting_report`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.clock import Micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from memory.tables.main import Handle, Link
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity.linking import IdentityProblem, unlink_by_id
from memory.units.identity.settling import Settled, settle

PART = "part"
"""The action in the audit log; its `changes` are the ids of what it consists of, in order."""

_handle = table(Handle)
_link = table(Link)


@dataclass(frozen=True, slots=True)
class Parted:
    """What a parting did. `customers` are all whose view changed; `cases` were taken apart by who
    told what, `opened` are those in which the others go on, and `discarded` are parts of answers
    that will not leave any more."""

    audit_id: int
    link_ids: tuple[int, ...]
    handle_keys: tuple[str, ...]
    customers: tuple[int, ...]
    cases: tuple[int, ...]
    opened: tuple[int, ...]
    discarded: tuple[int, ...]


def part(
    connection: Connection,
    link_ids: Collection[int],
    actor: str,
    reason: str,
    now: Micros,
    new_id: Callable[[], int],
    rules: IdentityRules = DEFAULT_RULES,
) -> Parted:
    """End these links together. Raises `IdentityProblem` when there is none, or one cannot be
    ended: then nothing is changed that the caller's transaction keeps."""
    wanted = sorted(set(link_ids))
    if not wanted:
        raise IdentityProblem("no link is named: say which ones to end")
    together = _together(connection, wanted)
    audit_id = new_id()
    changes: list[int] = []
    keys: list[str] = []
    customers: set[int] = set()
    for one in wanted:
        changes.append(new_id())
        done = unlink_by_id(connection, one, actor, reason, now, changes[-1])
        keys.append(done.handle_key)
        customers.update(done.customers)
    settled = settle(connection, together, now, new_id)
    _write_down(connection, audit_id, now, actor, reason, wanted, changes, keys, settled)
    return Parted(
        audit_id,
        tuple(wanted),
        tuple(dict.fromkeys(keys)),
        tuple(sorted(customers)),
        settled.split,
        settled.made,
        settled.discarded,
    )


def _together(connection: Connection, link_ids: Collection[int]) -> list[int]:
    """All handles of the customers to whom these links belong."""
    owners = (
        select(_handle.c.customer_id)
        .join(_link, _link.c.handle_id == _handle.c.id)
        .where(_link.c.id.in_(link_ids))
    )
    query = select(_handle.c.id).where(_handle.c.customer_id.in_(owners)).order_by(_handle.c.id)
    return list(connection.execute(query).scalars())


def _write_down(
    connection: Connection,
    audit_id: int,
    now: Micros,
    actor: str,
    reason: str,
    link_ids: Collection[int],
    changes: Collection[int],
    keys: Collection[str],
    settled: Settled,
) -> None:
    record(connection, audit_id, now, actor, PART, next(iter(keys)), {
        "reason": reason,
        "link_ids": [str(one) for one in link_ids],
        "changes": [str(one) for one in changes],
        "cases": [str(one) for one in settled.split],
        "opened": [str(one) for one in settled.made],
        "discarded": [str(one) for one in settled.discarded],
    })  # fmt: skip
