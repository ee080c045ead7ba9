"""Counting what one network address tries, so that guessing ends soon.

Counts only, in this process; what is counted, and what follows, is decided in
`gateway.access.callers`. The count for each login, which outlives the process, is in
`memory.units.people.sessions`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

_KEPT = 1024


@dataclass(slots=True)
class _Count:
    number: int
    since: datetime


class Tally:
    """How often each address did something within `window`; after `limit` times it has to wait.

    Addresses of one IPv6 network of 64 bits count as one, since its owner has all of them (RFC
    6177). At most 1,024 are kept, the oldest is forgotten first.
    """

    def __init__(self, limit: int, window: timedelta, now: Callable[[], datetime]) -> None:
        self._limit = limit
        self._window = window
        self._now = now
        self._counts: dict[str, _Count] = {}

    def wait(self, remote: str) -> int:
        """Seconds until this address may go on; 0 when it may now."""
        seen = self._counts.get(_owner(remote))
        if seen is None or seen.number < self._limit:
            return 0
        left = (seen.since + self._window - self._now()).total_seconds()
        return int(left) + 1 if left > 0 else 0

    def count(self, remote: str) -> None:
        """It did so once more."""
        now, remote = self._now(), _owner(remote)
        seen = self._counts.get(remote)
        if seen is None or seen.since + self._window <= now:
            self._counts.pop(remote, None)
            if len(self._counts) >= _KEPT:
                self._counts.pop(next(iter(self._counts)))
            self._counts[remote] = _Count(1, now)
        else:
            seen.number += 1

    def take_back(self, remote: str) -> None:
        """One that was counted was none after all."""
        seen = self._counts.get(_owner(remote))
        if seen is not None and seen.number > 0:
            seen.number -= 1


def _owner(remote: str) -> str:
    """What stands for all addresses that one guesser is likely to have."""
    try:
        address = ip_address(remote)
    except ValueError:
        return remote
    if not isinstance(address, IPv6Address):
        return remote
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, 64), strict=False))
