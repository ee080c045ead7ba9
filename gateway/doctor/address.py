"""What the doctor says of the public address: its form, its name, and whether it leads here.

The address is asked with a nonce, and only this installation's gateway knows the answer. So another
program, another gateway, a cache or a tunnel without an end are told apart. It asks nobody else.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from core.channel_abilities import Finding, Gravity
from gateway.channels.addresses import only_here, public_url_of
from gateway.health import proof_of
from gateway.settings.model import Settings

SECONDS = 10.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}

TUNNEL = (
    "With a server of your own, let its proxy pass on to {here} (docs/running.md). Without one, a "
    "tunnel gives an address: `cloudflared tunnel --url {here}` and `ngrok http {port}` print one "
    "with https; `ssh -N -R 8080:127.0.0.1:{port} USER@SERVER` brings it to port 8080 of a server "
    "whose proxy speaks TLS. Set server.public_url to it, restart the gateway, and enter the "
    "addresses of `onethread channels` at the providers."
)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What an address said: a status with a proof or without, or why nothing was heard."""

    status: int = 0
    proof: str = ""
    trouble: str = ""
    location: str = ""
    tunnel: bool = False


_NOBODY = "Start what is there in front of the gateway, and open the port in the firewall."
_TROUBLES: Mapping[str, tuple[str, str]] = {
    "name": (
        "The name {host} is not known.",
        "Correct server.public_url, or make an A or AAAA record for {host}. The name of a free "
        "tunnel changes with each start.",
    ),
    "certificate": (
        "The certificate of {host} is not to be trusted: providers refuse it as we do.",
        "Get one for this very name, with its chain, for example with certbot or Caddy.",
    ),
    "tls": (
        "No TLS could be agreed on with {host}.",
        "Let what answers there speak TLS on this port, or write http only where none is spoken.",
    ),
    "refused": ("Nobody answers at {url}.", _NOBODY),
    "time": ("No answer came from {url} within 10 seconds.", _NOBODY),
    "lost": ("The connection to {url} was lost before an answer.", _NOBODY),
}
_STATUSES: Mapping[int, tuple[str, str]] = {
    status: (
        f"The proxy at {{host}} answers {status}: it does not reach the gateway.",
        "Let it pass on to {here}; with SELinux, allow it to connect.",
    )
    for status in (502, 503, 504)
}


async def address_findings(
    settings: Settings, secret: str | None, nonce: str, *, called: bool
) -> list[Finding]:
    """What is found. `secret` is the installation's; `called` says that some channel needs it."""
    url, here = public_url_of(settings), local_url(settings)
    words = _words(url, here)
    found = _of_form(settings, words, called)
    proof = proof_of(secret, nonce) if secret is not None else None
    heard = await _ask(url, nonce)
    if proof is not None and heard.proof == proof:
        await _of_name(found, words["host"])
        return [*found, Finding(Gravity.OK, f"{url} leads to this gateway."), *_shield(settings)]
    # The certificate is for the public name; the proof says who it is all the same.
    local = heard if url == here else await _ask(here, nonce, certified=False)
    if url == here or proof is None or local.proof != proof:
        return [*found, *_of_silence(local, here, settings)]
    return [*found, _of_answer(heard, words)]


def local_url(settings: Settings) -> str:
    """Where the gateway listens, as this machine reaches it."""
    server = settings.server
    host = _EVERYWHERE.get(server.host, server.host)
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if server.tls else 'http'}://{shown}:{server.port}"


def _words(url: str, here: str) -> dict[str, str]:
    port = str(urlsplit(here).port)
    return {"url": url, "host": urlsplit(url).hostname or "", "here": here, "port": port}


def _of_form(settings: Settings, words: Mapping[str, str], called: bool) -> list[Finding]:
    """What can be told without asking."""
    tunnel = TUNNEL.format(**words)
    if only_here(words["url"]):
        what = (
            f"server.public_url is {words['url']}: only this machine reaches that."
            if settings.server.public_url
            else "server.public_url is not set: only this machine reaches the gateway."
        )
        return [Finding(Gravity.FAULT if called else Gravity.WARNING, what, tunnel)]
    if words["url"].startswith("http:"):
        what = "server.public_url begins with http: everybody on the way can read what is written."
        mend = "Give it TLS and write https://. Then enter the addresses anew at the providers."
        return [Finding(Gravity.FAULT, what, mend)]
    return []


