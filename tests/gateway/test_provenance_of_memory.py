"""Whatever a turn was told of another handle is written down with it: what is over, and consent."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from core.message import Assurance, Audience, Author
from core.turn import (
    CaseState,
    Decision,
    LeftOut,
    Line,
    Recall,
    Recalled,
    Said,
    Sender,
    TurnInput,
)
from gateway.turns.provenance import Given, given
from gateway.turns.record import record_of
from memory.readable.context import Context
from memory.readable.drawing import CASE
from memory.readable.sender import NEVER
from memory.recall.recalled_rows import unfolded

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_lines_about_what_is_over_draw_on_all_that_they_were_made_from() -> None:
    sender = Sender("phone:+1", Assurance.AUTHENTICATED)
    handles = {7: "phone:+1", 8: "email:a@x.example", 9: "login:a"}
    context = Context(sender, None, CaseState(), None, False, (), (), 1, NEVER, handles=handles)
    lines = (
        Line("episode", "2 Mar 2026", "a return", "episode:1", handles=frozenset((7, 8))),
        Line("consent", "consent", "login:a", handles=frozenset((9,))),
    )
    turn = TurnInput(
        "1", NOW, "sms", Audience.ONE, sender, (), None, CaseState(), Recall(standing=lines)
    )
    assert given(context, turn, 7).drawn == {8: {CASE}, 9: {CASE}}


def test_what_was_left_out_is_stored_as_data() -> None:
    left = (LeftOut("did not fit", 2, (("1-5", 0.5),)),)
    recall = Recall(left_out=left, degraded=("deep",), took={"back": 1.5})
    sender = Sender("phone:+1", Assurance.AUTHENTICATED)
    turn = TurnInput("1", NOW, "sms", Audience.ONE, sender, (), None, CaseState(), recall)
    decision = Decision(None, "nobody asked", None, CaseState())
    record = json.loads(record_of((), turn, decision, Given()))
    assert record["left_out"] == [["did not fit", 2, [["1-5", 0.5]]]]
    assert record["memory"] == {"degraded": ["deep"], "ms": {"back": 1.5}}


def test_what_was_recalled_is_stored_short_and_told_with_its_reasons() -> None:
    said = Said("1-5", NOW, "sms", Author.CUSTOMER, "order 1042", 4, "phone:+1")
    why = {"words": 1.26, "session": 0.51, "speaker": 0.2}
    recalled = (Recalled(said, 2.25, why), Recalled(said._replace(id="1-6"), 1.5, {"session": 2.0}))
    sender = Sender("phone:+1", Assurance.AUTHENTICATED)
    recall = Recall(recalled=recalled)
    turn = TurnInput("1", NOW, "sms", Audience.ONE, sender, (), None, CaseState(), recall)
    decision = Decision(None, "nobody asked", None, CaseState())
    record = json.loads(record_of((), turn, decision, Given()))
    assert record["recalled"] == [["1-5", 2.25, 0, 1.26, 1, 0.51], ["1-6", 1.5, 1, 2.0]]
    assert unfolded(record)["recalled"] == [
        {"id": "1-5", "score": 2.25, "why": {"words": 1.26, "session": 0.51}},
        {"id": "1-6", "score": 1.5, "why": {"session": 2.0}},
    ]


def test_a_record_of_before_is_still_read() -> None:
    before = {"recalled": [{"id": "1-5", "score": 2.25, "why": ["words", "session"]}]}
    (told,) = unfolded(before)["recalled"]
    assert told == {"id": "1-5", "score": 2.25, "why": {"words": None, "session": None}}
    assert unfolded({}) == {}
