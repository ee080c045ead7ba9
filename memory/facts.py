"""What is remembered of one customer with its whole history, for people and for what is made of it.

Of several handles that tell the same thing the best founded value is the live one, and the others
are told beside it. What is personal is kept back as on the customer's page
(`memory.pages.personal`), and so is what was made of others' memory. Reads only; what a *sender*
may know is `memory.readable.context`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, select

from core.clock import Micros, from_micros
from core.facts.history import Held
from core.facts.known import PEOPLE
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance
from memory.pages.fact_words import bare_key
from memory.pages.personal import is_hidden, proved_reach
from memory.readable.drawing import drawn_of
from memory.tables.main import Customer, Handle
from memory.tables.remembered import Fact
from memory.tables.rows import table

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

_customer = table(Customer)
_fact = table(Fact)
_handle = table(Handle)

_MOST = 5_000
"""Rows that are read of one customer, the newest: more than a person would ever go through."""


@dataclass(frozen=True, slots=True)
class FactView:
    """One value that was told of a customer, by whom, where, in which message (`source`).

    It was so since `valid_from`, and until `valid_to` where that is set; we have known it since
    `recorded_at` and were last told the same at `touched_at`. It is only claimed unless it is
    `verified`. `value` is empty where it is `hidden`, and of a secret says only that there is one.

    `also` are other values that hold beside it, told by another handle or less well founded;
    `history` what it was before, the latest first. A `retired` one was wrong, and stands alone.
    """

    id: int
    handle_id: int
    handle: str
    key: str
    value: str
    source: str
    channel: str | None
    told_by: str
    level: int
    needs: int
    verified: bool
    pinned: bool
    secret: bool
    hidden: bool
    valid_from: datetime
    valid_to: datetime | None
    recorded_at: datetime
    touched_at: datetime
    due_at: datetime | None
    outcome: str | None
    retired_at: datetime | None
    retired_by: str | None
    retired_because: str | None
    superseded_by: int | None
    also: tuple[FactView, ...] = ()
    history: tuple[FactView, ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether it holds now."""
        return self.valid_to is None and self.retired_at is None


def facts_of(
    connection: Connection,
    customer_id: int,
    now: Micros | None = None,
    rules: IdentityRules = DEFAULT_RULES,
    *,
    unsealed: bool = False,
) -> Sequence[FactView]:
    """What is remembered of a customer, each thing once, those that are pinned and those told last
    first; then what holds no more; then what was retired. Nothing when there is no such customer.

    What is personal is kept back, unless somebody has proved by `now` that it is them, or it is
    `unsealed`, for the customer's own export.
    """
    handles = connection.execute(
        select(_handle).where(_handle.c.customer_id == _root(connection, customer_id))
    ).all()
    keys = {row.id: row.key for row in handles}
    if not keys:
        return ()
    reach = {} if now is None else proved_reach(connection, handles, now, rules)
    views = [
        _view(row, keys, None if unsealed else reach)
        for row in _rows(connection, keys)
        if drawn_of(row.drawn_json) <= keys.keys()
    ]
    retired = [one for one in views if one.retired_at is not None]
    by_key: dict[str, list[FactView]] = {}
    for one in views:
        if one.retired_at is None:
            by_key.setdefault(one.key, []).append(one)
    together = [_together(values) for values in by_key.values()]
    return (
        *sorted((one for one in together if one.is_live), key=_last_told, reverse=True),
        *sorted((one for one in together if not one.is_live), key=_last_told, reverse=True),
        *sorted(retired, key=_last_told, reverse=True),
    )


def _root(connection: Connection, customer_id: int) -> int:
    query = select(_customer.c.merged_into).where(_customer.c.id == customer_id)
    merged_into = connection.execute(query).scalar()
    return customer_id if merged_into is None else int(merged_into)


def _rows(connection: Connection, handle_ids: Collection[int]) -> Sequence[AnyRow]:
    return connection.execute(
        select(_fact)
        .where(_fact.c.handle_id.in_(handle_ids))
        .order_by(_fact.c.recorded_at.desc(), _fact.c.id.desc())
        .limit(_MOST)
    ).all()


def _view(row: AnyRow, keys: Mapping[int, str], reach: Mapping[int, Assurance] | None) -> FactView:
    hidden = reach is not None and is_hidden(row.needs, row.handle_id, reach) and not row.secret
    return FactView(
        id=row.id,
        handle_id=row.handle_id,
        handle=keys[row.handle_id],
        key=bare_key(row.key) if hidden else row.key,
        value="provided" if row.secret else "" if hidden else row.value,
        source=row.source,
        channel=row.channel,
        told_by=row.told_by,
        level=row.level,
        needs=row.needs,
        verified=bool(row.verified),
        pinned=bool(row.pinned),
        secret=bool(row.secret),
        hidden=hidden,
        valid_from=from_micros(row.valid_from),
        valid_to=_moment(row.valid_to),
        recorded_at=from_micros(row.recorded_at),
        touched_at=from_micros(row.touched_at),
        due_at=_moment(row.due_at),
        outcome=row.outcome,
        retired_at=_moment(row.retired_at),
        retired_by=row.retired_by,
        retired_because=row.retired_because,
        superseded_by=row.superseded_by,
    )


def _moment(micros: Micros | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def _together(values: Sequence[FactView]) -> FactView:
    """All that was told of one thing, around what holds, or held last."""
    live = [one for one in values if one.valid_to is None]
    first = max(live, key=_founded) if live else max(values, key=_ended)
    also = sorted((one for one in live if one is not first), key=_founded, reverse=True)
    before = (one for one in values if one.valid_to is not None and one is not first)
    history = sorted(before, key=_ended, reverse=True)
    return replace(first, also=tuple(also), history=tuple(history))


def _founded(one: FactView) -> tuple[tuple[int, int], datetime, int]:
    """As turns choose between them (`memory.readable.context`)."""
    by_people = one.told_by.startswith(PEOPLE)
    held = Held(one.id, "", 0, 0, one.level, one.needs, one.verified, by_people)
    return held.standing, one.touched_at, one.id


def _ended(one: FactView) -> tuple[datetime, datetime, int]:
    return one.valid_to or one.touched_at, one.valid_from, one.id


def _last_told(one: FactView) -> tuple[bool, datetime, int]:
    return one.pinned, one.touched_at, one.id
