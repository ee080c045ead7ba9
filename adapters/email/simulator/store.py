"""What both servers of the simulated mailbox service share: the mailbox, the faults, the wire.

Data and waiting, no protocol. The IMAP server reads the mailbox, the SMTP server and the customers'
mail clients put mail into it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

DATA_FAULTS = frozenset({"lose", "drop", "hang", "garbage"})
SMTP_FAULTS = DATA_FAULTS | {"greylist", "refuse", "throttle"}
FETCH_FAULTS = frozenset({"disconnect", "slow"})
IDLE_FAULTS = frozenset({"silence"})
DELIVERY_FAULTS = frozenset({"duplicate", "reorder"})
KINDS = SMTP_FAULTS | FETCH_FAULTS | IDLE_FAULTS | DELIVERY_FAULTS | {"uidvalidity"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour, used up by the first thing it can befall.

    Of SMTP: "greylist" (450), "refuse" (`code`, with the enhanced code `status`), "throttle" (421),
    "lose" (takes the mail, then drops the connection), "drop" (drops it while the mail is coming
    in), "hang" (takes the mail, and drops the connection `seconds` later without an answer),
    "garbage" (an answer that is none). Of IMAP: "disconnect", "slow" (an answer after `seconds`),
    "silence" (one IDLE without a word), "uidvalidity" (the mailbox is renumbered), "duplicate" (a
    mail comes in twice), "reorder" (a mail comes in after the next one).
    """

    kind: str
    code: int = 550
    status: str = "5.1.1"
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no fault {self.kind!r}")


@dataclass(slots=True)
class Faults:
    """The faults to come, which the servers take from as each fits."""

    waiting: deque[Fault] = field(default_factory=deque)

    def take(self, kinds: frozenset[str]) -> Fault | None:
        """The next fault of these kinds, used up."""
        found = next((one for one in self.waiting if one.kind in kinds), None)
        if found is not None:
            self.waiting.remove(found)
        return found


@dataclass(slots=True)
class Stored:
    """One mail in the mailbox."""

    uid: int
    raw: bytes = field(repr=False)
    at: datetime
    flags: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Mailbox:
    """INBOX: mails by rising UID, and whoever waits for the next one.

    Whoever fetches a mail whose UID is in `withheld` loses the connection.
    """

    faults: Faults
    uid_validity: int = 1000
    mails: list[Stored] = field(default_factory=list)
    withheld: set[int] = field(default_factory=set)
    connections: set[asyncio.WriteTransport] = field(default_factory=set)
    _next_uid: int = 1
    _held: deque[bytes] = field(default_factory=deque)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def next_uid(self) -> int:
        """The UID the next mail will have."""
        return self._next_uid

    async def put(self, raw: bytes) -> None:
        """A mail arrives, and is pushed to whoever is in IDLE."""
        fault = self.faults.take(DELIVERY_FAULTS)
        if fault is not None and fault.kind == "reorder":
            self._held.append(raw)
            return
        self._append(raw)
        if fault is not None:
            self._append(raw)
        while self._held:
            self._append(self._held.popleft())
        async with self._news:
            self._news.notify_all()

    async def changed(self, since: int) -> None:
        """Return when there are mails with UIDs from `since` on."""
        async with self._news:
            await self._news.wait_for(lambda: self._next_uid > since)

    def renumber(self) -> None:
        """New UIDs for all, as after a restore: whoever is connected has to begin anew."""
        self.uid_validity += 1
        for number, one in enumerate(self.mails, start=1):
            one.uid = number
        self._next_uid = len(self.mails) + 1
        for transport in tuple(self.connections):
            transport.abort()

    def remove(self, uid: int) -> None:
        """Somebody deleted a mail or moved it away."""
        self.mails = [one for one in self.mails if one.uid != uid]

    def numbered(self) -> Iterator[tuple[int, Stored]]:
        """The mails with their sequence numbers."""
        return iter(enumerate(self.mails, start=1))

    def _append(self, raw: bytes) -> None:
        self.mails.append(Stored(self._next_uid, raw, datetime.now(UTC)))
        self._next_uid += 1
