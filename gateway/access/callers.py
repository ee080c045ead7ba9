"""Who may come in: people with a password or a session, programs with a token, and lock-out.

It decides about credentials only: what it is shown it compares, by hash and in constant time, and
what it hands out is kept as a hash. It knows no route and no web server; `gateway.access.gate` asks
it. What is refused reads and takes the same, whether or not there is anybody of that name.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from core.clock import Micros, to_micros
from gateway.access.lockout import Tally
from gateway.access.passwords import Passwords
from gateway.access.roles import Right, Role, rights_named, rights_of
from memory.pages.people import SignedIn, person_of, signed_in, token_holder
from memory.store import Overloaded, Store
from memory.units.people.actors import ActorProblem, actor_name, clean_login
from memory.units.people.api_tokens import touch_token
from memory.units.people.sessions import (
    MINUTE,
    NewSession,
    attempt,
    end_session,
    open_session,
    touch_session,
)

log = structlog.get_logger(__name__)

TOKEN_MARK = "ot_"
"""What every token begins with, so that one that got out is recognised."""

LINK_LIFE = timedelta(minutes=15)
FAILURES_ALLOWED = 8
FAILURE_WINDOW = timedelta(minutes=10)
SIGN_INS_ALLOWED = 30
"""Sign-ins of one address within `FAILURE_WINDOW`, right ones too."""

REFUSAL_SECONDS = 0.4
"""A refused sign-in takes at least that long, so that what was wrong cannot be measured."""


def hash_secret(secret: str) -> str:
    """A credential as kept. Ours are 256 random bits, so nobody can search a plain SHA-256."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def same_secret(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever makes a request. `actor` is recorded with each change: "person:ada", "token:shop".

    `session` is the hash of a person's session and `csrf` what has to come back with every change;
    a program has `token_id` instead.
    """

    actor: str
    name: str
    rights: frozenset[Right]
    role: Role | None = None
    person_id: int | None = None
    session: str = field(default="", repr=False)
    csrf: str = field(default="", repr=False)
    token_id: int | None = None


class Keeper:
    """Checks credentials.

    `new_secret` gives unguessable text of at least 256 bits. Wrong credentials are counted per
    remote address: after `FAILURES_ALLOWED` of them within `FAILURE_WINDOW` it is refused, right or
    wrong, until the window has passed. Wrong passwords are counted per login, too.
    """

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], datetime],
        new_secret: Callable[[], str],
        passwords: Passwords | None = None,
        refusal_seconds: float = REFUSAL_SECONDS,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._now = now
        self._new_secret = new_secret
        self._passwords = passwords or Passwords()
        self._refusal_seconds = refusal_seconds
        self._rest = rest
        self._failures = Tally(FAILURES_ALLOWED, FAILURE_WINDOW, now)
        self._sign_ins = Tally(SIGN_INS_ALLOWED, FAILURE_WINDOW, now)
        self._links: dict[str, tuple[str, datetime]] = {}

    def locked_for(self, remote: str) -> int:
        """Seconds until this address may try again; 0 when it may now."""
        return max(self._failures.wait(remote), self._sign_ins.wait(remote))

    def failed(self, remote: str) -> None:
        """This address showed a credential that was none."""
        self._failures.count(remote)

    async def by_token(self, token: str, remote: str) -> Caller | None:
        """The program behind a bearer token, or nothing; a wrong one is counted."""
        if self._failures.wait(remote):
            return None
        wanted, now = hash_secret(token), self._micros()
        held = await self._store.read(token_holder, wanted, now)
        if held is None or not hmac.compare_digest(held.hash, wanted):
            self._failures.count(remote)
            return None
        if held.used_at is None or held.used_at <= now - MINUTE:
            await self._note(touch_token, held.id, now)
        rights = rights_named(held.rights)
        return Caller(f"token:{held.name}", held.name, rights, token_id=held.id)

    async def by_session(self, cookie: str, *, attended: bool = True) -> Caller | None:
        """Whose a cookie is, unless its session has ended. An `attended` request keeps it alive."""
        if not cookie:
            return None
        now = self._micros()
        found = await self._store.read(signed_in, hash_secret(cookie), now)
        if found is None:
            return None
        if attended and found.seen_at <= now - MINUTE:
            await self._note(touch_session, found.hash, now)
        return _person(found)

    async def sign_in(self, login: str, password: str, remote: str) -> str | None:
        """Open a session for who knows the password; the cookie's value, or nothing.

        Raises `Crowded` when too many passwords are being checked.
        """
        if self.locked_for(remote):
            return None
        self._sign_ins.count(remote)
        # Counted before it is known to be wrong, so that many at once are no way around the count.
        self._failures.count(remote)
        person_id, better = await self.proved(login, password)
        cookie = None if person_id is None else await self.open(person_id, remote, better)
        if cookie is not None:
            self._failures.take_back(remote)
        return cookie

    async def proved(self, login: str, password: str) -> tuple[int | None, str | None]:
        """Who has this login and this password, and a newer hash of it if one is due.

        A refusal takes as long for a login that nobody has. Raises `Crowded`.
        """
        clock = asyncio.get_running_loop()
        started = clock.time()
        tried = await self._store.run(attempt, _login(login), self._micros())
        stored = None if tried is None else tried.password_hash
        fits = await self._passwords.fits(password, stored)
        if tried is not None and not tried.allowed:
            log.warning("sign_in_locked")
        if tried is None or stored is None or not fits or not tried.allowed:
            await self._rest(max(0.0, started + self._refusal_seconds - clock.time()))
            return None, None
        better = await self._passwords.hash(password) if self._passwords.outdated(stored) else None
        return tried.person_id, better

    async def open(self, person_id: int, remote: str, new_hash: str | None = None) -> str | None:
        """Open a session for who has proved to be that person; nothing if they are kept out."""
        cookie = self._new_secret()
        session = NewSession(
            hash_secret(cookie), self._new_secret(), person_id, remote, self._micros()
        )
        opened = await self._store.run(open_session, session, new_hash)
        return cookie if opened else None

    async def sign_out(self, cookie: str) -> None:
        """End a session. Harmless for an unknown cookie."""
        await self._store.run(end_session, hash_secret(cookie))

    def make_link(self, login: str, life: timedelta = LINK_LIFE) -> str:
        """A secret that signs this person in once, within `life`, for as long as we run.

        For who sits at this process and is that person, as in the demo; a link that is sent to
        somebody is an invitation of `gateway.access.reception`.
        """
        now = self._now()
        self._links = {key: one for key, one in self._links.items() if one[1] > now}
        once = self._new_secret()
        self._links[hash_secret(once)] = (login, now + life)
        return once

    async def use_link(self, once: str, remote: str) -> str | None:
        """Open a session with such a link and use it up; the cookie's value, or nothing."""
        if self._failures.wait(remote):
            return None
        login, until = self._links.pop(hash_secret(once), ("", self._now()))
        if until > self._now():
            person_id = await self._store.read(person_of, login)
            if person_id is not None:
                return await self.open(person_id, remote)
        self._failures.count(remote)
        return None

    async def _note(self, unit: Callable[..., None], *args: object) -> None:
        """Write down that something is in use. Where there is no room for that, it can wait."""
        try:
            await self._store.run(unit, *args)
        except Overloaded:
            return

    def _micros(self) -> Micros:
        return to_micros(self._now())


def _person(found: SignedIn) -> Caller:
    role = Role(found.role) if found.role in set(Role) else None
    return Caller(
        actor_name(found.login),
        found.name,
        rights_of(found.role),
        role,
        found.person_id,
        found.hash,
        found.csrf,
    )


def _login(text: str) -> str:
    """A login as kept; one that cannot be is nobody's."""
    try:
        return clean_login(text)
    except ActorProblem:
        return ""
