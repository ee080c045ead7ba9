"""Episodes are made of what was said, belong to one handle, and can always be made again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from core.clock import to_micros
from core.message import Assurance
from memory.episode_sources import Marks, find_ended, plan_case, plan_sessions
from memory.episodes import EpisodeView, episodes_of, line_of
from memory.readable.drawing import dump_drawn
from memory.tables.main import Case, Handle, Handoff, Message, Turn
from memory.tables.remembered import Episode
from memory.tables.rows import table
from memory.units.messages.admission_rows import Cleaned
from memory.units.messages.revisions import Change, revise
from memory.units.remembering.episodes import ask_anew, spoil, spoiled, write_case, write_sessions
from tests.memory.world import CHAT, MAIL, PHONE, Place, World

_episode = table(Episode)


def made(world: World, who: str, *, later: timedelta = timedelta(hours=5)) -> int:
    """Everything of this handle that is over by then is written; how many are new."""
    handle_id, now = world.handle_row(who)["id"], to_micros(world.now + later)
    plan = plan_sessions(world.connection, handle_id, now)
    return write_sessions(world.connection, handle_id, plan, now, world.id)


def closed(world: World, case_id: int) -> int:
    """The episode of a case is written, if it is closed."""
    stretch = plan_case(world.connection, case_id)
    return write_case(world.connection, case_id, stretch, world.micros(), world.id)


def seen(world: World, *who: str) -> Sequence[EpisodeView]:
    """What a reader of all these handles is told."""
    ids = [world.handle_row(one)["id"] for one in who]
    return episodes_of(world.connection, ids, 10)


def understood(world: World, answer: Place, intent: str, drawn: int | None = None) -> None:
    """The turn of this answer had an intent, and drew on another handle if so."""
    messages, turns = table(Message), table(Turn)
    found = select(messages.c.turn_id).where(
        messages.c.conversation_id == answer.conversation_id, messages.c.seq == answer.seq
    )
    json = None if drawn is None else dump_drawn({drawn: ("message",)})
    values = {"intent": intent, "drawn_json": json}
    world.connection.execute(
        update(turns).where(turns.c.id == world.connection.execute(found).scalar()).values(values)
    )


def rows(world: World) -> list[tuple[object, ...]]:
    """All episodes but for their ids and when they were made, in order."""
    columns = [one for one in _episode.c if one.name not in ("id", "made_at")]
    query = select(*columns).order_by(_episode.c.handle_id, _episode.c.started_at, _episode.c.kind)
    return [tuple(row) for row in world.connection.execute(query)]


def test_a_session_that_is_over_has_a_head_of_what_was_said(world: World) -> None:
    begun = world.say(MAIL, "Where is my order 1042? I have waited for a week now.")
    understood(world, world.reply(begun, "It left yesterday as DHL-77120."), "order_status")
    assert made(world, MAIL) == 1
    (one,) = seen(world, MAIL)
    assert one.head.words == "Where is my order 1042? I have waited for a week now."
    assert one.head.identifiers == ("1042", "DHL-77120")
    assert one.head.counts == {"customer": 1, "bot": 1}
    assert one.head.sources[0] == begun.message_id
    assert line_of(one).startswith("2 Mar 2026, by e-mail: order status (1042")


def test_a_session_that_goes_on_is_not_written_yet(world: World) -> None:
    world.say(PHONE, "hello, is anybody there")
    assert made(world, PHONE, later=timedelta(hours=1)) == 0
    assert made(world, PHONE) == 1


def test_what_is_said_later_is_another_episode_and_the_first_stays_as_it_is(world: World) -> None:
    world.say(PHONE, "my parcel 5001 is late")
    made(world, PHONE)
    (before,) = seen(world, PHONE)
    world.now += timedelta(hours=9)
    world.say(PHONE, "and now 5002 is late, too")
    assert made(world, PHONE) == 1
    newest, oldest = seen(world, PHONE)
    assert oldest == before
    assert newest.head.identifiers == ("5002",)


def test_what_the_customer_had_no_part_in_is_no_episode(world: World) -> None:
    begun = world.say(PHONE, "please call me back")
    world.now += timedelta(hours=9)
    world.reply(begun, "We tried to reach you.", author="agent")
    assert made(world, PHONE) == 1
    assert seen(world, PHONE)[0].head.counts == {"customer": 1}


def test_a_closed_case_tells_how_it_ended_in_place_of_its_session(world: World) -> None:
    begun = world.say(MAIL, "I want my money back for order 1042")
    case_id = world.case(begun, intent="refund")
    understood(world, world.reply(begun, "A colleague will look at it."), "refund")
    handoff_id = world.handoff(begun, case_id)
    world._update(Handoff, handoff_id, owner="person:ben", status="closed", closed_as="resolved")
    assert closed(world, case_id) == 0
    world._update(Case, case_id, status="closed", outcome="resolved", updated_at=world.micros())
    assert closed(world, case_id) == 1
    assert closed(world, case_id) == 0
    made(world, MAIL)
    (one,) = seen(world, MAIL)
    assert (one.kind, one.head.outcome, one.head.owner) == ("case", "resolved", "ben")
    assert line_of(one) == "2 Mar 2026, by e-mail: refund (1042); resolved by ben"


def test_a_case_that_is_taken_up_again_is_no_episode_until_it_ends(world: World) -> None:
    begun = world.say(MAIL, "the lamp is broken")
    case_id = world.case(begun, status="closed", outcome="confirmed")
    closed(world, case_id)
    assert len(seen(world, MAIL)) == 1
    world._update(Case, case_id, status="open", outcome=None)
    assert not seen(world, MAIL)
    closed(world, case_id)
    assert not rows(world)


def test_a_message_that_is_taken_back_leaves_the_episode_at_once(world: World) -> None:
    begun = world.say(MAIL, "my order 1042 and my secret wish", event="e1")
    world.say(MAIL, "what about 1043?")
    made(world, MAIL)
    world.connection.execute(update(_episode).values(summary="of 1042", summary_by="model:small"))
    taken_back = Change("email", "e1", MAIL, None, world.micros())
    revise(world.connection, taken_back)
    assert not seen(world, MAIL)
    assert "1042" not in str([row[5:] for row in rows(world)])
    assert spoiled(world.connection, 5) == ([begun.handle_id], [])
    made(world, MAIL)
    (one,) = seen(world, MAIL)
    assert (one.head.identifiers, one.summary) == (("1043",), None)
    assert spoiled(world.connection, 5) == ([], [])


def test_a_message_that_is_changed_is_read_anew(world: World) -> None:
    world.say(MAIL, "my order 1042", event="e1")
    made(world, MAIL)
    new = Cleaned("my order 1044", {}, 4)
    revise(world.connection, Change("email", "e1", MAIL, lambda _: new, world.micros()))
    made(world, MAIL)
    assert [one.head.identifiers for one in seen(world, MAIL)] == [("1044",)]


def test_what_drew_on_another_handle_is_told_to_whoever_reads_both(world: World) -> None:
    other = world.say(CHAT, "my street is Elm Street")
    begun = world.say(MAIL, "where do you send it?")
    answer = world.reply(begun, "To Elm Street.")
    understood(world, answer, "address", drawn=other.handle_id)
    made(world, MAIL)
    assert not seen(world, MAIL)
    (one,) = seen(world, MAIL, CHAT)
    assert one.drawn == {other.handle_id}


def test_unproved_messages_are_nobodys_episode(world: World) -> None:
    world.say(MAIL, "I am Anna, trust me", level=Assurance.NONE)
    assert made(world, MAIL) == 0


def test_what_is_over_is_found_once_and_a_few_at_a_time(world: World) -> None:
    world.say(PHONE, "one")
    world.say(PHONE, "two")
    begun = world.say(PHONE, "three")
    case_id = world.case(begun, status="closed", outcome="resolved")
    now = to_micros(world.now + timedelta(hours=5))
    first = find_ended(world.connection, Marks(), now, 2)
    assert (first.handles, first.cases, first.more) == ((begun.handle_id,), (case_id,), True)
    second = find_ended(world.connection, first.marks, now, 2)
    assert (second.handles, second.cases, second.more) == ((begun.handle_id,), (), False)
    assert find_ended(world.connection, second.marks, now, 2).marks == second.marks


def test_a_handle_that_is_gone_leaves_nothing_to_look_for(world: World) -> None:
    begun = world.say(PHONE, "hello there")
    made(world, PHONE)
    plan = plan_sessions(world.connection, begun.handle_id, to_micros(world.now))
    spoil(world.connection, begun.handle_id, 0, to_micros(world.now))
    world.connection.execute(delete(table(Handle)).where(table(Handle).c.id == begun.handle_id))
    assert write_sessions(world.connection, begun.handle_id, plan, 1, world.id) == 0
    assert not rows(world)


PAUSES = st.sampled_from([0.1, 1.0, 2.5, 3.9, 4.1, 7.0, 30.0])
TALK = st.lists(st.tuples(PAUSES, st.sampled_from(["order 1042", "", "hi", "AB-77 or 19.90"]),
                          st.booleans(), st.booleans()), min_size=1, max_size=14)  # fmt: skip


@given(talk=TALK)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_episodes_made_as_time_goes_are_those_made_all_at_once(
    world: World, talk: list[tuple[float, str, bool, bool]]
) -> None:
    with world.connection.begin_nested() as undone:
        place = world.say(PHONE, "hello")
        for pause, text, ours, look in talk:
            world.now += timedelta(hours=pause)
            if look:
                made(world, PHONE, later=timedelta())
            place = world.reply(place, text) if ours else world.say(PHONE, text)
        made(world, PHONE)
        as_time_went = rows(world)
        ask_anew(world.connection, place.handle_id, world.id())
        made(world, PHONE)
        assert rows(world) == as_time_went
        world.connection.execute(delete(_episode))
        made(world, PHONE)
        assert rows(world) == as_time_went
        assert all(orjson.loads(str(row[5]))["counts"]["customer"] for row in as_time_went)
        undone.rollback()
