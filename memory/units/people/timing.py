"""What time does to a case, in one transaction: it goes to people, or is more urgent there; what
was done is marked and written down, and a word to the customer with it.

Nothing is done to a case that moved since it was looked at. Which rule is due was decided before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, insert, select, update

from core.clock import Micros
from core.turn import CaseState
from memory.codec import dump_case
from memory.readable.drawing import drawn_of
from memory.tables.main import Case, Customer, Handle, Handoff
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.messages.reaching import Letter, Written, write_letter
from memory.units.people.bare_packet import bare_packet
from memory.units.people.raising import Raise, raise_handoffs

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

ACTOR = "rules"

_case = table(Case)
_customer = table(Customer)
_handle = table(Handle)
_handoff = table(Handoff)


@dataclass(frozen=True, slots=True)
class Timed:
    """What rules make of a case. `before` is its state as it was looked at, `after` as it is to be.

    With `escalates` people get it, or find it as urgent and in the queue that are named here;
    without a `queue` it stays in its own. `reason` has the tags, too; `minutes` is how long the
    customer has waited. `letter` goes to them. `ids` are fresh ones, for the log and a handoff.
    """

    case_id: int
    handoff_id: int | None
    before: CaseState
    after: CaseState
    rules: tuple[str, ...]
    rule: str
    reason: str
    escalates: bool
    urgency: str
    queue: str
    default_queue: str
    channel: str
    minutes: int
    now: Micros
    ids: tuple[int, int]
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Acted:
    """What was done: whose case it is, its handoff if people have it, and the word to them."""

    customer_id: int
    conversation_id: int
    handoff_id: int | None
    written: Written | None


def act_in_time(connection: Connection, timed: Timed) -> Acted | None:
    """Do it, unless the case is not any more as it was looked at."""
    case = connection.execute(
        select(_case, _handle.c.customer_id.label("owner"))
        .join(_handle, _handle.c.id == _case.c.handle_id)
        .where(_case.c.id == timed.case_id)
        .with_for_update(of=_case)
    ).first()
    drawn = () if case is None else drawn_of(case.state_json)
    if case is None or case.state_json != dump_case(timed.before, drawn):
        return None
    handoff_id = timed.handoff_id
    if handoff_id is not None:
        if not raise_handoffs(connection, timed.case_id, _raised(timed)):
            return None
    elif case.status != "open":
        return None
    elif timed.escalates:
        handoff_id = timed.ids[1]
        connection.execute(insert(_handoff), _handed(connection, case, timed))
    status = "handed" if timed.escalates and case.status == "open" else case.status
    state = dump_case(timed.after, drawn)
    connection.execute(
        update(_case)
        .where(_case.c.id == case.id)
        .values(status=status, state_json=state, updated_at=timed.now)
    )
    connection.execute(
        update(_customer)
        .where(_customer.c.id == case.owner)
        .values(version=_customer.c.version + 1)
    )
    detail = {"rules": list(timed.rules), "minutes": timed.minutes, "reason": timed.reason}
    record(connection, timed.ids[0], timed.now, ACTOR, "timer", f"case:{case.id}", detail)
    written = None if timed.letter is None else write_letter(connection, timed.letter)
    return Acted(case.owner, case.conversation_id, handoff_id, written)


def _raised(timed: Timed) -> Raise:
    if not timed.escalates:
        return Raise(reason=timed.reason)
    return Raise(timed.urgency, timed.queue, timed.reason)


def _handed(connection: Connection, case: AnyRow, timed: Timed) -> dict[str, object]:
    """The handoff of a case that only we had."""
    return {
        "id": timed.ids[1],
        "case_id": case.id,
        "customer_id": case.owner,
        "conversation_id": case.conversation_id,
        "handle_id": case.handle_id,
        "rule": timed.rule,
        "reason": timed.reason,
        "queue": timed.queue or timed.default_queue,
        "urgency": timed.urgency,
        "packet_json": bare_packet(
            connection,
            case.conversation_id,
            case.handle_id,
            timed.channel,
            timed.after,
            drawn=drawn_of(case.state_json),
        ),
        "opened_at": timed.now,
    }
