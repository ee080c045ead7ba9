"""Answers that must not leave, since they drew on somebody else's memory: they are held back, and
what they answered waits for a turn again.

Nobody is answered twice: a message is decided anew only when it is certain that nothing of its
answer has left. Of a part that a worker may be sending just now that is known once its outcome is;
until then its `code` says so, and whoever holds it, or finds it left behind, settles it
(`memory.units.messages.deliveries`). Order is kept: what the bot said behind it there is held back
as well. Nothing here decides who may read whom.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, or_, select, tuple_, update

from core.clock import Micros
from core.message import DeliveryStatus
from memory.readable.drawing import WITHDRAWN
from memory.tables.main import (
    Case,
    Conversation,
    Customer,
    Delivery,
    Handle,
    Inbound,
    Message,
    Turn,
)
from memory.tables.rows import table
from memory.units.messages.part_ends import discarded

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

DISCARDED = "It drew on the memory of somebody who is another customer."
BEHIND = "The message before it is answered anew, and so is its own."
"""Why a part does not leave, for a person."""

UNSENT = "unsent"
"""The code of a part that was discarded with its address before anybody began to send it."""

ANEW = "It was not sent, and its messages were decided anew."
"""Why a turn said nothing in the end, for a person."""

_case = table(Case)
_conversation = table(Conversation)
_customer = table(Customer)
_delivery = table(Delivery)
_handle = table(Handle)
_inbound = table(Inbound)
_message = table(Message)
_turn = table(Turn)

_unsent = or_(
    _delivery.c.status == DeliveryStatus.PENDING.value,
    _delivery.c.status == DeliveryStatus.SENDING.value,
)
_columns = (
    _delivery.c.id,
    _delivery.c.conversation_id,
    _delivery.c.seq,
    _delivery.c.turn_id,
    _delivery.c.status,
    _delivery.c.ambiguous,
    _delivery.c.claimed_until,
)


def hold_back(
    connection: Connection, delivery_ids: Collection[int], now: Micros
) -> tuple[int, ...]:
    """These parts never leave, nor do the bot's answers behind them. All that are held back."""
    if not delivery_ids:
        return ()
    query = select(*_columns).where(_delivery.c.id.in_(delivery_ids)).order_by(_delivery.c.id)
    rows = connection.execute(query).all()
    return _hold_back(connection, rows, DISCARDED, now) + _hold_back_behind(connection, rows, now)


def answer_after_all(connection: Connection, handle_id: int) -> None:
    """The address is whose it was: what the parts that were discarded with it answered is decided
    anew, as far as it is certain that nothing of them has left."""
    own = select(_conversation.c.id).where(_conversation.c.handle_id == handle_id)
    # By the conversation, for which there is an index.
    unsent = _delivery.c.conversation_id.in_(own) & (_delivery.c.code == UNSENT)
    rows = connection.execute(select(*_columns).where(unsent).order_by(_delivery.c.id)).all()
    connection.execute(update(_delivery).where(unsent).values(code=None))
    for one in rows:
        if not one.ambiguous:
            _decide_anew(connection, one)


def settle_doubt(connection: Connection, delivery_id: int, now: Micros, *, left: bool) -> None:
    """It is known what became of a part that was held back while it was on its way. What it
    answered is decided anew unless it has left, or may have."""
    doubtful = (_delivery.c.id == delivery_id) & (_delivery.c.code == WITHDRAWN)
    row = connection.execute(select(*_columns).where(doubtful)).first()
    if row is None:
        return
    connection.execute(update(_delivery).where(doubtful).values(code=None))
    if not left:
        _hold_back_behind(connection, [row], now)
        _decide_anew(connection, row)


def _hold_back(
    connection: Connection, rows: Sequence[AnyRow], reason: str, now: Micros
) -> tuple[int, ...]:
    for doubt in (False, True):
        ids = [one.id for one in rows if _is_in_doubt(one, now) is doubt]
        if ids:
            connection.execute(
                update(_delivery)
                .where(_delivery.c.id.in_(ids))
                .values(**discarded(reason, now), code=WITHDRAWN if doubt else None)
            )
    for one in rows:
        if not _is_in_doubt(one, now):
            _decide_anew(connection, one)
    return tuple(one.id for one in rows)


