"""What crossed the wire, as the provider's side saw it, in the order it was observed.

One log for all dialogues of a run: the player notes what its simulators accepted and delivered. It
knows nothing of the gateway's tables, so that it can bear witness against them.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Crossing:
    """One message on the wire. `id` is the provider's; `turn` the dialogue's turn, if any."""

    dialogue_id: str
    seq: int
    direction: str
    channel: str
    id: str
    handle: str
    text: str
    turn: int | None = None
    filler: bool = False

    def row(self) -> dict[str, object]:
        """The line of `wire.jsonl`."""
        return asdict(self)


class Wire:
    """The log. Numbers observations over all dialogues and wakes who waits for one."""

    def __init__(self) -> None:
        self._seq = 0
        self._by_dialogue: defaultdict[str, list[Crossing]] = defaultdict(list)
        self._changed: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def note_in(
        self,
        dialogue_id: str,
        channel: str,
        handle: str,
        text: str,
        *,
        message_id: str,
        turn: int | None,
        filler: bool = False,
    ) -> Crossing:
        """A message of the customer was sent to the gateway."""
        return self._note(
            Crossing(dialogue_id, self._seq, "in", channel, message_id, handle, text, turn, filler)
        )

    def note_out(
        self, dialogue_id: str, channel: str, handle: str, text: str, *, message_id: str
    ) -> Crossing:
        """A rendered part of the gateway's reached the customer."""
        return self._note(
            Crossing(dialogue_id, self._seq, "out", channel, message_id, handle, text)
        )

    def _note(self, crossing: Crossing) -> Crossing:
        self._seq += 1
        self._by_dialogue[crossing.dialogue_id].append(crossing)
        self._changed[crossing.dialogue_id].set()
        return crossing

    def of(self, dialogue_id: str) -> tuple[Crossing, ...]:
        """What was observed of one dialogue."""
        return tuple(self._by_dialogue.get(dialogue_id, ()))

    def outbound_ids(self, dialogue_id: str) -> frozenset[str]:
        """Provider ids of what reached the customer of a dialogue."""
        return frozenset(one.id for one in self.of(dialogue_id) if one.direction == "out")

    async def wait_for_change(self, dialogue_id: str, seconds: float) -> None:
        """Return when something of the dialogue is observed, or after `seconds`."""
        event = self._changed[dialogue_id]
        event.clear()
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return

    def __iter__(self) -> Iterator[Crossing]:
        every = (one for found in self._by_dialogue.values() for one in found)
        return iter(sorted(every, key=lambda one: one.seq))
