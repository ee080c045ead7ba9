"""What people do with the playbook of a gateway that runs: see it, draft, try, compare, publish.

A draft is a set of changes to the files of a `base`: where somebody else changed them meanwhile, it
is refused, and nothing is lost. Trying and comparing touch no customer; only `publish` and
`roll_back` write. What the files mean is core's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter_ns

from core.clock import to_micros
from core.identity.rules import IdentityRules
from core.pipeline.contracts import Stages
from core.playbook.fields import PlaybookError
from core.playbook.model import Playbook
from gateway.playbook.draft import Checked, check, drafted
from gateway.playbook.folder import Changes, replace_folder
from gateway.playbook.kept import put_back
from gateway.playbook.learning import Shelves, learned
from gateway.playbook.reader import Folder, read_folder
from gateway.playbook.reload import Cause, Reloading, reloading_for
from gateway.playbook.status import Status, ask_for_look
from gateway.playbook.trial import Tried, Who, try_talk
from gateway.settings.model import Settings
from gateway.stages.deciding import Deciding
from gateway.turns.replaying import Pair, Replayed, Replaying, Vector
from gateway.turns.work import TurnWork
from memory.recall.encoder import Model
from memory.store import Store
from memory.stored_turns import StoredTurn, turns_before
from memory.units.playbook_log import PUBLISHED, ROLLED_BACK, put_in_force

MOST_TURNS = 2_000
"""Turns that a draft is compared over, the newest."""

_CHUNK = 100


class Conflict(Exception):
    """The files are not those that the draft was made from; the message says who changed them."""


class Faulty(Exception):
    """The draft cannot be put in force."""

    def __init__(self, checked: Checked) -> None:
        super().__init__("The playbook has faults.")
        self.checked = checked


@dataclass(frozen=True, slots=True)
class Compared:
    """What a draft would have answered otherwise: the first pairs that differ, the counts, and
    whether there were no more turns than are looked through."""

    total: Replayed
    pairs: tuple[Pair, ...]
    all_of_them: bool


class PlaybookDesk:
    """`learn` makes the stages of a draft, `encode` a sentence's vector where there is an encoder,
    and `rules` gives the identity rules in force."""

    def __init__(
        self,
        reloading: Reloading,
        current: Callable[[], Deciding],
        learn: Callable[[Playbook], Awaitable[Stages]],
        store: Store,
        rules: Callable[[], IdentityRules],
        encode: Callable[[str], Vector] | None,
        now: Callable[[], datetime],
    ) -> None:
        self.reloading, self.current = reloading, current
        self._learn, self._store, self._encode = learn, store, encode
        self._rules, self._now = rules, now
        self._ready: Deciding | None = None
        self._learning = asyncio.Lock()

    async def folder(self) -> Folder:
        """What the folder holds now. Raises `PlaybookError` when there is none."""
        return await asyncio.to_thread(read_folder, self.reloading.folder)

    async def checked(self, base: str, changes: Changes) -> Checked:
        """The draft as a whole. Raises `Conflict` and `CannotDraft`."""
        folder = await self.folder()
        await self._same(folder, base)
        files = drafted(folder.files, changes)
        return await asyncio.to_thread(check, files)

    async def tried(
        self, base: str, changes: Changes, who: Who, say: Sequence[str]
    ) -> tuple[Tried, ...]:
        """A talk with the draft. Raises `Conflict`, `CannotDraft` and `Faulty`."""
        by = await self._deciding(await self.checked(base, changes))
        return await asyncio.to_thread(try_talk, by, who, say, self._now(), self._encode)

    async def compared(self, base: str, changes: Changes, since: datetime, most: int) -> Compared:
        """The newest turns decided anew by the draft; as `tried`, and nothing is stored."""
        by = await self._deciding(await self.checked(base, changes))
        replaying = Replaying(by.playbook, by.stages, self._rules(), perf_counter_ns, self._encode)
        pairs: list[Pair] = []
        before, seen = 1 << 62, 0
        while seen < MOST_TURNS:
            turns = await self._store.read(turns_before, to_micros(since), before, _CHUNK)
            # A thread of its own for each few turns, so that whoever is answered now goes first.
            found = await asyncio.to_thread(_through, replaying, turns)
            pairs += found[: most - len(pairs)]
            seen += len(turns)
            if len(turns) < _CHUNK:
                return Compared(replaying.total, tuple(pairs), all_of_them=True)
            before = turns[-1].id
        return Compared(replaying.total, tuple(pairs), all_of_them=False)

    async def publish(self, base: str, changes: Changes, actor: str, reason: str) -> Status:
        """Write the draft into the folder, and put it in force. Raises what `tried` raises, and
        `OSError` when the folder cannot be written; then nothing was changed."""
        async with self.reloading.lock:
            checked = await self.checked(base, changes)
            by = await self._deciding(checked)
            cause = Cause(actor, PUBLISHED, reason)
            return await self._write(await self.folder(), checked.files, by, cause)

    async def roll_back(self, base: str, version: str, actor: str, reason: str) -> Status:
        """Put the files of an older version back, and in force; raises as `publish`, and
        `LookupError` when the version is not kept."""
        async with self.reloading.lock:
            folder = await self.folder()
            await self._same(folder, base)
            kept = await asyncio.to_thread(self.reloading.kept.find, version)
            if kept is None:
                raise LookupError(version)
            files = put_back(kept, folder.files)
            checked = await asyncio.to_thread(check, files)
            by = await self._deciding(checked)
            return await self._write(folder, files, by, Cause(actor, ROLLED_BACK, reason))

    async def _write(
        self, folder: Folder, files: Mapping[str, str], by: Deciding, cause: Cause
    ) -> Status:
        path, kept = self.reloading.folder, self.reloading.kept
        version = by.playbook.version
        if not await asyncio.to_thread(replace_folder, path, kept, folder, files, version):
            await self._same(await self.folder(), folder.digest)
        self._ready = None
        status = await self.reloading.take_over(cause, by)
        # What was learned for trying is compared with what was in force before, in its own time.
        await asyncio.to_thread(ask_for_look, kept.folder)
        return status

    async def _deciding(self, checked: Checked) -> Deciding:
        """The draft with its stages; the last one is kept, for it is tried again and again."""
        playbook = checked.playbook
        if playbook is None:
            raise Faulty(checked)
        # One at a time: learning takes a processor, and whoever is answered needs the others.
        async with self._learning:
            for known in (self._ready, self.current()):
                if known is not None and known.playbook.version == playbook.version:
                    return known
            self._ready = None
            try:
                stages = await self._learn(playbook)
            except PlaybookError as error:
                raise Faulty(Checked(checked.files, None, error.problems)) from None
            self._ready = Deciding(playbook, stages)
            return self._ready

    async def _same(self, folder: Folder, base: str) -> None:
        if folder.digest == base:
            return
        newest = await self._store.read(put_in_force, 1)
        who = newest[0].actor.partition(":")[2] if newest else "somebody"
        raise Conflict(
            f"The playbook was changed meanwhile, last by {who}. Your changes are not lost: "
            "look at what is new, then make them again."
        )


def desk_for(
    settings: Settings,
    models: Path | None,
    work: TurnWork,
    store: Store,
    first: Folder,
    encoder: Model | None,
    rules: Callable[[], IdentityRules],
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], int],
) -> PlaybookDesk:
    """The desk of a gateway whose playbook is a folder."""
    shelves = Shelves()

    def learn(playbook: Playbook) -> Awaitable[Stages]:
        return learned(settings, playbook, models, shelves, trial=True)

    return PlaybookDesk(
        reloading_for(settings, models, shelves, work, store, first, now=now, new_id=new_id),
        lambda: work.deciding,
        learn,
        store,
        rules,
        None if encoder is None else lambda text: encoder.deep([text])[0],
        now,
    )


def _through(replaying: Replaying, turns: Sequence[StoredTurn]) -> list[Pair]:
    return list(replaying.pairs(turns))
