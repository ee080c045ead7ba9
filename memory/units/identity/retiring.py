"""When an address has gone to somebody else: its old life rests with its customer, and whoever
writes from it next begins anew. And when somebody says that they are not whom we take them for.

A retired handle keeps its rows and its links. Its key and those of its conversations get its id
behind them, so that the address is free. Nothing is read by whoever has the address now. Cold
transactions, but for `set_apart`, which admission runs where a handle has been silent for too long.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from core.clock import Micros
from core.identity.graph import may_change_hands, silent_before
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import DeliveryStatus
from core.message import Handle as Address
from memory.tables.identity import Sighting
from memory.tables.main import Conversation, Delivery, Handle
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity.alarms import CONTRADICTION, REFUSED, sound
from memory.units.identity.components import derive, lock
from memory.units.identity.handles import make
from memory.units.identity.link_rows import AnyRow, IdentityProblem, end_link, find_handle, joins_of
from memory.units.identity.settling import settle
from memory.units.messages.part_ends import discarded
from memory.units.messages.withdrawing import UNSENT

_conversation = table(Conversation)
_delivery = table(Delivery)
_handle = table(Handle)
_sighting = table(Sighting)

FIRST_CONTACT = "first-contact"
ANEW = "the address begins anew: it may be somebody else's by now"

NOT_THEIRS = "The address may have gone to somebody else."
"""Why what was still to be sent there is not, for a person."""


@dataclass(frozen=True, slots=True)
class Retired:
    """The handle that rests, under the key it has now, and the one that took its address."""

    handle_id: int
    handle_key: str
    customer_id: int
    successor_id: int
    successor_key: str
    successor_customer_id: int


@dataclass(frozen=True, slots=True)
class Disowned:
    """What was ended because somebody said that they are not whom we take them for.

    `customers` are all whose view changed; `retired` is set when the address began anew.
    """

    handle_key: str
    link_ids: tuple[int, ...]
    customers: tuple[int, ...]
    retired: Retired | None = None


def retire(
    connection: Connection,
    handle_key: str,
    because: str,
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
) -> Retired:
    """Let the address begin anew. `because` is for a person to read.

    Raises `IdentityProblem` for a handle that is unknown or retired already.
    """
    handle = find_handle(connection, handle_key)
    if handle.retired_at is not None:
        raise IdentityProblem(f"{handle.key} is retired already")
    lock(connection, {handle.customer_id})
    set_apart(connection, handle.id, because, now)
    ids = (new_id(), new_id(), new_id())
    address = Address(handle.kind, handle.address)
    make(
        connection, address, ANEW, actor, now, ids, FIRST_CONTACT,
        succeeds=handle.id, opted_out=bool(handle.opted_out),
    )  # fmt: skip
    done = Retired(
        handle.id,
        retired_key(handle.key, handle.id),
        handle.customer_id,
        ids[0],
        handle.key,
        ids[1],
    )
    record_retirement(connection, done, because, actor, now, new_id())
    return done


def pass_on(
    connection: Connection,
    handle_key: str,
    reason: str,
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
) -> Retired:
    """A person says that the address is somebody else's now: it begins anew.

    Raises `IdentityProblem` as `retire` does, and for what nobody else can ever have.
    """
    handle = find_handle(connection, handle_key)
    if not may_change_hands(handle.kind):
        raise IdentityProblem(f"{handle.key} can never be somebody else's; unlink it instead")
    return retire(connection, handle.key, reason, actor, now, new_id)


def retired_key(key: str, handle_id: int) -> str:
    """What a key becomes, so that its address is free."""
    return f"{key}#{handle_id}"


def silence_words(seen_at: Micros, now: Micros) -> str:
    """Why an address begins anew that was silent for so long, for a person."""
    return f"silent for {(now - seen_at) // 86_400_000_000} days"


def set_apart(connection: Connection, handle_id: int, because: str, now: Micros) -> Collection[int]:
    """Free the address: the keys of the handle, of its conversations and of what it was seen with
    get its id behind them, and what was still to be sent there is not. The ids of those
    conversations."""
    key = connection.execute(select(_handle.c.key).where(_handle.c.id == handle_id)).scalar_one()
    suffix = f"#{handle_id}"
    connection.execute(
        update(_handle)
        .where(_handle.c.id == handle_id, _handle.c.retired_at.is_(None))
        .values(
            key=_handle.c.key + suffix,
            retired_at=now,
            retired_because=because,
            proved_level=0,
            proved_until=0,
        )
    )
    own = select(_conversation.c.id).where(_conversation.c.handle_id == handle_id)
    threads = list(connection.execute(own).scalars())
    connection.execute(
        update(_conversation)
        .where(_conversation.c.id.in_(threads))
        .values(key=_conversation.c.key + suffix)
    )
    rename_sightings(connection, key, retired_key(key, handle_id))
    # Of what nobody was sending it is certain that it has not left: it can be answered after all.
    for status, code in ((DeliveryStatus.PENDING, UNSENT), (DeliveryStatus.SENDING, None)):
        connection.execute(
            update(_delivery)
            .where(
                _delivery.c.conversation_id.in_(threads),
                _delivery.c.handle_id == handle_id,
                _delivery.c.status == status.value,
            )
            .values(**discarded(NOT_THEIRS, now), code=code)
        )
    return threads


def rename_sightings(connection: Connection, key: str, new_key: str) -> None:
    """Evidence about the one who had the address says nothing about who has it now."""
    for column in (_sighting.c.handle_key, _sighting.c.other_key):
        connection.execute(update(_sighting).where(column == key).values({column.name: new_key}))


def record_retirement(
    connection: Connection, done: Retired, because: str, actor: str, now: Micros, audit_id: int
) -> None:
    """Write down that the address began anew, with what is needed to undo it."""
    record(connection, audit_id, now, actor, "retire", done.successor_key, {
        "handle_id": str(done.handle_id),
        "successor_id": str(done.successor_id),
        "customers": [str(one) for one in sorted({done.customer_id, done.successor_customer_id})],
        "because": because,
    })  # fmt: skip


def disown(
    connection: Connection,
    handle_key: str,
    actor: str,
    words: str,
    now: Micros,
    new_id: Callable[[], int],
    rules: IdentityRules = DEFAULT_RULES,
    *,
    link_ids: Collection[int] | None = None,
) -> Disowned:
    """Somebody who writes from this handle says that they are not whom we take them for.

    With `link_ids` they reject just these links ("that was not me"): their own memory stays theirs.
    Without, every link of the handle ends, and an address that can pass to somebody else (a phone
    number) begins anew. No rule ever joins the two sides again, and people are told. `words` are
    those said, as the reason; they hold no message. Raises `IdentityProblem` for an unknown handle.
    """
    handle = find_handle(connection, handle_key)
    joins = joins_of(connection, handle)
    if link_ids is not None:
        joins = [one for one in joins if one.id in link_ids]
    touched = part_off(connection, handle, joins, actor, words, now, new_id)
    retired = None
    if link_ids is None and silent_before(handle.kind, rules, now) and handle.retired_at is None:
        retired = retire(connection, handle.key, f"somebody wrote: {words}", actor, now, new_id)
        touched |= {retired.customer_id, retired.successor_customer_id}
    if joins or retired is not None:
        kind = REFUSED if retired is None else CONTRADICTION
        message = f"{handle.key} says: {words}. What joined it to others was ended."
        sound(connection, new_id(), kind, handle.key, handle.customer_id, message, now)
    links = tuple(one.id for one in joins)
    return Disowned(handle.key, links, tuple(sorted(touched)), retired)


def part_off(
    connection: Connection,
    handle: AnyRow,
    joins: Collection[AnyRow],
    actor: str,
    reason: str,
    now: Micros,
    new_id: Callable[[], int],
) -> set[int]:
    """End these links of one handle, write each down, and take apart what the sides had in common.
    The customers whose view changed."""
    if not joins:
        return set()
    members = lock(connection, {handle.customer_id})
    for one in joins:
        end_link(connection, one.id, actor, reason, now)
    keys = {one.id: one.key for one in members}
    roots = derive(connection, members)
    settle(connection, list(keys), now, new_id)
    touched = {handle.customer_id, *roots.values()}
    for one in joins:
        record(connection, new_id(), now, actor, "unlink", keys[one.handle_id], {
            "link_id": str(one.id),
            "customer_id": str(one.customer_id),
            "customers": [str(each) for each in sorted(touched)],
            "reason": reason,
        })  # fmt: skip
    return touched
