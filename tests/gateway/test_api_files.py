"""Messages as they came and files, over a real store: what is given out, and how it is sealed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from core.message import Attachment, OutboundMessage, Place, RenderedPart
from gateway.files import FileStore
from memory.units.messages.admission import admit
from memory.units.messages.parking import Parking, park
from tests.gateway.console_world import World, bearer, served
from tests.memory.hot import NOW, admission, inbound

PNG = b"\x89PNG\r\n\x1a\n not much of a picture"
HTML = '<p>It is broken.</p><img src="cid:photo@mail"><img src="cid:gone@mail">'
MAIL = b"From: ada@example.com\r\nSubject: Broken\r\n\r\nIt is broken."


def carrying(message: OutboundMessage) -> list[RenderedPart]:
    """A channel that can carry files."""
    files = [{"name": one.name, "reference": one.reference} for one in message.attachments]
    return [RenderedPart({"text": message.text, "attachments": files})]


@pytest.fixture
async def world(sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with served(
        sqlite_database_url,
        tmp_path / "files",
        renderers={"mail": carrying},
        fetchers={"slack": fetched},
    ) as one:
        yield one


async def fetched(attachment: Attachment) -> bytes:
    """What the provider has under this reference."""
    return b"fetched " + attachment.reference.encode()


async def mail(world: World, account: str = "mail", **changes: Any) -> str:
    """A mail as admission stores it; its message's id."""
    files = FileStore(world.files)
    numbers = count(9_000_000_000)
    kept = {
        "text": await files.keep(b"It is broken.\n> How is it?"),
        "html": await files.keep(HTML.encode()),
        "source": await files.keep(MAIL),
    }
    picture = Attachment("photo.png", "image/png", await files.keep(PNG), len(PNG), "photo@mail")
    page = Attachment("../x/in\u202evoice.html", "text/html", await files.keep(b"<script>"), 8)
    message = replace(
        inbound("M1", text="It is broken."),
        account=account,
        channel="email",
        attachments=(picture, page),
        place=Place("thread-1", "Broken"),
        **changes,
    )
    stored = replace(admission(message, lambda: next(numbers)), original=kept)
    return (await world.store.write(admit, stored)).message_id


async def test_the_whole_message_is_one_click_away(world: World) -> None:
    message = await mail(world)
    original = await world.get(f"/messages/{message}/original")
    assert original["text"] == "It is broken.\n> How is it?"
    assert original["has_html"] and original["has_source"]
    assert original["attachments"][0]["name"] == "photo.png"


async def test_the_html_of_a_mail_has_no_script_and_no_network(world: World) -> None:
    message = await mail(world)
    answer = await world.client.get(f"/api/v1/messages/{message}/html", headers=bearer())
    policy = answer.headers["Content-Security-Policy"]
    assert answer.status == 200 and answer.content_type == "text/html"
    assert policy.startswith("sandbox") and "allow-scripts" not in policy
    assert "default-src 'none'" in policy and "img-src data:;" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_a_picture_that_the_html_names_is_shown_within_it(world: World) -> None:
    message = await mail(world)
    answer = await world.client.get(f"/api/v1/messages/{message}/html", headers=bearer())
    html = await answer.text()
    assert html.count('src="data:image/png;base64,') == 1
    assert "cid:" not in html


async def test_the_source_is_a_download_of_plain_text(world: World) -> None:
    message = await mail(world)
    answer = await world.client.get(f"/api/v1/messages/{message}/source", headers=bearer())
    assert await answer.read() == MAIL
    assert answer.content_type == "text/plain"
    assert answer.headers["Content-Disposition"].startswith("attachment;")


async def test_a_picture_keeps_its_type_and_is_a_download(world: World) -> None:
    message = await mail(world)
    answer = await world.client.get(f"/api/v1/messages/{message}/attachments/0", headers=bearer())
    assert await answer.read() == PNG and answer.content_type == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert 'filename="photo.png"' in answer.headers["Content-Disposition"]


async def test_html_that_was_attached_is_never_given_out_as_a_page(world: World) -> None:
    message = await mail(world)
    answer = await world.client.get(f"/api/v1/messages/{message}/attachments/1", headers=bearer())
    assert answer.content_type == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="invoice.html"')
    assert "%E2%80%AE" not in disposition and "/" not in disposition


async def test_what_only_the_provider_has_is_fetched_once_and_kept(world: World) -> None:
    numbers = count(8_000_000_000)
    message = replace(
        inbound("S1", text="Look"),
        account="slack",
        attachments=(Attachment("log.txt", "text/plain", "https://files.example/1"),),
    )
    stored = await world.store.write(admit, admission(message, lambda: next(numbers)))
    path = f"/api/v1/messages/{stored.message_id}/attachments/0"
    first = await (await world.client.get(path, headers=bearer())).read()
    world.fetchers.clear()
    assert await (await world.client.get(path, headers=bearer())).read() == first
    assert first == b"fetched https://files.example/1"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/messages/{id}/attachments/2", 404),
        ("/messages/{id}/attachments/x", 404),
        ("/messages/{id}9/html", 404),
        ("/messages/nothing/original", 404),
        ("/messages/1-2-3/original", 404),
    ],
)
async def test_what_is_not_there_is_told(world: World, path: str, status: int) -> None:
    message = await mail(world)
    answer = await world.client.get(f"/api/v1{path.format(id=message)}", headers=bearer())
    assert answer.status == status
    assert set(await answer.json(content_type=None)) == {"error", "where", "fix"}


