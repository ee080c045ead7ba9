"""Files both ways: the bytes arrive, and the token goes nowhere but to Slack."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.slack.simulator import Fault
from core.channel import SendError
from core.channel_abilities import Attempt, Found
from core.message import Attachment, OutboundPart
from tests.adapters.slack.account import CHANNEL, TEAM, USER, event_body, line, utc_now

PICTURE = ("lamp.png", "image/png", b"\x89PNG bytes")


def file_part(name: str = "bill.pdf", reference: str = "file:1", **address: str) -> OutboundPart:
    described = {"name": name, "media_type": "application/pdf", "reference": reference, "size": 3}
    where = {"team": TEAM, "channel": f"D{USER}", "user": USER} | address
    return OutboundPart("1", "slack", "slack", where, {"text": "", "attachments": [described]})


async def test_a_file_comes_with_its_words_and_its_bytes_can_be_fetched() -> None:
    async with line() as on:
        await on.slack.write(USER, "look", files=[PICTURE])
        (message,) = on.door.messages
        (attachment,) = message.attachments
        assert message.text == "look"
        assert (attachment.name, attachment.media_type, attachment.size) == (
            "lamp.png", "image/png", len(PICTURE[2])
        )  # fmt: skip
        assert await on.adapter.fetch(attachment) == PICTURE[2]


async def test_a_file_of_a_shared_channel_is_fetched_by_asking_where_it_is() -> None:
    async with line() as on:
        file = on.slack.world.add_file(*PICTURE, on.slack.api.root)
        told = {"id": file["id"], "file_access": "check_file_info", "name": "lamp.png"}
        await on.slack.events.event(event_body({"subtype": "file_share", "files": [told]}))
        (attachment,) = on.door.messages[0].attachments
        assert await on.adapter.fetch(attachment) == PICTURE[2]


async def test_a_file_that_was_taken_away_is_no_attachment() -> None:
    async with line() as on:
        gone = {"id": "F1", "mode": "tombstone", "url_private": "https://files.slack.com/x"}
        await on.slack.events.event(event_body({"subtype": "file_share", "files": [gone]}))
        assert on.door.messages[0].attachments == ()


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x",
        "https://files.slack.com.evil.example/x",
        "https://slack.com@evil.example/x",
        "http://files.slack.com/x",
        "file:///etc/passwd",
    ],
)
async def test_the_token_goes_to_no_other_host(url: str) -> None:
    async with line() as on:
        with pytest.raises(SendError, match="not followed"):
            await on.adapter.fetch(Attachment("x", "text/plain", f"{url}#{TEAM}"))


async def test_the_token_does_not_follow_a_redirect_to_another_host() -> None:
    seen: list[str] = []

    async def catch(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization", ""))
        return web.Response(text="caught")

    app = web.Application()
    app.router.add_get("/{path:.*}", catch)
    async with TestServer(app) as other, line() as on:
        on.slack.api.moved = str(other.make_url("/x"))
        url = f"{on.slack.api.root}/files-pri/T-F1/x"
        with pytest.raises(SendError, match="not followed"):
            await on.adapter.fetch(Attachment("x", "text/plain", f"{url}#{TEAM}"))
    assert seen == []


async def test_a_page_to_log_in_on_is_not_taken_for_the_file() -> None:
    async with line() as on:
        await on.slack.write(USER, "look", files=[PICTURE])
        on.slack.api.tokens.clear()
        with pytest.raises(SendError, match="files:read"):
            await on.adapter.fetch(on.door.messages[0].attachments[0])


async def test_a_file_that_is_too_large_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.slack.files.LARGEST_FILE", 5)
    async with line() as on:
        await on.slack.write(USER, "look", files=[PICTURE])
        with pytest.raises(SendError, match="larger"):
            await on.adapter.fetch(on.door.messages[0].attachments[0])


async def test_a_file_of_ours_appears_in_the_thread() -> None:
    async with line(files={"file:1": b"%PDF"}) as on:
        root = await on.slack.write(USER, "@OneThread bill?", channel=CHANNEL)
        await on.adapter.send(file_part(channel=CHANNEL, thread_ts=root))
        post = on.slack.world.rooms[CHANNEL].posts[-1]
        assert (post["thread_ts"], post["files"][0]["title"]) == (root, "bill.pdf")
        assert on.slack.world.contents[post["files"][0]["id"]] == b"%PDF"


async def test_a_file_we_no_longer_have_is_told_and_not_retried() -> None:
    async with line() as on:
        await on.slack.write(USER, "bill?")
        with pytest.raises(SendError, match=r"bill\.pdf is not kept") as told:
            await on.adapter.send(file_part())
        assert not told.value.retryable


@pytest.mark.parametrize(
    ("method", "ambiguous"),
    [("files.getUploadURLExternal", False), ("files.completeUploadExternal", True)],
)
async def test_only_the_step_that_shows_a_file_can_be_ambiguous(
    method: str, ambiguous: bool
) -> None:
    async with line(files={"file:1": b"%PDF"}) as on:
        await on.slack.write(USER, "bill?")
        on.slack.faults.append(Fault("lose", method=method))
        with pytest.raises(SendError) as told:
            await on.adapter.send(file_part())
        assert (told.value.retryable, told.value.ambiguous) == (True, ambiguous)


async def test_a_file_whose_answer_was_lost_is_found_again() -> None:
    async with line(files={"file:1": b"%PDF"}) as on:
        await on.slack.write(USER, "bill?")
        on.slack.faults.append(Fault("lose", method="files.completeUploadExternal"))
        at = utc_now()
        with pytest.raises(SendError):
            await on.adapter.send(file_part())
        file_id = on.slack.world.direct(USER).posts[-1]["files"][0]["id"]
        assert await on.adapter.reconcile(Attempt(file_part(), at)) == Found(file_id)
        again = Attempt(file_part(), at - timedelta(minutes=1), frozenset({file_id}))
        assert await on.adapter.reconcile(again) != Found(file_id)
