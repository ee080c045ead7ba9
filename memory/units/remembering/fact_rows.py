"""Writing down what was told of somebody, and taking it back, with its whole history.

Nothing is ever written over or deleted: what no longer holds has an end, what was wrong is marked.
Where a telling belongs is worked out by `core.facts.history`. Only within the transactions of
others, which have locked the customer; turns write through here as well, so that it is quick.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

import orjson
from sqlalchemy import Connection, Row, bindparam, delete, insert, select, union_all, update

from core.clock import Micros
from core.facts.history import Held, Told, place, same_value, without
from core.facts.known import PEOPLE
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.identity.reversal import UNDONE
from memory.units.prepared import write

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

RULE, MODEL = "rule", "model:"
"""Tellers that guess: what people retired, they do not tell again, wherever they find it."""

PREFERENCE, PROMISED = "preference:", "promise:"
"""How the keys begin of how somebody likes it, and of promises."""


_fact = table(Fact)

WORST_FOUNDED_FIRST = (
    _fact.c.told_by.startswith(PEOPLE, autoescape=True),
    _fact.c.verified,
    _fact.c.level,
    _fact.c.id,
)
"""The order of values that hold at once, the one that counts last (`Held.standing`), among facts
that need no more than a channel's own proof."""


@dataclass(frozen=True, slots=True)
class Telling:
    """That this is so of whoever has the handle, since `valid_from` or, without one, since now.

    The other fields are as in the table (`memory.tables.remembered.Fact`); `drawn` are other
    handles that it was made from.
    """

    handle_id: int
    key: str
    value: str
    source: str
    level: int
    told_by: str = "customer"
    channel: str | None = None
    verified: bool = False
    needs: int = 0
    secret: bool = False
    valid_from: Micros | None = None
    due_at: Micros | None = None
    drawn: Collection[int] = ()


class Given(NamedTuple):
    """One telling with the id that its row would have, and when it is told."""

    id: int
    telling: Telling
    now: Micros


_Place: TypeAlias = tuple[int, str]

_history = select(
    _fact.c.handle_id,
    _fact.c.key,
    _fact.c.id,
    _fact.c.value,
    _fact.c.valid_from,
    _fact.c.touched_at,
    _fact.c.level,
    _fact.c.needs,
    _fact.c.verified,
    _fact.c.told_by,
    _fact.c.valid_to,
    _fact.c.superseded_by,
    _fact.c.retired_at,
    _fact.c.retired_because,
    _fact.c.source,
).where(
    _fact.c.handle_id.in_(bindparam("handles", expanding=True)),
    _fact.c.key.in_(bindparam("keys", expanding=True)),
)
_living = _fact.c.retired_at.is_(None)
# Three looks at as many indexes, so that what is long over costs nothing.
_known = union_all(
    _history.where(_fact.c.valid_to.is_(None), _living),
    _history.where(_fact.c.valid_to > bindparam("since"), _living),
    _history.where(_fact.c.retired_at.is_not(None)),
)
_insert = insert(_fact)
_change = (
    update(_fact)
    .where(_fact.c.id == bindparam("row"))
    .values(
        valid_from=bindparam("since"),
        touched_at=bindparam("touched"),
        level=bindparam("proved"),
        needs=bindparam("needed"),
        verified=bindparam("sure"),
        valid_to=bindparam("until"),
        superseded_by=bindparam("by"),
    )
)
_FIRST: Micros = -1


def lay(connection: Connection, given: Sequence[Given]) -> list[Told]:
    """Write these down, in this order; what became of each."""
    if not given:
        return []
    since = min(_since(one) for one in given)
    histories = _Histories(connection, [_place_of(one.telling) for one in given], since)
    outcomes = [histories.tell(one) for one in given]
    histories.save()
    return outcomes


def take_back(
    connection: Connection,
    fact_ids: Collection[int],
    by: str,
    because: str,
    now: Micros,
) -> None:
    """Let it be as if these had never been told, and mark them as retired. What they took the
    place of holds again, unless somebody has told something newer since."""
    places = select(_fact.c.handle_id, _fact.c.key).where(_fact.c.id.in_(fact_ids)).distinct()
    rows = connection.execute(places).all()
    histories = _Histories(connection, [(row.handle_id, row.key) for row in rows], _FIRST)
    histories.remove(fact_ids)
    histories.save()
    gone = update(_fact).where(_fact.c.id.in_(fact_ids))
    ended = gone.where(_fact.c.valid_to.is_(None))
    connection.execute(ended.values(valid_to=now))
    connection.execute(
        gone.where(_fact.c.retired_at.is_(None)).values(
            superseded_by=None, retired_at=now, retired_by=by, retired_because=because
        )
    )


def put_back(connection: Connection, fact_ids: Collection[int]) -> None:
    """Let retired facts be told again, each where it belongs among what is known now."""
    again = _fact.c.id.in_(fact_ids) & _fact.c.retired_at.is_not(None)
    rows = connection.execute(select(_fact).where(again).order_by(_fact.c.valid_from)).all()
    histories = _Histories(connection, [(row.handle_id, row.key) for row in rows], _FIRST)
    for row in rows:
        histories.return_one(row)
    connection.execute(
        update(_fact).where(again).values(retired_at=None, retired_by=None, retired_because=None)
    )
    histories.save()


def forget_told(
    connection: Connection, handle_id: int, source: str, now: Micros, *, guesses: bool = False
) -> None:
    """Delete what this handle told in a message whose words are gone, or only what was guessed from
    it; what it had taken the place of holds again."""
    told = (_fact.c.handle_id == handle_id) & (_fact.c.source == source)
    if guesses:
        by_model = _fact.c.told_by.startswith(MODEL, autoescape=True)
        told &= (_fact.c.told_by == RULE) | by_model
    ids = list(connection.execute(select(_fact.c.id).where(told)).scalars())
    if ids:
        take_back(connection, ids, "", "the message was taken back", now)
        connection.execute(delete(_fact).where(_fact.c.id.in_(ids)))


