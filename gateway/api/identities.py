"""The endpoints of who is who: the graph, and merging and parting with a look before.

Each change is one unit of memory, named with its actor, and told to whoever watches. What may not
be done is answered as a conflict, in the words of the unit. No rule about customers is here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from core.clock import Micros
from core.message import Assurance
from gateway.access.roles import Right
from gateway.api.calls import Call, Endpoint, parse_id
from gateway.api.identity_calls import found_or_404, heard, now_of, tell, tried
from gateway.api.identity_models import (
    GraphQuery,
    MergeBody,
    PreviewQuery,
    RetireBody,
    SharedBody,
    UnmergeBody,
    UnmergeQuery,
)
from gateway.api.models import LinkBody, UnlinkBody
from memory.pages.identity import graph, handle_key
from memory.pages.identity_views import GraphView, MergePreview, UnmergePreview
from memory.pages.parting_report import SawWhat, who_saw_what
from memory.previews.rehearsals import merge_preview, unmerge_preview
from memory.units.identity import linking as identity
from memory.units.identity.handles import mark_shared
from memory.units.identity.linking import Changed
from memory.units.identity.parting import part
from memory.units.identity.retiring import Retired, pass_on

T = TypeVar("T")

_NOT_ONE = {409: "The two cannot be one customer."}


@dataclass(frozen=True, slots=True)
class UnmergeReport:
    """Who there would be, and who saw what of the other side so far."""

    preview: UnmergePreview
    seen: SawWhat | None


@dataclass(frozen=True, slots=True)
class Unmerged:
    """Who there is now, what was taken apart, and who saw what of the other side meanwhile."""

    id: int
    customer_ids: tuple[int, ...]
    handles: tuple[str, ...]
    split_case_ids: tuple[int, ...]
    opened_case_ids: tuple[int, ...]
    held_back: int
    seen: SawWhat | None


@dataclass(frozen=True, slots=True)
class SharedView:
    """Whether several people use the handle, now."""

    id: int
    handle: str
    customer_id: int
    shared: bool
    changed: bool


async def show_graph(call: Call) -> GraphView:
    services = call.services
    found = await services.store.read(
        graph, call.id("id"), now_of(call), services.rules(), ended=call.query_as(GraphQuery).ended
    )
    return found_or_404(found, "customer")


async def preview_merge(call: Call) -> MergePreview:
    other = parse_id(call.query_as(PreviewQuery).other, "query: with")
    services = call.services
    found = await services.store.run(
        merge_preview, call.id("id"), other, now_of(call), services.new_id, services.rules()
    )
    return found_or_404(found, "customer")


async def preview_unmerge(call: Call) -> UnmergeReport:
    named = call.query_as(UnmergeQuery).links.split(",")
    links = tuple(parse_id(one, "query: links") for one in named)
    services = call.services
    preview = await tried(
        services.store.run(unmerge_preview, links, now_of(call), services.new_id, services.rules()),
        "query: links",
    )
    return UnmergeReport(preview, await services.store.read(who_saw_what, links))


async def link(call: Call) -> Changed:
    body, services = call.body_as(LinkBody), call.services
    if body.customer_id is not None:
        to = parse_id(body.customer_id, "body: customer_id")
    else:
        to = await tried(
            services.store.read(identity.home_of, str(body.to_handle)), "body: to_handle"
        )
    return await _change_identity(
        call,
        "linked",
        lambda now: services.store.run(
            identity.link,
            body.handle,
            to,
            Assurance.AUTHENTICATED,
            identity.BY_HAND,
            body.evidence,
            call.actor,
            now,
            (services.new_id(), services.new_id()),
            rules=services.rules(),
        ),
    )


async def unlink(call: Call) -> Unmerged:
    body = call.body_as(UnlinkBody)
    return await _unmerge(call, (parse_id(body.link_id, "body: link_id"),), body.reason)


async def merge(call: Call) -> Changed:
    body, services = call.body_as(MergeBody), call.services
    return await _change_identity(
        call,
        "merged",
        lambda now: services.store.run(
            identity.merge,
            parse_id(body.customer_id, "body: customer_id"),
            parse_id(body.with_customer_id, "body: with_customer_id"),
            Assurance(body.level),
            body.evidence,
            call.actor,
            now,
            (services.new_id(), services.new_id()),
            rules=services.rules(),
        ),
    )


async def unmerge(call: Call) -> Unmerged:
    body = call.body_as(UnmergeBody)
    links = tuple(parse_id(one, "body: link_ids") for one in body.link_ids)
    return await _unmerge(call, links, body.reason)


async def _unmerge(call: Call, links: tuple[int, ...], reason: str) -> Unmerged:
    services = call.services
    parted = await tried(
        services.store.run(
            part, links, call.actor, reason, now_of(call), services.new_id, services.rules()
        ),
        "body",
    )
    for customer in parted.customers:
        tell(call, customer, {"state": "unmerged", "handle": parted.handle_keys[0]})
    return Unmerged(
        id=parted.audit_id,
        customer_ids=parted.customers,
        handles=parted.handle_keys,
        split_case_ids=parted.cases,
        opened_case_ids=parted.opened,
        held_back=len(parted.discarded),
        seen=await services.store.read(who_saw_what, links),
    )


async def mark(call: Call) -> SharedView:
    body, services = call.body_as(SharedBody), call.services
    key = found_or_404(await services.store.read(handle_key, call.id("id")), "handle")
    done = await tried(
        services.store.run(
            mark_shared, key, body.shared, call.actor, body.reason, now_of(call), services.new_id()
        ),
        "path: id",
    )
    tell(call, done.customer_id, {"state": "shared", "handle": done.handle_key})
    return SharedView(done.handle_id, done.handle_key, done.customer_id, done.shared, done.changed)


async def retire(call: Call) -> Retired:
    body, services = call.body_as(RetireBody), call.services
    key = found_or_404(await services.store.read(handle_key, call.id("id")), "handle")
    done = await tried(
        services.store.run(pass_on, key, body.reason, call.actor, now_of(call), services.new_id),
        "path: id",
    )
    for customer in (done.customer_id, done.successor_customer_id):
        tell(call, customer, {"state": "retired", "handle": done.successor_key})
    return done


async def _change_identity(
    call: Call, state: str, change: Callable[[Micros], Awaitable[Changed]]
) -> Changed:
    changed = await tried(heard(call, change(now_of(call))), "body")
    tell(call, changed.customer_id, {"state": state, "handle": changed.handle_key})
    return changed


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/customers/{id}/graph",
        "Why these handles are one customer: every id, link, level and reason.",
        GraphView,
        show_graph,
        Right.SEE,
        query=GraphQuery,
    ),
    Endpoint(
        "GET",
        "/customers/{id}/merge-preview",
        "What making two customers one would do. Nothing is changed.",
        MergePreview,
        preview_merge,
        Right.LINK,
        query=PreviewQuery,
    ),
    Endpoint(
        "POST",
        "/identities/link",
        "Join a handle to a customer.",
        Changed,
        link,
        Right.LINK,
        body=LinkBody,
        errors=_NOT_ONE,
    ),
    Endpoint(
        "POST",
        "/identities/unlink",
        "End a link.",
        Unmerged,
        unlink,
        Right.LINK,
        body=UnlinkBody,
        errors={409: "The link cannot be ended."},
    ),
    Endpoint(
        "POST",
        "/identities/merge",
        "Make two customers one.",
        Changed,
        merge,
        Right.LINK,
        body=MergeBody,
        errors=_NOT_ONE,
    ),
    Endpoint(
        "GET",
        "/identities/unmerge-preview",
        "Who there would be without these links, and who saw what so far. Nothing is changed.",
        UnmergeReport,
        preview_unmerge,
        Right.LINK,
        query=UnmergeQuery,
        errors={409: "A link cannot be ended."},
    ),
    Endpoint(
        "POST",
        "/identities/unmerge",
        "End links together, and take apart what both sides had in common.",
        Unmerged,
        unmerge,
        Right.LINK,
        body=UnmergeBody,
        errors={409: "A link cannot be ended."},
    ),
    Endpoint(
        "POST",
        "/handles/{id}/shared",
        "Say whether several people use a handle.",
        SharedView,
        mark,
        Right.LINK,
        body=SharedBody,
    ),
    Endpoint(
        "POST",
        "/handles/{id}/retire",
        "Say that an address has gone to somebody else: it begins anew.",
        Retired,
        retire,
        Right.LINK,
        body=RetireBody,
        errors={409: "It is retired already, or can never be somebody else's."},
    ),
)
