"""After handles were parted: what they had in common is taken apart by who told it.

An open case in which both sides had part is left to whoever opened it, with what they told; the
others get a case of their own, and people's attention if people had it. Answers that drew on the
other side and have not left are held back, and what they answered is decided anew
(`memory.units.messages.withdrawing`). Closed cases and messages are not rewritten: reading keeps
them apart (`memory.readable.context`, `memory.readable.drawing`). Whoever calls has locked the
customers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, func, insert, literal_column, or_, select, update

from core.clock import Micros
from core.message import Author
from core.turn import CaseState
from memory.codec import dump_case, load_case
from memory.readable.drawing import drawn_of, load_drawn
from memory.tables.main import Case, Conversation, Delivery, Handle, Handoff, Message, Turn
from memory.tables.rows import table
from memory.units.messages.withdrawing import hold_back

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

PARTED = "parted"
"""The rule of a handoff for whoever had written into a case that people have and that is not
theirs."""

_STEPS = 10
"""Turns of a case that are looked at in each conversation: what somebody wants now, they said just
now, and the writer is not held up by a case that has thousands."""

_REASON = "They wrote here while they were taken for another customer, whose case people have."

_case = table(Case)
_conversation = table(Conversation)
_delivery = table(Delivery)
_handle = table(Handle)
_handoff = table(Handoff)
_message = table(Message)
_turn = table(Turn)

# Literals, so that SQLite sees that its partial index answers the question.
_unsent = or_(
    _delivery.c.status == literal_column("'pending'"),
    _delivery.c.status == literal_column("'sending'"),
)


@dataclass(frozen=True, slots=True)
class Settled:
    """Cases that were taken apart, those of the other sides, and parts that will not leave."""

    split: tuple[int, ...] = ()
    made: tuple[int, ...] = ()
    discarded: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    """One turn of a case: who wrote, where and when, what they were understood to want, and from
    whose memory beside."""

    handle_id: int
    conversation_id: int
    intent: str | None
    at: Micros
    drawn: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Sides:
    """The handles that were together: their keys, whose each is now, and the customers, one of
    whom has stood for all of them."""

    keys: Mapping[int, str]
    owner: Mapping[int, int]
    homes: frozenset[int]

    def of(self, handle_id: int) -> frozenset[int]:
        """All of them that are with this one now."""
        mine = self.owner.get(handle_id)
        return frozenset(one for one, owner in self.owner.items() if owner == mine)


@dataclass(frozen=True, slots=True)
class _Shared:
    """A case in which several sides had part, with its turns and its open handoffs."""

    row: AnyRow
    state: CaseState
    steps: Sequence[_Step]
    handoffs: Sequence[AnyRow]


def settle(
    connection: Connection,
    handle_ids: Collection[int],
    now: Micros,
    new_id: Callable[[], int],
) -> Settled:
    """Take apart what these handles, which were one customer's until now, had in common."""
    rows = connection.execute(select(_handle).where(_handle.c.id.in_(handle_ids))).all()
    sides = _Sides(
        {row.id: f"{row.kind}:{row.address}" for row in rows},
        {row.id: row.customer_id for row in rows},
        frozenset(row.home_customer_id for row in rows),
    )
    if len(set(sides.owner.values())) < 2:
        return Settled()
    split: list[int] = []
    made: list[int] = []
    for case_id in _shared_cases(connection, sides):
        split.append(case_id)
        made += _take_apart(connection, _shared(connection, case_id, sides), sides, now, new_id)
    return Settled(tuple(split), tuple(made), _discard(connection, sides, now))


def _shared_cases(connection: Connection, sides: _Sides) -> list[int]:
    """The open cases in which somebody had part who is not with whoever opened them."""
    rows = connection.execute(
        select(_case)
        .where(_case.c.handle_id.in_(sides.keys), _case.c.status.in_(("open", "handed")))
        .order_by(_case.c.id)
        .with_for_update()
    ).all()
    return [row.id for row in rows if _had_part(row, sides) - sides.of(row.handle_id)]


