"""Signing in: the first owner's link, refusals that tell nothing, lock-out, ends of sessions."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from core.clock import to_micros
from gateway.access.callers import Keeper
from gateway.access.gate import COOKIE, CSRF_HEADER, UNATTENDED_HEADER
from gateway.access.passwords import Passwords, fault_of
from gateway.access.reception import WELCOME
from gateway.access.roles import Role
from gateway.events import Event
from memory.pages.lists import audit_log
from memory.tables.people import ApiToken, Invitation, Person, Session
from memory.tables.rows import table
from memory.units.people import actors
from memory.units.people.sessions import FREE_FAILURES, LONGEST_LOCK, MINUTE, lock_after
from tests.gateway.console_world import Client, World, bearer, served
from tests.gateway.credentials import PASSWORD, person, quick_passwords
from tests.memory.hot import ids

OTHER = "seven grey kettles sing"
_new_id = ids()


@pytest.fixture
async def world(sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with served(sqlite_database_url, tmp_path / "files") as one:
        yield one


async def sign_in(client: Client, login: str = "ada", password: str = PASSWORD) -> int:
    """The status of an attempt to sign in."""
    form = {"login": login, "password": password}
    return (await client.post("/console/sign-in", data=form)).status


def cookie_of(client: Client) -> str:
    """The session that the browser holds."""
    return client.session.cookie_jar.filter_cookies(client.make_url("/"))[COOKIE].value


async def csrf_of(client: Client) -> dict[str, str]:
    """The header that a page of the console sends with a change."""
    found = re.search(r'csrf-token" content="([^"]+)"', await (await client.get("/console")).text())
    assert found is not None
    return {CSRF_HEADER: found[1]}


async def is_in(client: Client) -> bool:
    """Whether the browser's session opens the API."""
    return (await client.get("/api/v1/me")).status == 200


async def first_secret(world: World) -> str:
    """The secret of a link for the first owner."""
    path = await world.reception.first_link()
    assert path is not None
    return parse_qs(urlsplit(path).query)["once"][0]


def account(once: str, **changes: str) -> dict[str, str]:
    """The form of the first owner, filled in."""
    chosen = {"login": "Grace", "name": "Grace", "password": OTHER, "again": OTHER}
    return {"once": once, **chosen, **changes}


async def test_the_first_link_makes_the_owner_once(world: World) -> None:
    once = await first_secret(world)
    looked = await world.client.get(WELCOME, params={"once": once})
    assert looked.status == 200 and "Make your account" in await looked.text()
    assert (await world.client.post(WELCOME, data=account(once))).status == 200
    me = await (await world.client.get("/api/v1/me")).json()
    assert (me["actor"], me["role"]) == ("person:grace", "owner")
    assert (await world.client.post(WELCOME, data=account(once, login="eve"))).status == 401
    assert await world.reception.first_link() is None
    made = [one for one in await world.store.read(audit_log) if one.action == "add-person"]
    assert [(one.actor, one.subject) for one in made] == [("person:grace", "person:grace")]


async def test_a_newer_link_ends_the_older_and_none_works_for_long(world: World) -> None:
    older, newer = await first_secret(world), await first_secret(world)
    assert (await world.client.get(WELCOME, params={"once": older})).status == 401
    world.clock.at += timedelta(minutes=15)
    assert (await world.client.get(WELCOME, params={"once": newer})).status == 401


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"again": "something else"}, "not the same"),
        ({"password": "short", "again": "short"}, "at least 12"),
        ({"password": "password12345", "again": "password12345"}, "too easy"),
        ({"login": "gr ace"}, "A login has"),
        ({"name": " "}, "A name is missing"),
    ],
)
async def test_what_will_not_do_is_said_and_the_link_still_works(
    world: World, changes: dict[str, str], words: str
) -> None:
    once = await first_secret(world)
    answer = await world.client.post(WELCOME, data=account(once, **changes))
    assert answer.status == 422 and words in await answer.text()
    assert (await world.client.post(WELCOME, data=account(once))).status == 200


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Passw0rdpassword",
        "aaaaaaaaaaaaaa",
        "123456789012",
        "abcdefghijklmn",
        "onethread2026!",
        "ada.byron1234",
        "qwertyuiop12",
        "short",
        "x" * 257,
    ],
)
def test_passwords_that_anybody_would_guess_are_refused(password: str) -> None:
    assert fault_of(password, "ada.byron", "Ada Byron") is not None


