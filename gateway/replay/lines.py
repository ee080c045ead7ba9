"""The far side of each channel, one customer at a time: a phone that texts, a page that chats.

A line sends through the channel's simulator and notes on the wire what arrives at its customer. It
never looks into the gateway.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from adapters.sms.simulator import Crossing, TwilioSimulator
from gateway.replay.player import NotPlayed
from gateway.replay.wire import Wire

SMS_ACCOUNT = "sms"
CHAT_ACCOUNT = "webchat"


class Phones:
    """All phones of a replay on one simulator: texts that arrive are noted for their owner."""

    def __init__(self, simulator: TwilioSimulator, wire: Wire) -> None:
        self._simulator = simulator
        self._wire = wire
        self._owners: dict[str, str] = {}
        simulator.on_outbound = self._arrived

    def give(self, dialogue_id: str, number: str) -> Phone:
        """The phone with this number, for the customer of this dialogue."""
        self._owners[number] = dialogue_id
        return Phone(self._simulator, dialogue_id, number)

    def _arrived(self, crossing: Crossing) -> None:
        owner = self._owners.get(crossing.phone)
        if owner is not None:
            self._wire.note_out(owner, "sms", crossing.phone, crossing.text, message_id=crossing.id)


class Phone:
    """One customer's phone."""

    account = SMS_ACCOUNT
    channel = "sms"

    def __init__(self, simulator: TwilioSimulator, dialogue_id: str, number: str) -> None:
        self._simulator = simulator
        self._dialogue_id = dialogue_id
        self._sent = 0
        self.handle = number

    async def send(self, text: str, crossing: Callable[[str], None]) -> str:
        """Text the gateway's number."""
        self._sent += 1
        sid = _sid(f"{self._dialogue_id}\n{self.handle}\n{self._sent}")
        crossing(sid)
        try:
            return await self._simulator.text(self.handle, text, sid)
        except RuntimeError as error:
            raise NotPlayed(f"the text was not taken: {error}") from error

    async def close(self) -> None:
        """A phone needs no hanging up."""


def _sid(text: str) -> str:
    """A message id of Twilio's form that is the same in every run."""
    return f"SM{hashlib.sha256(text.encode()).hexdigest()[:32]}"
