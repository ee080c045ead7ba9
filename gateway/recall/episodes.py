"""Makes episodes of what is over, beside everything else, a few at a time.

How far it has looked is kept, so that a restart repeats nothing and loses nothing. What an episode
is, and how it is written, is core's and memory's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection

from core.clock import to_micros
from gateway.rounds import Round
from memory.episode_sources import Marks, Plan, Stretch, find_ended, plan_case, plan_sessions
from memory.store import Store
from memory.units.keeping import keep_value, kept_value
from memory.units.remembering.episodes import spoiled, write_case, write_sessions

EVERY_SECONDS = 10.0
SETTLED = timedelta(seconds=2)
"""How old a row is before it is looked at: an earlier one may still be on its way."""

_ACCOUNT, _NAME = "episodes", "marks"
_ROWS, _AGAIN = 100, 20
_AT_ONCE = 200
"""Messages that are read again in one transaction, unless one session alone has more."""


@dataclass(frozen=True, slots=True)
class Made:
    """What one look made: new episodes, and whether there is more to look at."""

    new: int
    more: bool


class EpisodeWork:
    """Looks every `EVERY_SECONDS` while its round goes, and goes on at once while there is more."""

    def __init__(
        self, store: Store, *, now: Callable[[], datetime], new_id: Callable[[], int]
    ) -> None:
        self._store = store
        self._now = now
        self._new_id = new_id
        self.round = Round("episodes", self._look_on, EVERY_SECONDS)
        self.marks: Marks | None = None

    async def look(self, settled: timedelta = SETTLED) -> Made:
        """Take one step: what ended since the last one, and what has to be made again."""
        if self.marks is None:
            self.marks = await self._store.read(read_marks)
        now = to_micros(self._now() - settled)
        ended = await self._store.read(find_ended, self.marks, now, _ROWS)
        handles, cases = await self._store.read(spoiled, _AGAIN)
        new = 0
        for handle_id in dict.fromkeys((*ended.handles, *handles)):
            new += await self._sessions(handle_id, now)
        for case_id in dict.fromkeys((*ended.cases, *cases)):
            stretch = await self._store.read(plan_case, case_id)
            new += await self._store.run(write_case, case_id, stretch, now, self._new_id)
        if ended.marks != self.marks:
            await self._store.run(write_marks, ended.marks, now)
            self.marks = ended.marks
        return Made(new, ended.more or bool(handles or cases))

    async def _look_on(self) -> bool:
        return (await self.look()).more

    async def _sessions(self, handle_id: int, now: int) -> int:
        plan, new = await self._store.read(plan_sessions, handle_id, now), 0
        for one in chunks(plan):
            new += await self._store.run(write_sessions, handle_id, one, now, self._new_id)
        return new


def chunks(plan: Plan) -> Iterator[Plan]:
    """The plan in pieces that do not hold the writer; together they cover all of its time."""
    after, some, messages = plan.after, list[Stretch](), 0
    for one in plan.stretches:
        if some and messages + one.messages > _AT_ONCE:
            yield Plan(after, some[-1].started_at, tuple(some))
            after, some, messages = some[-1].started_at, [], 0
        some.append(one)
        messages += one.messages
    yield Plan(after, plan.until, tuple(some))


def read_marks(connection: Connection) -> Marks:
    """How far was looked; the beginning when nothing was."""
    kept = kept_value(connection, _ACCOUNT, _NAME)
    return Marks() if kept is None else Marks(**orjson.loads(kept))


def write_marks(connection: Connection, marks: Marks, now: int) -> None:
    """Keep how far was looked."""
    keep_value(connection, _ACCOUNT, _NAME, orjson.dumps(asdict(marks)).decode(), now)
