"""An action for OneThread: a call back is written into the book of calls, once for each request."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing

from core.actions import ActionSpec, Call, Perform, RefusedAction
from core.playbook.model import Action

TABLE = "CREATE TABLE IF NOT EXISTS calls (number INTEGER PRIMARY KEY, key TEXT UNIQUE, day TEXT)"


def build(action: Action) -> Perform:
    """What writes into the book that the environment names."""
    book = os.environ.get("CALLS_BOOK", "calls.db")

    async def write(call: Call) -> Mapping[str, object]:
        day = call.values["call_day"]
        if day.casefold() == "sunday":
            raise RefusedAction
        return {"number": await asyncio.to_thread(_number, book, call.key, day)}

    return write


def _number(book: str, key: str, day: str) -> int:
    """The call's number; for a key that is in the book, the one it has."""
    with closing(sqlite3.connect(book, timeout=5)) as connection, connection:
        connection.execute(TABLE)
        connection.execute("INSERT OR IGNORE INTO calls (key, day) VALUES (?, ?)", (key, day))
        row = connection.execute("SELECT number FROM calls WHERE key = ?", (key,)).fetchone()
        return int(row[0])


SPEC = ActionSpec(name="calls", version="1", build=build)
