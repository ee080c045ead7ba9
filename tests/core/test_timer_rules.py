"""Rules that act as time passes: what holds of a case that waits, and what such a rule may say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from core.escalation.conditions import check_rule
from core.escalation.facts import more_urgent
from core.escalation.timers import Pending, after, due, is_quiet, timer_rules
from core.message import Assurance
from core.pipeline.rules.table import table_of
from core.playbook.model import Hours, Rule
from core.turn import CaseState, SlotValue
from tests.core.pipeline.shop import SHOP

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
"""A Wednesday."""

WEEK = {day: ((time(9), time(18)),) for day in range(5)}
LATE = Rule(
    "late",
    10,
    {"stage": "timer", "minutes_waiting_gte": 240, "business_hours": True},
    {"escalate": True, "urgency": "high", "tag": ["sla"], "set": {"counters.negative": "+1"}},
)
QUEUED = Rule("queued", 5, {"stage": "timer", "status": "queued"}, {"tag": ["seen"]})


def pending(hours: float = 5.0, now: datetime = NOON, **told: Any) -> Pending:
    """An open case by SMS whose customer has waited for so many hours."""
    since = now - timedelta(hours=hours)
    known = Pending(CaseState(intent="order_status"), "open", "sms", 3, since, since)
    return replace(known, **told)


@pytest.fixture
def playbook() -> Any:
    """A shop that is open from nine to six on weekdays."""
    return replace(SHOP, rules=(LATE, QUEUED), hours=Hours("UTC", WEEK))


@pytest.mark.parametrize(
    ("case", "now", "fired"),
    [
        (pending(5), NOON, ("late",)),
        (pending(4), NOON, ("late",)),
        (pending(3.9), NOON, ()),
        (pending(0, waiting_since=None), NOON, ()),
        (pending(5, NOON + timedelta(hours=9)), NOON + timedelta(hours=9), ()),
        (pending(1, status="queued"), NOON, ("queued",)),
        (pending(9, status="queued"), NOON, ("queued", "late")),
    ],
)
def test_a_rule_is_due_by_how_long_somebody_waits_while_the_shop_is_open(
    playbook: Any, case: Pending, now: datetime, fired: tuple[str, ...]
) -> None:
    assert due(case, playbook, timer_rules(playbook), now).matched == fired


def test_each_acts_once(playbook: Any) -> None:
    first = due(pending(), playbook, timer_rules(playbook), NOON)
    state = after(pending().state, first, playbook)
    assert state.counters["negative"] == 1
    assert due(pending(state=state), playbook, timer_rules(playbook), NOON).matched == ()


@pytest.mark.parametrize(
    ("condition", "value", "told"),
    [
        ("channel", "sms", {}),
        ("intent", "order_status", {}),
        ("language", "de", {"language": "de"}),
        ("customer.tier", "gold", {"attributes": {"tier": "gold"}}),
        ("customer.tags", "vip", {"attributes": {"tags": "new, vip"}}),
        ("level_gte", 3, {}),
        ("minutes_since_first_gte", 300, {}),
        ("counters.turns_gte", 2, {"state": CaseState(counters={"turns": 2})}),
    ],
)
def test_every_fact_of_a_case_can_be_asked(
    playbook: Any, condition: str, value: object, told: dict[str, Any]
) -> None:
    rule = Rule("one", 1, {"stage": "timer", condition: value}, {"tag": ["x"]})
    assert check_rule(rule) == ()
    assert due(pending(**told), playbook, [rule], NOON).matched == ("one",)
    other = "other" if isinstance(value, str) else 10**9
    unlike = replace(rule, when={"stage": "timer", condition: other})
    assert due(pending(**told), playbook, [unlike], NOON).matched == ()


def test_what_was_told_can_be_asked(playbook: Any) -> None:
    rule = Rule("one", 1, {"stage": "timer", "slot.order_id": "1042"}, {"tag": ["x"]})
    told = SlotValue("order_id", "1042", "1-1", "phone:+44", Assurance.AUTHENTICATED)
    assert due(pending(), playbook, [rule], NOON).matched == ()
    state = CaseState(slots=(told,))
    assert due(pending(state=state), playbook, [rule], NOON).matched == ("one",)


@pytest.mark.parametrize(
    ("when", "fault"),
    [
        ({"stage": "timer", "text_any_words": ["lawyer"]}, "`text` is not known to a timer rule"),
        ({"stage": "timer", "amount_gt": 5}, "`amount` is not known to a timer rule"),
        ({"stage": ["timer", "inbound"], "status": "open"}, "the stage timer stands alone"),
        ({"stage": "timer", "minutes_wating_gte": 5}, "`minutes_wating` is not known"),
    ],
)
def test_what_nobody_could_know_then_is_refused(when: dict[str, object], fault: str) -> None:
    faults = check_rule(Rule("one", 1, when, {"escalate": True}))
    assert len(faults) == 1
    assert fault in faults[0]


def test_no_message_is_judged_by_them(playbook: Any) -> None:
    """A turn's table has the other rules alone."""
    held = {one.id for one in (*table_of(playbook).inbound, *table_of(playbook).replying)}
    assert held.isdisjoint({"late", "queued"})


def test_the_more_urgent_wins_and_a_quiet_channel_is_quiet_over_midnight(playbook: Any) -> None:
    assert more_urgent("low", "high") == more_urgent("high", "normal") == "high"
    limits = replace(playbook.limits, quiet={"sms": ((time(22), time(7)),)})
    night = replace(playbook, limits=limits)
    assert is_quiet(night, "sms", NOON.replace(hour=23))
    assert is_quiet(night, "sms", NOON.replace(hour=6))
    assert not is_quiet(night, "sms", NOON)
    assert not is_quiet(night, "email", NOON.replace(hour=23))
