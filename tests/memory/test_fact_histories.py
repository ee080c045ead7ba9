"""Whatever is told, corrected, retired, joined and parted: nothing is lost, and nobody learns of
another."""

from __future__ import annotations

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from core.facts.history import Held, place, without
from memory.facts import FactView, facts_of
from memory.units.remembering.fact_rows import Telling
from memory.units.remembering.facts import FactProblem, correct, pin, retire, roll_back, tell
from tests.memory.world import MAIL, PHONE, World

_values = st.sampled_from(["one", "two", "three"])
_moments = st.integers(1, 1_000)


def held(one: int, value: str, at: int, level: int, *, verified: bool) -> Held:
    return Held(one, value, at, at, level, 3, verified)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(_moments, st.integers(1, 4), st.booleans()), unique_by=lambda x: x[0]),
    st.randoms(use_true_random=False),
)
def test_a_history_is_the_same_in_whichever_order_it_comes_to_be_known(
    told: list[tuple[int, int, bool]], dice: object
) -> None:
    """As long as no two say the same: that would be one, told twice."""
    facts = [
        held(number, f"value {number}", at, level, verified=verified)
        for number, (at, level, verified) in enumerate(told, 1)
    ]
    shuffled = list(facts)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert laid(shuffled) == laid(sorted(facts, key=lambda one: one.valid_from))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(_values, st.integers(1, 3), st.booleans()), max_size=8),
    st.integers(0, 8),
)
def test_what_is_taken_back_leaves_the_rest_in_order(
    told: list[tuple[str, int, bool]], gone: int
) -> None:
    facts = [
        held(number, value, number, level, verified=verified)
        for number, (value, level, verified) in enumerate(told, 1)
    ]
    known = laid(facts)
    left = {number: one for number, one in known.items() if number != gone}
    left |= {one.id: one for one in without(list(known.values()), [gone])}
    for one in left.values():
        assert one.superseded_by is None or one.superseded_by in left
        assert one.valid_to is None or one.superseded_by is not None
        if one.valid_to is None:
            after = [two for two in left.values() if two.valid_from > one.valid_from]
            assert not any(
                two.valid_to is None and two.standing >= one.standing for two in after
            ), "the newer of two that are as well founded holds"
    assert bool(left) == any(one.valid_to is None for one in left.values())


def laid(facts: list[Held]) -> dict[int, Held]:
    """The history when these are told one after the other."""
    known: dict[int, Held] = {}
    for one in facts:
        placed = place(list(known.values()), one)
        known |= {each.id: each for each in placed.changed}
        if placed.new is not None:
            known[placed.new.id] = placed.new
    return known


_steps = st.lists(
    st.tuples(
        st.sampled_from(["tell", "tell", "tell", "correct", "retire", "pin", "roll back"]),
        st.sampled_from([PHONE, MAIL]),
        _values,
        st.integers(0, 5),
    ),
    max_size=8,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_steps, _steps)
def test_joining_and_parting_leave_everybody_their_own_facts_and_nobody_anothers(
    connection: Connection,
    before: list[tuple[str, str, str, int]],
    meanwhile: list[tuple[str, str, str, int]],
) -> None:
    with connection.begin_nested() as undone:
        world, marks = World(connection), count(1)
        for who in (PHONE, MAIL):
            world.say(who, "hello")
        run(world, before, marks)
        alone = {who: known(world, who) for who in (PHONE, MAIL)}
        world.link(PHONE, MAIL)
        world.unlink(PHONE)
        assert {who: known(world, who) for who in (PHONE, MAIL)} == alone
        world.link(PHONE, MAIL)
        run(world, meanwhile, marks)
        world.unlink(PHONE)
        for who in (PHONE, MAIL):
            assert {one.handle for one in flat(known(world, who))} <= {who}
            assert {one.handle for one in world.sees(who).facts} <= {who}
        undone.rollback()


def run(world: World, steps: list[tuple[str, str, str, int]], marks: count[int]) -> None:
    connection, new_id = world.connection, world.id
    for what, who, value, chosen in steps:
        now, handle = world.micros(), int(world.handle_row(who)["id"])
        facts = flat(known(world, who))
        if what == "tell" or not facts:
            telling = Telling(handle, "address", value, f"{next(marks)}-1", 2)
            tell(connection, telling, now, new_id)
            continue
        fact = facts[chosen % len(facts)]
        try:
            if what == "correct":
                correct(connection, fact.id, value, "ann", "", now, new_id)
            elif what == "retire":
                retire(connection, fact.id, "ann", "", now, new_id)
            elif what == "pin":
                pin(connection, fact.id, True, "ann", now, new_id)
            else:
                roll_back(connection, fact.source, "ann", "", now, new_id)
        except FactProblem:
            continue


def known(world: World, who: str) -> tuple[FactView, ...]:
    return tuple(facts_of(world.connection, int(world.handle_row(who)["customer_id"])))


def flat(facts: tuple[FactView, ...]) -> list[FactView]:
    """Each value by itself."""
    return [each for one in facts for each in (one, *one.also, *one.history)]
