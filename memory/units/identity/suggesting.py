"""Keeping what was told and what it suggests, and deciding a suggestion: joined, or set apart.

A decision is a person's. What was set apart, or parted by a person, is never suggested again, also
not when either of the two is joined with somebody else. Cold transactions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, Row, and_, insert, or_, select, text, update

from core.clock import Micros
from core.identity.graph import LOGIN_KIND
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance
from memory.hints import Hint
from memory.suggestions import Candidate
from memory.tables.identity import Suggestion
from memory.tables.main import Handle, Link
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.identity.joining import HARMLESS
from memory.units.identity.linking import Changed, merge, resolve_customer, unlink_by_id
from memory.units.identity.reversal import CannotUndo, Reversal

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

ACTOR = "gateway"
JOIN, APART = "join-suggestion", "set-apart"
OPEN = "open"
SYSTEM = "the business's own system"
"""Who says, as a reason, what `memory.units.identity.provisioning` could not join."""

_handle = table(Handle)
_link = table(Link)
_suggestion = table(Suggestion)
_note = text(
    "insert into sighting (id, handle_key, other_key, kind, level, evidence, actor, created_at,"
    " seen_at) values (:id, :handle_key, :other_key, :kind, 0, :words, :actor, :now, :now)"
    " on conflict (handle_key, other_key, kind) do update set seen_at = excluded.seen_at"
)


class SuggestionProblem(Exception):
    """A suggestion that cannot be decided, in words. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided. `customer_id` is whom the two are now, when they were joined."""

    id: int
    status: str
    customer_id: int | None
    link_id: int | None


def note(
    connection: Connection, hints: Sequence[Hint], now: Micros, new_id: Callable[[], int]
) -> None:
    """Remember what was told: it proves nothing. Who was erased since it was heard told nothing."""
    keys = {one.handle_key for one in hints}
    here = select(_handle.c.key).where(_handle.c.key.in_(keys))
    known = set(connection.execute(here).scalars()) if keys else set()
    hints = [one for one in hints if one.handle_key in known]
    if hints:
        connection.execute(
            _note,
            [
                {
                    "id": new_id(),
                    "handle_key": one.handle_key,
                    "other_key": one.other_key,
                    "kind": one.kind,
                    "words": one.words,
                    "actor": ACTOR,
                    "now": now,
                }
                for one in hints
            ],
        )


def propose(
    connection: Connection, candidates: Sequence[Candidate], now: Micros, new_id: Callable[[], int]
) -> int:
    """Suggest these pairs, except what a person has decided already; how many are new."""
    return sum(_propose(connection, one, now, new_id) for one in candidates)


def join(
    connection: Connection,
    suggestion_id: int,
    evidence: str,
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
    rules: IdentityRules = DEFAULT_RULES,
) -> Decided:
    """The two are one: they are merged at level 2, with the reasons as evidence.

    Raises `SuggestionProblem`, and `memory.units.identity.linking.IdentityProblem` when they may
    not be.
    """
    row = _open_row(connection, suggestion_id)
    reasons = "; ".join(one[1] for one in orjson.loads(row.reasons_json))
    said = f"{evidence.strip()}; {reasons}" if evidence.strip() else reasons
    changed = merge(
        connection,
        row.one_id,
        row.other_id,
        Assurance.AUTHENTICATED,
        said,
        actor,
        now,
        (new_id(), new_id()),
        rules=rules,
    )
    _decide(connection, row.id, "joined", actor, now)
    _write_down(connection, row, JOIN, actor, now, new_id(), changed)
    return Decided(row.id, "joined", changed.customer_id, changed.link_id or None)


def set_apart(
    connection: Connection,
    suggestion_id: int,
    reason: str,
    actor: str,
    now: Micros,
    new_id: Callable[[], int],
) -> Decided:
    """The two are not one, and are never suggested again. Raises `SuggestionProblem`."""
    row = _open_row(connection, suggestion_id)
    _decide(connection, row.id, "apart", actor, now)
    record(connection, new_id(), now, actor, APART, f"suggestion:{row.id}", {
        "suggestion_id": str(row.id),
        "customers": [str(row.one_id), str(row.other_id)],
        "reason": reason,
    })  # fmt: skip
    return Decided(row.id, "apart", None, None)


def undo_join(connection: Connection, one: Reversal) -> tuple[int, ...]:
    """End the link, and let the question be open again."""
    link_id = int(one.detail["link_id"])
    if not link_id:
        raise CannotUndo("the two were one already when this was decided")
    done = unlink_by_id(connection, link_id, one.actor, one.reason, one.now, one.new_id())
    _reopen(connection, one, "joined")
    return done.customers


def undo_apart(connection: Connection, one: Reversal) -> tuple[int, ...]:
    """Let the question be open again."""
    _reopen(connection, one, "apart")
    return tuple(int(each) for each in one.detail["customers"])


def _reopen(connection: Connection, one: Reversal, status: str) -> None:
    done = connection.execute(
        update(_suggestion)
        .where(_suggestion.c.id == int(one.detail["suggestion_id"]), _suggestion.c.status == status)
        .values(status=OPEN, decided_by=None, updated_at=one.now)
    )
    if not done.rowcount:
        raise CannotUndo("the suggestion was decided otherwise since")


def _propose(
    connection: Connection, one: Candidate, now: Micros, new_id: Callable[[], int]
) -> bool:
    found = connection.execute(
        select(_handle).where(_handle.c.key.in_((one.one_key, one.other_key)))
    )
    rows = {row.key: row for row in found}
    if len(rows) < 2:
        return False
    first, second = rows[one.one_key], rows[one.other_key]
    if first.customer_id == second.customer_id:
        return False
    if _two_logins(connection, first.customer_id, second.customer_id):
        return False
    sides = [_homes(connection, row.customer_id) for row in (first, second)]
    known = _between(connection, *sides)
    if any(row.status != OPEN for row in known) or _parted(connection, *sides):
        return False
    reasons = orjson.dumps([[each.kind, each.words, each.weight] for each in one.reasons]).decode()
    if known:
        best = known[0]
        if (best.score, best.reasons_json) != (one.score, reasons):
            connection.execute(
                update(_suggestion)
                .where(_suggestion.c.id == best.id)
                .values(score=one.score, reasons_json=reasons, updated_at=now)
            )
        return False
    connection.execute(
        insert(_suggestion),
        {
            "id": new_id(),
            "one_id": min(first.home_customer_id, second.home_customer_id),
            "other_id": max(first.home_customer_id, second.home_customer_id),
            "score": one.score,
            "reasons_json": reasons,
            "created_at": now,
            "updated_at": now,
        },
    )
    return True


def _two_logins(connection: Connection, one: int, other: int) -> bool:
    """Whether each of the two has a login: then they can never be one."""
    query = (
        select(_handle.c.customer_id)
        .where(_handle.c.customer_id.in_((one, other)), _handle.c.kind == LOGIN_KIND)
        .distinct()
    )
    return len(connection.execute(query).all()) > 1


def _homes(connection: Connection, root: int) -> dict[int, int]:
    """The ids under which a customer's handles began, with each one's handle."""
    rows = connection.execute(
        select(_handle.c.home_customer_id, _handle.c.id).where(_handle.c.customer_id == root)
    )
    return {row.home_customer_id: row.id for row in rows}


def _between(connection: Connection, ones: dict[int, int], others: dict[int, int]) -> list[AnyRow]:
    """What was suggested about these two, under whichever ids."""
    return list(
        connection.execute(
            select(_suggestion)
            .where(
                or_(
                    and_(_suggestion.c.one_id.in_(ones), _suggestion.c.other_id.in_(others)),
                    and_(_suggestion.c.one_id.in_(others), _suggestion.c.other_id.in_(ones)),
                )
            )
            .order_by(_suggestion.c.id)
        ).all()
    )


def _parted(connection: Connection, ones: dict[int, int], others: dict[int, int]) -> bool:
    """Whether somebody has ended a link between the two."""
    query = select(_link.c.id).where(
        or_(
            and_(_link.c.handle_id.in_(ones.values()), _link.c.customer_id.in_(others)),
            and_(_link.c.handle_id.in_(others.values()), _link.c.customer_id.in_(ones)),
        ),
        _link.c.ended_at.is_not(None),
        *(~_link.c.end_reason.startswith(one) for one in HARMLESS),
    )
    return connection.execute(query.limit(1)).first() is not None


def _open_row(connection: Connection, suggestion_id: int) -> AnyRow:
    row = connection.execute(
        select(_suggestion).where(_suggestion.c.id == suggestion_id).with_for_update()
    ).first()
    if row is None:
        raise SuggestionProblem(f"there is no suggestion {suggestion_id}")
    if row.status != OPEN:
        how = "joined" if row.status == "joined" else "set apart"
        raise SuggestionProblem(f"they were {how} already, by {row.decided_by}")
    if resolve_customer(connection, row.one_id) == resolve_customer(connection, row.other_id):
        raise SuggestionProblem("they are one customer already")
    return row


def _decide(
    connection: Connection, suggestion_id: int, status: str, actor: str, now: Micros
) -> None:
    connection.execute(
        update(_suggestion)
        .where(_suggestion.c.id == suggestion_id)
        .values(status=status, decided_by=actor, updated_at=now)
    )


def _write_down(
    connection: Connection,
    row: AnyRow,
    action: str,
    actor: str,
    now: Micros,
    audit_id: int,
    changed: Changed,
) -> None:
    record(connection, audit_id, now, actor, action, f"suggestion:{row.id}", {
        "suggestion_id": str(row.id),
        "link_id": str(changed.link_id),
        "customers": [str(one) for one in changed.customers],
        "score": row.score,
    })  # fmt: skip
