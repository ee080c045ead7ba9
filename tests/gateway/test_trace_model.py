"""What is told of a language model that was asked: every outcome in plain words, of any record."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.limits import Broken
from core.pipeline.model.worded import Unfit
from gateway.model.client import Trouble
from gateway.turns.trace_model import intent_lines, words_lines

NAMED = {"name": "qwen3:8b", "ms": "1204", "prompt": "412", "answer": "38"}


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (
            {"outcome": "composed", **NAMED},
            "The language model qwen3:8b put it in other words (1.20 s, 412 + 38 tokens).",
        ),
        (
            {"outcome": "refused", "rule": "number", "name": "small"},
            "The language model small has not worded it: "
            "it named a number that stands in no source.",
        ),
        (
            {"outcome": "failed", "trouble": "broken 502", "ms": "3"},
            "The language model has not worded it: it failed by itself (HTTP 502) (0.00 s).",
        ),
        (
            {"outcome": "budget", "trouble": "day"},
            "The language model has not worded it: what it may cost in a day is used up.",
        ),
    ],
)
def test_how_it_went_is_told(told: dict[str, str], line: str) -> None:
    assert list(words_lines(told)) == [line]


def test_an_intent_is_told_with_what_was_made_of_it() -> None:
    assert list(intent_lines({"outcome": "named", "intent": "order_status", "name": "small"})) == [
        "It was not sure, and the language model small said “order status”."
    ]
    (line,) = intent_lines({"outcome": "refused", "name": "small"})
    assert line.endswith("it named no intent.")


def test_each_rule_and_each_trouble_has_words_of_its_own() -> None:
    # What is too long for its channel is shortened, and quiet hours are no matter of a sentence.
    rules = {one.value for one in Broken} - {Broken.LENGTH.value, Broken.QUIET.value}
    rules |= {one.value for one in Unfit}
    told = [next(words_lines({"outcome": "refused", "rule": one})) for one in rules]
    assert len(set(told)) == len(rules)
    assert not any("did not let through" in one for one in told)
    troubles = [{"outcome": "failed", "trouble": one.value} for one in Trouble]
    assert not any("something went wrong" in line for one in troubles for line in words_lines(one))


values = st.none() | st.text(max_size=8) | st.integers() | st.lists(st.integers(), max_size=2)
keys = st.sampled_from(["outcome", "rule", "trouble", "ms", "prompt", "answer", "name", "intent"])


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(keys, values) | values)
def test_any_record_is_borne(told: object) -> None:
    for line in (*words_lines(told), *intent_lines(told)):
        assert line.endswith(".")
