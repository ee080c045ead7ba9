"""The app as Bolt runs it: requests that are no plain message are dispatched to these listeners.

Requests are verified before Bolt sees them, and what listeners find is put into the request's
context, so that Slack is answered only once it is durable: Bolt by itself answers before, and even
when a listener fails (https://docs.slack.dev/tools/bolt-python/concepts/lazy-listeners). No SDK
type leaves here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.async_app import AsyncAck
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack.api import SlackApi, quiet_logger
from adapters.slack.blocks import ACTION
from adapters.slack.choices import Choices, read_choice
from adapters.slack.config import SlackConfig
from adapters.slack.events import Change, Nothing, malformed, read_envelope, read_event
from adapters.slack.inbox import Inbox
from adapters.slack.installations import KeptInstallations
from adapters.slack.workspaces import Workspaces
from core.channel import Received, Refused, WebhookRequest, WebhookResponse
from core.message import InboundMessage, Revision

log = logging.getLogger(__name__)

_FOUND = "onethread_found"

_UNREAD = (AttributeError, KeyError, TypeError, ValueError)
"""What Bolt raises on its way to a listener when a body has not the shape Slack gives it."""

_PLAIN = ("message", "app_mention")
"""Events that need nothing of Bolt's dispatch, which costs several times what they do."""


@dataclass(slots=True)
class Brought:
    """What one request brought, collected by its listeners; `heard` once one of them has it."""

    messages: list[InboundMessage] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    heard: bool = False
    error: Exception | None = None

    def received(self, response: WebhookResponse | None = None) -> Received:
        return Received(
            messages=tuple(self.messages),
            revisions=tuple(self.revisions),
            response=response or WebhookResponse(),
        )


def is_plain(body: Mapping[str, Any]) -> bool:
    """Whether an event is a message or a mention."""
    event = body.get("event")
    return (
        body.get("type") == "event_callback"
        and isinstance(event, dict)
        and event.get("type") in _PLAIN
    )


