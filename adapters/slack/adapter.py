"""Slack: signed events in, posts out, through the real SDK.

It verifies and translates. Customers, order, retries and what to answer are others' concern.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from adapters.slack.api import SlackApi, quiet_logger
from adapters.slack.blocks import slack_renderer
from adapters.slack.choices import Choices
from adapters.slack.config import SlackConfig
from adapters.slack.files import Files
from adapters.slack.history import History
from adapters.slack.inbox import Inbox
from adapters.slack.installations import KeptInstallations
from adapters.slack.listening import Found, Listeners
from adapters.slack.people import People
from adapters.slack.sending import Sending
from adapters.slack.signature import verify
from adapters.slack.threads import Threads
from adapters.slack.workspaces import Workspaces
from core.channel import AdapterContext, Received, Refused, SendError, WebhookRequest
from core.channel_abilities import Attempt, Health, Reconciled
from core.message import (
    Attachment,
    InboundMessage,
    OutboundMessage,
    OutboundPart,
    RenderedPart,
    SendReceipt,
)

_PLAIN = frozenset({"message", "app_mention"})
"""Events that need nothing of Bolt's dispatch, which costs several times what they do."""


class SlackAdapter:
    """One Slack app, in one workspace or in many."""

    def __init__(self, config: SlackConfig, context: AdapterContext) -> None:
        self._config = config
        self._context = context
        self._secret = config.signing_secret.get_secret_value().encode()
        self._api = SlackApi(config, context.now)
        store = KeptInstallations(context.keep, quiet_logger())
        self._workspaces = Workspaces(config, self._api, store, context.now)
        people = People(self._api, config.trusted_domains, context.now)
        threads = Threads(context.keep)
        inbox = Inbox(context.account, self._workspaces, people, threads)
        self._history = History(
            self._api, self._workspaces, inbox, threads, frozenset(config.allowed_bots)
        )
        choices = Choices()
        self._listeners = Listeners(config, self._api, self._workspaces, store, inbox, choices)
        self._files = Files(self._api, self._workspaces, config.api_base_url, context.read_file)
        self._sending = Sending(self._api, self._workspaces, choices, self._files, context.now)
        self._render = slack_renderer()

    async def receive(self, route: str, request: WebhookRequest) -> Received:
        """Verify and translate one request. Raises `Refused`."""
        verify(self._secret, request.headers, request.body, self._context.now().timestamp())
        if route == "events" and request.headers.get("content-type", "").startswith(
            "application/json"
        ):
            body = _json(request.body)
            if _is_plain(body):
                found = Found()
                await self._listeners.posted(body, found)
                return found.received()
        return await self._listeners.dispatch(request)

    def render(self, message: OutboundMessage) -> Sequence[RenderedPart]:
        """Sections and buttons; in a channel what is personal goes to the person alone."""
        return self._render(message)

    async def send(self, part: OutboundPart) -> SendReceipt:
        """Post one part. Raises `SendError`."""
        return await self._sending.send(part)

    async def reconcile(self, attempt: Attempt) -> Reconciled:
        """Look for a part whose answer was lost."""
        return await self._sending.reconcile(attempt)

    async def catch_up(self, since: datetime) -> Sequence[InboundMessage]:
        """What people wrote since then, oldest first. Raises `SendError`."""
        return await self._history.catch_up(since)

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file somebody posted. Raises `SendError`."""
        return await self._files.fetch(attachment)

    async def health(self) -> Health:
        """Whether every workspace takes our token."""
        try:
            for one in await self._workspaces.all():
                await self._workspaces.identify(one.token)
        except SendError as error:
            return Health(False, error.reason)
        return Health(True)

    async def close(self) -> None:
        """Let go of connections."""
        await self._sending.close()
        await self._api.close()


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Refused(400, "the body is no JSON object", headers={"X-Slack-No-Retry": "1"})
    return found


def _is_plain(body: dict[str, Any]) -> bool:
    event = body.get("event")
    return (
        body.get("type") == "event_callback"
        and isinstance(event, dict)
        and event.get("type") in _PLAIN
    )
