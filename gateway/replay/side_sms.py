"""Phones: every customer of a replay has one, and all of them text through one simulated Twilio.

It never looks into the gateway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from adapters.sms.simulator import DEMO_ACCOUNT, DEMO_TOKEN, Crossing, Line, TwilioSimulator
from gateway.replay.people import Person
from gateway.replay.player import NotPlayed, message_digest
from gateway.replay.wire import Wire

_NUMBER = "+15550109999"


class SmsSide:
    """All phones of a replay: texts that arrive are noted for their owner."""

    account = "sms"

    def __init__(self, base_url: str, wire: Wire, now: Callable[[], datetime]) -> None:
        number = Line(DEMO_ACCOUNT, DEMO_TOKEN, _NUMBER)
        url = f"{base_url}/channels/{self.account}"
        self._simulator = TwilioSimulator(number, url, callbacks=0, on_outbound=self._arrived)
        self._wire = wire
        self._owners: dict[str, str] = {}

    async def start(self) -> None:
        """Listen for the gateway's calls."""
        await self._simulator.start()

    def table(self) -> Mapping[str, Any]:
        """The account's settings."""
        return {
            "adapter": "sms",
            "account_sid": DEMO_ACCOUNT,
            "auth_token": DEMO_TOKEN,
            "from_number": _NUMBER,
            "api_base_url": self._simulator.base_url,
        }

    async def open_line(self, dialogue_id: str, person: Person) -> Phone:
        """The customer's phone."""
        self._owners[person.phone] = dialogue_id
        return Phone(self._simulator, dialogue_id, person.phone)

    async def stop(self) -> None:
        """Stop listening."""
        await self._simulator.stop()

    def _arrived(self, crossing: Crossing) -> None:
        owner = self._owners.get(crossing.phone)
        if owner is not None:
            self._wire.note_out(owner, "sms", crossing.phone, crossing.text, message_id=crossing.id)


class Phone:
    """One customer's phone."""

    account = SmsSide.account
    channel = "sms"

    def __init__(self, simulator: TwilioSimulator, dialogue_id: str, number: str) -> None:
        self._simulator = simulator
        self._dialogue_id = dialogue_id
        self._sent = 0
        self.handle = number

    async def send(self, text: str, crossing: Callable[[str], None]) -> str:
        """Text the gateway's number."""
        self._sent += 1
        sid = f"SM{message_digest(self._dialogue_id, self.handle, self._sent).hex()[:32]}"
        crossing(sid)
        try:
            return await self._simulator.text(self.handle, text, sid)
        except RuntimeError as error:
            raise NotPlayed(f"the text was not taken: {error}") from error

    async def close(self) -> None:
        """A phone needs no hanging up."""
