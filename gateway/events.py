"""What happens in the gateway, told live to whoever is watching: the console, the demo, a test.

An event is a notice, never a record: it may be lost, so nothing may depend on it, and nothing here
stores, waits or fails. Publishing costs one flag check while nobody watches.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType

STEPS = ("received", "admitted", "resolved", "recalled", "decided", "committed", "delivered")
"""The kinds of the seven steps of a message, in their order."""

CHANGES = ("message", "delivery", "handoff", "identity", "memory")
"""The kinds that say something a page shows has changed."""


@dataclass(frozen=True, slots=True)
class Event:
    """One notice. `kind` is one of `STEPS` or `CHANGES`; what `data` holds depends on it."""

    kind: str
    at: datetime
    customer_id: int | None = None
    conversation_id: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)


class Subscription:
    """One watcher's bounded queue. Use it in a `with` block and iterate over it.

    The iteration ends when the watcher fell so far behind that it was dropped (`dropped` says so)
    or when the bus was closed; a dropped watcher reads the pages again and subscribes anew.
    """

    def __init__(self, bus: Bus, maxsize: int) -> None:
        self._bus = bus
        # One place more than events: the end mark always fits, also when the queue is full.
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue(maxsize + 1)
        self._room = maxsize
        self.dropped = False

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._bus.leave(self)

    def offer(self, event: Event) -> bool:
        """Queue an event without waiting; false when there is no room for it."""
        if self._queue.qsize() >= self._room:
            return False
        self._queue.put_nowait(event)
        return True

    def end(self, *, dropped: bool) -> None:
        """Let the iteration end after what is queued. Called once, by the bus."""
        self.dropped = dropped
        self._queue.put_nowait(None)

    def __aiter__(self) -> AsyncIterator[Event]:
        return self._events()

    async def _events(self) -> AsyncIterator[Event]:
        while (event := await self._queue.get()) is not None:
            yield event


class Bus:
    """Hands every published event to every watcher. Belongs to one event loop.

    `listening` is false while nobody watches, so that a caller can spare itself making the event.
    """

    def __init__(self) -> None:
        self._watchers: set[Subscription] = set()
        self.listening = False

    def publish(self, event: Event) -> None:
        """Tell everyone who watches; one that has no room left is dropped, never waited for."""
        if not self.listening:
            return
        for watcher in tuple(self._watchers):
            if not watcher.offer(event):
                self.leave(watcher, dropped=True)

    def subscribe(self, maxsize: int = 256) -> Subscription:
        """Watch from now on, with room for `maxsize` unread events."""
        watcher = Subscription(self, maxsize)
        self._watchers.add(watcher)
        self.listening = True
        return watcher

    def leave(self, watcher: Subscription, *, dropped: bool = False) -> None:
        """Stop watching. Harmless when it has stopped already."""
        if watcher in self._watchers:
            self._watchers.discard(watcher)
            watcher.end(dropped=dropped)
        self.listening = bool(self._watchers)

    def close(self) -> None:
        """End every iteration, as the gateway stops."""
        for watcher in tuple(self._watchers):
            self.leave(watcher)
