"""The console's open lines, and who holds them: a line ends when its holder may no longer hold it.

A request is asked for its credentials each time; a line was only when it opened. So whoever was
signed out, kept out or given another role meanwhile, here or beside this process, is looked for
every few seconds, for all lines at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from core.clock import to_micros
from gateway.access.callers import Caller
from gateway.access.roles import Right, rights_of
from gateway.rounds import Round
from memory.pages.people import roles_of_sessions, tokens_in_force
from memory.store import Store

EVERY_SECONDS = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    caller: Caller
    end: Callable[[], None]


class Lines:
    """Looks every `EVERY_SECONDS` while its round goes. `needs` is what holding a line takes."""

    def __init__(self, store: Store, now: Callable[[], datetime], needs: Right) -> None:
        self._store = store
        self._now = now
        self._needs = needs
        self._lines: set[_Line] = set()
        self.round = Round("lines", self.look, EVERY_SECONDS)

    @contextmanager
    def held(self, caller: Caller, end: Callable[[], None]) -> Iterator[None]:
        """A line is open for this caller; `end` is called when it has to be closed."""
        line = _Line(caller, end)
        self._lines.add(line)
        try:
            yield
        finally:
            self._lines.discard(line)

    async def look(self) -> None:
        """End the lines of those who may not hold one any more."""
        lines = tuple(self._lines)
        if not lines:
            return
        now = to_micros(self._now())
        sessions = {line.caller.session for line in lines if line.caller.session}
        tokens = {line.caller.token_id for line in lines if line.caller.token_id is not None}
        roles = await self._store.read(roles_of_sessions, sessions, now)
        valid = await self._store.read(tokens_in_force, tokens, now) if tokens else set()
        for line in lines:
            caller = line.caller
            rights = rights_of(roles.get(caller.session, ""))
            if self._needs not in rights and caller.token_id not in valid:
                line.end()
