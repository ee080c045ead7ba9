"""Takes over a changed playbook while the gateway runs: read whole, checked whole, swapped at once.

It looks at the folder again and again. Files with a fault, or examples that nothing can be learned
from, leave what is in force as it is, and are told to people. What a playbook means is core's.
"""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from core.clock import to_micros
from core.pipeline.contracts import Stages
from core.playbook.changes import changes
from core.playbook.fields import PlaybookError, PlaybookProblem
from core.playbook.model import Playbook
from gateway.actions.opening import require_secrets
from gateway.playbook.kept import KeptVersions, kept_of, needed
from gateway.playbook.learning import Shelves, learned
from gateway.playbook.reader import Folder, playbook_of, read_folder, signature_of
from gateway.playbook.status import Status, asked_at, tell_status
from gateway.rounds import Round
from gateway.settings.model import Settings
from gateway.stages.deciding import Deciding
from gateway.turns.work import TurnWork
from memory.store import Store
from memory.units.playbook_log import TAKEN_OVER, note_in_force, put_in_force

log = structlog.get_logger(__name__)

_ALL = 100_000
_YOUNG = 2.0
"""Seconds within which a file may change once more without showing it."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Who put a playbook in force, how and why; by itself, whoever changed the folder's files."""

    actor: str
    action: str = TAKEN_OVER
    note: str = ""


