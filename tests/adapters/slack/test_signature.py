"""Requests are believed by Slack's signature over their raw bytes; the official verifier judges."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier

from adapters.slack.signature import sign, verify
from core.channel import Received, Refused, WebhookRequest
from tests.adapters.slack.account import (
    SECRET,
    USER,
    event,
    event_body,
    line,
    make_adapter,
    make_config,
    signed,
    utc_now,
)

NOW = 1_700_000_000
ROUTES = ("events", "interactivity")


class StandingClock(Clock):
    """The verifier's clock, at our time."""

    def now(self) -> float:
        return float(NOW)


def official(timestamp: str, body: bytes, signature: str) -> bool:
    """What Slack's own library says of it."""
    verifier = SignatureVerifier(SECRET, StandingClock())
    return bool(verifier.is_valid(body, timestamp, signature))


def ours(timestamp: str, body: bytes, signature: str) -> bool:
    headers = {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature}
    try:
        verify(SECRET.encode(), headers, body, NOW)
    except Refused:
        return False
    return True


async def received(request: WebhookRequest, route: str = "events") -> Received:
    adapter = make_adapter()
    try:
        return await adapter.receive(route, request)
    finally:
        await adapter.close()


async def refused(request: WebhookRequest, route: str = "events") -> Refused:
    adapter = make_adapter()
    with pytest.raises(Refused) as told:
        await adapter.receive(route, request)
    await adapter.close()
    return told.value


@given(st.text(), st.integers(-400, 400), st.booleans())
def test_the_official_verifier_and_ours_agree(text: str, age: int, right: bool) -> None:
    body = text.encode("utf-8", "replace")
    timestamp = str(NOW - age)
    signature = sign(SECRET.encode() if right else b"another-secret", timestamp, body)
    assert ours(timestamp, body, signature) == official(timestamp, body, signature)


async def test_the_official_verifier_believes_what_the_simulator_signs() -> None:
    async with line() as on:
        seen: list[bytes] = []
        real = on.adapter.receive

        async def watch(route: str, request: WebhookRequest) -> Received:
            verifier = SignatureVerifier(SECRET)
            assert verifier.is_valid_request(request.body, dict(request.headers))
            seen.append(request.body)
            return await real(route, request)

        on.adapter.receive = watch  # type: ignore[method-assign]
        await on.slack.write(USER, "hello é")
        assert len(seen) == 1


@given(st.text(max_size=20))
def test_a_timestamp_that_is_no_number_is_refused_and_raises_nothing_else(garbage: str) -> None:
    headers = {"x-slack-request-timestamp": garbage, "x-slack-signature": "v0=" + "0" * 64}
    with pytest.raises(Refused) as told:
        verify(SECRET.encode(), headers, b"{}", NOW)
    assert told.value.status == 401


async def test_a_garbage_timestamp_is_answered_401_over_the_wire_and_never_500() -> None:
    async with line() as on:
        assert on.slack.events.session is not None
        url = f"{on.slack.webhook_base}/events"
        headers = {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=00"}
        async with on.slack.events.session.post(url, data=b"{}", headers=headers) as answer:
            assert answer.status == 401


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_request_more_than_five_minutes_off_is_refused(minutes: int) -> None:
    at = utc_now() + timedelta(minutes=minutes)
    told = await refused(signed(orjson.dumps(event_body()), at=at))
    assert (told.status, dict(told.headers)) == (401, {})


@pytest.mark.parametrize("route", ["events", "interactivity"])
async def test_a_request_signed_with_another_secret_is_refused(route: str) -> None:
    body = orjson.dumps(event_body())
    told = await refused(signed(body, secret="the-secret-of-somebody-else"), route)
    assert told.status == 401


async def test_one_changed_byte_of_the_body_is_noticed() -> None:
    request = event()
    changed = request.body.replace(b"hello", b"hallo")
    told = await refused(WebhookRequest("POST", request.url, request.headers, changed))
    assert told.status == 401


async def test_bytes_that_are_no_text_are_verified_as_they_are() -> None:
    told = await refused(signed(b'\xff\xfe{"type"'))
    assert told.status == 400


async def test_what_can_never_be_understood_asks_slack_not_to_come_again() -> None:
    for body in (b"[]", b"no json", orjson.dumps(event_body({"user": None}))):
        told = await refused(signed(body))
        assert told.status == 400
        assert told.headers == {"X-Slack-No-Retry": "1"}


async def test_slack_stops_at_once_when_it_is_asked_not_to_come_again() -> None:
    async with line() as on:
        with pytest.raises(RuntimeError, match="400, no retry"):
            await on.slack.events.event(event_body({"ts": "never"}))
        assert len(on.slack.events.attempts) == 1


async def test_the_question_that_verifies_an_address_is_answered() -> None:
    body = orjson.dumps({"type": "url_verification", "token": "x", "challenge": "3eZbrw1a"})
    answer = (await received(signed(body))).response
    assert (answer.status, orjson.loads(answer.body)) == (200, {"challenge": "3eZbrw1a"})


async def test_the_question_that_verifies_an_address_is_refused_unsigned() -> None:
    body = orjson.dumps({"type": "url_verification", "token": "x", "challenge": "3eZbrw1a"})
    assert (await refused(WebhookRequest("POST", "", {}, body))).status == 401


async def test_a_check_of_our_certificate_is_answered() -> None:
    kind = "application/x-www-form-urlencoded"
    answer = (await received(signed(b"ssl_check=1&token=x", kind=kind), "interactivity")).response
    assert answer.status == 200


KINDS = ("application/json", "application/x-www-form-urlencoded", "text/plain", "")
NAMES = st.sampled_from(
    ["type", "event", "team_id", "team", "user", "channel", "ts", "text", "actions", "message",
     "authorizations", "enterprise", "files", "subtype", "payload", "bot_id", "container", "id"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["event_callback", "message", "app_mention", "block_actions", "message_changed", "T0", "U0",
     "tokens_revoked", "url_verification", "1700000000.000100", "onethread_choice_0"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | WORDS | st.text(max_size=5)
SHAPES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6)
)


async def taken_or_refused(route: str, request: WebhookRequest) -> None:
    """Anything else that is raised fails the test."""
    adapter = make_adapter(make_config(api_base_url="http://127.0.0.1:9/api/"))
    try:
        await adapter.receive(route, request)
    except Refused:
        pass
    finally:
        await adapter.close()


@given(st.binary(max_size=300), st.sampled_from(KINDS), st.sampled_from(ROUTES))
async def test_a_signed_body_of_any_bytes_is_taken_or_refused_and_nothing_else(
    body: bytes, kind: str, route: str
) -> None:
    await taken_or_refused(route, signed(body, kind=kind))


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, SHAPES, max_size=8), st.sampled_from(ROUTES))
async def test_a_signed_body_of_any_shape_is_taken_or_refused_and_nothing_else(
    shape: dict[str, object], route: str
) -> None:
    text = json.dumps(shape).encode()
    if route == "events":
        await taken_or_refused(route, signed(text))
    else:
        form = urlencode({"payload": text.decode()}).encode()
        await taken_or_refused(route, signed(form, kind=KINDS[1]))
