"""How much the bot answered lately, for the limits on machines that answer each other."""

from __future__ import annotations

from core.clock import to_micros
from memory.automatic import automatic_answers, automatic_answers_in, said_twice
from tests.memory.world import MAIL, World


def test_answers_to_one_address_are_counted_over_its_conversations(world: World) -> None:
    since = to_micros(world.now)
    for thread in ("one", "two"):
        world.reply(world.say(MAIL, "hi", thread=thread), "hello")
    assert automatic_answers(world.connection, "anna@x.org", since) == 2
    assert automatic_answers(world.connection, "ANNA@X.org", since) == 2


def test_only_the_bots_own_answers_since_then_count(world: World) -> None:
    place = world.say(MAIL, "hi")
    world.reply(place, "hello")
    since = to_micros(world.now) + 1
    world.reply(place, "here is Sam", author="agent")
    assert automatic_answers(world.connection, "anna@x.org", since) == 0
    assert automatic_answers_in(world.connection, place.conversation_id, since) == 0


def test_another_address_has_its_own_number(world: World) -> None:
    world.reply(world.say("email:ben@x.org", "hi"), "hello")
    assert automatic_answers(world.connection, "anna@x.org", 0) == 0


def test_answers_in_one_conversation_are_counted(world: World) -> None:
    place = world.say(MAIL, "hi", thread="one")
    world.reply(place, "hello")
    world.reply(world.say(MAIL, "hi", thread="two"), "hello")
    assert automatic_answers_in(world.connection, place.conversation_id, 0) == 1


def test_the_same_words_twice_in_a_row_are_seen(world: World) -> None:
    place = world.say(MAIL, "I am away.")
    assert not said_twice(world.connection, place.conversation_id)
    world.reply(place, "hello")
    world.say(MAIL, "I am away.")
    assert said_twice(world.connection, place.conversation_id)


def test_the_same_words_with_others_between_are_not_twice(world: World) -> None:
    place = world.say(MAIL, "I am away.")
    world.say(MAIL, "Where is my order?")
    world.say(MAIL, "I am away.")
    assert not said_twice(world.connection, place.conversation_id)


def test_the_same_words_of_two_people_in_one_thread_are_not_twice(world: World) -> None:
    world.say(MAIL, "Where is my order?", thread="one")
    place = world.say("email:ben@x.org", "Where is my order?", thread="one")
    assert not said_twice(world.connection, place.conversation_id)


def test_a_persons_answer_begins_the_count_anew_in_its_thread_alone(world: World) -> None:
    one, two = world.say(MAIL, "hi", thread="one"), world.say(MAIL, "hi", thread="two")
    for place in (one, one, two):
        world.reply(place, "hello")
    world.reply(one, "here is Sam", author="agent")
    assert automatic_answers(world.connection, "anna@x.org", 0) == 1
    assert automatic_answers_in(world.connection, one.conversation_id, 0) == 0
    assert automatic_answers_in(world.connection, two.conversation_id, 0) == 1
