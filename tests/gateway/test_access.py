"""Access: what opens which door, once, for how long, and when a door stays shut."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.access import (
    FAILURE_WINDOW,
    FAILURES_ALLOWED,
    LINK_LIFE,
    SESSION_LIFE,
    Keeper,
    hash_secret,
)
from gateway.console.pages import register_console
from gateway.gate import COOKIE, CSRF_HEADER, RULES, Entry, actor_of, entry_for, make_gate
from gateway.hosts import Hosts

TOKEN = "ot_a-token-for-tests"
Client = TestClient[web.Request, web.Application]


class Clock:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


def make_keeper(clock: Clock) -> Keeper:
    numbers = iter(range(10_000))
    return Keeper(hash_secret(TOKEN), now=clock, new_secret=lambda: f"secret-{next(numbers):032d}")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keeper(clock: Clock) -> Keeper:
    return make_keeper(clock)


def test_only_the_token_is_the_token(keeper: Keeper) -> None:
    assert keeper.check_token(TOKEN, "1.1.1.1") == "admin"
    assert keeper.check_token(TOKEN + "x", "1.1.1.1") is None
    assert keeper.check_token("", "1.1.1.1") is None


def test_a_link_works_once_and_not_for_long(keeper: Keeper, clock: Clock) -> None:
    once = keeper.make_link()
    cookie = keeper.use_link(once, "1.1.1.1")
    assert cookie is not None and keeper.session(cookie) is not None
    assert keeper.use_link(once, "1.1.1.1") is None
    late = keeper.make_link()
    clock.at += LINK_LIFE
    assert keeper.use_link(late, "1.1.1.1") is None


def test_a_session_ends_by_time_and_by_signing_out(keeper: Keeper, clock: Clock) -> None:
    cookie = keeper.open_session("admin")
    assert keeper.session(cookie) is not None
    keeper.end_session(cookie)
    assert keeper.session(cookie) is None
    cookie = keeper.open_session("admin")
    clock.at += SESSION_LIFE
    assert keeper.session(cookie) is None


def test_wrong_attempts_lock_that_address_only_and_only_for_a_while(
    keeper: Keeper, clock: Clock
) -> None:
    for _ in range(FAILURES_ALLOWED):
        assert keeper.locked_for("6.6.6.6") == 0
        keeper.check_token("guess", "6.6.6.6")
    assert keeper.locked_for("6.6.6.6") > 0
    assert keeper.check_token(TOKEN, "6.6.6.6") is None
    assert keeper.use_link(keeper.make_link(), "6.6.6.6") is None
    assert keeper.check_token(TOKEN, "1.1.1.1") == "admin"
    clock.at += FAILURE_WINDOW + timedelta(seconds=1)
    assert keeper.check_token(TOKEN, "6.6.6.6") == "admin"


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("/channels/sms/inbound", Entry.CHANNEL),
        ("/api/v1/customers", Entry.ADMIN),
        ("/console", Entry.PAGE),
        ("/console/queue/{id}", Entry.PAGE),
        ("/console/socket", Entry.ADMIN),
        ("/console/enter", Entry.PUBLIC),
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


@asynccontextmanager
async def serving(keeper: Keeper, hosts: Hosts | None = None) -> AsyncIterator[Client]:
    async def who(request: web.Request) -> web.Response:
        return web.json_response({"actor": actor_of(request)})

    async def hook(_request: web.Request) -> web.Response:
        return web.Response(text="taken")

    async def broken(_request: web.Request) -> web.Response:
        raise RuntimeError("a secret detail")

    app = web.Application(middlewares=[make_gate(keeper, hosts=hosts)])
    app.router.add_route("*", "/api/v1/who", who)
    app.router.add_get("/api/v1/broken", broken)
    app.router.add_post("/channels/sms/inbound", hook)
    app.router.add_get("/forgotten", hook)
    register_console(app, keeper)
    async with TestClient(TestServer(app)) as client:
        yield client


async def enter(client: Client, keeper: Keeper) -> str:
    """Sign the client in by a one-time link; the CSRF token of its session."""
    answer = await client.get("/console/enter", params={"once": keeper.make_link()})
    assert answer.status == 200
    shell = await (await client.get("/console")).text()
    found = re.search(r'name="csrf-token" content="([^"]+)"', shell)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("method", "path", "without", "with_token", "with_wrong_token"),
    [
        ("GET", "/api/v1/who", 401, 200, 401),
        ("POST", "/api/v1/who", 401, 200, 401),
        ("GET", "/api/v1/nothing", 401, 404, 401),
        ("GET", "/console/socket", 401, 404, 401),
        ("GET", "/console", 303, 303, 303),
        ("GET", "/console/queue", 303, 303, 303),
        ("POST", "/console/sign-out", 303, 303, 303),
        ("GET", "/console/sign-in", 200, 200, 200),
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
    keeper: Keeper, method: str, path: str, without: int, with_token: int, with_wrong_token: int
) -> None:
    async with serving(keeper) as client:
        for token, status in ((None, without), (TOKEN, with_token), ("guess", with_wrong_token)):
            headers = {} if token is None else {"Authorization": f"Bearer {token}"}
            answer = await client.request(method, path, headers=headers, allow_redirects=False)
            assert answer.status == status, (token, await answer.text())


async def test_a_session_reads_and_changes_only_with_its_csrf_token(keeper: Keeper) -> None:
    async with serving(keeper) as client:
        csrf = await enter(client, keeper)
        assert await (await client.get("/api/v1/who")).json() == {"actor": "admin"}
        assert (await client.post("/api/v1/who")).status == 403
        assert (await client.post("/api/v1/who", headers={CSRF_HEADER: "guess"})).status == 403
        assert (await client.post("/api/v1/who", headers={CSRF_HEADER: csrf})).status == 200
        foreign = {CSRF_HEADER: csrf, "Origin": "https://elsewhere.example"}
        assert (await client.post("/api/v1/who", headers=foreign)).status == 403


async def test_the_session_cookie_cannot_be_read_or_sent_by_other_sites(keeper: Keeper) -> None:
    async with serving(keeper) as client:
        answer = await client.get("/console/enter", params={"once": keeper.make_link()})
        cookie = answer.cookies[COOKIE]
        assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["path"] == "/"


async def test_signing_out_ends_the_session(keeper: Keeper) -> None:
    async with serving(keeper) as client:
        await enter(client, keeper)
        kept = client.session.cookie_jar.filter_cookies(client.make_url("/"))[COOKIE].value
        answer = await client.post("/console/sign-out", allow_redirects=False)
        assert answer.status == 303 and answer.headers["Location"] == "/console/sign-in"
        assert keeper.session(kept) is None
        assert (await client.get("/console", allow_redirects=False)).status == 303


async def test_another_site_cannot_sign_anybody_out(keeper: Keeper) -> None:
    async with serving(keeper) as client:
        await enter(client, keeper)
        for foreign in ("https://elsewhere.example", "null"):
            answer = await client.post("/console/sign-out", headers={"Origin": foreign})
            assert answer.status == 403
        assert (await client.get("/console", allow_redirects=False)).status == 200


async def test_signing_in_with_the_token(keeper: Keeper) -> None:
    async with serving(keeper) as client:
        assert (await client.post("/console/sign-in", data={"token": "guess"})).status == 401
        foreign = {"Origin": "https://elsewhere.example"}
        answer = await client.post("/console/sign-in", data={"token": TOKEN}, headers=foreign)
        assert answer.status == 403
        assert (await client.post("/console/sign-in", data={"token": TOKEN})).status == 200
        assert (await client.get("/console", allow_redirects=False)).status == 200


async def test_too_many_guesses_are_answered_with_a_time_to_wait(keeper: Keeper) -> None:
    async with serving(keeper) as client:
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


async def test_every_page_carries_a_strict_policy_and_errors_are_problems(keeper: Keeper) -> None:
    async with serving(keeper) as client:
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


async def test_only_the_names_of_this_server_are_answered(keeper: Keeper) -> None:
    async with serving(keeper, hosts=Hosts(frozenset({"127.0.0.1", "shop.example"}))) as client:
        assert (await client.get("/console/sign-in")).status == 200
        assert (
            await client.get("/console/sign-in", headers={"Host": "evil.example"})
        ).status == 421
        ours = await client.get("/console/sign-in", headers={"Host": "shop.example:8443"})
        assert ours.status == 200
        hook = await client.post("/channels/sms/inbound", headers={"Host": "tunnel.example"})
        assert hook.status == 200
