"""Access: what opens which door, once, for how long, and when a door stays shut."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core.clock import to_micros
from gateway.access.callers import (
    FAILURE_WINDOW,
    FAILURES_ALLOWED,
    LINK_LIFE,
    SIGN_INS_ALLOWED,
    Keeper,
)
from gateway.access.entries import RULES, Entry, entry_for
from gateway.access.gate import COOKIE, CSRF_HEADER, Needs, caller_of, make_gate
from gateway.access.hosts import Hosts
from gateway.access.reception import Reception
from gateway.access.roles import Right
from gateway.console.pages import register_console
from memory.pages.people import token_list
from memory.store import Store
from tests.gateway.console_world import Clock
from tests.gateway.credentials import PASSWORD, keep_token, person, quick_passwords
from tests.layouts import laid_out
from tests.memory.hot import ids, opened

TOKEN = "ot_a-token-for-tests"
HERE, THERE = "1.1.1.1", "6.6.6.6"
Client = TestClient[web.Request, web.Application]
NEEDS: Needs = {
    (method, f"/api/v1/{name}"): Right.SELF
    for method in ("GET", "POST")
    for name in ("who", "broken")
}


@dataclass
class House:
    """The doors, over a database with one owner called ada."""

    store: Store
    keeper: Keeper
    reception: Reception
    clock: Clock
    ada: int

    async def enter(self, client: Client) -> str:
        """Sign ada in; the CSRF token of her session."""
        form = {"login": "ada", "password": PASSWORD}
        assert (await client.post("/console/sign-in", data=form)).status == 200
        shell = await (await client.get("/console")).text()
        found = re.search(r'name="csrf-token" content="([^"]+)"', shell)
        assert found is not None
        return found[1]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock, numbers, passwords = Clock(), iter(range(10_000)), quick_passwords()

    def new_secret() -> str:
        return f"secret-{next(numbers):032d}"

    async with opened(laid_out(tmp_path / "house.db")) as store:
        keeper = Keeper(
            store, now=clock, new_secret=new_secret, passwords=passwords, refusal_seconds=0
        )
        reception = Reception(
            store, keeper, passwords, now=clock, new_id=ids(), new_secret=new_secret
        )
        await keep_token(store, TOKEN)
        yield House(store, keeper, reception, clock, await person(store))


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("/channels/sms/inbound", Entry.CHANNEL),
        ("/api/v1/customers", Entry.API),
        ("/console", Entry.PAGE),
        ("/console/queue/{id}", Entry.PAGE),
        ("/console/socket", Entry.API),
        ("/console/enter", Entry.PUBLIC),
        ("/console/welcome", Entry.PUBLIC),
        ("/", Entry.PUBLIC),
        ("/health", Entry.PROBE),
        ("/metrics", None),
        ("/apis", None),
        ("/channels", None),
        ("/console-backup", None),
    ],
)
def test_the_table_names_what_is_open_and_nothing_else(path: str, entry: Entry | None) -> None:
    assert entry_for(path, RULES) is entry


async def test_only_a_token_in_force_is_one(house: House) -> None:
    by_token = house.keeper.by_token
    found = await by_token(TOKEN, HERE)
    assert found is not None and found.actor == "token:tests"
    for wrong in (TOKEN + "x", TOKEN[3:], "", "\udc80"):
        assert await by_token(wrong, HERE) is None


async def test_the_last_use_of_a_token_is_kept_to_the_minute(house: House) -> None:
    kept = []
    for seconds in (0, 59, 1):
        house.clock.at += timedelta(seconds=seconds)
        await house.keeper.by_token(TOKEN, HERE)
        (shown,) = await house.store.read(token_list, to_micros(house.clock()))
        kept.append(shown.used_at)
    assert kept[0] == kept[1] and kept[2] == house.clock()


async def test_a_link_works_once_and_not_for_long(house: House) -> None:
    keeper = house.keeper
    once = keeper.make_link("ada")
    cookie = await keeper.use_link(once, HERE)
    assert cookie is not None and await keeper.by_session(cookie) is not None
    assert await keeper.use_link(once, HERE) is None
    late = keeper.make_link("ada")
    house.clock.at += LINK_LIFE
    assert await keeper.use_link(late, HERE) is None


async def test_wrong_attempts_lock_that_address_only_and_only_for_a_while(house: House) -> None:
    keeper = house.keeper
    for _ in range(FAILURES_ALLOWED):
        assert keeper.locked_for(THERE) == 0
        await keeper.by_token("guess", THERE)
    assert keeper.locked_for(THERE) > 0
    assert await keeper.by_token(TOKEN, THERE) is None
    assert await keeper.use_link(keeper.make_link("ada"), THERE) is None
    assert await keeper.sign_in("ada", PASSWORD, THERE) is None
    assert await keeper.by_token(TOKEN, HERE) is not None
    house.clock.at += FAILURE_WINDOW + timedelta(seconds=1)
    assert await keeper.by_token(TOKEN, THERE) is not None


async def test_addresses_of_one_network_are_counted_together(house: House) -> None:
    for at in range(FAILURES_ALLOWED):
        house.keeper.failed(f"2001:db8:0:1::{at:x}")
    house.keeper.failed("::ffff:10.0.0.1")
    assert house.keeper.locked_for("2001:db8:0:1:ffff::1") > 0
    for other in ("2001:db8:0:2::1", "10.0.0.1", "unknown"):
        assert house.keeper.locked_for(other) == 0
    for _ in range(FAILURES_ALLOWED - 1):
        house.keeper.failed("10.0.0.1")
    assert house.keeper.locked_for("::ffff:10.0.0.1") > 0


async def test_an_address_signs_in_only_so_often(house: House) -> None:
    keeper = house.keeper
    for _ in range(SIGN_INS_ALLOWED):
        assert await keeper.sign_in("ada", PASSWORD, THERE) is not None
    assert await keeper.sign_in("ada", PASSWORD, THERE) is None and keeper.locked_for(THERE) > 0
    assert await keeper.sign_in("ada", PASSWORD, HERE) is not None


@asynccontextmanager
async def serving(house: House, hosts: Hosts | None = None) -> AsyncIterator[Client]:
    async def who(request: web.Request) -> web.Response:
        return web.json_response({"actor": caller_of(request).actor})

    async def hook(_request: web.Request) -> web.Response:
        return web.Response(text="taken")

    async def broken(_request: web.Request) -> web.Response:
        raise RuntimeError("a secret detail")

    app = web.Application(middlewares=[make_gate(house.keeper, NEEDS, hosts=hosts)])
    app.router.add_route("*", "/api/v1/who", who)
    app.router.add_get("/api/v1/broken", broken)
    app.router.add_get("/api/v1/nameless", who)
    app.router.add_post("/channels/sms/inbound", hook)
    app.router.add_get("/forgotten", hook)
    register_console(app, house.keeper, house.reception)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "without", "with_token", "with_wrong_token"),
    [
        ("GET", "/api/v1/who", 401, 200, 401),
        ("HEAD", "/api/v1/who", 401, 200, 401),
        ("POST", "/api/v1/who", 401, 200, 401),
        # A route that names no right is for nobody, whatever they may do.
        ("PUT", "/api/v1/who", 401, 403, 401),
        ("GET", "/api/v1/nameless", 401, 403, 401),
        ("GET", "/api/v1/nothing", 401, 404, 401),
        ("GET", "/console/socket", 401, 404, 401),
        ("GET", "/console", 303, 303, 303),
        ("GET", "/console/queue", 303, 303, 303),
        ("POST", "/console/sign-out", 303, 303, 303),
        ("GET", "/console/sign-in", 200, 200, 200),
        ("GET", "/console/welcome", 401, 401, 401),
        ("GET", "/console/static/base.css", 200, 200, 200),
        ("GET", "/console/static/..%2fpages.py", 404, 404, 404),
        ("GET", "/console/static/..%2fdocuments%2fshell.html", 404, 404, 404),
        ("GET", "/console/enter", 401, 401, 401),
        ("POST", "/channels/sms/inbound", 200, 200, 200),
        ("GET", "/forgotten", 404, 404, 404),
        ("GET", "/nowhere", 404, 404, 404),
    ],
)
async def test_each_route_with_and_without_the_token(
    house: House, method: str, path: str, without: int, with_token: int, with_wrong_token: int
) -> None:
    async with serving(house) as client:
        for token, status in ((None, without), (TOKEN, with_token), ("guess", with_wrong_token)):
            headers = {} if token is None else {"Authorization": f"Bearer {token}"}
            answer = await client.request(method, path, headers=headers, allow_redirects=False)
            assert answer.status == status, (token, await answer.text())


async def test_a_session_reads_and_changes_only_with_its_csrf_token(house: House) -> None:
    async with serving(house) as client:
        csrf = await house.enter(client)
        assert await (await client.get("/api/v1/who")).json() == {"actor": "person:ada"}
        assert (await client.post("/api/v1/who")).status == 403
        for wrong in ("guess", "", csrf[:-1], "\u00e4"):
            answer = await client.post("/api/v1/who", headers={CSRF_HEADER: wrong})
            assert answer.status == 403
        assert (await client.post("/api/v1/who", headers={CSRF_HEADER: csrf})).status == 200
        foreign = {CSRF_HEADER: csrf, "Origin": "https://elsewhere.example"}
        assert (await client.post("/api/v1/who", headers=foreign)).status == 403


async def test_the_csrf_token_of_another_session_is_none(house: House) -> None:
    async with serving(house) as one, serving(house) as other:
        await house.enter(one)
        csrf = await house.enter(other)
        assert (await one.post("/api/v1/who", headers={CSRF_HEADER: csrf})).status == 403


async def test_the_session_cookie_cannot_be_read_or_sent_by_other_sites(house: House) -> None:
    async with serving(house) as client:
        once = {"once": house.keeper.make_link("ada")}
        cookie = (await client.get("/console/enter", params=once)).cookies[COOKIE]
        assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["path"] == "/"


async def test_signing_in_again_ends_the_session_before(house: House) -> None:
    async with serving(house) as client:
        await house.enter(client)
        first = cookie_of(client)
        await house.enter(client)
        assert cookie_of(client) != first and await house.keeper.by_session(first) is None


async def test_signing_out_ends_the_session(house: House) -> None:
    async with serving(house) as client:
        await house.enter(client)
        kept = cookie_of(client)
        answer = await client.post("/console/sign-out", allow_redirects=False)
        assert answer.status == 303 and answer.headers["Location"] == "/console/sign-in"
        assert await house.keeper.by_session(kept) is None
        assert (await client.get("/console", allow_redirects=False)).status == 303


async def test_another_site_cannot_sign_anybody_out_or_in(house: House) -> None:
    async with serving(house) as client:
        await house.enter(client)
        for foreign in ("https://elsewhere.example", "null"):
            for path in ("sign-out", "sign-in", "welcome"):
                answer = await client.post(f"/console/{path}", headers={"Origin": foreign})
                assert answer.status == 403
        assert (await client.get("/console", allow_redirects=False)).status == 200


async def test_too_many_guesses_are_answered_with_a_time_to_wait(house: House) -> None:
    async with serving(house) as client:
        wrong = {"Authorization": "Bearer guess"}
        statuses = [
            (await client.get("/api/v1/who", headers=wrong)).status
            for _ in range(FAILURES_ALLOWED + 1)
        ]
        assert statuses[0] == 401 and statuses[-1] == 429
        right = {"Authorization": f"Bearer {TOKEN}"}
        answer = await client.get("/api/v1/who", headers=right)
        assert answer.status == 429 and int(answer.headers["Retry-After"]) > 0
        assert (await client.get("/console/sign-in")).status == 429


async def test_every_page_carries_a_strict_policy_and_errors_are_problems(house: House) -> None:
    async with serving(house) as client:
        for path in ("/console/sign-in", "/api/v1/who", "/nowhere", "/console/static/base.css"):
            answer = await client.get(path)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        problem = await (await client.get("/api/v1/who")).json(content_type=None)
        assert set(problem) == {"error", "where", "fix"}
        token = {"Authorization": f"Bearer {TOKEN}"}
        broken = await client.get("/api/v1/broken", headers=token)
        assert broken.status == 500 and "secret" not in await broken.text()


async def test_only_the_names_of_this_server_are_answered(house: House) -> None:
    async with serving(house, hosts=Hosts(frozenset({"127.0.0.1", "shop.example"}))) as client:
        assert (await client.get("/console/sign-in")).status == 200
        assert (
            await client.get("/console/sign-in", headers={"Host": "evil.example"})
        ).status == 421
        ours = await client.get("/console/sign-in", headers={"Host": "shop.example:8443"})
        assert ours.status == 200
        hook = await client.post("/channels/sms/inbound", headers={"Host": "tunnel.example"})
        assert hook.status == 200


def cookie_of(client: Client) -> str:
    """The session that the browser holds."""
    kept = client.session.cookie_jar.filter_cookies(client.make_url("/"))
    return kept[COOKIE].value
