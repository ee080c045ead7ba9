"""Taking back, from the log of changes, what people did to facts.

A corrected fact is told as before, a retired one again, a pin is turned round, and a promise is
open once more. Nothing is deleted. Only within the transaction of `memory.units.undoing`.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select, update

from memory.remembered_tables import Fact
from memory.tables import Customer, Handle
from memory.units.fact_rows import AnyRow, put_back, take_back
from memory.units.facts import CORRECT, PIN, RETIRE, ROLL_BACK, SETTLE, UNPIN
from memory.units.reversal import CannotUndo, Reversal, Undoer
from memory.units.rows import table

_customer = table(Customer)
_fact = table(Fact)
_handle = table(Handle)


def _undo_correct(connection: Connection, one: Reversal) -> tuple[int, ...]:
    if "confirmed" in one.detail:
        raise CannotUndo("it only confirmed what was told; correct the fact or retire it")
    fact = _fact_of(connection, one)
    if fact.retired_at is not None:
        raise CannotUndo("this correction was retired since")
    take_back(connection, [fact.id], one.actor, one.reason, one.now)
    return _owners(connection, [fact.handle_id])


def _undo_retire(connection: Connection, one: Reversal) -> tuple[int, ...]:
    fact = _fact_of(connection, one)
    if fact.retired_at is None:
        raise CannotUndo("this fact is not retired any more")
    put_back(connection, [fact.id])
    return _owners(connection, [fact.handle_id])


def _undo_roll_back(connection: Connection, one: Reversal) -> tuple[int, ...]:
    facts = connection.execute(
        select(_fact.c.id, _fact.c.handle_id).where(
            _fact.c.id.in_([int(each) for each in one.detail["facts"]]),
            _fact.c.retired_at.is_not(None),
        )
    ).all()
    if not facts:
        raise CannotUndo("none of these facts is retired any more")
    put_back(connection, [each.id for each in facts])
    return _owners(connection, [each.handle_id for each in facts])


def _undo_pin(connection: Connection, one: Reversal) -> tuple[int, ...]:
    fact = _fact_of(connection, one)
    _set(connection, fact.id, pinned=one.action == UNPIN)
    return _owners(connection, [fact.handle_id])


def _undo_settle(connection: Connection, one: Reversal) -> tuple[int, ...]:
    fact = _fact_of(connection, one)
    if fact.outcome != one.detail["outcome"] or fact.retired_at is not None:
        raise CannotUndo("what became of this promise was said anew since")
    before = one.detail.get("before")
    over = fact.valid_to if before is not None or fact.superseded_by is not None else None
    _set(connection, fact.id, outcome=before, valid_to=over)
    return _owners(connection, [fact.handle_id])


def _fact_of(connection: Connection, one: Reversal) -> AnyRow:
    fact_id = int(one.detail["fact_id"])
    fact = connection.execute(select(_fact).where(_fact.c.id == fact_id)).first()
    if fact is None:
        raise CannotUndo("this fact is there no more")
    return fact


def _set(connection: Connection, fact_id: int, **values: object) -> None:
    connection.execute(update(_fact).where(_fact.c.id == fact_id).values(**values))


def _owners(connection: Connection, handle_ids: Collection[int]) -> tuple[int, ...]:
    """Whose facts they are now; what is remembered of them is not so any more."""
    query = select(_handle.c.customer_id).where(_handle.c.id.in_(handle_ids)).distinct()
    owners = tuple(sorted(connection.execute(query).scalars()))
    connection.execute(
        update(_customer).where(_customer.c.id.in_(owners)).values(version=_customer.c.version + 1)
    )
    return owners


FACT_UNDOERS: dict[str, Undoer] = {
    CORRECT: _undo_correct,
    RETIRE: _undo_retire,
    ROLL_BACK: _undo_roll_back,
    PIN: _undo_pin,
    UNPIN: _undo_pin,
    SETTLE: _undo_settle,
}
"""What takes back a change of each kind."""
