"""Each level of the rules decides what it says: this conversation, or what is remembered beyond."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.identity.rules import DEFAULT_RULES, Levels
from core.message import Assurance
from memory.readable.context import load_context
from memory.readable.sender import ContextQuery
from tests.memory.world import PHONE, VISITOR, Place, World


def texts(world: World, place: Place, level: int, levels: Levels) -> list[str]:
    """What this sender reads of the words so far."""
    query = ContextQuery(
        world.customer(place.handle_id),
        place.handle_id,
        place.conversation_id,
        Assurance(level),
        world.micros(),
        rules=replace(DEFAULT_RULES, levels=levels),
    )
    return [one.text for one in load_context(world.connection, query).thread]


@pytest.mark.parametrize(("needed", "read"), [(1, ["blue"]), (2, []), (3, [])])
def test_a_conversation_is_read_from_its_level(world: World, needed: int, read: list[str]) -> None:
    levels = Levels(Assurance(needed), Assurance(max(needed, 2)), Assurance(4))
    place = world.say(VISITOR, "blue")
    assert texts(world, place, 1, levels) == read


@pytest.mark.parametrize(
    ("needed", "read"), [(1, ["red", "green"]), (2, ["red", "green"]), (3, ["green"])]
)
def test_what_was_said_elsewhere_is_read_from_its_level(
    world: World, needed: int, read: list[str]
) -> None:
    levels = Levels(Assurance(1), Assurance(needed), Assurance(4))
    world.say(PHONE, "red", thread="another")
    place = world.say(PHONE, "green")
    assert texts(world, place, 2, levels) == read
