"""Which network an address is in, to count by: one house or firm, as far as an address can tell.

An IPv6 customer has a whole /64 at least (RFC 6177), and could be somebody else with each request.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

_PREFIX = 64


def network_of(address: str) -> str:
    """An IPv4 address itself, of an IPv6 address its /64; anything else as it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found.packed, _PREFIX), strict=False))
