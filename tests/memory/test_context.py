"""What a sender may know: decided in the store, by customer and by assurance."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update

from core.clock import to_micros
from core.message import Assurance, Audience
from core.turn import CONFIRMED, CaseState, SlotValue
from memory.readable.context import REOPEN_WINDOW, load_context
from memory.readable.sender import ContextQuery
from memory.tables.main import Handle, Link
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.identity.linking import link
from tests.memory.world import CHAT, MAIL, PHONE, VISITOR, World


def _order(world: World, who: str, value: str, source: str, level: int = 2) -> SlotValue:
    return SlotValue("order", value, source, who, Assurance(level))


def test_a_customer_has_one_thread_over_all_linked_channels(world: World) -> None:
    first = world.say(PHONE, "Where is order 1042?")
    world.reply(first, "It left on Monday.")
    world.say(CHAT, "And now?")
    assert world.texts(CHAT) == ["And now?"]
    world.link(CHAT, PHONE)
    assert world.texts(CHAT) == ["Where is order 1042?", "It left on Monday.", "And now?"]
    assert world.texts(PHONE) == world.texts(CHAT)
    assert world.sees(CHAT).sender.proved == (CHAT, PHONE)
    assert [one.channel for one in world.sees(CHAT).thread] == ["sms", "sms", "webchat"]


def test_a_message_waiting_for_its_turn_is_not_history(world: World) -> None:
    world.say(PHONE, "first")
    world.say(PHONE, "second", waiting=True)
    assert world.texts(PHONE) == ["first"]


def test_only_the_newest_messages_are_loaded(world: World) -> None:
    for number in range(12):
        world.say(PHONE, f"phone {number}")
        world.say(CHAT, f"chat {number}")
    world.link(CHAT, PHONE)
    handle = world.handle_row(PHONE)
    query = ContextQuery(
        handle["customer_id"], handle["id"], 0, Assurance.AUTHENTICATED, 0, limit=5
    )
    thread = load_context(world.connection, query).thread
    assert [one.text for one in thread] == ["chat 9", "phone 10", "chat 10", "phone 11", "chat 11"]


def test_a_case_ended_by_a_goodbye_goes_on_for_a_while(world: World) -> None:
    told = world.say(PHONE, "My order is 1042. Bye!")
    slot = _order(world, PHONE, "1042", told.message_id)
    ended = world.case(told, (slot,), status="closed", outcome=CONFIRMED)
    seen = world.sees(PHONE)
    assert (seen.case_id, seen.case_status, seen.case.slots) == (ended, "closed", (slot,))
    world.now += timedelta(microseconds=REOPEN_WINDOW)
    assert to_micros(world.now) >= seen.until
    assert world.sees(PHONE).case_id is None


def test_an_open_case_goes_before_one_that_ended_later(world: World) -> None:
    told = world.say(PHONE, "My order is 1042.")
    current = world.case(told)
    world.case(told, status="closed", outcome=CONFIRMED)
    world.case(told, status="closed", outcome="resolved")
    assert world.sees(PHONE).case_id == current


def test_what_was_told_of_the_same_matter_on_a_channel_linked_since_is_at_hand(
    world: World,
) -> None:
    told = world.say(PHONE, "Where is order 1042?")
    world.case(told, (_order(world, PHONE, "1042", told.message_id),), said=("a1",))
    asked = world.say(CHAT, "Any news on my order?")
    mine = world.case(asked, said=("b2",))
    assert world.sees(CHAT).case.slots == ()
    world.link(CHAT, PHONE)
    seen = world.sees(CHAT)
    assert seen.case_id == mine
    assert [(one.name, one.value) for one in seen.case.slots] == [("order", "1042")]
    assert seen.case.said == ("a1", "b2")
    world.unlink(CHAT)
    assert world.sees(CHAT).case.slots == ()


def test_another_matter_or_one_of_long_ago_joins_nothing(world: World) -> None:
    told = world.say(PHONE, "Where is order 1042?")
    slots = (_order(world, PHONE, "1042", told.message_id),)
    world.case(told, slots, intent="return_item")
    world.say(CHAT, "Any news on my order?")
    world.link(CHAT, PHONE)
    assert world.sees(CHAT).case.slots == slots
    world.case(world.say(CHAT, "Any news on my order?"))
    assert world.sees(CHAT).case.slots == ()
    world.case(told, slots)
    world.now += timedelta(microseconds=REOPEN_WINDOW)
    world.case(world.say(CHAT, "And my order?"))
    assert world.sees(CHAT).case.slots == ()


def test_a_link_that_ends_by_itself_limits_how_long_a_context_holds(world: World) -> None:
    world.say(PHONE, "My order is 1042.")
    world.say(CHAT, "Hello")
    world.link(CHAT, PHONE)
    end = world.micros() + 3_600_000_000
    world.connection.execute(update(table(Link)).values(expires_at=end))
    assert world.sees(CHAT).until == end
    assert "My order is 1042." in world.texts(CHAT)
    world.now += timedelta(hours=1)
    assert world.texts(CHAT) == ["Hello"]


def test_a_stranger_who_types_somebodys_address_learns_and_changes_nothing(world: World) -> None:
    """Trap 1: a stranger types the victim's e-mail and phone into the web chat."""
    told = world.say(PHONE, "My order is 1042.")
    case_id = world.case(told, (_order(world, PHONE, "1042", told.message_id),))
    world.fact(told, "address", "1 Long Street")
    before = world.sees(PHONE)
    stranger = world.say(VISITOR, f"I am {PHONE}, order 1042, {MAIL}. What did I say before?")
    seen = world.sees(VISITOR)
    assert [one.text for one in seen.thread] == [
        f"I am {PHONE}, order 1042, {MAIL}. What did I say before?"
    ]
    assert (seen.case, seen.case_id, seen.facts) == (CaseState(), None, ())
    assert seen.sender.proved == ()
    assert world.customer(stranger.handle_id) != world.customer(told.handle_id)
    assert world.sees(PHONE) == before and before.case_id == case_id


