"""The endpoints of suggestions and of the block list: shown, decided, put on, taken off.

Each decision is one unit of memory, named with its actor. What may not be done is answered as a
conflict, in the words of the unit.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api.calls import Call, Endpoint
from gateway.api.identity_calls import found_or_404, heard, now_of, tell, tried
from gateway.api.models import Body, Line, Page
from memory.suggestions import SuggestionView, suggestion, suggestions
from memory.units.identity.blocking import BlockedView, BlockingProblem, block, block_list, unblock
from memory.units.identity.suggesting import Decided, SuggestionProblem, join, set_apart

T = TypeVar("T")

_DECIDED = {409: "It is decided already, or the two may not be one."}


class SuggestionQuery(Page):
    """Which suggestions."""

    status: Literal["open", "joined", "apart"] = "open"


class JoinBody(Body):
    """What else shows that they are the same, beside the reasons of the suggestion."""

    evidence: Annotated[str, Field(max_length=200)] = ""


class ApartBody(Body):
    """Why they are not the same."""

    reason: Annotated[str, Field(max_length=200)] = ""


class BlockBody(Body):
    """A handle's key, or a pattern of keys with `*`, and why it joins nobody."""

    pattern: Annotated[str, Field(min_length=1, max_length=300)]
    reason: Line


class UnblockQuery(Body):
    """The line of the list, as it stands there."""

    pattern: Annotated[str, Field(min_length=1, max_length=300)]


@dataclass(frozen=True, slots=True)
class Blocked:
    """The line, and the handles that are joined in spite of it: nothing was parted."""

    pattern: str
    blocked: bool
    joined: tuple[str, ...] = ()


async def list_suggestions(call: Call) -> list[SuggestionView]:
    query = call.query_as(SuggestionQuery)
    return await call.services.store.read(suggestions, query.status, query.limit)


async def show_suggestion(call: Call) -> SuggestionView:
    found = await call.services.store.read(suggestion, call.id("id"))
    return found_or_404(found, "suggestion")


async def join_them(call: Call) -> Decided:
    body, services = call.body_as(JoinBody), call.services
    run = services.store.run(
        join,
        call.id("id"),
        body.evidence,
        call.actor,
        now_of(call),
        services.new_id,
        services.rules(),
    )
    decided = await tried(heard(call, _worded(run, "path: id")), "path: id")
    tell(call, decided.customer_id, {"state": "merged", "suggestion_id": decided.id})
    return decided


async def set_them_apart(call: Call) -> Decided:
    body, services = call.body_as(ApartBody), call.services
    run = services.store.run(
        set_apart, call.id("id"), body.reason, call.actor, now_of(call), services.new_id
    )
    decided = await _worded(run, "path: id")
    tell(call, None, {"state": "apart", "suggestion_id": decided.id})
    return decided


async def list_blocked(call: Call) -> list[BlockedView]:
    return await call.services.store.read(block_list, call.services.rules())


async def put_on(call: Call) -> Blocked:
    body, services = call.body_as(BlockBody), call.services
    run = services.store.run(
        block, body.pattern, body.reason, call.actor, now_of(call), services.new_id()
    )
    joined = await _worded(run, "body: pattern")
    return Blocked(body.pattern.strip(), blocked=True, joined=joined)


async def take_off(call: Call) -> Blocked:
    pattern, services = call.query_as(UnblockQuery).pattern, call.services
    run = services.store.run(unblock, pattern, call.actor, now_of(call), services.new_id())
    await _worded(run, "query: pattern")
    return Blocked(pattern.strip(), blocked=False)


async def _worded(work: Awaitable[T], where: str) -> T:
    """What the work gives; what cannot be done becomes a conflict, in its own words."""
    try:
        return await work
    except (SuggestionProblem, BlockingProblem) as problem:
        words = str(problem)
        raise Problem(409, f"{words[:1].upper()}{words[1:]}.", where=where) from None


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/suggestions",
        "Who may be the same person, and why; the likeliest first.",
        list[SuggestionView],
        list_suggestions,
        Right.LINK,
        query=SuggestionQuery,
    ),
    Endpoint(
        "GET",
        "/suggestions/{id}",
        "One suggestion.",
        SuggestionView,
        show_suggestion,
        Right.LINK,
    ),
    Endpoint(
        "POST",
        "/suggestions/{id}/join",
        "They are the same: make them one customer.",
        Decided,
        join_them,
        Right.LINK,
        body=JoinBody,
        errors=_DECIDED,
    ),
    Endpoint(
        "POST",
        "/suggestions/{id}/apart",
        "They are not the same: never suggest it again.",
        Decided,
        set_them_apart,
        Right.LINK,
        body=ApartBody,
        errors=_DECIDED,
    ),
    Endpoint(
        "GET",
        "/blocked",
        "The addresses that join nobody.",
        list[BlockedView],
        list_blocked,
        Right.LINK,
    ),
    Endpoint(
        "POST",
        "/blocked",
        "Put an address, or a pattern, on the block list.",
        Blocked,
        put_on,
        Right.LINK,
        body=BlockBody,
        errors={409: "It is on the list already, or would block too much."},
    ),
    Endpoint(
        "DELETE",
        "/blocked",
        "Take it off the block list.",
        Blocked,
        take_off,
        Right.LINK,
        query=UnblockQuery,
        errors={409: "It is not on the list."},
    ),
)
