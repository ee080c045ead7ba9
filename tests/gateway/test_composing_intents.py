"""A model is asked what an unclear message is about; what it names is one of the intents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from core.pipeline.model.second_guess import INTENTS, MARGIN, SHARE, wanted, weighed
from tests.core.pipeline.shop import SHOP, Talk, stages
from tests.gateway.composing_world import SECONDS, model_in, shop, told
from tests.model_server import (
    Behaviour,
    answers_json,
    fails,
    stalls,
    streams,
    streams_and_hangs_up,
    streams_bytes,
)

UNCLEAR = "the postman has not come by yet with it"
"""The shop's own classifier abstains, and leans to a visit."""


class Said(NamedTuple):
    """What a model says, what people read of it, and whether it is gone by."""

    does: Behaviour
    told: str
    used: bool = False


def names(intent: str) -> Behaviour:
    """An answer by the schema, piece by piece."""
    return streams('{"intent": ', f'"{intent}"', "}")


SAID = (
    Said(names("order_status"), "said “order status”", used=True),
    Said(answers_json({"intent": "order_status"}), "said “order status”", used=True),
    Said(streams("order_status"), "said “order status”", used=True),
    Said(streams("<think>Hm.</think>", '{"intent": "order_status"}'), "said “order", used=True),
    Said(names("none"), "it is about none of them"),
    Said(names("launch_rockets"), "it named no intent"),
    Said(streams('{"intent": ["order_status"]}'), "it named no intent"),
    Said(streams("I think that it is order_status, but"), "it named no intent"),
    Said(streams_and_hangs_up('{"intent": '), "cannot be read"),
    Said(streams_bytes(b"\xff\xfe\n"), "cannot be read"),
    Said(fails(500), "it failed by itself"),
    Said(stalls, "it did not answer in time"),
)


async def test_what_it_names_is_gone_by_and_anything_else_changes_nothing(
    tmp_path: Path, models: Path
) -> None:
    without = Talk(channel="sms", proved=()).hear(UNCLEAR)
    asks_order = "What is your order number?"
    async with shop(tmp_path, models, answers=False, intents=True) as world:
        for number, one in enumerate(SAID):
            world.composing.asking.breaker.went_well()
            world.server.will(one.does)
            world.wait_only(0.3 if one.does is stalls else SECONDS)
            reply = await world.text(number, UNCLEAR)
            record = await world.last()
            assert reply == (asks_order if one.used else without), told(record)
            assert one.told in told(record)
            assert model_in(record, "intent")["name"] == "small"
        asked = world.server.asked[0]
        assert "intent" in asked["response_format"]["json_schema"]["schema"]["properties"]
        assert UNCLEAR not in asked["messages"][0]["content"]
        await world.text(90, "where is my order")
        await world.text(90, "it has four digits but i forgot them")
        assert len(world.server.asked) == len(SAID), "nobody is asked about what is clear"


def asks(text: str, *before: str, model: frozenset[str] = frozenset((INTENTS,))) -> bool:
    """Whether a model would be asked about a message, after these."""
    talk = Talk()
    for one in before:
        talk.hear(one)
    turn = replace(talk.turn(text), model=model)
    return wanted(turn, stages().intent(turn, SHOP), SHOP) is not None


def test_it_is_asked_only_about_what_nothing_else_explains() -> None:
    assert asks(UNCLEAR)
    assert not asks(UNCLEAR, model=frozenset(("answers",))), "it is not switched on"
    assert not asks("where is my order"), "it is clear"
    assert not asks("something is strange", "where is my order"), "it may be the answer to us"
    assert not asks("no thanks, that is all"), "it is a word of courtesy"
    assert not asks("hm strange"), "two words are too few to be about anything"


def test_what_it_names_weighs_no_more_than_a_guess_that_is_just_sure() -> None:
    guess = stages().intent(Talk().turn(UNCLEAR), SHOP)
    told = {"outcome": "named", "intent": "order_status"}
    found = weighed(guess, told, SHOP)
    assert (found.name, found.confidence, found.margin) == ("order_status", SHARE, MARGIN)
    assert "order_status" not in dict(found.runners_up)
    assert weighed(guess, {"outcome": "named", "intent": "gone"}, SHOP) == guess
    assert weighed(guess, {"outcome": "failed", "intent": "visit"}, SHOP) == guess
    assert weighed(guess, None, SHOP) == guess
