"""Who may read whom, worked out anew from the bare rows, by another way than the product's.

It takes links, handles and the time, and nothing that the product derived from them: no customer of
a handle, no path, no cache. Widths are those of all paths, by Floyd and Warshall.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from memory.tables.main import Handle, Link
from memory.tables.rows import table

_handle = table(Handle)
_link = table(Link)

HISTORY = 2
"""What reading over all channels needs, of the sender and of each link on the way."""


@dataclass(frozen=True, slots=True)
class Life:
    """A handle as somebody held it: a recycled number is two of them."""

    id: int
    key: str
    kind: str
    address: str
    home: int
    shared: bool
    retired: bool
    proved_level: int
    proved_until: int


@dataclass(frozen=True, slots=True)
class Truth:
    """The lives there are, and the width of the best path between any two of them."""

    lives: Mapping[int, Life]
    widths: Mapping[tuple[int, int], int]
    joined: Mapping[tuple[int, int], int]
    now: int

    def readable(self, reader: int, level: int) -> frozenset[int]:
        """The lives whose memory this sender may read over all channels, itself included."""
        if self.level(reader, level) < HISTORY:
            return frozenset()
        return frozenset(
            one for one in self.lives if one == reader or self.widths[reader, one] >= HISTORY
        )

    def holds(self, reader: int, level: int) -> int:
        """How well the sender is proved to hold its handle, alone or with others."""
        life = self.lives[reader]
        shown = life.proved_level if level >= 1 and life.proved_until > self.now else 0
        return 0 if life.retired else max(level, shown)

    def level(self, reader: int, level: int) -> int:
        """How well the sender is proved now: by its channel, or by what it showed just now."""
        life = self.lives[reader]
        if life.retired:
            return 0
        shown = life.proved_level if level >= 1 and life.proved_until > self.now else 0
        if life.shared:
            # Whoever answers a code sent to a shared mailbox reads it, and is no person yet.
            return min(max(level, shown), 2 if shown >= 3 else 1)
        return max(level, shown)

    def one_customer(self, life: int) -> frozenset[int]:
        """All lives joined to this one by links of any level."""
        return frozenset(one for one in self.lives if one == life or self.joined[life, one] > 0)


def truth(connection: Connection, now: int) -> Truth:
    """What is so at this moment."""
    lives = {
        row.id: Life(
            row.id,
            row.key,
            row.kind,
            row.address,
            row.home_customer_id,
            bool(row.shared),
            row.retired_at is not None,
            row.proved_level,
            row.proved_until,
        )
        for row in connection.execute(select(_handle))
    }
    homes = {one.home: one.id for one in lives.values()}
    reads: dict[tuple[int, int], int] = {}
    joins: dict[tuple[int, int], int] = {}
    for row in connection.execute(select(_link).where(_link.c.ended_at.is_(None))):
        one, other = row.handle_id, homes.get(row.customer_id)
        if other is None or other == one:
            continue
        joins[one, other] = joins[other, one] = max(row.level, joins.get((one, other), 0))
        level = row.level
        if row.expires_at is not None and row.expires_at <= now:
            level = 0
        if row.reads_from > now or lives[one].shared or lives[other].shared:
            level = min(level, 1)
        reads[one, other] = reads[other, one] = max(level, reads.get((one, other), 0))
    return Truth(lives, _widest(lives, reads), _widest(lives, joins), now)


def _widest(
    lives: Iterable[int], edges: Mapping[tuple[int, int], int]
) -> Mapping[tuple[int, int], int]:
    nodes = list(lives)
    width = {(one, other): edges.get((one, other), 0) for one in nodes for other in nodes}
    for middle in nodes:
        for one in nodes:
            to_middle = width[one, middle]
            if to_middle == 0:
                continue
            for other in nodes:
                through = min(to_middle, width[middle, other])
                if through > width[one, other]:
                    width[one, other] = through
    return width