async def test_a_file_that_is_gone_is_told_with_its_reason(world: World) -> None:
    message = await mail(world)
    for file in world.files.rglob("*"):
        if file.is_file():
            file.unlink()
    answer = await world.client.get(f"/api/v1/messages/{message}/source", headers=bearer())
    assert answer.status == 410
    assert "not kept here" in (await answer.json(content_type=None))["error"]


async def test_what_could_not_be_read_is_looked_at_and_dismissed_once(world: World) -> None:
    file = await FileStore(world.files).keep(MAIL)
    parking = Parking(77, "mail", "M9", "A mail from nobody", "It has no From.", file, NOW)
    await world.store.run(park, parking)
    letters = await world.get("/dead-letters")
    letter = next(one for one in letters if one["kind"] == "parked")
    assert (letter["text"], letter["reason"]) == ("A mail from nobody", "It has no From.")
    answer = await world.client.get("/api/v1/dead-letters/parked/77/source", headers=bearer())
    assert await answer.read() == MAIL and answer.content_type == "text/plain"
    assert (await world.post("/dead-letters/parked/77/dismiss", {}))[0] == 200
    assert (await world.post("/dead-letters/parked/77/dismiss", {}))[0] == 409
    assert "parked" not in [one["kind"] for one in await world.get("/dead-letters")]


async def upload(world: World, content: bytes, name: str = "photo.png") -> tuple[int, Any]:
    answer = await world.client.post(
        "/api/v1/files",
        params={"name": name},
        data=BytesIO(content),
        headers={**bearer(), "Content-Type": "image/png"},
    )
    return answer.status, await answer.json(content_type=None)


async def test_an_uploaded_file_has_a_clean_name(world: World) -> None:
    status, file = await upload(world, PNG, "..\\..\\pho\u202eto\n.png")
    assert status == 200 and file["name"] == "photo.png"
    assert file["media_type"] == "image/png" and file["size"] == len(PNG)


async def test_a_file_may_be_larger_than_other_bodies_but_has_its_limit(world: World) -> None:
    assert (await upload(world, b"x" * (10 * 1024 * 1024)))[0] == 200
    assert (await upload(world, b"x" * (10 * 1024 * 1024 + 1)))[0] == 413
    assert (await upload(world, b""))[0] == 422


async def test_a_channel_that_cannot_carry_files_says_so_before_sending(world: World) -> None:
    _, file = await upload(world, PNG)
    body = {"text": "Here it is.", "files": [told(file)]}
    status, problem = await world.post(f"/handoffs/{world.handoff_id}/answer", body)
    assert status == 422 and problem["where"] == "body: files"
    assert problem["error"].startswith("This number cannot carry pictures.")
    assert [one["carries_files"] for one in await world.get("/channels")] == [False]
    world.renderers["sms"] = carrying
    assert [one["carries_files"] for one in await world.get("/channels")] == [True]


async def test_a_file_goes_out_with_the_answer_and_stays_in_the_thread(world: World) -> None:
    world.renderers["sms"] = carrying
    _, file = await upload(world, PNG)
    body = {"text": "Here it is.", "files": [told(file)]}
    status, _ = await world.post(f"/handoffs/{world.handoff_id}/answer", body)
    said = await world.get(f"/customers/{world.customer_id}/timeline")
    assert status == 200
    assert said[-1]["extras"]["attachments"][0]["name"] == "photo.png"
    answer = await world.client.get(
        f"/api/v1/messages/{said[-1]['id']}/attachments/0", headers=bearer()
    )
    assert await answer.read() == PNG


async def test_a_file_goes_out_without_a_word(world: World) -> None:
    world.renderers["sms"] = carrying
    _, file = await upload(world, PNG)
    path = f"/handoffs/{world.handoff_id}/answer"
    assert (await world.post(path, {"text": " ", "files": [told(file)]}))[0] == 200
    said = await world.get(f"/customers/{world.customer_id}/timeline")
    assert said[-1]["text"] == ""
    assert said[-1]["extras"]["attachments"][0]["name"] == "photo.png"


async def test_an_answer_with_neither_text_nor_file_is_told_to_be_empty(world: World) -> None:
    path = f"/handoffs/{world.handoff_id}/answer"
    status, problem = await world.post(path, {"text": " ", "files": []})
    assert (status, problem["where"]) == (422, "body: text")
    assert problem["error"] == "The message is empty."


async def test_only_a_file_that_is_kept_here_can_be_sent(world: World) -> None:
    file = {"reference": "file:" + "0" * 64, "name": "x", "media_type": "image/png"}
    path = f"/handoffs/{world.handoff_id}/answer"
    status, problem = await world.post(path, {"text": "Here it is.", "files": [file]})
    assert status == 422 and problem["where"] == "body: files"


def told(file: Any) -> dict[str, str]:
    """What an answer tells of an uploaded file."""
    return {name: file[name] for name in ("reference", "name", "media_type")}
