"""What is read of people and tokens: who a credential belongs to, and lists for whoever lets in.

Reads only. No hash of a credential leaves this module but where one has to be compared.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from core.clock import Micros, from_micros
from memory.tables.people import ApiToken, Invitation, Person, Session
from memory.tables.rows import table
from memory.units.people.actors import OWNER
from memory.units.people.sessions import IDLE_LIFE

_invitation = table(Invitation)
_person = table(Person)
_session = table(Session)
_token = table(ApiToken)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session in force, and whose it is."""

    hash: str
    csrf: str
    person_id: int
    login: str
    name: str
    role: str
    seen_at: Micros


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """A token in force."""

    id: int
    hash: str
    name: str
    rights: tuple[str, ...]
    used_at: Micros | None


@dataclass(frozen=True, slots=True)
class Invited:
    """A link in force: whom it is for, or nobody where it makes the first owner."""

    login: str | None
    name: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who may sign in. `waits` is true until they have come by their link."""

    id: int
    login: str
    name: str
    role: str
    waits: bool
    disabled: bool
    locked: bool
    sessions: int
    created_by: str
    created_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token, without what opens. `state` is "active", "expired" or "revoked"."""

    id: int
    name: str
    rights: tuple[str, ...]
    state: str
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


def signed_in(connection: Connection, hash_: str, now: Micros) -> SignedIn | None:
    """The session of that hash, unless it has ended or its owner may not come in."""
    row = connection.execute(_sessions(now).where(_session.c.hash == hash_)).first()
    if row is None:
        return None
    return SignedIn(row.hash, row.csrf, row.person_id, row.login, row.name, row.role, row.seen_at)


def token_holder(connection: Connection, hash_: str, now: Micros) -> TokenHolder | None:
    """The token of that hash, unless it was revoked or is too old."""
    row = connection.execute(
        select(_token).where(_token.c.hash == hash_, _token.c.revoked_at.is_(None))
    ).first()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return TokenHolder(row.id, row.hash, row.name, tuple(row.rights.split()), row.used_at)


def roles_of_sessions(
    connection: Connection, hashes: Collection[str], now: Micros
) -> dict[str, str]:
    """The role behind each of these sessions that is still in force."""
    query = _sessions(now).where(_session.c.hash.in_(sorted(hashes)))
    return {row.hash: row.role for row in connection.execute(query)}


def tokens_in_force(connection: Connection, ids: Collection[int], now: Micros) -> set[int]:
    """Those of these tokens that still open something."""
    rows = connection.execute(
        select(_token.c.id, _token.c.expires_at).where(
            _token.c.id.in_(sorted(ids)), _token.c.revoked_at.is_(None)
        )
    )
    return {row.id for row in rows if row.expires_at is None or row.expires_at > now}


def invited(connection: Connection, hash_: str, now: Micros) -> Invited | None:
    """Whom a link is for, if it still works."""
    row = connection.execute(
        select(_invitation, _person.c.login, _person.c.name, _person.c.disabled_at)
        .select_from(_invitation.outerjoin(_person, _person.c.id == _invitation.c.person_id))
        .where(_invitation.c.hash == hash_)
    ).first()
    if row is None or row.used_at is not None or row.until <= now or row.disabled_at is not None:
        return None
    return Invited(row.login, row.name or "")


def has_owner(connection: Connection) -> bool:
    """Whether there is anybody who can let others in."""
    query = select(_person.c.id).where(
        _person.c.role == OWNER,
        _person.c.disabled_at.is_(None),
        _person.c.password_hash.is_not(None),
    )
    return connection.execute(query.limit(1)).first() is not None


def person_of(connection: Connection, login: str) -> int | None:
    """The id of who has this login."""
    found = connection.execute(select(_person.c.id).where(_person.c.login == login)).scalar()
    return None if found is None else int(found)


def people_list(connection: Connection, now: Micros) -> list[PersonView]:
    """Everybody, by login."""
    open_sessions = connection.execute(_sessions(now)).all()
    counts: dict[int, int] = {}
    for one in open_sessions:
        counts[one.person_id] = counts.get(one.person_id, 0) + 1
    return [
        PersonView(
            row.id,
            row.login,
            row.name,
            row.role,
            row.password_hash is None,
            row.disabled_at is not None,
            row.locked_until > now,
            counts.get(row.id, 0),
            row.created_by,
            from_micros(row.created_at),
            _time(row.seen_at),
        )
        for row in connection.execute(select(_person).order_by(_person.c.login))
    ]


def person_view(connection: Connection, person_id: int, now: Micros) -> PersonView | None:
    """One of them."""
    return next((one for one in people_list(connection, now) if one.id == person_id), None)


def token_list(connection: Connection, now: Micros) -> list[TokenView]:
    """Every token there was, the newest first."""
    return [
        TokenView(
            row.id,
            row.name,
            tuple(row.rights.split()),
            _state(row.revoked_at, row.expires_at, now),
            row.created_by,
            from_micros(row.created_at),
            _time(row.expires_at),
            _time(row.used_at),
        )
        for row in connection.execute(select(_token).order_by(_token.c.id.desc()))
    ]


def _sessions(now: Micros) -> Select[Any]:
    """Sessions in force, with whose they are."""
    return (
        select(_session, _person.c.login, _person.c.name, _person.c.role)
        .join(_person, _person.c.id == _session.c.person_id)
        .where(
            _session.c.until > now,
            _session.c.seen_at > now - IDLE_LIFE,
            _person.c.disabled_at.is_(None),
        )
    )


def _state(revoked_at: Micros | None, expires_at: Micros | None, now: Micros) -> str:
    if revoked_at is not None:
        return "revoked"
    return "expired" if expires_at is not None and expires_at <= now else "active"


def _time(at: Micros | None) -> datetime | None:
    return None if at is None else from_micros(at)
