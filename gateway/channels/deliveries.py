"""Delivery: parts leave in the order of their conversation, and each outcome is recorded.

Only what is safe is tried again; what may have arrived is reconciled first; what is dead is parked
with its reason. It never decides what to say, and never sends a part that it does not hold.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson
import structlog

from core.channel import SendError
from core.channel_abilities import Absent, Attempt, Found, Reconciles
from core.clock import from_micros, to_micros
from core.message import DeliveryStatus, OutboundPart, SendReceipt
from gateway.events import Bus, Event
from memory.store import A, Overloaded, R, Store, Unit
from memory.units.messages.consent import OPTED_OUT, is_recipient_gone
from memory.units.messages.deliveries import NotSent, Sent, mark_not_sent, mark_sent, receipts
from memory.units.messages.holding import Due, claim_due, give_back, release_claims, renew

log = structlog.get_logger(__name__)

HOLD_SECONDS = 60.0
"""How long a part stays claimed without being renewed."""

_SCAN_SECONDS = 1.0
_SCAN_LIMIT = 200
_STOP_SECONDS = 5.0
_BUSY_SECONDS = 0.2
_FRESH = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Sender:
    """How one account sends: its adapter's `send`, and `reconcile` when it has one."""

    send: Callable[[OutboundPart], Awaitable[SendReceipt]]
    reconciles: Reconciles | None
    idempotent: bool


@dataclass(frozen=True, slots=True)
class Backoff:
    """When to try again: `attempts` in all, waiting `first` seconds, doubled up to `longest`."""

    attempts: int
    first: float
    longest: float

    def wait(self, attempt: int, asked: float | None, spread: float) -> float:
        """Seconds before the next attempt; a provider's wish is a lower bound.

        `spread` is between 0 and 1 and moves the wait by up to a quarter, so that many parts that
        failed together do not come back together.
        """
        own = min(self.longest, self.first * float(2 ** (attempt - 1)))
        return max(asked or 0.0, own * (1 + 0.25 * spread))


class _RecipientGone(Exception):
    """The customer opted out before the part was sent."""


@dataclass(slots=True)
class _Lane:
    """The parts of one conversation that this process holds, in sending order.

    `ask_first`: one was discarded on its way, and so may those behind it have been.
    """

    parts: deque[Due] = field(default_factory=deque)
    drop_bot: bool = False
    ask_first: bool = False


