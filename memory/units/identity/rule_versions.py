"""The published texts of the identity rules: the newest is in force, and none is ever changed.

Each publication is one transaction with its row in the audit log. Whether a text can be read as
rules is for its caller to say before; what it does to customers is
`memory.units.identity.rule_steps`' work. Cold transactions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, insert, select

from core.clock import Micros
from core.identity.rule_reader import digest_of
from memory.tables.identity import RuleVersion
from memory.tables.main import Audit
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity.reversal import CannotUndo, Reversal
from memory.units.keeping import keep_value

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

GATEWAY = "gateway"
PUBLISHED, APPLIED = "publish rules", "apply rules"

_ACCOUNT = "identity-rules"

_version = table(RuleVersion)
_audit = table(Audit)


class RulesProblem(Exception):
    """A publication that cannot be made, said in words for a person. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Version:
    """One published text. `applied` says that links were made and ended as it wants."""

    id: int
    text: str
    digest: str
    note: str
    actor: str
    published_at: Micros
    applied: bool


def in_force(connection: Connection) -> Version | None:
    """The newest publication; nothing before the first start."""
    newest = versions(connection, 1)
    return newest[0] if newest else None


def hold_in_force(connection: Connection) -> Version | None:
    """The newest publication; until this transaction ends, nobody else publishes or carries out."""
    newest = select(_version.c.id).order_by(_version.c.id.desc()).limit(1)
    connection.execute(newest.with_for_update())
    # Whoever waited reads again: another may have been published by whom it waited for.
    return in_force(connection)


def version(connection: Connection, version_id: int) -> Version | None:
    """One publication, by its id."""
    row = connection.execute(select(_version).where(_version.c.id == version_id)).first()
    return None if row is None else _views(connection, [row])[0]


def versions(connection: Connection, limit: int) -> list[Version]:
    """The publications, the newest first."""
    rows = connection.execute(select(_version).order_by(_version.c.id.desc()).limit(limit)).all()
    return _views(connection, rows)


def begin(connection: Connection, text: str, now: Micros, ids: tuple[int, int, int]) -> Version:
    """Publish this text as the first, when there is none; gives what is in force.

    The first changes no customer: whoever was joined before there were rules stays so.
    """
    found = in_force(connection) or _in_force_after_others(connection, now)
    if found is not None:
        return found
    note = "the rules this installation began with"
    made = publish(connection, text, note, GATEWAY, now, ids[:2])
    mark_applied(connection, made.id, GATEWAY, now, ids[2], made=0, ended=0)
    return replace(made, applied=True)


def publish(
    connection: Connection,
    text: str,
    note: str,
    actor: str,
    now: Micros,
    ids: tuple[int, int],
    based_on: int | None = None,
) -> Version:
    """Put this text in force from now on; `ids` are fresh ids for it and for the audit row.

    `based_on` is the version that its author saw in force. Raises `RulesProblem` when another was
    published meanwhile, and when the text is in force already.
    """
    before = hold_in_force(connection)
    if before is not None and based_on is not None and before.id != based_on:
        raise RulesProblem(
            f"{before.actor} has published version {before.id} meanwhile; look at it first"
        )
    if before is not None and before.text == text:
        raise RulesProblem(f"this text is in force already, as version {before.id}")
    version_id, audit_id = ids
    if before is not None:
        # The newest has the highest id, also when the clock of whoever publishes is behind.
        version_id = max(version_id, before.id + 1)
    row = {
        "id": version_id,
        "text": text,
        "digest": digest_of(text),
        "note": note.strip(),
        "actor": actor,
        "published_at": now,
    }
    connection.execute(insert(_version), row)
    record(connection, audit_id, now, actor, PUBLISHED, _subject(version_id), {
        "version_id": str(version_id),
        "before_id": None if before is None else str(before.id),
        "digest": row["digest"],
        "note": row["note"],
    })  # fmt: skip
    return Version(version_id, text, digest_of(text), note.strip(), actor, now, applied=False)


def roll_back(
    connection: Connection, version_id: int, actor: str, now: Micros, ids: tuple[int, int]
) -> Version:
    """Publish an older text again. Raises `RulesProblem` when there is none, or it is in force."""
    found = version(connection, version_id)
    if found is None:
        raise RulesProblem(f"there is no version {version_id}")
    return publish(connection, found.text, f"back to version {version_id}", actor, now, ids)


def undo_publish(connection: Connection, one: Reversal) -> tuple[int, ...]:
    """Put the text in force again that this publication took the place of.

    Customers change as that is carried out, later. Raises `CannotUndo` unless it is the newest.
    """
    before, newest = one.detail["before_id"], in_force(connection)
    if before is None:
        raise CannotUndo("these are the first rules: publish others in their place")
    if newest is None or str(newest.id) != one.detail["version_id"]:
        raise CannotUndo("others were published since: go back to an older version instead")
    roll_back(connection, int(before), one.actor, one.now, (one.new_id(), one.new_id()))
    return ()


def mark_applied(
    connection: Connection,
    version_id: int,
    actor: str,
    now: Micros,
    audit_id: int,
    *,
    made: int,
    ended: int,
) -> None:
    """Write down that all links are as this version wants them; once."""
    known = select(_audit.c.id).where(
        _audit.c.subject == _subject(version_id), _audit.c.action == APPLIED
    )
    if connection.execute(known).first() is None:
        detail = {"version_id": str(version_id), "made": made, "ended": ended}
        record(connection, audit_id, now, actor, APPLIED, _subject(version_id), detail)


def _in_force_after_others(connection: Connection, now: Micros) -> Version | None:
    """Where nothing was published yet: whoever begins second waits here for the first, and finds
    what that one published."""
    keep_value(connection, _ACCOUNT, "begun", "1", now)
    return in_force(connection)


def _subject(version_id: int) -> str:
    return f"rules:{version_id}"


def _views(connection: Connection, rows: Sequence[AnyRow]) -> list[Version]:
    subjects = [_subject(row.id) for row in rows]
    applied = set(
        connection.execute(
            select(_audit.c.subject).where(
                _audit.c.subject.in_(subjects), _audit.c.action == APPLIED
            )
        ).scalars()
    )
    return [
        Version(
            row.id,
            row.text,
            row.digest,
            row.note,
            row.actor,
            row.published_at,
            applied=_subject(row.id) in applied,
        )
        for row in rows
    ]
