"""Slack: signed events in, posts out, through the real SDK.

It verifies and translates. Customers, order, retries and what to answer are others' concern.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from adapters.slack.api import SlackApi, quiet_logger
from adapters.slack.blocks import slack_renderer
from adapters.slack.choices import Choices
from adapters.slack.config import SlackConfig
from adapters.slack.diagnosis import Diagnosis
from adapters.slack.events import malformed
from adapters.slack.files import Files
from adapters.slack.history import History
from adapters.slack.inbox import Inbox
from adapters.slack.installations import KeptInstallations
from adapters.slack.listening import Brought, Listeners, is_plain
from adapters.slack.oauth import Installing
from adapters.slack.people import People
from adapters.slack.sending import Sending
from adapters.slack.signature import verify
from adapters.slack.socket import Socket
from adapters.slack.threads import Threads
from adapters.slack.workspaces import Workspaces
from core.channel import AdapterContext, Received, WebhookRequest
from core.channel_abilities import Attempt, Finding, Health, Link, Opening, Reconciled, Sink
from core.message import (
    Attachment,
    InboundMessage,
    OutboundMessage,
    OutboundPart,
    RenderedPart,
    SendReceipt,
)

log = logging.getLogger(__name__)

_ADDRESS = re.compile(r"(?:(?P<team>[TE][A-Z0-9]{2,20}):)?#?(?P<id>[UWCGD][A-Z0-9]{2,20})")


class SlackAdapter:
    """One Slack app, in one workspace or in many."""

    def __init__(self, config: SlackConfig, context: AdapterContext) -> None:
        self._context = context
        self._secret = config.signing_secret.get_secret_value().encode()
        self._api = SlackApi(config, context.now)
        store = KeptInstallations(context.keep, quiet_logger())
        workspaces = Workspaces(config, self._api, store, context.now)
        people = People(self._api, config.trusted_domains, context.now)
        threads = Threads(context.keep)
        inbox = Inbox(context.account, workspaces, people, threads)
        choices = Choices()
        bots = frozenset(config.allowed_bots)
        self._listeners = Listeners(config, self._api, workspaces, store, inbox, choices)
        self._history = History(self._api, workspaces, inbox, threads, bots)
        self._files = Files(self._api, workspaces, config.api_base_url, context.read_file)
        self._sending = Sending(self._api, workspaces, choices, self._files, context.now)
        self._installing = Installing(config, context, self._api, store, workspaces)
        self._diagnosis = Diagnosis(
            config,
            self._api,
            workspaces,
            context.webhook_base,
            context.now,
            context.new_id,
        )
        token = config.app_token
        self._socket = (
            None if token is None else Socket(self._api, token.get_secret_value(), self._listeners)
        )
        self._render = slack_renderer()

    async def receive(self, route: str, request: WebhookRequest) -> Received:
        """Verify and translate one request. Raises `Refused`."""
        if route == "install":
            return await self._installing.install(request)
        if route == "oauth":
            return await self._installing.finish(request)
        verify(self._secret, request.headers, request.body, self._context.now().timestamp())
        kind = request.headers.get("content-type", "")
        if route == "events" and kind.startswith("application/json"):
            body = _json(request.body)
            if is_plain(body):
                found = Brought()
                await self._listeners.posted(body, found)
                return found.received()
            if body.get("type") == "app_rate_limited":
                # 30,000 events an hour and workspace; what was written beyond is in the history
                # (https://docs.slack.dev/apis/events-api#rate-limiting).
                log.warning("slack: a workspace's events are more than Slack delivers")
                return Received()
        return await self._listeners.dispatch(request)

    async def start(self, sink: Sink) -> None:
        """Open a socket, where one is configured."""
        if self._socket is not None:
            await self._socket.start(sink)

    async def stop(self) -> None:
        """Close it, once what it brought is handed over."""
        if self._socket is not None:
            await self._socket.stop()

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

    def address_of(self, to: str) -> Mapping[str, str]:
        """A person or a channel by id, with its workspace where the app is in several."""
        found = _ADDRESS.fullmatch(to.strip())
        if found is None:
            raise ValueError(
                f"{to!r} is no Slack id: write U0123ABCD for a person, C0123ABCD for a channel, or"
                " T0123ABCD:U0123ABCD with the workspace; Slack shows them under Copy member ID"
            )
        name = "user" if found["id"][0] in "UW" else "channel"
        place = "enterprise" if (found["team"] or "").startswith("E") else "team"
        return {name: found["id"], **({place: found["team"]} if found["team"] else {})}

    async def opening(self, to: str) -> Opening:
        """The direct messages with a person. Raises `ValueError` and `SendError`."""
        address = self.address_of(to)
        if "user" not in address:
            raise ValueError(f"{to!r} is no person: others read along in a channel")
        place, room = await self._sending.room_of(address)
        return Opening(f"{place}:{room}", {**address, "channel": room}, "Direct message")

    def links(self) -> Sequence[Link]:
        """The page that installs the app in a workspace."""
        return self._installing.links()

    async def health(self) -> Health:
        """Whether every workspace takes our token."""
        return await self._diagnosis.health()

    async def diagnose(self) -> Sequence[Finding]:
        """What has to be right at Slack."""
        return await self._diagnosis.diagnose()

    async def close(self) -> None:
        """Let go of connections."""
        await self.stop()
        await self._sending.close()
        await self._api.close()


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise malformed("the body is no JSON object")
    return found
