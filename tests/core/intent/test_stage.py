"""The stage: bursts, tapped choices, and playbooks that have changed since the training."""

from __future__ import annotations

from dataclasses import replace

from core.pipeline.intent.stage import IntentModel, stage
from tests.core.intent.examples import PLAYBOOK, turn


def test_a_burst_is_one_text(model: IntentModel) -> None:
    guess = stage(model)
    assert guess(turn("hi", "where is", "my order"), PLAYBOOK) == model.classify(
        "hi\nwhere is\nmy order"
    )
    assert guess(turn("where is", "my order"), PLAYBOOK).confidence == 1.0


def test_a_tapped_intent_is_certain_by_name_title_or_example(model: IntentModel) -> None:
    guess = stage(model)
    for value in ("return_item", "Return an item", "start a return"):
        found = guess(turn("1", quick_reply=value), PLAYBOOK)
        assert (found.name, found.confidence) == ("return_item", 1.0)


def test_another_tapped_choice_is_read_as_text(model: IntentModel) -> None:
    found = stage(model)(turn("cancel my order", quick_reply="yes"), PLAYBOOK)
    assert found == model.classify("cancel my order")


def test_an_intent_that_the_playbook_lost_is_not_guessed(model: IntentModel) -> None:
    kept = tuple(one for one in PLAYBOOK.intents if one.name != "cancel_order")
    smaller = replace(PLAYBOOK, intents=kept)
    guess = stage(model)
    for found in (
        guess(turn("cancel my order"), smaller),
        guess(turn("1", quick_reply="cancel my order"), smaller),
        guess(turn("cancel return address"), smaller),
    ):
        assert found.name is None
        assert "cancel_order" not in {name for name, _ in found.runners_up}
