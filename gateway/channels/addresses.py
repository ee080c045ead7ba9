"""The addresses of a gateway as the world sees them: its own, and those of each account.

An address begins with `server.public_url`, and a provider signs it: it has to be entered there as
it stands here. It reads settings and declarations, and loads no adapter.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from adapters.registry import find_spec
from core.channel import AdapterSpec
from gateway.settings.model import Settings
from gateway.settings.sections import is_loopback

_SCRIPT = "Your web pages: the script"


@dataclass(frozen=True, slots=True)
class Address:
    """An address of an account, and in words where to enter it."""

    account: str
    enter: str
    url: str


def public_url_of(settings: Settings) -> str:
    """How the world reaches this gateway, without a final slash."""
    server = settings.server
    if server.public_url:
        return server.public_url
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"{'https' if server.tls else 'http'}://{host}:{server.port}"


def account_url(public_url: str, account: str) -> str:
    """What the addresses of an account begin with."""
    return f"{public_url}/channels/{account}"


def addresses(settings: Settings, public_url: str) -> tuple[Address, ...]:
    """What the operator has to enter elsewhere, of every enabled account in order."""
    return tuple(
        one
        for account, table in settings.adapters.items()
        if table.enabled
        for one in _of(account, find_spec(table.adapter), account_url(public_url, account))
    )


def only_here(public_url: str) -> bool:
    """Whether nobody but this machine can reach that address."""
    return is_loopback(urlsplit(public_url).hostname or "")


def _of(account: str, spec: AdapterSpec, base: str) -> list[Address]:
    entered = [
        Address(account, f"{spec.title}: {route.enter}", f"{base}{route.path}{route.fragment}")
        for route in spec.routes
        if route.enter
    ]
    return [*entered, *([Address(account, _SCRIPT, f"{base}/widget.js")] if spec.widget else [])]
