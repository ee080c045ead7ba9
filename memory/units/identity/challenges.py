"""Codes that show that whoever asks holds another address too: asked for, shown, refused.

A code and the message that carries it are written together, once for each message that asked. Who
is asked about is counted and looked at here, and makes no difference that the asker could see.
Nobody is joined here (`memory.units.identity.proofs` does that), and no code is known: only its
digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, func, insert, select, update

from core.clock import Micros
from core.identity.rules import IdentityRules, matches
from memory.tables.identity import BlockedValue, Challenge
from memory.tables.main import Handle
from memory.tables.rows import table
from memory.units.messages.reaching import Letter, Written, write_letter

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

OPEN, PROVED, SPENT, REFUSED, REPLACED = "open", "proved", "spent", "refused", "replaced"

SENT, LIMITED = "sent", "limited"

_HOUR = timedelta(hours=1)

_blocked = table(BlockedValue)
_challenge = table(Challenge)
_handle = table(Handle)


NOT_SENT = "not sent"
"""In place of the digest of a code that nobody has: no digest is equal to it."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, in which message, about which handle. `letter` carries the code; without one no
    channel reaches the handle."""

    id: int
    purpose: str
    asker_id: int
    conversation_id: int
    source: str
    target_key: str
    network: str | None
    code_digest: str
    link_digest: str | None
    letter: Letter | None
    rules: IdentityRules
    now: Micros


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of it: "sent" or "limited". `written` is the letter, if one is to leave now."""

    outcome: str
    written: Written | None = None


def ask(connection: Connection, one: Asking) -> Asked:
    """Open a challenge in place of the asker's last one, and write the letter with its code.

    "limited" is only about the asker's own codes. Whatever else keeps the letter from being
    written, the outcome is "sent": whether anybody has that address is not to be found out. No code
    is the right one then: else new senders could guess at codes without end.
    """
    if _known(connection, one):
        return Asked(SENT)
    codes, since = one.rules.codes, one.now - _micros(_HOUR)
    if _count(connection, _challenge.c.asker_handle_id == one.asker_id, since) >= codes.per_asker:
        return Asked(LIMITED)
    may = _may_be_sent(connection, one, since)
    replace_open(connection, one.asker_id)
    letter = None if one.letter is None or not may else write_letter(connection, one.letter)
    connection.execute(insert(_challenge), {
        "id": one.id,
        "purpose": one.purpose,
        "asker_handle_id": one.asker_id,
        "conversation_id": one.conversation_id,
        "source": one.source,
        "target_key": one.target_key,
        "network": one.network,
        "code_digest": NOT_SENT if letter is None else one.code_digest,
        "link_digest": None if letter is None else one.link_digest,
        "status": OPEN,
        "created_at": one.now,
        "expires_at": one.now + _micros(codes.life),
    })  # fmt: skip
    _await(connection, _handle.c.id == one.asker_id, codes.digits, one.now + _micros(codes.life))
    return Asked(SENT, letter)


def newest_of(connection: Connection, asker_id: int) -> AnyRow | None:
    """The challenge that a sender asked for last, held until the transaction ends."""
    return connection.execute(
        select(_challenge)
        .where(_challenge.c.asker_handle_id == asker_id)
        .order_by(_challenge.c.id.desc())
        .limit(1)
        .with_for_update()
    ).first()


def settle(
    connection: Connection, challenge_id: int, status: str, source: str, now: Micros
) -> None:
    """Close a challenge with what a message showed."""
    connection.execute(
        update(_challenge)
        .where(_challenge.c.id == challenge_id)
        .values(status=status, proved_by=source, proved_at=now)
    )
    _await(connection, _handle.c.id == _asker_of(challenge_id))


def count_try(connection: Connection, row: AnyRow, source: str, tries: int) -> int:
    """Note a wrong code; how many tries remain. The same message counts once."""
    if row.proved_by == source:
        return left_of(row, tries)
    left = max(0, left_of(row, tries) - 1)
    connection.execute(
        update(_challenge)
        .where(_challenge.c.id == row.id)
        .values(tries=row.tries + 1, proved_by=source, status=OPEN if left else SPENT)
    )
    if not left:
        _await(connection, _handle.c.id == row.asker_handle_id)
    return left


def left_of(row: AnyRow, tries: int) -> int:
    """How many wrong codes may still follow."""
    used: int = row.tries
    return max(0, tries - used)


def refuse(connection: Connection, target_key: str, source: str, now: Micros) -> int:
    """The owner of an address says that it was not them: its open codes are worth nothing. How many
    there were."""
    changed = connection.execute(
        update(_challenge)
        .where(
            _challenge.c.target_key == target_key,
            _challenge.c.status == OPEN,
            _challenge.c.expires_at > now,
        )
        .values(status=REFUSED, proved_by=source, proved_at=now)
    )
    refused: int = changed.rowcount
    return refused


def replace_open(connection: Connection, asker_id: int) -> None:
    """An asker has one open challenge at most."""
    connection.execute(
        update(_challenge)
        .where(_challenge.c.asker_handle_id == asker_id, _challenge.c.status == OPEN)
        .values(status=REPLACED)
    )


def _await(
    connection: Connection, who: ColumnElement[bool], digits: int = 0, until: Micros = 0
) -> None:
    """From now on a code of so many digits may come in any conversation of theirs, or none."""
    connection.execute(update(_handle).where(who).values(code_digits=digits, code_until=until))


def _asker_of(challenge_id: int) -> ScalarSelect[int]:
    query = select(_challenge.c.asker_handle_id).where(_challenge.c.id == challenge_id)
    return query.scalar_subquery()


def _known(connection: Connection, one: Asking) -> bool:
    """Whether this message asked for it already: its turn may be decided again."""
    query = select(_challenge.c.id).where(
        _challenge.c.source == one.source, _challenge.c.target_key == one.target_key
    )
    return connection.execute(query).first() is not None


def _may_be_sent(connection: Connection, one: Asking, since: Micros) -> bool:
    """Whether the address may get a code now. Everything is looked at, whatever is found first, so
    that all cases take alike."""
    codes, rules, key = one.rules.codes, one.rules, one.target_key
    listed = tuple(connection.execute(select(_blocked.c.pattern)).scalars())
    shared = connection.execute(select(_handle.c.shared).where(_handle.c.key == key)).scalar()
    asked = _count(connection, _challenge.c.target_key == key, since)
    near = _count(connection, _challenge.c.network == one.network, since)
    return not (
        matches(key, (*rules.blocked, *rules.shared, *listed))
        or shared
        or asked >= codes.per_target
        or (one.network is not None and near >= codes.per_network)
    )


def _count(connection: Connection, which: ColumnElement[bool], since: Micros) -> int:
    query = select(func.count()).select_from(_challenge)
    return connection.execute(query.where(which, _challenge.c.created_at > since)).scalar_one()


def _micros(length: timedelta) -> Micros:
    return length // timedelta(microseconds=1)
