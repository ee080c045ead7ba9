"""Who may come in: the one admin token, one-time links into the console, sessions and lock-out.

It decides about credentials only: what it is shown it compares, by hash and in constant time, and
what it hands out is kept as a hash. It knows no route and no web server; `gateway.gate` asks it.
Sessions and links live in this process and end with it; only the token's hash is stored.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from core.clock import Micros
from memory.people_tables import Secret
from memory.units.audit import record
from memory.units.rows import table

TOKEN_NAME = "admin_token"
ADMIN = "admin"
"""The actor recorded for whoever holds the token."""

LINK_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(hours=12)
FAILURES_ALLOWED = 8
FAILURE_WINDOW = timedelta(minutes=10)
_SESSIONS_KEPT = 64
_REMOTES_KEPT = 1024

_secret = table(Secret)


def hash_secret(secret: str) -> str:
    """A credential as kept. Ours are 256 random bits, so nobody can search a plain SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_hash(connection: Connection) -> str | None:
    """The stored hash of the admin token, or nothing before the first start."""
    row = connection.execute(select(_secret.c.value).where(_secret.c.name == TOKEN_NAME)).first()
    return None if row is None else str(row.value)


def keep_first_token(connection: Connection, token: str, at: Micros) -> bool:
    """Store the hash of `token` unless there is one already; true when it was stored."""
    if token_hash(connection) is not None:
        return False
    row = {"name": TOKEN_NAME, "value": hash_secret(token), "created_at": at}
    connection.execute(insert(_secret).values(row))
    return True


def replace_token(
    connection: Connection, token: str, actor: str, at: Micros, audit_id: int
) -> None:
    """Store the hash of a new token in place of any old one, and who did so."""
    if not keep_first_token(connection, token, at):
        connection.execute(
            update(_secret)
            .where(_secret.c.name == TOKEN_NAME)
            .values(value=hash_secret(token), created_at=at)
        )
    record(connection, audit_id, at, actor, "reset", "admin token", {})


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `csrf` must come back in a header with every change."""

    actor: str
    csrf: str
    until: datetime


@dataclass(frozen=True, slots=True)
class _Link:
    actor: str
    until: datetime


@dataclass(slots=True)
class _Failures:
    count: int
    since: datetime


class Keeper:
    """Checks credentials and remembers who is signed in.

    `stored_hash` is the admin token's; `new_secret` gives unguessable text of at least 128 bits.
    Wrong credentials are counted per remote address; after `FAILURES_ALLOWED` of them within
    `FAILURE_WINDOW` that address is refused, right or wrong, until the window has passed.
    """

    def __init__(
        self, stored_hash: str, *, now: Callable[[], datetime], new_secret: Callable[[], str]
    ) -> None:
        self._token_hash = stored_hash
        self._now = now
        self._new_secret = new_secret
        self._links: dict[str, _Link] = {}
        self._sessions: dict[str, Session] = {}
        self._failures: dict[str, _Failures] = {}

    def locked_for(self, remote: str) -> int:
        """Seconds until this address may try again; 0 when it may now."""
        seen = self._failures.get(remote)
        if seen is None or seen.count < FAILURES_ALLOWED:
            return 0
        left = (seen.since + FAILURE_WINDOW - self._now()).total_seconds()
        return max(0, int(left) + 1) if left > 0 else 0

    def check_token(self, token: str, remote: str) -> str | None:
        """The actor behind a bearer token, or nothing; a wrong one is counted."""
        if self.locked_for(remote):
            return None
        if hmac.compare_digest(hash_secret(token), self._token_hash):
            return ADMIN
        self._count_failure(remote)
        return None

    def change_token(self, stored_hash: str) -> bool:
        """Go by this hash from now on. Another one than before ends all sessions and links."""
        if hmac.compare_digest(stored_hash, self._token_hash):
            return False
        self._token_hash = stored_hash
        self._sessions.clear()
        self._links.clear()
        return True

    def make_link(self, actor: str = ADMIN, life: timedelta = LINK_LIFE) -> str:
        """A secret that opens one session once, within `life`."""
        now = self._now()
        self._links = {key: link for key, link in self._links.items() if link.until > now}
        once = self._new_secret()
        self._links[hash_secret(once)] = _Link(actor, now + life)
        return once

    def use_link(self, once: str, remote: str) -> str | None:
        """Open a session with a link's secret and use it up; the cookie's value, or nothing."""
        if self.locked_for(remote):
            return None
        link = self._links.pop(hash_secret(once), None)
        if link is None or link.until <= self._now():
            self._count_failure(remote)
            return None
        return self.open_session(link.actor)

    def open_session(self, actor: str) -> str:
        """Sign somebody in; the cookie's value. The oldest session ends when there are too many."""
        while len(self._sessions) >= _SESSIONS_KEPT:
            self._sessions.pop(next(iter(self._sessions)))
        cookie = self._new_secret()
        until = self._now() + SESSION_LIFE
        self._sessions[hash_secret(cookie)] = Session(actor, self._new_secret(), until)
        return cookie

    def session(self, cookie: str) -> Session | None:
        """Who a cookie belongs to, unless it is unknown or too old."""
        found = self._sessions.get(hash_secret(cookie))
        return found if found is not None and found.until > self._now() else None

    def end_session(self, cookie: str) -> None:
        """Sign out. Harmless for an unknown cookie."""
        self._sessions.pop(hash_secret(cookie), None)

    def _count_failure(self, remote: str) -> None:
        now = self._now()
        seen = self._failures.get(remote)
        if seen is None or seen.since + FAILURE_WINDOW <= now:
            if len(self._failures) >= _REMOTES_KEPT:
                self._failures.pop(next(iter(self._failures)))
            self._failures[remote] = _Failures(1, now)
        else:
            seen.count += 1


def same_secret(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
