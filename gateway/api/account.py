"""The endpoints about oneself: who one is, another password, signing out everywhere.

Everybody who comes in may use them. A program has neither password nor sessions, and is told so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from core.clock import to_micros
from gateway.access.gate import Problem
from gateway.access.passwords import LONGEST, Crowded
from gateway.access.reception import WrongPassword
from gateway.access.roles import Right
from gateway.api.calls import Call, Endpoint
from gateway.api.models import Body, Empty
from memory.pages.people import person_view
from memory.units.people import actors
from memory.units.people.actors import ActorProblem

_ERRORS = {409: "A program has no password and no sessions."}


class PasswordBody(Body):
    """The present password, and the one that is to take its place."""

    present: Annotated[str, Field(max_length=LONGEST)]
    wanted: Annotated[str, Field(max_length=LONGEST)]


@dataclass(frozen=True, slots=True)
class Me:
    """Who asks. `role` is empty for a program."""

    actor: str
    name: str
    role: str
    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignedOut:
    """All sessions have ended, this one too."""

    signed_out: bool


async def show_me(call: Call) -> Me:
    caller = call.caller
    rights = tuple(sorted(one.value for one in caller.rights))
    return Me(caller.actor, caller.name, caller.role.value if caller.role else "", rights)


async def change_password(call: Call) -> SignedOut:
    body, reception, now = call.body_as(PasswordBody), call.services.reception, call.services.now()
    person_id = _person_id(call)
    person = await call.services.store.read(person_view, person_id, to_micros(now))
    assert person is not None  # nobody is ever removed
    try:
        await reception.change_password(
            person.login, person.name, body.present, body.wanted, call.actor
        )
    except WrongPassword:
        raise Problem(
            409,
            "That is not the present password, or it has to wait after too many attempts.",
            where="body: present",
        ) from None
    except ActorProblem as problem:
        raise Problem(422, str(problem), where="body: wanted") from None
    except Crowded:
        raise Problem(503, "Too many passwords are being checked.", fix="Try again.") from None
    return SignedOut(True)


async def sign_out(call: Call) -> SignedOut:
    services, now = call.services, to_micros(call.services.now())
    person_id = _person_id(call)
    await services.store.run(
        actors.sign_out_everywhere, person_id, call.actor, now, services.new_id()
    )
    return SignedOut(True)


def _person_id(call: Call) -> int:
    if call.caller.person_id is None:
        raise Problem(409, "A program has no password and no sessions.", where="credentials")
    return call.caller.person_id


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/me", "Who asks, and what they may do.", Me, show_me, Right.SELF),
    Endpoint(
        "POST",
        "/me/password",
        "Choose another password; all one's sessions end.",
        SignedOut,
        change_password,
        Right.SELF,
        body=PasswordBody,
        errors=_ERRORS,
    ),
    Endpoint(
        "POST",
        "/me/sign-out",
        "End all one's sessions.",
        SignedOut,
        sign_out,
        Right.SELF,
        body=Empty,
        errors=_ERRORS,
    ),
)
