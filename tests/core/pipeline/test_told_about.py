"""What was told says what it is about, where the words of a talk did not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.message import Assurance
from core.pipeline.contracts import IntentGuess
from core.pipeline.state.told_about import by_values
from core.playbook.model import Flow, Intent
from core.turn import CaseState, SlotValue
from tests.core.pipeline.shop import SHOP, Talk

UNSURE = IntentGuess(None, 0.2, 0.05, (("return", 0.2), ("visit", 0.15), ("washing", 0.15)))


def _case(*told: str, **more: object) -> CaseState:
    values = tuple(SlotValue(one, "?", "m0", "phone:+1", Assurance.PROVED) for one in told)
    return replace(CaseState(slots=values), **more)  # type: ignore[arg-type] # a table of fields


def test_a_value_speaks_for_the_one_flow_that_asks_for_it() -> None:
    assert by_values(UNSURE, _case("order_id"), SHOP).name == "order_status"
    assert by_values(UNSURE, _case("card"), SHOP).name == "payment"


def test_what_customers_are_called_says_nothing_of_the_matter() -> None:
    assert by_values(UNSURE, _case("name"), SHOP).name is None
    assert by_values(UNSURE, _case(), SHOP).name is None


@pytest.mark.parametrize("told", [("order_id", "card"), ("size", "day")])
def test_values_of_several_matters_speak_for_none(told: tuple[str, ...]) -> None:
    even = replace(UNSURE, runners_up=())
    assert by_values(even, _case(*told), SHOP).name is None


def test_of_two_flows_that_ask_for_it_the_likelier_is_meant() -> None:
    reclaim = Intent("reclaim", "Reclaim", ("money back",), flow="reclaim")
    shop = replace(
        SHOP,
        intents=(*SHOP.intents, reclaim),
        flows={**SHOP.flows, "reclaim": Flow("reclaim", ("order_id",), found=("Done.",))},
    )
    for likely, other in (("reclaim", "order_status"), ("order_status", "reclaim")):
        guess = replace(UNSURE, runners_up=((likely, 0.2), (other, 0.05)))
        assert by_values(guess, _case("order_id"), shop).name == likely


def test_a_talk_that_was_understood_stays_what_it_is() -> None:
    for case in (
        _case("card", flow="visit"),
        _case("card", intent="washing"),
        _case("card", done=("visit",)),
    ):
        assert by_values(UNSURE, case, SHOP) is UNSURE
    sure = replace(UNSURE, name="washing")
    assert by_values(sure, _case("card"), SHOP) is sure


def test_a_talk_goes_on_with_the_matter_of_what_was_told() -> None:
    talk = Talk()
    talk.say("it says large on the box, if you know what i mean")
    assert talk.case.flow == "return"
    assert talk.decisions[-1].asked == ("reason",)
