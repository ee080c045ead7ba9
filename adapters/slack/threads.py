"""Which posts of a channel are for us: threads we take part in, and one user's posts in a row.

In a channel a machine answers only where it was called. Threads last over restarts and are shared
by processes, the newest 200 of each channel; posts in a row are known to this process alone. Pure
but for what it keeps; it looks nothing up.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from decimal import Decimal

from adapters.slack.events import Post
from core.channel import Keep

QUIET_SECONDS = Decimal(3)
"""So long after one post, the same user's next one in a channel is the same thought."""

_MAX_THREADS = 200
_MAX_KNOWN = 5_000
_MAX_ROWS = 1_000
_MAX_WAITING = 500
_WAITING_SECONDS = Decimal(60)


@dataclass(frozen=True, slots=True)
class _Row:
    """One user's posts in a row: the thread of the first, and when the last was written."""

    thread: str
    last: Decimal


class Threads:
    """Remembers threads in which we were called, and finds the thread of a post."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._known: OrderedDict[str, None] = OrderedDict()
        self._rows: OrderedDict[tuple[str, str, str], _Row] = OrderedDict()
        self._waiting: OrderedDict[str, Post] = OrderedDict()

    async def thread_of(self, post: Post, *, called_elsewhere: bool) -> str | None:
        """The thread a channel's post belongs to with us; nothing when it is not for us.

        `called_elsewhere` says that it addresses somebody else, so that it continues no thought.
        """
        if post.thread:
            ours = post.mentioned or post.answers_us or await self._takes_part(post, post.thread)
            if ours:
                await self._join(post, post.thread)
            return self._or_wait(post, post.thread if ours else None)
        row = self._row_of(post)
        if row is not None and (post.mentioned or not called_elsewhere):
            self._extend(post, row.thread)
            return row.thread
        if not post.mentioned:
            return self._or_wait(post, None)
        self._extend(post, post.ts)
        await self._join(post, post.ts)
        return post.ts

    async def newest(self, place: str, channel: str, most: int) -> list[str]:
        """The newest threads of a channel in which we were called."""
        prefix = f"thread:{place}:{channel}:"
        names = await self._keep.names(prefix)
        return [name.removeprefix(prefix) for name in names[-most:]]

    def released(self, post: Post, thread: str) -> list[Post]:
        """Posts that came before the one that called us and belong to its thread: Slack promises
        no order. They are looked at once more by the caller."""
        mine = [one for one in self._waiting.values() if _belongs(one, post, thread)]
        for one in mine:
            del self._waiting[one.event_id]
        return sorted(mine, key=lambda one: Decimal(one.ts))

    def _or_wait(self, post: Post, thread: str | None) -> str | None:
        if thread is None:
            self._waiting[post.event_id] = post
            if len(self._waiting) > _MAX_WAITING:
                self._waiting.popitem(last=False)
        return thread

    async def _takes_part(self, post: Post, thread: str) -> bool:
        name = _name(post, thread)
        if name in self._known:
            self._known.move_to_end(name)
            return True
        if await self._keep.get(name) is None:
            return False
        self._remember(name)
        return True

    async def _join(self, post: Post, thread: str) -> None:
        """Take part from now on. The name sorts by time, so the oldest go first."""
        name = _name(post, thread)
        if name in self._known:
            return
        await self._keep.put(name, "1")
        self._remember(name)
        names = await self._keep.names(_name(post, ""))
        for old in names[:-_MAX_THREADS]:
            await self._keep.put(old, None)

    def _remember(self, name: str) -> None:
        self._known[name] = None
        if len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)

    def _row_of(self, post: Post) -> _Row | None:
        """The row this post continues: written within the quiet time, or between its posts, for a
        post may be brought again."""
        row = self._rows.get(_writer(post))
        if row is None:
            return None
        at = Decimal(post.ts)
        return row if Decimal(row.thread) < at <= row.last + QUIET_SECONDS else None

    def _extend(self, post: Post, thread: str) -> None:
        writer = _writer(post)
        at, row = Decimal(post.ts), self._rows.get(writer)
        last = max(at, row.last) if row is not None and row.thread == thread else at
        self._rows[writer] = _Row(thread, last)
        self._rows.move_to_end(writer)
        if len(self._rows) > _MAX_ROWS:
            self._rows.popitem(last=False)


def _belongs(waiting: Post, post: Post, thread: str) -> bool:
    """Whether a post that was not for us now is: it was written after the call that it overtook,
    as a reply in the thread or as the same thought."""
    if (waiting.envelope.place, waiting.channel) != (post.envelope.place, post.channel):
        return False
    if not 0 < Decimal(waiting.ts) - Decimal(post.ts) <= _WAITING_SECONDS:
        return False
    if waiting.thread:
        return waiting.thread == thread
    return waiting.author == post.author


def _writer(post: Post) -> tuple[str, str, str]:
    return (post.envelope.place, post.channel, post.author.handle.key)


def _name(post: Post, thread: str) -> str:
    return f"thread:{post.envelope.place}:{post.channel}:{thread}"
