"""A workspace: every customer of a replay is a member and writes to the app in direct messages.

It never looks into the gateway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from adapters.slack.events import post_id
from adapters.slack.simulator import Crossing, SlackSimulator
from gateway.replay.people import WORKSPACE, Person
from gateway.replay.player import NotPlayed
from gateway.replay.wire import Wire


class SlackSide:
    """The workspace: posts of the app are noted for whose direct messages they are in."""

    account = "slack"

    def __init__(self, base_url: str, wire: Wire, now: Callable[[], datetime]) -> None:
        self._simulator = SlackSimulator(
            team=WORKSPACE, webhook_base=f"{base_url}/channels/{self.account}"
        )
        self._simulator.world.on_outbound = self._arrived
        self._simulator.world.on_inbound = self._leaves
        self._wire = wire
        self._owners: dict[str, str] = {}
        self._notes: dict[str, Callable[[str], None]] = {}

    async def start(self) -> None:
        """Listen for the gateway's calls."""
        await self._simulator.start()

    def table(self) -> Mapping[str, Any]:
        """The account's settings."""
        return self._simulator.config_table()

    async def open_line(self, dialogue_id: str, person: Person) -> Direct:
        """The customer at the app's direct messages."""
        self._owners[person.slack] = dialogue_id
        return Direct(self, person.slack)

    async def stop(self) -> None:
        """Stop listening."""
        await self._simulator.stop()

    async def write(self, user: str, text: str, crossing: Callable[[str], None]) -> str:
        """A customer writes; the id under which the post is admitted."""
        told: list[str] = []

        def note(event_id: str) -> None:
            told.append(event_id)
            crossing(event_id)

        self._notes[user] = note
        try:
            await self._simulator.write(user, text)
        except RuntimeError as error:
            raise NotPlayed(f"the post was not taken: {error}") from error
        return told[0]

    def _leaves(self, crossing: Crossing) -> None:
        """A post is about to be told to the gateway."""
        note = self._notes.pop(crossing.user, None)
        if note is not None:
            note(post_id(WORKSPACE, crossing.channel, crossing.id))

    def _arrived(self, crossing: Crossing) -> None:
        owner = self._owners.get(crossing.user)
        if owner is not None:
            name = f"{crossing.channel}:{crossing.id}"
            self._wire.note_out(owner, "slack", crossing.user, crossing.text, message_id=name)


class Direct:
    """One customer's direct messages with the app."""

    account = SlackSide.account
    channel = "slack"

    def __init__(self, side: SlackSide, user: str) -> None:
        self._side = side
        self.handle = user

    async def send(self, text: str, crossing: Callable[[str], None]) -> str:
        """Write to the app."""
        return await self._side.write(self.handle, text, crossing)

    async def close(self) -> None:
        """A member stays one."""
