"""The endpoint by which a console says that a person has a case before them, reading or writing.

It is shown to the customer where the channel can, and forgotten there unless it is said again. It
is never stored: nothing may depend on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from core.clock import to_micros
from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api.calls import Call, Endpoint
from gateway.api.models import Body
from memory.pages.lists import handoff_page
from memory.resume import place_of


class Doing(StrEnum):
    """What a person does with a case."""

    READING = "reading"
    TYPING = "typing"
    AWAY = "away"


class Presence(Body):
    """What a person does with a case at the moment."""

    doing: Doing = Field(description="Say it again every ten seconds; it is forgotten after 30.")


@dataclass(frozen=True, slots=True)
class Shown:
    """Whether it was passed on to the customer's open chat."""

    shown: bool


async def be_present(call: Call) -> Shown:
    services = call.services
    now = to_micros(services.now())
    handoff = await services.store.read(handoff_page, call.id("id"), now)
    if handoff is None:
        raise Problem(404, "There is no handoff with this id.", where="path: id")
    place = await services.store.read(place_of, handoff.conversation_id)
    if handoff.status == "closed" or place is None:
        return Shown(False)
    return Shown(services.show_presence(*place, call.body_as(Presence).doing.value))


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/handoffs/{id}/presence",
        "Show the customer that a person reads or writes.",
        Shown,
        be_present,
        Right.ANSWER,
        body=Presence,
    ),
)
