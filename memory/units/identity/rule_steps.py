"""Carrying out what a publication of the identity rules changes: one link in each transaction.

Each step looks again whether it still applies, so that carrying on after an interruption, or twice
at once, does no harm. What is to be done says `memory.previews.dry_run`; joining and parting
themselves are `memory.units.identity.linking`'s, with their limits and their rows in the audit log.
Cold transactions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Select, insert, or_, select, tuple_, update

from core.clock import Micros
from core.identity.rule_world import Change
from core.identity.rules import IdentityRules
from memory.tables.identity import Sighting
from memory.tables.main import Handle, Link
from memory.tables.rows import table
from memory.units.identity.joining import BY_RULES
from memory.units.identity.linking import link, unlink_by_id
from memory.units.identity.parting import part
from memory.units.identity.rule_versions import Version, hold_in_force

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_CODE = "code"

_handle = table(Handle)
_link = table(Link)
_sighting = table(Sighting)


@dataclass(frozen=True, slots=True)
class Publication:
    """In whose name links change: the version in force, and its rules."""

    version: Version
    rules: IdentityRules

    def because(self, why: str) -> str:
        """The reason or evidence of each change; its actor is whoever published."""
        return f"{BY_RULES} {self.version.id}: {why}"


def carry_out(
    connection: Connection,
    one: Publication,
    change: Change,
    now: Micros,
    new_id: Callable[[], int],
) -> bool:
    """Make one change; false when nothing is left to do, or other rules are in force meanwhile.

    Raises `memory.units.identity.linking.IdentityProblem` when a limit forbids it.
    """
    newest = hold_in_force(connection)
    if newest is None or newest.id != one.version.id:
        return False
    if change.action == "join":
        return _join(connection, one, change, now, new_id)
    row = connection.execute(
        select(_link, _handle.c.key)
        .join(_handle, _handle.c.id == _link.c.handle_id)
        .where(_link.c.id == change.link_id, _link.c.ended_at.is_(None))
    ).first()
    if row is None:
        return False
    _keep_sighting(connection, row, change, now, new_id())
    actor, because = one.version.actor, one.because(change.why)
    if change.action == "part":
        part(connection, [row.id], actor, because, now, new_id, one.rules)
        return True
    unlink_by_id(connection, row.id, actor, because, now, new_id())
    return _again(connection, one, change, row, now, new_id)


def _join(
    connection: Connection,
    one: Publication,
    change: Change,
    now: Micros,
    new_id: Callable[[], int],
) -> bool:
    """The link that a publication ended once comes back as it was; else it is made anew."""
    ends = {
        row.key: row
        for row in connection.execute(
            select(_handle).where(_handle.c.key.in_((change.handle, change.other)))
        )
    }
    if len(ends) != 2:
        return False
    handle, other = ends[change.handle], ends[change.other]
    before = _ended_by_rules(connection, handle, other)
    if before is not None:
        return _again(connection, one, change, before, now, new_id)
    cooling = int(one.rules.cooling_off.total_seconds() * 1_000_000)
    done = link(
        connection,
        handle.key,
        other.home_customer_id,
        change.level,
        change.rule,
        _evidence(connection, change, one.because(change.why)),
        one.version.actor,
        now,
        (new_id(), new_id()),
        rules=one.rules,
        reads_from=now + cooling if change.evidence == _CODE else 0,
    )
    return done.changed


def _again(
    connection: Connection,
    one: Publication,
    change: Change,
    before: AnyRow,
    now: Micros,
    new_id: Callable[[], int],
) -> bool:
    """A link like this earlier one, by the rules that are in force now."""
    done = link(
        connection,
        before.key,
        before.customer_id,
        change.level,
        change.rule,
        before.evidence,
        one.version.actor,
        now,
        (new_id(), new_id()),
        rules=one.rules,
        reads_from=before.reads_from,
        batch_id=before.batch_id,
    )
    if done.changed and before.expires_at is not None:
        ends = update(_link).where(_link.c.id == done.link_id)
        connection.execute(ends.values(expires_at=before.expires_at))
    return done.changed


def _ended_by_rules(connection: Connection, handle: AnyRow, other: AnyRow) -> AnyRow | None:
    """The newest link between the two that a publication ended."""
    there = (_link.c.handle_id == handle.id) & (_link.c.customer_id == other.home_customer_id)
    back = (_link.c.handle_id == other.id) & (_link.c.customer_id == handle.home_customer_id)
    return connection.execute(
        select(_link, _handle.c.key)
        .join(_handle, _handle.c.id == _link.c.handle_id)
        .where(or_(there, back), _link.c.end_reason.startswith(BY_RULES))
        .order_by(_link.c.ended_at.desc(), _link.c.id.desc())
        .limit(1)
    ).first()


def _evidence(connection: Connection, change: Change, because: str) -> str:
    """What was seen, in the words of whoever saw it."""
    found = connection.execute(_between(change.handle, change.other, change.evidence)).first()
    return because if found is None else f"{found.evidence} ({because})"


def _keep_sighting(
    connection: Connection, row: AnyRow, change: Change, now: Micros, fresh: int
) -> None:
    """Remember by what the two were joined, so that other rules may join them by it again."""
    home = select(_handle.c.key).where(_handle.c.home_customer_id == row.customer_id)
    other = connection.execute(home.limit(1)).scalar()
    if other is None:
        return
    kind = change.evidence
    if connection.execute(_between(row.key, other, kind)).first() is None:
        connection.execute(
            insert(_sighting),
            {
                "id": fresh,
                "handle_key": row.key,
                "other_key": other,
                "kind": kind,
                "level": row.level,
                "evidence": row.evidence,
                "actor": row.actor,
                "created_at": row.created_at,
                "seen_at": now,
            },
        )


def _between(one: str, other: str, kind: str) -> Select[*tuple[Any, ...]]:
    pairs = ((one, other), (other, one))
    return select(_sighting).where(
        tuple_(_sighting.c.handle_key, _sighting.c.other_key).in_(pairs), _sighting.c.kind == kind
    )
