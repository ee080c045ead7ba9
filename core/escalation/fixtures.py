"""The business's own tests of its rules, as `tests.toml` of a playbook states them.

Each is a talk, told in messages, and what is expected of its last turn. This reads and checks them;
playing them is the gateway's. They are no part of what a playbook decides by, nor of its version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.escalation.facts import URGENCIES
from core.message import Assurance
from core.playbook.fields import Report, Section, suggest
from core.playbook.model import Playbook

FIXTURES = "tests.toml"
NONE = "none"
"""What is expected where no rule decides."""

FLOW = "flow"
"""The name under which a flow that ends with people hands over."""

STUCK = ("unanswered", "no-answer", "negative")
"""Built-in rules that end a talk which leads nowhere."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """One talk, and what its last turn has to come to; what is not named may be anything.

    `say` are the customer's messages, a turn each. `at` is a local time of the business, without a
    zone; without it the talk is at the first opening of a certain week. With `waits`, so many
    minutes go by after the last message, and what is expected is of the rules of time.
    """

    name: str
    say: tuple[str, ...]
    rule: str
    queue: str = ""
    urgency: str = ""
    answer: str = ""
    asks: str = ""
    holds: tuple[str, ...] = ()
    channel: str = "webchat"
    level: Assurance = Assurance.AUTHENTICATED
    customer: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
    waits: int = 0


def read_fixtures(
    raw: Mapping[str, object], playbook: Playbook, report: Report
) -> tuple[Fixture, ...]:
    """The tests of a playbook; what could never come true is reported."""
    section = Section(raw, FIXTURES, "", report)
    rows = section.rows("test")
    section.close()
    found = []
    for number, row in enumerate(rows, start=1):
        one = Section(row, FIXTURES, f"test[{row.get('name') or number}]", report)
        found.append(_fixture(one, number, playbook))
        one.close()
    return tuple(found)


def _fixture(one: Section, number: int, playbook: Playbook) -> Fixture:
    found = Fixture(
        name=one.text("name", default=f"test {number}"),
        say=one.said("say"),
        rule=one.text("rule", needed=True),
        queue=one.text("queue"),
        urgency=one.text("urgency", among=URGENCIES),
        answer=one.text("answer"),
        asks=one.text("asks"),
        holds=one.texts("holds"),
        channel=one.text("channel", default="webchat"),
        level=_level(one),
        customer=_customer(one),
        at=_at(one),
        waits=one.whole("waits", default=0),
    )
    rules = {*(rule.id for rule in playbook.rules), *STUCK, NONE, FLOW}
    for key, names in (("rule", (found.rule,)), ("holds", found.holds)):
        for name in names:
            if name and name not in rules:
                one.fault(key, f"there is no rule {name!r}", suggest(name, rules, "rules"))
    if found.urgency and found.urgency not in URGENCIES:
        mend = suggest(found.urgency, URGENCIES, "urgencies")
        one.fault("urgency", f"there is no urgency {found.urgency!r}", mend)
    if found.waits < 0:
        one.fault("waits", "is less than nothing", "Write for how many minutes nobody answers")
    if found.asks and found.asks not in playbook.slots:
        mend = suggest(found.asks, playbook.slots, "slots")
        one.fault("asks", f"there is no slot {found.asks!r}", mend)
    if found.rule == NONE and (found.queue or found.urgency or found.answer):
        one.fault("rule", "is none, and a handover is described", "Name the rule, or leave it out")
    return found


def _level(one: Section) -> Assurance:
    level = one.whole("level", default=int(Assurance.AUTHENTICATED), among=map(int, Assurance))
    if level not in Assurance.__members__.values():
        one.fault("level", "is no level", "Write a number from 0 (none) to 4 (logged in)")
        return Assurance.AUTHENTICATED
    return Assurance(level)


def _customer(one: Section) -> Mapping[str, str]:
    section = Section(one.table("customer"), one.file, f"{one.path}.customer", one.report)
    found = {name: section.text(name) for name in ("tier", "tags")}
    section.close()
    return {name: value for name, value in found.items() if value}


def _at(one: Section) -> datetime | None:
    text = one.text("at")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        one.fault("at", f"{text!r} is no local time", 'Write it like "2026-03-04 11:00"')
        return None
    return found
