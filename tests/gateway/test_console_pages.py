"""The way to the console's pages: to the door, through it, and back to where one wanted to go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.access.gate import COOKIE
from tests.gateway.console_world import World, enter, served
from tests.gateway.credentials import PASSWORD, person
from tests.layouts import laid_out

CASE = "/console/queue/12"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with served(laid_out(tmp_path / "console.db"), tmp_path / "files") as found:
        await person(found.store)
        yield found


def right(**more: str) -> dict[str, str]:
    """What somebody fills in who knows the password."""
    return {"login": "ada", "password": PASSWORD, **more}


async def door(world: World, **query: str) -> str:
    """The sign-in page."""
    answer = await world.client.get("/console/sign-in", params=query)
    assert answer.status == 200
    return await answer.text()


async def test_who_is_not_signed_in_is_sent_to_the_door_and_back(world: World) -> None:
    answer = await world.client.get(CASE, allow_redirects=False)
    assert answer.status == 303
    form = await (await world.client.get(answer.headers["Location"])).text()
    assert f'name="next" value="{CASE}"' in form
    entered = await world.client.post("/console/sign-in", data=right(next=CASE))
    assert f"url={CASE}" in await entered.text()


async def test_a_wrong_password_keeps_where_one_wanted_to_go(world: World) -> None:
    wrong = right(next=CASE, password="guess")
    answer = await world.client.post("/console/sign-in", data=wrong)
    form = await answer.text()
    assert answer.status == 401
    assert "do not fit" in form and f'value="{CASE}"' in form


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/console/queue",
        "/console/queue/../../api/v1/changes",
        "/console/queue/12x",
        '/console/queue"><script>',
        "/console/queue/1\n",
        "",
    ],
)
async def test_signing_in_leads_nowhere_but_into_the_console(world: World, wanted: str) -> None:
    assert 'name="next" value="/console/queue"' in await door(world, next=wanted)
    entered = await world.client.post("/console/sign-in", data=right(next=wanted))
    assert "url=/console/queue&" not in await entered.text()
    assert 'content="0;url=/console/queue"' in await entered.text()


async def test_who_is_signed_in_need_not_knock(world: World) -> None:
    await enter(world)
    answer = await world.client.get(
        "/console/sign-in", params={"next": CASE}, allow_redirects=False
    )
    assert (answer.status, answer.headers["Location"]) == (303, CASE)


async def test_a_click_on_another_site_asks_again_from_here(world: World) -> None:
    """A Strict cookie is not sent along with such a click, though its owner is signed in."""
    answer = await world.client.get(
        "/console/sign-in", params={"next": CASE}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    told = await answer.text()
    assert 'content="0;url=/console/sign-in?next=' in told and "Password" not in told


async def test_an_ended_session_is_told_from_none(world: World) -> None:
    assert "session has ended" not in await door(world)
    assert "session has ended" in await door(world, ended="1")
    world.client.session.cookie_jar.update_cookies({COOKIE: "forgotten"}, world.client.make_url(""))
    assert "session has ended" in await door(world)


async def test_a_lock_out_is_told_in_minutes(world: World) -> None:
    for _ in range(8):
        await world.client.get("/console/enter", params={"once": "guess"})
    answer = await world.client.get("/console/sign-in")
    assert answer.status == 429
    assert "Wait 10 minutes" in await answer.text()
