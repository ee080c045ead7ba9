"""People who may sign in: made, invited, given a role, kept out.

What a role may do is not known here; only that an owner has to remain, since nobody else could let
anybody in. Passwords and links come as hashes. Every change is written down with its actor, and
whoever it concerns has to sign in again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from core.clock import Micros
from memory.tables.main import Handoff
from memory.tables.people import Invitation, Person
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.people.sessions import end_sessions

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_handoff = table(Handoff)
_invitation = table(Invitation)
_person = table(Person)

OWNER: Final = "owner"
"""The role that lets others in."""

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


class ActorProblem(Exception):
    """Something that cannot be done with a person or a token, in words. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be let in. `password_hash` is none for who is to come by a link first."""

    id: int
    login: str
    name: str
    role: str
    password_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Invite:
    """A link to be kept: for a person, or, without one, for whoever becomes the first owner."""

    hash: str
    until: Micros
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What somebody who came by a link chose. `login` and `name` count for the first owner only;
    `fresh_id` is theirs then."""

    link_hash: str
    password_hash: str
    fresh_id: int
    login: str = ""
    name: str = ""


def clean_login(text: str) -> str:
    """A login as it is kept, in lower case. Raises `ActorProblem` for what cannot be one."""
    login = text.strip().lower()
    if _LOGIN.fullmatch(login) is None:
        raise ActorProblem(
            "a login has 1 to 64 letters without accents, digits or . _ @ + -, and begins with a "
            "letter or digit"
        )
    return login


def actor_name(login: str) -> str:
    """How somebody is named as the actor of a change."""
    return f"person:{login}"


def add_person(
    connection: Connection, one: NewPerson, actor: str, now: Micros, audit_id: int
) -> None:
    """Make an account. Raises `ActorProblem` when the login is taken, or was once."""
    login = clean_login(one.login)
    taken = connection.execute(select(_person.c.id).where(_person.c.login == login)).first()
    if taken is not None:
        raise ActorProblem(f"the login “{login}” is taken; a login is never given to somebody else")
    connection.execute(
        insert(_person).values(
            id=one.id,
            login=login,
            name=one.name,
            role=one.role,
            password_hash=one.password_hash,
            created_by=actor,
            created_at=now,
        )
    )
    detail = {"name": one.name, "role": one.role}
    record(connection, audit_id, now, actor, "add-person", actor_name(login), detail)


def change_role(
    connection: Connection, person_id: int, role: str, actor: str, now: Micros, audit_id: int
) -> None:
    """Give another role. Raises `ActorProblem` when nobody would be left to let others in."""
    person = _found(connection, person_id)
    if person.role == role:
        return
    _keep_an_owner(connection, person)
    _change(connection, person_id, role=role)
    end_sessions(connection, person_id)
    detail = {"was": person.role, "role": role}
    record(connection, audit_id, now, actor, "change-role", actor_name(person.login), detail)


def disable(connection: Connection, person_id: int, actor: str, now: Micros, audit_id: int) -> None:
    """Keep somebody out; the cases in their hands wait for others again.

    Raises `ActorProblem` when nobody would be left to let others in.
    """
    person = _found(connection, person_id)
    if person.disabled_at is not None:
        return
    _keep_an_owner(connection, person)
    _change(connection, person_id, disabled_at=now)
    end_sessions(connection, person_id)
    _forget_invitations(connection, person_id)
    released = _release_cases(connection, actor_name(person.login))
    detail = {"handoff_ids": released}
    record(connection, audit_id, now, actor, "disable", actor_name(person.login), detail)


def enable(connection: Connection, person_id: int, actor: str, now: Micros, audit_id: int) -> None:
    """Let somebody in again who was kept out, or locked out by wrong passwords.

    Raises `ActorProblem` when there is nobody with this id.
    """
    person = _found(connection, person_id)
    if person.disabled_at is not None or person.failures:
        _change(connection, person_id, disabled_at=None, failures=0, locked_until=0)
        record(connection, audit_id, now, actor, "enable", actor_name(person.login), {})


def sign_out_everywhere(
    connection: Connection, person_id: int, actor: str, now: Micros, audit_id: int
) -> int:
    """End all sessions of a person; how many there were."""
    person = _found(connection, person_id)
    ended = end_sessions(connection, person_id)
    detail = {"sessions": ended}
    record(connection, audit_id, now, actor, "sign-out", actor_name(person.login), detail)
    return ended


