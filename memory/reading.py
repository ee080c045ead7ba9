"""One reading of the database on a thread, which can be broken off from the event loop.

Without it a query that hangs would hold its reader after nobody waits for it any more, and with it
all that queue up behind. It knows no table and no query.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine

R = TypeVar("R")

_AGAIN_SECONDS = 0.05


class Reading(Generic[R]):
    """A query on a connection of its own. `run` it on a thread; `stop` it from another."""

    def __init__(self, engine: Engine, query: Callable[[Connection], R]) -> None:
        self._engine = engine
        self._query = query
        self._lock = threading.Lock()
        self._driver: Any = None
        self._stopped = self._over = False

    def run(self) -> R:
        """What the query gives; it raises the driver's error once it was stopped."""
        with self._engine.connect() as connection:
            with self._lock:
                self._driver = connection.connection.driver_connection
                stopped = self._stopped
            try:
                if stopped:
                    raise TimeoutError("nobody waits for this reading any more")
                return self._query(connection)
            finally:
                with self._lock:
                    self._over, stopped = True, self._stopped
                if stopped:
                    # A word to stop that comes too late must not hit whoever reads next.
                    connection.invalidate()

    def stop(self) -> None:
        """Break the query off if it runs; it does not wait for that."""
        with self._lock:
            self._stopped = True
        threading.Thread(target=self._break_off, name="stop-reading", daemon=True).start()

    def _break_off(self) -> None:
        """Say so until it is over: what is said between two statements stops neither."""
        while True:
            with self._lock:
                if self._over or self._driver is None:
                    # Not begun: it sees for itself that nobody waits.
                    return
                if isinstance(self._driver, sqlite3.Connection):
                    self._driver.interrupt()
                else:
                    self._driver.cancel()
            time.sleep(_AGAIN_SECONDS)
