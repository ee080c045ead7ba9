"""What people and systems do with facts: tell, correct, retire, pin, roll back, promise.

What people do is in the log of changes, without a value, and can be undone from there
(`memory.units.remembering.fact_undoing`). Doing it twice is doing it once. Cold transactions;
whoever reads what is in `memory.facts`. Attributes of the business are told by
`memory.units.identity.attributes`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, select, update

from core.clock import Micros
from core.facts.history import Told
from core.facts.known import IDENTIFIER, PEOPLE
from core.message import Assurance
from memory.pages.fact_words import bare_key
from memory.tables.main import Customer, Handle, Message
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.remembering.episodes import drop_summaries
from memory.units.remembering.fact_rows import (
    MODEL,
    PROMISED,
    AnyRow,
    Given,
    NewId,
    Telling,
    lay,
    take_back,
)

__all__ = [
    "AT_ONCE",
    "CORRECT",
    "PIN",
    "RETIRE",
    "ROLL_BACK",
    "SETTLE",
    "UNPIN",
    "Changed",
    "FactProblem",
    "Telling",
    "Told",
    "correct",
    "pin",
    "promise",
    "retire",
    "roll_back",
    "settle_promise",
    "tell",
]

CORRECT, RETIRE, ROLL_BACK = "correct-fact", "retire-fact", "roll-back"
PIN, UNPIN, SETTLE, PROMISE = "pin-fact", "unpin-fact", "settle-promise", "promise"
"""What the log calls it."""

KEPT, BROKEN = "kept", "broken"

AT_ONCE = 200
"""Facts that one transaction takes back at most, so that the writer is not held."""

_customer = table(Customer)
_fact = table(Fact)
_handle = table(Handle)
_message = table(Message)


class FactProblem(Exception):
    """Something that cannot be done with a fact, in words. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Whose fact it is, and whether anything is otherwise now. `fact_id` is the one that holds."""

    customer_id: int
    fact_id: int
    changed: bool


def tell(connection: Connection, telling: Telling, now: Micros, new_id: NewId) -> Told:
    """Write down that this is so. Raises `FactProblem` when there is no such handle."""
    customer_id, _ = _fence(connection, telling.handle_id)
    (told,) = lay(connection, [Given(new_id(), telling, now)])
    if told is not Told.REFUSED:
        _view_changes(connection, customer_id)
    return told


def correct(
    connection: Connection,
    fact_id: int,
    value: str,
    actor: str,
    because: str,
    now: Micros,
    new_id: NewId,
) -> Changed:
    """A person says how it is: verified from now on. Raises `FactProblem`."""
    row, customer_id, handle = _open(connection, fact_id)
    _refuse_correcting(row, value)
    if row.verified and row.value == value:
        return Changed(customer_id, fact_id, changed=False)
    audit_id, corrected_id = new_id(), new_id()
    telling = Telling(
        handle_id=row.handle_id,
        key=row.key,
        value=value,
        source=f"change:{audit_id}",
        level=max(row.level, int(Assurance.AUTHENTICATED)),
        told_by=f"{PEOPLE}{actor}",
        verified=True,
        needs=row.needs,
        due_at=row.due_at,
    )
    (told,) = lay(connection, [Given(corrected_id, telling, now)])
    holds = fact_id if told is Told.TOUCHED else corrected_id
    if row.pinned and holds != fact_id:
        connection.execute(update(_fact).where(_fact.c.id == holds).values(pinned=True))
    detail = {"fact_id": str(holds), "key": bare_key(row.key), "because": because}
    if told is Told.TOUCHED:
        detail["confirmed"] = "yes"
    record(connection, audit_id, now, actor, CORRECT, handle, detail)
    _view_changes(connection, customer_id)
    return Changed(customer_id, holds, changed=True)


def _refuse_correcting(row: AnyRow, value: str) -> None:
    if not value.strip():
        raise FactProblem("a fact needs a value; to be rid of it, retire it")
    if row.secret:
        raise FactProblem("what was said in secret is known to nobody, and cannot be corrected")
    if row.retired_at is not None:
        raise FactProblem(f"this fact was retired by {row.retired_by}")
    if row.valid_to is not None:
        raise FactProblem("this fact does not hold any more; correct the one that does")
    if row.key.startswith(IDENTIFIER):
        raise FactProblem("this is what somebody wrote; where it is wrong, retire it")


def retire(
    connection: Connection, fact_id: int, actor: str, because: str, now: Micros, new_id: NewId
) -> Changed:
    """A person says that it was wrong. What it took the place of holds again; it is told to nobody,
    and not learned again out of the same source or by a guess. Raises `FactProblem`."""
    row, customer_id, handle = _open(connection, fact_id)
    if row.retired_at is not None:
        return Changed(customer_id, fact_id, changed=False)
    take_back(connection, [fact_id], actor, because, now)
    detail = {"fact_id": str(fact_id), "key": bare_key(row.key), "because": because}
    record(connection, new_id(), now, actor, RETIRE, handle, detail)
    _view_changes(connection, customer_id)
    return Changed(customer_id, fact_id, changed=True)


def pin(
    connection: Connection, fact_id: int, pinned: bool, actor: str, now: Micros, new_id: NewId
) -> Changed:
    """Let it be put before every turn that may know it, or no more. Raises `FactProblem`."""
    row, customer_id, handle = _open(connection, fact_id)
    if row.retired_at is not None:
        raise FactProblem(f"this fact was retired by {row.retired_by}")
    if bool(row.pinned) == pinned:
        return Changed(customer_id, fact_id, changed=False)
    connection.execute(update(_fact).where(_fact.c.id == fact_id).values(pinned=pinned))
    action, detail = PIN if pinned else UNPIN, {"fact_id": str(fact_id), "key": bare_key(row.key)}
    record(connection, new_id(), now, actor, action, handle, detail)
    _view_changes(connection, customer_id)
    return Changed(customer_id, fact_id, changed=True)


def roll_back(
    connection: Connection, source: str, actor: str, because: str, now: Micros, new_id: NewId
) -> int:
    """Take back what was learned from one source, `AT_ONCE` facts at most, the newest first: how
    many. Call it until there are none. With a model's facts go as many of its summaries.

    A source is a message ("12-3"), a conversation ("conversation:12"), an import ("batch:7"), what
    told an attribute ("source:NAME"), or a model ("model:NAME").
    """
    facts = connection.execute(
        select(_fact.c.id, _fact.c.handle_id)
        .where(_from(source), _fact.c.retired_at.is_(None))
        .order_by(_fact.c.id.desc())
        .limit(AT_ONCE)
    ).all()
    ids = [one.id for one in facts]
    if ids:
        for customer_id in _customers(connection, {one.handle_id for one in facts}):
            _view_changes(connection, customer_id)
        take_back(connection, ids, actor, because, now)
    # After the customers, as whoever changes a message locks them.
    summaries = drop_summaries(connection, source, AT_ONCE) if source.startswith(MODEL) else 0
    if not ids and not summaries:
        return 0
    detail: dict[str, object] = {"facts": [str(one) for one in ids], "because": because}
    if summaries:
        detail["summaries"] = summaries
    record(connection, new_id(), now, actor, ROLL_BACK, source, detail)
    return len(ids) + summaries


def promise(
    connection: Connection,
    handle_id: int,
    text: str,
    due_at: Micros | None,
    actor: str,
    source: str,
    now: Micros,
    new_id: NewId,
) -> Told:
    """Write down what a person of ours has promised, in the message `source` or by hand. It may be
    known to whoever may read that message. Raises `FactProblem` when there is no such handle."""
    telling = Telling(
        handle_id=handle_id,
        key=f"{PROMISED}{source}",
        value=text,
        source=source,
        level=_level_of(connection, source),
        told_by=f"{PEOPLE}{actor}",
        verified=True,
        due_at=due_at,
    )
    return tell(connection, telling, now, new_id)


def settle_promise(
    connection: Connection, fact_id: int, kept: bool, actor: str, now: Micros, new_id: NewId
) -> Changed:
    """A person says what became of a promise; it is over. Raises `FactProblem`."""
    row, customer_id, handle = _open(connection, fact_id)
    outcome = KEPT if kept else BROKEN
    if not row.key.startswith(PROMISED):
        raise FactProblem("this is no promise")
    if row.retired_at is not None:
        raise FactProblem(f"this fact was retired by {row.retired_by}")
    if row.outcome == outcome:
        return Changed(customer_id, fact_id, changed=False)
    connection.execute(
        update(_fact)
        .where(_fact.c.id == fact_id)
        .values(outcome=outcome, valid_to=now if row.valid_to is None else row.valid_to)
    )
    detail = {"fact_id": str(fact_id), "key": bare_key(row.key), "outcome": outcome}
    if row.outcome is not None:
        detail["before"] = row.outcome
    record(connection, new_id(), now, actor, SETTLE, handle, detail)
    _view_changes(connection, customer_id)
    return Changed(customer_id, fact_id, changed=True)


def _from(source: str) -> ColumnElement[bool]:
    if source.startswith(MODEL):
        return _fact.c.told_by == source
    kind, _, name = source.partition(":")
    if kind != "conversation" or not name.isdigit():
        return _fact.c.source == source
    # By the handles that wrote there, for which there is an index.
    wrote = select(_message.c.handle_id).where(_message.c.conversation_id == int(name))
    return and_(
        _fact.c.handle_id.in_(wrote.distinct()),
        _fact.c.source.startswith(f"{name}-", autoescape=True),
    )


def _open(connection: Connection, fact_id: int) -> tuple[AnyRow, int, str]:
    """The fact, whose it is, and the key of the handle; nobody else changes it meanwhile."""
    owner = connection.execute(select(_fact.c.handle_id).where(_fact.c.id == fact_id)).scalar()
    if owner is None:
        raise FactProblem(f"there is no fact {fact_id}")
    customer_id, handle = _fence(connection, owner)
    row = connection.execute(select(_fact).where(_fact.c.id == fact_id)).first()
    if row is None:
        raise FactProblem(f"there is no fact {fact_id}")
    return row, customer_id, handle


def _fence(connection: Connection, handle_id: int) -> tuple[int, str]:
    """The customer of a handle, held until the end of the transaction, and the handle's key."""
    row = connection.execute(
        select(_customer.c.id, _handle.c.key)
        .join(_handle, _handle.c.customer_id == _customer.c.id)
        .where(_handle.c.id == handle_id)
        .with_for_update(of=_customer)
    ).first()
    if row is None:
        raise FactProblem(f"there is no handle {handle_id}")
    return row.id, row.key


def _customers(connection: Connection, handle_ids: set[int]) -> list[int]:
    return list(
        connection.execute(
            select(_customer.c.id)
            .where(
                _customer.c.id.in_(
                    select(_handle.c.customer_id).where(_handle.c.id.in_(handle_ids))
                )
            )
            .order_by(_customer.c.id)
            .with_for_update()
        ).scalars()
    )


def _view_changes(connection: Connection, customer_id: int) -> None:
    """What is remembered of them in a process, or was read for a turn, is not so any more."""
    connection.execute(
        update(_customer)
        .where(_customer.c.id == customer_id)
        .values(version=_customer.c.version + 1)
    )


def _level_of(connection: Connection, source: str) -> int:
    conversation, _, seq = source.partition("-")
    if not (conversation.isdigit() and seq.isdigit()):
        return int(Assurance.AUTHENTICATED)
    query = select(_message.c.level).where(
        _message.c.conversation_id == int(conversation), _message.c.seq == int(seq)
    )
    found = connection.execute(query).scalar()
    return int(Assurance.AUTHENTICATED) if found is None else int(found)
