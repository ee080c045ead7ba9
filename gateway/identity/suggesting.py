"""Looks now and then at what people have told about themselves, and suggests who may be one.

It reads beside everything else and writes little; how far it has read is kept, so that a restart
loses nothing and repeats nothing. What is a reason, and how much it counts, is memory's and the
rules' to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection

from core.clock import to_micros
from core.identity.rules import IdentityRules
from core.playbook.model import Playbook
from gateway.rounds import Round
from memory.hints import Heard, Marks, listen
from memory.store import Store
from memory.suggestions import find_candidates
from memory.units.identity.suggesting import note, propose
from memory.units.keeping import keep_value, kept_value

EVERY_SECONDS = 2.0
SETTLED = timedelta(seconds=2)
"""How old a row is before it is read: one with a lower id may still be on its way."""

_ACCOUNT, _NAME = "suggestions", "marks"
_ROWS, _KEYS = 100, 20


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look found: how many were told something new, and how many suggestions are new."""

    told: int
    new: int
    more: bool


class Suggesting:
    """Looks every `EVERY_SECONDS` while its round goes, and goes on at once while there is more.

    `kinds` are the kinds of the playbook's slots by name. `marks` is how far everything was read.
    """

    def __init__(
        self,
        store: Store,
        kinds: Callable[[], Mapping[str, str]],
        rules: Callable[[], IdentityRules],
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], int],
    ) -> None:
        self._store = store
        self._kinds = kinds
        self._rules = rules
        self._now = now
        self._new_id = new_id
        self.round = Round("suggestions", self._look_on, EVERY_SECONDS)
        self.marks: Marks | None = None

    async def look(self, settled: timedelta = SETTLED) -> Looked:
        """Take one step: what is new is kept, and what it suggests."""
        if self.marks is None:
            self.marks = await self._store.read(read_marks)
        now = self._now()
        until = (to_micros(now - settled) + 1) << 10
        heard = await self._store.read(listen, self.marks, until, self._kinds(), _ROWS)
        if heard.marks == self.marks:
            return Looked(0, 0, more=False)
        new = await self._suggest(heard)
        await self._store.run(write_marks, heard.marks, to_micros(now))
        self.marks = heard.marks
        return Looked(len(heard.keys), new, heard.more)

    async def _look_on(self) -> bool:
        return (await self.look()).more

    async def _suggest(self, heard: Heard) -> int:
        at, new = to_micros(self._now()), 0
        if heard.hints:
            await self._store.run(note, heard.hints, at, self._new_id)
        keys = sorted(heard.keys)
        for first in range(0, len(keys), _KEYS):
            some = keys[first : first + _KEYS]
            found = await self._store.read(find_candidates, some, self._rules())
            if found:
                new += await self._store.run(propose, found, at, self._new_id)
        return new


def kinds_of(playbook: Playbook) -> Mapping[str, str]:
    """The kinds of a playbook's slots by name: facts are called after slots."""
    return {name: one.kind for name, one in playbook.slots.items() if one.secret is None}


def read_marks(connection: Connection) -> Marks:
    """How far everything was read; the beginning when nothing was."""
    kept = kept_value(connection, _ACCOUNT, _NAME)
    return Marks() if kept is None else Marks(**orjson.loads(kept))


def write_marks(connection: Connection, marks: Marks, now: int) -> None:
    """Keep how far everything was read."""
    keep_value(connection, _ACCOUNT, _NAME, orjson.dumps(asdict(marks)).decode(), now)
