"""With what somebody came lately: of the handles that are asked for, since then, newest first."""

from __future__ import annotations

from memory.contacts import contacts_since
from tests.memory.world import MAIL, PHONE, World


def test_only_cases_of_these_handles_since_then_are_told(world: World) -> None:
    first = world.say(PHONE, "where is it?")
    world.case(first, status="closed")
    since = world.micros()
    second = world.case(world.say(PHONE, "where is it now?"), intent="return")
    other = world.say(MAIL, "hello")
    third = world.case(other)
    found = contacts_since(world.connection, [first.handle_id], since)
    assert [(one.case_id, one.intent) for one in found] == [(str(second), "return")]
    both = contacts_since(world.connection, [first.handle_id, other.handle_id], since)
    assert [one.case_id for one in both] == [str(third), str(second)]
    assert contacts_since(world.connection, [], since) == ()
