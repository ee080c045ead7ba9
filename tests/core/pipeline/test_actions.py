"""The action at the end of a flow: agreed on, done once, and honest about what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from core.effects import Act
from core.message import Assurance, Audience
from core.pipeline.contracts import NeedEffect
from core.pipeline.decide import decide
from core.playbook.model import Action, Flow, Playbook, Rule
from core.turn import Decision
from memory.codec import dump_case, load_case
from tests.core.pipeline.shop import SHOP, Talk, stages

BOOK = Action(
    "book",
    "your visit",
    url="https://erp.shop.example/visits",
    results=("number",),
    summary=("I would book {day} for {name}. Shall I?",),
)
VISIT = Flow(
    "visit",
    ("name", "day"),
    found=("Booked, your number is {number}.", "It is booked: {number}."),
    missing=("That day is full. Which other day suits you?",),
    action="book",
)
DONE = {"outcome": "done", "number": "V-77"}


def shop(action: Action = BOOK, flow: Flow = VISIT, *rules: Rule) -> Playbook:
    """The shop with an action at the end of a visit's flow."""
    flows = {**SHOP.flows, "visit": flow}
    version = f"{action}{flow}{rules}"
    actions = {action.name: action}
    return replace(SHOP, version=version, flows=flows, actions=actions, rules=rules)


def talk(playbook: Playbook | None = None, **results: Mapping[str, str]) -> Talk:
    """A customer who has told name and day."""
    found = {"act": dict(DONE), **{name: dict(one) for name, one in results.items()}}
    return Talk(playbook or shop(), results=found)


def acts(one: Talk) -> list[Act]:
    """The actions that were asked for, in their order."""
    return [effect for effect in one.effects if isinstance(effect, Act)]


def told(one: Talk) -> str:
    """The reply to all that the visit needs."""
    one.say("i want to visit the workshop")
    one.say("Robin")
    return one.hear("Friday")


def test_nothing_is_done_before_a_yes_to_what_would_be_done() -> None:
    one = talk()
    assert told(one) == "I would book Friday for Robin. Shall I?"
    assert acts(one) == []
    assert one.hear("yes please") == "Booked, your number is V-77."
    assert [(act.action, act.values) for act in acts(one)] == [
        ("book", {"name": "Robin", "day": "Friday"})
    ]
    assert one.case.done == ("visit",)


def test_without_a_need_for_a_yes_it_is_done_at_once() -> None:
    one = talk(shop(replace(BOOK, confirm=False, summary=())))
    assert told(one) == "Booked, your number is V-77."


@pytest.mark.parametrize("answer", ["no, make it Saturday", "Saturday please", "yes but Saturday"])
def test_another_value_goes_back_to_the_summary(answer: str) -> None:
    one = talk()
    told(one)
    assert "Saturday" in one.hear(answer)
    assert acts(one) == []
    one.say("yes")
    assert acts(one)[0].values["day"] == "Saturday"


def test_a_no_is_asked_about_and_another_ends_it() -> None:
    one = talk()
    told(one)
    assert "?" in one.hear("no")
    one.say("no")
    assert one.case.flow is None
    assert acts(one) == []
    assert one.hear("yes") != "Booked, your number is V-77."
    assert acts(one) == []


@pytest.mark.parametrize(
    "text",
    [
        "yes but call me first",
        "ja, aber am Montag",
        "oui mais plus tard",
        "sí, pero otro día",
        "is that a yes?",
        "okay, wait",
        "thanks",
        "perfect, but not on Friday",
    ],
)
def test_an_if_or_a_but_is_no_yes(text: str) -> None:
    one = talk()
    told(one)
    one.say(text)
    assert acts(one) == []


@pytest.mark.parametrize(
    "text", ["yes", "Yes, go ahead", "book it please", "perfect, thanks", "ja bitte", "oui", "👍"]
)
def test_a_plain_yes_is_one_in_many_words(text: str) -> None:
    one = talk()
    told(one)
    one.say(text)
    assert len(acts(one)) == 1


def test_by_text_message_what_is_agreed_on_is_read_as_a_whole() -> None:
    long = "I would book {day} for {name}, and " + "so on, " * 60 + "as told. Shall I?"
    one = talk(shop(replace(BOOK, summary=(long,))))
    one.channel = "sms"
    assert told(one).endswith("as told. Shall I?")
    one.say("yes")
    assert len(acts(one)) == 1


def test_a_question_beside_it_is_answered_and_the_yes_asked_for_again() -> None:
    one = talk()
    told(one)
    reply = one.hear("when are you open")
    assert reply.startswith("We are open from 9 to 17 on weekdays.")
    assert reply.count("?") == 1
    assert one.hear("yes") == "Booked, your number is V-77."


def test_never_mind_ends_it() -> None:
    one = talk()
    told(one)
    one.say("never mind")
    one.say("yes")
    assert acts(one) == []


def test_what_the_business_refuses_is_asked_for_otherwise_and_done_then() -> None:
    one = talk(act={"outcome": "refused"})
    told(one)
    assert one.hear("yes") == "That day is full. Which other day suits you?"
    one.results["act"] = dict(DONE)
    assert "Monday" in one.hear("Monday")
    assert one.hear("yes") == "Booked, your number is V-77."
    first, second = acts(one)
    assert first.key != second.key


