"""What a model made is kept with its mark, only while its source is so, and taken back by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core.message import Assurance
from memory.episodes import EpisodeView
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.messages.admission_rows import Cleaned
from memory.units.messages.revisions import Change, revise
from memory.units.remembering.episodes import spoil
from memory.units.remembering.facts import roll_back
from memory.units.remembering.model_output import Guess, learn, sum_up, waiting
from tests.memory.test_episodes import closed, made, seen
from tests.memory.world import MAIL, VISITOR, World

_fact = table(Fact)


def facts(world: World) -> Sequence[tuple[Any, ...]]:
    """What is known of anybody: key, value, who told it, whether it is sure, its level."""
    columns = (_fact.c.key, _fact.c.value, _fact.c.told_by, _fact.c.verified, _fact.c.level)
    return [tuple(row) for row in world.connection.execute(select(*columns).order_by(_fact.c.id))]


def told(world: World, who: str, text: str, event: str = "e1") -> tuple[EpisodeView, str]:
    """An episode of one message, and that message's id."""
    said = world.say(who, text, event=event)
    made(world, who)
    return seen(world, who)[0], said.message_id


def test_a_summary_is_marked_and_names_its_sources(world: World) -> None:
    one, source = told(world, MAIL, "where is order 1042?")
    assert sum_up(world.connection, one.id, "The customer asked for 1042.", [source], "small")
    (after,) = seen(world, MAIL)
    assert (after.summary, after.summary_by) == ("The customer asked for 1042.", "model:small")
    assert after.summary_sources == (source,)
    assert after.head == one.head


def test_of_an_episode_that_changed_meanwhile_nothing_is_kept(world: World) -> None:
    one, source = told(world, MAIL, "my order is 1042")
    spoil(world.connection, one.handle_id, 0, 1 << 62)
    assert not sum_up(world.connection, one.id, "The customer named 1042.", [source], "small")
    guess = Guess("order_number", "1042", source)
    assert learn(world.connection, one.id, [guess], "small", world.micros(), world.id) == 0
    made(world, MAIL)
    assert not sum_up(world.connection, one.id, "The customer named 1042.", [source], "small")
    assert (seen(world, MAIL)[0].summary, facts(world)) == (None, [])


def test_a_fact_by_a_model_is_claimed_at_the_level_of_its_message(world: World) -> None:
    one, source = told(world, VISITOR, "my street is Elm Street 5")
    guess = Guess("street", "Elm Street 5", source)
    assert learn(world.connection, one.id, [guess], "small", world.micros(), world.id) == 1
    assert learn(world.connection, one.id, [guess], "small", world.micros(), world.id) == 0
    level = int(Assurance.ASSERTED)
    assert facts(world) == [("street", "Elm Street 5", "model:small", False, level)]


def test_nothing_is_learned_from_what_is_not_the_customers(world: World) -> None:
    one, _ = told(world, MAIL, "where do you live?")
    begun = world.say(MAIL, "hello?", event="e2")
    ours = world.reply(begun, "At Elm Street 5.")
    other = world.say(VISITOR, "At Elm Street 5.")
    guesses = [Guess("street", "Elm Street 5", one_of.message_id) for one_of in (ours, other)]
    assert learn(world.connection, one.id, guesses, "small", world.micros(), world.id) == 0
    assert not facts(world)


def test_a_guess_takes_no_place_of_what_somebody_told(world: World) -> None:
    one, source = told(world, MAIL, "my street is Elm Street 5")
    later = world.say(MAIL, "my street is Oak Street 7", event="e2")
    world.fact(later, "street", "Oak Street 7")
    guess = Guess("street", "Elm Street 5", source)
    learn(world.connection, one.id, [guess], "small", world.micros(), world.id)
    holds = world.connection.execute(select(_fact.c.value).where(_fact.c.valid_to.is_(None)))
    assert holds.scalars().all() == ["Oak Street 7"]


def test_all_that_one_model_made_is_taken_back_and_nothing_else(world: World) -> None:
    one, source = told(world, MAIL, "where is order 1042?")
    two, other = told(world, VISITOR, "and mine, 1043?", event="e2")
    sum_up(world.connection, one.id, "The customer asked.", [source], "small")
    sum_up(world.connection, two.id, "The customer asked.", [other], "large")
    guess = Guess("order_number", "1042", source)
    learn(world.connection, one.id, [guess], "small", world.micros(), world.id)
    assert taken_back(world) == 2
    assert taken_back(world) == 0
    assert [one.summary_by for one in (*seen(world, MAIL), *seen(world, VISITOR))] == [
        None,
        "model:large",
    ]
    retired = world.connection.execute(select(_fact.c.retired_by)).scalars().all()
    assert retired == ["person:ben"]
    learn(world.connection, one.id, [guess], "small", world.micros(), world.id)
    assert len(facts(world)) == 1


def taken_back(world: World) -> int:
    """What the model made is taken back by somebody, a part of it; how much."""
    return roll_back(
        world.connection, "model:small", "person:ben", "It is wrong.", world.micros(), world.id
    )


def test_a_changed_message_takes_what_was_guessed_from_it(world: World) -> None:
    one, source = told(world, MAIL, "my street is Elm Street 5")
    guess = Guess("street", "Elm Street 5", source)
    learn(world.connection, one.id, [guess], "small", world.micros(), world.id)
    revise(world.connection, Change("email", "e1", MAIL, None, world.micros()))
    assert not facts(world)


def test_a_session_within_a_case_is_told_by_it(world: World) -> None:
    begun = world.say(MAIL, "the lamp is broken")
    case_id = world.case(begun, status="closed", outcome="resolved")
    closed(world, case_id)
    made(world, MAIL)
    assert [(one.kind, one.told) for one in waiting(world.connection, 0, 5)] == [
        ("case", False),
        ("session", True),
    ]
    last = waiting(world.connection, 0, 5)[-1].id
    assert not waiting(world.connection, last, 5)


def test_an_edited_message_takes_what_was_guessed_from_it_and_what_was_before_holds(
    world: World,
) -> None:
    before, first = told(world, MAIL, "my street is Oak Street 7", event="e0")
    learn(world.connection, before.id, [Guess("street", "Oak Street 7", first)], *by(world))
    world.now += timedelta(hours=9)
    one, source = told(world, MAIL, "no, my street is Elm Street 5")
    learn(world.connection, one.id, [Guess("street", "Elm Street 5", source)], *by(world))
    held = select(_fact.c.value).where(_fact.c.valid_to.is_(None))
    assert world.connection.execute(held).scalars().all() == ["Elm Street 5"]
    new = Cleaned("no, it is right", {}, 5)
    revise(world.connection, Change("email", "e1", MAIL, lambda _: new, world.micros()))
    assert world.connection.execute(held).scalars().all() == ["Oak Street 7"]
    assert [row[1] for row in facts(world)] == ["Oak Street 7"]


def by(world: World) -> tuple[str, int, Callable[[], int]]:
    """The model, and when it learns with which ids."""
    return "small", world.micros(), world.id
