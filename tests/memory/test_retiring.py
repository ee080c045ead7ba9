"""An address that has gone to somebody else: its old life rests, and nobody new reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.identity.rules import DEFAULT_RULES
from core.message import Assurance
from memory.pages.lists import audit_log
from memory.tables.identity import Alarm
from memory.tables.main import Conversation, Delivery, Handle
from memory.tables.rows import table
from memory.units.identity.link_rows import IdentityProblem
from memory.units.identity.linking import customer_of
from memory.units.identity.retiring import Disowned, Retired, disown, retire
from memory.units.identity.undoing import CannotUndo, Undone, undo
from tests.memory.world import CHAT, MAIL, PHONE, VISITOR, World

YEARS = timedelta(days=400)


def test_a_number_silent_for_a_year_begins_anew(world: World) -> None:
    old = world.say(PHONE, "my address is 1 Elm Street")
    world.fact(old, "city", "Leeds")
    world.now += YEARS
    new = world.say(PHONE, "hi", thread=PHONE)
    assert new.handle_id != old.handle_id
    assert new.conversation_id != old.conversation_id
    assert world.texts(PHONE) == ["hi"]
    assert world.sees(PHONE).facts == ()
    assert customer_of(world.connection, PHONE) == world.customer(new.handle_id)
    resting = world.row(Handle, old.handle_id)
    assert resting["key"] == f"{PHONE}#{old.handle_id}"
    assert resting["retired_because"] == "silent for 400 days"
    assert world.row(Handle, new.handle_id)["succeeds"] == old.handle_id


def test_a_number_that_wrote_within_the_year_goes_on(world: World) -> None:
    old = world.say(PHONE, "hi")
    world.now += timedelta(days=364)
    assert world.say(PHONE, "me again").handle_id == old.handle_id
    world.now += timedelta(days=364)
    assert world.say(PHONE, "and again").handle_id == old.handle_id


@pytest.mark.parametrize("who", [MAIL, CHAT, VISITOR, "unproved-email:anna@x.org/1"])
def test_what_does_not_pass_to_others_goes_on_for_ever(world: World, who: str) -> None:
    old = world.say(who, "hi")
    world.now += YEARS
    assert world.say(who, "me again").handle_id == old.handle_id


def test_a_second_delivery_of_an_old_message_retires_nobody(world: World) -> None:
    old = world.say(PHONE, "hi", event="SM1")
    world.now += YEARS
    assert world.say(PHONE, "hi", event="SM1").handle_id == old.handle_id
    assert world.row(Handle, old.handle_id)["retired_at"] is None


def test_the_old_life_is_read_by_a_login_that_was_joined_to_it(world: World) -> None:
    world.say(PHONE, "from my old number")
    world.say(CHAT, "hi")
    world.link(PHONE, CHAT, Assurance.PROVED)
    world.now += YEARS
    world.say(PHONE, "I am new here")
    assert world.texts(CHAT) == ["from my old number", "hi"]
    assert world.texts(PHONE) == ["I am new here"]


def test_who_holds_the_number_now_is_not_known_by_it(world: World) -> None:
    """The business's records may still mean the one before."""
    world.say(PHONE, "hi")
    assert world.sees(PHONE).sender.proved == (PHONE,)
    world.now += YEARS
    world.say(PHONE, "hi")
    assert world.sees(PHONE).sender.proved == ()


def test_proof_on_another_handle_brings_the_old_memory_back(world: World) -> None:
    world.say(PHONE, "the old days")
    world.say(CHAT, "hi")
    world.link(PHONE, CHAT, Assurance.PROVED)
    world.now += YEARS
    world.say(PHONE, "me again")
    assert world.texts(PHONE) == ["me again"]
    world.link(PHONE, CHAT, Assurance.PROVED, rule="code")
    assert world.texts(PHONE) == ["the old days", "hi", "me again"]
    assert PHONE in world.sees(PHONE).sender.proved


@pytest.mark.parametrize("rule", ["code", "import"])
def test_neither_a_code_to_a_silent_number_nor_a_list_proves_the_one_before(
    world: World, rule: str
) -> None:
    """Its new owner would answer the code, and it is the new owner whom the list means."""
    world.say(PHONE, "old")
    world.now += YEARS
    world.say(CHAT, "hi")
    for one, other in ((CHAT, PHONE), (PHONE, CHAT)):
        with pytest.raises(IdentityProblem, match="silent for so long"):
            world.link(one, other, rule=rule)
    world.link(CHAT, PHONE)
    assert world.texts(CHAT) == ["old", "hi"], "a person looked at it"


def test_what_was_still_to_be_sent_is_not(world: World) -> None:
    place = world.say(PHONE, "hi")
    world.reply(place, "later", status="pending")
    done = retired(world, PHONE)
    part = world.connection.execute(
        select(table(Delivery)).where(table(Delivery).c.handle_id == done.handle_id)
    ).one()
    assert part.status == "discarded" and "somebody else" in part.reason


