"""Slack's Web API through the SDK's client: one call, one request, and faults in our words.

The SDK's retries are off: a post that is tried again blindly is a post made twice. A method that a
workspace was asked to slow down with is not asked again before its time, by anybody. SDK types do
not leave here.
"""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import orjson
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.config import SLACK_API, SlackConfig
from adapters.slack.errors import error_of
from core.channel import SendError, error_for_status

_MAX_GATES = 5_000
_DEFAULT_WAIT = 30.0
_LONGEST_WAIT = 3_600.0


def quiet_logger() -> logging.Logger:
    """Where the SDK may write: it puts texts and addresses into its debug and info lines."""
    logger = logging.getLogger("onethread.slack.sdk")
    logger.setLevel(logging.CRITICAL)
    logger.disabled = True
    return logger


def _no_redirects() -> aiohttp.TraceConfig:
    """The SDK lets aiohttp follow a redirect, which would hand texts to another host. The API has
    none; files, which do, are followed step by step and with their hosts checked."""

    async def refuse(*_: object) -> None:
        raise aiohttp.ClientError("redirected")

    tracing = aiohttp.TraceConfig()
    tracing.on_request_redirect.append(refuse)
    return tracing


class _Client(AsyncWebClient):
    """The SDK's client, without the basic authorisation of aiohttp's that is on its way out."""

    async def api_call(
        self, api_method: str, *, auth: Any = None, headers: Any = None, **options: Any
    ) -> AsyncSlackResponse:
        if auth is not None:
            pair = f"{auth['client_id']}:{auth['client_secret']}".encode()
            basic = b64encode(pair).decode()
            headers = {**(headers or {}), "Authorization": f"Basic {basic}"}
        return await super().api_call(api_method, headers=headers, **options)


class SlackApi:
    """Calls below the configured address, each with the token it is given."""

    def __init__(self, config: SlackConfig, now: Callable[[], datetime]) -> None:
        self._base = config.api_base_url
        self._timeout = config.timeout_seconds
        self._now = now
        self._session: aiohttp.ClientSession | None = None
        self._closed: dict[tuple[str, str], datetime] = {}
        self._logger = quiet_logger()
        self._clients: dict[str, AsyncWebClient] = {}

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections, which every call shares. Made when first needed, inside the loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._timeout, sock_connect=self._timeout),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=self._base == SLACK_API,
                trace_configs=[_no_redirects()],
            )
        return self._session

    def client(self, token: str | None = None) -> AsyncWebClient:
        """The SDK's client for one token, for Bolt and for us."""
        client = _Client(
            token,
            base_url=self._base,
            timeout=int(self._timeout) or 1,
            session=self.session,
            logger=self._logger,
            retry_handlers=[],
        )
        # The session decides about proxies, which the SDK would use for a local address too.
        client.proxy = None
        return client

    async def call(
        self, method: str, token: str, place: str, **arguments: object
    ) -> Mapping[str, Any]:
        """Call one method for a workspace. Raises `SendError`."""
        data, _ = await self.call_with_headers(method, token, place, **arguments)
        return data

    async def ask(
        self, method: str, token: str, place: str, **arguments: object
    ) -> Mapping[str, Any]:
        """Call a method that shows nothing to anybody: at worst it was called in vain, so its
        failures are never ambiguous. Raises `SendError`."""
        try:
            return await self.call(method, token, place, **arguments)
        except SendError as error:
            raise SendError(
                error.reason,
                retryable=error.retryable,
                retry_after=error.retry_after,
                provider_code=error.provider_code,
                dead=error.dead,
            ) from error

    async def call_with_headers(
        self, method: str, token: str, place: str, **arguments: object
    ) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """The same, with the answer's headers, whose names are in any case. Raises `SendError`."""
        self._pass(method, place)
        form = {name: value for name, value in arguments.items() if value is not None}
        try:
            answer = await self._client(token).api_call(method, data=_as_form(form))
        except SlackApiError as error:
            raise self._refusal(method, place, error) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise SendError("Slack could not be reached.", retryable=True) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SendError(
                "The connection to Slack was lost before it answered.",
                retryable=True,
                ambiguous=True,
            ) from error
        except (AttributeError, ValueError) as error:
            # The SDK takes a text that is no JSON for a mapping.
            raise _unreadable() from error
        data = answer.data
        if not isinstance(data, dict):
            raise _unreadable()
        return data, dict(answer.headers)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    def _client(self, token: str) -> AsyncWebClient:
        client = self._clients.get(token)
        if client is None:
            if len(self._clients) >= _MAX_GATES:
                self._clients.clear()
            client = self._clients[token] = self.client(token)
        return client

    def _pass(self, method: str, place: str) -> None:
        """Stop here what Slack asked us not to ask before a time. Raises `SendError`."""
        until = self._closed.get((method, place))
        if until is None:
            return
        left = (until - self._now()).total_seconds()
        if left > 0:
            raise error_of("ratelimited", left)
        del self._closed[(method, place)]

    def _refusal(self, method: str, place: str, error: SlackApiError) -> SendError:
        response = error.response
        # The SDK gives its own answer, or aiohttp's where it could not read the body.
        status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
        data = getattr(response, "data", None)
        code = data.get("error") if isinstance(data, dict) else None
        after = _seconds(getattr(response, "headers", None) or {})
        if status == 429 or code in ("ratelimited", "rate_limited"):
            return self._throttled(method, place, after)
        if isinstance(code, str) and code:
            return error_of(code, after)
        return _unreadable() if status < 400 else error_for_status(status, after)

    def _throttled(self, method: str, place: str, after: float | None) -> SendError:
        wait = _DEFAULT_WAIT if after is None else after
        if len(self._closed) >= _MAX_GATES:
            self._closed.clear()
        self._closed[(method, place)] = self._now() + timedelta(seconds=wait)
        return error_of("ratelimited", wait)


def _as_form(arguments: Mapping[str, object]) -> dict[str, str]:
    """Values as Slack's forms have them: truths in words, lists and tables as JSON."""
    return {
        name: value if isinstance(value, str) else orjson.dumps(value).decode()
        for name, value in arguments.items()
    }


def _seconds(headers: Mapping[str, str]) -> float | None:
    """`Retry-After`, which Slack gives in whole seconds."""
    told = headers.get("Retry-After") or headers.get("retry-after") or ""
    return min(float(told), _LONGEST_WAIT) if told.isascii() and told.isdigit() else None


def _unreadable() -> SendError:
    return SendError("Slack's answer could not be read.", retryable=True, ambiguous=True)
