"""Bounds of sockets: how large, how many, how fast. Arithmetic only; time is passed in.

Whoever is too fast is slowed down, not refused: a frame is read when its turn has come, and what
waits meanwhile fills the sender's own buffers. No message is lost to a limit.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """Bounds of one socket and of all. Rates are frames a second, with a burst.

    `frame_bytes` holds 4,000 characters of any script with JSON's longest escapes. `queue` counts
    frames waiting for a slow reader, who is disconnected when they are more, or when nothing moves
    for `stall_seconds`. `strikes` is how many frames may be against the protocol.
    """

    frame_bytes: int = 65_536
    hello_seconds: float = 10.0
    heartbeat_seconds: float = 25.0
    stall_seconds: float = 20.0
    queue: int = 500
    sockets: int = 10_000
    sockets_per_remote: int = 500
    rate: float = 10.0
    burst: int = 40
    remote_rate: float = 500.0
    remote_burst: int = 2_000
    strikes: int = 20


class Allowance:
    """A token bucket that lends: whoever takes too much is told how long to wait."""

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._left = float(burst)
        self._at = now

    def take(self, now: float) -> float:
        """Take one; the seconds to wait before acting on it, 0 within the allowance."""
        self._refill(now)
        self._left -= 1
        return max(0.0, -self._left / self._rate)

    def take_if_free(self, now: float) -> float:
        """Take one unless it would have to be waited for; the seconds to wait if so."""
        self._refill(now)
        if self._left < 1:
            return (1 - self._left) / self._rate
        self._left -= 1
        return 0.0

    def full(self, now: float) -> bool:
        """Whether it would make no difference to forget this bucket."""
        self._refill(now)
        return self._left >= self._burst

    def _refill(self, now: float) -> None:
        self._left = min(self._burst, self._left + max(0.0, now - self._at) * self._rate)
        self._at = max(self._at, now)


@dataclass(slots=True)
class _Remote:
    allowance: Allowance
    sockets: int = 0


class Remotes:
    """How many sockets each network address has, and how fast they are together."""

    _SWEEP = 4_096

    def __init__(self, limits: SocketLimits) -> None:
        self._limits = limits
        self._known: dict[str, _Remote] = {}
        self.sockets = 0

    def enter(self, remote: str, now: float) -> Allowance | None:
        """The allowance its sockets share; nothing when there is no room for one more."""
        limits = self._limits
        if len(self._known) >= self._SWEEP:
            self._sweep(now)
        known = self._known.get(remote)
        if known is None:
            fresh = Allowance(limits.remote_rate, limits.remote_burst, now)
            known = self._known[remote] = _Remote(fresh)
        if self.sockets >= limits.sockets or known.sockets >= limits.sockets_per_remote:
            return None
        if known.allowance.take(now) > 0:
            return None
        known.sockets += 1
        self.sockets += 1
        return known.allowance

    def leave(self, remote: str) -> None:
        """A socket that entered is gone. Its address is remembered until its bucket is full again,
        so that coming and going gains nobody anything."""
        self._known[remote].sockets -= 1
        self.sockets -= 1

    def _sweep(self, now: float) -> None:
        idle = [
            name for name, one in self._known.items() if not one.sockets and one.allowance.full(now)
        ]
        for name in idle:
            del self._known[name]
