"""The endpoints by which the business's own system tells of its customers, by its own ids.

What is told is checked here, field by field; what it means is
`memory.units.identity.provisioning`'s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from core.handle_addresses import AddressFault, read_handle
from core.message import Handle
from gateway.access.gate import Problem
from gateway.access.roles import Right
from gateway.api.calls import Call, Endpoint
from gateway.api.identity_calls import now_of, tell, tried
from gateway.api.models import Body, Line
from memory.units.identity.provisioning import (
    ExternalCustomer,
    ProvisionConflict,
    Provisioned,
    external_customer,
    provision,
    suggest_conflicts,
    withdraw,
)

Value = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$"),
]
_PREFERENCE = re.compile(r"[a-z][a-z0-9_.-]{0,49}")
_OWN = frozenset({"name", "tier"})


class HandleBody(Body):
    """An address of the customer."""

    kind: Literal["phone", "email", "login", "slack"]
    address: Line


class CustomerBody(Body):
    """The customer as they are now, whole: what is left out is taken back.

    `preferences` are such as "language" and "preferred_channel", or the business's own.
    """

    handles: Annotated[tuple[HandleBody, ...], Field(max_length=50)] = ()
    name: Value | None = None
    tier: Value | None = None
    preferences: Annotated[Mapping[str, Value], Field(max_length=50)] = {}


@dataclass(frozen=True, slots=True)
class ExternalView:
    """The customer as the business's own system told of them; `changed` says whether just now."""

    customer_id: int
    external_id: str
    handles: tuple[str, ...]
    name: str | None
    tier: str | None
    preferences: Mapping[str, str]
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Whether there was anything to take back."""

    changed: bool


async def put_customer(call: Call) -> ExternalView:
    body, services = call.body_as(CustomerBody), call.services
    external_id = _external_id(call)
    handles, attributes = _handles(body.handles), _attributes(body)
    run = services.store.run(
        provision,
        external_id,
        handles,
        attributes,
        call.actor,
        now_of(call),
        services.new_id,
        services.rules(),
    )
    try:
        done: Provisioned = await tried(run, "body: handles")
    except ProvisionConflict as conflict:
        raise await _refused(call, conflict) from None
    if done.changed:
        tell(call, done.customer.customer_id, {"state": "provisioned"})
    return _view(done.customer, changed=done.changed)


async def show_customer(call: Call) -> ExternalView:
    found = await call.services.store.read(external_customer, _external_id(call))
    if found is None:
        raise Problem(404, "No customer has this external id.", where="path: external")
    return _view(found, changed=False)


async def take_back(call: Call) -> Withdrawn:
    services = call.services
    run = services.store.run(
        withdraw, _external_id(call), call.actor, now_of(call), services.new_id, services.rules()
    )
    changed = await tried(run, "path: external")
    if changed:
        tell(call, None, {"state": "withdrawn"})
    return Withdrawn(changed)


async def _refused(call: Call, conflict: ProvisionConflict) -> Problem:
    """The conflict in words; what a person can decide is suggested to them."""
    services = call.services
    fix = "Take the handle out, or have it looked at by hand."
    if conflict.ask:
        await services.store.run(
            suggest_conflicts, conflict.conflicts, call.actor, now_of(call), services.new_id
        )
        fix = "It stands among the suggestions now, for a person to decide. Nothing was joined."
    first = conflict.conflicts[0]
    words = "; ".join(f"{one.handle}: {one.words}" for one in conflict.conflicts)
    return Problem(409, f"{words}.", where=f"body: handles ({first.handle})", fix=fix)


def _external_id(call: Call) -> str:
    try:
        return read_handle("external", call.path["external"]).address
    except AddressFault as fault:
        raise Problem(422, str(fault), where="path: external", fix=fault.mend) from None


def _handles(given: Sequence[HandleBody]) -> tuple[Handle, ...]:
    found: dict[str, Handle] = {}
    for at, one in enumerate(given):
        try:
            handle = read_handle(one.kind, one.address)
        except AddressFault as fault:
            where = f"body: handles.{at}.address"
            raise Problem(422, str(fault), where=where, fix=fault.mend) from None
        found[handle.key] = handle
    return tuple(found.values())


def _attributes(body: CustomerBody) -> dict[str, str]:
    attributes = {
        name: value for name, value in (("name", body.name), ("tier", body.tier)) if value
    }
    for name, value in body.preferences.items():
        if name in _OWN or _PREFERENCE.fullmatch(name) is None:
            raise Problem(
                422,
                f"“{name[:60]}” is no name of a preference.",
                where="body: preferences",
                fix="Use small letters, digits, “_”, “-” and “.”; name and tier are fields.",
            )
        attributes[name] = value
    return attributes


def _view(one: ExternalCustomer, *, changed: bool) -> ExternalView:
    rest = {name: value for name, value in one.attributes.items() if name not in _OWN}
    return ExternalView(
        one.customer_id,
        one.external_id,
        one.handles,
        one.attributes.get("name"),
        one.attributes.get("tier"),
        rest,
        changed,
    )


_PATH = "/customers/external/{external}"

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "PUT",
        "/customers/{external}",
        "Tell of a customer by the business's own id: handles, tier, preferences. The same again "
        "changes nothing.",
        ExternalView,
        put_customer,
        Right.PROVISION,
        body=CustomerBody,
        errors={409: "A handle is somebody else's, or may not be joined."},
    ),
    Endpoint(
        "GET",
        _PATH,
        "What the business's own system told of a customer.",
        ExternalView,
        show_customer,
        Right.PROVISION,
    ),
    Endpoint(
        "DELETE",
        _PATH,
        "Take back all that the business's own system told of a customer.",
        Withdrawn,
        take_back,
        Right.PROVISION,
    ),
)
