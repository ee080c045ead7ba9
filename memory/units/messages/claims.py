"""Claiming a customer: the lease that lets one worker at a time handle them, and what waits there.

A lease carries a token that grows with every new owner, so that whoever lost it can commit nothing.
Claiming decides nothing and changes nothing but the lease.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, func, select, update

from core.clock import Micros
from core.message import Audience
from memory.tables.main import Conversation, Customer, Handle, Inbound, Message
from memory.tables.rows import table

_customer = table(Customer)
_handle = table(Handle)
_conversation = table(Conversation)
_inbound = table(Inbound)
_message = table(Message)


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose messages to take, for which worker, and until when the lease lasts."""

    customer_id: int
    owner: str
    now: Micros
    until: Micros


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message waiting for a turn, as it was stored, with where its own answer goes."""

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
    reply_address_json: str
    audience: str

    @property
    def needs_person(self) -> str | None:
        """Why no machine may answer it, if none may."""
        if not self.extra_json or '"needs_person"' not in self.extra_json:
            return None
        reason = orjson.loads(self.extra_json).get("needs_person")
        return None if reason is None else str(reason)

    @property
    def message_id(self) -> str:
        """The stored message's public id."""
        return f"{self.conversation_id}-{self.seq}"


@dataclass(frozen=True, slots=True)
class Thread:
    """The conversation a turn belongs to, with who is answered and where the answer goes.

    The handle is the sender's, not that of whoever began the conversation.
    """

    id: int
    account: str
    channel: str
    key: str
    handle_id: int
    handle_key: str
    opted_out: bool
    dead: bool
    reply_address_json: str
    audience: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """The lease and what waits under it.

    `more` tells that others wait too, in this conversation or in another; `held_until` is set when
    another worker has it.
    """

    customer_id: int
    token: int
    version: int
    waiting: tuple[Waiting, ...] = ()
    thread: Thread | None = None
    more: bool = False
    held_until: Micros | None = None

    def answering(self, taken: Sequence[Waiting]) -> Claimed:
        """The same lease over these messages alone: the newest of them is answered where it came
        from, and as in a room if any of them came from one."""
        if self.thread is None:
            return self
        room = Audience.ROOM.value
        audience = room if any(one.audience == room for one in taken) else taken[-1].audience
        thread = replace(
            self.thread,
            reply_address_json=taken[-1].reply_address_json,
            audience=audience,
        )
        return replace(self, waiting=tuple(taken), thread=thread)


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
        # What the first layout admitted has none of its own.
        func.coalesce(_inbound.c.reply_address_json, _conversation.c.reply_address_json),
        func.coalesce(_inbound.c.audience, _conversation.c.audience),
        _conversation.c.account,
        _conversation.c.channel,
        _conversation.c.key,
        _handle.c.id.label("sender"),
        _handle.c.key.label("handle_key"),
        _handle.c.opted_out,
        _handle.c.dead,
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


class _Lease(NamedTuple):
    """A customer's lease as it stands."""

    version: int
    owner: str | None
    token: int
    until: Micros


def claim(connection: Connection, batch: Sequence[Claim]) -> list[Claimed]:
    """Lease each customer to its worker and read what waits, oldest conversation first.

    The messages of one claim are all of one conversation and one sender: others may differ in
    assurance and reply address. A lease that this worker already holds is kept, and renewed when
    half of it is over.
    """
    ids = [one.customer_id for one in batch]
    leases = {row[0]: _Lease(*row[1:]) for row in connection.execute(_leases, {"ids": ids})}
    rows: dict[int, list[Sequence[object]]] = {}
    for row in connection.execute(_waiting, {"ids": ids}):
        rows.setdefault(row[0], []).append(row)
    changes: list[dict[str, object]] = []
    claimed = [_claim_one(one, leases, rows, changes) for one in batch]
    if changes:
        connection.execute(_take_lease, changes)
    return claimed


def release_leases(connection: Connection, now: Micros, owner: str | None = None) -> int:
    """End this worker's leases, or all there are, so that the next worker need not outwait them.

    Returns how many there were. Tokens stay, so that whoever had a lease still commits nothing.
    """
    held = (_customer.c.lease_until > now) & _customer.c.lease_owner.is_not(None)
    if owner is not None:
        held &= _customer.c.lease_owner == owner
    changed = connection.execute(
        update(_customer).where(held).values(lease_owner=None, lease_until=0)
    )
    return changed.rowcount


def _claim_one(
    claim: Claim,
    leases: dict[int, _Lease],
    rows: Mapping[int, Sequence[Sequence[object]]],
    changes: list[dict[str, object]],
) -> Claimed:
    lease = leases.get(claim.customer_id)
    if lease is None:
        return Claimed(claim.customer_id, 0, 0)
    version, owner, token, until = lease
    mine = owner == claim.owner
    if not mine and owner is not None and until > claim.now:
        return Claimed(claim.customer_id, token, version, held_until=until)
    if not mine or until - claim.now < (claim.until - claim.now) // 2:
        token = token if mine else token + 1
        changes.append(
            {"row": claim.customer_id, "owner": claim.owner, "token": token, "until": claim.until}
        )
        # Whoever asks later in this batch finds it taken.
        leases[claim.customer_id] = _Lease(version, claim.owner, token, claim.until)
    waiting = rows.get(claim.customer_id, ())
    if not waiting:
        return Claimed(claim.customer_id, token, version)
    first = waiting[0]
    mates = [row for row in waiting if (row[2], row[4]) == (first[2], first[4])]
    return Claimed(
        claim.customer_id,
        token,
        version,
        tuple(Waiting(*row[1:15]) for row in mates),  # type: ignore[arg-type]
        Thread(first[2], *first[15:22], *first[13:15]),  # type: ignore[arg-type]
        more=len(mates) < len(waiting),
    )
