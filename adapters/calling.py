"""One HTTP call to a provider, for channels that need no SDK: what went wrong is told by its flags.

One session, made when it is first needed. It never tries again, never follows a redirect, and logs
nothing; what a provider's own error codes mean is the channel's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from core.channel import SendError, error_for_status

MOST_BYTES = 32 * 1024 * 1024
"""Of one answer. More is given up, as an answer that cannot be read."""

_PIECE = 64 * 1024
_MOST_SECONDS_TO_WAIT = 86_400


@dataclass(frozen=True, slots=True)
class Told:
    """A provider's answer: its status, its headers (found in any case), and its body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def json(self) -> Mapping[str, Any]:
        """The body as a JSON object; empty when it is none."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}


Meaning = Callable[[Told], SendError | None]
"""What an answer with a status from 400 on means to a channel, or nothing for what it means to
everybody."""


def unreadable() -> SendError:
    """The error of an answer that is none of the provider's: the message may have arrived."""
    return SendError(
        "The provider gave an answer that cannot be read.", retryable=True, ambiguous=True
    )


class Caller:
    """Asks one provider. Give every call the whole address, and what `aiohttp` takes besides.

    `timeout_seconds` is for a call as a whole.
    """

    def __init__(self, timeout_seconds: float, meaning: Meaning = lambda _: None) -> None:
        self._limit = aiohttp.ClientTimeout(total=timeout_seconds)
        self._meaning = meaning
        self._session: aiohttp.ClientSession | None = None

    async def call(self, method: str, url: str, *, moved: bool = False, **options: Any) -> Told:
        """The answer, whose status is 200 to 299. Raises `SendError`.

        With `moved` an answer that leads elsewhere is given too: whether to go there, and with
        which credentials, is the channel's to say.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=self._limit, cookie_jar=aiohttp.DummyCookieJar()
            )
        try:
            async with self._session.request(
                method, url, allow_redirects=False, **options
            ) as answer:
                told = Told(answer.status, answer.headers, await _read(answer))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise SendError("The provider could not be reached.", retryable=True) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SendError(
                "The connection to the provider was lost before it answered.",
                retryable=True,
                ambiguous=True,
            ) from error
        if 200 <= told.status < (400 if moved else 300):
            return told
        if told.status < 400:
            raise unreadable()
        raise self._meaning(told) or error_for_status(told.status, _wait(told.headers))

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for piece in answer.content.iter_chunked(_PIECE):
        body += piece
        if len(body) > MOST_BYTES:
            raise unreadable()
    return bytes(body)


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds of `Retry-After` (RFC 9110, section 10.2.3); a date in it is passed over."""
    after = headers.get("Retry-After", "")
    known = after.isascii() and after.isdigit()
    return float(min(int(after[:9]), _MOST_SECONDS_TO_WAIT)) if known else None
