"""Has a language model sum up what is over and look for facts in it, where the settings say so.

One episode at a time, beside everything else: no turn waits for it. How far it has come is kept,
and begins where it was switched on. A model that is away is asked again later, and an episode that
it cannot do is left as it is, with its head. What it is asked, and what of its answers may stand,
is said in `gateway.model.tasks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from core.clock import to_micros
from core.facts.episode_head import Line
from core.facts.model_checks import Refusal
from core.playbook.model import Playbook
from gateway.model.client import Failure, LanguageModel, Trouble
from gateway.model.tasks import fact_keys, find_facts, summarise
from gateway.rounds import Round
from memory.episode_sources import read_lines
from memory.episodes import SESSION
from memory.store import Store
from memory.units.keeping import keep_value, kept_value
from memory.units.remembering.model_output import Waiting, learn, sum_up, waiting

log = structlog.get_logger(__name__)

EVERY_SECONDS = 15.0
PAUSE = timedelta(minutes=1)
"""How long a model that failed is left alone."""

TRIES = 3
_ACCOUNT, _NAME = "language-model", "mark"
_AT_ONCE = 5
_DENIED = (401, 403, 404)
"""Whom it does not know, or what it does not have, it will not do for another episode either."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """What a model is asked for."""

    summaries: bool
    facts: bool


class ModelWork:
    """Looks every `EVERY_SECONDS` while its round goes, and goes on at once while there is more.

    `counts` says since the start what was made and what was refused, by reason.
    """

    def __init__(
        self,
        store: Store,
        model: LanguageModel,
        tasks: Tasks,
        playbook: Callable[[], Playbook],
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], int],
    ) -> None:
        self._store = store
        self._model = model
        self._tasks = tasks
        self._playbook = playbook
        self._now = now
        self._new_id = new_id
        self._resting_until: datetime | None = None
        self._tries: Counter[int] = Counter()
        self.round = Round("language-model", self.look, EVERY_SECONDS)
        self.counts: Counter[str] = Counter()

    async def look(self) -> bool:
        """Take a few episodes; whether there are more to go on with at once."""
        now = self._now()
        if self._resting_until is not None and now < self._resting_until:
            return False
        mark = await self._store.run(mark_of, to_micros(now))
        found = await self._store.read(waiting, mark, _AT_ONCE)
        for one in found:
            failure = await self._take(one)
            if failure is not None and not self._give_up(one, failure):
                self._resting_until = self._now() + PAUSE
                return False
            await self._store.run(keep_mark, one.id, to_micros(self._now()))
        return len(found) == _AT_ONCE

    async def close(self) -> None:
        """Let go of the model."""
        await self._model.close()

    async def _take(self, one: Waiting) -> Failure | None:
        """Do what is wanted of an episode; what went wrong with the model, if anything."""
        read = await self._store.read(read_lines, one.handle_id, one.parts)
        protected = self._playbook().protected_patterns
        if self._tasks.summaries and not one.told:
            failure = await self._summarise(one, read.lines, protected)
            if failure is not None:
                return failure
        # The messages of a case are those of its sessions too.
        if self._tasks.facts and one.kind == SESSION:
            return await self._find_facts(one, read.lines, protected)
        return None

    async def _summarise(
        self, one: Waiting, lines: Sequence[Line], protected: Sequence[str]
    ) -> Failure | None:
        done = await summarise(self._model, lines, protected)
        if isinstance(done, Failure):
            return done
        if isinstance(done, Refusal):
            self._note("summary", {f"refused: {done}": 1})
            return None
        kept = await self._store.run(sum_up, one.id, done.text, done.sources, self._model.name)
        self._note("summary", {"kept" if kept else "outdated": 1})
        return None

    async def _find_facts(
        self, one: Waiting, lines: Sequence[Line], protected: Sequence[str]
    ) -> Failure | None:
        keys = fact_keys(self._playbook())
        told = await find_facts(self._model, lines, protected, keys)
        if isinstance(told, Failure):
            return told
        new, now = 0, to_micros(self._now())
        if told.guesses:
            new = await self._store.run(
                learn, one.id, told.guesses, self._model.name, now, self._new_id
            )
        refused = Counter(f"refused: {why}" for why in told.refused)
        self._note("facts", {"kept": new, **refused})
        return None

    def _give_up(self, one: Waiting, failure: Failure) -> bool:
        """Whether to leave this episode as it is and go on with the next one."""
        self._tries[one.id] += 1
        log.warning("model_failed", trouble=failure.trouble.value, status=failure.status)
        self.counts[f"failed: {failure.trouble.value}"] += 1
        if failure.trouble in (Trouble.GARBAGE, Trouble.TOO_LONG):
            return True
        away = failure.trouble in (Trouble.UNREACHABLE, Trouble.LIMITED)
        return not away and failure.status not in _DENIED and self._tries[one.id] >= TRIES

    def _note(self, task: str, outcomes: Mapping[str, int]) -> None:
        for outcome, number in outcomes.items():
            self.counts[f"{task} {outcome}"] += number
        log.info("model_output", task=task, model=self._model.name, outcomes=dict(outcomes))


def mark_of(connection: Connection, now: int) -> int:
    """The id of the last episode that was looked at. At first that is now: what was before the
    model was switched on is not sent to it."""
    kept = kept_value(connection, _ACCOUNT, _NAME)
    if kept is not None:
        return int(kept)
    keep_mark(connection, now << 10, now)
    return now << 10


def keep_mark(connection: Connection, mark: int, now: int) -> None:
    """Keep how far was looked."""
    keep_value(connection, _ACCOUNT, _NAME, str(mark), now)
