"""Fetches what comes into a mailbox, and hands it over batch by batch, for as long as it runs.

The cursor moves only when a batch is durable. Nothing in the mailbox is changed unless asked. What
a mail means is for its reader to say; a mail that cannot be read never holds up the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import ParamSpec, TypeVar

import structlog

from adapters.email.config import EmailConfig, Server
from adapters.email.oauth import AccessTokens, NoAccess
from adapters.email.receiving.cursor import Cursor, read_cursor, write_cursor
from adapters.email.receiving.imap_batches import MAILS, Fetcher, Readers
from adapters.email.receiving.imap_session import ImapSession, Listed, MailboxFault, Opened
from core.channel import AdapterContext, Received
from core.channel_abilities import Sink

log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_NOTHING = Received(messages=[], updates=[], parked=[])
_SWEEP_BACK = timedelta(days=2)
_MOST_DEALT = 50_000
_QUIET_WAITS = (1.0, 5.0)
"""The first waits after something came, in seconds. A mail that arrives between the search and the
IDLE may go unmentioned, so the mailbox is looked at again soon."""
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 300.0
_LASTING_PAUSE = 30.0
_STOP_SECONDS = 3.0


@dataclass(slots=True)
class _Run:
    """One connection's work: where it stands, and whether the server can tell of mail."""

    session: ImapSession
    cursor: Cursor
    idle: bool


@dataclass(slots=True)
class _Dealt:
    """The UIDs that were dealt with, over all connections, and when they were last gone through."""

    swept_at: datetime
    uid_validity: int = 0
    uids: dict[int, None] = field(default_factory=dict)

    def begin(self, uid_validity: int) -> None:
        """UIDs of before a renumbering mean nothing any more."""
        if self.uid_validity != uid_validity:
            self.uid_validity = uid_validity
            self.uids.clear()

    def remember(self, uids: Iterable[int]) -> None:
        """These are dealt with; the oldest are forgotten when they are many."""
        self.uids.update(dict.fromkeys(uids))
        while len(self.uids) > _MOST_DEALT:
            del self.uids[next(iter(self.uids))]


