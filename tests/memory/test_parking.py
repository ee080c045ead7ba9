"""What could not be read waits among the dead letters until a person dismisses it."""

from __future__ import annotations

from memory.pages.lists import audit_log, dead_letters
from memory.units.messages.parking import (
    LONGEST_REASON,
    LONGEST_TITLE,
    Parking,
    dismiss,
    park,
    parked_file,
)
from tests.memory.world import World


def parked(world: World, event: str = "uid-7", title: str = "Invoice", why: str = "No end.") -> int:
    """Something parked; its id."""
    one = Parking(world.id(), "mail", event, title, why, "file:1", world.micros())
    park(world.connection, one)
    return one.id


def test_it_is_a_dead_letter_with_title_and_reason(world: World) -> None:
    row_id = parked(world)
    (one,) = dead_letters(world.connection)
    assert (one.kind, one.id, one.account) == ("parked", row_id, "mail")
    assert (one.text, one.reason) == ("Invoice", "No end.")
    assert (one.conversation_id, one.customer_id) == (None, None)


def test_the_same_event_is_parked_once(world: World) -> None:
    parked(world)
    parked(world)
    assert len(dead_letters(world.connection)) == 1


def test_a_dismissed_one_is_gone_and_written_down(world: World) -> None:
    row_id = parked(world)
    assert dismiss(world.connection, row_id, "sam", world.micros(), world.id())
    assert dead_letters(world.connection) == []
    (row,) = audit_log(world.connection)
    assert (row.actor, row.action, row.subject) == ("sam", "dismiss", f"parked:{row_id}")


def test_it_is_dismissed_once(world: World) -> None:
    row_id = parked(world)
    dismiss(world.connection, row_id, "sam", world.micros(), world.id())
    assert not dismiss(world.connection, row_id, "sam", world.micros(), world.id())
    assert len(audit_log(world.connection)) == 1


def test_its_bytes_are_found(world: World) -> None:
    assert parked_file(world.connection, parked(world)) == "file:1"
    assert parked_file(world.connection, 1) is None


def test_titles_and_reasons_have_an_end(world: World) -> None:
    parked(world, title="x" * 9_999, why="y" * 9_999)
    (one,) = dead_letters(world.connection)
    assert (len(one.text), len(one.reason)) == (LONGEST_TITLE, LONGEST_REASON)


def test_the_newest_letters_of_all_kinds_come_first(world: World) -> None:
    first, second = parked(world, "one"), parked(world, "two")
    assert [one.id for one in dead_letters(world.connection)] == [second, first]