def test_a_password_of_words_will_do() -> None:
    assert fault_of(PASSWORD, "ada", "Ada Byron") is None
    assert fault_of("kj3$Tq9!mZ0x", "ada", "Ada") is None


async def test_every_refused_sign_in_reads_the_same(world: World) -> None:
    out = await person(world.store, "kept-out", Role.AGENT)
    await person(world.store, "locked", Role.AGENT)
    await person(world.store)
    await world.store.run(actors.disable, out, "tests", 0, _new_id())
    for _ in range(FREE_FAILURES):
        await world.keeper.proved("locked", "guess")
    told = set()
    tried = [("nobody", PASSWORD), ("kept-out", PASSWORD), ("locked", PASSWORD), ("ada", "guess")]
    for login, password in tried:
        form = {"login": login, "password": password}
        answer = await world.client.post("/console/sign-in", data=form)
        told.add((answer.status, (await answer.text()).replace(f'value="{login}"', "")))
    assert len(told) == 1 and next(iter(told))[0] == 401


async def test_a_refusal_takes_a_time_that_does_not_depend_on_the_reason(world: World) -> None:
    """Nothing is measured: the same work is counted, and the same end is waited for."""
    checked: list[bool] = []
    rests: list[float] = []

    class Counted(Passwords):
        async def fits(self, password: str, stored: str | None) -> bool:
            checked.append(await quick_passwords().fits(password, stored))
            return checked[-1]

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    await person(world.store)
    keeper = Keeper(
        world.store,
        now=world.clock,
        new_secret=lambda: "s",
        passwords=Counted(),
        refusal_seconds=60,
        rest=rest,
    )
    for login in ("nobody", "ada", "not a login"):
        assert await keeper.proved(login, "guess") == (None, None)
    assert checked == [False] * 3 and len([one for one in rests if one > 0]) == 3


def test_the_lock_grows_to_an_hour() -> None:
    locks = [lock_after(number) // MINUTE for number in range(1, 15)]
    assert locks[:11] == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60]
    assert lock_after(10_000) == LONGEST_LOCK


async def test_wrong_passwords_lock_the_login_whatever_address_they_come_from(
    world: World,
) -> None:
    await person(world.store)
    for at in range(FREE_FAILURES):
        assert await world.keeper.sign_in("ada", "guess", f"10.0.0.{at}") is None
    assert await world.keeper.sign_in("ada", PASSWORD, "10.0.1.1") is None
    world.clock.at += timedelta(minutes=1)
    assert await world.keeper.sign_in("Ada ", PASSWORD, "10.0.1.2") is not None
    # The count begins anew.
    assert await world.keeper.sign_in("ada", "guess", "10.0.1.3") is None
    assert await world.keeper.sign_in("ada", PASSWORD, "10.0.1.4") is not None


async def test_many_guesses_at_once_are_no_way_around_the_lock(world: World) -> None:
    await person(world.store)
    guesses = [world.keeper.proved("ada", "guess") for _ in range(FREE_FAILURES)]
    await asyncio.gather(*guesses)
    assert await world.keeper.proved("ada", PASSWORD) == (None, None)


async def test_a_stronger_hash_takes_the_place_of_a_weaker_one(world: World) -> None:
    await person(world.store)
    keeper = Keeper(world.store, now=world.clock, new_secret=lambda: secrets.token_hex(32))
    assert await keeper.sign_in("ada", PASSWORD, "10.0.0.1") is not None
    (row,) = await world.store.read(_all, Person)
    stored = str(row["password_hash"])
    assert stored.startswith("$argon2id$") and "m=65536" in stored
    assert await keeper.sign_in("ada", PASSWORD, "10.0.0.1") is not None


