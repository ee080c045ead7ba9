"""What is written as JSON comes back equal, and always reads the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.clock import from_micros
from core.message import Assurance, Author
from core.turn import CaseState, Fact, Proof, Said, SlotValue
from memory.codec import dump_case, dump_fact, dump_said, load_case, load_fact, load_said

# What PostgreSQL and JSON can both hold: no surrogates and no zero character.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
moments = st.integers(0, 1 << 52).map(from_micros)
levels = st.sampled_from(Assurance)
slots = st.builds(
    SlotValue,
    name=texts,
    value=texts,
    source=texts,
    handle=texts,
    level=levels,
    secret=st.booleans(),
    digest=st.none() | texts,
    confirmed=st.booleans(),
)
words = st.lists(texts, max_size=3).map(tuple)
cases = st.builds(
    CaseState,
    intent=st.none() | texts.filter(bool),
    flow=st.none() | texts.filter(bool),
    slots=st.lists(slots, max_size=3).map(tuple),
    asking=st.none() | texts.filter(bool),
    offering=st.none() | slots,
    refused=words,
    done=words,
    counters=st.dictionaries(texts, st.integers(0, 9), max_size=3),
    said=words,
    proof=st.none() | st.builds(Proof, stage=texts, at=moments, goal=texts, choices=words),
)
facts = st.builds(
    Fact,
    key=texts,
    value=texts,
    source=texts,
    handle=texts,
    level=levels,
    recorded_at=moments,
    secret=st.booleans(),
)
messages = st.builds(
    Said,
    id=texts,
    at=moments,
    channel=texts,
    author=st.sampled_from(Author),
    text=texts,
    tokens=st.integers(0, 9999),
    handle=texts,
    author_name=st.none() | texts,
    quick_reply=st.none() | texts,
    secrets=st.dictionaries(texts, texts, max_size=2),
)


@given(cases)
def test_a_case_comes_back(case: CaseState) -> None:
    text = dump_case(case)
    assert load_case(text) == case
    assert dump_case(load_case(text)) == text


@given(facts)
def test_a_fact_comes_back(fact: Fact) -> None:
    assert load_fact(dump_fact(fact)) == fact


@given(messages)
def test_a_message_comes_back(said: Said) -> None:
    assert load_said(dump_said(said)) == said


def test_an_empty_case_takes_no_room() -> None:
    assert dump_case(CaseState()) == "{}"


def test_the_order_of_counting_does_not_show() -> None:
    one = CaseState(counters={"repeat": 1, "fallback": 2})
    other = CaseState(counters={"fallback": 2, "repeat": 1})
    assert dump_case(one) == dump_case(other)
