"""Histories for tests: files as other systems give them out, brought in on a test's database."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, select
from sqlmodel import SQLModel

from adapters.email.archive import read_archived
from core.clock import to_micros
from core.identity.rules import DEFAULT_RULES
from core.message import Assurance
from gateway.customers.importing import Step, Tools, drive, take_back
from gateway.history.importing import HistoryReport, apply, preview
from gateway.history.reading import Form, Preparing, opened
from memory.readable.context import load_context
from memory.readable.sender import ContextQuery
from memory.tables.main import Handle
from memory.tables.rows import table
from memory.units.identity.bringing import Source

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEAD = "when,channel,phone,author,text,id\n"
CHANNELS = frozenset({"sms", "email", "slack", "webchat"})


class Killed(Exception):
    """The process is gone."""


@dataclass
class Desk:
    """Where histories are brought in, chunk by chunk, each a transaction of its own.

    After `killed_after` messages the process is gone.
    """

    engine: Engine
    folder: Path
    now: datetime = NOW
    killed_after: int | None = None
    ids: count[int] = field(default_factory=lambda: count(500_001))

    def preparing(self) -> Preparing:
        """What a gateway of this shop keeps of a message."""
        return Preparing(
            self.folder, b"k" * 32, tuple, found, lambda text: max(1, len(text) // 4),
            lambda: DEFAULT_RULES, ("help@shop.test",), CHANNELS, read_archived, lambda: self.now,
        )  # fmt: skip

    def tools(self) -> Tools:
        """A clock that never says that a chunk took long, so that each has a few messages."""
        return Tools(
            lambda: to_micros(self.now),
            lambda: next(self.ids),
            lambda: 0.0,
            lambda: DEFAULT_RULES,
            self._progress,
        )

    def bring(
        self, content: bytes, form: str = "csv", level: int = 1, source: str = "old desk"
    ) -> HistoryReport:
        """Bring in this file."""
        told = Source(source, Assurance(level), "our own archive", "cli:root")
        file = io.BytesIO(content)
        with opened(file, Form(form, {}), source, self.preparing()) as read:
            done: HistoryReport = drive(apply(read, told, self.tools()), self._run)
        return done

    def look(self, content: bytes, form: str = "csv") -> HistoryReport:
        """What bringing it in would do."""
        with opened(io.BytesIO(content), Form(form, {}), "old desk", self.preparing()) as read:
            found: HistoryReport = drive(preview(read, self.tools()), self._run)
        return found

    def take_back(self, batch_id: int | None) -> None:
        """Undo it."""
        assert batch_id is not None
        drive(take_back(batch_id, "cli:root", self.tools()), self._run)

    def run_some(self, batch_id: int | None, most: int) -> int:
        """Begin to undo it, and stop after so many steps; how many there were."""
        assert batch_id is not None
        steps, result = take_back(batch_id, "cli:root", self.tools()), None
        for _ in range(most):
            result = self._run(steps.send(result))
        return most

    def texts(self, key: str, level: Assurance = Assurance.AUTHENTICATED) -> list[str]:
        """What whoever writes from this handle now may read of what was said."""
        with self.engine.connect() as connection:
            handle = connection.execute(
                select(table(Handle)).where(table(Handle).c.key == key)
            ).one()
            query = ContextQuery(handle.customer_id, handle.id, 1, level, to_micros(self.now))
            return [one.text for one in load_context(connection, query).thread]

    def rows(self, model: type) -> list[dict[str, object]]:
        """All rows of a table."""
        with self.engine.connect() as connection:
            found = connection.execute(select(table(model))).mappings()
            return [dict(one) for one in found]

    def everything(self, but: Sequence[str] = ()) -> dict[str, list[str]]:
        """Every row of every table but these."""
        with self.engine.connect() as connection:
            return {
                name: sorted(map(repr, connection.execute(select(one)).all()))
                for name, one in SQLModel.metadata.tables.items()
                if name not in but
            }

    def _progress(self, done: int) -> None:
        if self.killed_after is not None and done >= self.killed_after:
            raise Killed

    def _run(self, step: Step) -> object:
        with self.engine.begin() as connection:
            return step.run(connection)


def found(text: str) -> list[tuple[str, str, int]]:
    """Of a text with a number in it, that number as an order's."""
    return [("identifier:order", one, 0) for one in re.findall(r"order (\d+)", text)]


def csv(*rows: str) -> bytes:
    """A file with these lines below its columns."""
    return (HEAD + "".join(f"{one}\n" for one in rows)).encode()
