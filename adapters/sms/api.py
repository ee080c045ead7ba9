"""The Twilio client, spoken to through one aiohttp session and any base URL.

The only module here that knows the SDK; its types do not leave it. One call, no retries, but with
the other token while one replaces the other: what went wrong is told as a `SendError` that says
whether the request can have reached Twilio.
"""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import aiohttp
import orjson
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from yarl import URL

from adapters.sms.codes import trouble_of
from adapters.sms.config import SmsConfig
from core.channel import SendError, error_for_status

_MAX_ANSWER = 4_000_000


class TwilioApi:
    """Calls below `/2010-04-01/Accounts/<account>`, as the configured account."""

    def __init__(self, config: SmsConfig) -> None:
        self._http = _Http(config.api_base_url, config.timeout_seconds, config.connections)
        given = (config.auth_token, config.auth_token_next)
        self._tokens = [one.get_secret_value() for one in given if one is not None]
        self._account = config.account_sid
        self._client = self._client_of(self._tokens[0])
        self._base = f"https://api.twilio.com/2010-04-01/Accounts/{config.account_sid}"
        self._timeout = config.timeout_seconds
        self.date = ""
        """When the last answer was given, by the provider's clock (RFC 9110, section 6.6.1)."""

    async def post(self, path: str, form: Mapping[str, object]) -> Mapping[str, Any]:
        """Create something. Raises `SendError`."""
        return await self._call("POST", self._base + path, data=dict(form))

    async def get(self, path: str, query: Mapping[str, object]) -> Mapping[str, Any]:
        """Read something; `path` may be a `next_page_uri`. Raises `SendError`."""
        url = f"https://api.twilio.com{path}" if path.startswith("/2010") else self._base + path
        return await self._call("GET", url, params=dict(query) or None)

    async def get_messaging(self, path: str, query: Mapping[str, object]) -> Mapping[str, Any]:
        """Read something of the account's messaging services, which have a host of their own.

        Raises `SendError`.
        """
        url = f"https://messaging.twilio.com/v1{path}"
        return await self._call("GET", url, params=dict(query) or None)

    @property
    def authorization(self) -> str:
        """The header of a request that is made elsewhere, by the token that is taken now."""
        return basic((self._account, self._tokens[0]))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()

    async def _call(self, method: str, url: str, **options: Any) -> Mapping[str, Any]:
        used = self._tokens[0]
        response = await self._ask(method, url, **options)
        if response.status_code == 401 and len(self._tokens) > 1:
            # The token was changed at Twilio: what is refused so was not acted on. Another call may
            # have found that out in the meantime.
            if self._tokens[0] == used:
                self._tokens.reverse()
                self._client = self._client_of(self._tokens[0])
            response = await self._ask(method, url, **options)
        self.date = str((response.headers or {}).get("Date", ""))
        return _answer(response)

    def _client_of(self, token: str) -> Client:
        return Client(self._account, token, http_client=self._http)

    async def _ask(self, method: str, url: str, **options: Any) -> Response:
        try:
            return await self._client.request_async(method, url, timeout=self._timeout, **options)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise SendError("The provider could not be reached.", retryable=True) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SendError(
                "The connection to the provider was lost before it answered.",
                retryable=True,
                ambiguous=True,
            ) from error


def _authorised(headers: Mapping[str, str] | None, auth: tuple[str, str] | None) -> dict[str, str]:
    """The request's headers with HTTP Basic credentials (RFC 7617)."""
    given = dict(headers or {})
    if auth is not None:
        given["Authorization"] = basic(auth)
    return given


@lru_cache(maxsize=256)
def _swap(base: URL, url: str) -> URL:
    """The SDK's URL at our base: scheme, host and port of the one, path and query of the other."""
    path = URL(url, encoded=True)
    query = f"?{path.raw_query_string}" if path.raw_query_string else ""
    return URL(f"{_at(base, path)}{path.raw_path}{query}", encoded=True)


