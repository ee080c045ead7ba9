"""The seven steps in sentences: true to the data, whole, and without the words of the code."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.events import STEPS
from gateway.turns.trace import tell, tell_steps

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = """channel events duplicate handle customer level proved facts exchanges recalled tokens
budget intent confidence move asked sources silent escalation parts part status""".split()


@given(
    kind=st.sampled_from(STEPS), data=st.dictionaries(st.sampled_from(NAMES), values, max_size=8)
)
def test_whatever_the_data_the_sentence_is_one(kind: str, data: Mapping[str, object]) -> None:
    told = tell(kind, data)
    assert told is not None and told.endswith((".", "?", "!")) and not told.startswith(" ")


def test_a_kind_that_is_no_step_has_no_sentence() -> None:
    assert tell("message", {}) is None


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("received", {"channel": "sms"}, "A message came in by SMS"),
        ("received", {"channel": "email"}, "came in by e-mail and was taken apart"),
        ("admitted", {"duplicate": True}, "nothing changed"),
        (
            "resolved",
            {"handle": "unproved-email:jane@example.com/thread", "level": 0, "proved": []},
            "jane@example.com, not proved, so this thread is kept apart",
        ),
        ("resolved", {"handle": "slack:T1:U0ADA", "level": 2, "proved": []}, "Slack member U0ADA"),
        (
            "resolved",
            {"handle": "login:ada", "level": 4, "proved": ["login:ada", "phone:+447700900142"]},
            "phone +447700900142",
        ),
        ("resolved", {"handle": "visitor:x", "level": 1, "proved": []}, "not enough to read"),
        (
            "recalled",
            {"facts": ["a"], "exchanges": 2, "tokens": 40, "budget": 90},
            "2 recent messages and 1 remembered fact",
        ),
        ("recalled", {}, "Nothing earlier"),
        (
            "decided",
            {
                "intent": "order_status",
                "confidence": 0.934,
                "move": "ask",
                "asked": ["order_number"],
            },
            "93 % sure. It asked for what was still missing (order number).",
        ),
        (
            "decided",
            {
                "intent": "order_status",
                "move": "answer",
                "asked": ["order_number"],
                "stages": [{"stage": "intent", "output": {"intent": "talk_to_human"}}],
            },
            "understood “talk to human”. It answered from the playbook, and asked for order number",
        ),
        (
            "decided",
            {"move": "unclear", "sources": [["Opening hours", "https://shop.example/visit"]]},
            "It found the answer in an article: Opening hours.",
        ),
        (
            "decided",
            {
                "move": "unclear",
                "template": "point:visit",
                "sources": [["Opening hours", "https://shop.example/visit"]],
            },
            "named the article that comes nearest: Opening hours.",
        ),
        ("decided", {"escalation": {"reason": "The customer asked."}}, "the customer asked"),
        (
            "decided",
            {
                "intent": "talk_to_human",
                "move": "answer",
                "escalation": {"reason": "The customer asked."},
                "stages": [{"stage": "rules", "output": {"replaced": True}}],
            },
            "It understood “talk to human”. Handed to people: the customer asked.",
        ),
        ("decided", {"silent": "People have this case."}, "stayed silent: people have this case."),
        ("committed", {"parts": 0}, "nothing is to be sent"),
        ("delivered", {"status": "failed", "channel": "sms"}, "could not be delivered by SMS"),
        ("delivered", {"status": "sent", "channel": "sms", "part": 2, "parts": 3}, "Part 2 of 3"),
    ],
)
def test_a_sentence_says_what_happened(kind: str, data: Mapping[str, object], said: str) -> None:
    told = tell(kind, data)
    assert told is not None and said in told


def test_the_steps_come_in_their_order() -> None:
    given_steps: dict[str, Mapping[str, object]] = {name: {} for name in reversed(STEPS)}
    assert [step.name for step in tell_steps(given_steps)] == list(STEPS)
