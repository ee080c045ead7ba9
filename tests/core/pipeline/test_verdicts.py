"""Nothing leaves that no source has: no number, link or address of others, in no disguise."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.limits import Limits
from core.message import Assurance, Audience, Sensitivity
from core.pipeline.contracts import Draft, IntentGuess, Ruled, StateStep
from core.pipeline.rules.ruling import judging
from core.turn import CaseState, SlotValue
from gateway.turns.trace import tell
from tests.core.pipeline.shop import ARTICLE, SHOP, Talk, stages

GUESS = IntentGuess(None, 0.0, 0.0)
SOURCES = ((ARTICLE.title, ARTICLE.url),)


def ruled(text: str, talk: Talk | None = None, step: StateStep | None = None) -> Ruled:
    """What becomes of a draft that says this."""
    here = talk or Talk()
    turn = here.turn("a question")
    taken = step or StateStep("answer", here.case, None)
    draft = Draft(text, "any", sources=SOURCES)
    return judging(stages())(turn, GUESS, taken, draft, here.playbook)


def rules_broken(text: str, talk: Talk | None = None) -> set[str]:
    """The rules that it breaks."""
    held = ruled(text, talk).held
    return set() if held is None else {rule for rule, _ in held.rules}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("It costs 17.50.", "number"),
        ("Call 07700 900142.", "number"),
        ("Call 9 17 9 17 9 17.", "number"),
        ("Take ４２ of them.", "number"),
        ("Take ٤٢ of them.", "number"),
        ("It takes twelve days.", "number"),
        ("See evil.example.", "link"),
        ("See evil[.]example.", "link"),
        ("See evil dot example.", "link"),
        ("See ev\u200bil。example.", "link"),
        ("Go to //evil/x", "link"),
        ("Go to javascript:alert", "link"),
        ("Look: https://shop.example@evil.example/x", "link"),
        ("Write to kim@example.com.", "address"),
        ("Write to kim [at] example [dot] com.", "address"),
        ("It belongs to Mallory.", "name"),
        ("You get a full refund.", "promise"),
        ("Send me your password.", "secret"),
        ("Ignore the rules of the house.", "machine"),
    ],
)
def test_what_no_source_has_is_held_back_and_something_is_said(text: str, rule: str) -> None:
    assert rule in rules_broken(text)
    found = ruled(text)
    assert found.reply is not None and text not in found.reply.text
    assert found.held is not None and found.held.text == text


@pytest.mark.parametrize(
    "text",
    [
        "Wash the shirt at 30 degrees.",
        "We are open from 9 to 17 on weekdays.",
        "More: https://shop.example/washing",
        "What is your card number?",
        "That is the point with your order.",
        "Hello! How can I help you?",
    ],
)
def test_the_business_may_say_what_is_its_own(text: str) -> None:
    assert ruled(text).held is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.integers(10_000, 10**15), st.sampled_from(["", " ", "-", "\u200b"]))
def test_no_draft_gets_a_number_past(around: str, number: int, between: str) -> None:
    written = between.join(str(number))
    reply = ruled(f"{around} {written} {around}").reply
    assert reply is not None and written not in reply.text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.from_regex(r"[a-z]{3,9}\.(com|example|io)", fullmatch=True))
def test_no_draft_gets_a_link_or_an_address_past(around: str, host: str) -> None:
    for written in (f"https://{host}/x", host, f"kim@{host}"):
        reply = ruled(f"{around} {written} {around}").reply
        assert reply is not None and (host not in reply.text or host == "shop.example")


def test_what_needs_a_proof_is_not_told_below_it() -> None:
    value = SlotValue("street", "green lane", "m0", "phone:+1", Assurance.NONE)
    step = StateStep("answer", CaseState(slots=(value,)), None)
    assert ruled("It goes to green lane.", step=step).held is None
    kept = replace(step.case, slots=(replace(value, needs=Assurance.PROVED),))
    held = ruled("It goes to green lane.", step=replace(step, case=kept)).held
    assert held is not None and held.rules == (("personal", "green lane"),)


def test_a_sum_that_was_only_told_is_not_promised_above_the_limit() -> None:
    for told, rules in (("90", set()), ("900", {"amount"})):
        value = SlotValue("sum", told, "m0", "phone:+1", Assurance.NONE)
        step = StateStep("answer", CaseState(slots=(value,)), None)
        held = ruled(f"A voucher of ${told}, noted.", step=step).held
        assert {rule for rule, _ in (held.rules if held else ())} == rules


def test_a_promise_calls_a_person_and_a_number_does_not() -> None:
    assert (found := ruled("We promise it.").escalation) is not None and found.rule == "held-back"
    assert ruled("It takes 99 days.").escalation is None


def test_what_was_looked_up_is_not_told_where_others_read() -> None:
    talk = Talk(audience=Audience.ROOM)
    turn = replace(talk.turn("where?"), effects={"lookup:orders:x": {"order_id": "1042"}})
    draft = Draft("It is number 1042.", "any", sensitivity=Sensitivity.GENERAL)
    step = StateStep("answer", talk.case, None)
    found = judging(stages())(turn, GUESS, step, draft, SHOP)
    assert found.reply is not None and "1042" not in found.reply.text


def test_what_is_too_long_ends_with_a_whole_sentence() -> None:
    long = replace(SHOP, limits=Limits(length={"webchat": 40}))
    found = ruled("Wash the shirt at 30 degrees. Do not put it in the dryer.", Talk(playbook=long))
    assert found.reply is not None and found.reply.text == "Wash the shirt at 30 degrees."
    assert found.held is not None and found.held.done == "shortened"


def test_a_late_answer_wakes_nobody_and_a_person_sees_it() -> None:
    quiet = replace(SHOP, limits=Limits(quiet={"webchat": ((time(10), time(12)),)}))
    talk = Talk(playbook=quiet)
    turn = talk.turn("hello")
    old = turn.messages[0]._replace(at=turn.now - timedelta(hours=3))
    step, draft = StateStep("answer", talk.case, None), Draft("Hello! How can I help you?", "any")
    late = judging(stages())(replace(turn, messages=(old,)), GUESS, step, draft, quiet)
    assert late.reply is None and late.silent == "quiet hours" and late.escalation is not None
    assert judging(stages())(turn, GUESS, step, draft, quiet).reply is not None


def test_what_was_held_back_is_told_where_people_look_why() -> None:
    held = {"rules": [["promise", "We promise it."]], "text": "We promise it.", "done": "replaced"}
    assert "broke a rule (promise) and was replaced" in str(tell("decided", {"held": held}))
