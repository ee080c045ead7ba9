"""What rules do besides handing over: counts, questions, a yes, what is needed, and their order."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from core.message import Assurance, Author
from core.pipeline.contracts import IntentGuess
from core.pipeline.decide import decide
from core.pipeline.rules.table import table_of
from core.pipeline.state.acting import CONFIRM_LIMIT
from core.playbook.model import Counter, Intent, Playbook, Rule, RuleDefaults
from core.turn import Contact, Decision, Fact, Recall, Said, TurnInput
from tests.core.pipeline.shop import NOW, SHOP, Talk, stages

ASK = {"escalate": True}


def shop(*rules: Rule, counters: tuple[Counter, ...] = (), on_no_agent: str = "ticket") -> Playbook:
    return replace(
        SHOP,
        rules=rules,
        counters={one.name: one for one in counters},
        rule_defaults=RuleDefaults("care", on_no_agent=on_no_agent),
    )


def fact(name: str, value: str) -> Fact:
    return Fact(f"attribute:{name}", value, "crm", "phone:+1", Assurance.PROVED, NOW)


def escalated(talk: Talk, *texts: str) -> list[str | None]:
    found = []
    for text in texts:
        said = talk.say(text).escalation
        found.append(None if said is None else said.rule)
    return found


def test_what_rules_add_goes_with_the_one_that_wins_and_the_lower_number_does() -> None:
    talk = Talk(
        playbook=shop(
            Rule("late", 30, {"channel": "webchat"}, {"escalate": True, "queue": "late"}),
            Rule("tags", 40, {"channel": "webchat"}, {"tag": ["web", "new"]}),
            Rule("early", 20, {"text_any_words": ["visit"]}, {"escalate": True, "tag": ["new"]}),
        )
    )
    escalation = talk.say("book a visit").escalation
    assert escalation is not None
    assert (escalation.rule, escalation.queue, escalation.reason) == (
        "early",
        "care",
        "early [new] [web]",
    )


def test_an_inbound_rule_goes_before_all_others() -> None:
    rules = (
        Rule("first", 10, {"channel": "webchat"}, ASK),
        Rule("inbound", 90, {"stage": "inbound", "text_any_words": ["visit"]}, ASK),
    )
    assert escalated(Talk(playbook=shop(*rules)), "book a visit") == ["inbound"]
    assert escalated(Talk(playbook=shop(*rules)), "hello") == ["first"]


@pytest.mark.parametrize(
    ("when", "facts", "fires"),
    [
        ({"customer.tier": ["gold"]}, (fact("tier", "Gold"),), True),
        ({"customer.tier": ["gold"]}, (), False),
        ({"customer.tags": "vip"}, (fact("tags", "loud, VIP"),), True),
        ({"customer.tags": "vip"}, (fact("tags", "loud"),), False),
        ({"language": "en", "status": "new"}, (), True),
        ({"status": ["open", "queued"]}, (), False),
        ({"minutes_waiting_gte": 1}, (), False),
    ],
)
def test_a_rule_asks_what_is_known_of_the_customer(
    when: dict[str, object], facts: tuple[Fact, ...], fires: bool
) -> None:
    talk = Talk(playbook=shop(Rule("r", 5, when, ASK)), facts=facts)
    assert escalated(talk, "hello") == ["r" if fires else None]


def test_a_count_with_a_window_forgets_and_goes_along_over_channels() -> None:
    sad = Counter("negative", {"sentiment_lte": -0.4}, window_messages=3)
    talk = Talk(playbook=shop(Rule("sad", 5, {"counters.negative_gte": 2}, ASK), counters=(sad,)))
    talk.playbook = replace(talk.playbook, settings={"negative_limit": 0, "fallback_limit": 0})
    assert escalated(talk, "this is ridiculous", "hello", "book a visit") == [None] * 3
    assert escalated(talk, "what a joke") == [None]
    talk.channel = "sms"
    assert escalated(talk, "this is ridiculous") == ["sad"]
    assert talk.case.counters.keys() <= {"turns"}


def test_a_count_is_reset_by_what_resets_it() -> None:
    visits = Counter("visits", {"intent": "visit"}, {"text_any_words": ["thanks"]})
    rule = Rule("often", 5, {"counters.visits_gte": 2}, ASK)
    book = "i want to visit the workshop"
    talk = Talk(playbook=shop(rule, counters=(visits,)))
    assert escalated(talk, book, "thanks", book, book) == [None, None, None, "often"]


def test_a_rule_asks_once_and_sets_a_count() -> None:
    rule = Rule("unsure", 5, {"intent": "unknown"}, {"ask": "help", "set": {"counters.lost": "+2"}})
    talk = Talk(playbook=shop(rule, counters=(Counter("lost", {"text": "x"}),)))
    first, second = talk.hear("qwertz asdf"), talk.hear("xyzzy plugh")
    assert talk.case.counters["own:lost"] == 2
    again = replace(rule, then={**rule.then, "once_per_conversation": False})
    other = Talk(playbook=shop(again, counters=(Counter("lost", {"text": "x"}),)))
    assert other.hear("qwertz asdf") == first
    assert other.hear("xyzzy plugh") != second
    assert other.case.counters["own:lost"] == 4


def test_what_people_need_is_asked_for_once_before_the_handover() -> None:
    rule = Rule("refund", 5, {"text_any_words": ["refund"]}, {**ASK, "needs": ["order_id"]})
    talk = Talk(playbook=shop(rule))
    decision = talk.say("I want a refund")
    assert (decision.asked, decision.escalation) == (("order_id",), None)
    assert escalated(talk, "1042") == ["refund"]
    value = talk.case.slot("order_id")
    assert value is not None
    assert value.value == "1042"
    silent = Talk(playbook=shop(rule))
    assert escalated(silent, "I want a refund", "I do not know it") == [None, "refund"]
    told = Talk(playbook=shop(rule))
    assert escalated(told, "refund for order 1042") == ["refund"]


@pytest.mark.parametrize(("answer", "done"), [("yes", True), ("no", False)])
def test_an_action_waits_for_a_yes_where_a_rule_says_so(answer: str, done: bool) -> None:
    rule = Rule("sure", 5, {"action": "return"}, {"require_confirm": True})
    talk = Talk(playbook=shop(rule))
    talk.say("i want to return my order")
    talk.say("it does not fit")
    if talk.decisions[-1].asked:
        talk.say("medium")
    reply = talk.decisions[-1].reply
    assert reply is not None
    assert [one.value for one in reply.quick_replies] == ["yes", "no"]
    decision = talk.say(answer)
    assert (decision.escalation is not None) is done
    assert talk.case.flow is None
    assert not [one for one in talk.case.counters if one.startswith("confirming:")]


@pytest.mark.parametrize(("answer", "done"), [("yes", True), ("no", False)])
def test_the_yes_that_a_rule_waits_for_is_no_small_talk(
    answer: str, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    nods = (
        Intent("agree", "a yes", ("yes",), answer="agree", small_talk=True),
        Intent("decline", "a no", ("no",), answer="decline", small_talk=True),
    )
    usual = stages()

    def nodding(turn: TurnInput, playbook: Playbook) -> IntentGuess:
        nod = {"yes": "agree", "no": "decline"}.get(turn.text)
        return usual.intent(turn, playbook) if nod is None else IntentGuess(nod, 1.0, 1.0)

    monkeypatch.setattr("tests.core.pipeline.shop.stages", lambda: replace(usual, intent=nodding))
    rule = Rule("sure", 5, {"action": "return"}, {"require_confirm": True})
    talk = Talk(playbook=replace(shop(rule), intents=(*SHOP.intents, *nods)))
    talk.say("i want to return my order")
    talk.say("it does not fit")
    if talk.decisions[-1].asked:
        talk.say("medium")
    decision = talk.say(answer)
    assert (decision.escalation is not None) is done
    assert talk.case.flow is None


def test_what_was_left_out_is_not_asked_for_while_a_rule_waits_for_a_yes() -> None:
    rule = Rule("sure", 5, {"action": "return"}, {"require_confirm": True}, {})
    slots = {name: replace(one, optional=True) for name, one in SHOP.slots.items()}
    talk = Talk(playbook=replace(shop(rule), slots=slots))
    talk.say("i want to return my order")
    while talk.decisions[-1].asked:
        talk.say("i do not know")
    assert [name for name in talk.case.counters if name.startswith("confirming:")]
    assert talk.say("it was a present, by the way").asked == ()
    assert talk.say("yes").escalation is not None


def test_a_yes_that_never_comes_is_not_asked_for_for_ever() -> None:
    rule = Rule(
        "sure", 5, {"action": "return"}, {"require_confirm": True, "once_per_conversation": False}
    )
    talk = Talk(playbook=shop(rule))
    talk.say("i want to return my order")
    talk.say("it does not fit")
    if talk.decisions[-1].asked:
        talk.say("medium")
    asked = 1
    while talk.say(f"it was a gift of aunt number {asked}").escalation is None:
        asked += 1
    escalation = talk.decisions[-1].escalation
    assert (asked, escalation and escalation.rule) == (CONFIRM_LIMIT, "unanswered")


def test_another_wish_is_heard_while_a_rule_waits_for_a_yes() -> None:
    rule = Rule("sure", 5, {"action": "return"}, {"require_confirm": True})
    talk = Talk(playbook=shop(rule))
    talk.say("i want to return my order")
    talk.say("it does not fit")
    if talk.decisions[-1].asked:
        talk.say("medium")
    talk.say("i would like to book a visit")
    assert talk.case.flow == "visit"


def test_contacts_of_a_week_are_counted_over_channels() -> None:
    rule = Rule("third", 5, {"counters.contacts_7d_gte": 3}, ASK)
    talk = Talk(playbook=shop(rule))

    def turn(*hours: int, came: tuple[tuple[str, int], ...] = ()) -> list[str]:
        older = tuple(
            Said(
                str(at),
                NOW - timedelta(hours=at),
                "email",
                Author.CUSTOMER,
                "about 1042",
                2,
                "email:a",
            )
            for at in hours
        )
        case = Talk(playbook=shop())
        case.say("order 1042 please, i want to return it")
        contacts = tuple(Contact("1", name, NOW - timedelta(hours=at)) for name, at in came)
        given = replace(talk.turn("hello"), case=case.case, recall=Recall(exchanges=older))
        given = replace(given, contacts=contacts)
        decision = decide(given, talk.playbook, stages(), lambda: 0)
        assert isinstance(decision, Decision)
        return [] if decision.escalation is None else [decision.escalation.rule]

    assert turn(50, 26) == ["third"]
    assert turn(26) == []
    assert turn(9 * 24, 26) == []
    assert turn(came=(("return", 50), ("return", 26))) == ["third"]
    assert turn(came=(("order_status", 50), ("return", 26))) == []
    assert turn(26, came=(("return", 26), ("return", 9 * 24))) == []


def test_what_is_promised_when_nobody_is_there_is_the_playbooks_choice() -> None:
    rule = Rule("r", 5, {"channel": "webchat"}, ASK)
    night = NOW.replace(hour=22)
    plain = Talk(playbook=shop(rule), now=night).hear("hello")
    call = Talk(playbook=shop(rule, on_no_agent="callback"), now=night).hear("hello")
    assert "calls you back" in call
    assert "calls you" not in plain


def test_two_runs_log_the_same_bytes() -> None:
    counter = Counter("lost", {"intent": "unknown"}, window_messages=4)
    rules = (
        Rule("a", 5, {"counters.lost_gte": 2}, {"tag": ["lost"], "ask": "help"}),
        Rule("b", 6, {"counters.lost_gte": 3}, {**ASK, "needs": ["order_id"]}),
        Rule("c", 1, {"stage": "inbound", "channel": "webchat"}, {"tag": ["web"]}),
    )

    def run() -> bytes:
        talk = Talk(playbook=shop(*rules, counters=(counter,)))
        for text in ("qwertz", "hello", "asdf", "xyzzy", "1042"):
            talk.say(text)
        return json.dumps([asdict(one) for one in talk.decisions], default=str).encode()

    assert run() == run()


BUILT_IN = [
    ("safety", ("I want to end my life",), ("the end of my life as a smoker",)),
    ("legal", ("my attorney will call",), ("is that legal?",)),
    ("asked-for-human", ("let me speak to a real person",), ("is it made for a person of 6 feet",)),
    ("negative", ("this is ridiculous", "what a joke"), ("this is ridiculous", "thanks")),
    ("no-answer", ("qwertz asdf", "xyzzy", "plugh foo"), ("qwertz asdf", "xyzzy")),
    (
        "unanswered",
        ("i want to visit the workshop", "I do not know it", "I do not know"),
        ("i want to visit the workshop", "Robin Baker", "on 6 March 2026"),
    ),
]


@pytest.mark.parametrize(("rule", "fires", "rests"), BUILT_IN)
def test_a_built_in_rule_fires_and_rests_and_is_silent_when_queued(
    rule: str, fires: tuple[str, ...], rests: tuple[str, ...]
) -> None:
    talk = Talk()
    assert escalated(talk, *fires)[-1] == rule
    assert escalated(talk, fires[-1]) == [None]
    assert talk.decisions[-1].silent == "a person has the case"
    assert set(escalated(Talk(), *rests)) == {None}


def test_every_built_in_rule_has_its_case() -> None:
    table = table_of(replace(SHOP, rules=()))
    assert {one.id for one in (*table.inbound, *table.replying)} == {rule for rule, *_ in BUILT_IN}


def test_a_rule_fires_again_once_the_case_is_handed_back() -> None:
    talk = Talk()
    assert escalated(talk, "let me speak to a real person") == ["asked-for-human"]
    talk.in_handoff = False
    assert escalated(talk, "let me speak to a real person") == ["asked-for-human"]


def test_while_people_have_the_case_what_is_urgent_is_told_once_and_nothing_is_said() -> None:
    rules = (
        Rule("ask", 10, {"asked_human": True}, {"escalate": True}),
        Rule("fire", 20, {"text_any_words": ["fire"]}, {**ASK, "urgency": "critical"}),
        Rule("smoke", 30, {"text_any_words": ["smoke"]}, {"tag": ["smoke"]}),
    )
    talk = Talk(playbook=shop(*rules))
    talk.say("I want to talk to a human")
    found = [talk.say(one) for one in ("a human, please", "there is fire and smoke", "fire!")]
    assert [one.reply for one in found] == [None, None, None]
    assert [one.escalation for one in found] == [None, None, None]
    assert [one.raised is None for one in found] == [True, False, True]
    assert found[1].raised is not None
    assert (found[1].raised.urgency, found[1].raised.reason) == ("critical", "fire")


def test_tags_stay_with_a_turn_that_nobody_takes_over() -> None:
    talk = Talk(playbook=shop(Rule("web", 1, {"channel": "webchat"}, {"tag": ["web", "new"]})))
    decision = talk.say("where is my order")
    assert decision.escalation is None
    assert decision.stages[-1].output["tags"] == ("web", "new")
