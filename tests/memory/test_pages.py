"""The pages people look at, filled from a small world."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.clock import from_micros, to_micros
from core.message import Assurance, Claim
from memory.pages.lists import (
    conversation_page,
    conversations,
    customer_page,
    customers,
    dead_letters,
    handoff_page,
    last_inbound_at,
    queue,
    timeline,
    turn_page,
)
from memory.tables.main import Customer, Delivery, Inbound
from memory.tables.rows import table
from tests.memory.world import CHAT, MAIL, PHONE, VISITOR, World


def test_conversations_come_newest_first_with_their_last_words(world: World) -> None:
    phone = world.say(PHONE, "Where is my order?")
    world.reply(phone, "On its way.", status="failed")
    chat = world.say(CHAT, "hello")
    world.handoff(chat, world.case(chat))
    newest, oldest = conversations(world.connection)
    assert (newest.channel, newest.last_author, newest.last_text) == (
        "webchat",
        "customer",
        "hello",
    )
    assert (newest.status, newest.failed, newest.customer_name) == ("handed", False, "anna")
    assert (oldest.last_author, oldest.last_text, oldest.failed) == ("bot", "On its way.", True)
    assert (oldest.status, oldest.messages, oldest.handle) == (None, 2, PHONE)
    assert conversations(world.connection, limit=1) == [newest]
    assert conversations(world.connection, before=to_micros(newest.updated_at)) == [oldest]
    assert conversation_page(world.connection, phone.conversation_id) == oldest
    assert conversation_page(world.connection, 5) is None


def test_the_queue_is_in_the_order_in_which_to_help(world: World) -> None:
    handoffs = {}
    for who, urgency in ((PHONE, "normal"), (CHAT, "high"), (MAIL, "normal"), (VISITOR, "odd")):
        place = world.say(who, f"help {who}")
        handoffs[who] = world.handoff(place, world.case(place), urgency=urgency)
    from memory.units.people.cases import resolve, take

    take(world.connection, handoffs[CHAT], "mia", world.micros(), world.id())
    now = world.micros()
    found = queue(world.connection, now)
    assert [one.handle for one in found] == [PHONE, MAIL, VISITOR, CHAT]
    assert [one.status for one in found] == ["waiting"] * 3 + ["owned"]
    assert found[0].age_seconds == (from_micros(now) - found[0].opened_at).total_seconds()
    assert (found[0].reason, found[0].last_text) == ("Asked for a person.", f"help {PHONE}")
    assert found[0].packet == {"intent": "order_status"}
    assert found[2].customer_name == "Visitor"
    resolve(world.connection, handoffs[CHAT], "mia", world.micros(), world.id())
    assert len(queue(world.connection, now)) == 3
    (closed,) = queue(world.connection, world.micros(), closed=True)
    assert (closed.closed_as, closed.owner) == ("resolved", "mia")
    assert closed == handoff_page(world.connection, closed.id, now + 10**9), "its age stands still"
    assert handoff_page(world.connection, 5, now) is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["+15550001111", "anna@x.org", "Bo % Berg"]),
        ("+1 555-000 1111", ["+15550001111"]),
        ("0001111", ["+15550001111"]),
        ("ANNA@", ["anna@x.org"]),
        ("bo %", ["Bo % Berg"]),
        ("%", ["Bo % Berg"]),
        ("email:", ["anna@x.org"]),
        ("nobody", []),
    ],
)
def test_customers_are_found_by_name_and_address(
    world: World, query: str, found: list[str]
) -> None:
    bo = world.say("login:bo", "hi")
    rows = table(Customer)
    world.connection.execute(
        update(rows).where(rows.c.id == world.customer(bo.handle_id)).values(name="Bo % Berg")
    )
    world.say(MAIL, "hi")
    world.say(PHONE, "hi")
    assert [one.name for one in customers(world.connection, query)] == found


def test_a_linked_customer_is_one_row(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "hi")
    world.link(CHAT, PHONE)
    (one,) = customers(world.connection, "anna")
    assert [handle.key for handle in one.handles] == [PHONE, CHAT]
    assert one.name == "anna" and one.seen_at > world.now - timedelta(minutes=5)
    assert customers(world.connection, limit=1) == [one]


def test_a_login_names_a_customer_and_those_joined_to_it(world: World) -> None:
    named = (Claim("name", "Anna Berg", "login"),)
    world.say(PHONE, "hi")
    world.say(CHAT, "hi", level=Assurance.LOGGED_IN, claims=named)
    world.say(VISITOR, "hi", claims=named)
    world.link(CHAT, PHONE)
    assert [one.name for one in customers(world.connection)] == ["Visitor", "Anna Berg"]
    (found,) = customers(world.connection, "anna berg")
    assert [one.key for one in found.handles] == [PHONE, CHAT]
    world.unlink(CHAT)
    assert sorted(one.name for one in customers(world.connection)) == [
        "+15550001111",
        "Anna Berg",
        "Visitor",
    ]


def test_a_customers_page_says_what_proves_each_handle(world: World) -> None:
    place = world.say(PHONE, "hi")
    world.say(CHAT, "hi")
    world.link(CHAT, PHONE, evidence="same invoice")
    world.fact(place, "city", "Oslo")
    case_id = world.case(place)
    handoff_id = world.handoff(place, case_id)
    page = customer_page(world.connection, world.customer(place.handle_id))
    assert page is not None
    phone, chat = page.handles
    assert (phone.key, phone.level, chat.key, chat.level) == (PHONE, 2, CHAT, 2)
    assert [one.words for one in phone.links] == [
        "Wrote to us from here: signed webhook (vouched for by the channel)"
    ]
    assert chat.links[-1].words == (
        "Joined by hand: same invoice (as good as a channel's word, by admin)"
    )
    assert [one.can_end for one in chat.links] == [False, True]
    assert [(one.key, one.value) for one in page.facts] == [("city", "Oslo")]
    assert [(one.id, one.status, one.channel) for one in page.cases] == [(case_id, "handed", "sms")]
    assert page.handoff_id == handoff_id
    assert customer_page(world.connection, 5) is None


def test_a_timeline_is_one_thread_over_all_channels(world: World) -> None:
    phone = world.say(PHONE, "one")
    world.reply(phone, "two", status="failed")
    world.say(CHAT, "three")
    world.link(CHAT, PHONE)
    customer = world.customer(phone.handle_id)
    seen = timeline(world.connection, customer)
    assert [(one.text, one.author, one.channel) for one in seen] == [
        ("one", "customer", "sms"),
        ("two", "bot", "sms"),
        ("three", "customer", "webchat"),
    ]
    assert [[part.status for part in one.deliveries] for one in seen] == [[], ["failed"], []]
    assert seen[1].turn_id is not None and seen[0].id == phone.message_id
    assert timeline(world.connection, customer, limit=2) == seen[1:]
    assert timeline(world.connection, customer, before=to_micros(seen[2].at)) == seen[:2]
    assert timeline(world.connection, 5) == []


def test_a_turn_is_shown_with_the_words_it_names(world: World) -> None:
    asked = world.say(PHONE, "Where is it?")
    world.reply(asked, "On its way.")
    turn_id = timeline(world.connection, world.customer(asked.handle_id))[-1].turn_id
    assert turn_id is not None
    page = turn_page(world.connection, turn_id)
    assert page is not None
    assert page.texts == {asked.message_id: "Where is it?"}
    assert page.record["reply"] == "On its way."
    assert (page.handle, page.channel) == (PHONE, "sms")
    assert [one.status for one in page.deliveries] == ["delivered"]
    assert turn_page(world.connection, 5) is None


def test_what_got_stuck_is_shown_with_its_reason(world: World) -> None:
    place = world.say(PHONE, "poison")
    world.reply(place, "never arrived", status="failed")
    for model, values in (
        (Inbound, {"status": "dead", "error": "ValueError: too odd", "attempts": 3}),
        (Delivery, {"reason": "The number is not reachable."}),
    ):
        world.connection.execute(update(table(model)).values(**values))
    sent, handled = dead_letters(world.connection)
    assert (handled.kind, handled.text, handled.reason, handled.attempts) == (
        "inbound",
        "poison",
        "ValueError: too odd",
        3,
    )
    assert (sent.kind, sent.text, sent.reason) == (
        "delivery",
        "never arrived",
        "The number is not reachable.",
    )
    assert sent.customer_name == "+15550001111" and sent.conversation_id == place.conversation_id


def test_the_last_message_of_an_account(world: World) -> None:
    assert last_inbound_at(world.connection, "sms") is None
    world.say(PHONE, "one")
    world.say(PHONE, "two")
    last = world.now
    world.say(CHAT, "three")
    assert last_inbound_at(world.connection, "sms") == to_micros(last)


def test_nothing_is_shown_of_nobody(world: World) -> None:
    assert conversations(world.connection) == []
    assert queue(world.connection, 0) == []
    assert customers(world.connection) == []
    assert dead_letters(world.connection) == []
