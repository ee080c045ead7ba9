"""Roles and rights: every endpoint tried by every role, by strangers and by programs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from gateway.access.roles import ROLES, Right, Role, rights_named, rights_of
from gateway.api.calls import PREFIX, Endpoint
from gateway.api.dispatch import NEEDS
from gateway.api.routes import ENDPOINTS
from memory.pages.lists import audit_log
from tests.gateway.console_world import World, served
from tests.gateway.credentials import keep_token, person
from tests.structure.files import ROOT


def _promised() -> dict[Right, frozenset[str]]:
    """Who has each right, as the page on people tells it."""
    page = (ROOT / "docs" / "people.md").read_text(encoding="utf-8")
    heads, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith(("| right |", "| `"))
    )
    roles = heads[2:]
    return {
        Right(name.strip("`")): frozenset(
            role for role, mark in zip(roles, marks, strict=True) if mark == "x"
        )
        for name, _, *marks in rows
    }


MAY = _promised()
CALLERS = (*Role, "nobody", "a program without rights")


@pytest.fixture
async def world(sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with served(sqlite_database_url, tmp_path / "files") as one:
        for role in Role:
            await keep_token(one.store, f"ot_{role}", ROLES[role], role.value)
        await keep_token(one.store, "ot_a program without rights", (), "idle")
        yield one


def test_every_right_belongs_to_the_roles_that_the_page_on_people_names() -> None:
    assert set(MAY) == set(Right)
    for role, right in product(Role, Right):
        assert (right in ROLES[role]) == (role.value in MAY[right]), (role, right)


def test_an_unknown_role_and_an_unknown_right_give_nothing() -> None:
    assert rights_of("admin") == frozenset()
    assert rights_named(["everything", "see"]) == {Right.SEE, Right.SELF}


def test_every_endpoint_names_its_right_and_changes_need_more_than_being_there() -> None:
    for one in ENDPOINTS:
        assert NEEDS[one.method, PREFIX + one.path] is one.needs
        if one.method != "GET" and not one.path.startswith("/me"):
            assert one.needs not in (Right.SELF, Right.CHANNELS) or one.path == "/render", one.path


def filled(endpoint: Endpoint) -> str:
    """The endpoint's address with something for each of its parameters."""
    return PREFIX + re.sub(r"{[^}]+}", "1", endpoint.path)


@pytest.mark.parametrize("caller", CALLERS)
async def test_every_endpoint_lets_in_who_has_its_right_and_nobody_else(
    world: World, caller: str
) -> None:
    headers = {} if caller == "nobody" else {"Authorization": f"Bearer ot_{caller}"}
    for one in ENDPOINTS:
        path = filled(one)
        # No body that any endpoint takes, so that what is let through changes nothing.
        answer = await world.client.request(one.method, path, headers=headers, data=b"x")
        told = await answer.json(content_type=None) if answer.status in (401, 403) else {}
        if caller == "nobody":
            assert answer.status == 401, path
        elif one.needs is Right.SELF or caller in MAY[one.needs]:
            assert answer.status not in (401, 403), (path, told)
        else:
            assert answer.status == 403, path
            assert f"“{one.needs.value}”" in told["error"], path


@pytest.mark.parametrize("role", Role)
async def test_the_same_holds_for_somebody_signed_in(world: World, role: Role) -> None:
    await person(world.store, role.value, role)
    once = {"once": world.keeper.make_link(role.value)}
    await world.client.get("/console/enter", params=once)
    for path, right in (
        ("/api/v1/handoffs", Right.SEE),
        ("/api/v1/changes", Right.AUDIT),
        ("/api/v1/dead-letters", Right.OPERATE),
        ("/api/v1/people", Right.PEOPLE),
        ("/api/v1/me", Right.SELF),
    ):
        expected = 200 if right in ROLES[role] else 403
        assert (await world.client.get(path)).status == expected, path
    me = await (await world.client.get("/api/v1/me")).json()
    assert me["role"] == role and set(me["rights"]) == {one.value for one in ROLES[role]}


@pytest.mark.parametrize("caller", CALLERS)
async def test_the_live_line_is_for_who_may_see(world: World, caller: str) -> None:
    headers = {} if caller == "nobody" else {"Authorization": f"Bearer ot_{caller}"}
    status = (await world.client.get("/console/socket", headers=headers)).status
    if caller == "nobody":
        assert status == 401
    else:
        # 400: let through, and then it was no request for a socket.
        assert status == (400 if caller in MAY[Right.SEE] else 403)


