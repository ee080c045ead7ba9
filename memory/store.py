"""The store: one writing thread with group commit, and a small pool of readers.

A unit of work is a plain function over a batch: `unit(connection, args) -> results`. Calls that
queue up while a commit runs share the next transaction, and calls of the same unit share one call
of it. A future resolves only after its commit is durable. A batch that fails is rolled back and
each call re-run alone, so that one bad message cannot fail its neighbours. The store knows no
table and no unit.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy import Connection, Engine

from memory.engine import (
    checkpoint,
    checkpoint_engine,
    database_url,
    reader_engine,
    writer_engine,
)
from memory.reading import Reading

log = structlog.get_logger(__name__)

A = TypeVar("A")
R = TypeVar("R")
P = ParamSpec("P")
Unit = Callable[[Connection, Sequence[A]], Sequence[R]]

_CHECKPOINT_SECONDS = 0.5
_COMPANY = 2
"""Calls in a commit from which the next one waits for the event loop to come round."""

_ROUNDS = 1
"""How many rounds more it waits, so that answers to the last commit lead to new calls."""

_PATIENCE_SECONDS = 0.02
"""How long it waits at most."""

_SLOW_SECONDS = 0.05


class Overloaded(Exception):
    """More work is waiting for the database than the configured bound; try again later."""


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    future: asyncio.Future[Any]
    unit: Unit[Any, Any]
    arg: Any


class Store:
    """Durable memory behind two verbs: `write` on the one writing connection, `read` on the others.

    `url` is `sqlite:///FILE` or `postgresql://...`; `synchronous` is FULL (survives a power cut) or
    NORMAL. Not usable before `open`, and bound to the event loop that opened it.
    """

    def __init__(
        self,
        url: str,
        *,
        synchronous: str = "FULL",
        readers: int = 2,
        batch_limit: int = 256,
        queue_limit: int = 4096,
    ) -> None:
        self.url = database_url(url)
        self._writer: Engine = writer_engine(self.url, synchronous)
        self._reader: Engine = reader_engine(self.url, readers)
        self._batch_limit = batch_limit
        self._queue_limit = queue_limit
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._waiting = 0
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="reader")
        self._stopping = threading.Event()
        self._came_round = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open = False
        self.commits = 0
        self.splits = 0

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._writer.dialect.name

    @property
    def waiting(self) -> int:
        """How many write calls have not been answered yet."""
        return self._waiting

    async def open(self) -> None:
        """Connect and start the threads. Raises the driver's error when it cannot connect."""
        self._loop = asyncio.get_running_loop()
        connection = await asyncio.to_thread(self._writer.connect)
        self._open = True
        self._start(self._write_loop, connection)
        if self.dialect == "sqlite":
            self._start(self._checkpoint_loop)

    async def close(self) -> None:
        """Finish what is queued, then disconnect."""
        if not self._open:
            return
        self._open = False
        self._stopping.set()
        self._calls.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
        await asyncio.to_thread(self._readers.shutdown)
        self._reader.dispose()
        self._writer.dispose()

    def write(self, unit: Unit[A, R], arg: A) -> asyncio.Future[R]:
        """Queue one call of a unit; the future resolves after its commit.

        Raises `Overloaded` at once when too many calls are waiting.
        """
        if not self._open:
            raise RuntimeError("the store is not open")
        if self._waiting >= self._queue_limit:
            raise Overloaded(f"{self._waiting} writes are waiting")
        self._waiting += 1
        future: asyncio.Future[R] = self._loop.create_future()
        self._calls.put(_Call(future, unit, arg))
        return future

    def run(
        self, work: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[R]:
        """Queue a cold transaction `work(connection, ...)`; it shares a commit, not a call."""

        def alone(connection: Connection, calls: Sequence[None]) -> Sequence[R]:
            return [work(connection, *args, **kwargs) for _ in calls]

        return self.write(alone, None)

    async def read(
        self, query: Callable[Concatenate[Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `query(connection, ...)` on a read-only connection, in a transaction of its own.

        Whoever stops waiting for it breaks it off.
        """
        reading = Reading(self._reader, lambda connection: query(connection, *args, **kwargs))
        try:
            return await self._loop.run_in_executor(self._readers, reading.run)
        except asyncio.CancelledError:
            reading.stop()
            raise

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name=target.__name__, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _write_loop(self, connection: Connection) -> None:
        size = 0
        with connection:
            while (call := self._calls.get()) is not None:
                if size >= _COMPANY:
                    self._await_company()
                batch = [call]
                last = False
                while len(batch) < self._batch_limit:
                    try:
                        more = self._calls.get_nowait()
                    except queue.Empty:
                        break
                    if more is None:
                        last = True
                        break
                    batch.append(more)
                size = len(batch)
                self._finish(self._commit(connection, batch))
                if last:
                    return

    def _await_company(self) -> None:
        """Let the event loop hand over what it has ready: one commit for it costs half of two."""
        self._came_round.clear()
        try:
            self._loop.call_soon_threadsafe(self._come_round, _ROUNDS)
        except RuntimeError:
            return
        self._came_round.wait(_PATIENCE_SECONDS)

    def _come_round(self, rounds: int) -> None:
        if rounds:
            self._loop.call_soon(self._come_round, rounds - 1)
        else:
            self._came_round.set()

    def _commit(
        self, connection: Connection, batch: Sequence[_Call]
    ) -> list[tuple[_Call, Any, Exception | None]]:
        """One transaction for the batch; on failure, one for each of its calls."""
        start = time.monotonic()
        try:
            with connection.begin():
                outcomes = _run_groups(connection, batch)
            self.commits += 1
        except Exception as error:  # noqa: BLE001 - whatever a unit raises belongs to its caller
            if len(batch) == 1:
                return [(batch[0], None, error)]
            self.splits += 1
            log.info("batch_split", calls=len(batch), error=type(error).__name__)
            return [one for call in batch for one in self._commit(connection, [call])]
        took = time.monotonic() - start
        if took > _SLOW_SECONDS:
            units = sorted({call.unit.__name__ for call in batch})
            log.warning("slow_commit", seconds=round(took, 3), calls=len(batch), units=units)
        return [(call, result, None) for call, result in outcomes]

    def _finish(self, outcomes: list[tuple[_Call, Any, Exception | None]]) -> None:
        try:
            self._loop.call_soon_threadsafe(self._resolve, outcomes)
        except RuntimeError:
            log.warning("loop_closed_before_answer", calls=len(outcomes))

    def _resolve(self, outcomes: list[tuple[_Call, Any, Exception | None]]) -> None:
        self._waiting -= len(outcomes)
        for call, result, error in outcomes:
            if call.future.done():
                continue
            if error is None:
                call.future.set_result(result)
            else:
                call.future.set_exception(error)

    def _checkpoint_loop(self) -> None:
        """Keep the write-ahead log short from here, so that no commit pays for it."""
        seen = 0
        engine = checkpoint_engine(self.url)
        with engine.connect() as connection:
            while not self._stopping.wait(_CHECKPOINT_SECONDS):
                if self.commits != seen:
                    seen = self.commits
                    checkpoint(connection)
        engine.dispose()


def _run_groups(connection: Connection, batch: Sequence[_Call]) -> list[tuple[_Call, Any]]:
    """Each unit once, over all its calls, in the order in which the units first came."""
    groups: dict[Unit[Any, Any], list[_Call]] = {}
    for call in batch:
        groups.setdefault(call.unit, []).append(call)
    outcomes: list[tuple[_Call, Any]] = []
    for unit, calls in groups.items():
        results = unit(connection, [call.arg for call in calls])
        outcomes.extend(zip(calls, results, strict=True))
    return outcomes
