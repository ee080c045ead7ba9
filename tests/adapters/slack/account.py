"""A Slack account for tests: the real adapter, with the simulated Slack at the wire's other end.

`Door` stands where the gateway's web server does: it hands requests over, keeps what came in by its
event id as admission does, and only then answers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.slack.adapter import SlackAdapter
from adapters.slack.config import SlackConfig
from adapters.slack.signature import sign
from adapters.slack.simulator import SlackSimulator
from core.channel import AdapterContext, Received, Refused, WebhookRequest
from core.message import InboundMessage, OutboundPart, Revision

SECRET = "a-signing-secret-of-the-tests"
TOKEN = "xoxb-a-bot-token-of-the-tests"
TEAM = "T0TEST"
USER = "U0ADA"
CHANNEL = "C0HELP"
BASE = "https://shop.test/channels/slack"


@dataclass(slots=True)
class DictKeep:
    """Values that last as long as the test."""

    values: dict[str, str] = field(default_factory=dict)
    puts: int = 0

    async def get(self, name: str) -> str | None:
        return self.values.get(name)

    async def put(self, name: str, value: str | None) -> None:
        self.puts += 1
        if value is None:
            self.values.pop(name, None)
        else:
            self.values[name] = value

    async def names(self, prefix: str = "") -> Sequence[str]:
        return sorted(name for name in self.values if name.startswith(prefix))


@dataclass(slots=True)
class Door:
    """What came in, and how often. With `fails` greater than 0, so many requests are answered 503
    in place of being taken; `deaf` are taken, and answered 503 nevertheless."""

    received: list[Received] = field(default_factory=list)
    admitted: dict[str, InboundMessage] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    fails: int = 0
    deaf: int = 0

    async def take(self, received: Received) -> None:
        self.received.append(received)
        self.revisions.extend(received.revisions)
        for message in received.messages:
            self.admitted.setdefault(message.event_id, message)

    @property
    def messages(self) -> list[InboundMessage]:
        return list(self.admitted.values())


@dataclass(slots=True)
class Line:
    """Both ends of the wire."""

    slack: SlackSimulator
    adapter: SlackAdapter
    door: Door
    keep: DictKeep


def make_config(**changes: object) -> SlackConfig:
    """A valid configuration with any option changed; `None` drops one."""
    options: dict[str, object] = {
        "signing_secret": SECRET,
        "bot_token": TOKEN,
        "timeout_seconds": 2.0,
    } | changes
    return SlackConfig.model_validate({k: v for k, v in options.items() if v is not None})


async def no_file(reference: str) -> bytes:
    """Nothing is kept here."""
    raise LookupError(reference)


def utc_now() -> datetime:
    return datetime.now(UTC)


def make_adapter(
    config: SlackConfig | None = None,
    *,
    base: str = BASE,
    keep: DictKeep | None = None,
    files: dict[str, bytes] | None = None,
    now: Callable[[], datetime] = utc_now,
) -> SlackAdapter:
    """The adapter, with files and values that last as given."""
    ids = count(1)
    kept = files or {}

    async def read_file(reference: str) -> bytes:
        return kept[reference]

    context = AdapterContext(
        "slack", base, now, lambda: str(next(ids)), keep or DictKeep(), read_file
    )
    return SlackAdapter(config or make_config(), context)


@asynccontextmanager
async def line(
    *,
    files: dict[str, bytes] | None = None,
    keep: DictKeep | None = None,
    slack: SlackSimulator | None = None,
    **options: object,
) -> AsyncIterator[Line]:
    """A workspace, an account in it and what came in, all over loopback."""
    slack = slack or SlackSimulator(TEAM, SECRET, TOKEN)
    await slack.start()
    door, keep = Door(), keep or DictKeep()
    config = make_config(**{"api_base_url": slack.base_url, **options})
    adapter = make_adapter(config, keep=keep, files=files)
    async with TestServer(_app(adapter, door)) as server:
        slack.webhook_base = str(server.make_url("/slack"))
        try:
            yield Line(slack, adapter, door, keep)
        finally:
            await slack.stop()
            await adapter.close()


def _app(adapter: SlackAdapter, door: Door) -> web.Application:
    async def handle(request: web.Request) -> web.Response:
        if door.fails:
            door.fails -= 1
            return web.Response(status=503)
        asked = WebhookRequest(
            request.method,
            BASE,
            request.headers,
            await request.read(),
            query=request.query,
        )
        try:
            received = await adapter.receive(request.match_info["route"], asked)
        except Refused as refused:
            return web.Response(status=refused.status, text=refused.reason, headers=refused.headers)
        await door.take(received)
        if door.deaf:
            door.deaf -= 1
            return web.Response(status=503)
        answer = received.response
        return web.Response(
            status=answer.status,
            text=str(answer.body),
            content_type=answer.content_type,
            headers=answer.headers,
        )

    app = web.Application()
    app.router.add_route("*", "/slack/{route}", handle)
    return app


def signed(
    body: bytes,
    *,
    secret: str = SECRET,
    at: datetime | None = None,
    kind: str = "application/json",
    **headers: str,
) -> WebhookRequest:
    """A request as the gateway hands it over."""
    timestamp = str(int((at or utc_now()).timestamp()))
    told = {
        "content-type": kind,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": sign(secret.encode(), timestamp, body),
    }
    return WebhookRequest("POST", BASE, told | headers, body)


def event_body(event: dict[str, Any] | None = None, /, **outer: object) -> dict[str, Any]:
    """A message event as Slack sends it with any field changed."""
    inner = {
        "type": "message",
        "channel": f"D{USER}",
        "channel_type": "im",
        "user": USER,
        "text": "hello",
        "ts": "1700000000.000100",
        "event_ts": "1700000000.000100",
    } | (event or {})
    body: dict[str, Any] = {
        "token": "deprecated",
        "team_id": TEAM,
        "api_app_id": "A0TEST",
        "type": "event_callback",
        "event_id": "Ev1",
        "event_time": 1700000000,
        "event": {name: value for name, value in inner.items() if value is not None},
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": "U0ONETHREAD",
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
    return body | outer


def event(inner: dict[str, Any] | None = None, /, **outer: object) -> WebhookRequest:
    """The same, signed."""
    return signed(orjson.dumps(event_body(inner, **outer)))


def part(text: str = "hi", /, key: str = "part-1", **address: str) -> OutboundPart:
    """A part on its way into Ada's direct messages, or elsewhere."""
    where = {"team": TEAM, "channel": f"D{USER}", "user": USER} | address
    return OutboundPart(
        key,
        "slack",
        "slack",
        {name: value for name, value in where.items() if value},
        {
            "text": text,
            "blocks": [
                {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
            ],
        },
    )
