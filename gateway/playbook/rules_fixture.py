"""Plays the tests of a playbook's rules: each talk through the real stages, without a gateway.

Nothing is stored, sent or asked for outside: look-ups read the playbook's own tables, and whatever
else a talk would bring about comes to nothing. The clock is the test's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.effects import Act, LookUp
from core.escalation.fixtures import NONE, Fixture
from core.escalation.timers import Pending, due, timer_rules
from core.hours import next_opening
from core.message import Assurance, Audience, Author
from core.pipeline.contracts import NeedEffect, Stages
from core.pipeline.decide import decide
from core.pipeline.rules.table import table_of
from core.playbook.model import Playbook
from core.secrets import find_secrets
from core.turn import CaseState, Decision, Fact, Recall, Said, Sender, TurnInput
from gateway.turns.effects import as_if_done, perform

_BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
"""The Monday from which the first opening is looked for."""

_TURN = timedelta(minutes=1)
"""Between two messages of a talk."""

_EFFECTS = 8
"""Effects that one turn may ask for."""

_HANDLE = "login:tester"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the last turn of a talk came to."""

    rule: str
    queue: str
    urgency: str
    answer: str
    asked: tuple[str, ...]
    matched: tuple[str, ...]
    reply: str


@dataclass(frozen=True, slots=True)
class Played:
    """A test with what came of it, and in words what is not as it expects."""

    fixture: Fixture
    outcome: Outcome
    wrong: tuple[str, ...]


def play(fixture: Fixture, playbook: Playbook, stages: Stages) -> Played:
    """One talk from its first message to its last. A handover ends it, as it does for customers."""
    outcome = Outcome(NONE, "", "", "", (), (), "")
    case, case_id = CaseState(), None
    now = _start(fixture, playbook)
    expecting: str | None = None
    for number, text in enumerate(fixture.say):
        turn = _turn(fixture, number, text, now, case, case_id, expecting)
        decision = _decided(turn, playbook, stages)
        outcome = _outcome(decision, playbook)
        case, case_id, expecting = decision.case, "1", decision.expecting
        now += _TURN
        if decision.escalation is not None and number + 1 < len(fixture.say):
            left = len(fixture.say) - number - 1
            wrong = (f"{outcome.rule} decided at message {number + 1}, with {left} to come",)
            return Played(fixture, outcome, wrong)
        if fixture.waits and number + 1 == len(fixture.say):
            outcome = _waited(fixture, playbook, decision, turn)
    return Played(fixture, outcome, _differences(fixture, outcome))


def _waited(fixture: Fixture, playbook: Playbook, decision: Decision, turn: TurnInput) -> Outcome:
    """What the rules of time say after nobody has answered for so long."""
    queued = decision.escalation is not None
    pending = Pending(
        decision.case,
        "queued" if queued else "open",
        fixture.channel,
        int(fixture.level),
        _start(fixture, playbook),
        turn.now if queued or decision.reply is None else None,
        fixture.customer,
    )
    now = turn.now + timedelta(minutes=fixture.waits)
    verdict = due(pending, playbook, timer_rules(playbook), now)
    then = {} if verdict.winner is None else verdict.winner.then
    return Outcome(
        rule=NONE if verdict.winner is None else verdict.winner.id,
        queue=str(then.get("queue", "")),
        urgency=str(then.get("urgency", "")),
        answer=str(then.get("say", "")),
        asked=(),
        matched=verdict.matched,
        reply=f"<after {fixture.waits} minutes>",
    )


def _start(fixture: Fixture, playbook: Playbook) -> datetime:
    zone = ZoneInfo(playbook.hours.timezone)
    if fixture.at is not None:
        return fixture.at.replace(tzinfo=zone)
    opening = next_opening(playbook.hours, _BEGIN)
    return (opening or _BEGIN.replace(hour=11)) + _TURN


def _turn(
    fixture: Fixture,
    number: int,
    text: str,
    now: datetime,
    case: CaseState,
    case_id: str | None,
    secret: str | None,
) -> TurnInput:
    cleaned, secrets = find_secrets(text, (), b"a test of rules keeps no secret", secret)
    said = Said(
        f"m{number + 1}",
        now,
        fixture.channel,
        Author.CUSTOMER,
        cleaned,
        len(cleaned.split()),
        _HANDLE,
        secrets=secrets,
    )
    facts = tuple(
        Fact(f"attribute:{name}", value, "test", _HANDLE, Assurance.AUTHENTICATED, now)
        for name, value in fixture.customer.items()
    )
    return TurnInput(
        id=str(number + 1),
        now=now,
        channel=fixture.channel,
        audience=Audience.ONE,
        sender=Sender(_HANDLE, fixture.level, (_HANDLE,)),
        messages=(said,),
        case_id=case_id,
        case=case,
        recall=Recall(facts=facts),
    )


def _decided(turn: TurnInput, playbook: Playbook, stages: Stages) -> Decision:
    for _ in range(_EFFECTS):
        decision = decide(turn, playbook, stages, lambda: 0)
        if isinstance(decision, Decision):
            return decision
        turn = _answered(turn, decision, playbook)
    raise RuntimeError(f"a turn asked for more than {_EFFECTS} effects")


def _answered(turn: TurnInput, need: NeedEffect, playbook: Playbook) -> TurnInput:
    effect = need.effect
    found: Mapping[str, str] | None = None
    if isinstance(effect, LookUp):
        found = perform(effect, playbook)
    elif isinstance(effect, Act):
        found = as_if_done(effect, playbook)
    return replace(turn, effects={**turn.effects, effect.id: found})


def _outcome(decision: Decision, playbook: Playbook) -> Outcome:
    record = next((one.output for one in decision.stages if one.stage == "rules"), {})
    named = record.get("matched", ())
    matched = tuple(str(one) for one in named) if isinstance(named, list | tuple) else ()
    escalation = decision.escalation
    rule = NONE if escalation is None else escalation.rule
    table = table_of(playbook)
    rules = {one.id: one for one in (*table.inbound, *table.replying)}
    if escalation is None and (decision.silent or "").startswith("blocked"):
        rule = next(one for one in matched if one in rules and rules[one].then.get("block"))
    then = rules[rule].then if rule in rules else {}
    return Outcome(
        rule=rule,
        queue="" if escalation is None else escalation.queue,
        urgency="" if escalation is None else escalation.urgency,
        answer=str(then.get("say", "")),
        asked=decision.asked,
        matched=matched,
        reply=decision.reply.text if decision.reply is not None else f"<{decision.silent}>",
    )


def _differences(fixture: Fixture, outcome: Outcome) -> tuple[str, ...]:
    """What is expected and did not come, each with what came instead."""
    pairs = (
        ("rule", fixture.rule, outcome.rule),
        ("queue", fixture.queue, outcome.queue),
        ("urgency", fixture.urgency, outcome.urgency),
        ("answer", fixture.answer, outcome.answer),
        ("asks", fixture.asks, ", ".join(outcome.asked)),
    )
    found = [
        f"{name} is {came or NONE}, not {wanted}"
        for name, wanted, came in pairs
        if wanted and wanted != came
    ]
    found += [f"{one} does not hold" for one in fixture.holds if one not in outcome.matched]
    return tuple(found)
