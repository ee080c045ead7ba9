"""What is far back: found within what the sender may read, packed or not, and nothing else."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from core.clock import to_micros
from core.message import Assurance, Audience
from core.turn import Said
from memory.readable.context import Context, load_context
from memory.readable.sender import ContextQuery
from memory.recall import unpacked as packing
from memory.recall.deep import Found, History, find_deep, look_back
from memory.recall.unpacked import BEGINNING, Covered, gaps, unpacked
from memory.tables.main import Message
from memory.tables.remembered import Segment
from memory.tables.rows import table
from memory.units.identity.linking import IdentityProblem
from memory.units.messages.admission_rows import Cleaned
from memory.units.messages.revisions import Change, revise
from memory.units.remembering.segmenting import forget_segments, keep_segment
from tests.memory.world import CHAT, LEVELS, MAIL, PHONE, VISITOR, World

_segment, _message = table(Segment), table(Message)

NEWEST = 4
"""Messages that a thread holds here."""


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few messages are many here."""
    for name, value in (("SIZE", 5), ("LEFT_TO_THE_THREAD", 2), ("WORTH_IT", 1), ("_HAS_ROOM", 3)):
        monkeypatch.setattr(packing, name, value)


def pack_all(world: World, who: str) -> int:
    """Pack what the customer of this handle has; how many messages that were."""
    customer = world.handle_row(who)["customer_id"]
    return sum(keep_segment(world.connection, one) for one in unpacked(world.connection, customer))


def query_of(world: World, who: str, level: Assurance | None = None) -> ContextQuery:
    row = world.handle_row(who)
    proved = LEVELS[row["kind"]] if level is None else level
    return ContextQuery(row["customer_id"], row["id"], 0, proved, world.micros(), limit=NEWEST)


def looked_for(world: World, query: ContextQuery, text: str) -> tuple[Context, tuple[Said, ...]]:
    """The thread, and what is found beyond it."""
    context = load_context(world.connection, query)
    if not context.thread:
        return context, ()
    before = to_micros(context.thread[0].at)
    return context, find_deep(world.connection, query, text, world.now, before)


@pytest.mark.parametrize("packed", [True, False])
def test_what_was_said_long_ago_is_found(world: World, packed: bool) -> None:
    world.say(PHONE, "my walnut table is order 77123-B")
    for number in range(20):
        world.reply(world.say(PHONE, f"do you open on sundays {number}"), "We do.")
    if packed:
        assert pack_all(world, PHONE) == 39
    context, deep = looked_for(world, query_of(world, PHONE), "what about 77123-B?")
    assert "my walnut table is order 77123-B" in [one.text for one in deep]
    assert not {one.id for one in deep} & {one.id for one in context.thread}
    assert [one.at for one in deep] == sorted(one.at for one in deep)


def test_whoever_reads_this_conversation_only_is_told_nothing(world: World) -> None:
    for number in range(12):
        world.say(PHONE, f"order {number} is late")
    pack_all(world, PHONE)
    low = query_of(world, PHONE, Assurance.ASSERTED)
    assert find_deep(world.connection, low, "which order is late?", world.now, 1 << 60) == ()


def test_a_message_that_is_taken_back_leaves_nothing_in_a_segment(world: World) -> None:
    world.say(PHONE, "the canary is called Pellworm", event="canary")
    for number in range(12):
        world.say(PHONE, f"and another thing, {number}")
    pack_all(world, PHONE)
    full = world.connection.execute(select(func.count()).select_from(_segment)).scalar_one()
    query = query_of(world, PHONE)
    assert "Pellworm" in str(looked_for(world, query, "Pellworm?")[1])
    revise(world.connection, Change("sms", "canary", PHONE, None, world.micros()))
    left = world.connection.execute(select(func.count()).select_from(_segment)).scalar_one()
    assert left == full - 1
    assert not looked_for(world, query, "canary Pellworm?")[1]
    # What was beside it is still found, from the messages themselves.
    assert looked_for(world, query, "another thing")[1]


