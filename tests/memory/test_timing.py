"""What time does to a case: done once, to the case as it was looked at, and written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.clock import from_micros, to_micros
from core.escalation.counters import FIRED, marked
from memory.codec import load_case
from memory.pages.lists import audit_log, queue
from memory.pending_cases import PAGE, PendingCase, waiting_for_us, with_people
from memory.tables.main import Case, Handoff
from memory.tables.rows import table
from memory.units.people import asides
from memory.units.people.cases import resolve
from memory.units.people.timing import Acted, Timed, act_in_time
from tests.memory.world import MAIL, PHONE, Place, World


def timed(world: World, one: PendingCase, **told: object) -> Timed:
    """The rule "late" is due in this case."""
    made = Timed(
        case_id=one.case_id,
        handoff_id=one.handoff_id,
        before=one.pending.state,
        after=marked(one.pending.state, FIRED + "late"),
        rules=("late",),
        rule="late",
        reason="Waits too long. [sla]",
        escalates=True,
        urgency="high",
        queue="",
        default_queue="general",
        channel=one.pending.channel,
        minutes=300,
        now=world.micros(),
        ids=(world.id(), world.id()),
    )
    return replace(made, **told)  # type: ignore[arg-type]


def handed(world: World) -> tuple[Place, PendingCase]:
    """A case that people have, and nobody has answered."""
    place = world.say(PHONE, "a person please")
    world.handoff(place, world.case(place))
    (one,) = with_people(world.connection, 0)
    return place, one


def waiting(world: World) -> PendingCase:
    """A case that only we have, in which the customer had the last word."""
    place = world.say(PHONE, "where is my order?")
    world.case(place)
    (one,) = waiting_for_us(world.connection, 0, world.micros())
    return one


def act(world: World, one: PendingCase, **told: object) -> Acted | None:
    return act_in_time(world.connection, timed(world, one, **told))


def test_what_waits_for_people_becomes_more_urgent_and_says_why(world: World) -> None:
    _, one = handed(world)
    assert (one.pending.status, one.urgency) == ("queued", "normal")
    done = act(world, one, queue="second-line")
    assert done is not None
    assert done.handoff_id == one.handoff_id
    (shown,) = queue(world.connection, world.micros())
    assert (shown.urgency, shown.queue) == ("high", "second-line")
    assert shown.reason == "Asked for a person. Waits too long. [sla]"
    (row,) = [row for row in audit_log(world.connection, limit=10) if row.action == "timer"]
    assert row.subject == f"case:{one.case_id}"


def test_it_is_never_less_urgent_for_it(world: World) -> None:
    place = world.say(PHONE, "my life is in danger")
    world.handoff(place, world.case(place), urgency="critical")
    (one,) = with_people(world.connection, 0)
    assert act(world, one) is not None
    assert queue(world.connection, world.micros())[0].urgency == "critical"


def test_a_case_of_ours_goes_to_people_with_the_talk(world: World) -> None:
    one = waiting(world)
    done = act(world, one)
    assert done is not None
    (shown,) = queue(world.connection, world.micros())
    assert (shown.rule, shown.queue, shown.urgency) == ("late", "general", "high")
    assert [said["text"] for said in shown.packet["exchanges"]] == ["where is my order?"]
    (after,) = with_people(world.connection, 0)
    assert FIRED + "late" in after.pending.state.counters


@pytest.mark.parametrize("people_have_it", [True, False])
def test_the_same_is_done_once_however_many_have_looked(world: World, people_have_it: bool) -> None:
    one = handed(world)[1] if people_have_it else waiting(world)
    assert act(world, one) is not None
    assert act(world, one) is None
    count = select(table(Handoff).c.id)
    assert len(world.connection.execute(count).all()) == 1


def test_nothing_is_done_to_what_is_over(world: World) -> None:
    _, one = handed(world)
    assert one.handoff_id is not None
    resolve(world.connection, one.handoff_id, "person:mia", world.micros(), world.id())
    assert act(world, one) is None
    state = table(Case).c.state_json
    assert not load_case(world.connection.execute(select(state)).scalar_one()).counters


def test_where_no_machine_may_answer_it_is_known(world: World) -> None:
    _, one = handed(world)
    assert not one.mute
    world.connection.execute(table(Handoff).update().values(rule=asides.RULE))
    assert with_people(world.connection, 0)[0].mute


def test_since_when_somebody_waits(world: World) -> None:
    """Until people answer since it is theirs; then since the first word that nobody answered."""
    place, one = handed(world)
    opened = world.connection.execute(select(table(Handoff).c.opened_at)).scalar_one()
    assert one.pending.waiting_since == from_micros(opened)
    world.reply(place, "I am looking.", author="agent")
    world.connection.execute(table(Handoff).update().values(answered_at=world.micros()))
    (answered,) = with_people(world.connection, 0)
    assert answered.pending.waiting_since is None
    world.say(PHONE, "hello?")
    asked_at = world.now
    world.say(PHONE, "are you there?")
    (again,) = with_people(world.connection, 0)
    assert again.pending.waiting_since == asked_at


def test_what_is_known_of_somebody_is_known_on_each_of_their_channels(world: World) -> None:
    """The shop's system told it of the mailbox; the case came by phone."""
    place, mail = world.say(PHONE, "a person please"), world.say(MAIL, "hello")
    world.link(PHONE, MAIL)
    world.fact(mail, "attribute:tier", "gold")
    world.fact(mail, "attribute:tags", "old")
    world.fact(place, "attribute:tags", "vip")
    world.handoff(place, world.case(place))
    (one,) = with_people(world.connection, 0)
    assert one.pending.attributes == {"tier": "gold", "tags": "vip"}


def test_whom_we_have_answered_does_not_wait(world: World) -> None:
    one = waiting(world)
    place = world.say(PHONE, "and?")
    world.reply(place, "It is on its way.")
    assert waiting_for_us(world.connection, 0, world.micros()) == []
    assert one.pending.waiting_since is not None


def test_a_case_that_is_long_over_for_its_customer_is_left_alone(world: World) -> None:
    waiting(world)
    later = to_micros(world.now + timedelta(days=8))
    assert waiting_for_us(world.connection, 0, later) == []


def test_pages_follow_each_other_to_the_end(world: World) -> None:
    for number in range(PAGE + 2):
        place = world.say(f"phone:+4477009{number:05d}", "a person please")
        world.handoff(place, world.case(place))
    first = with_people(world.connection, 0)
    assert len(first) == PAGE
    then = with_people(world.connection, first[-1].handoff_id or 0)
    assert len({one.case_id for one in (*first, *then)}) == PAGE + 2
