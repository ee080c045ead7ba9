"""What is told of a stored turn beyond its sentences: true to the record, and in plain words."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.turns.trace_details import figures_of, lines_of
from tests.gateway.test_trace import values

NAMES = "facts recalled left_out stages sources playbook reply why output stage us".split()

STAGES = [
    {
        "stage": "intent",
        "version": "linear-1",
        "us": 120,
        "output": {"intent": None, "runners_up": [["order_status", 0.41], ["returns", 0.2]]},
    },
    {
        "stage": "state",
        "version": "flows-1",
        "us": 80,
        "output": {
            "intent": "order_status",
            "captured": ["order_id"],
            "effect": "lookup:orders:order_id=1042:",
        },
    },
    {
        "stage": "response",
        "version": "variants-1",
        "us": 50,
        "output": {"template": "order_status", "failed": ["loud-3", "KeyError"]},
    },
    {
        "stage": "rules",
        "version": "table-1",
        "us": 250,
        "output": {"matched": ["asked_for_human"], "replaced": True},
    },
]


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ({"language": "de"}, "Written in German."),
        ({"language": "pt"}, "Written in pt."),
        (
            {"language": "en", "written": "unknown"},
            "In which language it is written is not clear; taken for English.",
        ),
        ({"language": "de", "written": "en"}, "Written in English, to be answered in German."),
    ],
)
def test_the_language_of_a_turn_is_told(output: Mapping[str, object], line: str) -> None:
    assert list(lines_of("decided", {"stages": [{"stage": "intent", "output": output}]})) == [line]


def test_what_else_a_message_asks_for_is_told() -> None:
    stages = [
        {"stage": "intent", "output": {"others": ["returns", "opening"]}},
        {"stage": "state", "output": {"also": ["order_status", "opening"], "waiting": ["returns"]}},
    ]
    assert list(lines_of("decided", {"stages": stages})) == [
        "It asks for “returns” and “opening” as well.",
        "Answered together: “order status” and “opening”.",
        "Still to be taken up: “returns”.",
    ]


def test_how_a_turn_was_decided_is_told_in_lines() -> None:
    sources = [["Opening hours", "https://shop.example/visit"]]
    data = {"stages": STAGES, "sources": sources, "playbook": "d159dda3e3876044"}
    assert list(lines_of("decided", data)) == [
        "It might also have been “order status” 41 % and “returns” 20 %.",
        "From how the talk went it was taken for “order status”.",
        "Heard in the message: order id.",
        "It had something done first: a look-up.",
        "The rules put other words in the place of what was drafted: the answer “order status”.",
        "Rules that applied: “asked for human”.",
        "The stage loud-3 failed (KeyError), so the usual one decided.",
    ]
    assert list(figures_of("decided", data)) == [
        "It took 0.50 ms: intent 0.12, state 0.08, response 0.05, rules 0.25.",
        "Stages: linear-1, flows-1, variants-1, table-1. Playbook: d159dda3e3876044.",
    ]


def test_what_was_remembered_is_told_with_its_reasons_and_nothing_that_is_hidden() -> None:
    data = {
        "facts": [
            {"name": "order_id", "value": "1042"},
            {"name": "address", "value": "", "hidden": True},
        ],
        "recalled": [{"text": "It arrived broken", "score": 0.8, "why": ["words", "recency"]}],
        "left_out": [{"why": "over budget", "best": [{"id": "1-1", "text": "Hello"}]}],
    }
    assert list(lines_of("recalled", data)) == [
        "Known: order id: 1042",
        "Known: address: hidden before a proof",
        "Brought along for words and recency: It arrived broken",
        "Left out (over budget): Hello",
    ]


def test_a_number_that_is_known_by_its_detail_is_told_once() -> None:
    seen = {"name": "identifier:order:1042", "value": "1042"}
    detail = {"name": "order_number", "value": "1042"}
    assert lines_of("recalled", {"facts": [detail, seen]}) == ("Known: order number: 1042",)
    assert lines_of("recalled", {"facts": [seen]}) == ("Known: order: 1042",)
    assert figures_of("recalled", {"tokens": 40, "budget": 90}) == ("It took 40 of 90 tokens.",)


def test_a_source_is_told_with_its_link() -> None:
    sources = [["Opening hours", "https://shop.example/visit"]]
    told = lines_of("decided", {"sources": sources})
    assert told == ("Source: Opening hours, https://shop.example/visit",)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("greeting", "the answer “greeting”"),
        ("ask:order_id", "the question for “order id”"),
        ("article:our-shop", "the article “our shop”"),
        ("odd:one", "the answer “odd:one”"),
    ],
)
def test_where_words_come_from_is_told(template: str, words: str) -> None:
    stages = [{"stage": "response", "output": {"template": template}}]
    assert lines_of("decided", {"stages": stages}) == (f"The words come from {words}.",)


def test_neither_the_guess_itself_nor_what_is_next_to_nothing_is_told_as_another() -> None:
    runners = [["returns", 0.69], ["delivery", 0.3], ["greeting", 0.004]]
    stages = [{"stage": "intent", "output": {"intent": "returns", "runners_up": runners}}]
    assert lines_of("decided", {"stages": stages}) == ("It might also have been “delivery” 30 %.",)


@settings(max_examples=60)
@given(
    step=st.sampled_from(["recalled", "decided", "received"]),
    data=st.dictionaries(st.sampled_from(NAMES), values, max_size=8),
)
def test_whatever_was_recorded_is_borne(step: str, data: Mapping[str, object]) -> None:
    told = (*lines_of(step, data), *figures_of(step, data))
    assert all(isinstance(one, str) for one in told)


@pytest.mark.parametrize("share", [None, "much", 2, -1])
def test_a_share_that_is_none_is_not_told_as_one(share: object) -> None:
    stages = [{"stage": "intent", "output": {"runners_up": [["returns", share]]}}]
    (line,) = lines_of("decided", {"stages": stages})
    assert "“returns” less likely" in line


def test_how_near_the_articles_came_is_told() -> None:
    def told(searched: object) -> list[str]:
        stages = [{"stage": "response", "output": {"searched": searched}}]
        return list(lines_of("decided", {"stages": stages}))

    near = {"least": 0.5, "best": [["returns", 0.71], ["refunds", 0.38]]}
    assert told(near) == [
        "Articles that came near: “returns” 71 % and “refunds” 38 %; one is told from 50 % on."
    ]
    assert told({"least": 0.5, "best": []}) == ["No article speaks of it."]
    assert told("odd") == told(None) == []