def test_an_anonymous_visitor_unlocks_nothing_even_when_linked(world: World) -> None:
    told = world.say(PHONE, "My order is 1042.")
    world.case(told, (_order(world, PHONE, "1042", told.message_id),))
    world.fact(told, "address", "1 Long Street")
    world.say(VISITOR, "hi")
    world.link(VISITOR, PHONE)
    seen = world.sees(VISITOR)
    assert [one.text for one in seen.thread] == ["hi"]
    assert (seen.case_id, seen.facts, seen.sender.proved) == (None, (), ())
    assert seen.sender.level == Assurance.ASSERTED
    assert world.texts(PHONE) == ["My order is 1042.", "hi"], "the phone's owner reads both"


def test_a_thread_slipped_into_shows_each_only_their_own(world: World) -> None:
    """Trap 3: somebody else's thread is named, by its subject or Message-ID."""
    mine = world.say(MAIL, "my bank details", thread="ticket-7")
    world.reply(mine, "Thank you, Anna.")
    world.case(mine, (_order(world, MAIL, "1042", mine.message_id),))
    thief = world.say("email:thief@y.org", "what was said?", thread="ticket-7")
    assert thief.conversation_id == mine.conversation_id
    seen = world.sees("email:thief@y.org", conversation_id=mine.conversation_id)
    assert [one.text for one in seen.thread] == ["what was said?"]
    assert (seen.case_id, seen.facts) == (None, ())
    assert world.texts(MAIL) == ["my bank details", "Thank you, Anna."]


def test_a_chain_of_links_is_as_strong_as_its_weakest(world: World) -> None:
    """Trap 7: A-B by phone, B-C by a guess. C and A are one customer and read nothing across."""
    world.say(PHONE, "from the phone")
    world.say(CHAT, "from the chat")
    world.say(MAIL, "from the mailbox")
    chat_home = world.handle_row(CHAT)["customer_id"]
    world.link(CHAT, PHONE)
    mail = world.handle_row(MAIL)
    ids = (world.id(), world.id())
    link(
        world.connection, MAIL, chat_home, Assurance.ASSERTED, "import", "", "admin",
        world.micros(), ids,
    )  # fmt: skip
    assert world.customer(mail["id"]) == world.handle_row(PHONE)["customer_id"]
    assert world.texts(MAIL) == ["from the mailbox"]
    assert world.texts(PHONE) == ["from the phone", "from the chat"]
    assert world.sees(MAIL).sender.level == Assurance.AUTHENTICATED, "nothing is taken away"


def test_a_shared_address_unlocks_nobody(world: World) -> None:
    world.say(PHONE, "from the phone")
    world.say(MAIL, "from info@")
    world.say(CHAT, "from the chat")
    world.link(MAIL, PHONE)
    world.link(CHAT, MAIL)
    handles = table(Handle)
    world.connection.execute(update(handles).where(handles.c.key == MAIL).values(shared=True))
    assert world.texts(MAIL) == ["from info@"]
    assert "from info@" not in world.texts(PHONE)
    assert world.texts(CHAT) == ["from the phone", "from the chat"]


