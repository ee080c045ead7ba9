"""The list of addresses that join nobody: putting one on it, taking it off, and whom it is about.

A blocked value ends no link that is there: what it would have kept apart is shown to a person, who
decides. Every change is in the audit log and can be undone from it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, insert, or_, select

from core.clock import Micros, from_micros
from core.identity.rules import IdentityRules, matches
from memory.tables.identity import BlockedValue
from memory.tables.main import Handle, Link
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity.reversal import CannotUndo, Reversal

_blocked = table(BlockedValue)
_handle = table(Handle)
_link = table(Link)

_SHOWN = 100


class BlockingProblem(Exception):
    """What cannot be put on the list or taken off it, in words. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class BlockedView:
    """One line of the list. `ours` says that the product or the rules have it, and not a person;
    `joined` are handles that fit it and are joined to somebody all the same."""

    pattern: str
    reason: str
    actor: str
    created_at: datetime | None
    ours: bool
    joined: tuple[str, ...]


def is_blocked(key: str, rules: IdentityRules, listed: Collection[str]) -> bool:
    """Whether a handle may join nobody, by the rules or by the list."""
    return matches(key, rules.blocked) or matches(key, tuple(listed))


def blocked_patterns(connection: Connection) -> tuple[str, ...]:
    """What people have put on the list."""
    return tuple(connection.execute(select(_blocked.c.pattern)).scalars())


def block(
    connection: Connection, pattern: str, reason: str, actor: str, now: Micros, audit_id: int
) -> tuple[str, ...]:
    """Put a handle's key, or a pattern of keys, on the list; gives the handles it fits that are
    joined to somebody. Raises `BlockingProblem`."""
    pattern = pattern.strip()
    _check(pattern)
    if _row(connection, pattern) is not None:
        raise BlockingProblem(f"{pattern} is on the list already")
    connection.execute(
        insert(_blocked),
        {"pattern": pattern, "reason": reason, "actor": actor, "created_at": now},
    )
    record(connection, audit_id, now, actor, "block", pattern, {"reason": reason})
    return joined_in_spite(connection, (pattern,))


def unblock(connection: Connection, pattern: str, actor: str, now: Micros, audit_id: int) -> None:
    """Take it off the list. Raises `BlockingProblem` when it is not on it."""
    row = _row(connection, pattern.strip())
    if row is None:
        raise BlockingProblem(f"{pattern.strip()} is not on the list")
    connection.execute(delete(_blocked).where(_blocked.c.pattern == row[0]))
    record(connection, audit_id, now, actor, "unblock", row[0], {"reason": row[1]})


def undo_block(connection: Connection, one: Reversal) -> tuple[int, ...]:
    """Take it off again."""
    try:
        unblock(connection, one.subject, one.actor, one.now, one.new_id())
    except BlockingProblem as problem:
        raise CannotUndo(str(problem)) from None
    return ()


def undo_unblock(connection: Connection, one: Reversal) -> tuple[int, ...]:
    """Put it on again, for the reason that it was there for."""
    reason = str(one.detail["reason"])
    try:
        block(connection, one.subject, reason, one.actor, one.now, one.new_id())
    except BlockingProblem as problem:
        raise CannotUndo(str(problem)) from None
    return ()


def block_list(connection: Connection, rules: IdentityRules) -> list[BlockedView]:
    """The list: what people put on it, and then what the rules have."""
    rows = connection.execute(select(_blocked).order_by(_blocked.c.pattern)).all()
    ours = [one for one in rules.blocked if one not in {row.pattern for row in rows}]
    joined = joined_in_spite(connection, [*(row.pattern for row in rows), *ours])

    def fitting(pattern: str) -> tuple[str, ...]:
        return tuple(key for key in joined if matches(key, (pattern,)))

    theirs = [
        BlockedView(
            row.pattern,
            row.reason,
            row.actor,
            from_micros(row.created_at),
            False,
            fitting(row.pattern),
        )
        for row in rows
    ]
    return theirs + [BlockedView(one, "the rules", "", None, True, fitting(one)) for one in ours]


def joined_in_spite(connection: Connection, patterns: Collection[str]) -> tuple[str, ...]:
    """Handles of these shapes that a link joins to somebody, the first hundred."""
    if not patterns:
        return ()
    folded = func.lower(_handle.c.key)
    mine = _link.c.handle_id == _handle.c.id
    theirs = _link.c.customer_id == _handle.c.home_customer_id
    # Either end of a link may carry the value.
    joined = (
        exists().where(one, other, _link.c.ended_at.is_(None))
        for one, other in (
            (mine, ~theirs),
            (theirs, ~mine),
        )
    )
    found = connection.execute(
        select(_handle.c.key)
        .where(
            or_(*(folded.like(_like(one.lower()), escape="\\") for one in patterns)),
            _handle.c.retired_at.is_(None),
            or_(*joined),
        )
        .order_by(_handle.c.key)
        .limit(_SHOWN)
    ).scalars()
    return tuple(key for key in found if matches(key, tuple(patterns)))


def _like(pattern: str) -> str:
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%")


def _check(pattern: str) -> None:
    kind, colon, rest = pattern.partition(":")
    if not colon or not kind.isascii() or not kind or "*" in kind:
        raise BlockingProblem(
            "a blocked value is kind:address, such as email:noreply@* or phone:+4400000000"
        )
    if not rest.strip("*"):
        raise BlockingProblem(f"{pattern} would block every handle of its kind")
    if len(pattern) > 300 or not pattern.isprintable():
        raise BlockingProblem("a blocked value has at most 300 characters, all of which print")


def _row(connection: Connection, pattern: str) -> tuple[str, str] | None:
    row = connection.execute(
        select(_blocked.c.pattern, _blocked.c.reason).where(_blocked.c.pattern == pattern)
    ).first()
    return None if row is None else (row.pattern, row.reason)
