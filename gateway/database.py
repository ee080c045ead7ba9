"""A command's own short look into the database, beside a gateway that may be running.

It opens what the settings name, refuses what is not there or of another layout with the remedy, and
gives one transaction. The gateway itself works through `memory.store`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from core.clock import Micros, id_source, to_micros
from memory.engine import database_url, writer_engine
from memory.migrate import version


class NoDatabase(Exception):
    """The database is not there, or not as this release needs it; the text says what to do."""


@contextmanager
def transaction(url: str) -> Iterator[Connection]:
    """One transaction, committed at the end. Raises `NoDatabase`."""
    parsed = database_url(url)
    if (missing := missing_file(url)) is not None:
        raise NoDatabase(
            f"there is no database at {missing}; start the gateway once, or run: "
            "onethread db upgrade"
        )
    found, needed = version(url)
    if found != needed:
        raise NoDatabase(
            f"the database has layout {found or 'none'}, this release needs {needed}; "
            "run: onethread db upgrade"
        )
    engine = writer_engine(parsed, "FULL")
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def missing_file(url: str) -> Path | None:
    """The file of a SQLite database that is not there."""
    parsed = database_url(url)
    file = Path(parsed.database or "")
    return file if parsed.get_backend_name() == "sqlite" and not file.is_file() else None


def now_micros() -> Micros:
    """The wall clock."""
    return to_micros(datetime.now(UTC))


def command_ids() -> Callable[[], int]:
    """Ids that a gateway running beside this command does not give."""
    return id_source(now_micros, os.getpid() % 1024)
