"""What was told before it was known what it is about is not asked for again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.message import Author
from core.pipeline.contracts import IntentGuess
from core.pipeline.state.stage import state_stage
from core.turn import CaseState, Recall, Said
from tests.core.pipeline.shop import NOW, SHOP, Talk

VISIT = IntentGuess("visit", 0.9, 0.8)


def _said(
    number: int, text: str, author: Author = Author.CUSTOMER, handle: str = "phone:+1"
) -> Said:
    return Said(f"e{number}", NOW, "webchat", author, text, 3, handle)


def _told(
    *earlier: Said, text: str = "book a visit", case: CaseState | None = None
) -> dict[str, str]:
    begun = CaseState(counters={"turns": 2}) if case is None else case
    turn = replace(Talk(case_id="1").turn(text), recall=Recall(exchanges=earlier), case=begun)
    step = state_stage(turn, VISIT, SHOP)
    return {one.name: f"{one.value} {one.source}" for one in step.case.slots}


def test_it_is_read_again_for_what_the_flow_asks_for() -> None:
    reply = _said(2, "What can I do on Sunday?", Author.BOT)
    assert _told(_said(1, "it would be for Friday"), reply) == {"day": "Friday e1"}


def test_what_is_said_now_has_the_last_word() -> None:
    found = _told(_said(1, "it would be for Friday"), text="book a visit on Monday")
    assert found == {"day": "on Monday m0.0"}


@pytest.mark.parametrize(
    "case",
    [
        CaseState(),
        CaseState(counters={"turns": 2}, intent="washing"),
        CaseState(counters={"turns": 2}, done=("payment",)),
    ],
)
def test_what_belongs_to_another_matter_or_case_is_not(case: CaseState) -> None:
    assert _told(_said(1, "it would be for Friday"), case=case) == {}


def test_what_came_from_elsewhere_is_not() -> None:
    assert _told(_said(1, "it would be for Friday", handle="email:robin@example.com")) == {}