def test_level_0_reads_nothing_and_is_read_by_nobody(world: World) -> None:
    world.say(MAIL, "genuine")
    forged = world.say(MAIL, "send the refund to me", level=Assurance.NONE)
    world.fact(forged, "iban", "forged", level=0)
    nothing = world.sees(MAIL, Assurance.NONE)
    assert (nothing.thread, nothing.facts, nothing.case_id) == ((), (), None)
    assert world.texts(MAIL) == ["genuine"]
    assert world.sees(MAIL).facts == ()


def test_a_recycled_number_starts_afresh(world: World) -> None:
    """Trap 4: the number has decayed to level 1, and somebody else has it now."""
    told = world.say(PHONE, "My order is 1042.")
    world.reply(told, "It is on its way to 1 Long Street.")
    world.case(told, (_order(world, PHONE, "1042", told.message_id),))
    world.fact(told, "address", "1 Long Street")
    fresh = world.sees(PHONE, Assurance.ASSERTED)
    assert (fresh.thread, fresh.case_id, fresh.facts) == ((), None, ())
    new = world.say(PHONE, "Who is this?", level=Assurance.ASSERTED)
    world.reply(new, "A shop.")
    own = world.case(new, (_order(world, PHONE, "7", new.message_id, 1),))
    seen = world.sees(PHONE, Assurance.ASSERTED)
    assert [one.text for one in seen.thread] == ["Who is this?", "A shop."]
    assert (seen.case_id, seen.facts) == (own, ())


def test_level_1_reads_this_conversation_alone(world: World) -> None:
    world.say(VISITOR, "yesterday", thread="old")
    here = world.say(VISITOR, "today", thread="new")
    old = world.say(VISITOR, "again", thread="old")
    world.case(old)
    case_id = world.case(here, (_order(world, VISITOR, "1042", here.message_id, 1),))
    world.fact(old, "size", "41", level=1)
    world.fact(here, "size", "42", level=1)
    seen = world.sees(VISITOR, conversation_id=here.conversation_id)
    assert [one.text for one in seen.thread] == ["today"]
    assert seen.case_id == case_id
    assert [one.value for one in seen.case.slots] == ["1042"]
    assert [one.value for one in seen.facts] == ["42"]


def test_what_an_unlinked_handle_told_leaves_the_case(world: World) -> None:
    """Trap 15: nothing that came from the other side survives the unlink."""
    told = world.say(PHONE, "order 1042")
    said = world.say(CHAT, "my name is Eve")
    world.link(CHAT, PHONE)
    slots = (
        _order(world, PHONE, "1042", told.message_id),
        SlotValue("name", "Eve", said.message_id, CHAT, Assurance.LOGGED_IN),
    )
    case_id = world.case(told, slots)
    world.fact(said, "city", "Oslo")
    together = world.sees(PHONE)
    assert [one.name for one in together.case.slots] == ["order", "name"]
    assert [one.key for one in together.facts] == ["city"]
    world.unlink(CHAT)
    alone = world.sees(PHONE)
    assert alone.case_id == case_id
    assert [one.name for one in alone.case.slots] == ["order"]
    assert alone.facts == ()
    assert world.sees(CHAT).case_id is None


def test_a_handed_case_silences_every_channel_that_may_read_it(world: World) -> None:
    told = world.say(PHONE, "a person please")
    world.say(CHAT, "hello")
    world.link(CHAT, PHONE)
    case_id = world.case(told)
    world.handoff(told, case_id)
    for who in (PHONE, CHAT):
        seen = world.sees(who)
        assert (seen.in_handoff, seen.case_status, seen.case_id) == (True, "handed", case_id)


def test_the_bot_is_silent_where_people_answer_even_to_the_unproved(world: World) -> None:
    told = world.say(MAIL, "a person please")
    world.handoff(told, world.case(told))
    seen = world.sees(MAIL, Assurance.NONE)
    assert seen.in_handoff and seen.case_id is None and seen.thread == ()


def test_in_a_room_everybody_reads_along(world: World) -> None:
    first = world.say(MAIL, "to all", thread="room", audience=Audience.ROOM)
    world.say("email:bob@x.org", "me too", thread="room", audience=Audience.ROOM)
    seen = world.sees(MAIL, conversation_id=first.conversation_id)
    assert [(one.text, one.handle) for one in seen.thread] == [
        ("to all", MAIL),
        ("me too", "email:bob@x.org"),
    ]
    assert world.texts(MAIL, conversation_id=0) == ["to all"], "elsewhere only one's own words"


def test_closed_cases_and_superseded_facts_are_over(world: World) -> None:
    told = world.say(PHONE, "order 1042")
    world.case(told, status="closed")
    assert world.sees(PHONE).case_id is None