class Reloading:
    """Holds what is in force, and takes over what the folder holds.

    `build` makes the stages of a playbook, `swap` puts a pair in force in one assignment. `first`
    is what the folder held when the pair in force was made. The round looks every `every` seconds.
    Turns are kept for `turns_days`, 0 is for ever, and so are the versions that they name.
    """

    def __init__(
        self,
        folder: Path,
        kept: KeptVersions,
        store: Store,
        build: Callable[[Playbook], Awaitable[Stages]],
        current: Callable[[], Deciding],
        swap: Callable[[Deciding], None],
        first: Folder,
        *,
        every: float,
        turns_days: int = 0,
        now: Callable[[], datetime],
        new_id: Callable[[], int],
    ) -> None:
        self.folder, self.kept = folder, kept
        self._store, self._build = store, build
        self._current, self._swap = current, swap
        self._now, self._new_id = now, new_id
        self._every, self._turns_days = every, turns_days
        self._round = Round("playbook", self.look, every)
        self.lock = asyncio.Lock()
        self.status = Status(current().playbook.version, now())
        self._read = first
        self._seen: object = None
        self._settled: object = None
        self._asked = 0

    @property
    def rounds(self) -> tuple[Round, ...]:
        """The looks at the folder, unless nobody wants them."""
        return (self._round,) if self._every else ()

    async def open(self) -> None:
        """Write down what is in force from the start."""
        self._asked = await asyncio.to_thread(asked_at, self.kept.folder)
        await self._note(None, self._current().playbook, self._read, Cause(_self()))
        await self._tell()

    async def look(self) -> None:
        """Take over what the folder holds, when it was changed and is being changed no more."""
        asked = await asyncio.to_thread(asked_at, self.kept.folder)
        if asked > self._asked:
            self._asked = asked
            before = self._current()
            await self.reload()
            await self._learn_again(before)
            return
        signature = await asyncio.to_thread(signature_of, self.folder)
        if signature == self._settled:
            return
        if signature != self._seen:
            # Whoever saves several files is given the time to save the last.
            self._seen = signature
            return
        await self.reload()

    async def reload(self, cause: Cause | None = None) -> Status:
        """Read the folder now, and put in force what it holds; says how it stands after that."""
        async with self.lock:
            return await self.take_over(cause or Cause(_self()))

    async def take_over(self, cause: Cause, ready: Deciding | None = None) -> Status:
        """`reload`, for whoever holds the lock: nobody reads between their writing and this. What
        is `ready` for the very playbook that is there need not be learned again."""
        signature = await asyncio.to_thread(signature_of, self.folder)
        try:
            read = await asyncio.to_thread(read_folder, self.folder)
            if read.digest != self._read.digest or self.status.faults or read.problems:
                await self._take(read, cause, ready)
            self._read = read
        except PlaybookError as error:
            self._refuse(error.problems)
        except Exception as error:
            # Whatever it is, what is in force stays, and the same files are not tried for ever.
            log.exception("playbook_not_taken_over")
            wrong = f"could not be taken over: {type(error).__name__}"
            self._refuse((PlaybookProblem("the folder", "", wrong, "The gateway's log says more"),))
        now = self._now()
        newest = max((one[2] for one in signature), default=0) / 1e9
        self._seen = signature
        # What was saved this moment may be saved again without a trace: it is looked at once more.
        self._settled = signature if abs(now.timestamp() - newest) > _YOUNG else None
        self.status = replace(self.status, looked_at=now)
        await self._tell()
        return self.status

    async def _take(self, read: Folder, cause: Cause, ready: Deciding | None) -> None:
        """Raises `PlaybookError`, and then nothing was changed."""
        playbook = await asyncio.to_thread(playbook_of, read)
        before = self._current().playbook
        if playbook.version != before.version:
            if ready is None or ready.playbook.version != playbook.version:
                ready = Deciding(playbook, await self._learn(playbook))
            self._swap(ready)
            log.info("playbook_in_force", version=playbook.version, before=before.version)
            await self._note(before, playbook, read, cause)
        at = self.status.since if playbook.version == before.version else self._now()
        self.status = Status(playbook.version, at, looked_at=self._now())

    async def _learn_again(self, before: Deciding) -> None:
        """Take the stages anew where nothing changed but, it may be, the version of the intents in
        force (`gateway.intents.choice`)."""
        async with self.lock:
            if self._current() is not before or self.status.faults:
                return
            try:
                self._swap(Deciding(before.playbook, await self._learn(before.playbook)))
            except PlaybookError as error:
                log.warning("intents_not_learned", why=str(error))

    async def _learn(self, playbook: Playbook) -> Stages:
        self.status = replace(self.status, learning=True)
        try:
            return await self._build(playbook)
        finally:
            self.status = replace(self.status, learning=False)

    def _refuse(self, problems: tuple[PlaybookProblem, ...]) -> None:
        if problems != self.status.faults:
            told = [str(one) for one in problems]
            log.warning("playbook_refused", in_force=self.status.version, faults=told)
        self.status = replace(self.status, faults=problems)

    async def _note(
        self, before: Playbook | None, playbook: Playbook, read: Folder, cause: Cause
    ) -> None:
        """Keep what is in force, and who put it there. What cannot be kept does not keep it out."""
        try:
            await asyncio.to_thread(self.kept.keep, playbook.version, read.files)
        except OSError as error:
            log.warning("playbook_not_kept", version=playbook.version, why=error.strerror)
        told = () if before is None else changes(before, playbook)
        try:
            await self._store.run(
                note_in_force,
                playbook.version,
                to_micros(self._now()),
                self._new_id(),
                actor=cause.actor,
                action=cause.action,
                detail={"note": cause.note, "changes": told},
            )
            await self._prune()
        except Exception:
            # With the database away, what is in force is in force all the same.
            log.exception("playbook_not_noted", version=playbook.version)

    async def _prune(self) -> None:
        """Drop versions that no turn which is kept can name."""
        since = self._now() - timedelta(days=self._turns_days) if self._turns_days else None
        rows = await self._store.read(put_in_force, _ALL)
        try:
            await asyncio.to_thread(self.kept.prune, needed(rows, since))
        except OSError as error:
            log.warning("playbook_not_pruned", why=error.strerror)

    async def _tell(self) -> None:
        """Let the command line and `doctor` know how it stands."""
        try:
            await asyncio.to_thread(tell_status, self.kept.folder, self.status)
        except OSError as error:
            log.warning("playbook_status_not_written", why=error.strerror)


def reloading_for(
    settings: Settings,
    models: Path | None,
    shelves: Shelves,
    work: TurnWork,
    store: Store,
    first: Folder,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], int],
) -> Reloading:
    """What takes over the changes of the configured folder for those who take turns."""

    def swap(deciding: Deciding) -> None:
        work.deciding = deciding

    async def build(playbook: Playbook) -> Stages:
        require_secrets(settings, playbook)
        return await learned(settings, playbook, models, shelves)

    return Reloading(
        settings.playbook.path,
        kept_of(settings.data.folder),
        store,
        build,
        lambda: work.deciding,
        swap,
        first,
        every=settings.playbook.reload_seconds,
        turns_days=settings.retention.turns_days,
        now=now,
        new_id=new_id,
    )


def _self() -> str:
    """Whose change it is when the folder's files were changed: nobody knows who did."""
    return f"files:{getpass.getuser()}"
