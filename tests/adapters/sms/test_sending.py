"""Sending by the Twilio client: what it asks for, and what each misfortune means for a retry."""

from __future__ import annotations

import asyncio
import base64

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sms.api import basic
from adapters.sms.codes import TROUBLES, trouble_of
from core.channel import SendError
from core.message import DeliveryStatus, OutboundMessage
from tests.adapters.sms.account import (
    ACCOUNT,
    BASE,
    NUMBER,
    PHONE,
    TOKEN,
    make_adapter,
    make_config,
    outbound_part,
    sid,
)
from tests.adapters.sms.provider import PATH, Answer, created, dropped, error, twilio

SERVICE = "MG" + "f" * 32


async def sent(answer: Answer, **options: object) -> SendError:
    """What sending ends in when the provider answers so; it is an error."""
    async with twilio(answer) as (url, asked):
        adapter = make_adapter(make_config(api_base_url=url, **options))
        with pytest.raises(SendError) as told:
            await adapter.send(outbound_part("a secret text"))
        await adapter.close()
        assert len(asked) == 1, "one call, one request"
    assert "secret text" not in told.value.reason + str(told.value)
    assert PHONE not in told.value.reason
    assert TOKEN not in told.value.reason
    return told.value


@pytest.mark.parametrize(
    ("options", "address", "sender"),
    [
        ({}, {"to": PHONE, "from": "+15550107777"}, {"From": "+15550107777"}),
        ({}, {"to": PHONE}, {"From": NUMBER}),
        ({"messaging_service_sid": SERVICE}, {"to": PHONE}, {"MessagingServiceSid": SERVICE}),
        (
            {"messaging_service_sid": SERVICE},
            {"to": PHONE, "from": "+15550107777", "service": SERVICE},
            {"From": "+15550107777"},
        ),
        (
            {"messaging_service_sid": SERVICE, "from_number": None},
            {"to": PHONE},
            {"MessagingServiceSid": SERVICE},
        ),
        ({}, {"to": PHONE, "service": SERVICE}, {"MessagingServiceSid": SERVICE}),
    ],
)
async def test_a_reply_leaves_from_the_number_the_customer_wrote_to(
    options: dict[str, object], address: dict[str, str], sender: dict[str, str]
) -> None:
    async with twilio(created()) as (url, asked):
        adapter = make_adapter(make_config(api_base_url=url, **options))
        await adapter.send(outbound_part("Grüße & “€” +1\n😀", address))
        await adapter.close()
    form = {"To": PHONE, "Body": "Grüße & “€” +1\n😀", "StatusCallback": f"{BASE}/status"}
    assert asked == [(PATH, form | sender)]


@settings(max_examples=30)
@given(st.lists(st.text(min_size=1), min_size=1, max_size=20))
async def test_a_text_arrives_as_it_was_written(texts: list[str]) -> None:
    async with twilio(created()) as (url, asked):
        adapter = make_adapter(make_config(api_base_url=url))
        for text in texts:
            await adapter.send(outbound_part(text))
        await adapter.close()
    assert [form["Body"] for _, form in asked] == texts


async def test_the_credentials_are_those_of_the_account() -> None:
    seen: list[str] = []

    def answer(request: web.Request) -> web.StreamResponse:
        seen.append(request.headers["Authorization"])
        return created()(request)

    async with twilio(answer) as (url, _):
        adapter = make_adapter(make_config(api_base_url=url))
        await adapter.send(outbound_part())
        await adapter.close()
    assert seen == ["Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()]


async def test_a_token_that_was_changed_at_twilio_stops_nothing() -> None:
    """While the settings have both, the one that is refused gives way to the other, once."""
    seen: list[str] = []
    new = "the-token-after-the-change"
    taken = basic((ACCOUNT, new))

    def answer(request: web.Request) -> web.StreamResponse:
        seen.append(request.headers["Authorization"])
        return created()(request) if seen[-1] == taken else error(401, 20003)(request)

    async with twilio(answer) as (url, _):
        adapter = make_adapter(make_config(api_base_url=url, auth_token_next=new))
        for _ in range(2):
            assert (await adapter.send(outbound_part())).provider_id == sid(1)
        await adapter.close()
    assert seen == [basic((ACCOUNT, TOKEN)), taken, taken]


async def test_two_wrong_tokens_are_each_tried_once() -> None:
    async with twilio(error(401, 20003)) as (url, asked):
        adapter = make_adapter(make_config(api_base_url=url, auth_token_next="another-wrong-one"))
        with pytest.raises(SendError, match="does not take our credentials") as told:
            await adapter.send(outbound_part())
        await adapter.close()
    assert (len(asked), told.value.retryable) == (2, False)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("queued", DeliveryStatus.SENT),
        ("accepted", DeliveryStatus.SENT),
        ("delivered", DeliveryStatus.DELIVERED),
        ("failed", DeliveryStatus.FAILED),
        ("something new", DeliveryStatus.SENT),
    ],
)
async def test_a_receipt_names_the_message(told: str, status: DeliveryStatus) -> None:
    async with twilio(created(told)) as (url, _):
        adapter = make_adapter(make_config(api_base_url=url))
        receipt = await adapter.send(outbound_part())
        await adapter.close()
    assert (receipt.provider_id, receipt.status) == (sid(1), status)


