"""Gets mails out of a mailbox in bounded batches and has them read, one after the other.

It neither moves a cursor nor hands anything over. A mail that the server does not give out, time
after time, is set aside, so that it does not hold up those behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.email.receiving.imap_session import ImapSession, Listed, MailboxFault
from core.channel import Received

MAILS = 20
"""Mails in a batch."""
_REST = 0.01
"""Seconds between two mails of a batch."""
_BYTES = 16 * 1024 * 1024
_ATTEMPTS = 3
"""So often a mail is asked for before it is set aside; each time over a new connection."""


class Blocking(Protocol):
    """Runs something that blocks where it blocks nobody."""

    def __call__(
        self, work: Callable[[Sequence[int]], Mapping[int, bytes]], uids: Sequence[int], /
    ) -> Awaitable[Mapping[int, bytes]]:
        """Its result."""


@dataclass(frozen=True, slots=True)
class Readers:
    """What is made of a mail: of a whole one, of one that is too large (its headers and its size),
    and of one that is not given out (its UID). None of them raises."""

    whole: Callable[[bytes], Received]
    too_big: Callable[[bytes, int], Received]
    withheld: Callable[[int], Received]


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of some mails; `uids` are those that were there."""

    received: Received
    uids: tuple[int, ...]


class Fetcher:
    """Fetches for one mailbox, over all its connections."""

    def __init__(self, readers: Readers, limit: int) -> None:
        self._readers = readers
        self._limit = limit
        self._failed_at = 0
        self._failures = 0

    def groups(self, listed: Sequence[Listed]) -> list[list[Listed]]:
        """Cut so that no group holds more bytes than fit, but for a single mail; singly after a
        failure, to find the mail that it is for."""
        groups: list[list[Listed]] = []
        size = 0
        for one in listed:
            if not groups or self._failures or size + self._held(one) > _BYTES:
                groups.append([])
                size = 0
            groups[-1].append(one)
            size += self._held(one)
        return groups

    async def fetch(self, session: ImapSession, group: Sequence[Listed], run: Blocking) -> Batch:
        """The mails of a group, read. Raises `MailboxFault`."""
        first = group[0].uid
        if self._failed_at == first and self._failures >= _ATTEMPTS:
            self._failures = 0
            return Batch(self._readers.withheld(first), ())
        small = [one.uid for one in group if one.size <= self._limit]
        big = {one.uid: one.size for one in group if one.size > self._limit}
        try:
            whole = await run(session.contents, small)
            headers = await run(session.headers, list(big))
        except MailboxFault:
            self._failures = self._failures + 1 if self._failed_at == first else 1
            self._failed_at = first
            raise
        if self._failed_at <= first:
            self._failures = 0
        return await self._read(group, whole, headers)

    async def _read(
        self, group: Sequence[Listed], whole: Mapping[int, bytes], headers: Mapping[int, bytes]
    ) -> Batch:
        received: list[Received] = []
        there: list[int] = []
        for one in group:
            if one.uid in whole:
                received.append(self._readers.whole(whole[one.uid]))
            elif one.uid in headers:
                received.append(self._readers.too_big(headers[one.uid], one.size))
            else:
                continue
            there.append(one.uid)
            # Reading costs milliseconds: whoever texts now is served between two mails.
            await asyncio.sleep(_REST)
        return Batch(_joined(received), tuple(there))

    def _held(self, mail: Listed) -> int:
        return mail.size if mail.size <= self._limit else 0


def _joined(all_received: Sequence[Received]) -> Received:
    return Received(
        messages=[one for received in all_received for one in received.messages],
        updates=[one for received in all_received for one in received.updates],
        parked=[one for received in all_received for one in received.parked],
    )
