"""Taking back a change of who is who from the log of changes: once, by a change of its own.

What undoes an action is a table. Nothing is deleted: an undone link is an ended link, an undone end
is a new link with the same level, rule and evidence. Cold transactions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, exists, or_, select, update

from core.clock import Micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from memory.tables.main import Audit, Conversation, Handle, Link
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.erasing.whole import ERASED
from memory.units.identity.blocking import undo_block, undo_unblock
from memory.units.identity.components import lock
from memory.units.identity.handles import mark_shared
from memory.units.identity.import_undoing import undo_import
from memory.units.identity.link_rows import AnyRow, IdentityProblem, handle_by_id
from memory.units.identity.linking import relink, unlink_by_id
from memory.units.identity.parting import PART
from memory.units.identity.retiring import rename_sightings, retired_key
from memory.units.identity.reversal import CannotUndo, Reversal, Undoer
from memory.units.identity.rule_versions import PUBLISHED, undo_publish
from memory.units.identity.settling import settle
from memory.units.identity.suggesting import APART, JOIN, undo_apart, undo_join
from memory.units.messages.withdrawing import answer_after_all
from memory.units.remembering.fact_undoing import FACT_UNDOERS

__all__ = ["UNDOERS", "CannotUndo", "Undone", "can_be_undone", "undo"]

_audit = table(Audit)
_conversation = table(Conversation)
_handle = table(Handle)
_link = table(Link)

UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Undone:
    """The change that was taken back, what it was about, and the customers whose view changed."""

    audit_id: int
    action: str
    subject: str
    customers: tuple[int, ...]


def undo(
    connection: Connection,
    audit_id: int,
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
    *,
    rules: IdentityRules = DEFAULT_RULES,
) -> Undone:
    """Take back the change with this id. Raises `CannotUndo`, with words, when it cannot be."""
    row = connection.execute(select(_audit).where(_audit.c.id == audit_id)).first()
    if row is None:
        raise CannotUndo(f"there is no change {audit_id}")
    if row.subject.startswith(f"{ERASED}:"):
        raise CannotUndo(f"whom change {audit_id} was about has been erased")
    undoer = UNDOERS.get(row.action)
    if undoer is None:
        raise CannotUndo(f"a change of the kind “{row.action}” cannot be undone")
    if is_undone(connection, row.id, row.subject):
        raise CannotUndo(f"change {audit_id} is undone already")
    detail = orjson.loads(row.detail_json)
    reversal = Reversal(row.id, row.action, row.subject, detail, actor, now, new_id, rules)
    try:
        customers = undoer(connection, reversal)
    except IdentityProblem as problem:
        raise CannotUndo(str(problem)) from problem
    record(connection, new_id(), now, actor, UNDO, row.subject, {
        "undoes": str(row.id),
        "action": row.action,
        "customers": [str(one) for one in customers],
    })  # fmt: skip
    return Undone(row.id, row.action, row.subject, customers)


def can_be_undone(action: str) -> bool:
    """Whether there is a way back from changes of this kind."""
    return action in UNDOERS


def is_undone(connection: Connection, audit_id: int, subject: str) -> bool:
    """Whether somebody has taken this change back."""
    undone = connection.execute(
        select(_audit.c.detail_json).where(
            _audit.c.subject == subject, _audit.c.id > audit_id, _audit.c.action == UNDO
        )
    ).scalars()
    return any(orjson.loads(one)["undoes"] == str(audit_id) for one in undone)


def _undo_link(connection: Connection, one: Reversal) -> tuple[int, ...]:
    """End the link, and let the one hold again that it took the place of."""
    together = _one_customers_handles(connection, one.subject)
    done = unlink_by_id(
        connection, _id(one.detail, "link_id"), one.actor, one.reason, one.now, one.new_id()
    )
    replaced = one.detail.get("replaced")
    if replaced is None:
        settle(connection, together, one.now, one.new_id)
        return done.customers
    again = relink(
        connection, int(replaced), one.actor, one.now, (one.new_id(), one.new_id()),
        rules=one.rules,
    )  # fmt: skip
    return tuple(sorted({*done.customers, *again.customers}))


def _one_customers_handles(connection: Connection, key: str) -> list[int]:
    customer = select(_handle.c.customer_id).where(_handle.c.key == key).scalar_subquery()
    query = select(_handle.c.id).where(_handle.c.customer_id == customer)
    return list(connection.execute(query).scalars())


def _undo_unlink(connection: Connection, one: Reversal) -> tuple[int, ...]:
    done = relink(
        connection, _id(one.detail, "link_id"), one.actor, one.now,
        (one.new_id(), one.new_id()), rules=one.rules,
    )  # fmt: skip
    return done.customers


def _undo_part(connection: Connection, one: Reversal) -> tuple[int, ...]:
    """Every link that ended together is made anew."""
    customers: set[int] = set()
    for change in one.detail["changes"]:
        done = undo(connection, int(change), one.actor, one.now, one.new_id, rules=one.rules)
        customers.update(done.customers)
    return tuple(sorted(customers))


def _undo_mark(connection: Connection, one: Reversal) -> tuple[int, ...]:
    shared = one.action == "unmark-shared"
    done = mark_shared(
        connection, one.subject, shared, one.actor, one.reason, one.now, one.new_id()
    )
    if not done.changed:
        raise CannotUndo(f"{one.subject} is not so any more")
    return (done.customer_id,)


def _undo_retire(connection: Connection, one: Reversal) -> tuple[int, ...]:
    """The old life goes on, if nobody has written in the new one: whoever did is somebody else."""
    old = handle_by_id(connection, _id(one.detail, "handle_id"))
    new = handle_by_id(connection, _id(one.detail, "successor_id"))
    if old.retired_at is None or new.retired_at is not None:
        raise CannotUndo(f"{one.subject} has begun anew since")
    if _was_used(connection, new):
        raise CannotUndo(
            f"somebody has written from {one.subject} or was joined to it since; join the two by "
            "hand if it is the same person"
        )
    lock(connection, {old.customer_id, new.customer_id})
    _rename(connection, new, retired_key(new.key, new.id), one, retired=True)
    _rename(connection, old, one.subject, one, retired=False)
    answer_after_all(connection, old.id)
    return tuple(sorted({old.customer_id, new.customer_id}))


def _was_used(connection: Connection, handle: AnyRow) -> bool:
    wrote = exists().where(_conversation.c.handle_id == handle.id)
    joined = exists().where(
        or_(_link.c.handle_id == handle.id, _link.c.customer_id == handle.home_customer_id),
        or_(
            _link.c.handle_id != handle.id,
            _link.c.customer_id != handle.home_customer_id,
        ),
    )
    used = connection.execute(select(or_(wrote, joined))).scalar_one()
    return bool(used) or handle.seen_at > handle.created_at


def _rename(
    connection: Connection, handle: AnyRow, key: str, one: Reversal, *, retired: bool
) -> None:
    connection.execute(
        update(_handle)
        .where(_handle.c.id == handle.id)
        .values(
            key=key,
            retired_at=one.now if retired else None,
            retired_because=one.reason if retired else None,
        )
    )
    rename_sightings(connection, handle.key, key)
    suffix = f"#{handle.id}"
    if not retired:
        threads = connection.execute(
            select(_conversation.c.id, _conversation.c.key).where(
                _conversation.c.handle_id == handle.id
            )
        ).all()
        for thread in threads:
            connection.execute(
                update(_conversation)
                .where(_conversation.c.id == thread.id)
                .values(key=thread.key.removesuffix(suffix))
            )


def _id(detail: Mapping[str, Any], name: str) -> int:
    return int(detail[name])


UNDOERS: Mapping[str, Undoer] = {
    "link": _undo_link,
    "unlink": _undo_unlink,
    PART: _undo_part,
    "mark-shared": _undo_mark,
    "unmark-shared": _undo_mark,
    "retire": _undo_retire,
    "block": undo_block,
    "unblock": undo_unblock,
    "import": undo_import,
    JOIN: undo_join,
    APART: undo_apart,
    PUBLISHED: undo_publish,
    **FACT_UNDOERS,
}
"""What takes back a change of each kind. Other modules' own are named here too."""
