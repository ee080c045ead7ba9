"""Messages of another system, and whose they are: what an import of history may put where.

An address is one person's only while they hold it. What was said by whoever had it before, or over
an address that names nobody, is put nowhere; the same is found by a dry run and by the import. It
only reads.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, select

from core.clock import Micros
from core.identity.graph import is_shared, silent_before
from core.identity.rules import IdentityRules
from core.message import Author, Handle
from memory.tables.main import Handle as HandleRow
from memory.tables.remembered import HistoryLine
from memory.tables.rows import table
from memory.units.identity.blocking import blocked_patterns, is_blocked

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

BLOCKED = "its address is on the block list: it stands for nobody"
ANOTHER_LIFE = "its address was silent for so long since that it may have been somebody else's"

_handle = table(HandleRow)
_line = table(HistoryLine)


@dataclass(frozen=True, slots=True)
class PastMessage:
    """One message as another system had it, its secrets removed. `line` is where it stood.

    `handle` is the customer's, whoever the `author` is. `thread` is what the source calls the
    conversation, if anything. `digest` names it among all of its source; `about` is what recall
    compares it by, and `tokens` its count. `tells` is what rules find in it: keys and values of
    facts, and the level that each needs to be told.
    """

    line: int
    handle: Handle
    channel: str
    thread: str
    at: Micros
    author: Author
    author_name: str | None
    subject: str | None
    text: str = field(repr=False)
    tokens: int
    secrets: Mapping[str, str]
    digest: str
    about: bytes | None = field(default=None, repr=False)
    tells: tuple[tuple[str, str, int], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Span:
    """When the file has one handle writing: since when without being silent for too long (`begins`,
    0: all along), and for the last time. `newest` is its last message of any author, of `count`."""

    begins: Micros
    written_at: Micros
    newest: Micros
    count: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A message on its way in, with what the whole file says of its handle. The `last` of a handle
    says that no other of it follows."""

    message: PastMessage
    span: Span
    last: bool


class Places:
    """The handles of some messages as they stand now."""

    def __init__(
        self, connection: Connection, pieces: Collection[Piece], rules: IdentityRules
    ) -> None:
        self._rules = rules
        self._blocked = blocked_patterns(connection)
        keys = {one.message.handle.key for one in pieces}
        rows = connection.execute(select(_handle).where(_handle.c.key.in_(keys)))
        self.rows: dict[str, AnyRow] = {row.key: row for row in rows}
        digests = {one.message.digest for one in pieces}
        known = connection.execute(select(_line.c.digest).where(_line.c.digest.in_(digests)))
        self.brought: set[str] = set(known.scalars())

    def obstacle(self, piece: Piece) -> str | None:
        """Why the message is put nowhere, in words; nothing when it is its handle's."""
        message, span = piece.message, piece.span
        key = message.handle.key
        if is_blocked(key, self._rules, self._blocked):
            return BLOCKED
        if message.at < span.begins:
            return ANOTHER_LIFE
        row = self.rows.get(key)
        if row is None or message.at >= row.created_at:
            return None
        heard = span.written_at or span.newest
        too_old = heard < silent_before(message.handle.kind, self._rules, row.created_at)
        return ANOTHER_LIFE if too_old or row.succeeds is not None else None

    def is_shared(self, key: str) -> bool:
        """Whether the address is several people's: nobody reads over it."""
        row = self.rows.get(key)
        return is_shared(key, row is not None and bool(row.shared), self._rules)

    def began_anew(self, key: str) -> bool:
        """Whether the address was somebody else's before, as far as we know."""
        row = self.rows.get(key)
        return row is not None and row.succeeds is not None
