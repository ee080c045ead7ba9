"""What the endpoints of who is who share: the moment, what is not there, what may not be, the news.

It turns what memory says into what the API answers, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from core.clock import Micros, to_micros
from gateway.access.gate import Problem
from gateway.api.calls import Call
from gateway.events import Event
from memory.units.identity.alarms import sound_refusal
from memory.units.identity.linking import IdentityProblem
from memory.units.identity.undoing import CannotUndo

T = TypeVar("T")


async def tried(work: Awaitable[T], where: str) -> T:
    """What the work gives; what may not be done becomes a conflict, in its own words."""
    try:
        return await work
    except (IdentityProblem, CannotUndo) as problem:
        words = str(problem)
        raise Problem(409, f"{words[:1].upper()}{words[1:]}.", where=where) from None


async def heard(call: Call, work: Awaitable[T]) -> T:
    """What the work gives; a join that may not be is told to people too. Raises what it raises."""
    try:
        return await work
    except (IdentityProblem, CannotUndo) as problem:
        services = call.services
        await services.store.run(
            sound_refusal, problem, call.actor, now_of(call), services.new_id()
        )
        raise


def now_of(call: Call) -> Micros:
    """The moment of the call."""
    return to_micros(call.services.now())


def found_or_404(one: T | None, what: str) -> T:
    """The one that was asked for. Raises `Problem` when there is none."""
    if one is None:
        raise Problem(404, f"There is no {what} with this id.", where="path: id")
    return one


def tell(call: Call, customer: int | None, data: dict[str, object]) -> None:
    """Tell whoever watches that who is who has changed, without saying how."""
    bus = call.services.bus
    if bus.listening:
        bus.publish(Event("identity", call.services.now(), customer, None, data))
