"""Who is on the other side of a request that a reverse proxy passed on: its address and its scheme.

Only `X-Forwarded-For` and `X-Forwarded-Proto` are read, from right to left, and only as long as the
one who wrote them is a trusted proxy. What stands further left is a client's own word and must
never be believed. Pure: it knows no route and remembers nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]

FORWARDED_FOR = "X-Forwarded-For"
FORWARDED_PROTO = "X-Forwarded-Proto"
# Some proxies name the scheme of a WebSocket.
_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


@dataclass(frozen=True, slots=True)
class Client:
    """The other side: its network address as text, and the scheme it spoke."""

    address: str
    scheme: str


def seen_through(
    peer: Client, forwarded: Sequence[str], proto: Sequence[str], trusted: Networks
) -> Client:
    """The client behind `peer`, the other end of the connection; `peer` itself unless trusted.

    `forwarded` and `proto` are what the two headers hold, each as often as it was sent.
    """
    at = _address(peer.address)
    if at is None or not _is_in(at, trusted):
        return peer
    passed = 0
    for written in reversed(_parts(forwarded)):
        before = _address(written)
        if before is None:
            break
        at = before
        passed += 1
        if not _is_in(at, trusted):
            break
    return Client(str(at), _scheme(_parts(proto), passed) or peer.scheme)


def _scheme(said: Sequence[str], passed: int) -> str | None:
    """What the outermost of the trusted proxies was spoken to in.

    Each adds one, or one of them says it for all: then that is it.
    """
    outermost = said[-min(max(passed, 1), len(said))] if said else ""
    return _SCHEMES.get(outermost.lower())


def _parts(values: Sequence[str]) -> list[str]:
    """The parts of a header that may stand there more than once, in order."""
    return [part.strip() for one in values for part in one.split(",")]


def _address(written: str) -> Address | None:
    """An address, with or without a port; IPv4 within IPv6 is IPv4. Nothing when it is none."""
    host = written
    if written.startswith("["):
        host = written[1:].partition("]")[0]
    elif written.count(":") == 1:
        host = written.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return (address.version == 6 and address.ipv4_mapped) or address


def _is_in(address: Address, networks: Networks) -> bool:
    return any(address in network for network in networks)