def _had_part(row: AnyRow, sides: _Sides) -> frozenset[int]:
    case = load_case(row.state_json)
    told = {one.handle for one in (*case.slots, case.offering) if one is not None}
    tellers = {one for one, key in sides.keys.items() if key in told}
    return (drawn_of(row.state_json) & sides.keys.keys()) | tellers


def _shared(connection: Connection, case_id: int, sides: _Sides) -> _Shared:
    # Read now: what another case held of this side may have been added to it.
    row = connection.execute(select(_case).where(_case.c.id == case_id)).one()
    steps = _steps(connection, case_id, sides)
    handoffs = connection.execute(
        select(_handoff)
        .where(_handoff.c.case_id == case_id, _handoff.c.status.in_(("waiting", "owned")))
        .order_by(_handoff.c.opened_at, _handoff.c.id)
    ).all()
    return _Shared(row, load_case(row.state_json), steps, handoffs)


def _steps(connection: Connection, case_id: int, sides: _Sides) -> list[_Step]:
    """The newest turns of the case in each conversation, oldest first."""
    places = select(_conversation.c.id).where(_conversation.c.handle_id.in_(sides.keys))
    newest_first = func.row_number().over(
        partition_by=_turn.c.conversation_id, order_by=_turn.c.id.desc()
    )
    ranked = (
        select(_turn.c.id, newest_first.label("place"))
        .where(
            or_(_turn.c.conversation_id.in_(places), _turn.c.customer_id.in_(sides.homes)),
            _turn.c.case_id == case_id,
        )
        .subquery()
    )
    turns = connection.execute(
        select(
            _turn.c.conversation_id,
            _turn.c.intent,
            _turn.c.decided_at,
            _turn.c.drawn_json,
            _turn.c.record_json,
            _conversation.c.handle_id,
        )
        .join(ranked, ranked.c.id == _turn.c.id)
        .join(_conversation, _conversation.c.id == _turn.c.conversation_id)
        .where(ranked.c.place <= _STEPS)
        .order_by(_turn.c.id)
    )
    ids = {key: one for one, key in sides.keys.items()}
    return [
        _Step(
            ids.get(orjson.loads(one.record_json).get("sender", {}).get("handle"), one.handle_id),
            one.conversation_id,
            one.intent,
            one.decided_at,
            frozenset(load_drawn(one.drawn_json)),
        )
        for one in turns
    ]


def _take_apart(
    connection: Connection,
    shared: _Shared,
    sides: _Sides,
    now: Micros,
    new_id: Callable[[], int],
) -> list[int]:
    """Leave to each side what it told. Returns the cases made for those who did not open it."""
    row, own = shared.row, sides.of(shared.row.handle_id)
    made: list[int] = []
    for side in sorted({sides.of(one) for one in sides.keys} - {own}, key=min):
        steps = [one for one in shared.steps if one.handle_id in side]
        if steps:
            case_id = _own_case(connection, shared, side, sides, steps[-1], now, new_id)
            _call_people(connection, shared, side, case_id, now, new_id)
            made.append(case_id)
    state = _left(shared, own, sides)
    connection.execute(
        update(_case)
        .where(_case.c.id == row.id)
        .values(intent=state.intent, state_json=dump_case(state, _drawn_left(shared, own)))
    )
    if row.status == "handed":
        _call_people(connection, shared, own, row.id, now, new_id)
    return made


def _left(shared: _Shared, side: frozenset[int], sides: _Sides) -> CaseState:
    """What the side told, and what it wanted in a turn that knew nothing of the others."""
    # A retired handle has the key of whoever has its address now: what both may have told is lost.
    others = {key for one, key in sides.keys.items() if one not in side}
    keys = {sides.keys[one] for one in side} - others
    alone = [one for one in shared.steps if one.handle_id in side and one.drawn <= side]
    return CaseState(
        intent=next((one.intent for one in reversed(alone) if one.intent), None),
        slots=tuple(one for one in shared.state.slots if one.handle in keys),
    )


