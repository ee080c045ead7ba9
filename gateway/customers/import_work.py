"""Brings in large files behind the request that gave them, chunk by chunk, also after a restart.

What an import does is `gateway.customers.importing`'s; here its steps are run through the store,
one after the other, so that messages come in between. Of several processes one is at work on a
file.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import chain
from typing import Any

import structlog
from sqlalchemy import Connection

from core.clock import Micros, to_micros
from core.message import Assurance
from gateway.customers.import_files import ReadFile, read_file
from gateway.customers.importing import Step, Tools, apply
from gateway.files import FileStore
from gateway.history import importing as history_importing
from gateway.history.reading import Form, Preparing, opened
from gateway.rounds import Round
from memory.store import Store
from memory.units.identity import pending_imports
from memory.units.identity.bringing import Source
from memory.units.identity.importing import Begun, ImportProblem, batch_view, begun
from memory.units.identity.pending_imports import CalledOff, Pending

log = structlog.get_logger(__name__)

EVERY_SECONDS = 1.0
_REST_SECONDS = 0.003
_BETWEEN_SECONDS = 0.02
"""What a history leaves to others: it has no hurry, and whoever writes has."""
HELD = timedelta(seconds=30)
"""How long an import is left to a process that says nothing more."""


class ImportWork:
    """Looks every `EVERY_SECONDS` while its round goes for imports that are to go on.

    `worker` names this process among those that share the database.
    """

    def __init__(
        self,
        store: Store,
        files: FileStore,
        tools: Tools,
        *,
        worker: str,
        now: Callable[[], datetime],
        preparing: Preparing,
    ) -> None:
        self._store = store
        self._files = files
        self._tools = tools
        self.preparing = preparing
        self._worker = worker
        self._now = now
        self.round = Round("imports", self.look, EVERY_SECONDS)

    async def look(self) -> None:
        """Bring in whatever there is to bring in, one file after the other."""
        for batch_id in await self._store.read(pending_imports.under_way):
            now, until = self._held_until()
            one = await self._store.run(pending_imports.claim, batch_id, self._worker, now, until)
            if one is not None and await self._bring_in(one):
                await self._files.drop(one.reference)
                await self._store.run(pending_imports.finish, batch_id, now)

    async def _bring_in(self, one: Pending) -> bool:
        """Whether nothing is left to do."""
        batch = await self._store.read(batch_view, one.batch_id)
        if one.stopped or batch is None or batch.undone_at is not None:
            return True
        try:
            _, _, content = (await self._files.read(one.reference)).partition(b"\n")
        except LookupError as error:
            log.warning("import_broken_off", batch=str(one.batch_id), error=str(error))
            return True
        source = Source(batch.source, Assurance(batch.level), batch.reason, one.actor)
        at = await self._store.read(begun, one.batch_id)
        try:
            if one.form is None:
                await self._customers(one, content, source, at)
            else:
                await self._history(one, content, source, at)
        except (CalledOff, ImportProblem):
            # Stopped: the next look clears it away. Another process has it: so it will.
            return False
        log.info("import_complete", batch=str(one.batch_id))
        return True

    async def _customers(self, one: Pending, content: bytes, source: Source, at: Begun) -> None:
        file: ReadFile = await asyncio.to_thread(read_file, content, one.columns, one.encoding)
        await self._run(one, apply(file, source, self._tools, at))

    async def _history(self, one: Pending, content: bytes, source: Source, at: Begun) -> None:
        """Reading and sorting take a thread of their own, which rests again and again: whoever
        writes meanwhile is served."""
        form = Form(**one.form or {}, columns=one.columns, encoding=one.encoding)
        reading = opened(BytesIO(content), form, source.name, self.preparing, rest)
        file = await asyncio.to_thread(reading.__enter__)
        try:
            pieces = file.pieces(at.done)
            first = await asyncio.to_thread(next, pieces, None)
            rest_of_them = pieces if first is None else chain((first,), pieces)
            steps = history_importing.apply(file, source, self._tools, at, rest_of_them)
            await self._run(one, steps, _BETWEEN_SECONDS)
        finally:
            await asyncio.to_thread(reading.__exit__, None, None, None)

    async def _run(
        self, one: Pending, steps: Generator[Step, Any, Any], between: float = 0.0
    ) -> None:
        def held(step: Step) -> Step:
            return replace(step, run=self._while_held(one, step))

        await run_steps(self._store, steps, held, between)

    def _while_held(self, one: Pending, step: Step) -> Callable[[Connection], Any]:
        def held(connection: Connection) -> Any:
            pending_imports.hold(connection, one, *self._held_until())
            return step.run(connection)

        return held

    def _held_until(self) -> tuple[Micros, Micros]:
        now = self._now()
        return to_micros(now), to_micros(now + HELD)


def rest(done: int) -> None:
    """Leave the processor to whoever has more need of it, within a thread."""
    time.sleep(_REST_SECONDS)


def sealed(content: bytes, number: int) -> bytes:
    """The content of a file as no other file has it; `number` is fresh."""
    return b"%d\n%b" % (number, content)


async def run_steps(
    store: Store,
    steps: Generator[Step, Any, Any],
    around: Callable[[Step], Step] = lambda step: step,
    between: float = 0.0,
) -> Any:
    """Each step through the store: what reads beside the writer, what writes in its turn.

    `around` gives what is run in place of a step that writes; `between` are seconds that are left
    to others before the next.
    """
    try:
        step = next(steps)
        while True:
            try:
                result = await (
                    store.run(around(step).run) if step.writes else store.read(step.run)
                )
            except ImportProblem as error:
                step = steps.throw(error)
            else:
                step = steps.send(result)
                await asyncio.sleep(between)
    except StopIteration as end:
        return end.value
