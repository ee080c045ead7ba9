"""A rule is told in words that need no knowledge of how it is written."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gateway.playbook.rule_words import rule_words


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"text_any_words": ["smoke"]}, "the message has “smoke”"),
        ({"text_any_words": list("abcdefghi")}, "“a”, “b”, “c”, “d”, “e”, “f” or 3 others"),
        ({"text_regex": "a+"}, "the message fits a pattern"),
        ({"amount_gt": 400, "intent": ["x_y", "z"]}, "400 and what is asked for is “x y” or “z”"),
        ({"business_hours": False}, "the shop is closed"),
        ({"business_hours_not": False}, "the shop is open"),
        ({"slot.order_id_missing": True}, "the detail “order id” is not known"),
        ({"counters.fallbacks_gte": 3}, "the count “fallbacks” is at least 3"),
        ({"customer.tier": "gold"}, "the customer's tier is “gold”"),
        ({"any": [{"level_lt": 2}, {"channel": "sms"}]}, "is less than 2) or (channel is “sms”)"),
    ],
)
def test_a_condition_is_told(when: Mapping[str, object], words: str) -> None:
    assert words in rule_words(when, {"escalate": True}, {})


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ({"escalate": True, "queue": "vip"}, ": a person takes over (queue vip)."),
        ({"escalate": True, "say": "big_one"}, ": a person takes over; “big one” is said."),
        ({"block": "spam"}, ": nothing is said (spam)."),
        ({"tag": ["a", "b"]}, ": it is tagged a and b."),
        ({"set": {"counters.fallbacks": "+1"}}, ": fallbacks +1 is counted."),
        ({"escalate": False}, ": nothing is done."),
    ],
)
def test_what_a_rule_does_is_told(then: Mapping[str, object], words: str) -> None:
    told = rule_words({"asked_human": True}, then, {"intent": "faq"})
    assert told == f"When a person was asked for, unless what is asked for is “faq”{words}"
