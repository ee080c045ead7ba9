"""Several workspaces install the app, each is spoken to with its own token, and each can leave."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from slack_sdk.oauth.installation_store.models.bot import Bot

from adapters.slack.installations import KeptInstallations
from adapters.slack.oauth import KeptStates, Tickets
from core.channel import Received, Refused, SendError, WebhookRequest
from tests.adapters.slack.account import (
    BASE,
    SECRET,
    TEAM,
    USER,
    DictKeep,
    Line,
    event,
    line,
    make_adapter,
    make_config,
    part,
)

CLIENT: dict[str, Any] = {
    "bot_token": None,
    "client_id": "123.456",
    "client_secret": "a-client-secret-of-tests",
}
OTHER, OTHER_TOKEN = "T0OTHER", "xoxb-the-token-of-the-other-workspace"


@asynccontextmanager
async def open_to_all(keep: DictKeep | None = None) -> AsyncIterator[Line]:
    async with line(keep=keep, **CLIENT) as on:
        on.slack.api.tokens[OTHER_TOKEN] = OTHER
        yield on


def page(route: str, query: dict[str, str], cookie: str = "") -> WebhookRequest:
    return WebhookRequest("GET", f"{BASE}/{route}", {"cookie": cookie}, b"", query=query)


async def begin(on: Line) -> tuple[str, str]:
    """Open the page that is shown, and go where its button leads; state cookie and address."""
    (link,) = on.adapter.links()
    query = dict(parse_qsl(urlsplit(link.url).query))
    opened = (await on.adapter.receive("install", page("install", query))).response
    assert opened.status == 200
    cookies = SimpleCookie(opened.headers["set-cookie"])
    ((name, morsel),) = cookies.items()
    shown = str(opened.body)
    at = shown.index(f"{on.slack.api.root}/oauth/v2/authorize")
    address = shown[at : shown.index('"', at)].replace("&amp;", "&")
    return f"{name}={morsel.value}", address


async def allow(on: Line, address: str, team: str) -> dict[str, str]:
    """Somebody allows the app at Slack; what Slack leads back with."""
    assert on.slack.events.session is not None
    where = f"{address}&team={team}"
    async with on.slack.events.session.get(where, allow_redirects=False) as answer:
        back = answer.headers["Location"]
    assert back.startswith(f"{BASE}/oauth?")
    return dict(parse_qsl(urlsplit(back).query))


async def install(on: Line, team: str) -> Received:
    cookie, address = await begin(on)
    query = await allow(on, address, team)
    return await on.adapter.receive("oauth", page("oauth", query, cookie))


async def test_each_workspace_is_spoken_to_with_its_own_token() -> None:
    async with open_to_all() as on:
        assert (await install(on, TEAM)).response.status == 200
        assert (await install(on, OTHER)).response.status == 200
        await on.slack.write(USER, "hello")
        for team in (TEAM, OTHER):
            await on.adapter.send(part("hi", team=team))
        posts = on.slack.world.direct(USER).posts[1:]
        assert [one["team"] for one in posts] == [TEAM, OTHER]


async def test_installations_last_over_a_restart() -> None:
    keep = DictKeep()
    async with open_to_all(keep) as on:
        await install(on, TEAM)
    async with open_to_all(keep) as on:
        await on.slack.write(USER, "hello")
        await on.adapter.send(part("hi"))
        assert len(on.slack.posts_to(USER)) == 1


async def test_the_page_opens_only_with_the_key_that_was_shown() -> None:
    async with open_to_all() as on:
        for key in ("", "x", "9999999999.00", "１.0"):
            with pytest.raises(Refused) as told:
                await on.adapter.receive("install", page("install", {"key": key}))
            assert told.value.status == 403


async def test_the_key_is_good_for_an_hour() -> None:
    times = [datetime(2027, 1, 15, 8, tzinfo=UTC)]
    adapter = make_adapter(make_config(**CLIENT), now=lambda: times[-1])
    (link,) = adapter.links()
    query = dict(parse_qsl(urlsplit(link.url).query))
    times.append(times[0] + timedelta(minutes=59))
    assert (await adapter.receive("install", page("install", query))).response.status == 200
    times.append(times[0] + timedelta(minutes=61))
    with pytest.raises(Refused, match="too old"):
        await adapter.receive("install", page("install", query))
    await adapter.close()


async def test_the_address_of_the_page_is_not_in_its_repr() -> None:
    adapter = make_adapter(make_config(**CLIENT))
    assert "key=" not in repr(adapter.links())


async def test_a_state_is_used_once() -> None:
    async with open_to_all() as on:
        cookie, address = await begin(on)
        query = await allow(on, address, TEAM)
        first = await on.adapter.receive("oauth", page("oauth", query, cookie))
        again = await on.adapter.receive("oauth", page("oauth", query, cookie))
        assert (first.response.status, again.response.status) == (200, 401)


async def test_a_state_of_another_browser_installs_nothing() -> None:
    keep = DictKeep()
    async with open_to_all(keep) as on:
        _, address = await begin(on)
        query = await allow(on, address, TEAM)
        answer = await on.adapter.receive("oauth", page("oauth", query))
        assert answer.response.status == 400
        assert await keep.names("installation:") == []


async def test_a_state_is_good_for_ten_minutes_and_cannot_be_made_up() -> None:
    times = [datetime(2027, 1, 15, 8, tzinfo=UTC)]
    tickets = Tickets(SECRET.encode(), lambda: times[-1])
    states = KeptStates(DictKeep(), tickets, iter("abc").__next__)
    good, late = await states.async_issue(), await states.async_issue()
    assert not await states.async_consume(f"z.{good.partition('.')[2]}")
    assert await states.async_consume(good)
    times.append(times[0] + timedelta(minutes=11))
    assert not await states.async_consume(late)


async def test_states_that_nobody_uses_are_bounded() -> None:
    keep = DictKeep()
    tickets = Tickets(SECRET.encode(), lambda: datetime(2027, 1, 15, 8, tzinfo=UTC))
    numbers = iter(range(1_000))
    states = KeptStates(keep, tickets, lambda: f"{next(numbers):04d}")
    for _ in range(130):
        await states.async_issue()
    assert len(keep.values) == 100


async def test_somebody_who_declines_installs_nothing() -> None:
    async with open_to_all() as on:
        answer = await on.adapter.receive("oauth", page("oauth", {"error": "access_denied"}))
        assert answer.response.status == 200
        assert await on.keep.names("installation:") == []


async def test_an_account_with_one_token_has_no_page() -> None:
    async with line() as on:
        assert on.adapter.links() == ()
        with pytest.raises(Refused):
            await on.adapter.receive("oauth", page("oauth", {}))


@pytest.mark.parametrize(
    "inner",
    [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U0ONETHREAD"]}}],
)
async def test_a_workspace_that_leaves_is_forgotten(inner: dict[str, object]) -> None:
    async with open_to_all() as on:
        await install(on, TEAM)
        await on.slack.write(USER, "hello")
        await on.adapter.receive("events", event(dict(inner)))
        assert await on.keep.names("installation:") == []
        with pytest.raises(SendError, match="not installed") as told:
            await on.adapter.send(part("hi"))
        assert not told.value.retryable


async def test_a_persons_revoked_token_is_not_the_bots() -> None:
    async with open_to_all() as on:
        await install(on, TEAM)
        inner = {"type": "tokens_revoked", "tokens": {"oauth": [USER]}}
        await on.adapter.receive("events", event(dict(inner)))
        assert len(await on.keep.names("installation:")) == 1


async def test_an_organisations_installation_speaks_in_all_its_workspaces() -> None:
    keep = DictKeep()
    store = KeptInstallations(keep, logging.getLogger("tests"))
    await store.async_save_bot(
        Bot(
            enterprise_id="E0GRID",
            bot_token="xoxb-grid",
            bot_id="B",
            bot_user_id="U",
            is_enterprise_install=True,
            installed_at=0.0,
        )
    )
    found = await store.find("E0GRID", "T0ANY")
    assert found is not None
    assert (found.token, found.team) == ("xoxb-grid", "")
    assert await store.find("E0OTHER", "T0ANY") is None
    assert "xoxb" not in repr(found)
