"""Trap 15: after two were parted, nothing told by one or made of it is with the other."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from core.message import Assurance
from memory.tables.main import Link
from memory.tables.rows import table
from memory.units.identity.parting import part
from tests.memory.telling import Telling
from tests.memory.world import CHAT, MAIL, PHONE, VISITOR, World

OTHER = "phone:+15550002222"
NAMES = {PHONE: "phone", MAIL: "mail", OTHER: "other", VISITOR: "visitor", CHAT: "chat"}
WHO = tuple(NAMES)

writing = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 9).map(lambda one: one == 0)), max_size=5
)
"""Who writes, in this order, and whether people take over then."""
lightly = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@lightly
@given(writing, st.integers(0, 4), st.integers(0, 4), writing)
def test_a_merge_and_its_end_change_nothing_that_anybody_sees(
    connection: Connection,
    before: list[tuple[int, bool]],
    handle: int,
    to: int,
    linked: list[tuple[int, bool]],
) -> None:
    def run(people: Telling) -> None:
        everybody_writes(people)
        people.world.link(OTHER, MAIL)
        write(people, before)
        if WHO[handle] == WHO[to] or same_customer(people.world, WHO[handle], WHO[to]):
            return
        seen = people.everything()
        done = people.world.link(WHO[handle], WHO[to])
        end(people.world, done.link_id)
        assert people.everything() == seen

    in_savepoint(connection, run)


@lightly
@given(writing, st.integers(0, 4), st.integers(0, 4), writing, writing)
def test_what_was_made_while_they_were_one_is_with_nobody_it_does_not_belong_to(
    connection: Connection,
    before: list[tuple[int, bool]],
    handle: int,
    to: int,
    meanwhile: list[tuple[int, bool]],
    after: list[tuple[int, bool]],
) -> None:
    def run(people: Telling) -> None:
        everybody_writes(people)
        people.world.link(OTHER, MAIL)
        write(people, before)
        if WHO[handle] == WHO[to] or same_customer(people.world, WHO[handle], WHO[to]):
            return
        done = people.world.link(WHO[handle], WHO[to], Assurance.PROVED)
        write(people, meanwhile)
        end(people.world, done.link_id)
        nobody_knows_of_another(people)
        write(people, after)
        nobody_knows_of_another(people)

    in_savepoint(connection, run)


def everybody_writes(people: Telling) -> None:
    for who in WHO:
        people.write(who)


def write(people: Telling, steps: list[tuple[int, bool]]) -> None:
    for who, hand_over in steps:
        people.write(WHO[who], hand_over=hand_over)


def end(world: World, link_id: int) -> None:
    part(world.connection, [link_id], "admin", "two people", world.micros(), world.id)


def same_customer(world: World, one: str, other: str) -> bool:
    return bool(world.handle_row(one)["customer_id"] == world.handle_row(other)["customer_id"])


def nobody_knows_of_another(people: Telling) -> None:
    owner = {NAMES[who]: people.world.handle_row(who)["customer_id"] for who in WHO}
    for who in WHO:
        mine = {name for name, customer in owner.items() if customer == owner[NAMES[who]]}
        for level in Assurance:
            assert people.told(who, level) <= mine, (who, level)
        assert people.shown(who) <= mine, who


def in_savepoint(connection: Connection, run: Callable[[Telling], None]) -> None:
    with connection.begin_nested() as point:
        try:
            run(Telling(World(connection), NAMES))
        finally:
            point.rollback()


def test_the_marks_do_travel_while_they_are_one(world: World) -> None:
    """What the others rest on: a bot that tells all it is given is seen to do so."""
    people = Telling(world, NAMES)
    for who in (PHONE, CHAT, VISITOR):
        people.write(who)
    world.link(CHAT, PHONE)
    people.write(CHAT)
    assert people.told(CHAT, Assurance.LOGGED_IN) == {"phone", "chat"}
    assert people.shown(PHONE) == {"phone", "chat"}
    links = table(Link)
    joined = select(links.c.id).where(links.c.rule == "by-hand")
    end(world, world.connection.execute(joined).scalar_one())
    assert people.shown(PHONE) == {"phone"} and people.shown(CHAT) == {"chat"}
