"""What it takes to reach each path: the access table, in which every path of the server stands.

A path that no line covers does not exist. Checking is `gateway.access.gate`'s work.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Entry(StrEnum):
    """What it takes to reach a route."""

    CHANNEL = "channel"
    """Providers and embedding pages: the adapter verifies each request itself."""
    PROBE = "probe"
    """Machines that look whether we live, under any name: it tells nothing about anybody."""
    PUBLIC = "public"
    """Anyone who reaches this address, from a page of ours or none."""
    API = "api"
    """A token as bearer, or a console session (with its CSRF token for changes); and the right that
    the route needs."""
    PAGE = "page"
    """A console session; a browser without one is sent to the sign-in page."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the access table. A `path` ending in "/" covers everything below it."""

    path: str
    entry: Entry

    def covers(self, path: str) -> bool:
        """Whether the rule speaks about this path."""
        return path.startswith(self.path) if self.path.endswith("/") else path == self.path


RULES: tuple[Rule, ...] = (
    Rule("/channels/", Entry.CHANNEL),
    Rule("/health", Entry.PROBE),
    Rule("/console/enter", Entry.PUBLIC),
    Rule("/console/sign-in", Entry.PUBLIC),
    # Whoever comes by a one-time link has no session yet; the link is the credential.
    Rule("/console/welcome", Entry.PUBLIC),
    # A form without a script has no CSRF token to send. A page of another site is refused by its
    # origin, and the cookie is SameSite=Strict.
    Rule("/console/sign-out", Entry.PUBLIC),
    Rule("/console/static/", Entry.PUBLIC),
    Rule("/console/socket", Entry.API),
    Rule("/console", Entry.PAGE),
    Rule("/console/", Entry.PAGE),
    Rule("/api/", Entry.API),
    # Only the demo mounts anything there, on loopback.
    Rule("/demo", Entry.PUBLIC),
    Rule("/demo/", Entry.PUBLIC),
    Rule("/", Entry.PUBLIC),
)


@lru_cache(maxsize=512)
def entry_for(path: str, rules: tuple[Rule, ...]) -> Entry | None:
    """The entry of the longest rule that covers the path. `/` itself covers only `/`."""
    covering = [rule for rule in rules if rule.covers(path) and (rule.path != "/" or path == "/")]
    return max(covering, key=lambda rule: len(rule.path)).entry if covering else None
