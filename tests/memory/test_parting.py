"""Parting: several links in one change, cases taken apart by who told what, and who saw what."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, select, update

from core.message import Assurance, DeliveryStatus
from core.turn import SlotValue
from memory.codec import load_case
from memory.pages.lists import audit_log, handoff_page
from memory.pages.parting_report import who_saw_what
from memory.tables.main import Case, Conversation, Delivery, Handoff, Message
from memory.tables.rows import table
from memory.units.identity.linking import IdentityProblem, customer_of
from memory.units.identity.parting import Parted, part
from memory.units.identity.settling import PARTED
from memory.units.identity.undoing import undo
from memory.units.messages.consent import is_recipient_gone
from memory.units.messages.deliveries import Sent, mark_sent
from memory.units.messages.withdrawing import DISCARDED
from memory.units.people.cases import AgentAnswer, answer
from memory.units.people.viewings import HOUR, note_viewing
from tests.memory.telling import Telling
from tests.memory.test_parting_without_residue import NAMES
from tests.memory.world import CHAT, MAIL, PHONE, World


def parted(world: World, *links: int) -> Parted:
    return part(world.connection, links, "admin", "two people", world.micros(), world.id)


def rows_of(connection: Connection, model: Any, **wanted: object) -> list[Any]:
    rows = table(model)
    where = [rows.c[name] == value for name, value in wanted.items()]
    return list(connection.execute(select(rows).where(*where).order_by(*rows.primary_key)).all())


@pytest.fixture
def people(world: World) -> Telling:
    """Two who wrote, each with a case of their own."""
    made = Telling(world, NAMES)
    made.write(PHONE)
    return made


def test_several_links_end_in_one_change_and_are_undone_as_one(world: World) -> None:
    for who in (PHONE, CHAT, MAIL):
        world.say(who, "hello")
    links = [world.link(who, PHONE).link_id for who in (CHAT, MAIL)]
    done = parted(world, *links)
    assert len({customer_of(world.connection, who) for who in (PHONE, CHAT, MAIL)}) == 3
    assert done.handle_keys == (CHAT, MAIL) and len(done.customers) == 3
    [written] = [one for one in audit_log(world.connection) if one.action == "part"]
    assert written.id == done.audit_id and written.detail["link_ids"] == [str(one) for one in links]
    undo(world.connection, done.audit_id, "admin", world.micros(), world.id)
    assert len({customer_of(world.connection, who) for who in (PHONE, CHAT, MAIL)}) == 1


def test_a_link_that_cannot_end_stops_the_whole_change(world: World) -> None:
    world.say(PHONE, "hello")
    world.say(CHAT, "hello")
    link_id = world.link(CHAT, PHONE).link_id
    with pytest.raises(IdentityProblem, match="no active link"), world.connection.begin_nested():
        parted(world, link_id, 7)
    assert customer_of(world.connection, CHAT) == customer_of(world.connection, PHONE)
    with pytest.raises(IdentityProblem, match="no link is named"):
        parted(world)


def test_each_side_keeps_of_a_common_case_what_it_told(people: Telling) -> None:
    world = people.world
    chat = world.say(CHAT, "hello")
    link_id = world.link(CHAT, PHONE).link_id
    people.write(CHAT)
    people.write(PHONE)
    done = parted(world, link_id)
    [case_id], [own_id] = done.cases, done.opened
    left, own = world.row(Case, case_id), world.row(Case, own_id)
    assert {one.handle for one in load_case(left["state_json"]).slots} == {PHONE}
    assert {one.handle for one in load_case(own["state_json"]).slots} == {CHAT}
    assert (own["handle_id"], own["status"], left["status"]) == (chat.handle_id, "open", "open")
    assert "chat" not in left["state_json"] + str(left["intent"])
    assert "phone" not in own["state_json"] + str(own["intent"])
    assert people.world.sees(CHAT).case_id == own_id


def test_of_a_long_common_case_each_side_keeps_all_it_told(people: Telling) -> None:
    world = people.world
    world.say(CHAT, "hello")
    link_id = world.link(CHAT, PHONE).link_id
    for who in (CHAT, *(PHONE,) * 12, CHAT, *(PHONE,) * 12):
        people.write(who)
    done = parted(world, link_id)
    told = [load_case(world.row(Case, one)["state_json"]) for one in (*done.cases, *done.opened)]
    assert [{one.handle for one in case.slots} for case in told] == [{PHONE}, {CHAT}]
    assert [len(case.slots) for case in told] == [25, 2]


def test_what_was_told_in_a_strangers_case_goes_to_ones_own(world: World) -> None:
    people = Telling(world, NAMES)
    people.write(CHAT)
    people.write(PHONE)
    mine = rows_of(world.connection, Case, handle_id=world.handle_row(CHAT)["id"])[0].id
    link_id = world.link(CHAT, PHONE).link_id
    people.write(CHAT)
    parted(world, link_id)
    cases = rows_of(world.connection, Case, handle_id=world.handle_row(CHAT)["id"])
    assert [one.id for one in cases] == [mine], "no second one is opened"
    slots = load_case(cases[0].state_json).slots
    assert [one.handle for one in slots] == [CHAT, CHAT]


def test_people_keep_the_case_they_took_and_hear_of_whoever_wrote_into_it(
    people: Telling,
) -> None:
    world = people.world
    world.say(CHAT, "hello")
    link_id = world.link(CHAT, PHONE).link_id
    people.write(PHONE, hand_over=True)
    people.write(CHAT)
    done = parted(world, link_id)
    first, second = rows_of(world.connection, Handoff)
    assert first.case_id == done.cases[0] and world.row(Case, first.case_id)["status"] == "handed"
    assert (second.rule, second.status, second.case_id) == (PARTED, "waiting", done.opened[0])
    assert second.handle_id == world.handle_row(CHAT)["id"]
    assert world.sees(CHAT).in_handoff and world.sees(PHONE).in_handoff
    page = handoff_page(world.connection, first.id, world.micros())
    assert page is not None
    assert {one["handle"] for one in page.packet["exchanges"]} == {PHONE}


def test_a_handoff_stays_with_the_one_who_asked_for_it(people: Telling) -> None:
    world = people.world
    world.say(CHAT, "hello")
    link_id = world.link(CHAT, PHONE).link_id
    people.write(CHAT, hand_over=True)
    done = parted(world, link_id)
    [handoff] = rows_of(world.connection, Handoff)
    assert handoff.case_id == done.opened[0] and handoff.rule != PARTED
    assert world.row(Case, done.cases[0])["status"] == "open", "for the other the bot goes on"
    assert not world.sees(PHONE).in_handoff and world.sees(CHAT).in_handoff


def test_a_value_that_the_other_told_leaves_the_case(world: World) -> None:
    told = world.say(PHONE, "size 42")
    asked = world.say(CHAT, "hello")
    link_id = world.link(CHAT, PHONE).link_id
    slot = SlotValue("size", "42", told.message_id, PHONE, Assurance.AUTHENTICATED)
    case_id = world.case(asked, (slot,))
    parted(world, link_id)
    assert load_case(world.row(Case, case_id)["state_json"]).slots == ()


@pytest.mark.parametrize("status", ["pending", "sending"])
def test_an_answer_made_from_the_other_side_does_not_leave(world: World, status: str) -> None:
    place = world.say(PHONE, "hello")
    other = world.say(CHAT, "hello")
    link_id = world.link(CHAT, PHONE).link_id
    drew = world.reply(place, "made from both", status=status)
    elsewhere = world.say(PHONE, "hello", thread="another")
    draw(world, drew.seq, place.conversation_id, other.handle_id)
    world.reply(elsewhere, "made from its own", status=status)
    [first, second] = rows_of(world.connection, Delivery)
    done = parted(world, link_id)
    assert done.discarded == (first.id,)
    assert world.row(Delivery, first.id)["reason"] == DISCARDED
    assert world.row(Delivery, second.id)["status"] == status
    assert is_recipient_gone(world.connection, first.id), "asked once more before it leaves"
    assert not is_recipient_gone(world.connection, second.id)
    receipt = Sent(first.id, "SM1", DeliveryStatus.SENT, world.micros(), 1)
    mark_sent(world.connection, [receipt])
    assert world.row(Delivery, first.id)["status"] == "sent", "a receipt is believed"


def draw(world: World, seq: int, conversation_id: int, handle_id: int) -> None:
    messages = table(Message)
    world.connection.execute(
        update(messages)
        .where(messages.c.conversation_id == conversation_id, messages.c.seq == seq)
        .values(extra_json=orjson.dumps({"drawn": [handle_id]}).decode())
    )


def test_the_report_says_who_was_given_what_and_which_people_looked(people: Telling) -> None:
    world, connection = people.world, people.world.connection
    world.say(CHAT, "hello")
    before = world.micros()
    link_id = world.link(CHAT, PHONE).link_id
    people.write(CHAT)
    root = customer_of(connection, CHAT)
    assert note_viewing(connection, "person:ada", root, world.micros(), world.id())
    so_far = who_saw_what(connection, [link_id])
    assert so_far is not None and so_far.until is None and len(so_far.turns) == 1
    parted(world, link_id)
    people.write(CHAT)
    later = (world.micros() // HOUR + 1) * HOUR
    assert note_viewing(connection, "person:bob", root, later, world.id())
    seen = who_saw_what(connection, [link_id])
    assert seen is not None and seen.until is not None
    assert seen.sides == ((PHONE,), (CHAT,)) and seen.since.timestamp() * 1e6 > before
    [turn] = seen.turns
    assert (turn.handle, turn.of, turn.left) == (CHAT, (PHONE,), True)
    assert set(turn.kinds) == {"case", "fact", "message", "slot"}
    assert "mark-" not in repr(seen), "no word of anybody is in it"
    assert [(one.actor, one.what) for one in seen.people] == [("person:ada", "page")]
    assert "1 answer made from it left" in seen.words
    assert who_saw_what(connection, [5]) is None


def test_what_a_person_answered_with_both_open_is_nobodys_memory_after(people: Telling) -> None:
    world = people.world
    world.say(CHAT, "hello")
    link_id = world.link(CHAT, PHONE).link_id
    people.write(CHAT, hand_over=True)
    [handoff] = rows_of(world.connection, Handoff)
    words = "Your parcel of the phone is at number 4."
    ids = (world.id(),)
    one = AgentAnswer("ada", words, 9, ({},), ids, world.id(), world.micros(), handoff.id)
    answer(world.connection, one)
    assert words in world.texts(CHAT)
    parted(world, link_id)
    assert words not in world.texts(CHAT) and words not in world.texts(PHONE)


def test_looking_is_noted_once_an_hour_for_each_who_looks(world: World) -> None:
    noon = 12 * HOUR
    notes = [("ada", 1, noon), ("ada", 1, noon + 9), ("bob", 1, noon), ("ada", 2, noon)]
    written = [
        note_viewing(world.connection, who, customer, at, world.id())
        for who, customer, at in (*notes, ("ada", 1, noon + HOUR))
    ]
    assert written == [True, False, True, True, True]


def test_a_place_of_their_own_is_not_touched_by_a_parting(world: World) -> None:
    place = world.say(PHONE, "hello")
    world.say(CHAT, "hello")
    case_id = world.case(place)
    before = world.row(Case, case_id), world.row(Conversation, place.conversation_id)
    parted(world, world.link(CHAT, PHONE).link_id)
    assert (world.row(Case, case_id), world.row(Conversation, place.conversation_id)) == before
