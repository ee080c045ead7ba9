"""What went to people in a replay is held against what the file says should."""

from __future__ import annotations

from gateway.replay.dialogues import Dialogue, Utterance
from gateway.replay.handovers import Handovers, count_handovers


def _dialogue(name: str, *, smooth: bool = False, due: bool | None = None) -> Dialogue:
    turns = (Utterance(0, "customer", "hello"),)
    return Dialogue(name, "shop", (), 1, ("sms", "chat"), turns, (), smooth=smooth, due=due)


def _counted(talks: dict[str, list[tuple[str, str | None]]], *dialogues: Dialogue) -> Handovers:
    wire, turns = [], []
    for name, said in talks.items():
        for number, (text, rule) in enumerate(said):
            message = f"{name}#{number}"
            wire.append({"id": message, "direction": "in", "text": text})
            turns.append({"dialogue_id": name, "inbound": [message], "escalated": rule})
    return count_handovers(dialogues, wire, turns)


def test_a_smooth_talk_that_went_to_people_is_counted() -> None:
    talks = [_dialogue("a", smooth=True), _dialogue("b", smooth=True), _dialogue("c")]
    found = _counted({"a": [("hi", None)], "b": [("hi", "stuck")], "c": [("hi", "stuck")]}, *talks)
    assert (found.smooth_handed, found.smooth) == (1, 2)
    assert found.lines() == ("1 of 2 smooth talks handed over (50.0%).",)


def test_a_wish_for_a_person_has_to_be_met_in_its_own_turn() -> None:
    late = [("can I talk to a real person please", None), ("hello?", "asked")]
    found = _counted(
        {"late": late, "met": [("Get me your supervisor.", "asked")]},
        _dialogue("late"),
        _dialogue("met"),
    )
    assert (found.met, found.wishes, found.unmet) == (1, 2, ("late",))
    assert "not at once in late" in found.lines()[0]


def test_what_should_go_to_people_is_held_against_all_that_did() -> None:
    talks: dict[str, list[tuple[str, str | None]]] = {
        "due": [("x", "rule")],
        "not": [("x", "rule")],
        "missed": [("x", None)],
    }
    found = _counted(
        talks,
        _dialogue("due", due=True),
        _dialogue("not", due=False),
        _dialogue("missed", due=True),
    )
    assert (found.due_handed, found.due, found.labelled_handed) == (1, 2, 2)


def test_a_file_without_labels_has_nothing_to_be_told() -> None:
    assert _counted({"a": [("hi", "stuck")]}, _dialogue("a")).lines() == ()
