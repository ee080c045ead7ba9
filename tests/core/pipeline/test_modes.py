"""Modes: which of the playbook's rows says how an answer is worded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.message import Assurance
from core.pipeline.contracts import IntentGuess
from core.pipeline.response.modes import mode_of
from core.playbook.model import FREE, GUIDED, STRICT, ModeRow
from tests.core.pipeline.shop import SHOP, Talk

ROWS = (
    ModeRow(STRICT, intents=("payment",)),
    ModeRow(FREE, channels=("webchat", "slack"), level=Assurance.PROVED),
    ModeRow(GUIDED, intents=("washing", "payment"), channels=("email",)),
)


@pytest.mark.parametrize(
    ("intent", "channel", "level", "mode"),
    [
        ("payment", "webchat", Assurance.LOGGED_IN, STRICT),
        ("washing", "webchat", Assurance.PROVED, FREE),
        (None, "slack", Assurance.LOGGED_IN, FREE),
        ("washing", "webchat", Assurance.ASSERTED, STRICT),
        ("washing", "email", Assurance.NONE, GUIDED),
        ("opening", "email", Assurance.LOGGED_IN, STRICT),
        (None, "email", Assurance.LOGGED_IN, STRICT),
    ],
)
def test_the_first_row_that_holds_counts(
    intent: str | None, channel: str, level: Assurance, mode: str
) -> None:
    turn = Talk(channel=channel, level=level).turn("how do i wash it?")
    playbook = replace(SHOP, modes=ROWS)
    assert mode_of(turn, IntentGuess(intent, 0.9, 0.5), playbook) == mode


def test_without_rows_every_answer_is_strict() -> None:
    guess = IntentGuess("washing", 0.9, 0.5)
    assert mode_of(Talk().turn("how do i wash it?"), guess, SHOP) == STRICT
