"""Taking back what people did with facts, from the log of changes: nothing is lost by it.

A fact that was corrected holds again as if nobody had, and the correction is kept as retired; what
was taken off is told again. Only within `memory.units.identity.undoing`, which writes it down.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select, update

from core.clock import Micros
from memory.tables.main import Customer, Handle
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.identity.reversal import CannotUndo, Reversal, Undoer
from memory.units.remembering.fact_rows import AnyRow, put_back, take_back
from memory.units.remembering.facts import CORRECT, PIN, RETIRE, ROLL_BACK, SETTLE, UNPIN

_customer = table(Customer)
_fact = table(Fact)
_handle = table(Handle)


def _undo_correct(connection: Connection, one: Reversal) -> tuple[int, ...]:
    """What was corrected holds again; what was only confirmed is claimed again."""
    (row,), customers = _facts(connection, one)
    if row.retired_at is not None:
        raise CannotUndo("the correction was taken off since")
    if "confirmed" in one.detail:
        _set(connection, row.id, verified=False)
    else:
        take_back(connection, [row.id], one.actor, one.reason, one.now)
    return customers


def _undo_retire(connection: Connection, one: Reversal) -> tuple[int, ...]:
    (row,), customers = _facts(connection, one)
    if row.retired_at is None:
        raise CannotUndo("it is told again already")
    put_back(connection, [row.id])
    return customers


def _undo_roll_back(connection: Connection, one: Reversal) -> tuple[int, ...]:
    """What is still retired of it is told again."""
    rows, customers = _facts(connection, one)
    put_back(connection, [row.id for row in rows])
    return customers


def _undo_pin(connection: Connection, one: Reversal) -> tuple[int, ...]:
    (row,), customers = _facts(connection, one)
    _set(connection, row.id, pinned=one.action == UNPIN)
    return customers


def _undo_settle(connection: Connection, one: Reversal) -> tuple[int, ...]:
    """A promise is open again, or stands as it did before."""
    (row,), customers = _facts(connection, one)
    before = one.detail.get("before")
    if row.retired_at is not None or row.outcome != one.detail["outcome"]:
        raise CannotUndo("something else became of the promise since")
    valid_to: Micros | None = None if before is None else row.valid_to
    _set(connection, row.id, outcome=before, valid_to=valid_to)
    return customers


def _facts(connection: Connection, one: Reversal) -> tuple[list[AnyRow], tuple[int, ...]]:
    """The facts that the change was about, and their customers, whom nobody else changes
    meanwhile. Raises `CannotUndo` when there are none any more."""
    ids = [int(id_) for id_ in one.detail.get("facts", [one.detail.get("fact_id", 0)])]
    customers = _hold(connection, ids)
    rows = connection.execute(select(_fact).where(_fact.c.id.in_(ids))).all()
    if not rows:
        raise CannotUndo("what it was about is there no more")
    return list(rows), customers


def _hold(connection: Connection, fact_ids: Collection[int]) -> tuple[int, ...]:
    """Lock the customers of these facts; what a turn has read of them is not so any more."""
    handles = select(_fact.c.handle_id).where(_fact.c.id.in_(fact_ids))
    owners = select(_handle.c.customer_id).where(_handle.c.id.in_(handles))
    held = connection.execute(
        select(_customer.c.id)
        .where(_customer.c.id.in_(owners))
        .order_by(_customer.c.id)
        .with_for_update()
    ).scalars()
    customers = tuple(held)
    connection.execute(
        update(_customer)
        .where(_customer.c.id.in_(customers))
        .values(version=_customer.c.version + 1)
    )
    return customers


def _set(connection: Connection, fact_id: int, **values: object) -> None:
    connection.execute(update(_fact).where(_fact.c.id == fact_id).values(**values))


FACT_UNDOERS: Mapping[str, Undoer] = {
    CORRECT: _undo_correct,
    PIN: _undo_pin,
    RETIRE: _undo_retire,
    ROLL_BACK: _undo_roll_back,
    SETTLE: _undo_settle,
    UNPIN: _undo_pin,
}
"""What takes back what people did with facts, for the table in `memory.units.identity.undoing`."""
