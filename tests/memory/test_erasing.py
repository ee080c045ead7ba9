"""Erasing: nothing of theirs is in any table, others keep theirs, and old ids lead somewhere."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlmodel import SQLModel

from core.message import Assurance, Audience
from memory.pages.customer import customer_page, timeline
from memory.pages.lists import audit_log
from memory.tables.main import Conversation, Customer, Handle
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.erasing.whole import Erased, erase
from memory.units.identity.linking import IdentityProblem, resolve_customer
from memory.units.identity.retiring import retire
from memory.units.messages.claims import Claim, claim
from memory.units.messages.holding import claim_due
from tests.memory.telling import Telling
from tests.memory.test_parting_without_residue import NAMES, end
from tests.memory.world import CHAT, MAIL, PHONE, World


def all_of(world: World, who: int | str, most: int = 500) -> list[Erased]:
    """Every call until it is done."""
    calls = [erase(world.connection, who, "admin", world.micros(), world.id, most)]
    while not calls[-1].done:
        again, at = calls[-1].customer_id, calls[-1].at
        calls.append(erase(world.connection, again, "admin", world.micros(), world.id, most, at))
    return calls


def everything(world: World) -> str:
    """Every row of every table, as text."""
    return "\n".join(
        repr(tuple(row))
        for one in SQLModel.metadata.sorted_tables
        for row in world.connection.execute(select(one))
    )


def test_no_row_of_a_customer_is_left_but_an_empty_one(world: World) -> None:
    people = Telling(world, NAMES)
    for who in (PHONE, CHAT, MAIL):
        people.write(who)
    world.link(CHAT, PHONE)
    people.write(CHAT, hand_over=True)
    people.write(PHONE)
    customer = world.customer(world.handle_row(PHONE)["id"])
    chat_home = world.handle_row(CHAT)["home_customer_id"]
    [receipt] = all_of(world, customer)
    left = everything(world)
    for trace in ("mark-phone", "mark-chat", PHONE, CHAT, "+15550001111"):
        assert trace not in left, trace
    assert people.told(MAIL, Assurance.AUTHENTICATED) == {"mail"}
    assert resolve_customer(world.connection, chat_home) == customer
    page = customer_page(world.connection, customer)
    assert page is not None and page.handles == () and timeline(world.connection, customer) == []
    assert world.row(Customer, customer)["name"] is None
    assert receipt.counts["message"] == 7 and receipt.counts["handle"] == 2
    newest = audit_log(world.connection)[0]
    assert (newest.action, newest.subject) == ("erase", f"customer:{customer}")
    assert newest.detail == {
        "handles": 2,
        "done": True,
        "rows": dict(receipt.counts),
        "files_left": [],
    }


def test_erasing_goes_on_where_it_was_interrupted(world: World) -> None:
    people = Telling(world, NAMES)
    for _ in range(4):
        people.write(PHONE)
    customer = world.customer(world.handle_row(PHONE)["id"])
    calls = all_of(world, customer, most=3)
    assert not calls[1].done and calls[-1].done
    assert calls[-1].rows["message"] == sum(one.counts.get("message", 0) for one in calls) == 8
    assert "mark-phone" not in everything(world)


def test_while_it_goes_on_nothing_more_is_answered_or_sent(world: World) -> None:
    place = world.say(PHONE, "hello")
    world.reply(place, "hello yourself", status="pending")
    world.say(PHONE, "are you there?", waiting=True)
    customer = world.customer(place.handle_id)
    first = erase(world.connection, customer, "admin", world.micros(), world.id, 1)
    assert not first.done
    (claimed,) = claim(world.connection, [Claim(customer, "w", world.micros(), 2 * 10**15)])
    assert claimed.waiting == ()
    due = claim_due(world.connection, "w", 2 * 10**15, 2 * 10**15, 9)
    assert due == []


def test_one_handle_is_erased_and_the_others_keep_theirs(world: World) -> None:
    people = Telling(world, NAMES)
    for who in (PHONE, CHAT):
        people.write(who)
    world.link(CHAT, PHONE)
    people.write(CHAT)
    people.write(PHONE)
    all_of(world, CHAT)
    left = everything(world)
    assert "mark-chat" not in left and CHAT not in left
    assert people.told(PHONE, Assurance.AUTHENTICATED) == {"phone"}


def test_who_was_parted_before_holds_no_answer_made_from_what_is_erased(world: World) -> None:
    people = Telling(world, NAMES)
    for who in (PHONE, CHAT):
        people.write(who)
    done = world.link(CHAT, PHONE)
    people.write(PHONE)
    end(world, done.link_id)
    all_of(world, world.customer(world.handle_row(CHAT)["id"]))
    assert "mark-chat" not in everything(world)


def test_in_a_thread_of_several_only_their_own_words_go(world: World) -> None:
    first = world.say(MAIL, "from Anna", thread="room", audience=Audience.ROOM)
    world.say("email:bob@x.org", "from Bob", thread="room", audience=Audience.ROOM)
    all_of(world, MAIL)
    assert "from Anna" not in everything(world)
    row = world.row(Conversation, first.conversation_id)
    assert row["handle_id"] == world.handle_row("email:bob@x.org")["id"]
    assert "anna" not in str(row).replace(f"#{first.handle_id}", "")


def test_whoever_writes_from_the_address_again_is_somebody_new(world: World) -> None:
    before = world.customer(world.say(PHONE, "hello").handle_id)
    all_of(world, PHONE)
    after = world.customer(world.say(PHONE, "hello again").handle_id)
    assert after != before and world.texts(PHONE) == ["hello again"]


def test_nobody_is_erased_who_is_not_there(world: World) -> None:
    with pytest.raises(IdentityProblem, match="never written"):
        erase(world.connection, PHONE, "admin", 1, world.id)
    with pytest.raises(IdentityProblem, match="no customer 5"):
        erase(world.connection, 5, "admin", 1, world.id)


def test_a_customer_erased_already_is_done_at_once(world: World) -> None:
    customer = world.customer(world.say(PHONE, "hello").handle_id)
    all_of(world, customer)
    [again] = all_of(world, customer)
    assert again.done and again.counts == {}
    assert world.connection.execute(select(table(Handle).c.id)).all() == []


def test_whoever_writes_from_the_address_meanwhile_is_somebody_new(world: World) -> None:
    people = Telling(world, NAMES)
    for _ in range(4):
        people.write(PHONE)
    customer = world.customer(world.handle_row(PHONE)["id"])
    call = erase(world.connection, customer, "admin", world.micros(), world.id, 3)
    said = 0
    while not call.done:
        world.say(PHONE, f"new words {said}")
        said += 1
        at = call.at
        call = erase(world.connection, customer, "admin", world.micros(), world.id, 3, at)
    assert said > 2
    assert world.texts(PHONE) == [f"new words {number}" for number in range(said)]
    assert world.customer(world.handle_row(PHONE)["id"]) != customer
    assert "mark-phone" not in everything(world)


def test_whoever_is_joined_to_them_meanwhile_is_not_erased_with_them(world: World) -> None:
    place, other = world.say(PHONE, "hello"), world.say(MAIL, "I am somebody else")
    world.say(PHONE, "and more")
    customer = world.customer(place.handle_id)
    call = erase(world.connection, customer, "admin", world.micros(), world.id, 1)
    handles = table(Handle)
    world.connection.execute(
        update(handles)
        .where(handles.c.id == place.handle_id)
        .values(customer_id=world.customer(other.handle_id))
    )
    gone = table(Customer)
    world.connection.execute(
        update(gone)
        .where(gone.c.id == customer)
        .values(merged_into=world.customer(other.handle_id))
    )
    while not call.done:
        at, who = call.at, call.customer_id
        call = erase(world.connection, who, "admin", world.micros(), world.id, 1, at)
    assert world.texts(MAIL) == ["I am somebody else"]
    assert "and more" not in everything(world)


def test_of_whoever_had_the_address_before_nothing_is_touched(world: World) -> None:
    first = world.say(PHONE, "words of the first holder")
    record(world.connection, world.id(), world.micros(), "eve", "note", PHONE, {"reason": "first"})
    retire(world.connection, PHONE, "another owner", "eve", world.micros(), world.id)
    second = world.say(PHONE, "words of the second")
    record(world.connection, world.id(), world.micros(), "eve", "note", PHONE, {"reason": "second"})
    all_of(world, world.customer(second.handle_id))
    left = everything(world)
    assert "words of the first holder" in left and '"first"' in left
    assert "words of the second" not in left and '"second"' not in left
    assert world.customer(first.handle_id)
