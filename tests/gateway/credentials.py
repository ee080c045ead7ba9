"""Credentials for tests: tokens and sessions of people, made as the gateway itself makes them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import timedelta

from argon2 import PasswordHasher

from gateway.access.callers import TOKEN_MARK, Keeper, hash_secret
from gateway.access.passwords import Passwords
from gateway.access.roles import Right, Role
from gateway.running import Gateway
from memory.pages.people import person_of
from memory.store import Store
from memory.units.people.actors import ActorProblem, NewPerson, add_person
from memory.units.people.api_tokens import NewToken, add_token

PASSWORD = "nine blue herons wade"
FULL_TOKEN = f"{TOKEN_MARK}tests-only-token-of-everything-there-is"
TESTER = "token:tests"
"""The actor of what is done with `full_token`."""

_numbers = iter(range(1 << 40, 1 << 41))


def quick_passwords() -> Passwords:
    """Passwords as ever, but hashed at the least cost there is."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


async def keep_token(
    store: Store, token: str, rights: Iterable[Right] = tuple(Right), name: str = "tests"
) -> None:
    """Let a token of the test's own choice open these rights."""
    kept = NewToken(next(_numbers), name, hash_secret(token), set(rights), None)
    await store.run(add_token, kept, "tests", 0, next(_numbers))


async def full_token(gateway: Gateway) -> str:
    """A token that may do everything there; the same one however often it is asked for."""
    with contextlib.suppress(ActorProblem):  # it is kept already
        await keep_token(gateway.store, FULL_TOKEN)
    return FULL_TOKEN


async def bearer(gateway: Gateway) -> dict[str, str]:
    """The header of somebody who may do everything over the API."""
    return {"Authorization": f"Bearer {await full_token(gateway)}"}


async def person(store: Store, login: str = "ada", role: Role = Role.OWNER) -> int:
    """Somebody with `PASSWORD`, made if there is nobody of that login; their id."""
    found = await store.read(person_of, login)
    if found is not None:
        return found
    hashed = await quick_passwords().hash(PASSWORD)
    one = NewPerson(next(_numbers), login, login.title(), role, hashed)
    await store.run(add_person, one, "tests", 0, next(_numbers))
    return one.id


async def enter_link(store: Store, keeper: Keeper, login: str = "ada") -> str:
    """A one-time secret for /console/enter, of an owner."""
    await person(store, login)
    return keeper.make_link(login, timedelta(minutes=15))
