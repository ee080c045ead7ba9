"""Files in the chat: by a signed address in, through admission into the file store, and out again.

Over a running gateway; the page's side is the client that speaks the widget's protocol.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
import jwt
import pytest
from aiohttp import web

from adapters.webchat.client import ChatClient, ChatRefused
from gateway.sockets.files import UploadLimits, Uploads
from tests.adapters.webchat.chat_server import ORIGIN as SHOP
from tests.adapters.webchat.chat_server import ChatServer, make_config, until
from tests.gateway.way import ORIGIN, Way, login_token, running

PNG = b"\x89PNG\r\n\x1a\n not much of a picture"


@pytest.fixture
async def way(tmp_path: Path) -> AsyncIterator[Way]:
    async with running(tmp_path) as started:
        yield started


async def offered(client: ChatClient, size: int = len(PNG), name: str = "photo.png") -> str:
    """The address at which the gateway will take this file."""
    key = str(uuid4())
    asked = {"client_id": key, "name": name, "media_type": "image/png", "size": size}
    await client.send({"type": "upload", **asked})
    await until(lambda: key in client._uploads)
    return client._uploads.pop(key)


async def sent_to(
    url: str, content: bytes = PNG, origin: str | None = ORIGIN
) -> aiohttp.ClientResponse:
    async with (
        aiohttp.ClientSession(headers={"Origin": origin} if origin else None) as http,
        http.post(url, data=content) as answer,
    ):
        await answer.read()
        return answer


async def fetched(url: str) -> tuple[aiohttp.ClientResponse, bytes]:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer, await answer.read()


def file_of(client: ChatClient) -> dict[str, str]:
    """The one file that is shown."""
    [file] = [file for one in client.thread.values() for file in one.files]
    return dict(file)


async def test_a_file_that_is_sent_is_shown_in_every_tab_and_is_the_very_file(way: Way) -> None:
    client = await way.chat()
    tab = await way.chat(token=client.token)
    await client.upload(PNG, "photo.png", "image/png")
    await until(lambda: any(one.files for one in tab.thread.values()))
    for one in (client, tab):
        file = file_of(one)
        assert (file["name"], file["media_type"]) == ("photo.png", "image/png")
        answer, content = await fetched(file["url"])
        assert content == PNG
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_file_is_there_after_a_reload(way: Way) -> None:
    client = await way.chat()
    await client.upload(PNG, "photo.png", "image/png")
    back = await way.chat(token=client.token)
    await until(lambda: any(one.files for one in back.thread.values()))
    assert (await fetched(file_of(back)["url"]))[1] == PNG


async def test_an_upload_that_is_repeated_is_one_message(way: Way) -> None:
    client = await way.chat()
    url = await offered(client)
    assert [(await sent_to(url)).status for _ in range(2)] == [204, 204]
    await client.wait_for_reply(1)
    assert [one.author for one in client.thread.values()] == ["customer", "bot"]


async def test_a_name_cannot_lead_out_of_its_folder_or_turn_the_writing_around(way: Way) -> None:
    client = await way.chat()
    await client.upload(PNG, "../../etc/in\u202egnp.exe.png", "image/png")
    await until(lambda: any(one.files for one in client.thread.values()))
    assert file_of(client)["name"] == "ingnp.exe.png"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"name": "a.png", "media_type": "image/png", "size": 10 * 1024 * 1024 + 1}, 413),
        ({"name": "a.exe", "media_type": "application/x-msdownload", "size": 9}, 415),
        ({"name": "a.exe", "media_type": "", "size": 9}, 415),
        ({"name": "a.html", "media_type": "text/html; charset=utf-8", "size": 9}, 415),
        ({"name": "a.svg", "media_type": "image/svg+xml", "size": 9}, 415),
        ({"name": "a.png", "media_type": "image/png", "size": 0}, 400),
    ],
)
async def test_what_is_too_large_or_of_another_kind_gets_no_address(
    way: Way, asked: dict[str, object], status: int
) -> None:
    client = await way.chat()
    key = str(uuid4())
    await client.send({"type": "upload", "client_id": key, **asked})
    await until(lambda: key in client._refused)
    assert client._refused[key].status == status


async def test_no_more_bytes_come_in_than_were_asked_for(way: Way) -> None:
    client = await way.chat()
    answer = await sent_to(await offered(client, size=4), PNG)
    assert answer.status == 413
    assert client.thread == {}


async def test_an_empty_file_is_refused(way: Way) -> None:
    client = await way.chat()
    assert (await sent_to(await offered(client), b"")).status == 400


@pytest.mark.parametrize("origin", [None, "https://evil.test", f"{ORIGIN}.evil.test"])
async def test_only_the_very_origin_may_send_a_file(way: Way, origin: str | None) -> None:
    client = await way.chat()
    answer = await sent_to(await offered(client), origin=origin)
    assert answer.status == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_page_may_read_what_became_of_its_file(way: Way) -> None:
    client = await way.chat()
    url = await offered(client)
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    async with aiohttp.ClientSession() as http, http.options(url, headers=asked) as preflight:
        assert preflight.status == 204
        assert preflight.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert preflight.headers["Access-Control-Allow-Methods"] == "POST"
    answer = await sent_to(url)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


async def test_an_address_that_was_tampered_with_or_is_of_another_kind_opens_nothing(
    way: Way,
) -> None:
    client = await way.chat()
    url = await offered(client)
    base, _, ticket = url.partition("?ticket=")
    said = jwt.decode(ticket, options={"verify_signature": False})
    forged = jwt.encode({**said, "conversation": "login:ada"}, "x" * 32, algorithm="HS256")
    unsigned = jwt.encode({**said, "conversation": "login:ada"}, "", algorithm="none")
    for other in ("", "x", forged, unsigned, client.token, login_token("ada")):
        assert (await sent_to(f"{base}?ticket={other}")).status == 403
        assert (await fetched(base.replace("upload", "file/a.png") + f"?ticket={other}"))[
            0
        ].status == 403
    assert (await fetched(base.replace("upload", f"file/a.png?ticket={ticket}")))[0].status == 403


async def test_an_address_expires(way: Way) -> None:
    client = await way.chat()
    base, _, ticket = (await offered(client)).partition("?ticket=")
    said = jwt.decode(ticket, options={"verify_signature": False})
    secret = "tests-only-secret-of-the-chat-sessions"
    old = jwt.encode({**said, "exp": said["exp"] - 301}, secret, algorithm="HS256")
    assert (await sent_to(f"{base}?ticket={old}")).status == 410
    assert said["exp"] - way.gateway.now().timestamp() <= 300


async def test_a_file_of_one_visitor_is_in_nobody_elses_thread(way: Way) -> None:
    mine, other = await way.chat(), await way.chat()
    await mine.upload(PNG, "photo.png", "image/png")
    await other.say("Hello")
    await other.wait_for_reply(1)
    assert not any(one.files for one in other.thread.values())


async def test_a_reference_that_a_stranger_names_opens_no_file(way: Way) -> None:
    """The reference is signed: whoever knows a digest gets nothing by it."""
    client = await way.chat()
    await client.upload(PNG, "photo.png", "image/png")
    reference = await way.gateway.files.keep(PNG)
    url = urlsplit(file_of(client)["url"])
    bare = f"{way.base_url}/channels/webchat/file/photo.png"
    assert url.path == urlsplit(bare).path
    assert (await fetched(f"{bare}?ticket={reference}"))[0].status == 403
    assert (await fetched(bare))[0].status == 403


@asynccontextmanager
async def counted(limits: UploadLimits) -> AsyncIterator[tuple[ChatServer, str]]:
    """A small chat server that takes files within these limits; where."""
    server = ChatServer()
    await server.start()
    app = web.Application()
    uploads = Uploads(server.hub, limits, lambda: 0.0)
    app.router.add_post("/upload", uploads.handler(server.adapter))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    try:
        yield server, f"http://127.0.0.1:{port}/upload"
    finally:
        await runner.cleanup()
        await server.stop()


@pytest.mark.parametrize(
    ("limits", "sessions"),
    [(UploadLimits(burst=2), 1), (UploadLimits(remote_burst=2), 3)],
    ids=["session", "network"],
)
async def test_files_are_counted_for_each_session_and_each_network(
    limits: UploadLimits, sessions: int
) -> None:
    async with counted(limits) as (server, url):
        clients = [ChatClient(server.url, SHOP) for _ in range(sessions)]
        for one in clients:
            await one.connect()
        statuses: list[int] = []
        waits: list[str | None] = []
        for number in range(3):
            ticket = (await offered(clients[number % sessions])).partition("?")[2]
            answer = await sent_to(f"{url}?{ticket}", origin=SHOP)
            statuses.append(answer.status)
            waits.append(answer.headers.get("Retry-After"))
        for one in clients:
            await one.close()
    assert statuses == [204, 204, 429]
    assert waits[2] is not None and int(waits[2]) > 0


@pytest.mark.parametrize("limits", [UploadLimits(at_once=0), UploadLimits(at_once_each=0)])
async def test_as_many_files_come_in_at_once_as_may(limits: UploadLimits) -> None:
    async with counted(limits) as (server, url):
        client = ChatClient(server.url, SHOP)
        await client.connect()
        ticket = (await offered(client)).partition("?")[2]
        answer = await sent_to(f"{url}?{ticket}", origin=SHOP)
        await client.close()
    assert answer.status == 503


async def test_an_account_without_uploads_says_so() -> None:
    server = ChatServer(make_config(upload_megabytes=0))
    await server.start()
    client = ChatClient(server.url, SHOP)
    try:
        await client.connect()
        assert client.welcome["uploads"] == 0
        with pytest.raises(ChatRefused) as refused:
            await client.upload(PNG, "photo.png", "image/png")
        assert refused.value.status == 403
    finally:
        await client.close()
        await server.stop()
