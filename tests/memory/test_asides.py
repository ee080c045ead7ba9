"""What no machine may answer waits for a person, and its sender's own case goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import select

from memory.pages.lists import conversation_page, queue
from memory.pages.views import HandoffView
from memory.tables.main import Case, Conversation, Turn
from memory.tables.rows import table
from memory.units.messages.claims import Claim, claim
from memory.units.messages.turns import commit
from memory.units.people.asides import RULE, STATUS, Aside
from memory.units.people.cases import hand_back, resolve
from tests.memory.hot import ids, reply
from tests.memory.world import MAIL, PHONE, Place, World

AWAY = "An automatic reply."


def set_aside(world: World, who: str = MAIL, thread: str | None = None) -> Place:
    """A message that no machine may answer, and the turn that sets it aside."""
    place = world.say(who, "I am away.", waiting=True, needs_person=AWAY, thread=thread)
    customer = world.customer(place.handle_id)
    (got,) = claim(world.connection, [Claim(customer, "a", 1, 10**15)])
    assert [one.needs_person for one in got.waiting] == [AWAY]
    now = world.micros()
    columns: Mapping[str, object] = {
        "customer_id": customer,
        "conversation_id": place.conversation_id,
        "handle_id": place.handle_id,
        "opened_at": now,
    }
    case = {**columns, "id": world.id(), "status": STATUS, "state_json": "{}", "updated_at": now}
    handoff = {
        **columns,
        "id": world.id(),
        "case_id": case["id"],
        "rule": RULE,
        "reason": AWAY,
        "queue": "general",
        "urgency": "low",
        "packet_json": "{}",
    }
    change = reply(got, new_id := ids())
    silent = replace(change, messages=(), deliveries=(), aside=Aside(case, handoff, 1))
    commit(world.connection, [replace(silent, turn={**silent.turn, "id": new_id() + world.id()})])
    return place


def open_handoffs(world: World) -> list[HandoffView]:
    """What waits for people."""
    return queue(world.connection, world.micros())


def test_it_waits_in_the_queue_with_its_reason(world: World) -> None:
    set_aside(world)
    (one,) = open_handoffs(world)
    assert (one.rule, one.reason, one.urgency, one.status) == (RULE, AWAY, "low", "waiting")


def test_several_in_one_conversation_are_one_entry_with_their_number(world: World) -> None:
    for _ in range(3):
        set_aside(world)
    (one,) = open_handoffs(world)
    assert one.messages == 3


def test_senders_of_one_thread_share_the_entry(world: World) -> None:
    set_aside(world, "email:a@x.org", "list")
    set_aside(world, "email:b@x.org", "list")
    assert [one.messages for one in open_handoffs(world)] == [2]


def test_another_conversation_has_its_own(world: World) -> None:
    set_aside(world)
    set_aside(world, thread="another")
    assert [one.messages for one in open_handoffs(world)] == [1, 1]


def test_the_turn_names_the_case_that_it_was_counted_to(world: World) -> None:
    set_aside(world)
    set_aside(world)
    turn, case = table(Turn), table(Case)
    named = world.connection.execute(select(turn.c.case_id)).scalars().all()
    assert named == [world.connection.execute(select(case.c.id)).scalar_one()] * 2


def test_the_customers_own_case_goes_on_with_the_bot(world: World) -> None:
    place = world.say(MAIL, "where is my order?")
    case_id = world.case(place)
    set_aside(world)
    seen = world.sees(MAIL)
    assert (seen.case_id, seen.case_status, seen.in_handoff) == (case_id, "open", False)


def test_the_bot_takes_nothing_up_that_was_set_aside(world: World) -> None:
    set_aside(world)
    assert world.sees(MAIL).case_id is None


def test_the_last_question_still_stands(world: World) -> None:
    """Else the secret it asks for would not be taken out of the answer."""
    place = world.say(MAIL, "hi")
    conversation = table(Conversation)
    world.connection.execute(conversation.update().values(expecting="pin"))
    set_aside(world)
    assert world.row(Conversation, place.conversation_id)["expecting"] == "pin"


@pytest.mark.parametrize("end", [resolve, hand_back])
def test_it_ends_when_a_person_is_done_with_it(world: World, end: object) -> None:
    assert callable(end)
    set_aside(world)
    (one,) = open_handoffs(world)
    end(world.connection, one.id, "sam", world.micros(), world.id())
    assert open_handoffs(world) == []
    assert world.row(Case, one.case_id)["status"] == "closed"


def test_after_the_end_the_next_one_waits_anew(world: World) -> None:
    set_aside(world)
    (one,) = open_handoffs(world)
    resolve(world.connection, one.id, "sam", world.micros(), world.id())
    set_aside(world)
    assert [again.messages for again in open_handoffs(world)] == [1]


def test_the_conversation_is_shown_with_its_own_case(world: World) -> None:
    place = world.say(MAIL, "where is my order?")
    world.case(place)
    set_aside(world)
    view = conversation_page(world.connection, place.conversation_id)
    assert view is not None
    assert view.status == "open"


def test_a_message_for_the_bot_needs_nobody(world: World) -> None:
    place = world.say(PHONE, "needs_person", waiting=True)
    (got,) = claim(world.connection, [Claim(world.customer(place.handle_id), "a", 1, 10**15)])
    assert [one.needs_person for one in got.waiting] == [None]
