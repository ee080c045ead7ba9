"""The endpoints of the memory of a customer: reading it, putting it right, taking a source back.

Each change is one unit of memory, named with its actor, and told to whoever watches. What may not
be done is answered as a conflict, in the words of the unit. No rule about facts is here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from core.clock import to_micros
from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api.calls import Call, Endpoint, parse_id
from gateway.api.identity_calls import found_or_404, now_of, tried
from gateway.api.memory_models import (
    ContextBody,
    CorrectBody,
    PromiseBody,
    RetireFactBody,
    RollBackBody,
    SettleBody,
    TellBody,
    UndoBody,
)
from gateway.api.models import Empty
from gateway.events import Event
from gateway.recall.trial import TriedContext
from memory.pages.memory import memory_page
from memory.pages.memory_views import MemoryView
from memory.previews.roll_back import TakenBack, roll_back_preview
from memory.units.identity.undoing import Undone
from memory.units.people.viewings import note_viewing
from memory.units.remembering import facts
from memory.units.remembering.facts import Changed, FactProblem
from memory.units.remembering.hand_telling import (
    FactChange,
    promise_by_hand,
    tell_by_hand,
    undo_own,
    with_way_back,
)

T = TypeVar("T")

_REFUSED = {409: "It cannot be done; the error says why."}


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What came from the source: with `dry_run` what would be taken back, the newest first, and
    whether there is `more`; otherwise how many were."""

    source: str
    dry_run: bool
    count: int
    more: bool
    facts: tuple[TakenBack, ...]


async def show_memory(call: Call) -> MemoryView:
    services, now = call.services, now_of(call)
    found = found_or_404(
        await services.store.read(memory_page, call.id("id"), now, services.rules()), "customer"
    )
    await services.store.run(note_viewing, call.actor, found.id, now, services.new_id())
    return found


async def tell(call: Call) -> FactChange:
    body, services = call.body_as(TellBody), call.services
    work = services.store.run(
        tell_by_hand,
        call.id("id"),
        body.handle,
        body.key,
        body.value,
        call.actor,
        body.because,
        now_of(call),
        services.new_id,
        verified=body.verified,
        personal=body.personal,
    )
    return _told(call, await _done(work, "body"))


async def promise(call: Call) -> FactChange:
    body, services = call.body_as(PromiseBody), call.services
    due = None if body.due_at is None else to_micros(body.due_at)
    work = services.store.run(
        promise_by_hand,
        call.id("id"),
        body.handle,
        body.text,
        due,
        call.actor,
        now_of(call),
        services.new_id,
    )
    return _told(call, await _done(work, "body"))


async def correct(call: Call) -> FactChange:
    body = call.body_as(CorrectBody)
    return await _change(call, facts.correct, body.value, call.actor, body.because)


async def retire(call: Call) -> FactChange:
    return await _change(call, facts.retire, call.actor, call.body_as(RetireFactBody).because)


async def pin(call: Call) -> FactChange:
    return await _change(call, facts.pin, True, call.actor)


async def unpin(call: Call) -> FactChange:
    return await _change(call, facts.pin, False, call.actor)


async def settle(call: Call) -> FactChange:
    return await _change(call, facts.settle_promise, call.body_as(SettleBody).kept, call.actor)


async def undo(call: Call) -> Undone:
    services = call.services
    change = parse_id(call.body_as(UndoBody).change_id, "body: change_id")
    work = services.store.run(
        undo_own, change, call.actor, now_of(call), services.new_id, services.rules()
    )
    undone = await _done(work, "body: change_id")
    for customer in undone.customers:
        _publish(call, customer, "undone")
    return undone


async def roll_back(call: Call) -> RolledBack:
    """Chunk by chunk, so that nobody else's work waits for it."""
    body, services = call.body_as(RollBackBody), call.services
    seen = await services.store.run(roll_back_preview, body.source, now_of(call), services.new_id)
    if body.dry_run:
        return RolledBack(body.source, True, len(seen.facts), seen.more, seen.facts)
    if body.because is None:
        raise Problem(
            422,
            "Taking back a source needs a reason.",
            where="body: because",
            fix="Say what is wrong with it.",
        )
    count = 0
    while some := await services.store.run(
        facts.roll_back, body.source, call.actor, body.because, now_of(call), services.new_id
    ):
        count += some
    for customer in {one.customer_id for one in seen.facts}:
        _publish(call, customer, "rolled back")
    return RolledBack(body.source, False, count, False, seen.facts)


