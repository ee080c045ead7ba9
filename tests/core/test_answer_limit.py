"""Machines that answer each other are stopped; people are not."""

from __future__ import annotations

import pytest

from core.escalation.answer_limit import Answers, why_enough

LONG = "I am out of the office until Monday."


@pytest.mark.parametrize(
    ("answers", "text", "enough"),
    [
        (Answers(2, 2, same_text=False), LONG, False),
        (Answers(3, 0, same_text=False), LONG, True),
        (Answers(3, 3, same_text=False), "ok", True),
        (Answers(0, 3, same_text=False), LONG, True),
        (Answers(0, 1, same_text=True), LONG, True),
        (Answers(0, 1, same_text=True), "yes please", False),
    ],
)
def test_enough_is_by_address_by_thread_and_by_repetition(
    answers: Answers, text: str, enough: bool
) -> None:
    assert (why_enough(answers, 3, text) is not None) is enough
