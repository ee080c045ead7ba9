"""The resume log of a thread: what follows a number, page by page, and what was seen."""

from __future__ import annotations

from sqlalchemy import Connection

from core.clock import to_micros
from memory.resume import log_after, mark_seen
from tests.memory.world import CHAT, VISITOR, World


def numbers(connection: Connection, after: int, limit: int = 3) -> list[int]:
    return [one.seq for one in log_after(connection, "webchat", CHAT, after, limit)]


def test_whoever_knows_part_of_a_thread_is_told_the_rest_without_a_gap(world: World) -> None:
    for number in range(10):
        world.say(CHAT, f"message {number + 1}")
    known, told = 2, []
    while page := numbers(world.connection, known):
        told += page
        known = page[-1]
    assert told == list(range(3, 11))


def test_whoever_knows_nothing_begins_with_the_newest(world: World) -> None:
    for number in range(10):
        world.say(CHAT, f"message {number + 1}")
    assert numbers(world.connection, 0) == [8, 9, 10]
    assert numbers(world.connection, 0, limit=500) == list(range(1, 11))


def test_a_thread_is_told_to_nobody_else(world: World) -> None:
    world.say(CHAT, "Mine")
    world.say(VISITOR, "Theirs")
    [own] = log_after(world.connection, "webchat", CHAT, 0)
    assert (own.author, own.payload["text"]) == ("customer", "Mine")
    assert log_after(world.connection, "another-account", CHAT, 0) == []


def test_what_was_seen_is_counted_once_and_never_beyond_the_thread(world: World) -> None:
    place = world.say(CHAT, "Hello?")
    world.reply(place, "Hello.")
    now = to_micros(world.now)
    assert mark_seen(world.connection, "webchat", CHAT, 99, now) == 1
    assert mark_seen(world.connection, "webchat", CHAT, 2, now) == 0
    assert mark_seen(world.connection, "webchat", VISITOR, 1, now) == 0
    world.reply(world.say(CHAT, "And now?"), "Now too.")
    assert mark_seen(world.connection, "webchat", CHAT, 4, now) == 1
