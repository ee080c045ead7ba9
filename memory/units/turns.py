"""The two transactions of a turn: claim a customer's waiting messages, and commit what was decided.

`claim` takes the customer's lease; `commit` writes the turn, the new state, the reply and its
deliveries at once, and nothing at all when the lease or the customer changed meanwhile (fencing).
Neither decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from core.clock import Micros
from memory.tables import (
    Case,
    Conversation,
    Customer,
    Delivery,
    Fact,
    Handle,
    Handoff,
    Inbound,
    Message,
    Turn,
)
from memory.units.rows import table

Columns = Mapping[str, object]

_customer = table(Customer)
_handle = table(Handle)
_conversation = table(Conversation)
_inbound = table(Inbound)
_message = table(Message)
_case = table(Case)
_fact = table(Fact)


class Fenced(Exception):
    """The lease was lost or the customer changed since it was claimed; nothing was written."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose messages to take, for which worker, and until when the lease lasts."""

    customer_id: int
    owner: str
    now: Micros
    until: Micros


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message waiting for a turn, as it was stored."""

    inbound_id: int
    conversation_id: int
    seq: int
    handle_id: int
    assurance: int
    text: str
    tokens: int
    received_at: Micros
    due_at: Micros
    attempts: int
    event_id: str
    extra_json: str | None

    @property
    def message_id(self) -> str:
        """The stored message's public id."""
        return f"{self.conversation_id}-{self.seq}"


