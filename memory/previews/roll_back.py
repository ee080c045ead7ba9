"""What taking back one source would do, found out by doing it and undoing it at once.

As `memory.previews.rehearsals`: within a savepoint that never lasts, on a writing connection. What
is personal is kept back, for it is about several customers. A cold transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.clock import Micros
from memory.pages.fact_words import label_of
from memory.pages.personal import is_hidden
from memory.pages.rows import AnyRow, display_names
from memory.previews.rehearsals import taken_back
from memory.tables.main import Handle
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.remembering.facts import roll_back

_ACTOR = "rehearsal"

_fact = table(Fact)
_handle = table(Handle)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """One fact that would hold no more, and what would hold `again` in its place."""

    id: int
    customer_id: int
    customer_name: str
    label: str
    value: str
    hidden: bool
    again: str | None


@dataclass(frozen=True, slots=True)
class RollBackPreview:
    """What would be taken back, the newest first; `more` says that there is more than that."""

    source: str
    facts: tuple[TakenBack, ...]
    more: bool


def roll_back_preview(
    connection: Connection, source: str, now: Micros, new_id: Callable[[], int]
) -> RollBackPreview:
    """What would become of all that was learned from a source."""
    with taken_back(connection):
        roll_back(connection, source, _ACTOR, _ACTOR, now, new_id)
        gone = connection.execute(
            select(_fact, _handle.c.customer_id)
            .join(_handle, _handle.c.id == _fact.c.handle_id)
            .where(_fact.c.retired_by == _ACTOR, _fact.c.retired_at == now)
            .order_by(_fact.c.id.desc())
        ).all()
        again = _holding(connection, gone)
        more = roll_back(connection, source, _ACTOR, _ACTOR, now, new_id) > 0
    names = display_names(connection, {one.customer_id for one in gone})
    facts = tuple(
        TakenBack(
            id=one.id,
            customer_id=one.customer_id,
            customer_name=names[one.customer_id],
            label=label_of(one.key),
            value=_shown(one),
            hidden=_is_hidden(one),
            again=again.get((one.handle_id, one.key)),
        )
        for one in gone
    )
    return RollBackPreview(source, facts, more)


def _holding(connection: Connection, gone: Sequence[AnyRow]) -> dict[tuple[int, str], str]:
    """What holds in these places now."""
    places = {(one.handle_id, one.key) for one in gone}
    rows = connection.execute(
        select(_fact).where(
            _fact.c.handle_id.in_({handle for handle, _ in places}),
            _fact.c.key.in_({key for _, key in places}),
            _fact.c.valid_to.is_(None),
            _fact.c.retired_at.is_(None),
        )
    )
    found = ((one.handle_id, one.key, _shown(one) or "hidden") for one in rows)
    return {(handle, key): value for handle, key, value in found if (handle, key) in places}


def _is_hidden(row: AnyRow) -> bool:
    return not row.secret and is_hidden(row.needs, row.handle_id, {})


def _shown(row: AnyRow) -> str:
    if row.secret:
        return "provided"
    return "" if _is_hidden(row) else str(row.value)
