"""Leaves alone who failed several times in a row, and then asks once whether they are there again.

The time is passed in. It knows nothing of what is asked, and asks nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

FAILURES = 3
"""Failures in a row after which somebody is left alone."""

PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
"""For how long: at first, and at most. Each further failure doubles it."""


class Breaker:
    """Open means that nobody is to be asked. After the pause one question is let through: its
    outcome closes or opens it again."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._failures = 0
        self._until: datetime | None = None
        self._trying = False

    @property
    def resting_until(self) -> datetime | None:
        """Until when nobody is asked, if so."""
        until = self._until
        return until if until is not None and self._now() < until else None

    def lets_through(self) -> bool:
        """Whether to ask now. Whoever is let through says afterwards how it went."""
        if self._until is None:
            return True
        if self._trying or self._now() < self._until:
            return False
        self._trying = True
        return True

    def went_well(self) -> None:
        """There was an answer, whatever is to be thought of it."""
        self._failures, self._until, self._trying = 0, None, False

    def went_wrong(self, wait: float | None = None) -> None:
        """There was none. `wait` is for how many seconds they asked to be left alone."""
        self._failures += 1
        self._trying = False
        if wait is None and self._failures < FAILURES:
            return
        pause = PAUSE * 2 ** min(max(0, self._failures - FAILURES), 10)
        if wait is not None:
            pause = timedelta(seconds=min(wait, LONGEST_PAUSE.total_seconds()))
        self._until = self._now() + min(pause, LONGEST_PAUSE)

    def was_given_up(self) -> None:
        """Nobody waited for the answer: nothing is known of how it went."""
        self._trying = False
