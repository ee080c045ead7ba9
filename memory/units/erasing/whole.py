"""Erasing a customer, or one handle: every row of theirs, and what was made of it elsewhere.

It begins by fencing whoever works on them and by freeing the address, so that whoever writes from
it meanwhile is somebody new. Then traces in rows of others and their own rows go, step by step, at
most so many in one call, until nothing is left; a call after a crash goes on where the last one
ended. The customer's row stays, empty, so that old ids lead somewhere, and the log keeps that it
happened, with how many rows went. Which tables there are is said in `memory.tables.holdings`; what
providers and backups hold is not reached from here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Connection, func, or_, select, tuple_, update

from core.clock import Micros
from core.message import DeliveryStatus
from memory.tables.main import Conversation, Customer, Delivery, Handle, Inbound, Link, Message
from memory.tables.rows import table
from memory.units.erasing.log import (
    ERASE,
    add_to_receipt,
    begin_receipt,
    clear_log,
    close_receipt,
)
from memory.units.erasing.rows import erase_messages, erase_places, erase_rest, erase_some
from memory.units.erasing.traces import (
    clear_answers,
    clear_cases,
    clear_derived,
    clear_turns,
    forget_addresses,
)
from memory.units.erasing.whom import ERASED, AnyRow, Work
from memory.units.identity.components import derive, lock
from memory.units.identity.link_rows import existing_root, find_handle
from memory.units.identity.settling import settle
from memory.units.messages.part_ends import discarded

__all__ = ["ERASE", "ERASED", "START", "Erased", "Place", "close_receipt", "erase"]

MOST = 150
"""What goes in one call, so that the writer is not held: a row is one, or a message with all that
hangs on it."""

Place: TypeAlias = tuple[int, int]
"""Where an erasure goes on: at which step, and after which row."""

START: Place = (-1, 0)
"""Nothing is done yet, or nobody knows how far it came."""

_conversation = table(Conversation)
_customer = table(Customer)
_delivery = table(Delivery)
_handle = table(Handle)
_inbound = table(Inbound)
_link = table(Link)
_message = table(Message)


@dataclass(frozen=True, slots=True)
class Erased:
    """The receipt of one call. `counts` are rows that went in it, or lost their words, by table,
    `rows` those of all calls so far, and `files` the references of files that their messages named
    and that are still to be looked after. Until it is `done`, the same is asked again for
    `customer_id`, from `at` on."""

    customer_id: int
    counts: Mapping[str, int]
    rows: Mapping[str, int]
    files: tuple[str, ...]
    done: bool
    at: Place


def erase(
    connection: Connection,
    who: int | str,
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
    most: int = MOST,
    at: Place = START,
) -> Erased:
    """Erase a customer by id, or one handle by its key, as far as one call goes.

    A handle is parted from its customer first, who keeps the others. Raises `IdentityProblem` when
    there is none.
    """
    handles = _whose(connection, who)
    customer_id = int(handles[0].customer_id) if handles else existing_root(connection, int(who))
    if at == START and (fresh := [one for one in handles if one.kind != ERASED]):
        if isinstance(who, str):
            customer_id = _cut_off(connection, fresh[0], actor, now, new_id)
        waiting = _begin(connection, fresh, customer_id, actor, now, new_id)
        handles = _rows(connection, [one.id for one in handles])
    else:
        # Who was joined to them since it began is somebody else.
        handles, waiting = [one for one in handles if one.kind == ERASED], ()
    work = Work(connection, handles, customer_id, most)
    for place in sorted({one.conversation_id for one in waiting}):
        here = [one for one in waiting if one.conversation_id == place]
        erase_some(work, place, here[0].account, here)
    step, after = max(0, at[0]), at[1]
    while step < len(_STEPS) and work.left > 0:
        more = _STEPS[step](work, after)
        step, after = (step + 1, 0) if more is None else (step, more)
    done = step == len(_STEPS)
    rows, files = add_to_receipt(connection, customer_id, work.counts, work.files, done=done)
    counts = dict(sorted(work.counts.items()))
    return Erased(customer_id, counts, rows, files, done, (step, after))


def _whose(connection: Connection, who: int | str) -> Sequence[AnyRow]:
    if isinstance(who, str):
        return [find_handle(connection, who)]
    root = existing_root(connection, who)
    query = select(_handle).where(_handle.c.customer_id == root).order_by(_handle.c.id)
    return connection.execute(query).all()


def _rows(connection: Connection, ids: Collection[int]) -> Sequence[AnyRow]:
    return connection.execute(
        select(_handle).where(_handle.c.id.in_(ids)).order_by(_handle.c.id)
    ).all()


def _cut_off(
    connection: Connection, handle: AnyRow, actor: str, now: Micros, new_id: Callable[[], int]
) -> int:
    """End every link of the handle and of others with it; the customer it is alone."""
    members = lock(connection, {handle.customer_id})
    connection.execute(
        update(_link)
        .where(
            or_(_link.c.handle_id == handle.id, _link.c.customer_id == handle.home_customer_id),
            _link.c.ended_at.is_(None),
        )
        .values(ended_at=now, ended_by=actor, end_reason=ERASE)
    )
    roots = derive(connection, members)
    settle(connection, [one.id for one in members], now, new_id)
    return roots[handle.id]


def _begin(
    connection: Connection,
    handles: Sequence[AnyRow],
    customer_id: int,
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
) -> Sequence[AnyRow]:
    """Free the addresses, and stop what is under way; the messages that were still waiting."""
    lock(connection, {customer_id})
    for one in handles:
        connection.execute(
            update(_handle)
            .where(_handle.c.id == one.id)
            .values(
                key=f"{ERASED}:{one.id}",
                kind=ERASED,
                # As it is in use, until no trace of it is left anywhere.
                address=f"{one.kind}:{one.address}",
                retired_at=func.coalesce(_handle.c.retired_at, now),
                retired_because=ERASED,
                proved_level=0,
                proved_until=0,
            )
        )
    homes = {one.home_customer_id for one in handles}
    connection.execute(update(_customer).where(_customer.c.id.in_(homes)).values(name=None))
    begin_receipt(connection, customer_id, len(handles), actor, now, new_id())
    return _stop(connection, [one.id for one in handles], now)


def _stop(connection: Connection, ids: Collection[int], now: Micros) -> Sequence[AnyRow]:
    """Nothing of theirs is answered or sent any more. What waited for an answer, perhaps among
    others, is given back: no index finds it later."""
    waiting = (_inbound.c.handle_id.in_(ids), _inbound.c.status == "new")
    places = connection.execute(
        select(_inbound.c.conversation_id, _inbound.c.seq).where(*waiting)
    ).all()
    connection.execute(update(_inbound).where(*waiting).values(status="done"))
    unsent = (DeliveryStatus.PENDING.value, DeliveryStatus.SENDING.value)
    connection.execute(
        update(_delivery)
        .where(_delivery.c.handle_id.in_(ids), _delivery.c.status.in_(unsent))
        .values(discarded(ERASED, now))
    )
    if not places:
        return ()
    return connection.execute(
        select(_message, _conversation.c.account)
        .join(_conversation, _conversation.c.id == _message.c.conversation_id)
        .where(
            tuple_(_message.c.conversation_id, _message.c.seq).in_([tuple(one) for one in places]),
            _message.c.handle_id.in_(ids),
        )
    ).all()


def _free_threads(work: Work, _after: int) -> int | None:
    """What is written in their conversations from now on begins others."""
    for one in work.handles:
        suffix = f"#{one.id}"
        mine = (_conversation.c.handle_id == one.id, ~_conversation.c.key.endswith(suffix))
        some = select(_conversation.c.id).where(*mine).limit(max(0, work.left))
        freed = work.connection.execute(
            update(_conversation)
            .where(_conversation.c.id.in_(some))
            .values(key=_conversation.c.key + suffix, correspondent=None)
        ).rowcount
        work.left -= freed
        if work.left <= 0:
            return 0
    return None


def _forget_keys(work: Work, _after: int) -> int | None:
    """No trace is left to be looked for."""
    for life in work.lives:
        work.connection.execute(
            update(_handle).where(_handle.c.id == life.id).values(address=str(life.id))
        )
    return None


_STEPS: tuple[Callable[[Work, int], int | None], ...] = (
    _free_threads,
    forget_addresses,
    clear_turns,
    clear_answers,
    clear_cases,
    clear_derived,
    clear_log,
    _forget_keys,
    erase_messages,
    erase_places,
    erase_rest,
)
