"""A message as each channel would send it, by the real renderings of the built-in channels."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.email import SPEC as EMAIL
from adapters.slack import SPEC as SLACK
from adapters.slack.blocks import PRIVATELY, slack_renderer
from core.rendering import renderer
from tests.gateway.console_world import World, served
from tests.layouts import laid_out

FILE = {
    "reference": "file:" + "0" * 64,
    "name": "lamp.png",
    "media_type": "image/png",
    "size": 1200,
}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with served(
        laid_out(tmp_path / "render.db"),
        tmp_path / "files",
        renderers={
            "mail": renderer(EMAIL.capabilities),
            "room": slack_renderer(),
        },
        specs={"mail": EMAIL, "room": SLACK},
    ) as one:
        yield one


async def shown(world: World, **body: Any) -> dict[str, Any]:
    """What each account would make of it, by account."""
    status, previews = await world.post("/render", body)
    assert status == 200, previews
    return {one["account"]: one for one in previews}


async def test_without_an_account_every_enabled_one_shows_what_it_would_send(world: World) -> None:
    status, previews = await world.post("/render", {"text": "**Hello** there"})
    assert status == 200
    assert [(one["account"], one["channel"], one["title"]) for one in previews] == [
        ("mail", "email", "E-mail"),
        ("room", "slack", "Slack"),
        ("sms", "sms", "SMS (Twilio)"),
    ]
    mail, room, sms = (one["parts"][0]["payload"] for one in previews)
    assert mail["html"] == "<p><strong>Hello</strong> there</p>"
    assert room["blocks"][0]["text"]["text"] == "*Hello* there"
    assert sms == {"text": "Hello there"}


async def test_with_an_account_only_that_one_does(world: World) -> None:
    assert list(await shown(world, account="room", text="Hello")) == ["room"]


async def test_an_account_that_is_not_there_is_told_with_those_that_are(world: World) -> None:
    status, problem = await world.post("/render", {"account": "fax", "text": "Hello"})
    assert (status, problem["where"]) == (404, "body: account")
    assert problem["fix"] == "One of: mail, room, sms."


async def test_every_part_says_its_segments_and_what_was_given_up(world: World) -> None:
    previews = await shown(world, account="sms", text="**Long** ł " + "word " * 500)
    notes = [one["notes"] for one in previews["sms"]["parts"]]
    assert len(notes) > 1
    assert "Emphasis is dropped." in notes[0]
    assert all(one[-1].endswith(("segments (UCS-2)", "segments (GSM-7)")) for one in notes)


async def test_what_one_channel_refuses_the_others_still_show(world: World) -> None:
    previews = await shown(world, text="Here it is.", files=[FILE])
    assert "cannot carry pictures" in previews["sms"]["refused"]
    assert previews["sms"]["parts"] == []
    assert previews["room"]["refused"] is None
    [_, file] = previews["room"]["parts"]
    [named] = file["payload"]["attachments"]
    assert (named["name"], named["size"]) == ("lamp.png", 1200)


async def test_a_persons_name_is_where_the_channel_puts_it(world: World) -> None:
    previews = await shown(world, text="Hello", author="agent", name="Sam")
    assert previews["sms"]["parts"][0]["payload"]["text"] == "Sam: Hello"
    assert previews["room"]["parts"][0]["payload"]["blocks"][0]["text"]["text"] == "*Sam*"


async def test_what_is_personal_is_shown_to_leave_a_room(world: World) -> None:
    wanted = {"account": "room", "text": "Your balance is 12.", "sensitivity": "personal"}
    alone = await shown(world, **wanted)
    assert len(alone["room"]["parts"]) == 1
    among_others = await shown(world, **wanted, audience="room")
    neutral, direct = (one["payload"] for one in among_others["room"]["parts"])
    assert neutral["text"] == PRIVATELY
    assert direct["direct"] is True


async def test_choices_are_shown_without_a_text(world: World) -> None:
    previews = await shown(world, account="sms", text="", quick_replies=["Yes", "No"])
    assert previews["sms"]["parts"][0]["payload"]["text"].strip() == "1. Yes\n2. No"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"text": ""}, "body: text"),
        ({"text": "x" * 20_001}, "body: text"),
        ({"text": "x", "files": [FILE] * 11}, "body: files"),
        ({"text": "x", "files": [{**FILE, "reference": "/etc/passwd"}]}, "body: files.0.reference"),
        ({"text": "x", "quick_replies": ["x"] * 11}, "body: quick_replies"),
        ({"text": "x", "audience": "everybody"}, "body: audience"),
        ({"text": "x", "author": "customer"}, "body: author"),
    ],
)
async def test_what_is_too_much_or_not_understood_is_refused(
    world: World, body: object, where: str
) -> None:
    status, problem = await world.post("/render", body)
    assert (status, problem["where"]) == (422, where)


async def test_showing_stores_and_sends_nothing(world: World) -> None:
    before = await world.get("/conversations")
    await shown(world, text="Hello")
    assert await world.get("/conversations") == before
    assert world.woken == []
