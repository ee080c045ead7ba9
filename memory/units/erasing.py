"""Erasing a customer, or one handle: every row of theirs, and what was made of it elsewhere.

It begins by fencing whoever works on them and by freeing the address, so that whoever writes from
it meanwhile is somebody new. Then rows go, at most so many in one call, until nothing is left; a
call after a crash goes on where the last one ended. The customer's row stays, empty, so that old
ids lead somewhere, and the log keeps that it happened. What providers and backups hold is not
reached from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Table, delete, func, or_, select, update

from core.clock import Micros
from core.message import Author, DeliveryStatus
from memory.identity_tables import Alarm, Challenge, Reach, Suggestion
from memory.people_tables import Viewing
from memory.remembered_tables import Fact
from memory.tables import (
    Case,
    Conversation,
    Customer,
    Delivery,
    Handle,
    Handoff,
    Inbound,
    Link,
    Message,
    Turn,
)
from memory.units.audit import record
from memory.units.components import derive, lock
from memory.units.erasing_traces import forget_elsewhere
from memory.units.link_rows import existing_root, find_handle
from memory.units.part_ends import discarded
from memory.units.rows import table
from memory.units.settling import settle

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

ERASE = "erase"
"""The action in the audit log."""

ERASED = "erased"
"""The kind of a handle that is being erased."""

MOST = 500
"""Messages that go in one call, so that the writer is not held."""

_case = table(Case)
_conversation = table(Conversation)
_customer = table(Customer)
_delivery = table(Delivery)
_fact = table(Fact)
_handle = table(Handle)
_handoff = table(Handoff)
_inbound = table(Inbound)
_link = table(Link)
_message = table(Message)
_reach = table(Reach)
_turn = table(Turn)


@dataclass(frozen=True, slots=True)
class Erased:
    """The receipt of one call: rows that went, by table, and the references of the files that their
    messages named. Until it is `done`, the same is asked again for `customer_id`."""

    customer_id: int
    counts: Mapping[str, int]
    files: tuple[str, ...]
    done: bool


def erase(
    connection: Connection,
    who: int | str,
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
    most: int = MOST,
) -> Erased:
    """Erase a customer by id, or one handle by its key, as far as one call goes.

    A handle is parted from its customer first, who keeps the others. Raises `IdentityProblem` when
    there is none.
    """
    handles = _whose(connection, who)
    customer_id = int(handles[0].customer_id) if handles else existing_root(connection, int(who))
    counts: Counter[str] = Counter()
    fresh = [one for one in handles if one.kind != ERASED]
    if fresh:
        if isinstance(who, str):
            customer_id = _cut_off(connection, fresh[0], actor, now, new_id)
        counts.update(_begin(connection, fresh, customer_id, actor, now, new_id))
    ids = [one.id for one in handles]
    homes = {one.home_customer_id for one in handles}
    files, full = _erase_messages(connection, ids, homes, most, counts)
    if not full:
        _erase_rest(connection, ids, homes, counts)
    return Erased(customer_id, dict(sorted(counts.items())), tuple(sorted(files)), not full)


def _whose(connection: Connection, who: int | str) -> Sequence[AnyRow]:
    if isinstance(who, str):
        return [find_handle(connection, who)]
    root = existing_root(connection, who)
    query = select(_handle).where(_handle.c.customer_id == root).order_by(_handle.c.id)
    return connection.execute(query).all()


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
) -> Mapping[str, int]:
    """Free the addresses, and take out what names them anywhere."""
    lock(connection, {customer_id})
    homes = {one.home_customer_id for one in handles}
    gone = forget_elsewhere(connection, handles, homes)
    for one in handles:
        connection.execute(
            update(_handle)
            .where(_handle.c.id == one.id)
            .values(
                key=f"{ERASED}:{one.id}",
                kind=ERASED,
                address=str(one.id),
                retired_at=now,
                retired_because=ERASED,
                proved_level=0,
                proved_until=0,
            )
        )
        connection.execute(
            update(_conversation)
            .where(_conversation.c.handle_id == one.id)
            .values(key=_conversation.c.key + f"#{one.id}", correspondent=None)
        )
    connection.execute(update(_customer).where(_customer.c.id.in_(homes)).values(name=None))
    _stop(connection, [one.id for one in handles], now)
    subject, detail = f"customer:{customer_id}", {"handles": len(handles)}
    record(connection, new_id(), now, actor, ERASE, subject, detail)
    return gone


def _stop(connection: Connection, ids: Collection[int], now: Micros) -> None:
    """Nothing of theirs is answered or sent any more, while it is not gone yet."""
    connection.execute(
        update(_inbound)
        .where(_inbound.c.handle_id.in_(ids), _inbound.c.status == "new")
        .values(status="done")
    )
    unsent = (DeliveryStatus.PENDING.value, DeliveryStatus.SENDING.value)
    connection.execute(
        update(_delivery)
        .where(_delivery.c.handle_id.in_(ids), _delivery.c.status.in_(unsent))
        .values(discarded(ERASED, now))
    )


def _erase_messages(
    connection: Connection,
    ids: Collection[int],
    homes: Collection[int],
    most: int,
    counts: Counter[str],
) -> tuple[set[str], bool]:
    """Messages with what hangs on them; the files they named, and whether there may be more."""
    files: set[str] = set()
    left = most
    for place in _places(connection, ids, homes):
        rows = connection.execute(
            select(_message, _conversation.c.account)
            .join(_conversation, _conversation.c.id == _message.c.conversation_id)
            .where(_message.c.conversation_id == place, _message.c.handle_id.in_(ids))
            .order_by(_message.c.seq)
            .limit(left)
        ).all()
        if rows:
            files.update(_files(rows))
            _erase_some(connection, place, rows, counts)
        left -= len(rows)
        if left <= 0:
            return files, True
    return files, False


def _places(connection: Connection, ids: Collection[int], homes: Collection[int]) -> list[int]:
    """Every conversation in which they may have written, by what has an index."""
    own = select(_conversation.c.id).where(_conversation.c.handle_id.in_(ids))
    turned = select(_turn.c.conversation_id).where(_turn.c.customer_id.in_(homes))
    waiting = select(_inbound.c.conversation_id).where(
        _inbound.c.handle_id.in_(ids), _inbound.c.status == "new"
    )
    return sorted(connection.execute(own.union(turned, waiting)).scalars())


def _erase_some(
    connection: Connection, place: int, rows: Sequence[AnyRow], counts: Counter[str]
) -> None:
    seqs = [row.seq for row in rows]
    events = [row.event_id for row in rows if row.event_id is not None]
    own = (_inbound.c.event_id.in_(events), _inbound.c.account == rows[0].account)
    turned = connection.execute(select(_inbound.c.turn_id).where(*own)).scalars().all()
    turns = {one for one in (*turned, *(row.turn_id for row in rows)) if one is not None}
    for one, where in (
        (_delivery, (_delivery.c.conversation_id == place, _delivery.c.seq.in_(seqs))),
        (_reach, (_reach.c.conversation_id == place, _reach.c.seq.in_(seqs))),
        (_inbound, own),
        (_turn, (_turn.c.id.in_(turns),)),
        (_message, (_message.c.conversation_id == place, _message.c.seq.in_(seqs))),
    ):
        _delete(connection, one, where, counts)


def _erase_rest(
    connection: Connection, ids: Collection[int], homes: Collection[int], counts: Counter[str]
) -> None:
    """All but messages, which are gone by now; the handles last."""
    cases = select(_case.c.id).where(_case.c.handle_id.in_(ids))
    places = list(
        connection.execute(
            select(_conversation.c.id).where(_conversation.c.handle_id.in_(ids))
        ).scalars()
    )
    kept = _give_away(connection, places)
    gone = [one for one in places if one not in kept]
    challenge, viewing = table(Challenge), table(Viewing)
    alarm, suggestion = table(Alarm), table(Suggestion)
    for one, where in (
        (_handoff, or_(_handoff.c.case_id.in_(cases), _handoff.c.conversation_id.in_(gone))),
        (_case, _case.c.handle_id.in_(ids)),
        (_fact, _fact.c.handle_id.in_(ids)),
        (_turn, _turn.c.conversation_id.in_(gone)),
        (challenge, challenge.c.asker_handle_id.in_(ids)),
        (alarm, alarm.c.customer_id.in_(homes)),
        (suggestion, or_(suggestion.c.one_id.in_(homes), suggestion.c.other_id.in_(homes))),
        (viewing, viewing.c.customer_id.in_(homes)),
        (_link, or_(_link.c.handle_id.in_(ids), _link.c.customer_id.in_(homes))),
        (_conversation, _conversation.c.id.in_(gone)),
        (_handle, _handle.c.id.in_(ids)),
    ):
        _delete(connection, one, (where,), counts)


def _give_away(connection: Connection, places: Collection[int]) -> frozenset[int]:
    """Conversations in which others wrote stay, as theirs."""
    kept: set[int] = set()
    for place in places:
        other = connection.execute(
            select(_message.c.handle_id, func.coalesce(_inbound.c.reply_address_json, "{}"))
            .join(_conversation, _conversation.c.id == _message.c.conversation_id)
            .outerjoin(
                _inbound,
                (_inbound.c.event_id == _message.c.event_id)
                & (_inbound.c.account == _conversation.c.account),
            )
            .where(_message.c.conversation_id == place, _message.c.author == Author.CUSTOMER.value)
            .order_by(_message.c.seq.desc())
            .limit(1)
        ).first()
        if other is not None:
            kept.add(place)
            connection.execute(
                update(_conversation)
                .where(_conversation.c.id == place)
                .values(handle_id=other[0], reply_address_json=other[1])
            )
    return frozenset(kept)


def _delete(
    connection: Connection, one: Table, where: Iterable[ColumnElement[bool]], counts: Counter[str]
) -> None:
    gone = connection.execute(delete(one).where(*where)).rowcount
    if gone:
        counts[one.name] += gone


def _files(rows: Iterable[AnyRow]) -> set[str]:
    """References of what came with the messages, and of their originals."""
    found: set[str] = set()
    for row in rows:
        if row.extra_json is None:
            continue
        extra = orjson.loads(row.extra_json)
        found.update(one["reference"] for one in extra.get("attachments", ()))
        found.update(extra.get("original", {}).values())
    return found
