"""The far side of each channel, one customer at a time: a phone that texts, a page that chats.

A line sends through the channel's simulator and notes on the wire what arrives at its customer. It
never looks into the gateway.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from uuid import UUID

from adapters.sms.simulator import Crossing, TwilioSimulator
from adapters.webchat.client import ChatClient, ChatRefused
from gateway.replay.player import NotPlayed
from gateway.replay.wire import Wire

SMS_ACCOUNT = "sms"
CHAT_ACCOUNT = "webchat"
_FOREVER = 86_400.0


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
        sid = f"SM{_digest(self._dialogue_id, self.handle, self._sent).hex()[:32]}"
        crossing(sid)
        try:
            return await self._simulator.text(self.handle, text, sid)
        except RuntimeError as error:
            raise NotPlayed(f"the text was not taken: {error}") from error

    async def close(self) -> None:
        """A phone needs no hanging up."""


class Chat:
    """One customer's web chat, signed in. It connects with its first message."""

    account = CHAT_ACCOUNT
    channel = "chat"

    def __init__(self, client: ChatClient, dialogue_id: str, login: str, wire: Wire) -> None:
        self._client = client
        self._dialogue_id = dialogue_id
        self._wire = wire
        self._sent = 0
        self._watcher: asyncio.Task[None] | None = None
        self.handle = login

    async def send(self, text: str, crossing: Callable[[str], None]) -> str:
        """Write into the chat."""
        self._sent += 1
        client_id = str(UUID(bytes=_digest(self._dialogue_id, self.handle, self._sent)[:16]))
        try:
            if self._watcher is None:
                await self._client.connect()
                self._watcher = asyncio.create_task(self._watch())
            event_id = f"{self._client.conversation}/{client_id}"
            crossing(event_id)
            await self._client.say(text, client_id)
        except (ChatRefused, OSError) as error:
            raise NotPlayed(f"the chat message was not taken: {error}") from error
        return event_id

    async def close(self) -> None:
        """Leave the page."""
        if self._watcher is not None:
            self._watcher.cancel()
        await self._client.close()

    async def _watch(self) -> None:
        """Note every message that is shown and that the customer did not write."""
        seen = 0
        while True:
            shown = await self._client.wait_for_reply(seen, _FOREVER)
            seen = shown.seq
            self._wire.note_out(
                self._dialogue_id,
                self.channel,
                self.handle,
                shown.text,
                message_id=shown_id(self._client.conversation, shown.seq),
            )


def shown_id(conversation: str, seq: int) -> str:
    """The id of a message in a chat as its visitor knows it: the thread, and its number there."""
    return f"{conversation}/{seq}"


def _digest(dialogue_id: str, handle: str, number: int) -> bytes:
    """What a message's id is made of: the same in every run."""
    return hashlib.sha256(f"{dialogue_id}\n{handle}\n{number}".encode()).digest()
