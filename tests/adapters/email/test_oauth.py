"""Access tokens: got by the refresh token, kept until shortly before their end, and never shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.email.config import OAuth
from adapters.email.oauth import AccessTokens, NoAccess
from adapters.email.simulator.service import DEMO_ACCESS_TOKEN
from tests.adapters.email.mailbox import ANNA, box, service

NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)


class Endpoint:
    """A token endpoint as a test scripts it."""

    def __init__(self) -> None:
        self.status = 200
        self.answer: object = {"access_token": DEMO_ACCESS_TOKEN, "expires_in": 3600}
        self.asked: list[dict[str, str]] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append({name: str(value) for name, value in (await request.post()).items()})
        return web.json_response(self.answer, status=self.status)

    @property
    def oauth(self) -> OAuth:
        return OAuth(self.url, "the-client", "the-secret", "the-refresh-token", "mail")


@asynccontextmanager
async def endpoint() -> AsyncIterator[Endpoint]:
    found = Endpoint()
    app = web.Application()
    app.router.add_post("/token", found.handle)
    async with TestServer(app) as server:
        found.url = str(server.make_url("/token"))
        yield found


async def test_a_token_is_asked_for_once_until_shortly_before_its_end() -> None:
    async with endpoint() as server:
        now = NOW
        tokens = AccessTokens(server.oauth, lambda: now, 5)
        assert await tokens.token() == await tokens.token() == DEMO_ACCESS_TOKEN
        assert len(server.asked) == 1
        now += timedelta(seconds=3550)
        await tokens.token()
        tokens.forget()
        await tokens.token()
        assert len(server.asked) == 3
        assert server.asked[0] == {
            "grant_type": "refresh_token",
            "client_id": "the-client",
            "client_secret": "the-secret",
            "refresh_token": "the-refresh-token",
            "scope": "mail",
        }


@pytest.mark.parametrize(
    ("status", "answer", "lasting", "words"),
    [
        (400, {"error": "invalid_grant"}, True, "invalid_grant"),
        (401, {}, True, "oauth_refresh_token"),
        (503, {}, False, "503"),
        (200, {"nothing": 1}, False, "without an access token"),
        (200, [], False, "without an access token"),
    ],
)
async def test_a_refusal_says_whether_somebody_has_to_act(
    status: int, answer: object, lasting: bool, words: str
) -> None:
    async with endpoint() as server:
        server.status, server.answer = status, answer
        with pytest.raises(NoAccess) as raised:
            await AccessTokens(server.oauth, lambda: NOW, 5).token()
        assert (raised.value.lasting, words in raised.value.reason) == (lasting, True)
        assert "the-refresh-token" not in raised.value.reason


async def test_an_endpoint_that_is_away_is_tried_again() -> None:
    async with endpoint() as server:
        oauth = server.oauth
    with pytest.raises(NoAccess) as raised:
        await AccessTokens(oauth, lambda: NOW, 5).token()
    assert not raised.value.lasting


async def test_a_mailbox_is_read_and_answered_with_access_tokens() -> None:
    async with endpoint() as server, service() as simulator:
        options: dict[str, Any] = {
            "imap_password": None,
            "oauth_token_url": server.url,
            "oauth_client_id": "the-client",
            "oauth_refresh_token": "the-refresh-token",
        }
        async with box(simulator=simulator, **options) as mail:
            await simulator.write(ANNA, "Where is my lamp, please?")
            [message] = await mail.taken.until(lambda taken: taken.messages)
            await mail.adapter.send(mail.part(message, "On its way."))
            assert len(simulator.mails_to(ANNA)) == 1
        assert len(server.asked) == 1


async def test_a_token_the_server_no_longer_takes_is_replaced() -> None:
    async with endpoint() as server, service() as simulator:
        server.answer = {"access_token": "revoked", "expires_in": 3600}
        options: dict[str, Any] = {
            "imap_host": None,
            "webhook_secret": "a-webhook-secret-of-the-tests-only",
            "oauth_token_url": server.url,
            "oauth_client_id": "the-client",
            "oauth_refresh_token": "the-refresh-token",
        }
        async with box(simulator=simulator, **options) as mail:
            assert "access token" in (await mail.adapter.health()).detail
            server.answer = {"access_token": DEMO_ACCESS_TOKEN, "expires_in": 3600}
            assert (await mail.adapter.health()).ok
