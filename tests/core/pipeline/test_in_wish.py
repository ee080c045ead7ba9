"""A wish that says what it is about is not asked what it is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.playbook.model import Intent
from tests.core.pipeline.shop import SHOP, Talk

THINGS = replace(SHOP.slots["reason"], name="things", label="things", in_wish=True, optional=False)
RETURNS = replace(SHOP.flows["return"], slots=("things", "size"))
RETURN = Intent(
    "return",
    "a return",
    (
        "i want to return my order",
        "i would like to return the shirt",
        "send back the blue scarf",
        "return an item",
        "i want to send it back",
        "how do i return a coat",
    ),
    description="sending something back for a refund",
    flow="return",
)
PLAYBOOK = replace(
    SHOP,
    version="in-wish",
    intents=tuple(RETURN if one.name == "return" else one for one in SHOP.intents),
    slots={**SHOP.slots, "things": THINGS},
    flows={**SHOP.flows, "return": RETURNS},
)


def _told(text: str) -> str | None:
    talk = Talk(playbook=PLAYBOOK)
    talk.say(text)
    assert talk.case.intent == "return"
    found = talk.case.slot("things")
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("text", "things"),
    [
        (
            "I'd like to return the umbrella, the gloves and a wool hat",
            "umbrella, the gloves and a wool hat",
        ),
        ("Hi! Could you help? I want to return my raincoat because it leaks.", "raincoat"),
        ("i want to return the linen shirt, it is size small", "linen shirt"),
        ("please send back the wellingtons for a refund", "wellingtons"),
    ],
)
def test_what_a_wish_is_about_is_taken_from_it(text: str, things: str) -> None:
    assert _told(text) == things


@pytest.mark.parametrize(
    "text",
    [
        "i want to return my order",
        "I'd like to return something that I ordered",
        "i want to return an item for a refund, please",
        "i would like to send it back",
        "how do i return my order 1042",
        "return an item",
    ],
)
def test_what_wishes_have_in_common_is_no_detail(text: str) -> None:
    assert _told(text) is None


def test_only_the_wish_that_begins_the_flow_tells_it() -> None:
    talk = Talk(playbook=PLAYBOOK)
    assert talk.say("i want to return my order").asked == ("things",)
    talk.say("small. I want to look at the umbrella first")
    assert [one.name for one in talk.case.slots] == ["size"]


def test_a_slot_that_does_not_say_so_is_asked_for() -> None:
    plain = replace(PLAYBOOK, slots={**PLAYBOOK.slots, "things": replace(THINGS, in_wish=False)})
    talk = Talk(playbook=plain)
    assert talk.say("I want to return the umbrella").asked == ("things",)
