"""Packs long histories into segments while the gateway runs: what is far back is found faster then.

It looks at customers whose conversations moved, a few at a time, and takes as many small steps as
there is to pack; what is not packed yet is found all the same, only more slowly. It decides nothing
about what is worth remembering.
"""

from __future__ import annotations

from collections import OrderedDict

from sqlalchemy import Connection

from core.clock import Micros
from gateway.rounds import Round
from memory.recall.about import about, is_current
from memory.recall.indexed_thread import THREAD_LIMIT
from memory.recall.segments import ToPack
from memory.recall.unpacked import WORTH_IT, Stretch, long_histories, unpacked
from memory.store import Store
from memory.units.remembering.segmenting import keep_about, keep_segment, messages_in

EVERY_SECONDS = 5.0

_CONVERSATIONS = 500
"""Conversations that one look goes through."""

_AT_ONCE = 200
"""Messages whose packed forms are stored by one transaction."""

_REMEMBERED = 10_000
"""Customers of whom this process knows how many messages they had when they were last packed."""


class Segmenting:
    """Looks every `EVERY_SECONDS` while its round goes, and goes on at once while there is more."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._at: tuple[Micros, int] = (0, 0)
        self._packed: OrderedDict[int, int] = OrderedDict()
        self.round = Round("segments", self.look, EVERY_SECONDS)

    async def look(self) -> bool:
        """Pack what has become long among the next conversations; whether there are more."""
        found, at = await self._store.read(long_histories, self._at, _CONVERSATIONS, THREAD_LIMIT)
        for customer_id, messages in found.items():
            if messages - self._packed.get(customer_id, 0) >= WORTH_IT:
                await self.pack(customer_id)
                self._remember(customer_id, messages)
        if at is None:
            return False
        self._at = at
        return True

    async def pack(self, customer_id: int) -> int:
        """Pack what of one customer's history is not packed yet; how many segments that made."""
        stretches = await self._store.read(unpacked, customer_id)
        for stretch in stretches:
            missing = await self._store.read(_without_about, stretch)
            for at in range(0, len(missing), _AT_ONCE):
                await self._store.run(keep_about, missing[at : at + _AT_ONCE])
            await self._store.run(keep_segment, stretch)
        return len(stretches)

    def _remember(self, customer_id: int, messages: int) -> None:
        self._packed[customer_id] = messages
        self._packed.move_to_end(customer_id)
        if len(self._packed) > _REMEMBERED:
            self._packed.popitem(last=False)


def _without_about(connection: Connection, stretch: Stretch) -> list[ToPack]:
    """The messages of a stretch that came without their packed form, with it: working it out takes
    longer than the writer may be held."""
    return [
        one._replace(about=about(one.text))
        for one in messages_in(connection, stretch)
        if not is_current(one.about)
    ]
