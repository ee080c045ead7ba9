"""What has to be right between web pages and the chat, looked at for `onethread doctor`.

It loads the script and opens the socket at the public address, as a page does. The page it claims
to be may not open the chat, so that no conversation begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
import orjson

from adapters.webchat.config import WebchatConfig
from core.channel_abilities import Finding, Gravity

_SECONDS = 10.0
_STRANGER = "https://doctor.invalid"
"""A page that is nobody's (RFC 6761, section 6.4)."""

_PUBLIC = "Mend what is said of the public address first."


async def diagnose(config: WebchatConfig, base: str) -> Sequence[Finding]:
    """What was looked at, in the order of looking. Raises nothing."""
    found = _of_pages(config, base)
    limit = aiohttp.ClientTimeout(total=_SECONDS)
    async with aiohttp.ClientSession(timeout=limit) as web:
        for look in (_script, _socket):
            try:
                found.append(await look(web, base))
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                what = f"The chat's address could not be asked ({type(error).__name__})."
                return [*found, Finding(Gravity.FAULT, what, _PUBLIC)]
    return found


def _of_pages(config: WebchatConfig, base: str) -> list[Finding]:
    """Pages from which browsers open no chat, whatever the gateway says."""
    # https://www.w3.org/TR/mixed-content/: a secure page loads nothing that is not.
    secure = base.startswith("https:")
    found = []
    for origin in config.allowed_origins:
        parts = urlsplit(origin)
        if _local(parts.hostname or ""):
            continue
        if parts.scheme == "http":
            what = f"{origin} is a page without TLS: others can read and change what it shows."
            mend = f"Serve the page with TLS and write https://{parts.netloc} in allowed_origins."
            found.append(Finding(Gravity.WARNING, what, mend))
        elif not secure:
            what = f"{origin} is a page with TLS, the chat has none: browsers refuse that."
            mend = "Give the gateway an address with https and set server.public_url to it."
            found.append(Finding(Gravity.FAULT, what, mend))
    return found


async def _script(web: aiohttp.ClientSession, base: str) -> Finding:
    async with web.get(f"{base}/widget.js", allow_redirects=False) as answer:
        kind = answer.content_type
        if answer.status == 200 and "javascript" in kind:
            return Finding(Gravity.OK, "Pages can load the script of the chat.")
        what = f"The script of the chat is answered with {answer.status} ({kind})."
    mend = f"Let the proxy pass on {base}/widget.js, and restart the gateway with these settings."
    return Finding(Gravity.FAULT, what, mend)


async def _socket(web: aiohttp.ClientSession, base: str) -> Finding:
    url = f"{base}/socket"
    try:
        async with web.ws_connect(url, headers={"Origin": _STRANGER}) as socket:
            await socket.send_str('{"type":"hello"}')
            first = await socket.receive(_SECONDS)
    except aiohttp.WSServerHandshakeError as error:
        what = f"No WebSocket can be opened: the answer is {error.status} instead of an upgrade."
        mend = (
            "Let the proxy pass on the headers Upgrade and Connection with HTTP/1.1; "
            "docs/running.md has the lines for nginx."
        )
        return Finding(Gravity.FAULT, what, mend)
    if first.type is aiohttp.WSMsgType.TEXT and _is_refusal(first.data):
        what = "The chat's socket opens, and refuses a page that is not in allowed_origins."
        return Finding(Gravity.OK, what)
    what = "The chat's socket does not refuse a page that is not in allowed_origins."
    mend = "Another program answers there: let server.public_url lead to this gateway."
    return Finding(Gravity.FAULT, what, mend)


def _is_refusal(text: str) -> bool:
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return isinstance(frame, dict) and (frame.get("type"), frame.get("status")) == ("refused", 403)


def _local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
