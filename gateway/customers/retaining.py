"""Lets go what was kept for long enough, a few rows at a time, beside all messages; and forgets in
this process whom another one has erased.

Once a pass is through, the next begins hours later. Which rows go is `memory.retention`'s to say;
how long each class is kept, the settings'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog
from sqlalchemy import Connection, func, select

from core.clock import to_micros
from gateway.files import FileStore
from gateway.rounds import Round
from gateway.settings.memory import Retention
from memory.named_files import named_by_nobody
from memory.retention import KINDS, Key, cutoff, old_rows
from memory.store import Store
from memory.tables.main import Audit
from memory.tables.rows import table
from memory.units.erasing.retention import cut
from memory.units.erasing.whole import ERASE

log = structlog.get_logger(__name__)

EVERY_SECONDS = 60.0
PAUSE = timedelta(hours=6)
"""Between two passes over all that is stored."""

CHUNK = 50
"""Rows that go in one transaction, with all that hangs on them."""

_OVERLAP = 600_000_000 << 10
"""Ten minutes of ids (`core.clock`): what another process wrote may be seen later than its id."""

_audit = table(Audit)


class Retaining:
    """Looks every `EVERY_SECONDS`. `forget` drops what this process remembers of a customer."""

    def __init__(
        self,
        store: Store,
        files: FileStore,
        settings: Retention,
        *,
        forget: Callable[[int], None],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._files = files
        self._days = days_of(settings)
        self._forget = forget
        self._now = now
        self._names = [name for name in KINDS if self._days[name]]
        self._at: tuple[int, Key] = (0, ())
        self._next: datetime | None = None
        self._seen = 0
        self._forgotten: frozenset[int] = frozenset()
        self.round = Round("retaining", self.look, EVERY_SECONDS)

    async def look(self) -> bool:
        """One chunk of the pass that is under way, or is due; whether there is more."""
        await self._forget_erased()
        if not self._names or (self._next is not None and self._now() < self._next):
            return False
        number, after = self._at
        name = self._names[number]
        before = cutoff(self._days[name], to_micros(self._now()))
        assert before is not None
        keys, last = await self._store.read(old_rows, name, before, after, CHUNK)
        if keys:
            await self._cut(name, keys, before)
        if last is not None:
            self._at = (number, last)
            return True
        self._at = ((number + 1) % len(self._names), ())
        self._next = self._now() + PAUSE if self._at == (0, ()) else None
        return self._next is None

    async def _cut(self, name: str, keys: Sequence[Key], before: int) -> None:
        rows, files = await self._store.run(cut, name, keys, before)
        unnamed = await self._store.read(named_by_nobody, files) if files else []
        for reference in unnamed:
            await self._files.drop(reference)
        log.info("retention", kind=name, rows=rows, files=len(unnamed))

    async def _forget_erased(self) -> None:
        """Whom a command or another process erased, this one remembers no longer."""
        newest = await self._store.read(_newest)
        erased = await self._store.read(_erased_since, self._seen)
        for row_id in erased.keys() - self._forgotten:
            self._forget(erased[row_id])
        self._forgotten = frozenset(erased)
        self._seen = newest - _OVERLAP


def days_of(retention: Retention) -> Mapping[str, int]:
    """For how many days each kind is kept; 0 is for ever."""
    days = {
        "messages_days": retention.messages_days,
        "facts_days": retention.facts_days,
        "turns_days": retention.turns_days,
        "files_days": retention.files_days,
        "log_days": retention.log_days,
    }
    return MappingProxyType({name: days[kind.setting] for name, kind in KINDS.items()})


def _newest(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(_audit.c.id), 0))).scalar_one())


def _erased_since(connection: Connection, seen: int) -> dict[int, int]:
    """Who was erased, by the row of the log that says so."""
    rows = connection.execute(
        select(_audit.c.id, _audit.c.subject).where(_audit.c.id > seen, _audit.c.action == ERASE)
    )
    return {row.id: int(row.subject.partition(":")[2]) for row in rows}
