"""Pictures on their way out: by addresses that are signed, expire, and open nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from adapters.sms.adapter import SmsAdapter
from adapters.sms.config import SmsConfig
from adapters.sms.media_out import MOST_BYTES, TYPES, VALID
from core.channel import AdapterContext, CannotRender, Refused, SendError, WebhookRequest
from core.message import Attachment, OutboundMessage, OutboundPart, QuickReply
from tests.adapters.keep import MemoryKeep
from tests.adapters.sms.account import BASE, NOW, PHONE, make_adapter, make_config
from tests.adapters.sms.provider import created, twilio
from tests.gateway.way import OURS, running

JPEG = b"\xff\xd8\xff\xe0 a picture"
FILE = "file:" + "a" * 64
PICTURE = Attachment("cat.jpg", "image/jpeg", FILE, len(JPEG))


async def the_file(reference: str) -> bytes:
    if reference != FILE:
        raise LookupError(reference)
    return JPEG


def adapter_at(now: Callable[[], datetime], **options: object) -> SmsAdapter:
    """An adapter that keeps one file."""
    ids = count(1)
    config: SmsConfig = make_config(mms=True, **options)
    context = AdapterContext("sms", BASE, now, lambda: str(next(ids)), MemoryKeep(), the_file)
    return SmsAdapter(config, context)


async def link_of(adapter: SmsAdapter) -> URL:
    [link] = adapter._links.links([{"reference": FILE, "media_type": "image/jpeg"}])
    return URL(link)


def asked(link: URL, **changes: str | None) -> WebhookRequest:
    """The request for the file, with any part of its address changed."""
    query = {**link.query, **changes}
    given = {name: value for name, value in query.items() if value is not None}
    return WebhookRequest("GET", f"{BASE}/media", {}, b"", (), given)


def test_a_picture_goes_with_the_first_part() -> None:
    adapter = adapter_at(lambda: NOW)
    first, second = adapter.render(OutboundMessage("word " * 400, attachments=(PICTURE,)))
    assert first.payload["attachments"] == [
        {"name": "cat.jpg", "media_type": "image/jpeg", "reference": FILE, "size": len(JPEG)}
    ]
    assert first.notes == ("The text is split into 2 parts.", "1 MMS with 1 file")
    assert "attachments" not in second.payload


def test_a_picture_needs_no_words() -> None:
    [part] = adapter_at(lambda: NOW).render(OutboundMessage("", attachments=(PICTURE,)))
    assert (part.payload["text"], part.notes) == ("", ("1 MMS with 1 file",))
    message = OutboundMessage("", (QuickReply("Yes", "y"),), (PICTURE,), author_name="Ann")
    [part] = adapter_at(lambda: NOW).render(message)
    assert str(part.payload["text"]).startswith("Ann: ")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ((PICTURE,) * 11, "at most 10 files"),
        ((Attachment("a", "image/png", FILE, MOST_BYTES), PICTURE), "at most 5 MB"),
        ((Attachment("a", "text/html", FILE, 1),), "kind text/html"),
        ((Attachment("a", "application/zip", FILE, 1),), "kind application/zip"),
    ],
)
def test_what_an_mms_cannot_carry_is_refused_in_words(
    files: tuple[Attachment, ...], words: str
) -> None:
    with pytest.raises(CannotRender, match=words):
        adapter_at(lambda: NOW).render(OutboundMessage("look", attachments=files))


def test_a_number_that_carries_no_pictures_says_what_to_set() -> None:
    with pytest.raises(CannotRender, match="set mms = true"):
        make_adapter().render(OutboundMessage("look", attachments=(PICTURE,)))


def test_nothing_is_served_that_a_browser_would_run() -> None:
    assert not [one for one in TYPES if one in {"text/html", "image/svg+xml", "text/javascript"}]


async def test_twilio_is_told_where_each_picture_is() -> None:
    async with twilio(created()) as (url, got):
        adapter = adapter_at(lambda: NOW, api_base_url=url)
        [part] = adapter.render(OutboundMessage("look", attachments=(PICTURE,)))
        await adapter.send(OutboundPart("1", "sms", "sms", {"to": PHONE}, part.payload))
        await adapter.close()
    [(_, form)] = got
    answer = await adapter.receive("media", asked(URL(form["MediaUrl"])))
    assert (answer.response.status, answer.response.body) == (200, JPEG)
    assert answer.response.content_type == "image/jpeg"
    assert answer.response.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.response.headers["Content-Disposition"] == "attachment"


@pytest.mark.parametrize(
    "changes",
    [
        {"sign": None},
        {"sign": ""},
        {"sign": "é"},
        {"sign": "0" * 64},
        {"file": "b" * 64},
        {"file": None},
        {"type": "text/html"},
        {"type": "image/png"},
        {"until": "9999999999"},
        {"until": "x"},
        {"until": None},
    ],
    ids=str,
)
async def test_an_address_that_was_changed_opens_nothing(changes: dict[str, str | None]) -> None:
    adapter = adapter_at(lambda: NOW)
    with pytest.raises(Refused) as refused:
        await adapter.receive("media", asked(await link_of(adapter), **changes))
    assert refused.value.status == 403


async def test_an_address_expires() -> None:
    now = NOW
    adapter = adapter_at(lambda: now)
    link = await link_of(adapter)
    now = NOW + VALID
    assert (await adapter.receive("media", asked(link))).response.body == JPEG
    now += timedelta(seconds=1)
    with pytest.raises(Refused) as refused:
        await adapter.receive("media", asked(link))
    assert refused.value.status == 410


async def test_an_address_stays_good_while_the_token_is_changed() -> None:
    old, new = "the-token-before-the-change", "the-token-after-the-change"
    link = await link_of(adapter_at(lambda: NOW, auth_token=old))
    both = adapter_at(lambda: NOW, auth_token=new, auth_token_next=old)
    assert (await both.receive("media", asked(link))).response.body == JPEG
    with pytest.raises(Refused):
        await adapter_at(lambda: NOW, auth_token=new).receive("media", asked(link))


async def test_a_file_that_is_gone_is_not_found() -> None:
    adapter = adapter_at(lambda: NOW)
    [link] = adapter._links.links([{"reference": "file:" + "c" * 64, "media_type": "image/png"}])
    with pytest.raises(Refused) as refused:
        await adapter.receive("media", asked(URL(link)))
    assert refused.value.status == 404


@pytest.mark.parametrize(
    "described",
    [
        None,
        {},
        {"reference": "https://evil.test/x", "media_type": "image/png"},
        {"reference": FILE},
    ],
)
async def test_a_payload_that_makes_no_sense_sends_nothing(described: Any) -> None:
    adapter = adapter_at(lambda: NOW)
    payload = {"text": "look", "attachments": [described]}
    with pytest.raises(SendError, match="none that can be sent"):
        await adapter.send(OutboundPart("1", "sms", "sms", {"to": PHONE}, payload))
    await adapter.close()


async def test_the_provider_loads_a_picture_from_a_running_gateway(tmp_path: Path) -> None:
    async with running(tmp_path, options={"mms": True}) as way, aiohttp.ClientSession() as web:
        reference = await way.gateway.files.keep(JPEG)
        channel = way.gateway.channels["sms"]
        file = Attachment("cat.jpg", "image/jpeg", reference, len(JPEG))
        [part] = channel.render()(OutboundMessage("look", attachments=(file,)))
        address = {"to": PHONE, "from": OURS}
        receipt = await channel.called.send(OutboundPart("1", "sms", "sms", address, part.payload))
        [loaded] = way.sms.media.loaded[receipt.provider_id]
        assert (loaded.content, loaded.media_type) == (JPEG, "image/jpeg")
        adapter: Any = channel.adapter
        [link] = adapter._links.links(part.payload["attachments"])
        async with web.head(link) as answer:
            assert (answer.status, answer.headers["Content-Length"]) == (200, str(len(JPEG)))
        async with web.get(link + "0") as answer:
            assert answer.status == 403
        async with web.post(link) as answer:
            assert answer.status == 405
