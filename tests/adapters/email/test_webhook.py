"""Mail that is posted to us: who may post, in which forms, and what is refused."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.email.adapter import EmailAdapter
from adapters.email.config import EmailConfig
from core.channel import Received, Refused, WebhookRequest
from core.signing import SIGNATURE, TIMESTAMP, sign
from tests.adapters.email.mailbox import BASE, context_of

SECRET = "a-webhook-secret-of-the-tests-only"
NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)
RAW = (
    b"From: Anna <anna@example.org>\r\nTo: support@lampandloom.example\r\nSubject: Lamp\r\n"
    b"Message-ID: <1@example.org>\r\n\r\nWhere is my lamp, please? It was due on Monday.\r\n"
)
CONFIG = EmailConfig.model_validate(
    {
        "address": "support@lampandloom.example",
        "secret": "a-secret-of-the-tests-and-nothing-else",
        "smtp_host": "mail.lampandloom.example",
        "webhook_secret": SECRET,
    }
)
BEARER = {"authorization": f"Bearer {SECRET}"}
MIME = {"content-type": "message/rfc822"}


async def posted(
    body: bytes,
    headers: Mapping[str, str],
    form: tuple[tuple[str, str], ...] = (),
    config: EmailConfig = CONFIG,
) -> Received:
    adapter = EmailAdapter(config, context_of(now=lambda: NOW))
    request = WebhookRequest("POST", f"{BASE}/inbound", dict(headers), body, form)
    return await adapter.receive("inbound", request)


def signed(body: bytes, at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: sign(secret.encode(), timestamp, body)}


def multipart(field: str, raw: bytes = RAW, boundary: str = "xYzZY") -> tuple[bytes, str]:
    """A form as browsers and mail services post it."""
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="to"\r\n\r\nsupport\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n'
        "Content-Type: text/plain\r\n\r\n"
    ).encode() + raw
    return body + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


@pytest.mark.parametrize(
    "proof",
    [
        BEARER,
        {"authorization": "Basic " + b64encode(f"inbound:{SECRET}".encode()).decode()},
        signed(RAW),
        signed(RAW, NOW - timedelta(seconds=299)),
    ],
    ids=["bearer", "basic", "hmac", "hmac of 299 s ago"],
)
async def test_who_knows_the_secret_may_post(proof: dict[str, str]) -> None:
    received = await posted(RAW, proof | MIME)
    assert [one.text for one in received.messages] == [
        "Where is my lamp, please? It was due on Monday."
    ]


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"authorization": "Bearer "},
        {"authorization": "Bearer wrong"},
        {"authorization": "Basic ???"},
        {"authorization": "Basic " + b64encode(b"inbound:wrong").decode()},
        {"authorization": f"Digest {SECRET}"},
        signed(RAW + b"!"),
        signed(RAW, secret="another-secret"),
        signed(RAW, NOW - timedelta(seconds=301)),
        signed(RAW, NOW + timedelta(seconds=301)),
        BEARER | {SIGNATURE: "v1=00"},
        signed(RAW) | {TIMESTAMP: "²"},
    ],
)
async def test_who_does_not_is_refused(proof: dict[str, str]) -> None:
    with pytest.raises(Refused) as raised:
        await posted(RAW, proof | MIME)
    assert raised.value.status == 403


async def test_without_a_secret_nobody_may_post() -> None:
    config = EmailConfig.model_validate(
        {
            "address": "support@lampandloom.example",
            "secret": "a-secret-of-the-tests-and-nothing-else",
            "imap_host": "imap.example.com",
            "imap_password": "a-password-of-the-tests",
            "smtp_host": "mail.lampandloom.example",
        }
    )
    with pytest.raises(Refused) as raised:
        await posted(RAW, BEARER | MIME, config=config)
    assert raised.value.status == 404


@pytest.mark.parametrize("field", ["email", "body-mime", "rawEmail"])
async def test_the_raw_mail_is_found_in_the_form_of_a_mail_service(field: str) -> None:
    body, kind = multipart(field.lower())
    [message] = (await posted(body, BEARER | {"content-type": kind})).messages
    assert message.sender.address.startswith("anna@example.org")
    form = (("recipient", "support"), (field.lower(), RAW.decode()))
    encoded = BEARER | {"content-type": "application/x-www-form-urlencoded"}
    [same] = (await posted(b"", encoded, form)).messages
    assert same.event_id == message.event_id


async def test_a_mail_posted_and_fetched_is_one_event() -> None:
    body, kind = multipart("email")
    [one] = (await posted(body, BEARER | {"content-type": kind})).messages
    [other] = (await posted(b"Received: by us\r\n" + RAW, BEARER | MIME)).messages
    assert one.event_id == other.event_id


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"", "message/rfc822", 400),
        (b"", "multipart/form-data", 400),
        (multipart("attachment")[0], "multipart/form-data; boundary=xYzZY", 400),
        (b"x" * 200_000, "message/rfc822", 413),
    ],
)
async def test_what_holds_no_mail_is_refused(body: bytes, kind: str, status: int) -> None:
    config = CONFIG.model_copy(update={"max_mail_bytes": 100_000})
    with pytest.raises(Refused) as raised:
        await posted(body, BEARER | {"content-type": kind}, config=config)
    assert raised.value.status == status


async def test_a_broken_mail_is_taken_and_parked() -> None:
    received = await posted(b"\x00\xff nothing of a mail", BEARER | MIME)
    assert len(received.parked) == 1
    assert received.response.status == 200


@given(
    body=st.binary(max_size=400), kind=st.sampled_from([MIME["content-type"], multipart("x")[1]])
)
async def test_any_body_is_taken_parked_or_refused(body: bytes, kind: str) -> None:
    try:
        received = await posted(body, BEARER | {"content-type": kind})
    except Refused:
        return
    assert len([*received.messages, *received.parked, *received.updates]) == 1
