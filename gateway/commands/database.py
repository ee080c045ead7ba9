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

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL

from core.clock import Micros, id_source, to_micros
from memory.engine import database_url, reader_engine, writer_engine
from memory.migrate import version


class NoDatabase(Exception):
    """The database is not there, or not as this release needs it; the text says what to do."""


@contextmanager
def transaction(url: str) -> Iterator[Connection]:
    """One transaction, committed at the end. Raises `NoDatabase`."""
    with writing(url) as engine, engine.begin() as connection:
        yield connection


@contextmanager
def writing(url: str) -> Iterator[Engine]:
    """For many short transactions, one after the other. Raises `NoDatabase`."""
    engine = writer_engine(_ready(url), "FULL")
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """A connection that cannot write and keeps nobody waiting. Raises `NoDatabase`."""
    engine = reader_engine(_ready(url), 1)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _ready(url: str) -> URL:
    """The address of a database that is there, with the layout of this release."""
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
    return parsed


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