async def _of_name(found: list[Finding], host: str) -> None:
    """Whether the name stands for an address of the world."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(SECONDS):
            rows = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError):
        return  # told by asking it
    addresses = [ip_address(row[4][0]) for row in rows]
    if not only_here(f"//{host}") and not any(one.is_global for one in addresses):
        what = f"Seen from here, {host} is {addresses[0]}: an address of this network only."
        mend = "Make sure that the DNS of the world names an address that providers reach."
        found.append(Finding(Gravity.WARNING, what, mend))


def _of_silence(local: _Heard, here: str, settings: Settings) -> list[Finding]:
    """Why there is no gateway of ours even on this machine."""
    if local.trouble:
        what = f"The gateway does not run: nobody answers at {here}."
        return [Finding(Gravity.FAULT, what, "Start it, and ask again: onethread serve")]
    what = f"What answers at {here} is not a gateway with these settings and this database."
    port = settings.server.port
    mend = f"See who has the port, for example: ss -ltnp 'sport = :{port}'. Or take another port."
    return [Finding(Gravity.FAULT, what, mend)]


def _of_answer(heard: _Heard, words: Mapping[str, str]) -> Finding:
    """Why the gateway runs here, and the public address does not lead to it."""
    if heard.trouble:
        what, mend = _TROUBLES[heard.trouble]
    elif heard.tunnel:
        what = "The tunnel at {host} has no end: its program does not run, or the name is old."
        mend = "Start it anew, to {here}, and set server.public_url to the name that it prints."
    elif 300 <= heard.status < 400:
        what = f"{{url}} answers with a redirect to {heard.location}."
        mend = "Set server.public_url to where it leads: providers do not follow."
    elif heard.status in _STATUSES:
        what, mend = _STATUSES[heard.status]
    else:
        what = f"Another program or gateway answers at {{url}} (status {heard.status})."
        mend = "Let the name, the proxy or the tunnel lead to {here}; /health must pass, too."
    return Finding(Gravity.FAULT, what.format(**words), mend.format(**words))


def _shield(settings: Settings) -> list[Finding]:
    server = settings.server
    if server.public_url is None or only_here(server.public_url):
        return []
    if server.tls or server.trusted_proxies:
        return []
    what = "server.trusted_proxies is not set: everybody behind the proxy counts as one address."
    mend = 'If the proxy or tunnel runs on this machine: trusted_proxies = ["127.0.0.1", "::1"]'
    return [Finding(Gravity.WARNING, what, mend)]


async def _ask(url: str, nonce: str, *, certified: bool = True) -> _Heard:
    limit = aiohttp.ClientTimeout(total=SECONDS)
    address = URL(f"{url}/health").with_query(nonce=nonce)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as web,
            web.get(address, allow_redirects=False, ssl=certified) as answer,
        ):
            return await _heard(answer)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return _Heard(trouble=next(name for kind, name in _KINDS if isinstance(error, kind)))


async def _heard(answer: aiohttp.ClientResponse) -> _Heard:
    tunnel = answer.status == 530 or "ngrok-error-code" in answer.headers
    location = answer.headers.get("Location", "").partition("?")[0]
    proof = ""
    if answer.status == 200 and answer.content_type == "application/json":
        try:
            told = await answer.json()
        except ValueError:
            told = None
        proof = str(told.get("proof", "")) if isinstance(told, dict) else ""
    return _Heard(answer.status, proof, "", location, tunnel)


# The first kind that fits: each is a special case of a later one.
_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "name"),
    (aiohttp.ClientConnectorCertificateError, "certificate"),
    (aiohttp.ClientSSLError, "tls"),
    (TimeoutError, "time"),
    (aiohttp.ClientConnectorError, "refused"),
    (BaseException, "lost"),
)