async def test_a_session_ends_when_nobody_uses_it_and_after_half_a_day(world: World) -> None:
    await person(world.store)
    await sign_in(world.client)
    for _ in range(7):
        world.clock.at += timedelta(minutes=100)
        assert await is_in(world.client)
    world.clock.at += timedelta(minutes=21)
    assert not await is_in(world.client)
    await sign_in(world.client)
    world.clock.at += timedelta(minutes=100)
    # What a page reads by itself is no sign that somebody is there.
    headers = {UNATTENDED_HEADER: "1"}
    assert (await world.client.get("/api/v1/me", headers=headers)).status == 200
    world.clock.at += timedelta(minutes=21)
    assert not await is_in(world.client)


ENDS: dict[str, tuple[Callable[..., object], tuple[str, ...]]] = {
    "disable": (actors.disable, ()),
    "role": (actors.change_role, ("viewer",)),
    "everywhere": (actors.sign_out_everywhere, ()),
    "password": (actors.set_password, ("$argon2id$",)),
}


@pytest.mark.parametrize("how", ENDS)
async def test_a_session_ends_with_what_it_stood_on(world: World, how: str) -> None:
    await person(world.store, "grace")
    ada = await person(world.store)
    await sign_in(world.client)
    unit, more = ENDS[how]
    given = (ada, *more, "tests", to_micros(world.clock()), _new_id())
    await world.store.run(unit, *given)
    assert not await is_in(world.client)


async def test_an_open_line_ends_with_the_right_to_it_and_no_other_line_does(world: World) -> None:
    await person(world.store, "grace")
    ada, now = await person(world.store), to_micros(world.clock())
    await sign_in(world.client)
    hers = await world.client.ws_connect("/console/socket")
    other = await world.client.ws_connect("/console/socket", headers=bearer())
    await world.lines.look()
    await world.store.run(actors.change_role, ada, "integrator", "tests", now, _new_id())
    await world.lines.look()
    world.bus.publish(Event("identity", world.clock()))
    async with asyncio.timeout(30):
        assert (await hers.receive()).type is aiohttp.WSMsgType.CLOSE
        assert (await other.receive_json())["kind"] == "identity"
    await other.close()


async def test_a_password_is_changed_by_who_knows_it_and_all_sessions_end(world: World) -> None:
    await person(world.store)
    await sign_in(world.client)
    headers = await csrf_of(world.client)
    path, body = "/api/v1/me/password", {"present": "guess", "wanted": OTHER}
    assert (await world.client.post(path, json=body, headers=headers)).status == 409
    weak = {"present": PASSWORD, "wanted": "password1234"}
    assert (await world.client.post(path, json=weak, headers=headers)).status == 422
    body["present"] = PASSWORD
    assert (await world.client.post(path, json=body, headers=headers)).status == 200
    assert not await is_in(world.client)
    assert await sign_in(world.client) == 401
    assert await sign_in(world.client, password=OTHER) == 200


async def test_a_link_sets_a_password_anew(world: World) -> None:
    ada, now = await person(world.store), to_micros(world.clock())
    await sign_in(world.client)
    path, _ = await world.reception.invite(ada, "tests")
    once = parse_qs(urlsplit(path).query)["once"][0]
    form = {"once": once, "password": OTHER, "again": OTHER, "login": "eve", "name": "Eve"}
    held = cookie_of(world.client)
    assert (await world.client.post(WELCOME, data=form)).status == 200
    assert await world.keeper.by_session(held) is None
    assert (await (await world.client.get("/api/v1/me")).json())["actor"] == "person:ada"
    await person(world.store, "grace")
    await world.store.run(actors.disable, ada, "tests", now, _new_id())
    with pytest.raises(actors.ActorProblem, match="disabled"):
        await world.reception.invite(ada, "tests")


async def test_no_secret_is_stored_as_it_is(world: World) -> None:
    once = await first_secret(world)
    await world.client.post(WELCOME, data=account(once))
    cookie = cookie_of(world.client)
    stored = ""
    for model in (Person, Session, Invitation, ApiToken):
        stored += str(await world.store.read(_all, model))
    stored += str(await world.store.read(audit_log))
    assert stored and not [one for one in (once, cookie, OTHER) if one in stored]


def _all(connection: Connection, model: type[SQLModel]) -> list[dict[str, object]]:
    return [dict(row._mapping) for row in connection.execute(select(table(model)))]
