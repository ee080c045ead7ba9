"""Leaves nothing in the database's files of what was deleted: they are written anew, without gaps.

Deleting overwrites what is deleted (`memory.engine`), but pages that were moved before may keep old
copies in their gaps, and PostgreSQL keeps what is dead until it is vacuumed. Everybody else waits
while it works, so that whoever calls says when. No row is interpreted here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from memory.engine import database_url, writer_engine

SMALL = 32 * 1024 * 1024
"""Bytes of a SQLite database that are written anew in a fraction of a second."""

LARGE = 512 * 1024 * 1024
"""Bytes from which it may take longer than a gateway beside waits for the database."""

_TRIES = 50
_PAUSE = 0.1
"""Seconds between two of them."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What was done. `anew` says whether the tables' files were written anew, `vacuumed` whether
    PostgreSQL took its dead rows out, `log_emptied` whether SQLite's write-ahead log is empty, or
    PostgreSQL's was checkpointed, which not everybody may ask for."""

    anew: bool
    log_emptied: bool
    vacuumed: bool = False


def file_bytes(url: str) -> int | None:
    """How large a SQLite database is; nothing for PostgreSQL, where we do not see the files."""
    parsed = database_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    return Path(parsed.database or "").stat().st_size


def settle(url: str) -> Compacted:
    """What does not keep anybody waiting for long: a small SQLite database is written anew, of a
    large one the write-ahead log is emptied; PostgreSQL's dead rows are vacuumed."""
    size = file_bytes(url)
    if size is not None and size <= SMALL:
        return compact(url)
    with _alone(database_url(url)) as connection:
        if size is not None:
            return Compacted(False, _empty_log(connection))
        connection.exec_driver_sql("vacuum")
        return Compacted(False, _checkpoint(connection), vacuumed=True)


def compact(url: str) -> Compacted:
    """Write every table and index anew, and empty the log. Raises the driver's error."""
    with _alone(database_url(url)) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("vacuum")
            return Compacted(True, _empty_log(connection))
        connection.exec_driver_sql("vacuum full")
        return Compacted(True, _checkpoint(connection), vacuumed=True)


def _empty_log(connection: Connection) -> bool:
    """Move the write-ahead log into the file, and cut it to nothing. A reader that is still at an
    older state keeps it from that, and is waited for as long as the busy time-out says; for another
    checkpoint at this moment SQLite does not wait (sqlite.org/c3ref/wal_checkpoint_v2.html)."""
    for _ in range(_TRIES):
        busy = connection.exec_driver_sql("pragma wal_checkpoint(truncate)").all()[0][0]
        if not busy:
            return True
        time.sleep(_PAUSE)
    return False


def _checkpoint(connection: Connection) -> bool:
    """After it PostgreSQL may recycle the log's segments; not everybody may ask for it."""
    try:
        connection.exec_driver_sql("checkpoint")
    except DBAPIError:
        return False
    return True


@contextmanager
def _alone(url: URL) -> Iterator[Connection]:
    """A connection whose statements are not in a transaction."""
    if url.get_backend_name() == "sqlite":
        # The writer's own settings, but for its way of beginning transactions.
        made = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with made.connect() as connection:
            for pragma in ("busy_timeout=10000", "secure_delete=on", "temp_store=memory"):
                connection.exec_driver_sql(f"pragma {pragma}")
            yield connection
    else:
        made = writer_engine(url, "FULL").execution_options(isolation_level="AUTOCOMMIT")
        with made.connect() as connection:
            yield connection
    made.dispose()
