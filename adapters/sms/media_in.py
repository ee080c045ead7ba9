"""Pictures that came: loaded from Twilio, within bounds, by credentials that go nowhere else.

The address in a form is asked only at Twilio's own hosts. It answers with a redirect to where the
file really is; that host gets no credentials, and none of a private network is asked at all.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from adapters.sms.config import SmsConfig
from core.channel import SendError, error_for_status
from core.message import Attachment

LARGEST = 5 * 1024 * 1024
"""Bytes. What comes in is not larger (https://www.twilio.com/docs/messaging/guides/mms)."""

_REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_CONNECTIONS = 8
_API_HOST = "api.twilio.com"
_ELSEWHERE = "The picture is not kept at Twilio; its address is not followed."
_LIST = "/Media.json"
_NUMBER = re.compile(r"[0-9]{1,3}")

List = Callable[[str, Mapping[str, object]], Awaitable[Mapping[str, Any]]]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the whole internet, and of no network of ours."""
    try:
        return ip_address(address).is_global
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Outside:
    """What may be asked besides the host that the settings name."""

    schemes: frozenset[str] = frozenset({"https"})
    public: Callable[[str], bool] = is_public


class MediaLoader:
    """Loads what was attached. `authorization` gives the header for Twilio, and `listed` asks the
    API for a list of pictures."""

    def __init__(
        self,
        config: SmsConfig,
        authorization: Callable[[], str],
        listed: List,
        outside: Outside = Outside(),
    ) -> None:
        self._authorization = authorization
        self._base = URL(config.api_base_url).origin()
        self._limit = aiohttp.ClientTimeout(total=config.timeout_seconds)
        self._listed = listed
        self._outside = outside
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes. Raises `SendError`."""
        url = self._at_twilio(await self._named(attachment.reference))
        auth = {"Authorization": self._authorization()}
        for _ in range(_REDIRECTS + 1):
            found = await self._step(url, auth)
            if isinstance(found, bytes):
                return found
            url, auth = self._followed(found), {}
        raise SendError("The picture's address leads round in circles.")

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()

    async def _named(self, reference: str) -> URL:
        """A listed message names its list of pictures, and which of them is meant."""
        try:
            url = URL(reference)
        except ValueError:
            raise SendError(_ELSEWHERE) from None
        if not url.path.endswith(_LIST) or not _NUMBER.fullmatch(url.fragment):
            return url
        data = await self._listed(url.path, {})
        items, number = data.get("media_list"), int(url.fragment)
        one = items[number] if isinstance(items, list) and number < len(items) else None
        if not isinstance(one, dict):
            raise SendError("The picture is not at Twilio any more.")
        return url.with_path(str(one.get("uri", "")).removesuffix(".json"))

    def _at_twilio(self, url: URL) -> URL:
        """Where the API is asked for it. Raises `SendError` for any other host."""
        if _origin(url) == self._base:
            return url
        host = url.host or ""
        plain = not url.user and not url.explicit_port
        if url.scheme != "https" or not host.endswith(".twilio.com") or not plain:
            raise SendError(_ELSEWHERE)
        if host == _API_HOST:
            return self._base.join(url.relative())
        return url

    def _followed(self, url: URL) -> URL:
        if _origin(url) == self._base:
            return url
        if url.scheme not in self._outside.schemes:
            raise SendError(_ELSEWHERE)
        self._refuse_private(url)
        return url

    def _refuse_private(self, url: URL) -> None:
        """An address written as a number is never resolved, and so has to be looked at here."""
        host = url.host or ""
        try:
            ip_address(host)
        except ValueError:
            return
        if not self._outside.public(host):
            raise SendError(_ELSEWHERE)

    async def _step(self, url: URL, auth: Mapping[str, str]) -> bytes | URL:
        """The bytes, or where else they are. Raises `SendError`."""
        try:
            async with self._open().get(
                url, headers=auth, allow_redirects=False, timeout=self._limit
            ) as answer:
                if answer.status in _MOVED:
                    return answer.url.join(URL(answer.headers.get("Location", "")))
                if answer.status == 404:
                    raise SendError("The picture is not at Twilio any more.")
                if answer.status != 200:
                    raise error_for_status(answer.status)
                return await _bounded(answer)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise SendError("The picture could not be loaded.", retryable=True) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            resolver = _PublicOnly(self._base.host or "", self._outside.public)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS, resolver=resolver),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


def _origin(url: URL) -> URL | None:
    return url.origin() if url.scheme and url.host else None


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    found = bytearray()
    async for piece in answer.content.iter_any():
        found += piece
        if len(found) > LARGEST:
            raise SendError("The picture is larger than 5 MB.")
    return bytes(found)


class _PublicOnly(AbstractResolver):
    """Names lead to public addresses only, but for the host that the settings name."""

    def __init__(self, named: str, public: Callable[[str], bool]) -> None:
        self._named = named
        self._public = public
        self._inner = aiohttp.DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises `OSError` when none of them may be asked."""
        found = await self._inner.resolve(host, port, family)
        kept = [one for one in found if host == self._named or self._public(one["host"])]
        if not kept:
            raise OSError("the name leads to a private network")
        return kept

    async def close(self) -> None:
        """Let go of the resolver."""
        await self._inner.close()