def _is_in_doubt(row: AnyRow, now: Micros) -> bool:
    """Whether it may have left, or a worker that holds it may be about to send it."""
    sending = row.status == DeliveryStatus.SENDING.value
    return sending or bool(row.ambiguous) or row.claimed_until > now


def _hold_back_behind(
    connection: Connection, rows: Sequence[AnyRow], now: Micros
) -> tuple[int, ...]:
    first: dict[int, int] = {}
    for row in rows:
        if row.turn_id is not None:
            first.setdefault(row.conversation_id, row.id)
    behind: list[AnyRow] = []
    for conversation_id, delivery_id in first.items():
        behind += connection.execute(
            select(*_columns)
            .where(
                _unsent,
                _delivery.c.conversation_id == conversation_id,
                _delivery.c.id > delivery_id,
                _delivery.c.turn_id.is_not(None),
            )
            .order_by(_delivery.c.id)
        ).all()
    return _hold_back(connection, behind, BEHIND, now)


def _decide_anew(connection: Connection, part: AnyRow) -> None:
    """The messages that the part's turn answered wait again, unless people answer them."""
    if part.turn_id is None:
        return
    waiting = _answered_by(connection, part.turn_id)
    if not waiting or _people_answer(connection, waiting[0].customer_id):
        return
    connection.execute(
        update(_inbound)
        .where(_inbound.c.id.in_([one.id for one in waiting]))
        .values(status="new", turn_id=None)
    )
    connection.execute(update(_turn).where(_turn.c.id == part.turn_id).values(silent=ANEW))
    _mark_withdrawn(connection, part.conversation_id, part.seq)
    # What is remembered of them counts these messages as answered.
    connection.execute(
        update(_customer)
        .where(_customer.c.id == waiting[0].customer_id)
        .values(version=_customer.c.version + 1)
    )


def _answered_by(connection: Connection, turn_id: int) -> Sequence[AnyRow]:
    """The messages this turn answered, with whose they are now. Found by the ids of their events,
    for by its turn no message is indexed."""
    record = connection.execute(select(_turn.c.record_json).where(_turn.c.id == turn_id)).scalar()
    named = orjson.loads(record or "{}").get("messages", ())
    places = [tuple(int(part) for part in one.split("-")) for one in named]
    if not places:
        return ()
    events = connection.execute(
        select(_message.c.event_id, _conversation.c.account)
        .join(_conversation, _conversation.c.id == _message.c.conversation_id)
        .where(
            tuple_(_message.c.conversation_id, _message.c.seq).in_(places),
            _message.c.event_id.is_not(None),
        )
    ).all()
    if not events:
        return ()
    return connection.execute(
        select(_inbound.c.id, _handle.c.customer_id)
        .join(_handle, _handle.c.id == _inbound.c.handle_id)
        .where(
            _inbound.c.event_id.in_([one.event_id for one in events]),
            _inbound.c.account == events[0].account,
            _inbound.c.turn_id == turn_id,
            _inbound.c.status == "done",
        )
    ).all()


def _people_answer(connection: Connection, customer_id: int) -> bool:
    query = (
        select(_case.c.id)
        .join(_handle, _handle.c.id == _case.c.handle_id)
        .where(_handle.c.customer_id == customer_id, _case.c.status == "handed")
    )
    return connection.execute(query.limit(1)).first() is not None


def _mark_withdrawn(connection: Connection, conversation_id: int, seq: int) -> None:
    """Nobody has read it, so that nobody may be taken to remember it."""
    place = (_message.c.conversation_id == conversation_id) & (_message.c.seq == seq)
    found = connection.execute(select(_message.c.extra_json).where(place)).first()
    if found is not None:
        extra = orjson.loads(found.extra_json or "{}")
        text = orjson.dumps({**extra, "withdrawn": True}).decode()
        connection.execute(update(_message).where(place).values(extra_json=text))