def set_password(
    connection: Connection,
    person_id: int,
    password_hash: str,
    actor: str,
    now: Micros,
    audit_id: int,
) -> None:
    """Another password. All sessions end, and so does every link that was to set one."""
    person = _found(connection, person_id)
    _change(connection, person_id, password_hash=password_hash, failures=0, locked_until=0)
    end_sessions(connection, person_id)
    _forget_invitations(connection, person_id)
    record(connection, audit_id, now, actor, "set-password", actor_name(person.login), {})


def invite(connection: Connection, one: Invite, actor: str, now: Micros, audit_id: int) -> None:
    """Keep a one-time link; an earlier one for the same person works no more.

    Raises `ActorProblem` when the person may not come in, and, for a link without a person, when
    there is an owner already.
    """
    subject = "first owner"
    if one.person_id is None:
        if owners(connection):
            raise ActorProblem("there is an owner already; say whom the link is for")
    else:
        person = _found(connection, one.person_id)
        if person.disabled_at is not None:
            raise ActorProblem(f"{person.login} is disabled; enable the account first")
        subject = actor_name(person.login)
    _forget_invitations(connection, one.person_id)
    connection.execute(
        insert(_invitation).values(
            hash=one.hash,
            person_id=one.person_id,
            created_by=actor,
            created_at=now,
            until=one.until,
        )
    )
    record(connection, audit_id, now, actor, "invite", subject, {"until": one.until})


def accept(connection: Connection, one: Acceptance, now: Micros, audit_id: int) -> int:
    """Use a link up and set the password with it; the id of who came. Raises `ActorProblem`."""
    link = connection.execute(
        select(_invitation).where(_invitation.c.hash == one.link_hash).with_for_update()
    ).first()
    if link is None or link.used_at is not None or link.until <= now:
        raise ActorProblem("this link does not work: it was used already, or it is too old")
    connection.execute(
        update(_invitation).where(_invitation.c.hash == one.link_hash).values(used_at=now)
    )
    if link.person_id is None:
        if owners(connection):
            raise ActorProblem("there is an owner already")
        login = clean_login(one.login)
        person = NewPerson(one.fresh_id, login, one.name, OWNER, one.password_hash)
        add_person(connection, person, actor_name(login), now, audit_id)
        return one.fresh_id
    person_row = _found(connection, link.person_id)
    if person_row.disabled_at is not None:
        raise ActorProblem("this account is disabled")
    actor = actor_name(person_row.login)
    set_password(connection, link.person_id, one.password_hash, actor, now, audit_id)
    return int(link.person_id)


def owners(connection: Connection) -> list[int]:
    """Those who can let others in: owners who have a password and may come in.

    Held until the transaction ends, so that two owners cannot take each other's role at once.
    """
    query = (
        select(_person.c.id)
        .where(
            _person.c.role == OWNER,
            _person.c.disabled_at.is_(None),
            _person.c.password_hash.is_not(None),
        )
        .order_by(_person.c.id)
        .with_for_update()
    )
    return [int(one) for one in connection.execute(query).scalars()]


def _keep_an_owner(connection: Connection, person: AnyRow) -> None:
    if person.role != OWNER or person.disabled_at is not None:
        return
    if not [one for one in owners(connection) if one != person.id]:
        raise ActorProblem(f"{person.login} is the last owner; make somebody else one first")


def _found(connection: Connection, person_id: int) -> AnyRow:
    row = connection.execute(
        select(_person).where(_person.c.id == person_id).with_for_update()
    ).first()
    if row is None:
        raise ActorProblem("there is nobody with this id")
    return row


def _change(connection: Connection, person_id: int, **values: object) -> None:
    changes: Mapping[str, object] = values
    connection.execute(update(_person).where(_person.c.id == person_id).values(changes))


def _release_cases(connection: Connection, owner: str) -> list[int]:
    """Cases that nobody else could take while their owner is kept out; which they are."""
    held = and_(_handoff.c.owner == owner, _handoff.c.status == "owned")
    ids = connection.execute(select(_handoff.c.id).where(held).order_by(_handoff.c.id)).scalars()
    released = [int(one) for one in ids]
    connection.execute(update(_handoff).where(held).values(owner=None, status="waiting"))
    return released


def _forget_invitations(connection: Connection, person_id: int | None) -> None:
    """Unused links for this person, or for the first owner, work no more."""
    connection.execute(
        delete(_invitation).where(
            _invitation.c.person_id.is_(None)
            if person_id is None
            else _invitation.c.person_id == person_id,
            _invitation.c.used_at.is_(None),
        )
    )