def fact_row(one: Given) -> dict[str, object]:
    """The row of a telling that nothing contradicts."""
    told, since = one.telling, _since(one)
    return {
        "id": one.id,
        "handle_id": told.handle_id,
        "key": told.key,
        "value": told.value,
        "source": told.source,
        "level": told.level,
        "needs": told.needs,
        "secret": told.secret,
        "recorded_at": one.now,
        "valid_from": since,
        "touched_at": since,
        "valid_to": None,
        "superseded_by": None,
        "channel": told.channel,
        "told_by": told.told_by,
        "verified": told.verified,
        "due_at": told.due_at,
        "drawn_json": orjson.dumps({"drawn": sorted(told.drawn)}).decode() if told.drawn else None,
    }


class _Histories:
    """The histories of some facts as they were read and as they are to be written."""

    def __init__(self, connection: Connection, places: Sequence[_Place], since: Micros) -> None:
        self._connection = connection
        self._held: dict[_Place, dict[int, Held]] = {one: {} for one in places}
        self._retired: dict[_Place, list[AnyRow]] = {}
        self._new: dict[int, dict[str, object]] = {}
        self._changed: dict[int, Held] = {}
        if not places:
            return
        asked = {
            "handles": list({handle for handle, _ in places}),
            "keys": list({key for _, key in places}),
            "since": since,
        }
        for row in connection.execute(_known, asked):
            one = (row.handle_id, row.key)
            if one in self._held:
                self._read(one, row)

    def _read(self, place_: _Place, row: AnyRow) -> None:
        if row.retired_at is None:
            self._held[place_][row.id] = _held(row)
        elif not (row.retired_because or "").startswith(UNDONE):
            # A correction that was taken back was no finding that its value is wrong.
            self._retired.setdefault(place_, []).append(row)

    def tell(self, one: Given) -> Told:
        """Put one telling where it belongs."""
        told, at = one.telling, _place_of(one.telling)
        retired = self._retired.get(at)
        if retired is not None and _is_refused(told, retired):
            return Told.REFUSED
        since = _since(one)
        new = Held(
            one.id, told.value, since, since, told.level, told.needs, told.verified,
            told.told_by.startswith(PEOPLE),
        )  # fmt: skip
        placed = place(list(self._held[at].values()), new)
        self._keep(at, placed.changed)
        if placed.new is not None:
            self._held[at][one.id] = placed.new
            self._new[one.id] = fact_row(one)
            self._keep(at, (placed.new,))
        return placed.told

    def remove(self, fact_ids: Collection[int]) -> None:
        """Take these out."""
        for at, held in self._held.items():
            gone = held.keys() & set(fact_ids)
            self._keep(at, without(list(held.values()), gone))
            for one in gone:
                del held[one]
                self._changed.pop(one, None)

    def return_one(self, row: AnyRow) -> None:
        """Take a retired one in again; beside the same value, it ends where that begins."""
        at = (row.handle_id, row.key)
        placed = place(list(self._held[at].values()), _fresh(row))
        self._keep(at, placed.changed)
        ended = replace(_fresh(row), valid_to=row.valid_from)
        self._keep(at, (ended if placed.new is None else placed.new,))

    def _keep(self, at: _Place, changed: Iterable[Held]) -> None:
        for one in changed:
            self._held[at][one.id] = one
            if one.id in self._new:
                self._new[one.id].update(_state(one))
            else:
                self._changed[one.id] = one

    def save(self) -> None:
        """Write what is new and what is otherwise now."""
        if self._changed:
            write(self._connection, _change, [_columns(one) for one in self._changed.values()])
        if self._new:
            write(self._connection, _insert, list(self._new.values()))


def _held(row: AnyRow) -> Held:
    return replace(_fresh(row), valid_to=row.valid_to, superseded_by=row.superseded_by)


def _fresh(row: AnyRow) -> Held:
    """As it was when it was told."""
    return Held(
        row.id,
        row.value,
        row.valid_from,
        row.touched_at,
        row.level,
        row.needs,
        bool(row.verified),
        row.told_by.startswith(PEOPLE),
    )


def _state(one: Held) -> Mapping[str, object]:
    """What of a row may change after it was told."""
    return {
        "valid_from": one.valid_from,
        "touched_at": one.touched_at,
        "level": one.level,
        "needs": one.needs,
        "verified": one.verified,
        "valid_to": one.valid_to,
        "superseded_by": one.superseded_by,
    }


def _columns(one: Held) -> Mapping[str, object]:
    return {
        "row": one.id,
        "since": one.valid_from,
        "touched": one.touched_at,
        "proved": one.level,
        "needed": one.needs,
        "sure": one.verified,
        "until": one.valid_to,
        "by": one.superseded_by,
    }


def _is_refused(told: Telling, retired: Sequence[AnyRow]) -> bool:
    """What people have found wrong is not told again out of the same source, nor by a guess."""
    guessed = told.told_by == RULE or told.told_by.startswith(MODEL)
    return any(
        same_value(one.value, told.value) and (guessed or one.source == told.source)
        for one in retired
    )


def _place_of(told: Telling) -> _Place:
    return told.handle_id, told.key


def _since(one: Given) -> Micros:
    return one.now if one.telling.valid_from is None else one.telling.valid_from


NewId: TypeAlias = Callable[[], int]
