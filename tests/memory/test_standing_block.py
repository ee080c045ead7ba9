"""What is always put before a turn: each part within its share, in order, the best of it first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.message import Assurance, Author
from core.turn import CaseState, Fact, Said, SlotValue
from memory.recall.choosing import recall
from memory.recall.indexed_thread import index
from memory.recall.standing_block import (
    SHARES,
    WHOLE_SHARE,
    Before,
    Known,
    Past,
    choose_standing,
    part_of,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYS = ("promise:7", "attribute:tier", "preference:language", "identifier:order:1042", "address")


def fact(key: str, value: str, number: int = 0, due_at: datetime | None = None) -> Fact:
    """Something remembered, `number` days after the start."""
    at = START + timedelta(days=number)
    return Fact(key, value, f"1-{number}", "phone:+1", Assurance.AUTHENTICATED, at, due_at=due_at)


def case_of(*values: str) -> CaseState:
    """An open case with these slots told."""
    return CaseState(
        intent="order_refund",
        slots=tuple(
            SlotValue(f"slot {at}", value, f"1-{at}", "phone:+1", Assurance.AUTHENTICATED)
            for at, value in enumerate(values)
        ),
    )


def count(text: str) -> int:
    return len(text.split())


def test_the_parts_stand_in_order_with_what_is_known_of_each() -> None:
    known = Known(
        (
            fact("address", "Elm Road 3", 1),
            fact("identifier:order:1042", "1042", 2),
            fact("preference:language", "German", 3),
            fact("promise:7", "a call back", 4, START),
        ),
        case_of("1042"),
        {7: "phone:+1"},
        (Past("a return, settled", START, "episode:3", frozenset((7,))),),
    )
    block = choose_standing(known, 1_000, count)
    assert [(one.kind, one.value) for one in block.lines] == [
        ("consent", "phone:+1"),
        ("promise", "a call back"),
        ("case", "order refund"),
        ("slot", "1042"),
        ("preference", "German"),
        ("number", "1042"),
        ("fact", "Elm Road 3"),
        ("episode", "a return, settled"),
    ]
    assert block.facts == known.facts
    assert block.left_out == ()
    assert [one.handles for one in block.lines if one.handles] == [{7}, {7}]


def test_the_promise_that_is_due_first_and_the_newest_fact_are_kept() -> None:
    late, soon = START + timedelta(days=9), START + timedelta(days=1)
    facts = (
        fact("promise:1", "a b c d e f g h", 1, late),
        fact("promise:2", "a b c d e f g h", 2, soon),
        fact("city", "i j k l m n o p q r s t u v w x y z a b c d", 3),
        fact("town", "i j k l m n o p q r s t u v w x y z a b c d", 4),
    )
    block = choose_standing(Known(facts), 200, count)
    assert [(one.kind, one.name) for one in block.lines] == [
        ("promise", "promise:2"),
        ("fact", "town"),
    ]
    assert block.facts == (facts[1], facts[3])
    assert [(one.why, one.number, one.best) for one in block.left_out] == [
        ("promise: their share is full", 1, (("promise:1", 0.0),)),
        ("fact: their share is full", 1, (("city", 0.0),)),
    ]


values = st.lists(st.text(max_size=30), max_size=12)


@settings(max_examples=100, deadline=None)
@given(values, values, values, st.integers(0, 400))
def test_no_part_takes_more_than_its_share(
    told: list[str], slots: list[str], over: list[str], budget: int
) -> None:
    facts = [fact(KEYS[at % len(KEYS)], value, at) for at, value in enumerate(told)]
    past = [Past(value, START, "episode:1") for value in over]
    known = Known(facts, case_of(*slots), {1: "phone:+1"}, past)
    block = choose_standing(known, budget, lambda text: len(text.encode()))
    taken = dict.fromkeys(SHARES, 0)
    for line in block.lines:
        taken["case" if line.kind == "slot" else line.kind] += line.tokens
    assert all(taken[part] <= budget * share for part, share in SHARES.items())
    assert sum(taken.values()) == block.tokens <= budget * WHOLE_SHARE
    in_facts = len(facts) + len(slots) + len(past) + 2
    assert len(block.lines) + sum(one.number for one in block.left_out) == in_facts
    assert block == choose_standing(known, budget, lambda text: len(text.encode()))


facts = st.lists(
    st.tuples(st.sampled_from(KEYS), st.sampled_from(("x", "a b c", "a b c d e f"))), max_size=4
)
turns = st.lists(
    st.tuples(facts, st.lists(st.sampled_from(("1042", "Anna")), max_size=2), st.integers(0, 9)),
    max_size=8,
)


@given(turns, st.sampled_from([20, 60, 400]))
@settings(max_examples=60, deadline=None)
def test_what_is_kept_from_the_turn_before_changes_nothing(
    turns: list[tuple[list[tuple[str, str]], list[str], int]], budget: int
) -> None:
    before = Before()
    for told, slots, asked in turns:
        case = replace(case_of(*slots), counters={"asked": asked})
        known = Known(tuple(fact(key, value) for key, value in told), case)
        afresh = choose_standing(known, budget, count)
        assert choose_standing(replace(known, before=before), budget, count) == afresh


def test_what_people_pinned_is_no_common_fact() -> None:
    assert part_of(fact("address", "Elm Road 3")) == "fact"
    assert part_of(replace(fact("address", "Elm Road 3"), pinned=True)) == "pinned"


def thread(count_of: int, *special: tuple[int, str]) -> list[Said]:
    """A long thread of different things, with these in it."""
    named = dict(special)
    return [
        Said(
            f"1-{at}",
            START + timedelta(minutes=at),
            "sms",
            Author.CUSTOMER,
            named.get(at, f"my lamp item{at} came with the shade broken"),
            9,
            "phone:+1",
        )
        for at in range(count_of)
    ]


def test_a_claimed_fact_that_was_just_said_is_not_told_again() -> None:
    said = thread(200, (195, "I live at Elm Road 3"), (20, "the code is 77 12"))
    facts = (fact("address", "Elm Road 3", 195), fact("code", "77 12", 20))
    found = recall(index(said), "hello there", Known(facts), START, 600)
    assert [one.name for one in found.standing] == ["code"]
    assert found.facts == facts, "the stages have it all the same"
    assert ("said in a message that is loaded", 1, ()) in found.left_out
    assert found.tokens <= 600


def test_what_says_nearly_the_same_is_loaded_once_unless_a_number_differs() -> None:
    words = "the parcel with the walnut table legs arrived broken and wet at our summer house door"
    near = (
        (20, f"{words} yesterday"),
        (40, f"{words} again"),
        (60, f"{words} yesterday, 2 of them"),
    )
    found = recall(index(thread(200, *near)), "the walnut table legs", Known(), START, 500)
    chosen = {one.said.id for one in found.recalled}
    assert "1-60" in chosen
    assert len(chosen & {"1-20", "1-40"}) == 1
    assert any(one.why == "only repeated what is loaded" for one in found.left_out)


def test_what_is_left_out_is_named_with_its_reason() -> None:
    said = thread(300)
    found = recall(index(said), "the shade of item17 is broken", Known(), START, 400)
    (unfit,) = [one for one in found.left_out if one.why == "did not fit"]
    assert len(unfit.best) == 3
    chosen = {one.said.id for one in found.recalled} | {one.id for one in found.exchanges}
    assert not chosen & {one for one, _ in unfit.best}
    least = min(one.score for one in found.recalled)
    assert all(score <= least for _, score in unfit.best)
    assert len(chosen) + sum(one.number for one in found.left_out) == 300
