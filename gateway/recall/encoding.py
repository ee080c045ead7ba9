"""Keeps the vectors of messages up to date, and says how near messages are to what is written now.

All encoding is done on a thread, never on the event loop, and at most half of the time. Vectors
follow their messages by some seconds: who asks earlier is told what is there. It is handed only
messages that the sender may read, chooses none, and does without when there is no encoder.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice

import numpy as np
import orjson
from sqlalchemy import Connection

from core.clock import Micros, to_micros
from core.turn import Said
from gateway.rounds import Round
from memory.recall.columns import Floats
from memory.recall.encoder import Model, Vectors
from memory.recall.vectors import (
    Mark,
    Place,
    Unencoded,
    missing_in,
    nearness,
    pack,
    place_of,
    vectors_of,
    without_vector,
    written_in,
    written_in_before,
)
from memory.store import Store
from memory.units.keeping import keep_value, kept_value
from memory.units.remembering.vectors import Encoded, keep_vectors

EVERY_SECONDS = 1.0
SETTLED = timedelta(seconds=2)
"""How long a conversation rests before it is looked at: another process may be writing in it."""

KEPT = 50_000
"""Vectors that this process keeps at hand, of 384 bytes each: about 30 MB."""

_IDLE_SECONDS = 3_600.0
_BATCH = 16
"""Texts that are encoded between two looks around; a hundred milliseconds of one processor."""
_RECENT = 200
"""Messages that are looked at, at the end of a conversation that was written in. An import alone
writes more at once: they are found when they are asked for."""
_CONVERSATIONS = 20
_ASKED = 2_000
_ACCOUNT = "vectors"
_EARLY = 400
"""Characters of what is written now that are encoded: a long mail says its matter early."""

Key = tuple[str, int]
"""A message's id and the hash of what it says, so that a changed message is another one."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the conversations were walked through with one model: `ahead` to those that are
    written in, `back` to the oldest; there is no `back` when the oldest was reached."""

    model: str
    ahead: Mark
    back: Mark | None


class Encoding:
    """The sentence encoder at work, or nothing at all without a `model`. Looks every
    `EVERY_SECONDS` while its round goes, and goes on at once while there is more."""

    def __init__(
        self,
        store: Store,
        model: Model | None,
        *,
        now: Callable[[], datetime],
        kept: int = KEPT,
    ) -> None:
        self._store = store
        self._model = model
        self._now = now
        self._most = kept
        self._kept: dict[Key, bytes] = {}
        self._asked: dict[Place, None] = {}
        self._progress: Progress | None = None
        self._of_text = lru_cache(maxsize=256)(self._encode_text)
        self.round = Round("vectors", self._look_on, EVERY_SECONDS if model else _IDLE_SECONDS)

    @property
    def name(self) -> str | None:
        """What the vectors go by; nothing without an encoder."""
        return None if self._model is None else self._model.name

    async def meaning(self, messages: Sequence[Said], text: str) -> Floats | None:
        """The cosine between the text and each message: not a number for a message that has no
        vector yet, which is then made soon. Nothing when there is nothing to compare."""
        if self._model is None or not messages or not text.strip():
            return None
        keys = [(one.id, hash(one.text)) for one in messages]
        missing = [key for key in keys if key not in self._kept]
        if missing:
            await self._bring(missing)
        stored = [self._kept.get(key) for key in keys]
        if not any(stored):
            return None
        return await asyncio.to_thread(self._compare, text, stored)

    async def vector(self, text: str) -> Vectors | None:
        """The vector of what is written now, as intents are learned (`Model.deep`); it begins with
        the very one that `meaning` compares with. Nothing without an encoder or for a text that
        says nothing."""
        if self._model is None or not text.strip():
            return None
        return await asyncio.to_thread(self._of_text, text[:_EARLY])

    def forget(self) -> None:
        """Have nothing of anybody at hand: somebody was erased. What is stored is read again."""
        self._kept.clear()
        self._asked.clear()
        self._of_text.cache_clear()

    async def look(self, settled: timedelta = SETTLED) -> bool:
        """Encode some of what has no vector; whether there may be more."""
        if self._model is None:
            return False
        if self._asked:
            return await self._encode_asked(self._model)
        known = self._progress or await self._store.read(read_progress, self._model.name)
        if known is None:
            start = Mark(to_micros(self._now() - settled), 0)
            known = Progress(self._model.name, start, start)
        after, more = await self._walk(self._model, known, to_micros(self._now() - settled))
        if after != self._progress:
            await self._store.run(write_progress, after, to_micros(self._now()))
            self._progress = after
        return more

    async def _look_on(self) -> bool:
        return await self.look()

    async def _bring(self, keys: Sequence[Key]) -> None:
        """Keep at hand what is stored for these messages, and note what is not."""
        assert self._model is not None
        places = {place_of(key[0]): key for key in keys}
        found = await self._store.read(vectors_of, list(places), self._model.name)
        for place, data in found.items():
            self._kept[places[place]] = data
        for key in list(islice(self._kept, max(0, len(self._kept) - self._most))):
            del self._kept[key]
        for place in places.keys() - found.keys():
            self._asked[place] = None
        for place in list(islice(self._asked, max(0, len(self._asked) - _ASKED))):
            del self._asked[place]

    def _encode_text(self, text: str) -> Vectors:
        assert self._model is not None
        vector: Vectors = self._model.deep([text])[0]
        return vector

    def _compare(self, text: str, stored: Sequence[bytes | None]) -> Floats:
        result = np.full(len(stored), np.nan)
        there = [at for at, one in enumerate(stored) if one]
        assert self._model is not None
        asked = self._of_text(text[:_EARLY])[: self._model.dimensions]
        result[there] = nearness([one for one in stored if one], asked)
        return result

    async def _encode_asked(self, model: Model) -> bool:
        """What somebody waits for, the last that was asked for first."""
        some = list(self._asked)[: -_BATCH - 1 : -1]
        found = await self._store.read(without_vector, some, model.name)
        await self._encode(model, found)
        for place in some:
            self._asked.pop(place, None)
        return True

    async def _walk(self, model: Model, known: Progress, until: Micros) -> tuple[Progress, bool]:
        """One step ahead if somebody wrote, else one back; how far that came, and if it was one."""
        ahead = await self._store.read(written_in, known.ahead, until, _CONVERSATIONS)
        if ahead:
            # One that was not reached on the way back is not there any more when it would be.
            recent = _RECENT if known.back is None else None
            reached = await self._encode_in(model, ahead, recent)
            return replace(known, ahead=reached or known.ahead), True
        if known.back is None:
            return known, False
        back = await self._store.read(written_in_before, known.back, _CONVERSATIONS)
        if not back:
            return replace(known, back=None), False
        reached = await self._encode_in(model, back, None)
        return replace(known, back=reached or known.back), True

    async def _encode_in(
        self, model: Model, conversations: Iterable[Mark], recent: int | None
    ) -> Mark | None:
        """Encode what is missing in these; the last one that has all now."""
        reached: Mark | None = None
        for one in conversations:
            found = await self._store.read(
                missing_in, one.conversation_id, model.name, _BATCH, recent
            )
            if found:
                await self._encode(model, found)
            if len(found) == _BATCH:
                return reached
            reached = one
        return reached

    async def _encode(self, model: Model, found: Sequence[Unencoded]) -> None:
        """Encode these on a thread, keep what came out, and rest as long as that took."""
        if not found:
            return
        began = time.monotonic()
        vectors = await asyncio.to_thread(model.encode, [one.text for one in found])
        encoded = [Encoded(one.place, one.text, data) for one, data in zip(found, pack(vectors))]
        await self._store.run(keep_vectors, encoded, model.name)
        await asyncio.sleep(time.monotonic() - began)


def read_progress(connection: Connection, model: str) -> Progress | None:
    """How far this model came; nothing when it is new here."""
    kept = kept_value(connection, _ACCOUNT, "progress")
    if kept is None:
        return None
    told = orjson.loads(kept)
    if told["model"] != model:
        return None
    back = None if told["back"] is None else Mark(*told["back"])
    return Progress(model, Mark(*told["ahead"]), back)


def write_progress(connection: Connection, progress: Progress, now: Micros) -> None:
    """Keep how far everything was walked through."""
    back = progress.back and astuple(progress.back)
    told = {"model": progress.model, "ahead": astuple(progress.ahead), "back": back}
    keep_value(connection, _ACCOUNT, "progress", orjson.dumps(told).decode(), now)
