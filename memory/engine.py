"""Opening the database: one engine for the writer, one for readers, with the settings that matter.

Connections only. It knows both dialects' ways of beginning a transaction and of being durable, and
nothing of tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool, QueuePool

_MMAP_BYTES = 1 << 30
_CACHE_KIBIBYTES = 65_536
_CHECKPOINT_PAGES = 16_000


def database_url(url: str) -> URL:
    """The URL with our drivers filled in. Raises `ValueError` for a dialect we do not support."""
    parsed = make_url(url)
    name = parsed.get_backend_name()
    if name == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("a SQLite database needs a file, such as sqlite:///data/onethread.db")
        return parsed.set(drivername="sqlite")
    if name == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise ValueError(f"{name} is not supported; use sqlite:///FILE or postgresql://HOST/NAME")


def writer_engine(url: URL, synchronous: str) -> Engine:
    """The engine of the one writing connection.

    On SQLite, `FULL` makes each commit survive a power cut (sqlite.org/pragma.html, "synchronous");
    the automatic checkpoint is raised, because `checkpoint` does it off the write path.
    """
    if url.get_backend_name() == "sqlite":
        pragmas = (
            "pragma journal_mode=wal",
            f"pragma synchronous={synchronous}",
            # What is deleted is overwritten (sqlite.org/pragma.html, "secure_delete"); what writing
            # costs more by it cannot be measured.
            "pragma secure_delete=on",
            "pragma temp_store=memory",
            "pragma busy_timeout=10000",
            f"pragma cache_size=-{_CACHE_KIBIBYTES}",
            f"pragma mmap_size={_MMAP_BYTES}",
            f"pragma wal_autocheckpoint={_CHECKPOINT_PAGES}",
        )
        engine = _sqlite(url, pragmas, NullPool)
        event.listen(engine, "begin", _begin_immediate)
        event.listen(engine, "do_connect", lambda *_: _make_folder(url))
        return engine
    level = "on" if synchronous == "FULL" else "off"
    return create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"options": f"-c synchronous_commit={level} -c timezone=UTC"},
    )


def reader_engine(url: URL, readers: int) -> Engine:
    """The engine of the reading connections; they cannot write."""
    if url.get_backend_name() == "sqlite":
        pragmas = (
            "pragma query_only=1",
            "pragma temp_store=memory",
            "pragma busy_timeout=10000",
            f"pragma mmap_size={_MMAP_BYTES}",
        )
        return _sqlite(url, pragmas, QueuePool, pool_size=readers, max_overflow=0)
    return create_engine(
        url,
        pool_size=readers,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"options": "-c default_transaction_read_only=on -c timezone=UTC"},
    )


def checkpoint_engine(url: URL) -> Engine:
    """The engine of the connection that only checkpoints a SQLite database."""
    return _sqlite(url, ("pragma busy_timeout=0",), NullPool)


def checkpoint(connection: Connection) -> None:
    """Move what the write-ahead log holds into the database file without making a writer wait."""
    with connection.begin():
        connection.exec_driver_sql("pragma wal_checkpoint(PASSIVE)").all()


def _sqlite(url: URL, pragmas: tuple[str, ...], pool: Any, **options: Any) -> Engine:
    engine = create_engine(
        url,
        poolclass=pool,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
        **options,
    )

    @event.listens_for(engine, "connect")
    def on_connect(raw: Any, _record: Any) -> None:
        # The driver's own transaction handling would begin too late and only for some statements.
        raw.isolation_level = None
        for pragma in pragmas:
            raw.execute(pragma)

    return engine


def _make_folder(url: URL) -> None:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _begin_immediate(connection: Connection) -> None:
    # Taking the write lock at once turns a conflict between processes into a wait.
    connection.exec_driver_sql("begin immediate")