class Deliveries:
    """Sends what turns and people committed. `senders` are keyed by account."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        senders: Mapping[str, Sender],
        backoff: Backoff,
        *,
        worker: str,
        concurrency: int,
        now: Callable[[], datetime],
        new_id: Callable[[], int],
        spread: Callable[[], float],
    ) -> None:
        self._store = store
        self._bus = bus
        self._senders = senders
        self._backoff = backoff
        self._worker = worker
        self._slots = asyncio.Semaphore(concurrency)
        self._now = now
        self._new_id = new_id
        self._spread = spread
        self._lanes: dict[int, _Lane] = {}
        self._held: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._begun: set[int] = set()
        self._stopping = asyncio.Event()
        self._scan: asyncio.Event = asyncio.Event()
        self._scanner: asyncio.Task[None] | None = None
        self.reconciled = 0
        self.lost = 0

    async def start(self, *, alone: bool) -> None:
        """Take over what earlier processes left, then keep looking for due parts.

        `alone` says that no other process works on this database, so that no claim is alive.
        """
        if alone:
            self.lost = await self._store.run(release_claims, to_micros(self._now()))
            if self.lost:
                log.info("deliveries_in_doubt", parts=self.lost)
        self._scanner = asyncio.create_task(self._scan_loop())

    async def stop(self) -> None:
        """Let the parts being sent finish; the others stay in the database, free for anybody."""
        self._stopping.set()
        if self._scanner is not None:
            self._scanner.cancel()
        held = [part for lane in self._lanes.values() for part in lane.parts]
        for lane in self._lanes.values():
            lane.parts.clear()
        if self._tasks:
            _, pending = await asyncio.wait(self._tasks, timeout=_STOP_SECONDS)
            for task in pending:
                task.cancel()
        untouched = [part.id for part in held if not part.lost and part.id not in self._begun]
        try:
            now = to_micros(self._now())
            await self._store.run(give_back, self._worker, untouched, now)
        except Exception as error:  # noqa: BLE001 - they run out by themselves, and we must end
            log.warning("claims_kept", error=type(error).__name__)

    def hold(self, parts: Sequence[Due]) -> None:
        """Send parts that this process committed and claimed."""
        for part in parts:
            if part.id in self._held:
                continue
            self._held.add(part.id)
            lane = self._lanes.get(part.conversation_id)
            if lane is None:
                lane = self._lanes[part.conversation_id] = _Lane()
                self._spawn(self._run_lane(part.conversation_id, lane))
            lane.parts.append(part)

    def wake(self, conversation_id: int) -> None:
        """A person answered here: drop unsent drafts of the bot and look for new parts at once."""
        lane = self._lanes.get(conversation_id)
        if lane is not None:
            lane.drop_bot = True
        self._scan.set()

    @property
    def idle(self) -> bool:
        """Nothing is held by this process."""
        return not self._held

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _scan_loop(self) -> None:
        renewed = self._now()
        while True:
            try:
                await self._claim_due()
                if self._held and self._now() - renewed > timedelta(seconds=HOLD_SECONDS / 3):
                    renewed = self._now()
                    await self._store.run(renew, sorted(self._held), self._until(HOLD_SECONDS))
            except Exception:
                log.exception("delivery_scan_failed")
            try:
                await asyncio.wait_for(self._scan.wait(), _SCAN_SECONDS)
            except TimeoutError:
                continue
            self._scan.clear()

    async def _claim_due(self) -> None:
        now = to_micros(self._now())
        parts = await self._store.run(
            claim_due, self._worker, now, self._until(HOLD_SECONDS), _SCAN_LIMIT
        )
        self.hold(parts)

    def _until(self, seconds: float) -> int:
        return to_micros(self._now()) + int(seconds * 1_000_000)

    async def _run_lane(self, conversation_id: int, lane: _Lane) -> None:
        try:
            while lane.parts:
                part = lane.parts[0]
                await self._deliver(part, lane)
                self._held.discard(part.id)
                self._begun.discard(part.id)
                if lane.parts and lane.parts[0] is part:
                    lane.parts.popleft()
        finally:
            for part in lane.parts:
                self._held.discard(part.id)
            if self._lanes.get(conversation_id) is lane:
                del self._lanes[conversation_id]

    async def _deliver(self, due: Due, lane: _Lane) -> None:
        """One part to its end: accepted, parked, or discarded."""
        sender = self._senders.get(due.account)
        attempts, lost = due.attempts, due.lost
        part = _as_part(due)
        while True:
            if lane.drop_bot and due.author == "bot":
                await self._give_up(due, attempts, "A person took over before it was sent.", True)
                return
            if sender is None:
                await self._give_up(due, attempts, f"The channel {due.account} is not set up.")
                return
            attempts += 1
            try:
                async with self._slots:
                    if self._stopping.is_set():
                        return
                    self._begun.add(due.id)
                    ask = attempts > 1 or lane.ask_first
                    receipt = await self._send_once(sender, part, due, lost, ask)
            except _RecipientGone:
                lane.ask_first = True
                await self._give_up(due, attempts, OPTED_OUT, discarded=True)
                return
            except SendError as error:
                if not error.retryable or attempts >= self._backoff.attempts:
                    await self._park(due, attempts, error)
                    return
                lost = error.ambiguous
                wait = self._backoff.wait(attempts, error.retry_after, self._spread())
                await self._put_off(due, attempts, error, wait)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), wait)
            else:
                await self._record(due, attempts, receipt)
                return

    async def _send_once(
        self, sender: Sender, part: OutboundPart, due: Due, lost: bool, ask: bool
    ) -> SendReceipt:
        if lost and not sender.idempotent:
            receipt = await self._reconcile(sender, part, due)
            if receipt is not None:
                return receipt
        # What leaves at once was committed with the customer's consent; later they may have left.
        waited = self._now() - from_micros(due.created_at) >= _FRESH
        if (ask or lost or waited) and await self._store.read(is_recipient_gone, due.id):
            raise _RecipientGone
        try:
            return await sender.send(part)
        except SendError:
            raise
        except Exception as error:
            log.exception("send_raised", account=due.account, delivery=due.id)
            raise SendError(
                f"The channel failed unexpectedly ({type(error).__name__}).",
                retryable=True,
                ambiguous=True,
            ) from error

    async def _reconcile(self, sender: Sender, part: OutboundPart, due: Due) -> SendReceipt | None:
        """The receipt of an earlier attempt, or nothing when it is certain that there is none."""
        if sender.reconciles is None:
            raise SendError("It may have been sent already; the channel cannot tell.")
        self.reconciled += 1
        known = await self._store.read(receipts, due.conversation_id)
        attempt = Attempt(part, from_micros(due.created_at), known)
        outcome = await sender.reconciles.reconcile(attempt)
        log.info("reconciled", delivery=due.id, outcome=type(outcome).__name__)
        if isinstance(outcome, Found):
            return SendReceipt(outcome.provider_id)
        if isinstance(outcome, Absent):
            return None
        raise SendError(outcome.reason, retryable=True, ambiguous=True)

    async def _record(self, due: Due, attempts: int, receipt: SendReceipt) -> None:
        now = self._now()
        ids = (self._new_id(), self._new_id())
        sent = Sent(due.id, receipt.provider_id, receipt.status, to_micros(now), attempts, ids)
        await self._keep(mark_sent, sent)
        self._tell(due, receipt.status.value, None)

    async def _put_off(self, due: Due, attempts: int, error: SendError, wait: float) -> None:
        now = to_micros(self._now())
        later = now + int(wait * 1_000_000)
        await self._keep(
            mark_not_sent,
            NotSent(
                due.id,
                now,
                attempts,
                later,
                later + int(HOLD_SECONDS * 1_000_000),
                error.ambiguous,
                error.provider_code,
                error.reason,
            ),
        )
        log.info("send_put_off", delivery=due.id, attempt=attempts, seconds=round(wait, 1))
        self._tell(due, DeliveryStatus.PENDING.value, error.reason)

    async def _park(self, due: Due, attempts: int, error: SendError) -> None:
        now = to_micros(self._now())
        await self._keep(
            mark_not_sent,
            NotSent(
                due.id,
                now,
                attempts,
                None,
                0,
                error.ambiguous,
                error.provider_code,
                error.reason,
                opted_out=error.opted_out,
                dead=error.dead,
                ids=(self._new_id(), self._new_id()) if error.dead else None,
            ),
        )
        log.warning("send_failed", delivery=due.id, attempts=attempts, code=error.provider_code)
        self._tell(due, DeliveryStatus.FAILED.value, error.reason)

    async def _give_up(self, due: Due, attempts: int, reason: str, discarded: bool = False) -> None:
        now = to_micros(self._now())
        await self._keep(
            mark_not_sent,
            NotSent(due.id, now, attempts, None, 0, False, None, reason, discarded=discarded),
        )
        status = DeliveryStatus.DISCARDED if discarded else DeliveryStatus.FAILED
        self._tell(due, status.value, reason)

    async def _keep(self, unit: Unit[A, R], arg: A) -> None:
        """Record what happened to a part, however long the database has no room: unrecorded, a part
        that arrived would be in doubt."""
        while True:
            try:
                await self._store.write(unit, arg)
                return
            except Overloaded:
                await asyncio.sleep(_BUSY_SECONDS)

    def _tell(self, due: Due, status: str, reason: str | None) -> None:
        if not self._bus.listening:
            return
        data = {
            "delivery_id": str(due.id),
            "part": due.part,
            "parts": due.parts,
            "status": status,
            "reason": reason,
            "channel": due.channel,
        }
        kind = "delivered" if status in ("sent", "delivered") else "delivery"
        self._bus.publish(Event(kind, self._now(), None, due.conversation_id, data))


def _as_part(due: Due) -> OutboundPart:
    return OutboundPart(
        key=str(due.id),
        account=due.account,
        channel=due.channel,
        address=orjson.loads(due.address_json),
        payload=orjson.loads(due.payload_json),
        index=due.part,
        of=due.parts,
    )
