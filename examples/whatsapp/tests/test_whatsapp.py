"""The channel keeps its contract; and what is WhatsApp's alone: the window, files, one number."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from adapters.testing import AdapterContract
from core.channel import AdapterContext, Refused, SendError, WebhookRequest
from core.message import Attachment, ConsentChange, DeliveryStatus, Handle
from onethread_whatsapp.adapter import WhatsAppAdapter
from onethread_whatsapp.config import WhatsAppConfig
from onethread_whatsapp.harness import WhatsAppHarness
from onethread_whatsapp.parsing import reported, written
from onethread_whatsapp.simulator import ADA, WhatsAppSimulator, posted

AT = datetime(2027, 1, 15, 8, tzinfo=UTC)
ACCOUNT, TOKEN, OURS = "AC" + "0" * 32, "a-token-of-the-tests", "+447700900100"
BASE = "https://shop.example.org/channels/whatsapp"


class TestWhatsApp(AdapterContract):
    harness = WhatsAppHarness()


def form(**more: str) -> dict[str, str]:
    return posted(ACCOUNT, 7, ADA, OURS, **{"Body": "hello", **more})


def adapter(url: str = "http://127.0.0.1:1", at: datetime = AT) -> WhatsAppAdapter:
    async def read_file(reference: str) -> bytes:
        return {"file:1": b"a picture"}[reference]

    config = WhatsAppConfig.model_validate(
        {"account_sid": ACCOUNT, "auth_token": TOKEN, "number": OURS, "api_url": url}
    )
    keep: Any = None
    return WhatsAppAdapter(config, AdapterContext("wa", BASE, lambda: at, str, keep, read_file))


def test_a_number_is_the_same_customer_as_by_sms() -> None:
    assert written(form(), "wa", AT).sender == Handle("phone", ADA)


def test_what_does_not_come_from_whatsapp_is_refused() -> None:
    with pytest.raises(Refused):
        written(form(From=ADA), "wa", AT)


@pytest.mark.parametrize(
    ("text", "wish"),
    [(" STOP ", ConsentChange.OPT_OUT), ("start", ConsentChange.OPT_IN), ("stop it", None)],
)
def test_only_the_word_alone_is_a_wish_for_silence(text: str, wish: ConsentChange | None) -> None:
    assert written(form(Body=text), "wa", AT).consent is wish


def test_a_message_after_the_window_failed_for_a_reason_that_says_what_to_do() -> None:
    told = {"MessageSid": "SM" + "1" * 32, "MessageStatus": "undelivered", "ErrorCode": "63016"}
    [update] = reported(told, "wa")
    assert (update.status, update.dead) == (DeliveryStatus.FAILED, False)
    assert update.reason is not None and "template" in update.reason


def test_a_form_of_another_account_is_refused_though_our_token_signed_it() -> None:
    told = form(AccountSid="AC" + "9" * 32)
    signed = RequestValidator(TOKEN).compute_signature(f"{BASE}/inbound", told)
    request = WebhookRequest(
        "POST", f"{BASE}/inbound", {"x-twilio-signature": signed}, b"", tuple(told.items())
    )
    with pytest.raises(Refused):
        asyncio.run(adapter().receive("inbound", request))


@pytest.mark.parametrize(
    ("query", "hours", "status"),
    [({"sign": "0"}, 0, 403), ({"file": "file:2"}, 0, 403), ({}, 11, 410)],
)
def test_a_file_is_given_to_nobody_but_twilio_for_ten_hours(
    query: Mapping[str, str], hours: int, status: int
) -> None:
    link = adapter()._link("file:1", "image/png")
    given = {**dict(parse_qsl(urlsplit(link).query)), **query}
    later = AT.replace(hour=AT.hour + hours)
    request = WebhookRequest("GET", f"{BASE}/media", {}, b"", query=given)
    with pytest.raises(Refused) as refused:
        asyncio.run(adapter(at=later).receive("media", request))
    assert refused.value.status == status


@dataclass
class Twilio:
    """Answers every call with a redirect, and keeps the credentials it was shown."""

    location: str
    seen: list[str | None] = field(default_factory=list)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        self.seen.append(request.headers.get("Authorization"))
        return web.Response(status=307, headers={"Location": self.location})


@pytest.mark.parametrize("location", ["https://evil.example.org/x", "http://127.0.0.1:1/", ""])
def test_a_file_is_not_followed_away_from_twilio(location: str) -> None:
    twilio = Twilio(location)

    async def fetch() -> None:
        runner = web.ServerRunner(web.Server(twilio.handle))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        one = adapter(url)
        try:
            await one.fetch(Attachment("a", "image/png", f"{url}/2010-04-01/Accounts/{ACCOUNT}/M"))
        finally:
            await one.close()
            await runner.cleanup()

    with pytest.raises(SendError, match="not at Twilio"):
        asyncio.run(fetch())
    assert len(twilio.seen) == 1


def test_credentials_go_to_no_other_host() -> None:
    with pytest.raises(SendError, match="not at Twilio"):
        asyncio.run(adapter().fetch(Attachment("a", "image/png", "https://evil.example.org/x")))


def test_the_simulator_signs_what_a_person_writes() -> None:
    signed: list[bool] = []

    async def gateway(request: web.BaseRequest) -> web.Response:
        told = dict(await request.post())
        given = request.headers["X-Twilio-Signature"]
        signed.append(RequestValidator(TOKEN).validate(str(request.url), told, given))
        return web.Response()

    async def talk() -> int:
        runner = web.ServerRunner(web.Server(gateway))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        simulator = WhatsAppSimulator(ACCOUNT, TOKEN, OURS, lambda _: None)
        status = await simulator.write(f"http://127.0.0.1:{runner.addresses[0][1]}/", "hi")
        await runner.cleanup()
        return status

    assert (asyncio.run(talk()), signed) == (200, [True])