class MailboxReader:
    """One mailbox. `trouble` says in words why it is not read now."""

    def __init__(
        self,
        config: EmailConfig,
        server: Server,
        context: AdapterContext,
        access: AccessTokens | None,
        readers: Readers,
    ) -> None:
        self._config = config
        self._server = server
        self._context = context
        self._access = access
        self._fetcher = Fetcher(readers, config.max_mail_bytes)
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._session: ImapSession | None = None
        self._failures = 0
        self._dealt = _Dealt(context.now())
        self._sweep_every = timedelta(seconds=config.sweep_seconds)
        self.trouble: str | None = "The mailbox was not opened yet."

    def start(self, sink: Sink) -> None:
        """Begin to read."""
        self._stopping.clear()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix=f"imap-{self._context.account}")
        self._task = asyncio.create_task(self._keep_reading(sink))

    async def stop(self) -> None:
        """Stop reading; nothing is handed over after this."""
        self._stopping.set()
        if self._task is None or self._threads is None:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._task), _STOP_SECONDS)
        if self._session is not None:
            self._session.abort()
        self._task.cancel()
        # A thread that still waits for a connection ends with its time-out, and hands over nothing.
        await asyncio.wait({self._task}, timeout=_STOP_SECONDS)
        self._threads.shutdown(wait=False)
        self._task = None

    async def _keep_reading(self, sink: Sink) -> None:
        while not self._stopping.is_set():
            try:
                await self._connected(sink)
            except (MailboxFault, NoAccess) as fault:
                await self._pause(fault.reason, lasting=fault.lasting)
            except Exception as error:
                log.exception("mail_not_taken", account=self._context.account)
                await self._pause(
                    f"Mail could not be taken in ({type(error).__name__}).", lasting=False
                )

    async def _pause(self, reason: str, *, lasting: bool) -> None:
        """Wait before the next connection, longer each time, and not all accounts at once."""
        self.trouble = reason
        first = _LASTING_PAUSE if lasting else _FIRST_PAUSE
        wait = min(_LONGEST_PAUSE, first * 2.0 ** min(self._failures, 20))
        wait *= 1 + 0.25 * _spread(self._context.new_id())
        self._failures += 1
        log.warning(
            "mailbox_not_read",
            account=self._context.account,
            reason=reason,
            again_in_seconds=round(wait, 1),
        )
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), wait)

    async def _connected(self, sink: Sink) -> None:
        """Read over one connection until it is time to stop. Raises why it ended otherwise."""
        token = None if self._access is None else await self._access.token()
        session = ImapSession(
            self._server, self._config.mailbox, self._config.timeout_seconds, token
        )
        self._session = session
        try:
            opened = await self._call(session.open, read_only=not self._config.mark_seen)
            idle = "IDLE" in await self._call(session.capabilities)
            cursor = await self._begin(session, opened, sink)
            self.trouble = None
            await self._follow(_Run(session, cursor, idle), sink)
        except MailboxFault as fault:
            if fault.lasting and self._access is not None:
                self._access.forget()
            raise
        finally:
            await asyncio.shield(self._call(session.close))
            self._session = None

    async def _follow(self, run: _Run, sink: Sink) -> None:
        quiet = 0
        while not self._stopping.is_set():
            found = await self._call(run.session.uids_after, run.cursor.uid)
            if found:
                await self._take(run, found, sink)
                quiet = 0
                continue
            if (
                self._context.now() - self._dealt.swept_at
            ).total_seconds() >= self._config.sweep_seconds:
                await self._sweep(run, sink)
            waits = (*_QUIET_WAITS, self._config.poll_seconds)
            wait = min(waits[min(quiet, len(waits) - 1)], self._config.poll_seconds)
            quiet += 1
            await self._call(run.session.wait, wait, self._stopping.is_set, idle=run.idle)
            self._failures = 0

    async def _begin(self, session: ImapSession, opened: Opened, sink: Sink) -> Cursor:
        """Where to go on. A mailbox never read before gives what is recent and not yet read by a
        person; one that was renumbered gives all that is recent once more, and admission knows
        which of it is known."""
        self._dealt.begin(opened.uid_validity)
        kept = await read_cursor(self._context.keep, self._config.mailbox)
        if kept is not None and kept.uid_validity == opened.uid_validity:
            return kept
        recent = (self._context.now() - timedelta(days=self._config.resync_days)).date()
        found = await self._call(session.uids_since, recent, unseen=kept is None)
        last = await self._last_uid(session, opened)
        if kept is not None:
            log.warning("mailbox_renumbered", account=self._context.account, mails=len(found))
            last = found[0] - 1 if found else last
        cursor = Cursor(opened.uid_validity, last, last)
        if kept is None:
            await self._take(_Run(session, cursor, idle=False), found, sink)
        if self._stopping.is_set():
            return cursor
        await write_cursor(self._context.keep, self._config.mailbox, cursor)
        return cursor

    async def _last_uid(self, session: ImapSession, opened: Opened) -> int:
        """The highest UID there was when the mailbox was opened."""
        if opened.next_uid:
            return opened.next_uid - 1
        # RFC 3501, section 7.1: a server need not tell the next UID.
        return max(await self._call(session.uids_after, 0), default=0)

    async def _sweep(self, run: _Run, sink: Sink) -> None:
        """Look for recent mails below the cursor that were never handed over: some servers show
        mails out of the order of their UIDs."""
        day = (self._context.now() - _SWEEP_BACK).date()
        recent = await self._call(run.session.uids_since, day)
        cursor = run.cursor
        missed = [one for one in recent if cursor.floor < one <= cursor.uid]
        await self._take(run, [one for one in missed if one not in self._dealt.uids], sink)
        self._dealt.swept_at = self._context.now()

    async def _take(self, run: _Run, uids: Sequence[int], sink: Sink) -> None:
        """Hand these mails over, a bounded batch at a time; mails above the cursor move it."""
        for start in range(0, len(uids), MAILS):
            chosen = uids[start : start + MAILS]
            listed = await self._call(run.session.listed, chosen)
            self._dealt.remember(one.uid for one in listed if one.deleted)
            for group in self._fetcher.groups([one for one in listed if not one.deleted]):
                if self._stopping.is_set():
                    return
                await self._hand_over(run, group, sink)
            await self._moved(run, chosen[-1])

    async def _hand_over(self, run: _Run, group: Sequence[Listed], sink: Sink) -> None:
        batch = await self._fetcher.fetch(run.session, group, self._call)
        if batch.received != _NOTHING:
            await sink(batch.received)
        if self._config.mark_seen:
            await self._call(run.session.mark_seen, batch.uids)
        self._dealt.remember(batch.uids)
        await self._moved(run, group[-1].uid)

    async def _moved(self, run: _Run, uid: int) -> None:
        if uid > run.cursor.uid:
            self._failures = 0
            run.cursor = run.cursor.at(uid)
            await write_cursor(self._context.keep, self._config.mailbox, run.cursor)

    async def _call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something that blocks, in this mailbox's own thread."""
        assert self._threads is not None
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(work, *args, **kwargs))


def _spread(unique: str) -> float:
    """Between 0 and 1, by a random id."""
    return int.from_bytes(sha256(unique.encode()).digest()[:4], "big") / 2**32
