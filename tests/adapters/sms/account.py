"""A Twilio account for tests: its forms, its signatures, and an adapter that believes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from adapters.sms.adapter import SmsAdapter
from adapters.sms.config import SmsConfig
from core.channel import AdapterContext, Received, WebhookRequest
from core.message import OutboundPart
from tests.adapters.keep import MemoryKeep, no_file

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a-token-of-the-account-for-tests"
NUMBER = "+15550109999"
PHONE = "+15550001111"
BASE = "https://shop.test/channels/sms"
NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)


def sid(number: int, kind: str = "SM") -> str:
    """A message id as Twilio writes it."""
    return f"{kind}{number:032x}"


def make_config(**changes: object) -> SmsConfig:
    """A valid configuration with any option changed; `None` drops one."""
    options: dict[str, object] = {
        "account_sid": ACCOUNT,
        "auth_token": TOKEN,
        "from_number": NUMBER,
        "timeout_seconds": 10.0,
    } | changes
    return SmsConfig.model_validate({k: v for k, v in options.items() if v is not None})


def make_adapter(
    config: SmsConfig | None = None, now: datetime = NOW, base: str = BASE
) -> SmsAdapter:
    """The adapter, at a time that stands still."""
    ids = count(1)
    context = AdapterContext(
        "sms", base, lambda: now, lambda: str(next(ids)), MemoryKeep(), no_file
    )
    return SmsAdapter(config or make_config(), context)


def inbound_form(body: str = "hello", /, **changes: str | None) -> dict[str, str]:
    """An inbound form as Twilio sends it with any field changed; `None` drops one."""
    form: dict[str, str | None] = {
        "ToCountry": "US",
        "SmsMessageSid": sid(1),
        "NumMedia": "0",
        "SmsSid": sid(1),
        "SmsStatus": "received",
        "Body": body,
        "FromCity": "",
        "To": NUMBER,
        "NumSegments": "1",
        "MessageSid": sid(1),
        "AccountSid": ACCOUNT,
        "From": PHONE,
        "ApiVersion": "2010-04-01",
    }
    return {key: value for key, value in (form | changes).items() if value is not None}


def official_signature(url: str, form: Mapping[str, object], token: str = TOKEN) -> str:
    """What Twilio's own library computes."""
    signature: str = RequestValidator(token).compute_signature(url, form)
    return signature


def signed_request(
    form: Mapping[str, str], route: str = "inbound", base: str = BASE, token: str = TOKEN
) -> WebhookRequest:
    """A request as the gateway hands it over, signed by the official library."""
    url = f"{base}/{route}"
    headers = {"x-twilio-signature": official_signature(url, form, token)}
    return WebhookRequest("POST", url, headers, b"", tuple(form.items()))


async def received(form: Mapping[str, str], route: str = "inbound") -> Received:
    """What the adapter makes of a signed form. Raises `Refused`."""
    return await make_adapter().receive(route, signed_request(form, route))


def outbound_part(text: str = "hi", address: Mapping[str, str] | None = None) -> OutboundPart:
    """A part on its way to the customer, from the number they wrote to."""
    where = {"to": PHONE, "from": NUMBER} if address is None else address
    return OutboundPart("1", "sms", "sms", where, {"text": text})