def test_secrets_and_choices_come_with_the_message(world: World) -> None:
    world.say(PHONE, "my card is [card removed]", secrets={"card": "digest"})
    (said,) = world.sees(PHONE).thread
    assert said.secrets == {"card": "digest"}
    assert said.id.endswith("-1") and said.tokens > 0


def test_a_handle_that_is_not_the_customers_is_refused(world: World) -> None:
    place = world.say(PHONE, "hi")
    query = ContextQuery(999, place.handle_id, place.conversation_id, Assurance.LOGGED_IN, 0)
    with pytest.raises(LookupError, match="999"):
        load_context(world.connection, query)


def test_a_link_that_has_run_out_opens_nothing(world: World) -> None:
    world.say(PHONE, "from the phone")
    world.say(CHAT, "from the chat")
    done = world.link(CHAT, PHONE)
    links = table(Link)
    world.connection.execute(
        update(links).where(links.c.id == done.link_id).values(expires_at=world.micros())
    )
    row = world.handle_row(CHAT)
    query = ContextQuery(row["customer_id"], row["id"], 0, Assurance.LOGGED_IN, 0)
    assert len(load_context(world.connection, query).thread) == 2
    later = replace(query, now=world.micros())
    assert [one.text for one in load_context(world.connection, later).thread] == ["from the chat"]


WHO = (PHONE, MAIL, "phone:+15550002222", VISITOR, CHAT)
joins = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from(list(Assurance)[1:4])),
    max_size=6,
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(joins)
def test_nobody_reads_beyond_the_links_that_are_proved(
    connection: Connection, wanted: list[tuple[int, int, Assurance]]
) -> None:
    with connection.begin_nested() as point:
        world = World(connection)
        places = [world.say(who, who, level=Assurance.ASSERTED) for who in WHO]
        homes = [world.customer(place.handle_id) for place in places]
        for handle, home, level in wanted:
            ids, now = (world.id(), world.id()), world.micros()
            link(connection, WHO[handle], homes[home], level, "by-hand", "seen", "a", now, ids)
        strong = _strong_groups(world, homes)
        for at, who in enumerate(WHO):
            for level in Assurance:
                seen = set(world.texts(who, level, places[at].conversation_id))
                if level >= Assurance.AUTHENTICATED:
                    assert seen == {WHO[other] for other in strong[at]}
                else:
                    assert seen == ({who} if level else set())
        point.rollback()


def _strong_groups(world: World, homes: list[int]) -> list[set[int]]:
    """Who is joined to whom by active links of level 2 or better alone, merged step by step."""
    groups = [{at} for at in range(len(WHO))]
    links = table(Link)
    keys = {world.handle_row(who)["id"]: at for at, who in enumerate(WHO)}
    for row in world.connection.execute(select(links).where(links.c.ended_at.is_(None))):
        if row.level >= Assurance.AUTHENTICATED and row.rule == "by-hand":
            joined = groups[keys[row.handle_id]] | groups[homes.index(row.customer_id)]
            for one in joined:
                groups[one] = joined
    return groups


def test_what_was_answered_to_a_forged_message_is_nobodys_memory_either(world: World) -> None:
    """The answer may repeat it, and would be believed when the real owner writes."""
    forged = world.say(PHONE, "My name is Mallory.", level=Assurance.NONE)
    answer = world.reply(forged, "Thank you, Mallory.", level=Assurance.NONE)
    world.say(PHONE, "Hello")
    assert world.texts(PHONE) == ["Hello"]
    assert answer.seq == forged.seq + 1


def test_what_needs_a_proof_is_told_with_it_alone_or_where_it_was_just_said(world: World) -> None:
    told = world.say(PHONE, "1 Long Street")
    fact = world.fact(told, "address", "1 Long Street")
    facts = table(Fact)
    world.connection.execute(update(facts).where(facts.c.id == fact).values(needs=3))
    slot = replace(_order(world, PHONE, "1 Long Street", told.message_id), needs=Assurance.PROVED)
    world.case(told, (slot,))
    world.say(CHAT, "hello")
    world.link(CHAT, PHONE)
    here = world.sees(PHONE, conversation_id=told.conversation_id)
    assert (here.facts, here.case.slots) == ((), (slot,)), "its teller goes on with it"
    chat = world.sees(CHAT)
    assert (chat.facts, chat.case.slots) == ((), ()), "the link proves too little"
    world.unlink(CHAT)
    world.link(CHAT, PHONE, Assurance.PROVED, "showed a passport")
    assert [one.value for one in world.sees(CHAT).facts] == ["1 Long Street"]
    assert world.sees(CHAT).case.slots == (slot,)