async def try_context(call: Call) -> TriedContext:
    body, trial = call.body_as(ContextBody), call.services.trial
    if trial is None:
        raise Problem(409, "This process takes no turns.", where="path")
    found = found_or_404(
        await trial.context(call.id("id"), body.handle, body.text), "customer with this handle"
    )
    await call.services.store.run(
        note_viewing, call.actor, found.customer_id, now_of(call), call.services.new_id()
    )
    return found


async def _change(call: Call, unit: Callable[..., Changed], *given: object) -> FactChange:
    services = call.services
    work = services.store.run(
        with_way_back, unit, call.id("id"), *given, now_of(call), new_id=services.new_id
    )
    return _told(call, await _done(work, "path: id"))


async def _done(work: Awaitable[T], where: str) -> T:
    """What the work gives; what may not be done becomes a conflict, in its own words."""
    try:
        return await tried(work, where)
    except FactProblem as problem:
        words = str(problem)
        raise Problem(409, f"{words[:1].upper()}{words[1:]}.", where=where) from None


def _told(call: Call, change: FactChange) -> FactChange:
    if change.changed:
        _publish(call, change.customer_id, "changed")
    return change


def _publish(call: Call, customer: int, state: str) -> None:
    bus = call.services.bus
    if bus.listening:
        bus.publish(Event("memory", call.services.now(), customer, None, {"state": state}))


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/customers/{id}/memory",
        "What is remembered of a customer, each thing with where it came from.",
        MemoryView,
        show_memory,
        Right.SEE,
    ),
    Endpoint(
        "POST",
        "/customers/{id}/facts",
        "Tell something of a customer by hand.",
        FactChange,
        tell,
        Right.REMEMBER,
        body=TellBody,
        errors=_REFUSED,
    ),
    Endpoint(
        "POST",
        "/customers/{id}/promises",
        "Note what is promised to a customer.",
        FactChange,
        promise,
        Right.REMEMBER,
        body=PromiseBody,
        errors=_REFUSED,
    ),
    Endpoint(
        "POST",
        "/facts/{id}/correct",
        "Put the right value in the place of a wrong one, which stays in the history.",
        FactChange,
        correct,
        Right.REMEMBER,
        body=CorrectBody,
        errors=_REFUSED,
    ),
    Endpoint(
        "POST",
        "/facts/{id}/retire",
        "Take off what was wrong: it is told to nobody any more.",
        FactChange,
        retire,
        Right.REMEMBER,
        body=RetireFactBody,
        errors=_REFUSED,
    ),
    Endpoint(
        "POST",
        "/facts/{id}/pin",
        "Keep a fact loaded in every turn.",
        FactChange,
        pin,
        Right.REMEMBER,
        body=Empty,
        errors=_REFUSED,
    ),
    Endpoint(
        "POST",
        "/facts/{id}/unpin",
        "Let a fact be loaded as others are.",
        FactChange,
        unpin,
        Right.REMEMBER,
        body=Empty,
        errors=_REFUSED,
    ),
    Endpoint(
        "POST",
        "/facts/{id}/settle",
        "Say whether a promise was kept.",
        FactChange,
        settle,
        Right.REMEMBER,
        body=SettleBody,
        errors=_REFUSED,
    ),
    Endpoint(
        "POST",
        "/customers/{id}/context",
        "What a turn would be given for a message that is only imagined, and why.",
        TriedContext,
        try_context,
        Right.SEE,
        body=ContextBody,
        errors={409: "This process takes no turns."},
    ),
    Endpoint(
        "POST",
        "/memory/undo",
        "Take back a change of one's own of what is known.",
        Undone,
        undo,
        Right.REMEMBER,
        body=UndoBody,
        errors=_REFUSED,
    ),
    Endpoint(
        "POST",
        "/memory/roll-back",
        "Take back all that was learned from one source, of all customers; or only look at it.",
        RolledBack,
        roll_back,
        Right.LINK,
        body=RollBackBody,
    ),
)
