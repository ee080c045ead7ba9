"""The endpoints about people and tokens: who may come in, and with which rights.

What may be done with an account is decided in `memory.units.people.actors`. Here stands one rule
more: nobody can give, or take over, a right that they do not have themselves.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from core.clock import Micros, to_micros
from gateway.access.callers import TOKEN_MARK, hash_secret
from gateway.access.gate import Problem
from gateway.access.roles import Right, Role, rights_of
from gateway.api.calls import Call, Endpoint
from gateway.api.models import Body, Empty, Line
from memory.pages.people import PersonView, TokenView, people_list, person_view, token_list
from memory.units.people import actors
from memory.units.people.actors import ActorProblem, NewPerson
from memory.units.people.api_tokens import NewToken, add_token, revoke_token

TOKEN_BYTES = 32
_REFUSED = {409: "It cannot be done as things are; `error` says why."}


class PersonBody(Body):
    """Somebody who is to be let in."""

    login: Annotated[Line, Field(max_length=64)]
    name: Annotated[Line, Field(max_length=100)]
    role: Role


class PersonChange(Body):
    """What changes of an account; what is left out stays."""

    role: Role | None = None
    disabled: bool | None = None


class TokenBody(Body):
    """A credential for a program. Without `expires_days` it opens until it is revoked."""

    name: Line
    rights: Annotated[tuple[Right, ...], Field(min_length=1)]
    expires_days: Annotated[int, Field(ge=1, le=3650)] | None = None


@dataclass(frozen=True, slots=True)
class LinkMade:
    """A one-time link, shown only now: whoever has it can set the password. `path` is of this
    server."""

    person_id: int
    path: str
    until: datetime


@dataclass(frozen=True, slots=True)
class TokenMade:
    """A token, shown only now."""

    id: int
    token: str


@dataclass(frozen=True, slots=True)
class Revoked:
    """A token that opens nothing any more."""

    id: int


async def list_people(call: Call) -> list[PersonView]:
    return await call.services.store.read(people_list, _now(call))


async def make_person(call: Call) -> LinkMade:
    body, services = call.body_as(PersonBody), call.services
    _refuse_more_than_own(call, rights_of(body.role))
    one = NewPerson(services.new_id(), body.login, body.name, body.role)
    try:
        await services.store.run(actors.add_person, one, call.actor, _now(call), services.new_id())
    except ActorProblem as problem:
        raise _conflict(problem, "body: login") from None
    return await _link(call, one.id)


async def change_person(call: Call) -> PersonView:
    body, services = call.body_as(PersonChange), call.services
    person = await _person(call)
    if body.role is not None:
        _refuse_more_than_own(call, rights_of(body.role))
    now = _now(call)
    try:
        if body.role is not None:
            role = body.role.value
            unit = actors.change_role
            await services.store.run(unit, person.id, role, call.actor, now, services.new_id())
        if body.disabled is not None:
            change = actors.disable if body.disabled else actors.enable
            await services.store.run(change, person.id, call.actor, now, services.new_id())
    except ActorProblem as problem:
        raise _conflict(problem, "path: id") from None
    return await _person(call)


async def make_link(call: Call) -> LinkMade:
    return await _link(call, (await _person(call)).id)


async def list_tokens(call: Call) -> list[TokenView]:
    return await call.services.store.read(token_list, _now(call))


async def make_token(call: Call) -> TokenMade:
    body, services, now = call.body_as(TokenBody), call.services, _now(call)
    _refuse_more_than_own(call, body.rights)
    fresh = TOKEN_MARK + secrets.token_urlsafe(TOKEN_BYTES)
    life = None if body.expires_days is None else timedelta(days=body.expires_days)
    until = None if life is None else now + life // timedelta(microseconds=1)
    kept = NewToken(services.new_id(), body.name, hash_secret(fresh), set(body.rights), until)
    try:
        await services.store.run(add_token, kept, call.actor, now, services.new_id())
    except ActorProblem as problem:
        raise _conflict(problem, "body: name") from None
    return TokenMade(kept.id, fresh)


async def end_token(call: Call) -> Revoked:
    token_id, services = call.id("id"), call.services
    try:
        await services.store.run(revoke_token, token_id, call.actor, _now(call), services.new_id())
    except ActorProblem as problem:
        raise _conflict(problem, "path: id") from None
    return Revoked(token_id)


async def _link(call: Call, person_id: int) -> LinkMade:
    try:
        path, until = await call.services.reception.invite(person_id, call.actor)
    except ActorProblem as problem:
        raise _conflict(problem, "path: id") from None
    return LinkMade(person_id, path, until)


async def _person(call: Call) -> PersonView:
    """Whom the path names. Raises `Problem` for who may do more than the caller may."""
    found = await call.services.store.read(person_view, call.id("id"), _now(call))
    if found is None:
        raise Problem(404, "There is nobody with this id.", where="path: id")
    _refuse_more_than_own(call, rights_of(found.role))
    return found


def _refuse_more_than_own(call: Call, rights: Iterable[Right]) -> None:
    missing = sorted(one.value for one in set(rights) - call.caller.rights)
    if missing:
        words = ", ".join(f"“{one}”" for one in missing)
        raise Problem(403, f"You have not the right {words} yourself.", where="rights")


def _now(call: Call) -> Micros:
    return to_micros(call.services.now())


def _conflict(problem: ActorProblem, where: str) -> Problem:
    words = str(problem).rstrip(".")
    return Problem(409, f"{words[:1].upper()}{words[1:]}.", where=where)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/people",
        "Everybody who may sign in.",
        list[PersonView],
        list_people,
        Right.PEOPLE,
    ),
    Endpoint(
        "POST",
        "/people",
        "Make an account, and a link by which its owner sets the password.",
        LinkMade,
        make_person,
        Right.PEOPLE,
        body=PersonBody,
        errors=_REFUSED,
    ),
    Endpoint(
        "PATCH",
        "/people/{id}",
        "Give another role, keep somebody out, or let them in again.",
        PersonView,
        change_person,
        Right.PEOPLE,
        body=PersonChange,
        errors=_REFUSED,
    ),
    Endpoint(
        "POST",
        "/people/{id}/link",
        "Make a link by which somebody sets their password anew.",
        LinkMade,
        make_link,
        Right.PEOPLE,
        body=Empty,
        errors=_REFUSED,
    ),
    Endpoint(
        "GET",
        "/tokens",
        "The credentials of programs, without what opens.",
        list[TokenView],
        list_tokens,
        Right.PEOPLE,
    ),
    Endpoint(
        "POST",
        "/tokens",
        "Make a credential for a program; it is shown once.",
        TokenMade,
        make_token,
        Right.PEOPLE,
        body=TokenBody,
        errors=_REFUSED,
    ),
    Endpoint(
        "DELETE",
        "/tokens/{id}",
        "End a program's credential for good.",
        Revoked,
        end_token,
        Right.PEOPLE,
        errors=_REFUSED,
    ),
)
