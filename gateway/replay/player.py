"""Plays one dialogue as its customer would: a message, then its reply, then the next message.

It speaks to the gateway only through lines, which are simulators of a channel's far side, and looks
at the database only to know when a turn is over. A case that was handed to people is handed back
before the next message, so that every turn of the dialogue is exercised.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.replay.dialogues import Dialogue
from gateway.replay.people import pick_fillers
from gateway.replay.records import Progress
from gateway.replay.wire import Wire


class Line(Protocol):
    """One customer on one channel. What arrives there is noted on the wire by the line itself."""

    account: str
    channel: str
    handle: str

    async def send(self, text: str, crossing: Callable[[str], None]) -> str:
        """Send a message; the provider's id of it, told to `crossing` just before it leaves.

        Raises `NotPlayed` when the gateway refuses it.
        """

    async def close(self) -> None:
        """Hang up."""


class Desk(Protocol):
    """What a replay needs of the running gateway besides its channels."""

    async def progress(self, account: str, event_id: str) -> Progress | None:
        """How far a message is."""

    async def hand_back(self, turn_id: int) -> None:
        """Give the turn's case back to the bot, when people have it."""


class NotPlayed(Exception):
    """A dialogue could not be played to its end; the message says which turn, and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One message to send: by which of the two lines, and which turn of the dialogue it is."""

    segment: int
    text: str
    turn: int | None

    @property
    def filler(self) -> bool:
        """Whether it is an idle message that the dialogue does not have."""
        return self.turn is None


def plan_steps(dialogue: Dialogue, seed: int, fillers: int) -> tuple[Step, ...]:
    """The messages of a dialogue in order, with `fillers` idle ones just before the switch."""
    steps = [Step(dialogue.segment(turn.index), turn.text, turn.index) for turn in dialogue.played]
    before = [step for step in steps if step.segment == 0]
    idle = [Step(0, text, None) for text in pick_fillers(dialogue.id, seed, fillers)]
    return (*before, *idle, *steps[len(before) :])


async def play_dialogue(
    dialogue_id: str,
    steps: Sequence[Step],
    lines: Sequence[Line],
    wire: Wire,
    desk: Desk,
    *,
    patience: float,
    played: Callable[[], None],
) -> None:
    """Send every step and wait for what it brings. Raises `NotPlayed`.

    `patience` is how many seconds a reply may take; `played` is called after each step.
    """
    for step in steps:
        line = lines[step.segment]
        event_id = await line.send(step.text, _noting(wire, dialogue_id, line, step))
        try:
            async with asyncio.timeout(patience):
                progress = await _wait_for_reply(dialogue_id, line, event_id, wire, desk)
        except TimeoutError:
            raise NotPlayed(f"turn {step.turn} had no reply within {patience:g} s") from None
        if progress.turn_id is not None:
            await desk.hand_back(progress.turn_id)
        played()


def _noting(wire: Wire, dialogue_id: str, line: Line, step: Step) -> Callable[[str], None]:
    """Writes the step into the log of the wire, before its reply can be."""

    def note(event_id: str) -> None:
        wire.note_in(
            dialogue_id,
            line.channel,
            line.handle,
            step.text,
            message_id=event_id,
            turn=step.turn,
            filler=step.filler,
        )

    return note


_GLANCE = 0.05
"""Seconds between looks at the database when nothing comes over the wire."""


async def _wait_for_reply(
    dialogue_id: str, line: Line, event_id: str, wire: Wire, desk: Desk
) -> Progress:
    """Until the message's turn is over and every part of its reply was seen on the wire."""
    while True:
        progress = await desk.progress(line.account, event_id)
        arrived = wire.outbound_ids(dialogue_id)
        if progress is not None and progress.settled and arrived.issuperset(progress.sent):
            return progress
        await wire.wait_for_change(dialogue_id, _GLANCE)


def message_digest(dialogue_id: str, handle: str, number: int) -> bytes:
    """What the id of a customer's message is made of: the same in every run."""
    return hashlib.sha256(f"{dialogue_id}\n{handle}\n{number}".encode()).digest()
