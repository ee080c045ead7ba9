"""Turns: one customer's messages in order, one turn at a time, over all channels.

For each customer with something waiting it takes the lease, lets the quiet window pass, loads
memory, asks `core` to decide, performs the effects it asks for, and commits. It holds no rule of
its own about what to say.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from core.clock import to_micros
from gateway.turns.work import Outcome, TurnWork
from memory.store import Overloaded, Store
from memory.units.messages.backlog import Stumble, stumble, unfinished
from memory.units.messages.claims import Claim, Claimed, Thread, Waiting, claim, release_leases
from memory.units.messages.turns import Fenced

log = structlog.get_logger(__name__)

_RECOVER_SECONDS = 5.0
_RECOVER_LIMIT = 1_000
_ATTEMPTS = 3
_BUSY_SECONDS = 0.5
"""How long a customer waits when the database has no room for more."""


@dataclass(frozen=True, slots=True)
class TurnRules:
    """How turns are paced.

    `quiet` gives a channel's quiet window in seconds, which every further message starts anew;
    `longest_quiet` bounds it from the first message. `lease` is in seconds.
    """

    quiet: Mapping[str, float]
    longest_quiet: float
    lease: float
    concurrency: int


@dataclass(frozen=True, slots=True)
class Step:
    """What a step leaves to do: nothing, more at once, or to look again after a pause."""

    more: bool = False
    pause: float = 0.0


class _Lane:
    """One customer being handled. `again` says that more came while it was busy."""

    def __init__(self) -> None:
        self.again = False
        self.nudge = asyncio.Event()
        self.over = asyncio.Event()

    def begin(self) -> None:
        """Look at the database anew: what came before now will be seen."""
        self.again = False
        self.nudge.clear()

    def poke(self) -> None:
        self.again = True
        self.nudge.set()

    async def sleep(self, seconds: float) -> None:
        """Wait, or return early because something new came."""
        try:
            await asyncio.wait_for(self.nudge.wait(), seconds)
        except TimeoutError:
            return


class Turns:
    """Drives turns. `notify` it of waiting customers; it finds unfinished ones by itself, too."""

    def __init__(
        self,
        store: Store,
        work: TurnWork,
        rules: TurnRules,
        *,
        worker: str,
        now: Callable[[], datetime],
        typed_ago: Callable[[str, str], float | None],
    ) -> None:
        self._typed_ago = typed_ago
        self._store = store
        self._work = work
        self._rules = rules
        self._worker = worker
        self._now = now
        self._lanes: dict[int, _Lane] = {}
        self._slots = asyncio.Semaphore(rules.concurrency)
        self._tasks: set[asyncio.Task[None]] = set()
        self._recoverer: asyncio.Task[None] | None = None
        self._asked = asyncio.Event()
        self._stopping = False

    async def start(self) -> None:
        """Pick up what earlier processes left unfinished, then keep watching for it."""
        if self._store.dialect == "sqlite":
            # There is one process on this database, so that whoever held a lease is gone.
            await self._store.run(release_leases, to_micros(self._now()))
        await self.recover()
        self._recoverer = asyncio.create_task(self._recover_loop())

    async def stop(self) -> None:
        """Let running turns finish; what waits stays in the database, free for the next worker."""
        self._stopping = True
        if self._recoverer is not None:
            self._recoverer.cancel()
        for lane in self._lanes.values():
            lane.poke()
        if self._tasks:
            _, pending = await asyncio.wait(self._tasks, timeout=10)
            for task in pending:
                task.cancel()
        try:
            await self._store.run(release_leases, to_micros(self._now()), self._worker)
        except Exception as error:  # noqa: BLE001 - they run out by themselves, and we must end
            log.warning("leases_kept", error=type(error).__name__)

    def notify(self, customer_id: int, due_at: int) -> None:
        """Something waits for this customer; `due_at` is read again from the database."""
        lane = self._lanes.get(customer_id)
        if lane is not None:
            lane.poke()
            return
        if self._stopping:
            return
        lane = self._lanes[customer_id] = _Lane()
        task = asyncio.ensure_future(self._run_lane(customer_id, lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self, customer_id: int) -> None:
        """Return once this process has nothing of the customer's in work."""
        lane = self._lanes.get(customer_id)
        if lane is not None:
            await lane.over.wait()

    def look(self) -> None:
        """Look for unfinished messages at once, as when a person had one tried again."""
        self._asked.set()

    async def recover(self) -> int:
        """Notify every customer whose messages are overdue; how many there were."""
        now = to_micros(self._now())
        found = await self._store.read(unfinished, _RECOVER_LIMIT)
        for customer_id, due_at in found:
            if due_at <= now or customer_id not in self._lanes:
                self.notify(customer_id, due_at)
        return len(found)

    @property
    def idle(self) -> bool:
        """No customer is being handled by this process."""
        return not self._lanes

    async def _recover_loop(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), _RECOVER_SECONDS)
            self._asked.clear()
            try:
                await self.recover()
            except Exception:
                log.exception("recovery_failed")

    async def _run_lane(self, customer_id: int, lane: _Lane) -> None:
        try:
            while not self._stopping:
                lane.begin()
                step = await self._try_step(customer_id, lane)
                if step.pause > 0:
                    # Not in a slot: a burst that goes on keeps nobody else from their turn.
                    await lane.sleep(step.pause)
                elif not step.more and not lane.again:
                    break
        except Exception:
            log.exception("lane_failed", customer=customer_id)
        finally:
            del self._lanes[customer_id]
            lane.over.set()

    async def _try_step(self, customer_id: int, lane: _Lane) -> Step:
        """One step, in a slot. A database without room is waited for: no message is at fault."""
        try:
            async with self._slots:
                return await self._step(customer_id, lane)
        except Overloaded:
            log.warning("turn_put_off", customer=customer_id)
            self._work.forget(customer_id)
            return Step(pause=_BUSY_SECONDS)

    async def _step(self, customer_id: int, lane: _Lane) -> Step:
        """Claim, and take one turn unless it has to wait."""
        now = to_micros(self._now())
        until = now + int(self._rules.lease * 1_000_000)
        claimed = await self._store.write(claim, Claim(customer_id, self._worker, now, until))
        if claimed.held_until is not None:
            return Step(pause=min(1.0, max(0.05, (claimed.held_until - now) / 1_000_000)))
        if claimed.thread is None:
            self._work.forget(customer_id)
            return Step()
        quiet = self._rules.quiet.get(claimed.thread.channel, 0.0)
        left = self._quiet_left(claimed.thread, claimed.waiting, quiet, now)
        if left > 0:
            self._work.show_typing(claimed.thread)
            return Step(pause=left)
        # After a stumble each is tried by itself, so that a bad message takes no other with it.
        together = quiet > 0 and not any(one.attempts for one in claimed.waiting)
        taken = _alike(claimed.waiting) if together else claimed.waiting[:1]
        await self._turn(claimed.answering(taken), taken, lane if quiet > 0 else None)
        return Step(more=claimed.more or len(taken) < len(claimed.waiting))

    def _quiet_left(
        self, thread: Thread, waiting: tuple[Waiting, ...], quiet: float, now: int
    ) -> float:
        """Seconds until the burst is over: quiet since the last message or reported keystroke,
        bounded from the first message."""
        if quiet <= 0:
            return 0.0
        typed_ago = self._typed_ago(thread.account, thread.key)
        due = max(one.due_at for one in waiting)
        if typed_ago is not None:
            due = max(due, now + int((quiet - typed_ago) * 1_000_000))
        latest = waiting[0].received_at + int(self._rules.longest_quiet * 1_000_000)
        return max(0.0, (min(due, latest) - now) / 1_000_000)

    async def _turn(
        self, claimed: Claimed, taken: tuple[Waiting, ...], restart: _Lane | None
    ) -> None:
        """One turn to its commit. A message that fails three times becomes a dead letter."""
        ids = tuple(one.inbound_id for one in taken)
        attempts = max(one.attempts for one in taken)
        try:
            outcome = await self._work.take(
                claimed, taken, interrupted=None if restart is None else restart.nudge
            )
            if outcome is Outcome.RESTART and restart is not None:
                restart.again = True
        except Fenced:
            log.info("turn_fenced", customer=claimed.customer_id)
            self._work.forget(claimed.customer_id)
            if restart is not None:
                restart.again = True
            self.notify(claimed.customer_id, 0)
            # Joined or parted meanwhile, the messages may be another customer's now.
            self.look()
        except Overloaded:
            raise
        except Exception as error:
            self._work.forget(claimed.customer_id)
            log.exception("turn_failed", customer=claimed.customer_id, attempt=attempts + 1)
            await self._fail(claimed, taken, ids, attempts + 1, error)

    async def _fail(
        self,
        claimed: Claimed,
        taken: tuple[Waiting, ...],
        ids: tuple[int, ...],
        attempts: int,
        error: Exception,
    ) -> None:
        why = f"{type(error).__name__}: {error}"[:500]
        if attempts < _ATTEMPTS:
            await self._store.write(stumble, Stumble(ids, why))
            self.notify(claimed.customer_id, 0)
            return
        try:
            await self._work.bury(claimed, taken, why)
        except Overloaded:
            raise
        except Exception:
            log.exception("apology_failed", customer=claimed.customer_id)
            await self._store.write(stumble, Stumble(ids, why, bury=True))


def _alike(waiting: tuple[Waiting, ...]) -> tuple[Waiting, ...]:
    """Those that can be answered as the first one can: what needs a person keeps nobody else
    waiting for one."""
    needs = waiting[0].needs_person is not None
    return tuple(one for one in waiting if (one.needs_person is not None) == needs)