def test_new_words_are_found_and_the_old_ones_are_not(world: World) -> None:
    world.say(PHONE, "the blue curtains", event="first")
    for number in range(12):
        world.say(PHONE, f"and another thing, {number}")
    pack_all(world, PHONE)
    new = Cleaned("the green carpet", {}, 4)
    revise(world.connection, Change("sms", "first", PHONE, lambda _kind: new, world.micros()))
    for _ in range(2):
        query = query_of(world, PHONE)
        assert [one.text for one in looked_for(world, query, "carpet")[1]][:1] == [new.text]
        assert not looked_for(world, query, "curtains")[1]
        pack_all(world, PHONE)


def test_a_history_at_hand_is_looked_into_only_while_it_is_what_is_stored(world: World) -> None:
    world.say(MAIL, "the canary is called Pellworm")
    world.say(PHONE, "the blue curtains", event="first")
    for number in range(12):
        world.say(PHONE, f"and another thing, {number}")
        world.say(MAIL, f"no canary here, {number}")
    pack_all(world, PHONE)
    pack_all(world, MAIL)

    def look(who: str, text: str, known: History | None) -> Found:
        query = query_of(world, who)
        before = to_micros(load_context(world.connection, query).thread[0].at)
        return look_back(world.connection, query, text, world.now, before, known=known)

    first = look(PHONE, "curtains", None)
    assert [one.text for one in first.messages][:1] == ["the blue curtains"]
    assert first.history is not None
    again = look(PHONE, "curtains", first.history)
    assert again.history is first.history and again.messages == first.messages
    # Another's is none of theirs, whoever hands it over.
    other = look(MAIL, "Pellworm", None)
    assert other.history is not None and other.messages
    assert look(PHONE, "Pellworm canary", other.history).messages == ()
    new = Cleaned("the green carpet", {}, 4)
    revise(world.connection, Change("sms", "first", PHONE, lambda _kind: new, world.micros()))
    for _ in range(2):
        assert not look(PHONE, "curtains", first.history).messages
        assert [one.text for one in look(PHONE, "carpet", first.history).messages][:1] == [new.text]
        pack_all(world, PHONE)


@pytest.mark.parametrize("packed", [True, False])
def test_notices_that_are_told_again_and_again_leave_room_for_the_rest(
    world: World, packed: bool
) -> None:
    world.say(PHONE, "the parcel with the walnut table never came, ask my neighbour Pellworm")
    for number in range(30):
        world.now += timedelta(hours=9)
        world.reply(world.say(PHONE, "hello"), f"Your parcel {4000 + number} was sent today.")
    world.now += timedelta(hours=9)
    if packed:
        pack_all(world, PHONE)
    query = query_of(world, PHONE)
    before = to_micros(load_context(world.connection, query).thread[0].at)
    deep = find_deep(world.connection, query, "was a parcel sent today?", world.now, before, 20)
    told = [one.text for one in deep]
    assert any("Pellworm" in one for one in told)
    # The newest of the notices are among them.
    assert (
        "Your parcel 4027 was sent today." in told
        and "Your parcel 4003 was sent today." not in told
    )


