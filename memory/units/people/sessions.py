"""Signed-in browsers: attempts to sign in, sessions opened, used and ended.

Only hashes of secrets come here. Whether a password is right is decided by whoever calls; an
attempt is counted before that, so that many at once are no way around the count.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, or_, select, update

from core.clock import Micros
from memory.tables.people import Person, Session
from memory.tables.rows import table

_person = table(Person)
_session = table(Session)

MINUTE: Micros = 60_000_000
SESSION_LIFE: Micros = 12 * 60 * MINUTE
"""How long a session lasts at most."""
IDLE_LIFE: Micros = 2 * 60 * MINUTE
"""How long a session lasts that nobody uses."""

FREE_FAILURES = 5
"""Wrong passwords in a row from which on each one locks the login."""
LONGEST_LOCK: Micros = 60 * MINUTE


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a password has to be checked against. `allowed` is false while the login is locked."""

    person_id: int
    password_hash: str | None
    allowed: bool


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to be opened; hash and CSRF token are of the caller's making."""

    hash: str
    csrf: str
    person_id: int
    remote: str
    now: Micros


def attempt(connection: Connection, login: str, now: Micros) -> Attempt | None:
    """Count one more attempt for this login, as if it were wrong; a right one resets the count.

    Nothing for a login that nobody has, or whose owner may not come in. What is tried while the
    login is locked is not counted, or a stranger could keep it locked.
    """
    row = connection.execute(
        select(_person).where(_person.c.login == login, _person.c.disabled_at.is_(None))
    ).first()
    if row is None:
        return None
    if row.locked_until > now:
        return Attempt(row.id, row.password_hash, False)
    failures = row.failures + 1
    connection.execute(
        update(_person)
        .where(_person.c.id == row.id)
        .values(failures=failures, locked_until=now + lock_after(failures))
    )
    return Attempt(row.id, row.password_hash, True)


def lock_after(failures: int) -> Micros:
    """How long so many wrong passwords in a row lock a login: 1, 2, 4 minutes, at most an hour."""
    if failures < FREE_FAILURES:
        return 0
    doubled: Micros = MINUTE << min(failures - FREE_FAILURES, 6)
    return min(doubled, LONGEST_LOCK)


def open_session(connection: Connection, one: NewSession, new_hash: str | None = None) -> bool:
    """Sign somebody in whose credential was right; false when they may not come in any more.

    It ends the count of wrong passwords. `new_hash` takes the place of a password's hash that was
    made with weaker parameters.
    """
    changes: dict[str, object] = {"failures": 0, "locked_until": 0, "seen_at": one.now}
    if new_hash is not None:
        changes["password_hash"] = new_hash
    found = connection.execute(
        update(_person)
        .where(_person.c.id == one.person_id, _person.c.disabled_at.is_(None))
        .values(changes)
    )
    if not found.rowcount:
        return False
    _forget_ended(connection, one.now)
    connection.execute(
        insert(_session).values(
            hash=one.hash,
            person_id=one.person_id,
            csrf=one.csrf,
            remote=one.remote,
            created_at=one.now,
            seen_at=one.now,
            until=one.now + SESSION_LIFE,
        )
    )
    return True


def touch_session(connection: Connection, hash_: str, now: Micros) -> None:
    """The session is in use, and its owner there."""
    connection.execute(update(_session).where(_session.c.hash == hash_).values(seen_at=now))
    owner = select(_session.c.person_id).where(_session.c.hash == hash_).scalar_subquery()
    connection.execute(update(_person).where(_person.c.id == owner).values(seen_at=now))


def end_session(connection: Connection, hash_: str) -> None:
    """Sign out. Harmless for an unknown session."""
    connection.execute(delete(_session).where(_session.c.hash == hash_))


def end_sessions(connection: Connection, person_id: int) -> int:
    """Sign somebody out everywhere; how many sessions ended."""
    return connection.execute(delete(_session).where(_session.c.person_id == person_id)).rowcount


def _forget_ended(connection: Connection, now: Micros) -> None:
    ended = or_(_session.c.until <= now, _session.c.seen_at <= now - IDLE_LIFE)
    connection.execute(delete(_session).where(ended))
