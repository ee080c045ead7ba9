"""The endpoints of what was changed and has a way back, of alarms, and of what is shown just once.

Each change is one unit of memory, named with its actor. What may not be done is answered as a
conflict, in the words of the unit.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api.calls import Call, Endpoint, parse_id
from gateway.api.identity_calls import found_or_404, heard, now_of, tell, tried
from gateway.api.identity_models import AlarmsQuery, ChangesQuery
from gateway.api.models import Empty
from memory.pages import lists as pages
from memory.pages.identity import alarms
from memory.pages.identity_views import AlarmView
from memory.pages.views import AuditView
from memory.units.identity.alarms import close_alarm
from memory.units.identity.undoing import Undone, undo
from memory.units.remembering.revealing import Revealed, reveal


@dataclass(frozen=True, slots=True)
class Closed:
    """Somebody has seen to it."""

    id: int


async def list_changes(call: Call) -> list[AuditView]:
    query = call.query_as(ChangesQuery)
    before = None if query.before is None else parse_id(query.before, "query: before")
    return await call.services.store.read(
        pages.audit_log,
        query.limit,
        before,
        query.subject,
        actor=query.actor,
        action=query.action,
    )


async def undo_change(call: Call) -> Undone:
    services = call.services
    work = services.store.run(
        undo, call.id("id"), call.actor, now_of(call), services.new_id, rules=services.rules()
    )
    undone = await tried(heard(call, work), "path: id")
    for customer in undone.customers:
        tell(call, customer, {"state": "undone", "handle": undone.subject})
    return undone


async def list_alarms(call: Call) -> list[AlarmView]:
    query = call.query_as(AlarmsQuery)
    closed = query.status == "closed"
    return await call.services.store.read(alarms, closed=closed, limit=query.limit)


async def see_to_alarm(call: Call) -> Closed:
    alarm_id, services = call.id("id"), call.services
    if not await services.store.run(
        close_alarm, alarm_id, call.actor, now_of(call), services.new_id()
    ):
        raise Problem(409, "It is not open any more.", where="path: id", fix="Read the list.")
    tell(call, None, {"state": "alarm closed"})
    return Closed(alarm_id)


async def reveal_fact(call: Call) -> Revealed:
    services = call.services
    found = await services.store.run(
        reveal, call.id("id"), call.actor, now_of(call), services.new_id()
    )
    return found_or_404(found, "fact")


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/facts/{id}/reveal",
        "Show a personal fact once. It is written down who looked.",
        Revealed,
        reveal_fact,
        Right.REVEAL,
        body=Empty,
    ),
    Endpoint(
        "GET",
        "/alarms",
        "What somebody should look at, the newest first.",
        list[AlarmView],
        list_alarms,
        Right.SEE,
        query=AlarmsQuery,
    ),
    Endpoint(
        "POST",
        "/alarms/{id}/close",
        "Somebody has seen to it.",
        Closed,
        see_to_alarm,
        Right.LINK,
        body=Empty,
        errors={409: "It is not open any more."},
    ),
    Endpoint(
        "GET",
        "/changes",
        "Who changed what, the latest first.",
        list[AuditView],
        list_changes,
        Right.AUDIT,
        query=ChangesQuery,
    ),
    Endpoint(
        "POST",
        "/changes/{id}/undo",
        "Take a change of who is who back, by a new one.",
        Undone,
        undo_change,
        Right.LINK,
        body=Empty,
        errors={409: "The change cannot be taken back; the error says why."},
    ),
)
