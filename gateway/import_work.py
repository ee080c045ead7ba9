"""Brings in large files behind the request that gave them, chunk by chunk, also after a restart.

What an import does is `gateway.importing`'s; here its steps are run through the store, one after
the other, so that messages come in between. Of several processes one is at work on a file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from core.clock import Micros, to_micros
from core.message import Assurance
from gateway.files import FileStore
from gateway.import_files import ReadFile, read_file
from gateway.importing import Step, Tools, apply
from gateway.rounds import Round
from memory.store import Store
from memory.units import pending_imports
from memory.units.bringing import Source
from memory.units.importing import ImportProblem, batch_view, begun
from memory.units.pending_imports import CalledOff, Pending

log = structlog.get_logger(__name__)

EVERY_SECONDS = 1.0
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
    ) -> None:
        self._store = store
        self._files = files
        self._tools = tools
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
        file: ReadFile = await asyncio.to_thread(read_file, content, one.columns, one.encoding)
        source = Source(batch.source, Assurance(batch.level), batch.reason, one.actor)
        at = await self._store.read(begun, one.batch_id)
        try:
            await run_steps(
                self._store,
                apply(file, source, self._tools, at),
                lambda step: replace(step, run=self._while_held(one, step)),
            )
        except (CalledOff, ImportProblem):
            # Stopped: the next look clears it away. Another process has it: so it will.
            return False
        log.info("import_complete", batch=str(one.batch_id), rows=len(file.entries))
        return True

    def _while_held(self, one: Pending, step: Step) -> Callable[[Connection], Any]:
        def held(connection: Connection) -> Any:
            pending_imports.hold(connection, one, *self._held_until())
            return step.run(connection)

        return held

    def _held_until(self) -> tuple[Micros, Micros]:
        now = self._now()
        return to_micros(now), to_micros(now + HELD)


def sealed(content: bytes, number: int) -> bytes:
    """The content of a file as no other file has it; `number` is fresh."""
    return b"%d\n%b" % (number, content)


async def run_steps(
    store: Store,
    steps: Generator[Step, Any, Any],
    around: Callable[[Step], Step] = lambda step: step,
) -> Any:
    """Each step through the store: what reads beside the writer, what writes in its turn.

    `around` gives what is run in place of a step that writes.
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
    except StopIteration as end:
        return end.value
