"""What an import of history would do, found out without doing any of it.

It goes over the messages in the order in which they would come in, and reads only: whose they would
be, which are here already, and what would be left out and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from core.clock import Micros, from_micros
from core.identity.rules import DEFAULT_RULES, IdentityRules
from memory.past import Piece, Places
from memory.units.remembering.history import Taken

SHOWN = 200
"""Handles and messages that are named one by one."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A message that would be put nowhere, and why, in words for a person."""

    line: int
    handle: str
    words: str


@dataclass(frozen=True, slots=True)
class Met:
    """A handle that messages are of: whose it is now (nobody's: it would be new), and what stands
    in the way of reading over it, in words."""

    handle: str
    customer_id: int | None
    messages: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """All that was found out. `channels` counts messages, `secrets` those that a secret would be
    taken out of. Of `handles` and `left_out` the first are named; handles with notes come first."""

    taken: Taken
    channels: Mapping[str, int]
    oldest: datetime | None
    newest: datetime | None
    secrets: int
    handles: tuple[Met, ...]
    left_out: tuple[LeftOut, ...]


class HistoryPreview:
    """The file as far as it was looked at. `look` takes it on by one chunk."""

    def __init__(self, rules: IdentityRules = DEFAULT_RULES) -> None:
        self._rules = rules
        self._taken: Counter[str] = Counter()
        self._channels: Counter[str] = Counter()
        self._reach: tuple[Micros, Micros] | None = None
        self._secrets = 0
        self._left_out: list[LeftOut] = []
        self._noted: list[Met] = []
        self._plain: list[Met] = []
        self._current: Met | None = None
        # The same message twice in a file is one; of a handle it stands side by side.
        self._seen: set[str] = set()

    def look(self, connection: Connection, pieces: Sequence[Piece]) -> None:
        """What these would do."""
        places = Places(connection, pieces, self._rules)
        self._taken["rows"] += len(pieces)
        for one in pieces:
            if one.message.digest in places.brought or one.message.digest in self._seen:
                self._taken["repeated"] += 1
            elif (words := places.obstacle(one)) is not None:
                self._leave_out(one, words)
            else:
                self._place(one, places)
            if one.last:
                self._end_handle()

    def found(self) -> Looked:
        """All that was looked at so far."""
        self._end_handle()
        reach = self._reach
        return Looked(
            Taken(**self._taken),
            dict(sorted(self._channels.items())),
            None if reach is None else from_micros(reach[0]),
            None if reach is None else from_micros(reach[1]),
            self._secrets,
            tuple((self._noted + self._plain)[:SHOWN]),
            tuple(self._left_out),
        )

    def _leave_out(self, one: Piece, words: str) -> None:
        self._taken["left_out"] += 1
        if len(self._left_out) < SHOWN:
            self._left_out.append(LeftOut(one.message.line, one.message.handle.key, words))

    def _place(self, one: Piece, places: Places) -> None:
        message, key = one.message, one.message.handle.key
        self._seen.add(message.digest)
        self._taken["messages"] += 1
        self._channels[message.channel] += 1
        self._secrets += bool(message.secrets)
        oldest, newest = self._reach or (message.at, message.at)
        self._reach = (min(oldest, message.at), max(newest, message.at))
        before = self._current
        if before is not None and before.handle == key:
            self._current = Met(key, before.customer_id, before.messages + 1, before.notes)
            return
        row = places.rows.get(key)
        self._current = Met(key, None if row is None else row.customer_id, 1, _notes(key, places))

    def _end_handle(self) -> None:
        """No other message of this handle comes."""
        self._seen.clear()
        met, self._current = self._current, None
        if met is None:
            return
        self._taken["new" if met.customer_id is None else "known"] += 1
        listed = self._noted if met.notes else self._plain
        if len(listed) < SHOWN:
            listed.append(met)


def _notes(key: str, places: Places) -> tuple[str, ...]:
    notes = []
    if places.is_shared(key):
        notes.append("several people have it: nobody reads over it")
    if places.began_anew(key):
        notes.append("it was somebody else's before: only what is newer is brought in")
    return tuple(notes)