def _drawn_left(shared: _Shared, side: frozenset[int]) -> frozenset[int]:
    return drawn_of(shared.row.state_json) & side - {shared.row.handle_id}


def _own_case(
    connection: Connection,
    shared: _Shared,
    side: frozenset[int],
    sides: _Sides,
    last: _Step,
    now: Micros,
    new_id: Callable[[], int],
) -> int:
    """The side's own open case with what it told in the shared one, which it has no part in now."""
    told = _left(shared, side, sides)
    mine = connection.execute(
        select(_case)
        .where(_case.c.handle_id.in_(side), _case.c.status.in_(("open", "handed")))
        .order_by((_case.c.status == "handed").desc(), _case.c.updated_at.desc(), _case.c.id.desc())
        .limit(1)
    ).first()
    if mine is not None:
        state = load_case(mine.state_json)
        names = {one.name for one in state.slots}
        more = tuple(one for one in told.slots if one.name not in names)
        connection.execute(
            update(_case)
            .where(_case.c.id == mine.id)
            .values(
                state_json=dump_case(
                    replace(state, slots=(*state.slots, *more)), drawn_of(mine.state_json)
                )
            )
        )
        return int(mine.id)
    case_id = new_id()
    connection.execute(
        insert(_case),
        {
            "id": case_id,
            "customer_id": sides.owner[last.handle_id],
            "handle_id": last.handle_id,
            "conversation_id": last.conversation_id,
            "status": "open",
            "intent": told.intent,
            "state_json": dump_case(told, side - {last.handle_id}),
            "opened_at": min(one.at for one in shared.steps if one.handle_id in side),
            "updated_at": now,
        },
    )
    return case_id


def _call_people(
    connection: Connection,
    shared: _Shared,
    side: frozenset[int],
    case_id: int,
    now: Micros,
    new_id: Callable[[], int],
) -> None:
    """People keep the case of the side whose they took up; whoever wrote into it since then waits
    for one of their own; for all others the bot goes on."""
    if shared.row.status != "handed":
        return
    theirs = [one.id for one in shared.handoffs if one.handle_id in side]
    since = min((one.opened_at for one in shared.handoffs), default=now)
    wrote = [one for one in shared.steps if one.handle_id in side and one.at >= since]
    if theirs:
        connection.execute(
            update(_handoff).where(_handoff.c.id.in_(theirs)).values(case_id=case_id)
        )
    elif wrote:
        like = shared.handoffs[0]
        connection.execute(
            insert(_handoff),
            {
                "id": new_id(),
                "case_id": case_id,
                "customer_id": shared.row.customer_id,
                "conversation_id": wrote[-1].conversation_id,
                "handle_id": wrote[-1].handle_id,
                "rule": PARTED,
                "reason": _REASON,
                "queue": like.queue,
                "urgency": like.urgency,
                "packet_json": "{}",
                "opened_at": now,
            },
        )
    status = "handed" if theirs or wrote else "open"
    connection.execute(update(_case).where(_case.c.id == case_id).values(status=status))


def _discard(connection: Connection, sides: _Sides, now: Micros) -> tuple[int, ...]:
    """What has not left yet and drew on the other side never leaves; what it answered is decided
    anew."""
    rows = connection.execute(
        select(_delivery.c.id, _message.c.handle_id, _message.c.extra_json)
        .join(
            _message,
            (_message.c.conversation_id == _delivery.c.conversation_id)
            & (_message.c.seq == _delivery.c.seq),
        )
        .where(
            _unsent,
            _delivery.c.handle_id.in_(sides.keys),
            _delivery.c.author != Author.CUSTOMER.value,
        )
        .order_by(_delivery.c.id)
    ).all()
    ids = tuple(
        row.id
        for row in rows
        if drawn_of(row.extra_json) & sides.keys.keys() - sides.of(row.handle_id)
    )
    return hold_back(connection, ids, now)
