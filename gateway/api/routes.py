"""The endpoints that read, and the table of all of them.

A handler reads through `memory.pages.lists` and answers with data of memory, shaped by the API;
changes are in `gateway.api.changes`. No rule about customers is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from core.clock import to_micros
from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api import account as api_account
from gateway.api import audit as api_audit
from gateway.api import changes as api_changes
from gateway.api import erasing as api_erasing
from gateway.api import exporting as api_exporting
from gateway.api import files as api_files
from gateway.api import history as api_history
from gateway.api import identities as api_identities
from gateway.api import imports as api_imports
from gateway.api import memory as api_memory
from gateway.api import people as api_people
from gateway.api import playbook as api_playbook
from gateway.api import provision as api_provision
from gateway.api import render as api_render
from gateway.api import rules as api_rules
from gateway.api import suggestions as api_suggestions
from gateway.api.calls import Call, Endpoint
from gateway.api.models import Page, QueueQuery, Search, TimelineQuery
from gateway.api.render import carries_files
from gateway.turns.trace import Step, tell_turn
from memory.pages import lists as pages
from memory.pages.customer import customer_page, root_of, timeline
from memory.pages.thread_place import end_of_stretch
from memory.pages.views import (
    ConversationView,
    CustomerRow,
    CustomerView,
    HandoffView,
    Letter,
    TimelineView,
    TurnView,
)
from memory.units.people.viewings import note_viewing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TurnExplained:
    """One turn: the seven steps in sentences, and everything that was recorded."""

    id: int
    at: datetime
    customer_id: int
    conversation_id: int
    steps: list[Step]
    record: TurnView


@dataclass(frozen=True, slots=True)
class ChannelView:
    """One account of a channel, and what an answer there can carry."""

    account: str
    title: str
    carries_files: bool


async def list_channels(call: Call) -> list[ChannelView]:
    return [
        ChannelView(account, spec.title, carries_files(call.services.renderers[account]))
        for account, spec in sorted(call.services.specs.items())
    ]


async def list_conversations(call: Call) -> list[ConversationView]:
    return await call.services.store.read(pages.conversations, call.query_as(Page).limit)


async def show_conversation(call: Call) -> ConversationView:
    found = await call.services.store.read(pages.conversation_page, call.id("id"))
    return _found(found, "conversation")


async def list_customers(call: Call) -> list[CustomerRow]:
    query = call.query_as(Search)
    return await call.services.store.read(pages.customers, query.q, query.limit)


async def show_customer(call: Call) -> CustomerView:
    services = call.services
    now = to_micros(services.now())
    found = _found(
        await services.store.read(customer_page, call.id("id"), now, services.rules()), "customer"
    )
    await services.store.run(note_viewing, call.actor, found.id, now, services.new_id())
    return found


async def show_timeline(call: Call) -> list[TimelineView]:
    services, query = call.services, call.query_as(TimelineQuery)
    root = _found(await services.store.read(root_of, call.id("id")), "customer")
    now = to_micros(services.now())
    await services.store.run(note_viewing, call.actor, root, now, services.new_id())
    end = None
    if query.around is not None:
        end = await services.store.read(end_of_stretch, root, query.around)
    return await services.store.read(timeline, root, query.limit, end)


async def list_handoffs(call: Call) -> list[HandoffView]:
    query = call.query_as(QueueQuery)
    closed, now = query.status == "closed", to_micros(call.services.now())
    return await call.services.store.read(pages.queue, now, closed=closed, limit=query.limit)


async def show_handoff(call: Call) -> HandoffView:
    now = to_micros(call.services.now())
    found = await call.services.store.read(pages.handoff_page, call.id("id"), now)
    return _found(found, "handoff")


async def explain_turn(call: Call) -> TurnExplained:
    turn = _found(await call.services.store.read(pages.turn_page, call.id("id")), "turn")
    return TurnExplained(
        turn.id, turn.at, turn.customer_id, turn.conversation_id, tell_turn(turn), turn
    )


async def list_dead_letters(call: Call) -> list[Letter]:
    return await call.services.store.read(pages.dead_letters, call.query_as(Page).limit)


def _found(one: T | None, what: str) -> T:
    if one is None:
        raise Problem(404, f"There is no {what} with this id.", where="path: id")
    return one


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/channels",
        "The channel accounts, and what an answer there can carry.",
        list[ChannelView],
        list_channels,
        Right.CHANNELS,
    ),
    Endpoint(
        "GET",
        "/conversations",
        "The conversations, the latest first.",
        list[ConversationView],
        list_conversations,
        Right.SEE,
        query=Page,
    ),
    Endpoint(
        "GET",
        "/conversations/{id}",
        "One conversation.",
        ConversationView,
        show_conversation,
        Right.SEE,
    ),
    Endpoint(
        "GET",
        "/customers",
        "Find customers by name or handle.",
        list[CustomerRow],
        list_customers,
        Right.SEE,
        query=Search,
    ),
    Endpoint(
        "GET",
        "/customers/{id}",
        "One customer: handles with evidence, facts, cases.",
        CustomerView,
        show_customer,
        Right.SEE,
    ),
    Endpoint(
        "GET",
        "/customers/{id}/timeline",
        "What was said, on all channels, oldest first.",
        list[TimelineView],
        show_timeline,
        Right.SEE,
        query=TimelineQuery,
    ),
    Endpoint(
        "GET",
        "/handoffs",
        "Cases in human hands, in the order to take them.",
        list[HandoffView],
        list_handoffs,
        Right.SEE,
        query=QueueQuery,
    ),
    Endpoint(
        "GET",
        "/handoffs/{id}",
        "One case in human hands.",
        HandoffView,
        show_handoff,
        Right.SEE,
    ),
    Endpoint(
        "GET",
        "/turns/{id}",
        "Why one answer was given, step by step.",
        TurnExplained,
        explain_turn,
        Right.SEE,
    ),
    Endpoint(
        "GET",
        "/dead-letters",
        "What could not be handled or delivered.",
        list[Letter],
        list_dead_letters,
        Right.OPERATE,
        query=Page,
    ),
    *api_files.ENDPOINTS,
    *api_render.ENDPOINTS,
    *api_changes.ENDPOINTS,
    *api_identities.ENDPOINTS,
    *api_memory.ENDPOINTS,
    *api_erasing.ENDPOINTS,
    *api_exporting.ENDPOINTS,
    *api_audit.ENDPOINTS,
    *api_account.ENDPOINTS,
    *api_people.ENDPOINTS,
    *api_rules.ENDPOINTS,
    *api_playbook.ENDPOINTS,
    *api_suggestions.ENDPOINTS,
    *api_imports.ENDPOINTS,
    *api_history.ENDPOINTS,
    *api_provision.ENDPOINTS,
)
