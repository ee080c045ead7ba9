"""A whole erasure: call after call of the unit, then the files that nobody names, then what the
database's own files still hold; with a receipt.

The command and the API share it; each says how a transaction is run. Whom it may be asked about is
their business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from core.clock import Micros
from memory.compacting import Compacted
from memory.named_files import named_by_nobody
from memory.units.erasing.whole import START, close_receipt, erase

BEYOND = (
    "Messages at providers, mail servers and on the devices of whoever got them.",
    "Backups of the database and of the files folder, until they are thrown away.",
    "PostgreSQL's write-ahead log, its archive and its replicas, until they are recycled.",
    "Files that were exported, and what programs that use the API have kept.",
)
"""What no erasure here reaches; it is said with every receipt."""

WRITTEN_ANEW = "The database's files were written anew: nothing of it is left in them."
OVERWRITTEN = (
    "What was deleted is overwritten. Copies from before it was moved may be left in gaps of the "
    "database's file until: onethread db compact"
)
VACUUMED = (
    "What was deleted is vacuumed. Its bytes may be left in the tables' files until they are used "
    "again, or until: onethread db compact"
)
NOT_YET = (
    "The database was busy: what was deleted may still be in its files until: onethread db compact"
)


class Desk(Protocol):
    """Runs a transaction: `write` on the writer, `read` where nothing is written."""

    async def write(self, work: Callable[[Connection], Any]) -> Any:
        """Run it and commit."""

    async def read(self, work: Callable[[Connection], Any]) -> Any:
        """Run it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What went: rows by table, which were deleted or lost their words, and files that nothing else
    names; what became of the database's own files; and what is out of reach. It names nobody."""

    customer_id: int
    rows: dict[str, int]
    files: int
    database: str
    beyond: tuple[str, ...]


async def erase_whole(
    desk: Desk,
    drop_file: Callable[[str], Awaitable[None]],
    settle: Callable[[], Compacted],
    who: int | str,
    actor: str,
    now: Callable[[], Micros],
    new_id: Callable[[], int],
) -> Receipt:
    """Erase a customer by id, or one handle by its key. Broken off, it goes on where it was when it
    is asked again. Raises `IdentityProblem` when there is none."""
    at = START
    while True:
        done = await desk.write(partial(_call, who, actor, now, new_id, at))
        who, at = done.customer_id, done.at
        if done.done:
            break
    unnamed = await desk.read(partial(_unnamed, done.files))
    for one in unnamed:
        await drop_file(one)
    await desk.write(partial(_close, done.customer_id, len(unnamed)))
    return Receipt(done.customer_id, dict(done.rows), len(unnamed), await _settled(settle), BEYOND)


async def _settled(settle: Callable[[], Compacted]) -> str:
    try:
        done = await asyncio.to_thread(settle)
    except DBAPIError:
        return NOT_YET
    if done.anew and (done.log_emptied or done.vacuumed):
        return WRITTEN_ANEW
    if done.vacuumed:
        return VACUUMED
    return OVERWRITTEN if done.log_emptied else NOT_YET


def _call(
    who: int | str,
    actor: str,
    now: Callable[[], Micros],
    new_id: Callable[[], int],
    at: tuple[int, int],
    connection: Connection,
) -> Any:
    return erase(connection, who, actor, now(), new_id, at=at)


def _unnamed(files: tuple[str, ...], connection: Connection) -> list[str]:
    return named_by_nobody(connection, files)


def _close(customer_id: int, files: int, connection: Connection) -> None:
    close_receipt(connection, customer_id, files)
