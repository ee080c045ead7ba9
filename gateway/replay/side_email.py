"""Mailboxes: every customer of a replay has one at one simulated mail service, and writes to us.

A customer answers the gateway's last mail to them and quotes it below, as mail clients do. It never
looks into the gateway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from adapters.email.carriers import tokens_in_ids
from adapters.email.receiving.event_ids import event_id_of
from adapters.email.simulator.service import DEMO_SECRET, Crossing, MailSimulator
from adapters.email.tokens import Tokens
from gateway.replay.people import Person
from gateway.replay.player import message_digest
from gateway.replay.wire import Wire

_SUBJECT = "Hello"


class MailSide:
    """All mailboxes of a replay: mails that arrive are noted for their owner."""

    account = "email"

    def __init__(self, base_url: str, wire: Wire, now: Callable[[], datetime]) -> None:
        self._simulator = MailSimulator(on_outbound=self._arrived, on_inbound=self._leaves)
        self._wire = wire
        self._tokens = Tokens(self.account, DEMO_SECRET)
        self._now = now
        self._owners: dict[str, str] = {}
        self._notes: dict[str, Callable[[str], None]] = {}
        self._last: dict[str, Crossing] = {}

    async def start(self) -> None:
        """Listen for the gateway."""
        await self._simulator.start()

    def table(self) -> Mapping[str, Any]:
        """The account's settings."""
        return {"adapter": "email", **self._simulator.config_table()}

    async def open_line(self, dialogue_id: str, person: Person) -> Mail:
        """The customer's mailbox."""
        self._owners[person.email] = dialogue_id
        return Mail(self, dialogue_id, person.email)

    async def stop(self) -> None:
        """Stop listening."""
        await self._simulator.stop()

    async def write(
        self, sender: str, text: str, message_id: str, crossing: Callable[[str], None]
    ) -> str:
        """A customer writes; the id under which the mail is admitted."""
        told: list[str] = []

        def note(event_id: str) -> None:
            told.append(event_id)
            crossing(event_id)

        self._notes[message_id] = note
        await self._simulator.write(
            sender,
            text,
            subject=_SUBJECT,
            reply_to=self._last.get(sender),
            message_id=message_id,
        )
        return told[0]

    def _leaves(self, crossing: Crossing) -> None:
        """A mail is about to be in the gateway's mailbox. Its id follows from its bytes there."""
        note = self._notes.pop(crossing.id, None)
        if note is not None:
            note(event_id_of(crossing.raw))

    def _arrived(self, crossing: Crossing) -> None:
        self._last[crossing.address] = crossing
        owner = self._owners.get(crossing.address)
        if owner is not None:
            self._wire.note_out(
                owner,
                "email",
                crossing.address,
                crossing.text,
                message_id=self._sent_as(crossing.id),
            )

    def _sent_as(self, message_id: str) -> str:
        """The gateway's name of a mail of its own, which the Message-ID carries."""
        today = self._now().date()
        named = (self._tokens.read_sent(sent, today) for _, sent in tokens_in_ids([message_id]))
        return next((one for one in named if one is not None), message_id)


class Mail:
    """One customer's mail client."""

    account = MailSide.account
    channel = "email"

    def __init__(self, side: MailSide, dialogue_id: str, address: str) -> None:
        self._side = side
        self._dialogue_id = dialogue_id
        self._sent = 0
        self.handle = address

    async def send(self, text: str, crossing: Callable[[str], None]) -> str:
        """Write to the gateway's address, or answer its last mail."""
        self._sent += 1
        number = message_digest(self._dialogue_id, self.handle, self._sent).hex()[:32]
        return await self._side.write(self.handle, text, f"<{number}@example.com>", crossing)

    async def close(self) -> None:
        """A mail client need not say goodbye."""
