"""A file of dialogues is read whole or refused with every fault in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.replay.dialogues import BadDialogues, read_dialogues


def row(**changes: object) -> dict[str, object]:
    """A correct dialogue, with some keys replaced."""
    base: dict[str, object] = {
        "dialogue_id": "one",
        "scenario": {"domain": ["bank"]},
        "intent": ["balance"],
        "channel_plan": {
            "segments": [{"channel": "sms", "from_turn": 0}, {"channel": "chat", "from_turn": 2}],
            "switch_turn": 2,
        },
        "gold": {"slots": [{"name": "PIN", "value": 1596, "first_turn": 2}], "must_carry": []},
        "turns": [
            {"i": 0, "speaker": "customer", "text": "hello"},
            {"i": 1, "speaker": "agent", "text": "Hi"},
            {"i": 2, "speaker": "customer", "text": "1596"},
            {"i": 3, "speaker": "customer", "text": "  "},
        ],
    }
    return base | changes


def write(folder: Path, *lines: object) -> Path:
    """A file with these lines; strings are written as they are."""
    path = folder / "dialogues.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def test_a_dialogue_is_read(tmp_path: Path) -> None:
    (dialogue,) = read_dialogues(write(tmp_path, row(), ""))
    assert (dialogue.id, dialogue.domain, dialogue.intents) == ("one", "bank", ("balance",))
    assert [turn.index for turn in dialogue.played] == [0, 2]
    assert [dialogue.segment(turn.index) for turn in dialogue.played] == [0, 1]
    assert dialogue.told[0].value == "1596"
    assert dialogue.channels == ("sms", "chat")


def test_every_fault_is_named_with_its_line_and_a_fix(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        row(),
        "{not json",
        row(dialogue_id="two", turns=[]),
        row(),
        row(dialogue_id="three", channel_plan={"segments": [], "switch_turn": 1}),
        row(dialogue_id="four", gold={}),
        row(dialogue_id="five", intent=3),
    )
    with pytest.raises(BadDialogues) as caught:
        read_dialogues(path)
    assert [fault.line for fault in caught.value.faults] == [2, 3, 4, 5, 6, 7]
    assert all(fault.fix for fault in caught.value.faults)
    assert "line 4: dialogue 'one' is there twice" in str(caught.value)


@pytest.mark.parametrize(
    "turn",
    [
        {"i": 0, "speaker": "martian", "text": "x"},
        {"i": -1, "speaker": "customer", "text": "x"},
        {"speaker": "customer", "text": "x"},
        {"i": 0, "speaker": "customer", "text": 7},
        "hello",
    ],
)
def test_a_turn_that_is_not_one_is_refused(tmp_path: Path, turn: object) -> None:
    with pytest.raises(BadDialogues):
        read_dialogues(write(tmp_path, row(turns=[turn])))


def test_a_missing_or_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDialogues, match="cannot be read"):
        read_dialogues(tmp_path / "none.jsonl")
    with pytest.raises(BadDialogues, match="has no dialogues"):
        read_dialogues(write(tmp_path, ""))
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes(b'{"a": "\xe9"}')
    with pytest.raises(BadDialogues, match="UTF-8"):
        read_dialogues(latin)
