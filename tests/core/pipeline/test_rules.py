"""The escalation table: operators, order, exceptions, faults, and the built-in rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.escalation.conditions import check_rule
from core.escalation.facts import COUNTERS
from core.escalation.facts import FACTS as FACTS_KNOWN
from core.escalation.rules import DEFAULT_RULES, evaluate, holds
from core.pipeline.contracts import Draft, IntentGuess
from core.pipeline.rules.turn_facts import facts_of
from core.playbook.model import Rule
from tests.core.pipeline.shop import SHOP, Talk

FACTS: dict[str, object] = {
    "text": "I will SUE  you, Straße!",
    "channel": "sms",
    "confidence": 0.4,
    "intent": "refund",
    "slot.order_id": "1042",
    "counters.fallbacks": 2,
    "business_hours": True,
}

TROUBLE = ("where is my order?", "where is my order?", "this is ridiculous", "qwertz asdf", "xyzzy")


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ({"channel": "sms"}, True),
        ({"channel": ["email", "SMS"]}, True),
        ({"channel_not": "sms"}, False),
        ({"confidence_lt": 0.45}, True),
        ({"confidence_gte": 0.4}, True),
        ({"confidence_gt": 0.4}, False),
        ({"confidence_lte": 0.39}, False),
        ({"amount_gt": 10}, False),
        ({"text_any_words": ["sue you"]}, True),
        ({"text_any_words": ["strasse"]}, True),
        ({"text_any_words": ["su"]}, False),
        ({"text_regex": r"\bsue\b"}, True),
        ({"text_exact": ["stop"]}, False),
        ({"slot.order_id_missing": False}, True),
        ({"slot.email_missing": True}, True),
        ({"counters.fallbacks_gte": 2}, True),
        ({"counters.other_gte": 1}, False),
        ({"business_hours": True}, True),
        ({"any": [{"channel": "email"}, {"intent": "refund"}]}, True),
        ({"any": [{"channel": "email"}, {"intent": "other"}]}, False),
        ({"channel": "sms", "intent": "other"}, False),
    ],
)
def test_an_operator(condition: dict[str, object], truth: bool) -> None:
    assert holds(condition, FACTS) is truth


def test_the_lower_priority_wins_and_all_that_match_are_named() -> None:
    late = Rule("late", 20, {"channel": "sms"}, {"escalate": True})
    early = Rule("early", 10, {"intent": "refund"}, {"escalate": True})
    mark = Rule("mark", 1, {"channel": "sms"}, {"tag": ["sms"]})
    verdict = evaluate((late, early, mark), FACTS)
    assert verdict.winner == early
    assert verdict.matched == ("mark", "early", "late")


def test_an_exception_keeps_a_rule_from_firing() -> None:
    rule = Rule("r", 1, {"channel": "sms"}, {"escalate": True}, unless={"intent": "refund"})
    assert evaluate((rule,), FACTS).winner is None


@pytest.mark.parametrize(
    ("when", "fault"),
    [
        ({"colour": "red"}, "`colour` is not known"),
        ({"counters.contacts_30d_gte": 2}, "`counters.contacts_30d` is not known"),
        ({"text_regex": r"(\w+\s?)+end"}, "has a repeat inside of a repeat"),
        ({"text_gt": 3}, "does not go with `text`"),
        ({"business_hours": "yes"}, "needs true or false"),
        ({"confidence": "low"}, "needs a number"),
        ({"channel": []}, "needs a text"),
        ({"status": "busy"}, "there is no status 'busy'"),
        ({"stage_not": "inbound"}, "belongs into `when` itself"),
        ({"stage": "inbound", "grounded": False}, "`grounded` is not known to an inbound"),
        ({"text_regex": "("}, "no regular expression"),
        ({"confidence_lt": "low"}, "needs a number"),
        ({"slot.x_missing": 1}, "needs true or false"),
        ({"any": {"channel": "sms"}}, "must be a list"),
        ({}, "no conditions"),
    ],
)
def test_a_fault_of_a_row_is_named(when: dict[str, object], fault: str) -> None:
    (found,) = check_rule(Rule("r", 1, when, {"escalate": True}))
    assert fault in found


def test_a_rule_may_name_what_a_turn_knows_and_nothing_else() -> None:
    talk = Talk()
    turn = talk.turn("where is my order?")
    draft = Draft("On its way.", "found:order", grounded=True)
    guess = IntentGuess("order_status", 0.9, 0.5)
    assert set(facts_of(turn, guess, talk.case, draft, SHOP)) == set(FACTS_KNOWN)


def test_a_rule_may_name_every_count_that_is_kept_and_no_other() -> None:
    kept: set[str] = set()
    for first in range(len(TROUBLE)):
        talk = Talk()
        for text in (*TROUBLE[first:], *TROUBLE[:first]):
            talk.say(text)
            kept |= {name for name in talk.case.counters if not name.startswith("asked:")}
    assert kept <= COUNTERS
    assert {"turns", "fallbacks", "negative", "same_intent"} <= kept


def test_the_built_in_rows_have_no_faults() -> None:
    assert [fault for rule in DEFAULT_RULES for fault in check_rule(rule)] == []


@pytest.mark.parametrize(
    ("text", "rule", "queue", "urgency"),
    [
        ("I want to kill myself", "safety", "safety", "critical"),
        ("you will hear from my lawyer", "legal", "legal", "high"),
        ("can I speak to a real person?", "asked-for-human", "general", "normal"),
        ("agent", "asked-for-human", "general", "normal"),
    ],
)
def test_a_built_in_row_fires_at_once(text: str, rule: str, queue: str, urgency: str) -> None:
    escalation = Talk().say(text).escalation
    assert escalation is not None
    assert (escalation.rule, escalation.queue, escalation.urgency) == (rule, queue, urgency)


def test_safety_comes_before_everything_else() -> None:
    escalation = Talk().say("get me a human and a lawyer, I want to die").escalation
    assert escalation is not None
    assert escalation.rule == "safety"


def test_anger_hands_over_the_second_time() -> None:
    talk = Talk()
    assert talk.say("this is ridiculous").escalation is None
    escalation = talk.say("what a joke, book a visit").escalation
    assert escalation is not None
    assert escalation.rule == "negative"
    assert talk.case.counters == {"turns": 2}


def test_a_playbooks_own_table_replaces_the_built_in_one() -> None:
    own = Rule("refunds", 5, {"text_any_words": ["refund"]}, {"escalate": True, "queue": "money"})
    talk = Talk(playbook=replace(SHOP, rules=(own,)))
    assert talk.say("you will hear from my lawyer").escalation is None
    escalation = talk.say("I want a refund").escalation
    assert escalation is not None
    assert (escalation.rule, escalation.queue) == ("refunds", "money")


def test_a_blocked_turn_is_silent_and_says_by_what() -> None:
    own = Rule("quiet", 5, {"text_exact": ["stop"]}, {"block": "opt_out"})
    decision = Talk(playbook=replace(SHOP, rules=(own,))).say("STOP")
    assert (decision.reply, decision.silent) == (None, "blocked: opt_out")


def test_an_amount_of_money_is_a_fact() -> None:
    own = Rule("big", 5, {"amount_gt": 200}, {"escalate": True})
    for text, fires in (("they took $1,250.00", True), ("it was 20 dollars", False)):
        decision = Talk(playbook=replace(SHOP, rules=(own,))).say(text)
        assert (decision.escalation is not None) is fires


LARGE = Rule("large", 5, {"amount_gt": 400, "intent": ["return"]}, {"escalate": True})
WISH = "I need to send the shirt back"


@pytest.mark.parametrize(
    ("texts", "fires"),
    [
        ((f"{WISH}, it was 450 dollars",), True),
        ((WISH, "too big, and it cost 450 dollars"), True),
        ((WISH, "thank you", "450 dollars"), True),
        ((WISH, "it cost 50 dollars"), False),
        (("does it cost 450 dollars?",), False),
        ((WISH, "never mind", "the sofa was 450 dollars"), False),
    ],
)
def test_rules_know_the_matter_in_hand(texts: tuple[str, ...], fires: bool) -> None:
    talk = Talk(playbook=replace(SHOP, rules=(LARGE,)))
    for text in texts:
        talk.say(text)
    assert (talk.decisions[-1].escalation is not None) is fires


def test_a_person_asked_for_before_is_not_asked_for_again_by_thanks() -> None:
    talk = Talk()
    talk.say("book a visit", "I want a human")
    talk.in_handoff = False
    assert talk.say("thanks").escalation is None
