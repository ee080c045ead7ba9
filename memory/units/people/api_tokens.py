"""Credentials of programs: made, used, revoked. Only their hashes come here."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from core.clock import Micros
from memory.tables.people import ApiToken
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.people.actors import ActorProblem

_token = table(ApiToken)

_NAME = re.compile(r"[\w.-]{1,60}")


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to be kept. `name` says in the audit log who did something; it is used once."""

    id: int
    name: str
    hash: str
    rights: Collection[str]
    expires_at: Micros | None


def add_token(
    connection: Connection, one: NewToken, actor: str, now: Micros, audit_id: int
) -> None:
    """Keep a token. Raises `ActorProblem` for a name that will not do, or that another token in
    force has."""
    if _NAME.fullmatch(one.name) is None:
        raise ActorProblem("a token's name has 1 to 60 letters, digits or . _ -, without spaces")
    if _in_force(connection, one.name, now) is not None:
        raise ActorProblem(f"there is a token “{one.name}” already; revoke it or take another name")
    rights = sorted(one.rights)
    connection.execute(
        insert(_token).values(
            id=one.id,
            name=one.name,
            hash=one.hash,
            rights=" ".join(rights),
            created_by=actor,
            created_at=now,
            expires_at=one.expires_at,
        )
    )
    detail = {"token_id": one.id, "rights": rights, "expires_at": one.expires_at}
    record(connection, audit_id, now, actor, "add-token", f"token:{one.name}", detail)


def revoke_token(
    connection: Connection, token_id: int, actor: str, now: Micros, audit_id: int
) -> None:
    """End a token for good. Raises `ActorProblem` when there is none in force with this id."""
    row = connection.execute(select(_token).where(_token.c.id == token_id)).first()
    if row is None or row.revoked_at is not None:
        raise ActorProblem("there is no such token, or it was revoked already")
    connection.execute(update(_token).where(_token.c.id == token_id).values(revoked_at=now))
    detail = {"token_id": token_id}
    record(connection, audit_id, now, actor, "revoke-token", f"token:{row.name}", detail)


def revoke_named(connection: Connection, name: str, actor: str, now: Micros, audit_id: int) -> None:
    """End the token of that name. Raises `ActorProblem` when there is none in force."""
    token_id = _in_force(connection, name, now)
    if token_id is None:
        raise ActorProblem(f"there is no token “{name}” in force")
    revoke_token(connection, token_id, actor, now, audit_id)


def touch_token(connection: Connection, token_id: int, now: Micros) -> None:
    """The token was used."""
    connection.execute(update(_token).where(_token.c.id == token_id).values(used_at=now))


def _in_force(connection: Connection, name: str, now: Micros) -> int | None:
    """The newest token of that name that still opens something, or that was not revoked yet."""
    query = select(_token.c.id, _token.c.expires_at).where(
        _token.c.name == name, _token.c.revoked_at.is_(None)
    )
    for row in connection.execute(query.order_by(_token.c.id.desc())):
        if row.expires_at is None or row.expires_at > now:
            return int(row.id)
    return None
