"""What a person tells of a customer by hand, and the way back from what a person has just changed.

The facts themselves are `memory.units.remembering.facts`'s work; here is whose they are, who may
take which change back, and that no value gets into the log of changes. Cold transactions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.clock import Micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance
from memory.pages.fact_words import bare_key
from memory.tables.main import Audit, Handle
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity.linking import resolve_customer
from memory.units.identity.undoing import Undone, undo
from memory.units.remembering.facts import (
    CORRECT,
    PIN,
    RETIRE,
    SETTLE,
    UNPIN,
    Changed,
    FactProblem,
    Telling,
    Told,
    promise,
    tell,
)

TELL, PROMISE = "tell-fact", "promise"
"""What the log calls it."""

_OWN = frozenset({CORRECT, PIN, RETIRE, SETTLE, UNPIN})

_audit = table(Audit)
_handle = table(Handle)


@dataclass(frozen=True, slots=True)
class FactChange:
    """Whose memory was changed, and the change in the log by which it is undone, if there is one.

    `fact_id` is the one that holds now, where it is known.
    """

    customer_id: int
    fact_id: int | None
    changed: bool
    change_id: int | None


def with_way_back(
    connection: Connection,
    unit: Callable[..., Changed],
    *given: object,
    new_id: Callable[[], int],
) -> FactChange:
    """Do what one unit of facts does, and find the change that it wrote down. `given` is all that
    it takes but for its ids. Raises `FactProblem`."""
    used: list[int] = []

    def fresh() -> int:
        used.append(new_id())
        return used[-1]

    done = unit(connection, *given, fresh)
    written = connection.execute(select(_audit.c.id).where(_audit.c.id.in_(used))).scalar()
    return FactChange(done.customer_id, done.fact_id, done.changed, written)


def tell_by_hand(
    connection: Connection,
    customer_id: int,
    handle: str | None,
    key: str,
    value: str,
    actor: str,
    because: str,
    now: Micros,
    new_id: Callable[[], int],
    *,
    verified: bool = False,
    personal: bool = False,
) -> FactChange:
    """Write down what somebody knows of a customer. What is `personal` is told only to whoever has
    proved who they are. Raises `FactProblem` and `IdentityProblem`."""
    root, handle_id, handle_key = _whose(connection, customer_id, handle)
    audit_id = new_id()
    telling = Telling(
        handle_id=handle_id,
        key=key,
        value=value,
        source=f"change:{audit_id}",
        level=int(Assurance.AUTHENTICATED),
        told_by=f"agent:{actor}",
        verified=verified,
        needs=int(Assurance.PROVED if personal else Assurance.NONE),
    )
    told = tell(connection, telling, now, new_id)
    if told is Told.REFUSED:
        raise FactProblem("this was taken off as wrong before, and so is not told again")
    detail = {"key": bare_key(key), "because": because}
    record(connection, audit_id, now, actor, TELL, handle_key, detail)
    return FactChange(root, None, True, None)


def promise_by_hand(
    connection: Connection,
    customer_id: int,
    handle: str | None,
    text: str,
    due_at: Micros | None,
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
) -> FactChange:
    """Write down what is promised to a customer. Raises `FactProblem` and `IdentityProblem`."""
    root, handle_id, handle_key = _whose(connection, customer_id, handle)
    audit_id = new_id()
    promise(connection, handle_id, text, due_at, actor, f"change:{audit_id}", now, new_id)
    record(connection, audit_id, now, actor, PROMISE, handle_key, {})
    return FactChange(root, None, True, None)


def undo_own(
    connection: Connection,
    change_id: int,
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
    rules: IdentityRules = DEFAULT_RULES,
) -> Undone:
    """Take back what the same actor has changed in the memory of a customer. Raises `FactProblem`
    for a change of anybody else or of another kind, and `CannotUndo`."""
    row = connection.execute(
        select(_audit.c.actor, _audit.c.action).where(_audit.c.id == change_id)
    ).first()
    if row is None or row.actor != actor or row.action not in _OWN:
        raise FactProblem("only whoever has changed what is known of a customer undoes it here")
    return undo(connection, change_id, actor, now, new_id, rules=rules)


def _whose(connection: Connection, customer_id: int, handle: str | None) -> tuple[int, int, str]:
    """The customer now, and the handle that it is told of: the one that is named, or the one they
    wrote from last."""
    root = resolve_customer(connection, customer_id)
    query = select(_handle.c.id, _handle.c.key).where(
        _handle.c.customer_id == root, _handle.c.retired_at.is_(None)
    )
    if handle is not None:
        query = query.where(_handle.c.key == handle)
    row = connection.execute(query.order_by(_handle.c.seen_at.desc(), _handle.c.id)).first()
    if row is None:
        raise FactProblem(
            "the customer has no handle"
            if handle is None
            else f"the customer has no handle {handle}"
        )
    return root, row.id, row.key
