"""Brings a database to the present layout before anything reads or writes it.

Safe to run at every start and by several processes at once: whoever comes second waits, and finds
nothing to do. It changes the layout only; no row is interpreted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from memory.engine import database_url, writer_engine

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x0E_7E_AD
"""The number under which PostgreSQL lets one process at a time migrate."""


class NewerLayout(ValueError):
    """The database was made by a newer release; the text says what to do."""


def upgrade(url: str) -> str:
    """Run the steps that are missing. Returns the layout's version.

    Raises `NewerLayout` for a database that a newer release has made, and the driver's error when
    it cannot be reached.
    """
    with _connected(url) as connection:
        # Most starts find nothing to do, and need not load the steps to know it.
        if _version(connection) != needed_version():
            config = _config(connection)
            _check_known(config, connection)
            command.upgrade(config, "head")
        return needed_version()


def version(url: str) -> tuple[str | None, str]:
    """The layout's version of a database, and the one this release needs."""
    with _connected(url) as connection:
        return _version(connection), needed_version()


@cache
def needed_version() -> str:
    """The layout this release needs."""
    return ScriptDirectory.from_config(_config(None)).get_current_head() or ""


def draft(url: str, message: str) -> str:
    """Write a new step from what the tables and this database differ in. For maintainers."""
    with _connected(url) as connection:
        config = _config(connection)
        step = f"{len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1:04}"
        command.revision(config, message, autogenerate=True, rev_id=step)
        return step


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """A connection in a transaction of its own that no other migration shares."""
    engine = writer_engine(database_url(url), "FULL")
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection
    finally:
        engine.dispose()


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _check_known(config: Config, connection: Connection) -> None:
    """Refuse a version this release does not know, rather than guess what it means."""
    found = _version(connection)
    known = {one.revision for one in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise NewerLayout(
            f"the database's layout {found} was made by a newer release; this one knows "
            f"{needed_version()}: install that release, or restore a backup from before it"
        )


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
