"""Whom an erasure is about, and one call of it under way: what it may still do, and has done.

While traces of an address are still looked for, the row of its handle keeps the address, so that a
call after a crash knows it; nothing else finds the row by it. Only within
`memory.units.erasing.whole`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, delete, or_, select, tuple_

from core.clock import Micros
from memory.tables.main import Handle, Link
from memory.tables.rows import table
from memory.units.identity.retiring import retired_key

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

ERASED = "erased"
"""The kind of a handle that is being erased."""

_handle = table(Handle)
_link = table(Link)


@dataclass(frozen=True, slots=True)
class Life:
    """One handle's time with its address: `plain` is the key it had in use, `until` when it ended
    (the next holder's rows have the same key), `since` when it began after somebody else's."""

    id: int
    plain: str
    since: Micros
    until: Micros

    @property
    def keys(self) -> tuple[str, str]:
        """The key in use, and the one after the address began anew."""
        return self.plain, retired_key(self.plain, self.id)

    def named(self, key: ColumnElement[str], at: ColumnElement[int]) -> ColumnElement[bool]:
        """Rows that name this handle: by its own key, or by the plain one within its time."""
        plain, own = self.keys
        return or_(key == own, and_(key == plain, at >= self.since, at <= self.until))

    def was_at(self, at: Micros) -> bool:
        """Whether the address was this handle's then."""
        return self.since <= at <= self.until


class Work:
    """One call. `left` is how much it may still do: a row that goes is one."""

    def __init__(
        self, connection: Connection, handles: Sequence[AnyRow], customer_id: int, most: int
    ) -> None:
        self.connection = connection
        self.handles = handles
        self.customer_id = customer_id
        self.left = most
        self.counts: Counter[str] = Counter()
        self.files: set[str] = set()

    @cached_property
    def ids(self) -> frozenset[int]:
        """The handles that are erased."""
        return frozenset(int(one.id) for one in self.handles)

    @cached_property
    def homes(self) -> frozenset[int]:
        """The customers that were made with them."""
        return frozenset(int(one.home_customer_id) for one in self.handles)

    @cached_property
    def lives(self) -> tuple[Life, ...]:
        """The addresses of which traces may be left."""
        return tuple(
            Life(
                one.id,
                one.address,
                0 if one.succeeds is None else one.created_at,
                one.retired_at,
            )
            for one in self.handles
            if ":" in one.address
        )

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every key they are named by."""
        return frozenset(key for one in self.lives for key in one.keys)

    @cached_property
    def met(self) -> tuple[frozenset[int], frozenset[int]]:
        """Every handle and every customer that was ever joined to these, however far."""
        handles, customers = set(self.ids), set(self.homes)
        while True:
            rows = self.connection.execute(
                select(_link.c.handle_id, _link.c.customer_id, _handle.c.home_customer_id)
                .join(_handle, _handle.c.id == _link.c.handle_id)
                .where(or_(_link.c.handle_id.in_(handles), _link.c.customer_id.in_(customers)))
            ).all()
            known = len(handles) + len(customers)
            handles |= {row.handle_id for row in rows}
            customers |= {one for row in rows for one in (row.customer_id, row.home_customer_id)}
            if len(handles) + len(customers) == known:
                return frozenset(handles), frozenset(customers)

    @property
    def others(self) -> frozenset[int]:
        """Handles that were taken for theirs at some time, and stay."""
        return self.met[0] - self.ids

    def delete(self, one: Table, *where: ColumnElement[bool]) -> bool:
        """Delete these rows as far as this call goes; whether none is left."""
        if self.left <= 0:
            return False
        keys = tuple(one.primary_key.columns)
        picked = select(*keys).where(*where).limit(self.left)
        key = keys[0] if len(keys) == 1 else tuple_(*keys)
        gone = self.connection.execute(delete(one).where(key.in_(picked))).rowcount
        all_gone = gone < self.left
        self.gone(one, gone)
        return all_gone

    def delete_all(self, one: Table, *where: ColumnElement[bool]) -> None:
        """Delete these rows, which hang on what was counted as done already."""
        gone = self.connection.execute(delete(one).where(*where)).rowcount
        if gone:
            self.counts[str(one.name)] += gone

    def gone(self, one: Table, rows: int) -> None:
        """Count rows that went, or lost what they said."""
        if rows:
            self.counts[str(one.name)] += rows
            self.left -= rows
