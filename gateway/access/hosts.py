"""The names by which this gateway may be asked for its pages and its API.

Another site can point a name of its own at a machine's own addresses, and a browser then takes
both for one site (DNS rebinding). So the `Host` header has to be a name of ours. It reads settings
and compares; what happens to a foreign name is `gateway.access.gate`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from gateway.settings.sections import Server

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Hosts:
    """`names` in lower case. With `addresses` every IP address is answered, too."""

    names: frozenset[str]
    addresses: bool = False

    def answer_to(self, header: str) -> bool:
        """Whether this `Host` header, with or without a port, names us."""
        try:
            name = _plain(urlsplit(f"//{header}").hostname or "")
        except ValueError:
            return False
        return "@" not in header and (name in self.names or (self.addresses and _is_address(name)))


def hosts_of(server: Server, public_url: str) -> Hosts:
    """The names in these settings: the public one, those of this machine, and the bound one."""
    public = urlsplit(public_url).hostname or ""
    bound = _plain(server.host)
    # Listening on every address, it cannot know them all. None of them can be rebound: a browser
    # that names an address is talking to that address.
    everywhere = not bound or (_is_address(bound) and ip_address(bound).is_unspecified)
    return Hosts((LOOPBACK | {_plain(public), bound}) - {""}, everywhere)


def _plain(name: str) -> str:
    """A name in lower case, an address in its usual form."""
    return str(ip_address(name)) if _is_address(name) else name.lower()


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