def _at(base: URL, url: URL) -> URL:
    """Where a product of Twilio's is: each has a host of its own, also in a region, such as
    `api.dublin.ie1.twilio.com`. Anywhere else one host stands for all of them."""
    host = base.host or ""
    if not (host.startswith("api.") and host.endswith(".twilio.com")):
        return base
    product = (url.host or "").partition(".")[0]
    return base.with_host(host.replace("api", product, 1))


def _encode(form: Mapping[str, object]) -> bytes:
    """The form as `application/x-www-form-urlencoded`; a list is a field that is repeated."""
    fields = [
        (name, str(one))
        for name, value in form.items()
        for one in (value if isinstance(value, list) else (value,))
    ]
    query = URL.build(query=fields)
    return query.raw_query_string.encode()


@lru_cache(maxsize=64)
def basic(auth: tuple[str, str]) -> str:
    """User and password as a header's value (RFC 7617)."""
    return "Basic " + b64encode(":".join(auth).encode()).decode()


def _answer(response: Response) -> Mapping[str, Any]:
    status = int(response.status_code)
    try:
        data = orjson.loads(response.text)
    except orjson.JSONDecodeError:
        data = None
    if status >= 400:
        raise _refusal(status, data if isinstance(data, dict) else {}, response)
    if not isinstance(data, dict):
        raise SendError(
            "The provider gave an answer that cannot be read.", retryable=True, ambiguous=True
        )
    return data


def _refusal(status: int, data: Mapping[str, Any], response: Response) -> SendError:
    code = str(data.get("code") or "")
    after = _retry_after(response)
    if status == 429 or status >= 500 or not code:
        return error_for_status(status, after)
    trouble = trouble_of(code)
    return SendError(
        trouble.words,
        retryable=trouble.retryable,
        retry_after=(after or trouble.wait) if trouble.retryable else None,
        provider_code=code,
        opted_out=trouble.opted_out,
        dead=trouble.dead,
    )


def _retry_after(response: Response) -> float | None:
    value = str((response.headers or {}).get("Retry-After", ""))
    return float(value) if value.isascii() and value.isdigit() else None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The answer as a whole; a single read would give what has come so far. One that is longer
    than any answer of the API is cut, and then cannot be read as one."""
    body = bytearray()
    while piece := await response.content.readany():
        body += piece
        if len(body) > _MAX_ANSWER:
            break
    return bytes(body)


class _Http(AsyncHttpClient):  # type: ignore[misc]
    """The SDK's transport: one session for life, with the API's scheme and host swapped."""

    def __init__(self, base_url: str, timeout: float, connections: int) -> None:
        super().__init__(logging.getLogger(__name__), True, timeout)
        self._base = URL(base_url).origin()
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self._limits: dict[float | None, aiohttp.ClientTimeout] = {}

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is the SDK's
        allow_redirects: bool = False,
    ) -> Response:
        """One request. Redirects are never followed, so that credentials go to no other host."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections)
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar()
            )
        async with self._session.request(
            method,
            _swap(self._base, url),
            params=params,  # type: ignore[arg-type]  # the SDK types its parameters as objects
            # Encoded here: the session's own form object costs more than the request.
            data=None if data is None else _encode(data),
            headers=_authorised(headers, auth),
            timeout=self._limit(timeout),
            allow_redirects=False,
        ) as response:
            body = await _read(response)
            return Response(response.status, body.decode("utf-8", "replace"), response.headers)

    async def close(self) -> None:
        """Close the session, if one was needed."""
        if self._session is not None:
            await self._session.close()

    def _limit(self, timeout: float | None) -> aiohttp.ClientTimeout:
        limit = self._limits.get(timeout)
        if limit is None:
            limit = aiohttp.ClientTimeout(total=timeout, sock_connect=timeout)
            self._limits[timeout] = limit
        return limit
