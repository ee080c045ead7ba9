"""What is left of somebody in rows that are not theirs, taken out before their own rows go.

Answers to others that drew on their memory lose their words; slots they told leave others' cases,
and things that came from them others' packets; the log of changes keeps what was done and when, and
no longer about whom. Only within `memory.units.erasing`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, delete, or_, select, update

from core.turn import CaseState
from memory.codec import dump_case, load_case
from memory.drawing import drawn_of, load_drawn
from memory.identity_tables import Alarm, Challenge, Sighting
from memory.tables import Audit, Case, Delivery, Handle, Handoff, Link, Message, Turn
from memory.units.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_alarm = table(Alarm)
_audit = table(Audit)
_case = table(Case)
_challenge = table(Challenge)
_delivery = table(Delivery)
_handle = table(Handle)
_handoff = table(Handoff)
_link = table(Link)
_message = table(Message)
_sighting = table(Sighting)
_turn = table(Turn)

_LISTS = ("slots", "facts", "exchanges")


def forget_elsewhere(
    connection: Connection, handles: Sequence[AnyRow], homes: Collection[int]
) -> Mapping[str, int]:
    """Take out all traces of these handles; rows that went, by table."""
    ids = {one.id for one in handles}
    keys = {key for one in handles for key in (one.key, f"{one.kind}:{one.address}")}
    gone: Counter[str] = Counter()
    for rows, where in (
        (_sighting, or_(_sighting.c.handle_key.in_(keys), _sighting.c.other_key.in_(keys))),
        (_challenge, _challenge.c.target_key.in_(keys)),
        (_alarm, _alarm.c.handle_key.in_(keys)),
    ):
        gone[rows.name] += connection.execute(delete(rows).where(where)).rowcount
    met, customers = _ever_joined(connection, ids, homes)
    _clear_answers(connection, ids, customers)
    _clear_cases(connection, ids, keys, met - ids)
    for one in handles:
        connection.execute(
            update(_audit)
            .where(_audit.c.subject.in_({one.key, f"{one.kind}:{one.address}"}))
            .values(subject=f"erased:{one.id}", detail_json="{}")
        )
    return +gone


def _ever_joined(
    connection: Connection, ids: Collection[int], homes: Collection[int]
) -> tuple[set[int], set[int]]:
    """Every handle and every customer that was ever joined to these, however far."""
    handles, customers = set(ids), set(homes)
    while True:
        rows = connection.execute(
            select(_link.c.handle_id, _link.c.customer_id, _handle.c.home_customer_id)
            .join(_handle, _handle.c.id == _link.c.handle_id)
            .where(or_(_link.c.handle_id.in_(handles), _link.c.customer_id.in_(customers)))
        ).all()
        known = len(handles) + len(customers)
        handles |= {row.handle_id for row in rows}
        customers |= {one for row in rows for one in (row.customer_id, row.home_customer_id)}
        if len(handles) + len(customers) == known:
            return handles, customers


def _clear_answers(connection: Connection, ids: Collection[int], customers: set[int]) -> None:
    """Answers to anybody that were made from their memory, and the records of how."""
    rows = connection.execute(
        select(_turn.c.id, _turn.c.conversation_id, _turn.c.drawn_json).where(
            _turn.c.customer_id.in_(customers), _turn.c.drawn_json.is_not(None)
        )
    ).all()
    turns = {row.id for row in rows if ids & load_drawn(row.drawn_json).keys()}
    places = {row.conversation_id for row in rows if row.id in turns}
    connection.execute(update(_turn).where(_turn.c.id.in_(turns)).values(record_json="{}"))
    connection.execute(
        update(_message)
        .where(_message.c.conversation_id.in_(places), _message.c.turn_id.in_(turns))
        .values(text="", tokens=0)
    )
    connection.execute(
        update(_delivery)
        .where(_delivery.c.conversation_id.in_(places), _delivery.c.turn_id.in_(turns))
        .values(payload_json="{}")
    )


def _clear_cases(
    connection: Connection, ids: Collection[int], keys: Collection[str], others: Collection[int]
) -> None:
    """What they told in cases of those they were taken for, open or closed, and their packets."""
    rows = connection.execute(
        select(_case.c.id, _case.c.handle_id, _case.c.state_json).where(
            _case.c.handle_id.in_(others)
        )
    ).all()
    for row in rows:
        state, drawn = load_case(row.state_json), drawn_of(row.state_json)
        slots = tuple(one for one in state.slots if one.handle not in keys)
        if drawn & set(ids):
            state = CaseState(slots=slots)
        elif len(slots) == len(state.slots):
            continue
        text = dump_case(replace(state, slots=slots), drawn - set(ids))
        connection.execute(update(_case).where(_case.c.id == row.id).values(state_json=text))
    _clear_packets(connection, ids, {row.id for row in rows})


def _clear_packets(connection: Connection, ids: Collection[int], cases: Collection[int]) -> None:
    rows = connection.execute(
        select(_handoff.c.id, _handoff.c.packet_json).where(_handoff.c.case_id.in_(cases))
    ).all()
    for row in rows:
        packet = orjson.loads(row.packet_json)
        kept = {
            name: [one for one in value if not _is_theirs(one, ids)] if name in _LISTS else value
            for name, value in packet.items()
        }
        if kept != packet:
            text = orjson.dumps(kept).decode()
            connection.execute(
                update(_handoff).where(_handoff.c.id == row.id).values(packet_json=text)
            )


def _is_theirs(one: Mapping[str, Any], ids: Collection[int]) -> bool:
    return int(one.get("handle_id", 0)) in ids or not set(ids).isdisjoint(one.get("drawn", ()))
