"""Access tokens for Gmail and Microsoft 365, from a refresh token (RFC 6749, section 6).

A token is kept in memory until shortly before its end and shared by IMAP and SMTP. Neither token is
ever written down or logged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import orjson

from adapters.email.config import OAuth

_EARLY = timedelta(seconds=60)
_USUAL_SECONDS = 3600
_LONGEST_ANSWER = 100_000


class NoAccess(Exception):
    """There is no access token. `reason` says why; `lasting` that waiting does not help."""

    def __init__(self, reason: str, *, lasting: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting


class AccessTokens:
    """The access tokens of one account."""

    def __init__(self, oauth: OAuth, now: Callable[[], datetime], timeout: float) -> None:
        self._oauth = oauth
        self._now = now
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._lock = asyncio.Lock()
        self._token = ""
        self._until: datetime | None = None

    async def token(self) -> str:
        """A token good for the next minute at least. Raises `NoAccess`."""
        async with self._lock:
            if self._until is None or self._until - _EARLY <= self._now():
                await self._renew()
            return self._token

    def forget(self) -> None:
        """The server refused the token: the next one is a new one."""
        self._until = None

    async def _renew(self) -> None:
        asked = self._now()
        answer = await self._ask()
        token, seconds = answer.get("access_token"), answer.get("expires_in", _USUAL_SECONDS)
        if not isinstance(token, str) or not token or not str(seconds).isdigit():
            raise NoAccess("The token endpoint answered without an access token.", lasting=False)
        self._token, self._until = token, asked + timedelta(seconds=int(seconds))

    async def _ask(self) -> Mapping[str, Any]:
        form = {
            "grant_type": "refresh_token",
            "client_id": self._oauth.client_id,
            "client_secret": self._oauth.client_secret,
            "refresh_token": self._oauth.refresh_token,
            "scope": self._oauth.scope,
        }
        given = {name: value for name, value in form.items() if value}
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.post(self._oauth.token_url, data=given) as response,
            ):
                body = await response.content.read(_LONGEST_ANSWER)
                return _answer(response.status, body)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoAccess("The token endpoint could not be reached.", lasting=False) from error


def _answer(status: int, body: bytes) -> Mapping[str, Any]:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        data = None
    answer = data if isinstance(data, dict) else {}
    if status == 200:
        return answer
    if status in (400, 401):
        # RFC 6749, section 5.2: the code is one of a few words, never a secret.
        code = str(answer.get("error", status))[:40]
        raise NoAccess(
            f"The token endpoint refuses us ({code}): allow the access anew and put the new "
            "oauth_refresh_token into the settings.",
            lasting=True,
        )
    raise NoAccess(f"The token endpoint answered {status}.", lasting=False)