def test_who_opted_out_is_left_alone_still(world: World) -> None:
    place = world.say(PHONE, "hi")
    handles = table(Handle)
    world.connection.execute(
        update(handles).where(handles.c.id == place.handle_id).values(opted_out=True)
    )
    world.now += YEARS
    assert world.row(Handle, world.say(PHONE, "hi").handle_id)["opted_out"]
    assert world.row(Handle, retired(world, PHONE).successor_id)["opted_out"]


def test_a_turn_of_a_retired_number_reads_nothing(world: World) -> None:
    place = world.say(PHONE, "secret")
    done = retired(world, PHONE)
    seen = world.sees(done.handle_key, Assurance.LOGGED_IN, place.conversation_id)
    assert seen.thread == () and seen.sender.proved == ()


def test_retiring_can_be_undone_until_somebody_wrote(world: World) -> None:
    place = world.say(PHONE, "hi")
    done = retired(world, PHONE)
    undone(world, "retire")
    assert world.row(Handle, place.handle_id)["key"] == PHONE
    assert world.row(Conversation, place.conversation_id)["key"] == PHONE
    assert world.row(Handle, done.successor_id)["key"] != PHONE
    assert world.say(PHONE, "me again").conversation_id == place.conversation_id
    again = retired(world, PHONE)
    assert again.handle_id == place.handle_id
    world.say(PHONE, "I am somebody else")
    with pytest.raises(CannotUndo, match="has written"):
        undone(world, "retire")


def test_not_me_parts_seals_and_begins_anew(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "where is my order?")
    world.link(PHONE, CHAT, Assurance.PROVED, rule="code")
    done = disowned(world, PHONE)
    assert len(done.link_ids) == 1
    assert done.retired is not None
    assert world.texts(PHONE, conversation_id=0) == []
    assert world.texts(CHAT) == ["where is my order?"]
    assert alarms(world) == ["contradiction"]


def test_no_rule_joins_again_what_somebody_parted(world: World) -> None:
    world.say(MAIL, "hi")
    world.say(CHAT, "hello")
    world.link(MAIL, CHAT, Assurance.PROVED, rule="code")
    assert disowned(world, MAIL).retired is None, "a mailbox does not pass to somebody else"
    assert alarms(world) == ["refused"]
    for one, other in ((MAIL, CHAT), (CHAT, MAIL)):
        with pytest.raises(IdentityProblem, match="only a person"):
            world.link(one, other, Assurance.PROVED, rule="code")
    world.say(VISITOR, "hi")
    world.link(VISITOR, CHAT, Assurance.PROVED, rule="code")
    with pytest.raises(IdentityProblem, match="only a person"):
        world.link(VISITOR, MAIL, Assurance.PROVED, rule="code")
    world.link(MAIL, CHAT)
    assert world.texts(MAIL) == ["hi", "hello", "hi"]


def test_who_rejects_a_stranger_keeps_their_own(world: World) -> None:
    world.say(PHONE, "my own words")
    world.say(CHAT, "hello")
    world.say(VISITOR, "let me in")
    world.link(CHAT, PHONE)
    made = world.link(VISITOR, PHONE, Assurance.PROVED, rule="code")
    done = disowned(world, PHONE, [made.link_id])
    assert done.link_ids == (made.link_id,) and done.retired is None
    assert world.texts(PHONE) == ["my own words", "hello"]
    assert world.texts(VISITOR, Assurance.AUTHENTICATED) == ["let me in"]


def test_who_is_joined_to_nobody_disowns_nothing(world: World) -> None:
    world.say(MAIL, "hi")
    assert disowned(world, MAIL) == Disowned(MAIL, (), ())
    assert alarms(world) == []


def retired(world: World, key: str) -> Retired:
    """Somebody says that the address has another owner."""
    return retire(
        world.connection, key, "a letter from the carrier", "admin", world.micros(), world.id
    )


def disowned(world: World, key: str, links: list[int] | None = None) -> Disowned:
    """Whoever writes from there says that it is not them."""
    return disown(
        world.connection, key, "customer", "not me", world.micros(), world.id, DEFAULT_RULES,
        link_ids=links,
    )  # fmt: skip


def undone(world: World, action: str) -> Undone:
    """The newest change of this kind is taken back."""
    newest = next(one for one in audit_log(world.connection) if one.action == action)
    return undo(world.connection, newest.id, "admin", world.micros(), world.id)


def alarms(world: World) -> list[str]:
    """The kinds of what people are told."""
    alarm = table(Alarm)
    return list(world.connection.execute(select(alarm.c.kind).order_by(alarm.c.id)).scalars())
