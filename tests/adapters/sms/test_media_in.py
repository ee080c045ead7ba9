"""Pictures that came: loaded from Twilio with credentials that go nowhere else, within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.sms.media_in import LARGEST, MediaLoader, Outside, is_public
from adapters.sms.simulator_media import Picture
from core.channel import SendError
from core.message import Attachment
from tests.adapters.sms.account import NOW, PHONE, make_adapter, make_config
from tests.adapters.sms.simulated import simulated
from tests.gateway.test_way import settled
from tests.gateway.way import running

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256))
Answer = Callable[[web.Request], web.StreamResponse]


def authorization() -> str:
    return "Basic eDp5"


async def unlisted(path: str, query: Mapping[str, object]) -> Mapping[str, Any]:
    raise AssertionError("no list is asked for")


@asynccontextmanager
async def host(answer: Answer) -> AsyncIterator[tuple[str, list[tuple[str, bool]]]]:
    """A host that answers so; its address, and what was asked, and whether with credentials."""
    asked: list[tuple[str, bool]] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append((request.path, "Authorization" in request.headers))
        return answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/"), asked


async def loaded(base: str, url: str, outside: Outside | None = None) -> bytes:
    """What comes of a reference when the API is at `base`. Raises `SendError`."""
    config = make_config(api_base_url=base)
    loader = MediaLoader(config, authorization, unlisted, *([outside] if outside else []))
    try:
        return await loader.fetch(Attachment("picture 1", "image/jpeg", url))
    finally:
        await loader.close()


def picture(_request: web.Request) -> web.Response:
    return web.Response(body=JPEG, content_type="image/jpeg")


def moved(to: str) -> Answer:
    return lambda _: web.Response(status=307, headers={"Location": to})


async def test_a_picture_of_a_form_is_loaded_through_the_gateway(tmp_path: Path) -> None:
    async with running(tmp_path) as way:
        await way.sms.text(PHONE, "look", pictures=[Picture(JPEG), Picture(b"GIF8", "image/gif")])
        await settled(way)
        adapter: Any = way.gateway.channels["sms"].adapter
        [sid] = way.sms.media.kept
        root = f"{way.sms.base_url}/2010-04-01/Accounts/{way.sms.line.account_sid}/Messages/{sid}"
        second = Attachment("picture 2", "image/gif", f"{root}/Media/1")
        assert await adapter.fetch(second) == b"GIF8"
    # Twilio's redirect leads to where the file is, and no credentials go along.
    assert [one for _, one in way.sms.media.authorised] == [True, False]


async def test_a_picture_of_the_list_is_found_by_its_number() -> None:
    """The list tells how many pictures a message has, and only another list where they are."""
    async with simulated() as sms:
        adapter = make_adapter(make_config(api_base_url=sms.base_url))
        with pytest.raises(RuntimeError):
            await sms.text(PHONE, "", pictures=[Picture(b"one"), Picture(b"two")])
        [message] = await adapter.catch_up(NOW - timedelta(days=4000))
        found = [await adapter.fetch(one) for one in message.attachments]
        gone = Attachment("picture 9", "", message.attachments[0].reference[:-1] + "9")
        with pytest.raises(SendError, match="not at Twilio any more"):
            await adapter.fetch(gone)
        await adapter.close()
    assert found == [b"one", b"two"]


async def test_credentials_go_to_the_first_host_alone() -> None:
    async with host(picture) as (store, stored), host(moved(f"{store}/file")) as (api, asked):
        anywhere = Outside(frozenset({"http"}), lambda _: True)
        assert await loaded(api, f"{api}/Media/ME1", anywhere) == JPEG
    assert (asked, stored) == ([("/Media/ME1", True)], [("/file", False)])


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/picture",
        "https://api.twilio.com.evil.test/picture",
        "https://eviltwilio.com/picture",
        "http://api.twilio.com/picture",
        "https://api.twilio.com:8443/picture",
        "https://127.0.0.1/picture",
        "https://u:p@evil.test/picture",
        "https://u:p@api.twilio.com/picture",
        "file:///etc/passwd",
        "ftp://api.twilio.com/picture",
        "//api.twilio.com/picture",
        "picture",
        "http://[::1",
        "",
    ],
)
async def test_another_host_is_never_asked(url: str) -> None:
    async with host(picture) as (api, asked):
        with pytest.raises(SendError, match="not kept at Twilio"):
            await loaded(api, url)
    assert asked == []


@pytest.mark.parametrize("place", ["https://{}", "https://localhost:{port}", "http://{}"])
async def test_a_redirect_into_a_private_network_is_not_followed(place: str) -> None:
    async with host(picture) as (inside, asked):
        address = inside.removeprefix("http://")
        to = place.format(address, port=address.rpartition(":")[2])
        async with host(moved(f"{to}/admin")) as (api, _):
            with pytest.raises(SendError):
                await loaded(api, f"{api}/Media/ME1")
    assert asked == []


async def test_a_name_that_leads_into_a_private_network_is_not_asked() -> None:
    async with host(picture) as (inside, asked):
        port = inside.rpartition(":")[2]
        async with host(moved(f"http://localhost:{port}/admin")) as (api, _):
            with pytest.raises(SendError, match="could not be loaded"):
                await loaded(api, f"{api}/Media/ME1", Outside(frozenset({"http"})))
    assert asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        *((one, False) for one in ("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254")),
        *((one, False) for one in ("::1", "fd00::1", "fe80::1", "::ffff:10.0.0.1", "0.0.0.0", "x")),
    ],
)
def test_what_is_of_the_whole_internet(address: str, public: bool) -> None:
    assert is_public(address) is public


def large(_request: web.Request) -> web.Response:
    return web.Response(body=b"x" * (LARGEST + 1))


@pytest.mark.parametrize(
    ("answer", "words", "retryable"),
    [
        (large, "larger than 5 MB", False),
        (lambda _: web.Response(status=404), "not at Twilio any more", False),
        (lambda _: web.Response(status=401), "refused", False),
        (lambda _: web.Response(status=503), "failed", True),
        (moved("/again"), "round in circles", False),
        (moved("http://[::1"), "could not be loaded", True),
    ],
)
async def test_what_cannot_be_loaded_says_why(answer: Answer, words: str, retryable: bool) -> None:
    async with host(answer) as (api, _):
        with pytest.raises(SendError, match=words) as told:
            await loaded(api, f"{api}/Media/ME1")
    assert told.value.retryable is retryable


async def test_a_host_that_stays_silent_is_not_waited_for() -> None:
    """The settings' time-out holds for pictures too."""
    stop = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await stop.wait()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    loader = MediaLoader(
        make_config(api_base_url=base, timeout_seconds=0.2), authorization, unlisted
    )
    with pytest.raises(SendError, match="could not be loaded") as told:
        await loader.fetch(Attachment("picture 1", "image/jpeg", f"{base}/Media/ME1"))
    stop.set()
    await loader.close()
    server.close()
    await server.wait_closed()
    assert told.value.retryable
