"""How a system receives OneThread's calls: it checks who asks, does each request once, and answers.

This is the part to copy. What a business allows stands in `maplestead` and `fernwing`; they see
neither the signature nor the key. To try how a gateway bears it, it can be told to be slow, to
fail, or to lose its answers.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from . import fernwing, maplestead
from .books import Answer, Asked, Books, Deed, Refused, sample

OLDEST_SECONDS = 300
"""How far the time of a request may be from ours: what is older may be a repetition."""

LARGEST = 64 * 1024
"""Bytes of a request."""

DEEDS: Mapping[str, Mapping[str, Deed]] = {
    "maplestead": maplestead.DEEDS,
    "fernwing": fernwing.DEEDS,
}
"""What may be asked for: the business and the action, as they stand in the address."""

TABLES = """
CREATE TABLE IF NOT EXISTS records (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, status INTEGER, body TEXT);
"""


@dataclass
class StandIn:
    """A system that answers. `fail` is how many of the next requests meet an error before anything
    is done; of those that do something, `lose` how many get no answer, and `slow` after how many
    seconds they get it. `done` are the keys of what was done, in order."""

    file: Path
    secret: bytes = field(repr=False)
    slow: float = 0.0
    fail: int = 0
    lose: int = 0
    done: list[str] = field(default_factory=list)

    def app(self) -> web.Application:
        """The server."""
        app = web.Application(client_max_size=LARGEST)
        app.router.add_post("/misbehave", self._misbehave)
        app.router.add_post("/{business}/{action}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if not self._is_signed(request.headers, body):
            return web.Response(status=403)
        deed = DEEDS.get(request.match_info["business"], {}).get(request.match_info["action"])
        if deed is None:
            return web.Response(status=404)
        if self.fail:
            self.fail -= 1
            return web.Response(status=503)
        asked = json.loads(body)
        status, answer = await asyncio.to_thread(self.once, deed, asked)
        if asked["key"] in self.done:
            await asyncio.sleep(self.slow)
            if self.lose:
                self.lose -= 1
                assert request.transport is not None
                request.transport.close()
        return web.json_response(answer, status=status)

    def _is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the gateway signed just this, and just now."""
        stamp = headers.get("X-OneThread-Timestamp", "")
        if not stamp.isdigit() or abs(datetime.now(UTC).timestamp() - int(stamp)) > OLDEST_SECONDS:
            return False
        signed = hmac.new(self.secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(headers.get("X-OneThread-Signature", ""), f"v1={signed}")

    def once(self, deed: Deed, body: Mapping[str, object]) -> tuple[int, Answer]:
        """The answer to a request; for a key that was seen, the one it had.

        What is done and what is answered are kept in one transaction: a crash leaves both or none.
        """
        key = str(body["key"])
        with closing(sqlite3.connect(self.file, timeout=5)) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            known = connection.execute(
                "SELECT status, body FROM answers WHERE key = ?", (key,)
            ).fetchone()
            if known is not None:
                return known[0], json.loads(known[1])
            books = Books(connection)
            try:
                status, answer = 200, deed(books, Asked.read(body, datetime.now(UTC)))
            except Refused as no:
                status, answer = 409, {"reason": no.reason, **no.results}
            if books.changed:
                self.done.append(key)
            # Look-ups, too: when a gateway that was stopped asks for all of it again, what it was
            # told before the deed has to be told again, or it would not come to the deed's answer.
            connection.execute(
                "INSERT INTO answers VALUES (?, ?, ?)", (key, status, json.dumps(answer))
            )
            return status, answer

    async def _misbehave(self, request: web.Request) -> web.StreamResponse:
        """For whoever tries it out, on this machine: `curl -d lose=1 .../misbehave`."""
        told = await request.post()
        self.slow = float(str(told.get("slow", self.slow)))
        self.fail = int(str(told.get("fail", self.fail)))
        self.lose = int(str(told.get("lose", self.lose)))
        return web.json_response({"slow": self.slow, "fail": self.fail, "lose": self.lose})


def opened(file: Path, now: datetime) -> Path:
    """The file, with the sample data in it if it is new."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(TABLES)
        if connection.execute("SELECT 1 FROM records LIMIT 1").fetchone() is None:
            connection.executemany("INSERT INTO records VALUES (?, ?, ?)", sample(now))
    return file