def test_packing_again_changes_nothing_and_growing_fills_up_the_last_one(world: World) -> None:
    for number in range(9):
        world.say(PHONE, f"message {number}")
    assert pack_all(world, PHONE) == 7
    assert pack_all(world, PHONE) == 0
    world.say(PHONE, "one more")
    assert pack_all(world, PHONE) == 3
    rows = world.connection.execute(
        select(_segment.c.first_at, _segment.c.last_at, _segment.c.messages)
    ).all()
    assert sorted(one.messages for one in rows) == [3, 5]
    handle = world.handle_row(PHONE)["id"]
    assert forget_segments(world.connection, (handle,)) == 2


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["say", "say", "say", "reply", "link", "unlink", "pack", "back", "hide"]),
        st.sampled_from([PHONE, CHAT, MAIL, VISITOR]),
        st.sampled_from([PHONE, CHAT, MAIL]),
        st.sampled_from(["order 1042", "refund the lamp", "late parcel", "order lamp?", "thanks"]),
    ),
    min_size=8,
    max_size=24,
)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ACTIONS, st.sampled_from(["what of order 1042?", "the lamp", "late"]))
def test_nothing_is_found_that_a_thread_without_limit_would_not_have(
    world: World, actions: list[tuple[str, str, str, str]], text: str
) -> None:
    with world.connection.begin_nested() as tried:
        for number, action in enumerate(actions):
            act(world, number, action)
        for who in (PHONE, CHAT, MAIL, VISITOR):
            for level in (None, Assurance.ASSERTED):
                check(world, who, level, text)
        tried.rollback()


def act(world: World, number: int, action: tuple[str, str, str, str]) -> None:
    """One thing that happens."""
    what, who, other, text = action
    place = world.say(who, f"{text} {number}", event=f"event {number}", waiting=number % 9 == 8)
    if what == "reply":
        world.reply(place, f"{text}, then.")
    elif what in ("link", "unlink"):
        world.say(other, "hello")
        with contextlib.suppress(IdentityProblem):
            if what == "link":
                world.link(who, other)
            else:
                world.unlink(who)
    elif what == "pack":
        pack_all(world, who)
    elif what == "back":
        change = Change(place_account(who), f"event {number // 2}", who, None, world.micros())
        revise(world.connection, change)
    elif what == "hide":
        answer = world.reply(place, f"{text}, as you said elsewhere.")
        drawn = world.say(other, "hello").handle_id
        extra = {"drawn": [drawn]} if number % 2 else {"withdrawn": True}
        world.connection.execute(
            update(_message)
            .where(
                _message.c.conversation_id == answer.conversation_id,
                _message.c.seq == answer.seq,
            )
            .values(extra_json=orjson.dumps(extra).decode())
        )


def place_account(who: str) -> str:
    return {"phone": "sms", "email": "email"}.get(who.partition(":")[0], "webchat")


def check(world: World, who: str, level: Assurance | None, text: str) -> None:
    """What is found for this sender is theirs to read, and is not in the thread."""
    world.say(who, "hello again")
    query = query_of(world, who, level)
    context, deep = looked_for(world, query, text)
    everything = load_context(world.connection, replace(query, limit=10_000))
    there, thread = {one.id for one in everything.thread}, {one.id for one in context.thread}
    found = {one.id for one in deep}
    assert found <= there and not found & thread
    assert [one.id for one in everything.thread][-len(thread) :] == [
        one.id for one in context.thread
    ]


def test_a_thread_over_many_conversations_is_the_newest_of_all(world: World) -> None:
    for number in range(30):
        world.say(MAIL, f"mail {number}", thread=f"subject {number % 7}")
        if number % 3 == 0:
            world.say(MAIL, f"room {number}", thread="a room", audience=Audience.ROOM)
    for limit in (1, 3, 8, 20, 100):
        query = replace(query_of(world, MAIL), limit=limit)
        thread = load_context(world.connection, query).thread
        everything = load_context(world.connection, replace(query, limit=10_000)).thread
        assert len(everything) == 40
        assert [one.id for one in thread] == [one.id for one in everything][-limit:]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)), max_size=6), st.integers(0, 40))
def test_gaps_are_what_no_segment_covers(spans: list[tuple[int, int]], until: int) -> None:
    packed = sorted(Covered(first, first + size, 0) for first, size in spans)
    inside = {at for one in packed for at in range(one.after + 1, one.until + 1)}
    open_at = {at for first, last in gaps(packed, until) for at in range(first + 1, last + 1)}
    assert open_at == {at for at in range(BEGINNING + 1, until + 1) if at not in inside}
