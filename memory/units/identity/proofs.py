"""What a code that we sent proves once it is shown: the sender anew, and that two handles are one.

Showing the right one closes the challenge, joins the two under the rules and raises the sender, in
one transaction; with the same message again nothing changes and the same is told. Whoever says
"not me" undoes it. What a customer hears of it is not said here.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, select

from core.clock import Micros
from core.identity.rules import IdentityRules
from core.message import Assurance, Author
from core.message import Handle as Address
from memory.tables.identity import Challenge
from memory.tables.main import Handle, Link, Message
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity import challenges
from memory.units.identity.handles import raise_level
from memory.units.identity.owners import owners_addresses
from memory.units.identity.sightings import Seen, see

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

CODE = "code"
"""The kind of evidence."""

PROVE = "prove"
"""The action in the log of changes: a sender was raised."""

_EVIDENCE = "A one-time code that we sent to the one was shown by the other."

_challenge = table(Challenge)
_handle = table(Handle)
_link = table(Link)
_message = table(Message)


@dataclass(frozen=True, slots=True)
class Showing:
    """Who shows what: the digest of a typed code, or of a link's token. `source` is the message, or
    names the link."""

    asker_key: str
    source: str
    rules: IdentityRules
    now: Micros
    new_id: Callable[[], int]
    code_digest: str | None = None
    link_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What it showed: "proved", "cannot" (the two may not be one customer), "wrong" with `left`
    tries, "spent", "expired" or "none".

    When proved, `link_id` is the link, if the two are different handles, and old things are read
    over it from `reads_from`; `told` are the handles whose owner should hear of it.
    """

    outcome: str
    challenge_id: int = 0
    target_key: str = ""
    left: int = 0
    link_id: int | None = None
    reads_from: Micros = 0
    told: tuple[str, ...] = ()


def show(connection: Connection, one: Showing) -> Shown:
    """Whether it was the right one, and everything that follows from it."""
    asker = connection.execute(select(_handle).where(_handle.c.key == one.asker_key)).first()
    row = None if asker is None else challenges.newest_of(connection, asker.id)
    if asker is None or row is None:
        return Shown("none")
    if row.proved_by == one.source and row.status in _SETTLED:
        return _told_again(connection, asker, row, one)
    if row.status != challenges.OPEN:
        return Shown("none", row.id, row.target_key)
    if one.now >= row.expires_at:
        return Shown("expired", row.id, row.target_key)
    if not _is_right(row, one):
        left = challenges.count_try(connection, row, one.source, one.rules.codes.tries)
        return Shown("wrong" if left else "spent", row.id, row.target_key, left)
    return _prove(connection, asker, row, one)


_SETTLED = frozenset({challenges.PROVED, challenges.REFUSED, challenges.SPENT})


def _is_right(row: AnyRow, one: Showing) -> bool:
    if one.code_digest is not None:
        return hmac.compare_digest(row.code_digest, one.code_digest)
    if one.link_digest is None or row.link_digest is None:
        return False
    return hmac.compare_digest(row.link_digest, one.link_digest)


def _prove(connection: Connection, asker: AnyRow, row: AnyRow, one: Showing) -> Shown:
    if row.target_key != asker.key and not _joined(connection, asker, row, one):
        challenges.settle(connection, row.id, challenges.REFUSED, one.source, one.now)
        return Shown("cannot", row.id, row.target_key)
    until = one.now + one.rules.codes.proof // timedelta(microseconds=1)
    challenges.settle(connection, row.id, challenges.PROVED, one.source, one.now)
    raise_level(connection, asker.id, Assurance.PROVED, until)
    record(connection, one.new_id(), one.now, f"customer:{asker.key}", PROVE, asker.key, {
        "challenge_id": str(row.id),
        "target": row.target_key,
        "customer_id": str(asker.customer_id),
        "until": until,
    })  # fmt: skip
    return _told(connection, asker, row, one)


def _joined(connection: Connection, asker: AnyRow, row: AnyRow, one: Showing) -> bool:
    """Whether the two are one customer now, by the rules."""
    target = connection.execute(select(_handle).where(_handle.c.key == row.target_key)).first()
    kind, _, address = row.target_key.partition(":")
    seen = Seen(
        Address(asker.kind, asker.address),
        Address(kind, address),
        CODE,
        Assurance.PROVED,
        _EVIDENCE,
        f"customer:{asker.key}",
    )
    since = _reads_from(connection, asker, target, one)
    done = see(connection, seen, one.now, one.new_id, rules=one.rules, reads_from=since)
    return done.changed is not None


def _reads_from(
    connection: Connection, asker: AnyRow, target: AnyRow | None, one: Showing
) -> Micros:
    """When old things may be read over the new link.

    Those who are one already read each other now, and where nobody ever wrote there is nothing old.
    Else the owner of the address has the time to say that it was not them.
    """
    if target is None or target.customer_id == asker.customer_id:
        return 0
    wrote = (
        select(_message.c.seq)
        .join(_handle, _handle.c.id == _message.c.handle_id)
        .where(
            _handle.c.customer_id == target.customer_id,
            _message.c.author == Author.CUSTOMER.value,
        )
        .limit(1)
    )
    if connection.execute(wrote).first() is None:
        return 0
    return one.now + one.rules.cooling_off // timedelta(microseconds=1)


def _told_again(connection: Connection, asker: AnyRow, row: AnyRow, one: Showing) -> Shown:
    """The same answer to the same message, whose turn is decided once more."""
    if row.status == challenges.PROVED:
        return _told(connection, asker, row, one)
    outcome = "cannot" if row.status == challenges.REFUSED else "spent"
    return Shown(outcome, row.id, row.target_key)


def _told(connection: Connection, asker: AnyRow, row: AnyRow, one: Showing) -> Shown:
    own = row.target_key == asker.key
    link = None if own else _link_between(connection, asker.id, row.target_key)
    if link is None:
        return Shown("proved", row.id, row.target_key)
    target = connection.execute(select(_handle).where(_handle.c.key == row.target_key)).one()
    others = owners_addresses(connection, target, one.rules)
    told = (target.key, *(key for key in others if key != asker.key))
    return Shown(
        "proved",
        row.id,
        row.target_key,
        link_id=link.id,
        reads_from=link.reads_from if link.reads_from > one.now else 0,
        told=told,
    )


def _link_between(connection: Connection, asker_id: int, target_key: str) -> AnyRow | None:
    home = select(_handle.c.home_customer_id).where(_handle.c.key == target_key).scalar_subquery()
    return connection.execute(
        select(_link)
        .where(
            _link.c.handle_id == asker_id, _link.c.customer_id == home, _link.c.ended_at.is_(None)
        )
        .order_by(_link.c.id.desc())
        .limit(1)
    ).first()
