"""The two transactions of a turn: claim a customer's waiting messages, and commit what was decided.

`claim` takes the customer's lease; `commit` writes the turn, the new state, the reply and its
deliveries at once, and nothing at all when the lease or the customer changed meanwhile (fencing).
Neither decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from sqlalchemy import Connection, bindparam, case, insert, select, update

from core.clock import Micros
from core.facts.history import Told
from core.message import DeliveryStatus
from memory.tables.main import (
    Case,
    Conversation,
    Customer,
    Delivery,
    Handle,
    Handoff,
    Inbound,
    Message,
    Turn,
)
from memory.tables.rows import table
from memory.units.messages.consent import OPTED_OUT, opted_out_among
from memory.units.people.asides import Aside, set_aside
from memory.units.people.raising import Raise, raise_handoffs
from memory.units.prepared import write
from memory.units.remembering.fact_rows import Given, lay

_LEAVING = DeliveryStatus.SENDING.value

Columns = Mapping[str, object]

_customer = table(Customer)
_handle = table(Handle)
_conversation = table(Conversation)
_inbound = table(Inbound)
_message = table(Message)
_case = table(Case)


class Fenced(Exception):
    """The lease was lost or the customer changed since it was claimed; nothing was written."""


@dataclass(frozen=True, slots=True)
class Commit:
    """Everything a turn changes. Rows are given whole, keyed by column.

    `messages` and `deliveries` are numbered here: `seq` is filled in from the conversation.
    `expecting` names the kind of secret the reply asks for, if any. `dead` is why the messages
    could not be handled: they become dead letters, and the turn only says so. `aside` is for
    messages that no machine may answer. `raised` is what people who have a case see of it now.
    `settled` are handles that were asked for a secret, if anywhere, which was told here.
    """

    customer_id: int
    owner: str
    token: int
    version: int
    conversation_id: int
    now: Micros
    turn: Columns
    inbound_ids: tuple[int, ...]
    messages: tuple[Columns, ...] = ()
    deliveries: tuple[Columns, ...] = ()
    new_case: Columns | None = None
    case: Columns | None = None
    facts: tuple[Given, ...] = ()
    handoff: Columns | None = None
    raised: tuple[int, Raise] | None = None
    expecting: str | None = None
    settled: tuple[int, ...] = ()
    dead: str | None = None
    aside: Aside | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """The customer's new version, and the reply's number in its conversation if there is one.

    `withheld`: the recipient opted out while it was written, so that it is discarded. `told` is
    what became of each fact.
    """

    version: int
    seq: int | None
    withheld: bool = False
    told: tuple[Told, ...] = ()


_versions = (
    select(_customer.c.id, _customer.c.version, _customer.c.lease_owner, _customer.c.lease_token)
    .where(_customer.c.id.in_(bindparam("ids", expanding=True)))
    .with_for_update()
)
_bump = (
    update(_customer)
    .where(_customer.c.id == bindparam("row"))
    .values(version=bindparam("new_version"))
)
_seqs = (
    select(_conversation.c.id, _conversation.c.seq)
    .where(_conversation.c.id.in_(bindparam("ids", expanding=True)))
    .with_for_update()
)
_advance = (
    update(_conversation)
    .where(_conversation.c.id == bindparam("row"))
    .values(
        seq=bindparam("new_seq"), updated_at=bindparam("now"), expecting=bindparam("secret_kind")
    )
)
# Nobody answered, so that the last question still stands, and what it asks for stays a secret.
_touch = (
    update(_conversation)
    .where(_conversation.c.id == bindparam("row"))
    .values(updated_at=bindparam("now"))
)
_settle = (
    update(_conversation)
    .where(
        _conversation.c.handle_id.in_(bindparam("handles", expanding=True)),
        _conversation.c.expecting.is_not(None),
    )
    .values(expecting=None)
)
_done = (
    update(_inbound)
    .where(_inbound.c.id == bindparam("row"))
    .values(status=bindparam("end"), turn_id=bindparam("turn"), error=bindparam("why"))
)
_save_case = (
    update(_case)
    .where(_case.c.id == bindparam("row"))
    .values(
        status=bindparam("new_status"),
        intent=bindparam("new_intent"),
        state_json=bindparam("state"),
        updated_at=bindparam("now"),
        outcome=bindparam("new_outcome"),
        # Nobody answered: what was asked for last is so still.
        expecting=case((bindparam("answered"), bindparam("secret_kind")), else_=_case.c.expecting),
    )
)
_insert_message = insert(_message)
_insert_turn = insert(table(Turn))
_insert_delivery = insert(table(Delivery))
_insert_case = insert(_case)
_insert_handoff = insert(table(Handoff))


def commit(connection: Connection, batch: Sequence[Commit]) -> list[Committed]:
    """Write each turn of the batch. Raises `Fenced` when a lease was lost; then none is written."""
    _check_fences(connection, batch)
    threads = connection.execute(_seqs, {"ids": [one.conversation_id for one in batch]})
    seqs: dict[int, int] = {row[0]: row[1] for row in threads}
    out = _Rows()
    results = _withhold(connection, [_commit_one(one, seqs, out) for one in batch], batch, out)
    run = partial(write, connection)
    run(
        _bump,
        [{"row": one.customer_id, "new_version": one.version + 1} for one in batch],
    )
    run(_insert_turn, [_turn_row(connection, one) for one in batch])
    run(_done, out.done)
    for statement, rows in (
        (_advance, out.advanced),
        (_touch, out.touched),
        (_insert_message, out.messages),
        (_insert_delivery, out.deliveries),
        (_insert_case, out.new_cases),
        (_save_case, out.cases),
        (_insert_handoff, out.handoffs),
    ):
        if rows:
            run(statement, rows)
    for one in batch:
        if one.raised is not None:
            raise_handoffs(connection, *one.raised)
        if one.settled:
            connection.execute(_settle, {"handles": one.settled})
    return _lay_facts(connection, results, batch)


def _lay_facts(
    connection: Connection, results: list[Committed], batch: Sequence[Commit]
) -> list[Committed]:
    told = iter(lay(connection, [fact for one in batch for fact in one.facts]))
    return [
        replace(done, told=tuple(islice(told, len(one.facts)))) if one.facts else done
        for done, one in zip(results, batch, strict=True)
    ]


def _withhold(
    connection: Connection, results: list[Committed], batch: Sequence[Commit], out: _Rows
) -> list[Committed]:
    """Discard what would leave for somebody who opted out since the turn was claimed."""
    leaving = {row["handle_id"] for row in out.deliveries if row["status"] == _LEAVING}
    gone = opted_out_among(connection, leaving) if leaving else ()
    if not gone:
        return results
    for row in out.deliveries:
        if row["status"] == _LEAVING and row["handle_id"] in gone:
            row["status"] = DeliveryStatus.DISCARDED.value
            row["reason"] = OPTED_OUT
    return [
        replace(done, withheld=any(row["handle_id"] in gone for row in one.deliveries))
        for done, one in zip(results, batch, strict=True)
    ]


def _turn_row(connection: Connection, one: Commit) -> dict[str, object]:
    row = dict(one.turn)
    if one.aside is not None:
        row["case_id"] = set_aside(connection, one.aside)
    return row


def _check_fences(connection: Connection, batch: Sequence[Commit]) -> None:
    now = {
        row[0]: tuple(row[1:])
        for row in connection.execute(_versions, {"ids": [one.customer_id for one in batch]})
    }
    for one in batch:
        if now.get(one.customer_id) != (one.version, one.owner, one.token):
            raise Fenced(f"customer {one.customer_id} changed while a turn was decided")
        # A second turn of the same claim would be a change behind the back of the first.
        del now[one.customer_id]


class _Rows:
    """The rows of a batch, gathered so that each statement runs once."""

    def __init__(self) -> None:
        self.done: list[dict[str, object]] = []
        self.advanced: list[dict[str, object]] = []
        self.touched: list[dict[str, object]] = []
        self.messages: list[dict[str, object]] = []
        self.deliveries: list[dict[str, object]] = []
        self.new_cases: list[dict[str, object]] = []
        self.cases: list[dict[str, object]] = []
        self.handoffs: list[dict[str, object]] = []


def _commit_one(one: Commit, seqs: dict[int, int], out: _Rows) -> Committed:
    seq = seqs[one.conversation_id]
    for message in one.messages:
        seq += 1
        out.messages.append({**message, "seq": seq})
    seqs[one.conversation_id] = seq
    place: dict[str, object] = {"row": one.conversation_id, "now": one.now}
    if one.messages:
        out.advanced.append({**place, "new_seq": seq, "secret_kind": one.expecting})
    else:
        out.touched.append(place)
    out.deliveries.extend({**delivery, "seq": seq} for delivery in one.deliveries)
    end = "done" if one.dead is None else "dead"
    out.done.extend(
        {"row": row, "turn": one.turn["id"], "end": end, "why": one.dead} for row in one.inbound_ids
    )
    if one.new_case is not None:
        out.new_cases.append(dict(one.new_case))
    if one.case is not None:
        out.cases.append(dict(one.case))
    if one.handoff is not None:
        out.handoffs.append(dict(one.handoff))
    return Committed(one.version + 1, seq if one.messages else None)
