"""Carrying an action out by asking a system of the business's over HTTP: signed, bounded, direct.

It asks the address of the playbook and no other: a redirect is not followed, and a name that leads
into a private network is refused unless the settings allow that network. It tries once; whether
again is `gateway.actions.performing`' to say.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from core.actions import ActionFailed, Call, Perform, RefusedAction, TryAgain
from core.playbook.actions import is_this_machine
from core.playbook.model import Action
from core.signing import SIGNATURE, TIMESTAMP, sign

LARGEST_ANSWER = 64 * 1024
"""Bytes."""

KEY = "idempotency-key"
"""The header that names a request, however often it is sent
(https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/)."""

REFUSED = frozenset({409, 422})
"""Statuses that mean the business says no: it conflicts with what is, or cannot be had."""

LATER = frozenset({408, 425, 429})
"""Statuses beside those from 500 on that may be otherwise the next time."""

_PIECE = 8 * 1024
_LONGEST_WAIT = 3_600

Networks = Sequence[IPv4Network | IPv6Network]


class Webhooks:
    """Asks webhooks. `secret` gives that of an action, by its name; `networks` are private ones
    that may be asked; `now` is the time in seconds since 1970."""

    def __init__(
        self, secret: Callable[[str], bytes | None], networks: Networks, now: Callable[[], float]
    ) -> None:
        self._secret, self._networks, self._now = secret, networks, now
        self._session: aiohttp.ClientSession | None = None

    def of(self, action: Action) -> Perform:
        """What carries this action out."""

        async def perform(call: Call) -> Mapping[str, object]:
            return await self._ask(action, call)

        return perform

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _ask(self, action: Action, call: Call) -> Mapping[str, object]:
        secret = self._secret(action.name)
        if secret is None:
            raise ActionFailed("the settings have no secret for it")
        url = URL(action.url)
        if not _is_name(url.host or "") and not may_ask(
            url.host or "", url.host or "", self._networks
        ):
            raise ActionFailed("its address is in a private network")
        body = body_of(call)
        timestamp = str(int(self._now()))
        headers = {
            "content-type": "application/json",
            "accept": "application/json",
            "accept-encoding": "identity",
            KEY: call.key,
            TIMESTAMP: timestamp,
            SIGNATURE: sign(secret, timestamp, body),
        }
        try:
            async with self._open().post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                return _meant(answer.status, answer.headers, await _read(answer))
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, _Private):
                raise ActionFailed("its name leads into a private network") from None
            raise TryAgain("it could not be reached") from None
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise TryAgain("the connection was lost before it answered") from None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=_Guarded(self._networks)),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session


def may_ask(host: str, address: str, networks: Networks) -> bool:
    """Whether this address may be asked for that name: a public one, this machine where the
    playbook names it, or one of a network that the settings allow."""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if any(found in one for one in networks):
        return True
    return is_this_machine(host) if found.is_loopback else found.is_global


def body_of(call: Call) -> bytes:
    """What is sent: the same bytes for the same request, so that they can be compared."""
    return orjson.dumps(
        {
            "action": call.action,
            "key": call.key,
            "values": dict(call.values),
            "plain": dict(call.plain),
            "sender": {
                "handle": call.handle,
                "level": int(call.level),
                "proved": sorted(call.proved),
            },
            "channel": call.channel,
            "replaces": call.replaces,
        },
        option=orjson.OPT_SORT_KEYS,
    )


class _Private(OSError):
    """A name led nowhere but into networks that may not be asked."""


class _Guarded(AbstractResolver):
    """Names lead only to addresses that may be asked: what is looked at is what is connected to."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._inner = aiohttp.DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises `OSError` when none of them may be asked."""
        found = await self._inner.resolve(host, port, family)
        kept = [one for one in found if may_ask(host, one["host"], self._networks)]
        if found and not kept:
            raise _Private("the name leads into a private network")
        return kept

    async def close(self) -> None:
        """Let go of the resolver."""
        await self._inner.close()


def _is_name(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for piece in answer.content.iter_chunked(_PIECE):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise ActionFailed(f"its answer is larger than {LARGEST_ANSWER // 1024} KB")
    return bytes(body)


def _meant(status: int, headers: Mapping[str, str], body: bytes) -> Mapping[str, object]:
    """The results in an answer. Raises what else it means."""
    if 200 <= status < 300:
        found = _object(body)
        if found is None:
            raise ActionFailed("its answer is not a JSON object")
        return found
    if status in REFUSED:
        answer = _object(body) or {}
        raise RefusedAction(answer, answer.get("reason"))
    if status in LATER or status >= 500:
        raise TryAgain(f"it answered with the status {status}", _wait(headers))
    if 300 <= status < 400:
        raise ActionFailed(f"it leads elsewhere (status {status}), which is not followed")
    raise ActionFailed(f"it answered with the status {status}")


def _object(body: bytes) -> Mapping[str, object] | None:
    if not body.strip():
        # What has nothing to tell may say so with nothing, such as a status 204.
        return {}
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds of `Retry-After` (RFC 9110, section 10.2.3); a date in it is passed over."""
    after = headers.get("Retry-After", "")
    known = after.isascii() and after.isdigit()
    return float(min(int(after[:9]), _LONGEST_WAIT)) if known else None