def test_what_fails_goes_to_people_with_what_they_need_and_nothing_technical_is_said() -> None:
    why = "it answered with the status 500"
    one = talk(act={"outcome": "failed", "why": why, "tries": "3"})
    told(one)
    decision = one.say("yes")
    assert decision.escalation is not None
    assert why in decision.escalation.reason
    assert acts(one)[0].key in decision.escalation.reason
    assert decision.reply is not None
    assert "500" not in decision.reply.text
    assert "sorry" in decision.reply.text.lower()


def test_the_same_request_has_one_key_however_often_it_is_decided_and_taken() -> None:
    one = talk()
    told(one)
    first = one.turn("yes")
    needs = [
        decide(replace(turn, id=name), one.playbook, stages(), lambda: 0)
        for name, turn in (
            ("8", first),
            ("9", first),
            ("10", replace(first, messages=(*first.messages, *one.turn("thanks").messages))),
        )
    ]
    keys = {need.effect.id for need in needs if isinstance(need, NeedEffect)}
    assert len(keys) == 1
    assert len([need for need in needs if isinstance(need, NeedEffect)]) >= 2


def test_what_failed_is_tried_again_by_the_same_key() -> None:
    one = talk(act={"outcome": "failed", "why": "it did not answer in time"})
    told(one)
    one.say("yes")
    one.in_handoff = False
    one.results["act"] = dict(DONE)
    one.say("i want to visit the workshop")
    one.say("yes")
    first, second = acts(one)
    assert first.key == second.key


def test_what_was_done_is_not_done_again_without_being_asked_about() -> None:
    one = talk(shop(replace(BOOK, confirm=False, summary=())))
    told(one)
    one.say("i want to visit the workshop")
    assert len(acts(one)) == 1
    assert one.case.undertaken[0].stage == "asked"
    one.say("yes")
    first, second = acts(one)
    assert first.key != second.key


def test_below_its_level_an_action_is_neither_laid_out_nor_done() -> None:
    playbook = shop(replace(BOOK, needs=Assurance.LOGGED_IN))
    one = Talk(playbook, results={"act": dict(DONE)}, level=Assurance.AUTHENTICATED)
    one.say("i want to visit the workshop")
    one.say("Robin, on Friday")
    one.say("yes")
    assert acts(one) == []


def test_where_others_read_along_nothing_is_agreed_on() -> None:
    one = Talk(shop(), results={"act": dict(DONE)}, audience=Audience.ROOM)
    for text in ("i want to visit the workshop", "Robin", "Friday", "yes", "yes"):
        one.say(text)
    assert acts(one) == []


LIMIT = Rule(
    "no-fridays", 50, {"action": "visit", "slot.day": "Friday"}, {"escalate": True, "queue": "desk"}
)
CONFIRM = Rule("sure", 50, {"action": "visit"}, {"require_confirm": True})


@pytest.mark.parametrize("confirm", [True, False])
def test_what_a_rule_keeps_for_people_is_not_done(confirm: bool) -> None:
    summary = BOOK.summary if confirm else ()
    one = talk(shop(replace(BOOK, confirm=confirm, summary=summary), VISIT, LIMIT))
    one.say("i want to visit the workshop")
    one.say("Robin")
    decision = one.say("Friday")
    assert decision.escalation is not None
    assert decision.escalation.rule == "no-fridays"
    assert acts(one) == []
    assert "visit" not in one.case.done


def test_a_rule_that_wants_a_yes_gets_it_before_the_action_and_only_once() -> None:
    one = talk(shop(replace(BOOK, confirm=False, summary=()), VISIT, CONFIRM))
    told(one)
    assert acts(one) == []
    assert one.hear("yes") == "Booked, your number is V-77."
    two = talk(shop(BOOK, VISIT, CONFIRM))
    told(two)
    assert two.hear("yes") == "Booked, your number is V-77."


def test_a_person_who_is_asked_for_is_called_before_anything_is_done() -> None:
    rule = Rule("human", 10, {"asked_human": True}, {"escalate": True, "queue": "desk"})
    one = talk(shop(BOOK, VISIT, rule))
    told(one)
    decision = one.say("yes, and let me talk to a human")
    assert decision.escalation is not None
    assert acts(one) == []


def test_a_finished_action_may_go_on_with_people() -> None:
    one = talk(shop(BOOK, replace(VISIT, escalate="desk")))
    told(one)
    decision = one.say("yes")
    assert len(acts(one)) == 1
    assert decision.escalation is not None
    assert decision.escalation.queue == "desk"
    assert decision.reply is not None
    assert decision.reply.text.startswith("Booked, your number is V-77.")


def test_how_far_an_action_is_survives_being_stored() -> None:
    one = talk()
    told(one)
    assert load_case(dump_case(one.case)) == one.case
    assert one.case.undertaken


def test_the_record_tells_of_the_action_and_what_came_of_it() -> None:
    one = talk()
    told(one)
    decision: Decision = one.say("yes")
    output = next(record.output for record in decision.stages if record.stage == "state")
    assert output["action"] == {"action": "book", "key": acts(one)[0].key, "outcome": "done"}
