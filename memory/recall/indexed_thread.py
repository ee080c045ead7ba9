"""The messages of one sender's context, oldest first, ready to be scored and chosen from.

It costs next to nothing until messages have to be scored; what is worked out then is kept and goes
along when the thread grows. It scores nothing, chooses nothing and reads nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.languages.features import Stems
from core.turn import Said
from memory.recall.columns import Analysed, Columns, view_of
from memory.recall.scoring import session_numbers
from memory.recall.terms import LANGUAGE, stems_of

THREAD_LIMIT = 1_000
"""Messages that a thread holds, the newest of a customer. What is older is found by
`memory.recall.deep`, a little of it for each turn."""


@dataclass(frozen=True, slots=True)
class IndexedThread:
    """The messages of one context, oldest first, ready for recall. Made by `index`.

    It costs next to nothing until messages have to be scored; what is worked out then stays with
    each message, also in threads made by `extended`.
    """

    messages: tuple[Analysed, ...]
    stems: Stems
    tokens: int
    """The stored counts of all messages together."""
    sessions: tuple[int, ...]
    """The number of the session that each message belongs to, from 0."""
    columns: Columns
    start: int = 0
    """The first message's place in `columns`."""
    named: int = 0
    """How many messages were said by somebody with a name."""

    @property
    def thread(self) -> tuple[Said, ...]:
        """The messages."""
        return tuple(one.said for one in self.messages)

    def extended(self, messages: Iterable[Said], limit: int = THREAD_LIMIT) -> IndexedThread:
        """This thread and newer messages after it, of which the newest `limit` are kept."""
        added = tuple(Analysed(one, self.stems) for one in messages)
        joined = self.messages + added
        dropped = max(0, len(joined) - limit)
        if not self.messages or self.start + dropped > limit:
            return _indexed(joined[-limit:], self.stems)
        columns, start = self.columns, self.start + dropped
        tokens = self.tokens + sum(one.said.tokens for one in added)
        if dropped:
            tokens -= sum(one.said.tokens for one in joined[:dropped])
            kept = joined[dropped:]
            sessions = tuple(session_numbers(kept))
            return IndexedThread(kept, self.stems, tokens, sessions, columns, start, _named(kept))
        began = self.messages[self.sessions.index(self.sessions[-1])].said.at
        later = session_numbers(added, began, self.sessions[-1])
        sessions = (*self.sessions, *later)
        named = self.named + _named(added)
        return IndexedThread(joined, self.stems, tokens, sessions, columns, start, named)

    def preceded_by(self, older: Sequence[Said]) -> IndexedThread:
        """This thread with older messages before it, which are not kept."""
        if not older:
            return self
        before = tuple(Analysed(one, self.stems) for one in older)
        joined = _indexed(before + self.messages, self.stems)
        if self.messages:
            # What was worked out of the thread is taken over as it is.
            view_of(self.columns, self.messages, self.start)
            end = self.start + len(self.messages)
            if self.columns.messages[self.start : end] == list(self.messages):
                joined.columns.grow(before)
                joined.columns.join(self.columns, self.start, end)
        return joined


def index(thread: Sequence[Said], language: str = LANGUAGE) -> IndexedThread:
    """The messages of a context, oldest first, made ready for recall."""
    stems = stems_of(language)
    return _indexed(tuple(Analysed(one, stems) for one in thread), stems)


def _indexed(messages: tuple[Analysed, ...], stems: Stems) -> IndexedThread:
    tokens = sum(one.said.tokens for one in messages)
    sessions = tuple(session_numbers(messages))
    return IndexedThread(messages, stems, tokens, sessions, Columns(), named=_named(messages))


def _named(messages: Iterable[Analysed]) -> int:
    return sum(one.said.author_name is not None for one in messages)
