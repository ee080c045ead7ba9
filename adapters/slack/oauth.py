"""The pages on which a workspace installs the app, through Bolt's OAuth flow.

They open only with a key that `onethread channels` shows and that is good for an hour. A state is
signed, used once, good for ten minutes, and bound to the browser by Bolt's cookie.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import aiohttp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from adapters.slack.api import SlackApi, quiet_logger
from adapters.slack.config import SLACK_API, SlackConfig
from adapters.slack.installations import KeptInstallations
from adapters.slack.workspaces import Workspaces
from core.channel import AdapterContext, Keep, Received, Refused, WebhookRequest, WebhookResponse
from core.channel_abilities import Link

_AUTHORIZE = "https://slack.com/oauth/v2/authorize"
_LINK_SECONDS = 3_600
_STATE_SECONDS = 600
_MAX_STATES = 100
_PREFIX = "oauth-state:"


class Tickets:
    """Short signed notes: a purpose and a time until which it is good."""

    def __init__(self, secret: bytes, now: Callable[[], datetime]) -> None:
        self._secret = secret
        self._now = now

    def issue(self, purpose: str, seconds: int) -> str:
        """A ticket good from now for so many seconds."""
        until = int(self._now().timestamp()) + seconds
        return f"{until}.{self._mac(purpose, until)}"

    def is_good(self, purpose: str, ticket: str) -> bool:
        """Whether it was issued here for that purpose and is not too old."""
        until, _, mac = ticket.partition(".")
        if not (until.isascii() and until.isdigit() and len(until) <= 12):
            return False
        fresh = int(until) > self._now().timestamp()
        expected = self._mac(purpose, int(until)).encode()
        return hmac.compare_digest(expected, mac.encode("utf-8", "replace")) and fresh

    def _mac(self, purpose: str, until: int) -> str:
        text = f"onethread:{purpose}:{until}".encode()
        return hmac.digest(self._secret, text, "sha256").hex()


class KeptStates(AsyncOAuthStateStore):
    """States of installations under way; the oldest are dropped when there are too many."""

    def __init__(self, keep: Keep, tickets: Tickets, new_id: Callable[[], str]) -> None:
        self._keep = keep
        self._tickets = tickets
        self._new_id = new_id

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        """A new state."""
        number = self._new_id()
        ticket = self._tickets.issue(f"state:{number}", _STATE_SECONDS)
        # Sorts by time, so that the oldest come first.
        await self._keep.put(f"{_PREFIX}{ticket.partition('.')[0]}:{number}", ticket)
        for old in (await self._keep.names(_PREFIX))[:-_MAX_STATES]:
            await self._keep.put(old, None)
        return f"{number}.{ticket}"

    async def async_consume(self, state: str) -> bool:
        """Whether it was issued here, is fresh and was not used; from now on it is."""
        number, _, ticket = state.partition(".")
        if not self._tickets.is_good(f"state:{number}", ticket):
            return False
        name = f"{_PREFIX}{ticket.partition('.')[0]}:{number}"
        if await self._keep.get(name) != ticket:
            return False
        await self._keep.put(name, None)
        return True


class Installing:
    """The two pages, and the link to the first."""

    def __init__(
        self,
        config: SlackConfig,
        context: AdapterContext,
        api: SlackApi,
        store: KeptInstallations,
        workspaces: Workspaces,
    ) -> None:
        self._config = config
        self._base = context.webhook_base
        secret = config.signing_secret.get_secret_value().encode()
        self._tickets = Tickets(secret, context.now)
        self._states = KeptStates(context.keep, self._tickets, context.new_id)
        self._api = api
        self._store = store
        self._workspaces = workspaces

    def links(self) -> Sequence[Link]:
        """The page that installs the app, where workspaces may."""
        if self._config.client_id is None:
            return ()
        key = self._tickets.issue("install", _LINK_SECONDS)
        return (Link("Install the app in a workspace", f"{self._base}/install?key={key}"),)

    async def install(self, request: WebhookRequest) -> Received:
        """The page with the button to Slack. Raises `Refused`."""
        if not self._tickets.is_good("install", request.query.get("key", "")):
            raise Refused(403, "open the page that `onethread channels` shows: this key is too old")
        return _answer(await self._flow().handle_installation(_bolt_request(request)))

    async def finish(self, request: WebhookRequest) -> Received:
        """The page Slack leads back to. Raises `Refused`."""
        try:
            answer = await self._flow().handle_callback(_bolt_request(request))
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise Refused(503, "Slack could not be reached: install the app again") from None
        self._workspaces.forget()
        return _answer(answer)

    def _flow(self) -> AsyncOAuthFlow:
        config = self._config
        if config.client_id is None or config.client_secret is None:
            raise Refused(404, "this account has no client_id: nobody installs its app here")
        return AsyncOAuthFlow(
            client=self._api.client(),
            logger=quiet_logger(),
            settings=AsyncOAuthSettings(
                client_id=config.client_id,
                client_secret=config.client_secret.get_secret_value(),
                scopes=list(config.scopes),
                redirect_uri=f"{self._base}/oauth",
                authorization_url=_authorize_url(config.api_base_url),
                installation_store=self._store,
                state_store=self._states,
                state_expiration_seconds=_STATE_SECONDS,
                logger=quiet_logger(),
            ),
        )


def _authorize_url(api: str) -> str:
    if api == SLACK_API:
        return _AUTHORIZE
    parts = urlsplit(api)
    return f"{parts.scheme}://{parts.netloc}/oauth/v2/authorize"


def _bolt_request(request: WebhookRequest) -> AsyncBoltRequest:
    headers = {"cookie": request.headers.get("cookie", "")}
    return AsyncBoltRequest(body="", query=dict(request.query), headers=dict(headers))


def _answer(answer: BoltResponse) -> Received:
    headers = answer.first_headers()
    kind = headers.pop("content-type", "text/html").partition(";")[0]
    return Received(response=WebhookResponse(answer.status, answer.body or "", kind, headers))
