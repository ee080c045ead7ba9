"""Twenty dialogues through real gateways, linked or not: nothing lost, none joined, same bytes."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.replay.dialogues import Dialogue, read_dialogues
from gateway.replay.run import Options, Played, cast, replay
from gateway.replay.transcript import NoTranscript, transcript
from tests.gateway.replay.crowd import write_crowd

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Result:
    """What one replay wrote."""

    folder: Path
    dialogues: Sequence[Dialogue]
    played: Played
    steps: int
    wire: Mapping[str, list[dict[str, object]]]
    turns: Mapping[str, list[dict[str, object]]]

    def decisions(self) -> dict[str, bytes]:
        """The decision logs by file name."""
        return {one.name: one.read_bytes() for one in (self.folder / "decisions").iterdir()}


def play(folder: Path, *, link: bool, fillers: int = 0) -> Result:
    """Play the crowd into a folder."""
    folder.mkdir()
    dialogues = read_dialogues(write_crowd(folder))
    options = Options(folder, ("sms", "chat"), link, fillers=fillers, seed=7)
    casts = cast(dialogues, dialogues, options)
    count = 0

    def played() -> None:
        nonlocal count
        count += 1

    done = asyncio.run(replay(dialogues, casts, options, played))
    return Result(
        folder,
        dialogues,
        done,
        count,
        grouped(folder / "wire.jsonl"),
        grouped(folder / "turns.jsonl"),
    )


def grouped(path: Path) -> dict[str, list[dict[str, object]]]:
    """The rows of a file by dialogue."""
    found: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found[row["dialogue_id"]].append(row)
    return dict(found)


def ids(row: Row, key: str) -> list[str]:
    """The message ids under a key."""
    value = row[key]
    assert isinstance(value, list)
    return [str(one) for one in value]


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return play(tmp_path_factory.mktemp("linked") / "out", link=True, fillers=2)


@pytest.fixture(scope="module")
def parted(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return play(tmp_path_factory.mktemp("parted") / "out", link=False)


def check_wire(result: Result) -> None:
    """Every message is in one turn, every reply crossed once, on the channel it was asked on."""
    for dialogue in result.dialogues:
        crossed = {str(row["id"]): row for row in result.wire[dialogue.id]}
        assert len(crossed) == len(result.wire[dialogue.id])
        turns = result.turns[dialogue.id]
        sent = [name for name, row in crossed.items() if row["direction"] == "in"]
        assert [one for turn in turns for one in ids(turn, "inbound")] == sent
        replies = [one for turn in turns for one in ids(turn, "outbound")]
        assert replies == [name for name, row in crossed.items() if row["direction"] == "out"]
        told = {row["turn"] for row in crossed.values() if row["direction"] == "in"}
        assert told - {None} == {turn.index for turn in dialogue.played}
        for turn in turns:
            assert ids(turn, "outbound")
            assert turn["silent"] is None
            asked_on = crossed[ids(turn, "inbound")[-1]]["channel"]
            assert {crossed[one]["channel"] for one in ids(turn, "outbound")} == {asked_on}


def test_nothing_is_lost_and_every_reply_is_on_its_channel(linked: Result, parted: Result) -> None:
    assert linked.played.failures == parted.played.failures == {}
    assert linked.steps == linked.played.messages
    check_wire(linked)
    check_wire(parted)


def test_linked_customers_are_one_and_carry_what_they_told(linked: Result) -> None:
    for dialogue in linked.dialogues:
        turns = linked.turns[dialogue.id]
        assert len({turn["customer"] for turn in turns}) == 1
        last = turns[-1]
        held = json.dumps([last["slots"], last["recalled"]])
        assert dialogue.told[0].value.casefold() in held.casefold()


def test_strangers_share_nothing(parted: Result) -> None:
    for dialogue in parted.dialogues:
        turns = parted.turns[dialogue.id]
        assert len({turn["customer"] for turn in turns}) == 2
        before = {
            str(row["id"])
            for row in parted.wire[dialogue.id]
            if row["turn"] is not None and int(str(row["turn"])) < dialogue.switch
        }
        for turn in turns:
            if before.isdisjoint(ids(turn, "inbound")):
                assert not any(one in json.dumps(turn) for one in before)


def test_nobody_shares_a_customer(linked: Result, parted: Result) -> None:
    for result in (linked, parted):
        owners: defaultdict[object, set[str]] = defaultdict(set)
        for name, turns in result.turns.items():
            for turn in turns:
                owners[turn["customer"]].add(name)
        assert all(len(names) == 1 for names in owners.values())


def test_a_case_in_human_hands_is_handed_back(linked: Result) -> None:
    handed = [
        (turns, number)
        for turns in linked.turns.values()
        for number, turn in enumerate(turns)
        if turn["escalated"] == "asked-for-human"
    ]
    assert len(handed) == 10
    assert all(ids(turns[number + 1], "outbound") for turns, number in handed)


def test_fillers_are_marked_and_come_before_the_switch(linked: Result) -> None:
    for name, rows in linked.wire.items():
        fillers = [row for row in rows if row["filler"]]
        assert len(fillers) == 2, name
        assert {row["channel"] for row in fillers} == {"sms"}


def test_two_runs_decide_the_same_bytes(linked: Result, tmp_path: Path) -> None:
    again = play(tmp_path / "again", link=True, fillers=2)
    assert len(linked.decisions()) == 20
    assert again.decisions() == linked.decisions()


def test_a_played_dialogue_can_be_shown(linked: Result) -> None:
    lines = transcript(linked.folder, "table-0")
    assert lines[0].who == "customer"
    assert any(line.who == "gateway" for line in lines)
    assert any("filler" in line.remarks for line in lines)
    with pytest.raises(NoTranscript, match="table"):
        transcript(linked.folder, "table")
