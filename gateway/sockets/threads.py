"""What the socket hub needs of the rest: admission, the resume log, and word of what was seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from core.clock import from_micros, to_micros
from core.message import Author, InboundMessage
from core.socket_channel import LoggedMessage
from gateway.events import Bus, Event
from memory.readable.standing import standing
from memory.resume import log_after, mark_seen
from memory.store import Store
from memory.units.messages.admission import Admitted


class SocketThreads:
    """Threads of socket channels, by account and conversation key. `admit` and `show_link`
    are set when wired."""

    admit: Callable[[InboundMessage], Awaitable[Admitted]]
    show_link: Callable[[str, str], Awaitable[None]]

    def __init__(self, store: Store, bus: Bus, now: Callable[[], datetime]) -> None:
        self._store = store
        self._bus = bus
        self._now = now

    async def log_after(self, account: str, key: str, seq: int) -> Sequence[LoggedMessage]:
        """A page of what the thread holds after `seq`, oldest first; for 0 the newest one."""
        entries = await self._store.read(log_after, account, key, seq)
        return [
            LoggedMessage(
                one.seq,
                Author(one.author),
                one.author_name,
                one.payload,
                from_micros(one.created_at),
                one.client_id,
            )
            for one in entries
        ]

    async def prove(self, handle_key: str, link: str) -> None:
        """This sender brought a one-time token along that was sent to an address of theirs."""
        await self.show_link(handle_key, link)

    async def standing(self, handle_key: str) -> int:
        """The last change of identity that touched this handle; 0 when there was none."""
        return await self._store.read(standing, handle_key)

    async def seen(self, account: str, key: str, seq: int) -> None:
        """The client has shown everything up to `seq`."""
        now = self._now()
        read = await self._store.run(mark_seen, account, key, seq, to_micros(now))
        if read and self._bus.listening:
            data = {"status": "read", "account": account}
            self._bus.publish(Event("delivery", now, data=data))
