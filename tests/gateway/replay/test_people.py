"""Every dialogue gets its own reachable addresses, the same in every run of a seed."""

from __future__ import annotations

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st

from gateway.replay.people import FILLERS, cast_people, pick_fillers


@given(st.sets(st.text(min_size=1), min_size=1, max_size=40), st.integers(0, 2**32))
def test_addresses_are_valid_distinct_and_repeatable(ids: set[str], seed: int) -> None:
    people = cast_people(ids, seed)
    assert set(people) == ids
    for person in people.values():
        assert phonenumbers.is_valid_number(phonenumbers.parse(person.phone))
    for field in ("phone", "email", "login", "slack"):
        assert len({getattr(person, field) for person in people.values()}) == len(ids)
    assert cast_people(sorted(ids, reverse=True), seed) == people


def test_many_people_never_share_a_number() -> None:
    people = cast_people((str(number) for number in range(3000)), 7)
    assert len({person.phone for person in people.values()}) == 3000


def test_another_seed_is_another_cast() -> None:
    assert cast_people(["a"], 1)["a"].phone != cast_people(["a"], 2)["a"].phone


def test_fillers_are_picked_by_dialogue_and_seed() -> None:
    assert pick_fillers("a", 1, 3) == pick_fillers("a", 1, 3)
    assert pick_fillers("a", 1, 3) != pick_fillers("b", 1, 3)
    assert len(set(pick_fillers("a", 1, len(FILLERS)))) == len(FILLERS)
    assert len(pick_fillers("a", 1, len(FILLERS) + 5)) == len(FILLERS) + 5