class Listeners:
    """What is done for each kind of event, with Bolt's dispatch in front or without."""

    def __init__(
        self,
        config: SlackConfig,
        api: SlackApi,
        workspaces: Workspaces,
        store: KeptInstallations,
        inbox: Inbox,
        choices: Choices,
    ) -> None:
        self._config = config
        self._bots = frozenset(config.allowed_bots)
        self._api = api
        self._workspaces = workspaces
        self._store = store
        self._inbox = inbox
        self._choices = choices
        self._app: AsyncApp | None = None

    async def posted(self, body: Mapping[str, Any], found: Brought) -> None:
        """A message event, or a mention. Raises `Refused`."""
        event = body.get("event")
        if not isinstance(event, dict):
            raise malformed("the event has no content")
        envelope = read_envelope(body)
        if not envelope.own:
            installed = await self._workspaces.find(envelope.enterprise, envelope.team)
            envelope = read_envelope(body, installed.bot_user if installed else "")
        seen = read_event(envelope, event, self._bots)
        if isinstance(seen, Nothing):
            log.debug("slack event ignored: %s", seen.why)
        elif isinstance(seen, Change):
            found.revisions.append(self._inbox.change(seen))
        else:
            found.messages.extend(await self._inbox.post(seen))

    async def read(self, payload: dict[str, Any]) -> Received:
        """What came over a socket, whose token vouches for it. Raises `Refused`."""
        if not is_plain(payload):
            return await self._run(payload, {}, "socket_mode")
        found = Brought()
        await self.posted(payload, found)
        return found.received()

    async def dispatch(self, request: WebhookRequest) -> Received:
        """Everything else, by Bolt. Raises `Refused`."""
        kind = {"content-type": request.headers.get("content-type", "")}
        return await self._run(request.body.decode("utf-8", "replace"), kind, "http")

    async def _run(
        self, body: str | dict[str, Any], headers: Mapping[str, str], mode: str
    ) -> Received:
        found = Brought()
        try:
            request = AsyncBoltRequest(
                body=body, headers=dict(headers), context={_FOUND: found}, mode=mode
            )
        except _UNREAD:
            # Bolt reads ids out of the body while it is made, and expects what Slack sends.
            raise malformed("the body is not understood") from None
        try:
            answer = await self._bolt().async_dispatch(request)
        except _UNREAD:
            # Its handling of errors, too, reads the body on the way.
            if found.heard:
                raise
            raise malformed("the body is not understood") from None
        if found.error is not None:
            if not found.heard and isinstance(found.error, _UNREAD):
                raise malformed("the body is not understood")
            raise found.error
        if answer.status >= 500:
            raise Refused(503, "the request could not be handled; it may be sent again")
        if answer.status == 404:
            # Something the app is not subscribed to by our manifest: taken, and left alone.
            return found.received()
        kind = answer.first_headers().get("content-type", "text/plain").partition(";")[0]
        return found.received(WebhookResponse(answer.status, answer.body or "", kind))

    def _bolt(self) -> AsyncApp:
        """Bolt's app. Made when first needed, inside the loop."""
        if self._app is None:
            self._app = self._build()
        return self._app

    def _build(self) -> AsyncApp:
        app = AsyncApp(
            name="onethread.slack",
            logger=quiet_logger(),
            client=self._api.client(),
            signing_secret=self._config.signing_secret.get_secret_value(),
            authorize=_authorizer(self._workspaces),
            process_before_response=True,
            request_verification_enabled=False,
        )
        app.error(_on_error)
        app.event("message")(self._on_message)
        app.event("app_mention")(self._on_message)
        app.event("app_uninstalled")(self._on_uninstalled)
        app.event("tokens_revoked")(self._on_revoked)
        app.event(re.compile(".*"))(_on_other)
        app.action(re.compile(rf"^{ACTION}_\d+$"))(self._on_choice)
        app.action(re.compile(".*"))(_on_other_action)
        return app

    async def _on_message(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        context[_FOUND].heard = True
        await self.posted(body, context[_FOUND])

    async def _on_choice(
        self, body: dict[str, Any], context: AsyncBoltContext, ack: AsyncAck
    ) -> None:
        context[_FOUND].heard = True
        choice = read_choice(body, context.bot_user_id or "")
        if choice is not None:
            message = await self._inbox.choice(choice.post, choice.value, choice.event_id)
            context[_FOUND].messages.append(message)
            self._choices.made(choice)
        await ack()

    async def _on_uninstalled(self, context: AsyncBoltContext) -> None:
        await self._forget(context)

    async def _on_revoked(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        """Only a bot's token is ours; people's may come and go."""
        tokens = event.get("tokens")
        if isinstance(tokens, dict) and tokens.get("bot"):
            await self._forget(context)

    async def _forget(self, context: AsyncBoltContext) -> None:
        context[_FOUND].heard = True
        await self._store.async_delete_all(
            enterprise_id=context.enterprise_id,
            team_id=None if context.is_enterprise_install else context.team_id,
        )
        self._workspaces.forget()
        log.warning("slack: the app was removed from a workspace or its token was revoked")


def _authorizer(workspaces: Workspaces) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Bolt's question who we are in a place, answered without asking Slack."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        found = await workspaces.find(enterprise_id or "", team_id or "")
        if found is None:
            raise Refused(404, "the app is not installed in this workspace")
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=found.bot_user or None,
            bot_id=found.bot_id or None,
            bot_token=found.token,
        )

    return authorize


async def _on_error(error: Exception, context: AsyncBoltContext) -> None:
    """Bolt would answer 500 and write the request into its log."""
    context[_FOUND].error = error


async def _on_other(event: dict[str, Any]) -> None:
    """An event nobody here waits for is taken, so that Slack does not send it again."""
    log.debug("slack event ignored: not subscribed to by us")


async def _on_other_action(ack: AsyncAck) -> None:
    await ack()