async def test_a_receipt_needs_no_count_of_segments() -> None:
    """Sent by a messaging service, Twilio's answer counts none: our own count is what is shown."""
    taken = {"sid": sid(1), "status": "accepted", "num_segments": "0", "from": None}
    async with twilio(lambda _: web.json_response(taken, status=201)) as (url, _):
        options = {"messaging_service_sid": SERVICE, "from_number": None}
        adapter = make_adapter(make_config(api_base_url=url, **options))
        receipt = await adapter.send(outbound_part("a" * 161, {"to": PHONE}))
        [part] = adapter.render(OutboundMessage("a" * 161))
        await adapter.close()
    assert (receipt.provider_id, receipt.status) == (sid(1), DeliveryStatus.SENT)
    assert part.notes == ("2 SMS segments (GSM-7)",)


@pytest.mark.parametrize("code", [*TROUBLES, "99999"])
async def test_a_refusal_says_why_and_what_follows(code: str) -> None:
    told = await sent(error(400, int(code)))
    trouble = trouble_of(code)
    assert (told.reason, told.provider_code) == (trouble.words, code)
    assert (told.retryable, told.retry_after) == (trouble.retryable, trouble.wait)
    assert (told.ambiguous, told.opted_out, told.dead) == (False, trouble.opted_out, trouble.dead)


async def test_an_unknown_code_means_what_its_status_means() -> None:
    for status, retryable, ambiguous in (
        (400, False, False),
        (429, True, False),
        (500, True, True),
    ):
        told = await sent(error(status, 99999))
        assert (told.retryable, told.ambiguous) == (retryable, ambiguous)


async def test_twilios_own_wait_is_heeded_where_a_code_may_be_tried_again() -> None:
    assert (await sent(error(400, 14107, after="7"))).retry_after == 7.0
    assert (await sent(error(400, 14107))).retry_after == 30.0
    assert (await sent(error(400, 21614, after="7"))).retry_after is None


@pytest.mark.parametrize(
    ("answer", "ambiguous", "wait"),
    [
        (error(429, 20429, after="7"), False, 7.0),
        (error(429), False, None),
        (error(429, after="soon"), False, None),
        (error(429, after="²"), False, None),
        (error(429, after="Fri, 15 Jan 2027 08:00:07 GMT"), False, None),
        (error(500), True, None),
        (error(500, 20500), True, None),
        (error(503, after="30"), True, 30.0),
        (dropped, True, None),
        (lambda _: web.Response(text="<html>"), True, None),
        (lambda _: web.Response(text=""), True, None),
        (lambda _: web.Response(body=b"\xff\xfe", status=201), True, None),
        (lambda _: web.json_response(["sid"], status=201), True, None),
        (lambda _: web.json_response({"sid": ""}, status=201), True, None),
        (lambda _: web.json_response({"sid": 5}, status=201), True, None),
        (lambda _: web.HTTPFound("https://elsewhere.test/"), True, None),
    ],
)
async def test_what_may_have_arrived_is_ambiguous(
    answer: Answer, ambiguous: bool, wait: float | None
) -> None:
    told = await sent(answer)
    assert (told.retryable, told.ambiguous, told.retry_after) == (True, ambiguous, wait)
    assert (told.opted_out, told.dead) == (False, False)


async def test_a_silence_after_the_request_is_ambiguous() -> None:
    stop = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await stop.wait()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    config = make_config(api_base_url=f"http://127.0.0.1:{port}", timeout_seconds=0.2)
    adapter = make_adapter(config)
    with pytest.raises(SendError) as told:
        await adapter.send(outbound_part())
    stop.set()
    await adapter.close()
    server.close()
    await server.wait_closed()
    assert (told.value.retryable, told.value.ambiguous) == (True, True)


async def test_a_closed_port_is_not_ambiguous() -> None:
    async with twilio(created()) as (url, _):
        pass
    adapter = make_adapter(make_config(api_base_url=url))
    with pytest.raises(SendError) as told:
        await adapter.send(outbound_part())
    await adapter.close()
    assert (told.value.retryable, told.value.ambiguous) == (True, False)
    assert "could not be reached" in told.value.reason


async def test_health_is_whether_the_credentials_are_taken() -> None:
    for answer, ok in ((lambda _: web.json_response({"messages": []}), True), (error(401), False)):
        async with twilio(answer) as (url, asked):
            adapter = make_adapter(make_config(api_base_url=url))
            assert (await adapter.health()).ok is ok
            await adapter.close()
        assert [path for path, _ in asked] == [PATH]
