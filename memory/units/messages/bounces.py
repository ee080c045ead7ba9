"""A reply of the bot's that came back: the address is dead, so people have to find another way.

Their case goes to people unless they have something of this sender already. What an agent sent and
what was only opted out of opens nothing: whoever sent it sees it, and silence was asked for.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, insert, select, update

from core.clock import Micros
from core.message import Author
from core.turn import CaseState
from memory.tables.main import Case, Customer, Delivery, Handle, Handoff, Turn
from memory.tables.rows import table
from memory.units.people import asides
from memory.units.people.bare_packet import bare_packet

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

RULE = "unreachable"

_case = table(Case)
_customer = table(Customer)
_delivery = table(Delivery)
_handle = table(Handle)
_handoff = table(Handoff)
_turn = table(Turn)


def call_people(
    connection: Connection, delivery_id: int, why: str | None, now: Micros, ids: tuple[int, int]
) -> bool:
    """Hand the case of a part that came back to people; whether that was needed.

    `ids` are fresh ids for a case and a handoff.
    """
    part = connection.execute(
        select(_delivery, _handle.c.customer_id, _turn.c.case_id)
        .join(_handle, _handle.c.id == _delivery.c.handle_id)
        .outerjoin(_turn, _turn.c.id == _delivery.c.turn_id)
        .where(_delivery.c.id == delivery_id)
    ).one()
    if part.author != Author.BOT.value or _people_have(connection, part.handle_id):
        return False
    case_id, case = _hand_over(connection, part, now, ids[0])
    connection.execute(
        insert(_handoff),
        {
            "id": ids[1],
            "case_id": case_id,
            "customer_id": part.customer_id,
            "conversation_id": part.conversation_id,
            "handle_id": part.handle_id,
            "turn_id": part.turn_id,
            "rule": RULE,
            "reason": f"The address cannot be reached. {why or ''}".strip(),
            "queue": "general",
            "urgency": "normal",
            "packet_json": bare_packet(
                connection,
                part.conversation_id,
                part.handle_id,
                part.channel,
                case,
                up_to=part.seq,
            ),
            "opened_at": now,
        },
    )
    connection.execute(
        update(_customer)
        .where(_customer.c.id == part.customer_id)
        .values(version=_customer.c.version + 1)
    )
    return True


def _people_have(connection: Connection, handle_id: int) -> bool:
    query = select(_handoff.c.id).where(
        _handoff.c.handle_id == handle_id,
        _handoff.c.status.in_(("waiting", "owned")),
        _handoff.c.rule != asides.RULE,
    )
    return connection.execute(query.limit(1)).first() is not None


def _hand_over(
    connection: Connection, part: AnyRow, now: Micros, fresh: int
) -> tuple[int, CaseState]:
    """The case the part belongs to, which people have now, with its matter; a new one when it is
    over."""
    case = connection.execute(
        select(_case.c.id, _case.c.intent).where(
            _case.c.id == part.case_id, _case.c.status.in_(("open", "handed"))
        )
    ).first()
    if case is not None:
        connection.execute(
            update(_case).where(_case.c.id == case.id).values(status="handed", updated_at=now)
        )
        return case.id, CaseState(intent=case.intent)
    connection.execute(
        insert(_case),
        {
            "id": fresh,
            "customer_id": part.customer_id,
            "handle_id": part.handle_id,
            "conversation_id": part.conversation_id,
            "status": "handed",
            "state_json": "{}",
            "opened_at": now,
            "updated_at": now,
        },
    )
    return fresh, CaseState()
