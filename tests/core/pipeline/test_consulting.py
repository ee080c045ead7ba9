"""A system that is asked before anything is done: what it knows, allows, and its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from core.effects import Act, Consult
from core.message import Assurance, Audience
from core.pipeline.contracts import Effect
from core.playbook.model import Action, Flow, Playbook
from tests.core.pipeline.shop import SHOP, Talk

QUOTE = Action(
    "quote",
    "the order",
    url="https://erp.shop.example/quote",
    results=("refund",),
    sometimes=("left",),
)
REFUND = Action(
    "refund",
    "the refund",
    url="https://erp.shop.example/refund",
    send=("order_id", "refund"),
    results=("number",),
    summary=("You get {refund} back for order {order_id}. Shall I?",),
    queue="money",
)
FLOW = Flow(
    "return",
    ("order_id", "email"),
    look_up="quote",
    action="refund",
    found=("Done: {refund} for order {order_id}, number {number}.",),
    missing=("I find no order {order_id} of yours.",),
    failed=("A colleague sees to order {order_id}.",),
    refused={
        "too_late": ("Order {order_id} is too old for that.",),
        "odd": ("Order {order_id} is for a colleague.",),
    },
    to_people=("odd",),
)
KNOWN = {"outcome": "done", "refund": "$20"}
DONE = {"outcome": "done", "number": "R-1"}


def shop(flow: Flow = FLOW) -> Playbook:
    """The shop with a return that its system decides about."""
    actions = {"quote": QUOTE, "refund": REFUND}
    return replace(SHOP, version=f"{flow}", flows={**SHOP.flows, "return": flow}, actions=actions)


class System(Talk):
    """A talk in which a system answers by what it is sent: `knows` for each look-up in turn."""

    knows: tuple[Mapping[str, str], ...] = (KNOWN,)
    did: Mapping[str, str] = DONE

    def perform(self, effect: Effect) -> Mapping[str, str] | None:
        """The next of the answers, the last one again and again."""
        super().perform(effect)
        if isinstance(effect, Consult):
            return self.knows[min(len(asked(self)), len(self.knows)) - 1]
        return self.did if isinstance(effect, Act) else None


def talk(*knows: Mapping[str, str], flow: Flow = FLOW, level: int = 2) -> System:
    """A customer of the shop whose system knows this."""
    one = System(shop(flow), level=Assurance(level))
    one.knows = knows or (KNOWN,)
    return one


def asked(one: Talk) -> list[Consult]:
    """What was looked up, in order."""
    return [effect for effect in one.effects if isinstance(effect, Consult)]


def done(one: Talk) -> list[Effect]:
    """What was done, in order."""
    return [one for one in one.effects if isinstance(one, Act) and not isinstance(one, Consult)]


def refused(reason: str) -> Mapping[str, str]:
    return {"outcome": "refused", "why": reason}


def test_what_is_known_is_read_out_before_a_yes_and_goes_along_after_it() -> None:
    one = talk()
    one.say("i want to return my order")
    assert one.hear("1042") == "You get $20 back for order 1042. Shall I?"
    assert done(one) == []
    assert one.hear("yes") == "Done: $20 for order 1042, number R-1."
    [act] = done(one)
    assert isinstance(act, Act)
    assert act.values == {"order_id": "1042", "refund": "$20"}
    assert act.proved == ("phone:+1",)


def test_what_is_otherwise_by_the_time_of_the_yes_is_read_out_anew() -> None:
    one = talk(KNOWN, {**KNOWN, "refund": "$15"})
    one.say("i want to return my order")
    one.say("1042")
    one.say("yes")
    assert done(one) == []
    reply = one.decisions[-1].reply
    assert reply is not None and "refund: $15" in reply.text
    one.say("yes")
    assert len(done(one)) == 1


def test_a_reason_that_the_flow_knows_is_said_and_ends_it() -> None:
    one = talk(refused("too_late"))
    one.say("i want to return my order")
    decision = one.say("1042")
    assert decision.reply is not None
    assert decision.reply.text == "Order 1042 is too old for that."
    assert (decision.escalation, decision.case.flow, done(one)) == (None, None, [])


def test_another_value_after_a_refusal_is_looked_up_anew() -> None:
    one = talk(refused("too_late"), KNOWN)
    one.say("i want to return my order")
    one.say("1042")
    assert one.hear("sorry, I meant 1043") == "You get $20 back for order 1043. Shall I?"


def test_a_reason_for_people_hands_over_with_all_that_was_told() -> None:
    one = talk(refused("odd"))
    one.say("i want to return my order")
    decision = one.say("1042")
    assert decision.escalation is not None
    assert decision.escalation.queue == "money"
    assert "odd" in decision.escalation.reason
    assert decision.reply is not None
    assert decision.reply.text.startswith("Order 1042 is for a colleague.")
    assert decision.case.slot("order_id") is not None


def test_a_reason_called_as_a_detail_asks_for_that_one_again() -> None:
    flow = replace(
        FLOW,
        slots=("order_id", "size"),
        refused={**FLOW.refused, "size": ("There is {left} left. Which of them?",)},
    )
    one = talk({**refused("size"), "left": "small and large"}, KNOWN, flow=flow)
    one.say("i want to return my order 1042")
    assert one.hear("medium") == "There is small and large left. Which of them?"
    assert one.hear("large").startswith("You get $20 back")
    assert [effect.values["size"] for effect in asked(one)] == ["medium", "large"]


def test_a_refusal_of_the_deed_itself_knows_the_same_reasons() -> None:
    one = talk()
    one.did = refused("too_late")
    one.say("i want to return my order")
    one.say("1042")
    assert one.hear("yes") == "Order 1042 is too old for that."
    assert one.case.flow is None
    assert one.case.undertaken == ()


def test_a_system_that_is_away_is_told_to_people_and_nothing_is_done() -> None:
    one = talk({"outcome": "failed", "why": "it could not be reached"})
    one.say("i want to return my order")
    decision = one.say("1042")
    assert decision.escalation is not None
    assert "it could not be reached. Nothing was done." in decision.escalation.reason
    assert decision.reply is not None
    assert decision.reply.text.startswith("A colleague sees to order 1042.")
    assert done(one) == []


def test_only_whom_it_does_not_know_is_asked_for_a_second_detail() -> None:
    one = talk(refused(""), KNOWN)
    one.say("i want to return my order")
    assert one.say("1042").asked == ("email",)
    assert one.hear("robin@example.com").startswith("You get $20 back")
    assert [sorted(effect.values) for effect in asked(one)] == [["order_id"], ["email", "order_id"]]


def test_a_guest_is_asked_for_the_second_detail_at_once() -> None:
    one = talk(level=0)
    one.proved = ()
    one.say("i want to return my order")
    assert one.say("1042").asked == ("email",)
    assert asked(one) == []
    one.say("robin@example.com")
    assert asked(one)[0].proved == ()


def test_nothing_is_found_without_a_reason_and_the_flow_stays_open() -> None:
    one = talk(refused(""))
    one.say("i want to return my order")
    one.say("1042")
    assert one.hear("robin@example.com") == "I find no order 1042 of yours."
    assert (one.case.flow, one.case.asking) == ("return", "order_id")


def test_a_flow_that_only_asks_says_what_it_was_told() -> None:
    flow = replace(FLOW, action=None, found=("You would get {refund} for {order_id}.",))
    one = talk(flow=flow)
    one.say("i want to return my order")
    assert one.hear("1042") == "You would get $20 for 1042."
    assert one.case.done == ("return",)


@pytest.mark.parametrize("level", [0, 1])
def test_below_the_level_of_what_is_asked_a_proof_comes_first(level: int) -> None:
    playbook = shop()
    actions = {**playbook.actions, "quote": replace(QUOTE, needs=Assurance.AUTHENTICATED)}
    one = talk(level=level)
    one.playbook = replace(playbook, version="needs", actions=actions)
    one.say("i want to return my order")
    one.say("1042")
    assert asked(one) == []


def test_nothing_is_said_where_others_read_along() -> None:
    one = talk()
    one.audience = Audience.ROOM
    one.say("i want to return my order")
    one.say("1042")
    assert "$20" not in one.hear("robin@example.com")
    assert asked(one)[0].proved == ()
