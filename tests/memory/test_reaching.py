"""What we write of our own accord: where it may go, once, in both dialects."""

from __future__ import annotations

import orjson
from sqlalchemy import select, update

from core.message import Audience
from core.message import Handle as Address
from memory.tables.main import Conversation, Delivery, Handle, Link, Message
from memory.tables.rows import table
from memory.units.identity.retiring import retire
from memory.units.messages.reaching import Letter, Way, Written, find_ways, write_letter
from tests.memory.world import MAIL, PHONE, World

BEA = "email:bea@x.org"


def letter(world: World, to: str, cause: str = "c1", way: Way | None = None) -> Letter:
    kind, address = to.split(":", 1)
    place = way or Way("email", "email", f"new-{address}", {"to": address}, title="Your message")
    return Letter(
        cause,
        Address(kind, address),
        place,
        "News",
        1,
        ({"text": "News"}, {"text": "more"}),
        {"status": "sending", "claimed_by": "w", "claimed_until": 9},
        world.micros(),
        tuple(world.id() for _ in range(7)),
        about={"notice": "7"},
    )


def write(world: World, one: Letter) -> Written:
    written = write_letter(world.connection, one)
    assert written is not None
    return written


def test_a_message_is_written_once_for_its_cause_with_a_row_for_each_part(world: World) -> None:
    one = write(world, letter(world, BEA))
    again = write(world, letter(world, "email:other@x.org"))
    assert (again.message_id, again.repeated, again.deliveries) == (one.message_id, True, ())
    delivery, message = table(Delivery), table(Message)
    parts = world.connection.execute(select(delivery).order_by(delivery.c.id)).all()
    assert [(row.part, row.parts, row.handle_id) for row in parts] == [
        (0, 2, one.handle_id),
        (1, 2, one.handle_id),
    ]
    [told] = world.connection.execute(select(message)).all()
    assert (told.author, orjson.loads(told.extra_json)) == ("bot", {"notice": "7"})


def test_who_was_unknown_is_known_now_and_joined_to_nobody(world: World) -> None:
    world.say(PHONE, "Hello")
    one = write(world, letter(world, BEA))
    handle, link = table(Handle), table(Link)
    row = world.connection.execute(select(handle).where(handle.c.id == one.handle_id)).one()
    assert row.customer_id == row.home_customer_id == one.customer_id
    links = world.connection.execute(select(link).where(link.c.customer_id == row.customer_id))
    assert [(each.handle_id, each.rule) for each in links] == [(row.id, "reached")]


def test_the_next_message_goes_where_the_first_one_went(world: World) -> None:
    first = write(world, letter(world, BEA))
    [way] = find_ways(world.connection, BEA).threads
    second = write(world, letter(world, BEA, "c2", way))
    assert (second.conversation_id, second.seq) == (first.conversation_id, 2)
    assert way.address == {"to": "bea@x.org"}


def test_a_handle_is_reached_where_it_wrote_itself_last_and_never_in_a_room(world: World) -> None:
    world.say(MAIL, "one", thread="t1")
    place = world.say(MAIL, "two", thread="t2")
    world.say(MAIL, "three", thread="t3", audience=Audience.ROOM)
    conversation = table(Conversation)
    # Somebody else wrote there since: the conversation's newest address is theirs.
    world.say(BEA, "four", thread="t2")
    threads = find_ways(world.connection, MAIL).threads
    assert threads[0].id == place.conversation_id
    assert all(one.address == {"to": "anna@x.org"} for one in threads)
    rooms = world.connection.execute(
        select(conversation.c.id).where(conversation.c.audience == "room")
    ).scalars()
    assert not set(rooms) & {one.id for one in threads}


def test_a_conversation_in_which_only_others_wrote_is_not_theirs(world: World) -> None:
    one = write(world, letter(world, BEA))
    world.say(MAIL, "I answer for her", thread="new-bea@x.org")
    assert one.conversation_id not in [way.id for way in find_ways(world.connection, BEA).threads]


def test_nobody_is_written_to_who_opted_out_cannot_be_reached_or_is_gone(world: World) -> None:
    handle = table(Handle)
    for change in ({"opted_out": True}, {"dead": True}):
        world.say(MAIL, "Hello")
        world.connection.execute(update(handle).where(handle.c.key == MAIL).values(change))
        assert find_ways(world.connection, MAIL).closed
        assert write_letter(world.connection, letter(world, MAIL)) is None
        undone = dict.fromkeys(change, False)
        world.connection.execute(update(handle).where(handle.c.key == MAIL).values(undone))
    retire(world.connection, MAIL, "gone", "admin", world.micros(), world.id)
    assert find_ways(world.connection, MAIL).threads == ()