async def call(
    world: World, method: str, path: str, token: str = "ot_owner", body: object = None
) -> tuple[int, Any]:
    """Status and answer of a call with a token."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = await world.client.request(method, PREFIX + path, headers=headers, json=body)
    return answer.status, await answer.json(content_type=None)


async def test_people_are_let_in_given_roles_and_kept_out(world: World) -> None:
    grace = {"login": "grace", "name": "Grace", "role": "agent"}
    status, made = await call(world, "POST", "/people", body=grace)
    assert status == 200 and made["path"].startswith("/console/welcome?once=")
    assert (await call(world, "POST", "/people", body=grace))[0] == 409
    path = f"/people/{made['person_id']}"
    status, changed = await call(world, "PATCH", path, body={"role": "viewer", "disabled": True})
    assert status == 200 and (changed["role"], changed["disabled"]) == ("viewer", True)
    assert (await call(world, "POST", f"{path}/link", body={}))[0] == 409
    assert (await call(world, "PATCH", path, body={"disabled": False}))[1]["disabled"] is False
    assert (await call(world, "POST", f"{path}/link", body={}))[0] == 200
    (listed,) = (await call(world, "GET", "/people"))[1]
    assert listed["waits"] and "password" not in str(listed)
    told = [(one.actor, one.action) for one in await world.store.read(audit_log)]
    assert told[:2] == [("token:owner", "invite"), ("token:owner", "enable")]
    assert ("token:owner", "change-role") in told and ("token:owner", "add-person") in told


async def test_the_last_owner_can_be_neither_kept_out_nor_demoted(world: World) -> None:
    ada = await person(world.store)
    for change in ({"role": "agent"}, {"disabled": True}):
        status, problem = await call(world, "PATCH", f"/people/{ada}", body=change)
        assert status == 409 and "last owner" in problem["error"]
    await person(world.store, "grace")
    assert (await call(world, "PATCH", f"/people/{ada}", body={"role": "agent"}))[0] == 200


async def test_a_token_is_shown_once_opens_what_it_may_and_is_revoked(world: World) -> None:
    body = {"name": "shop", "rights": ["operate"], "expires_days": 1}
    status, made = await call(world, "POST", "/tokens", body=body)
    assert status == 200 and made["token"].startswith("ot_")
    assert (await call(world, "POST", "/tokens", body=body))[0] == 409
    assert (await call(world, "GET", "/dead-letters", made["token"]))[0] == 200
    assert (await call(world, "GET", "/customers", made["token"]))[0] == 403
    assert (await call(world, "GET", "/me", made["token"]))[1]["actor"] == "token:shop"
    listed = (await call(world, "GET", "/tokens"))[1]
    assert made["token"] not in str(listed)
    assert next(one for one in listed if one["name"] == "shop")["used_at"] is not None
    assert (await call(world, "DELETE", f"/tokens/{made['id']}"))[0] == 200
    assert (await call(world, "DELETE", f"/tokens/{made['id']}"))[0] == 409
    assert (await call(world, "GET", "/me", made["token"]))[0] == 401
    told = [(one.actor, one.action, one.subject) for one in await world.store.read(audit_log)]
    assert told[:2] == [
        ("token:owner", "revoke-token", "token:shop"),
        ("token:owner", "add-token", "token:shop"),
    ]


async def test_nobody_gives_a_right_that_they_do_not_have(world: World) -> None:
    await keep_token(world.store, "ot_porter", {Right.PEOPLE}, "porter")
    ada = await person(world.store)
    for method, path, body in (
        ("POST", "/tokens", {"name": "more", "rights": ["people", "see"]}),
        ("POST", "/people", {"login": "eve", "name": "Eve", "role": "owner"}),
        ("POST", f"/people/{ada}/link", {}),
        ("PATCH", f"/people/{ada}", {"disabled": True}),
    ):
        assert (await call(world, method, path, "ot_porter", body))[0] == 403, path
    allowed = {"name": "less", "rights": ["people"]}
    assert (await call(world, "POST", "/tokens", "ot_porter", allowed))[0] == 200


async def test_a_program_has_no_password_and_no_sessions(world: World) -> None:
    body = {"present": "x", "wanted": "y"}
    assert (await call(world, "POST", "/me/password", body=body))[0] == 409
    assert (await call(world, "POST", "/me/sign-out", body={}))[0] == 409
