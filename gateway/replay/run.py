"""One replay from file to files: who is played with which playbook, at once, and what is written.

It opens a gateway for each playbook, one after the other, plays that playbook's dialogues on it and
reads back what was decided. How a gateway is set up is `gateway.replay.rig`'s.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.playbook.model import Playbook
from gateway.replay.decisions import decision_log
from gateway.replay.dialogues import Dialogue
from gateway.replay.groups import group
from gateway.replay.handovers import Handovers, count_handovers
from gateway.replay.known_rows import with_rows
from gateway.replay.people import Person, cast_people
from gateway.replay.player import NotPlayed, Step, plan_steps, play_dialogue
from gateway.replay.records import Ledger, turn_rows
from gateway.replay.rig import Rig, open_rig
from gateway.replay.sides import HANDLES
from gateway.replay.transcript import TURNS, WIRE
from gateway.replay.wire import Wire

DECISIONS = "decisions"
PATIENCE = 60.0
"""Seconds a reply may take before its dialogue is given up."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to play. Without `channels` each dialogue is played as its own plan says, and `instead`
    names channels that stand for others. `playbooks` are the written ones by the names that
    `gateway.replay.groups` knows; for what none of them is for, one is derived from the other
    such dialogues of the file."""

    out: Path
    channels: tuple[str, str] | None
    link: bool
    fillers: int = 0
    seed: int = 1
    concurrency: int = 32
    playbooks: Mapping[str, Playbook] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)

    def channels_of(self, dialogue: Dialogue) -> tuple[str, str]:
        """On which two channels a dialogue is played."""
        first, second = self.channels or dialogue.channels
        return self.instead.get(first, first), self.instead.get(second, second)


@dataclass(frozen=True, slots=True)
class Played:
    """What a run came to: how much was played, in how many seconds, and what could not be."""

    dialogues: int
    messages: int
    seconds: float
    failures: Mapping[str, str]
    handovers: Handovers


@dataclass(frozen=True, slots=True)
class Cast:
    """A dialogue with its person, its two channels and the messages to send."""

    dialogue: Dialogue
    person: Person
    channels: tuple[str, str]
    steps: tuple[Step, ...]


def cast(
    everyone: Sequence[Dialogue], chosen: Sequence[Dialogue], options: Options
) -> tuple[Cast, ...]:
    """The chosen dialogues with people; a person is the same whoever else is chosen."""
    people = cast_people((dialogue.id for dialogue in everyone), options.seed)
    return tuple(
        Cast(
            one,
            people[one.id],
            options.channels_of(one),
            plan_steps(one, options.seed, options.fillers),
        )
        for one in chosen
    )


async def replay(
    everyone: Sequence[Dialogue],
    casts: Sequence[Cast],
    options: Options,
    played: Callable[[], None],
) -> Played:
    """Play and write `wire.jsonl`, `turns.jsonl` and the decision logs into `options.out`.

    `played` is called after each message. A dialogue that cannot be finished is reported, and the
    others go on.
    """
    started = time.monotonic()
    by_id = {one.dialogue.id: one for one in casts}
    groups = group(everyone, [one.dialogue for one in casts], options.playbooks)
    wire, rows, failures = Wire(), list[dict[str, object]](), dict[str, str]()
    models = options.out / "models"
    _clear(options.out)
    for number, one in enumerate(groups, start=1):
        members = [by_id[dialogue.id] for dialogue in one.dialogues]
        playbook = with_rows(one.playbook, [(each.dialogue, each.person) for each in members])
        with tempfile.TemporaryDirectory(prefix="onethread-replay-") as folder:
            channels = {channel for each in members for channel in each.channels}
            playing = open_rig(playbook, channels, Path(folder), wire, models, one.threshold)
            async with playing as rig:
                failures |= await _play_group(rig, members, options, wire, played)
                ledger = await rig.ledger()
        keys = _handle_keys(members)
        rows.extend(turn_rows(ledger, keys, f"{number}-"))
        _write_decisions(options.out / DECISIONS, ledger, keys)
    crossed = [crossing.row() for crossing in wire]
    _write_rows(options.out / WIRE, crossed)
    _write_rows(options.out / TURNS, rows)
    messages = sum(len(one.steps) for one in casts)
    handovers = count_handovers((one.dialogue for one in casts), crossed, rows)
    return Played(len(casts), messages, time.monotonic() - started, failures, handovers)


async def _play_group(
    rig: Rig, members: Sequence[Cast], options: Options, wire: Wire, played: Callable[[], None]
) -> dict[str, str]:
    places = asyncio.Semaphore(options.concurrency)
    failures: dict[str, str] = {}

    async def play(member: Cast) -> None:
        async with places:
            try:
                await _play_one(rig, member, options, wire, played)
            except NotPlayed as reason:
                failures[member.dialogue.id] = str(reason)

    async with asyncio.TaskGroup() as group:
        for member in members:
            group.create_task(play(member))
    return failures


async def _play_one(
    rig: Rig, member: Cast, options: Options, wire: Wire, played: Callable[[], None]
) -> None:
    name, person = member.dialogue.id, member.person
    lines = [await rig.open_line(channel, name, person) for channel in member.channels]
    try:
        if options.link:
            first, second = (HANDLES[channel](person) for channel in member.channels)
            await rig.link(first, second)
        await play_dialogue(name, member.steps, lines, wire, rig, patience=PATIENCE, played=played)
    finally:
        for line in lines:
            await line.close()


def _handle_keys(members: Iterable[Cast]) -> dict[str, str]:
    return {
        HANDLES[channel](one.person).key: one.dialogue.id
        for one in members
        for channel in one.channels
    }


def _clear(folder: Path) -> None:
    """An earlier run's decisions would otherwise stand beside this one's."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / DECISIONS, ignore_errors=True)
    (folder / DECISIONS).mkdir()


def _write_decisions(folder: Path, ledger: Ledger, keys: Mapping[str, str]) -> None:
    by_dialogue: defaultdict[str, list[Mapping[str, object]]] = defaultdict(list)
    for turn in ledger.turns:
        if turn.handle in keys:
            by_dialogue[keys[turn.handle]].append(turn.record)
    for name, records in by_dialogue.items():
        (folder / f"{_file_name(name)}.jsonl").write_text(decision_log(records), encoding="utf-8")


def _file_name(name: str) -> str:
    """A dialogue's id as a file name: what could leave the folder becomes an underscore."""
    return "".join(char if char.isalnum() or char in "-_." else "_" for char in name).lstrip(".")


def _write_rows(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