@dataclass(frozen=True, slots=True)
class Thread:
    """The conversation a turn belongs to, with where its replies go."""

    id: int
    account: str
    channel: str
    key: str
    handle_id: int
    handle_key: str
    opted_out: bool
    reply_address_json: str
    audience: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """The lease and what waits under it.

    `more` tells that other conversations wait too; `held_until` is set when another worker has it.
    """

    customer_id: int
    token: int
    version: int
    waiting: tuple[Waiting, ...] = ()
    thread: Thread | None = None
    more: bool = False
    held_until: Micros | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """Everything a turn changes. Rows are given whole, keyed by column.

    `messages` and `deliveries` are numbered here: `seq` is filled in from the conversation.
    `expecting` names the kind of secret the reply asks for, if any. `dead` is why the messages could
    not be handled: they become dead letters, and the turn only says so.
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
    facts: tuple[Columns, ...] = ()
    handoff: Columns | None = None
    expecting: str | None = None
    dead: str | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """The customer's new version, and the reply's number in its conversation if there is one."""

    version: int
    seq: int | None


_leases = (
    select(
        _customer.c.id,
        _customer.c.version,
        _customer.c.lease_owner,
        _customer.c.lease_token,
        _customer.c.lease_until,
    )
    .where(_customer.c.id.in_(bindparam("ids", expanding=True)))
    .with_for_update()
)
_take_lease = (
    update(_customer)
    .where(_customer.c.id == bindparam("row"))
    .values(
        lease_owner=bindparam("owner"),
        lease_token=bindparam("token"),
        lease_until=bindparam("until"),
    )
)
_waiting = (
    select(
        _handle.c.customer_id,
        _inbound.c.id,
        _inbound.c.conversation_id,
        _inbound.c.seq,
        _inbound.c.handle_id,
        _inbound.c.assurance,
        _message.c.text,
        _message.c.tokens,
        _inbound.c.received_at,
        _inbound.c.due_at,
        _inbound.c.attempts,
        _inbound.c.event_id,
        _message.c.extra_json,
        _conversation.c.account,
        _conversation.c.channel,
        _conversation.c.key,
        _conversation.c.handle_id.label("thread_handle"),
        _handle.c.key.label("handle_key"),
        _handle.c.opted_out,
        _conversation.c.reply_address_json,
        _conversation.c.audience,
    )
    .select_from(_handle)
    .join(_inbound, _inbound.c.handle_id == _handle.c.id)
    .join(_conversation, _conversation.c.id == _inbound.c.conversation_id)
    .join(
        _message,
        (_message.c.conversation_id == _inbound.c.conversation_id)
        & (_message.c.seq == _inbound.c.seq),
    )
    .where(_handle.c.customer_id.in_(bindparam("ids", expanding=True)), _inbound.c.status == "new")
    .order_by(_inbound.c.id)
)


def claim(connection: Connection, batch: Sequence[Claim]) -> list[Claimed]:
    """Lease each customer to its worker and read what waits, oldest conversation first.

    The messages of one claim are all of one conversation: others may differ in assurance and reply
    address. A lease that this worker already holds is kept, and renewed when half of it is over.
    """
    ids = [one.customer_id for one in batch]
    leases = {row.id: row for row in connection.execute(_leases, {"ids": ids})}
    rows: dict[int, list[Sequence[object]]] = {}
    for row in connection.execute(_waiting, {"ids": ids}):
        rows.setdefault(row[0], []).append(row)
    changes: list[dict[str, object]] = []
    claimed = [_claim_one(one, leases.get(one.customer_id), rows, changes) for one in batch]
    if changes:
        connection.execute(_take_lease, changes)
    return claimed


def _claim_one(
    claim: Claim,
    lease: Row[*tuple[Any, ...]] | None,
    rows: Mapping[int, Sequence[Sequence[object]]],
    changes: list[dict[str, object]],
) -> Claimed:
    if lease is None:
        return Claimed(claim.customer_id, 0, 0)
    _, version, owner, token, until = lease
    mine = owner == claim.owner
    if not mine and owner is not None and until > claim.now:
        return Claimed(claim.customer_id, token, version, held_until=until)
    if not mine or until - claim.now < (claim.until - claim.now) // 2:
        token = token if mine else token + 1
        changes.append(
            {"row": claim.customer_id, "owner": claim.owner, "token": token, "until": claim.until}
        )
    waiting = rows.get(claim.customer_id, ())
    if not waiting:
        return Claimed(claim.customer_id, token, version)
    first = waiting[0]
    mates = [row for row in waiting if row[2] == first[2]]
    return Claimed(
        claim.customer_id,
        token,
        version,
        tuple(Waiting(*row[1:13]) for row in mates),  # type: ignore[arg-type]
        Thread(first[2], *first[13:21]),  # type: ignore[arg-type]
        more=len(mates) < len(waiting),
    )


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
    )
)
_supersede = (
    update(_fact)
    .where(
        _fact.c.handle_id == bindparam("who"),
        _fact.c.key == bindparam("what"),
        _fact.c.valid_to.is_(None),
    )
    .values(valid_to=bindparam("now"), superseded_by=bindparam("by"))
)
_insert_message = insert(_message)
_insert_turn = insert(table(Turn))
_insert_delivery = insert(table(Delivery))
_insert_case = insert(_case)
_insert_fact = insert(_fact)
_insert_handoff = insert(table(Handoff))


def commit(connection: Connection, batch: Sequence[Commit]) -> list[Committed]:
    """Write each turn of the batch. Raises `Fenced` when a lease was lost; then none is written."""
    _check_fences(connection, batch)
    seqs = dict(
        connection.execute(_seqs, {"ids": [one.conversation_id for one in batch]}).tuples().all()
    )
    out = _Rows()
    results = [_commit_one(one, seqs, out) for one in batch]
    run = connection.execute
    run(
        _bump,
        [{"row": one.customer_id, "new_version": one.version + 1} for one in batch],
    )
    run(_insert_turn, [dict(one.turn) for one in batch])
    run(_done, out.done)
    run(_advance, out.advanced)
    for statement, rows in (
        (_insert_message, out.messages),
        (_insert_delivery, out.deliveries),
        (_insert_case, out.new_cases),
        (_save_case, out.cases),
        (_supersede, out.superseded),
        (_insert_fact, out.facts),
        (_insert_handoff, out.handoffs),
    ):
        if rows:
            run(statement, rows)
    return results


def _check_fences(connection: Connection, batch: Sequence[Commit]) -> None:
    now = {
        row[0]: tuple(row[1:])
        for row in connection.execute(_versions, {"ids": [one.customer_id for one in batch]})
    }
    for one in batch:
        if now.get(one.customer_id) != (one.version, one.owner, one.token):
            raise Fenced(f"customer {one.customer_id} changed while a turn was decided")


class _Rows:
    """The rows of a batch, gathered so that each statement runs once."""

    def __init__(self) -> None:
        self.done: list[dict[str, object]] = []
        self.advanced: list[dict[str, object]] = []
        self.messages: list[dict[str, object]] = []
        self.deliveries: list[dict[str, object]] = []
        self.new_cases: list[dict[str, object]] = []
        self.cases: list[dict[str, object]] = []
        self.superseded: list[dict[str, object]] = []
        self.facts: list[dict[str, object]] = []
        self.handoffs: list[dict[str, object]] = []


def _commit_one(one: Commit, seqs: dict[int, int], out: _Rows) -> Committed:
    seq = seqs[one.conversation_id]
    for message in one.messages:
        seq += 1
        out.messages.append({**message, "seq": seq})
    seqs[one.conversation_id] = seq
    out.advanced.append(
        {
            "row": one.conversation_id,
            "new_seq": seq,
            "now": one.now,
            "secret_kind": one.expecting,
        }
    )
    out.deliveries.extend({**delivery, "seq": seq} for delivery in one.deliveries)
    end = "done" if one.dead is None else "dead"
    out.done.extend(
        {"row": row, "turn": one.turn["id"], "end": end, "why": one.dead} for row in one.inbound_ids
    )
    if one.new_case is not None:
        out.new_cases.append(dict(one.new_case))
    if one.case is not None:
        out.cases.append(dict(one.case))
    for fact in one.facts:
        out.superseded.append(
            {"who": fact["handle_id"], "what": fact["key"], "now": one.now, "by": fact["id"]}
        )
        out.facts.append(dict(fact))
    if one.handoff is not None:
        out.handoffs.append(dict(one.handoff))
    return Committed(one.version + 1, seq if one.messages else None)


@dataclass(frozen=True, slots=True)
class Stumble:
    """A turn that raised: its messages stay in the queue, one attempt the poorer."""

    inbound_ids: tuple[int, ...]
    error: str
    bury: bool = False


def stumble(connection: Connection, batch: Sequence[Stumble]) -> list[None]:
    """Count failed attempts; `bury` makes the messages dead letters without a turn."""
    for one in batch:
        changes: dict[str, object] = {"attempts": _inbound.c.attempts + 1, "error": one.error}
        if one.bury:
            changes["status"] = "dead"
        connection.execute(
            update(_inbound).where(_inbound.c.id.in_(one.inbound_ids)).values(**changes)
        )
    return [None] * len(batch)


def unfinished(connection: Connection, limit: int) -> list[tuple[int, Micros]]:
    """Customers with messages waiting for a turn, and when the oldest of each is due."""
    due = func.min(_inbound.c.due_at)
    rows = connection.execute(
        select(_handle.c.customer_id, due)
        .select_from(_inbound)
        .join(_handle, _handle.c.id == _inbound.c.handle_id)
        .where(_inbound.c.status == "new")
        .group_by(_handle.c.customer_id)
        .order_by(due)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def revive(connection: Connection, inbound_id: int, now: Micros) -> int | None:
    """Put a dead letter back in the queue; its customer, or nothing when it is not dead."""
    row = connection.execute(
        select(_handle.c.customer_id)
        .select_from(_inbound)
        .join(_handle, _handle.c.id == _inbound.c.handle_id)
        .where(_inbound.c.id == inbound_id, _inbound.c.status == "dead")
    ).first()
    if row is None:
        return None
    connection.execute(
        update(_inbound)
        .where(_inbound.c.id == inbound_id)
        .values(status="new", attempts=0, error=None, due_at=now)
    )
    return int(row[0])
