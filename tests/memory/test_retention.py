"""Retention: nothing younger goes, nothing older stays, and of what is open nothing is missing."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from core.clock import Micros, to_micros
from memory.retention import KINDS, Key, cutoff, due, old_rows
from memory.tables.main import Audit, Case, Delivery, Handoff, Inbound, Message, Turn
from memory.tables.remembered import Fact, Segment, Vector
from memory.tables.rows import table
from memory.units.audit import record
from memory.units.erasing.retention import cut
from tests.memory.world import CHAT, MAIL, PHONE, START, Place, World

DAYS = 30


def let_go(world: World, name: str, before: Micros) -> tuple[int, set[str]]:
    """Every page of one kind, as the gateway does it; how many rows, and which files."""
    gone, files = 0, set[str]()
    after: Key = ()
    while True:
        keys, last = old_rows(world.connection, name, before, after, 3)
        rows, named = cut(world.connection, name, keys, before)
        gone, files = gone + rows, files | named
        if last is None:
            return gone, files
        after = last


def rows_of(world: World, model: type, place: Place | None = None) -> int:
    rows = table(model)
    query = select(rows.c.id if "id" in rows.c else rows.c.seq)
    if place is not None:
        query = query.where(rows.c.conversation_id == place.conversation_id)
    return len(world.connection.execute(query).all())


def later(world: World, **span: int) -> Micros:
    """The moment before which things are over, when `DAYS` and that span have gone by."""
    world.now += timedelta(**span)
    return to_micros(world.now) - DAYS * 86_400_000_000


def test_a_message_goes_with_all_that_was_made_of_it(world: World) -> None:
    place = world.say(PHONE, "my order is 1042")
    world.reply(place, "it is on its way")
    world.fact(place, "order", "1042")
    world.connection.execute(
        insert(table(Vector)),
        {"conversation_id": place.conversation_id, "seq": 1, "model": "m",
         "handle_id": place.handle_id, "data": b"1"},
    )  # fmt: skip
    world.connection.execute(
        insert(table(Segment)),
        {"handle_id": place.handle_id, "number": 1, "first_at": 0,
         "last_at": world.micros(), "messages": 2, "data": b"1"},
    )  # fmt: skip
    before = later(world, days=DAYS + 1)
    gone, _ = let_go(world, "messages", before)
    assert gone == 2
    for model in (Message, Inbound, Delivery, Turn, Fact, Vector):
        assert rows_of(world, model) == 0, model
    assert world.connection.execute(select(table(Segment))).all() == []
    assert world.sees(PHONE).thread == ()


def test_a_younger_message_of_the_same_conversation_stays(world: World) -> None:
    place = world.say(PHONE, "the first")
    world.now += timedelta(days=20)
    world.say(PHONE, "the second")
    let_go(world, "messages", later(world, days=15))
    assert world.texts(PHONE) == ["the second"]
    assert rows_of(world, Inbound, place) == 1


@pytest.mark.parametrize("held", ["case", "handoff", "waiting"])
def test_of_whom_something_is_open_nothing_goes(world: World, held: str) -> None:
    place = world.say(PHONE, "an old word")
    chat = world.say(CHAT, "elsewhere")
    world.link(CHAT, PHONE)
    if held == "waiting":
        world.say(PHONE, "are you there?", waiting=True)
    else:
        case = world.case(place)
        if held == "handoff":
            world.handoff(place, case)
    world.fact(place, "order", "1042")
    before = later(world, days=DAYS + 1)
    for name in ("messages", "cases", "facts", "turns"):
        assert let_go(world, name, before) == (0, set()), name
    assert rows_of(world, Message, chat) == 1, "and not of the other handle of the same customer"
    assert due(world.connection, "messages", DAYS, to_micros(world.now)).held >= 2


def test_a_closed_case_goes_with_its_packet(world: World) -> None:
    place = world.say(PHONE, "help")
    case = world.case(place)
    handoff = world.handoff(place, case)
    for model, row in ((Case, case), (Handoff, handoff)):
        rows = table(model)
        world.connection.execute(update(rows).where(rows.c.id == row).values(status="closed"))
    let_go(world, "cases", later(world, days=DAYS + 1))
    assert rows_of(world, Case) == rows_of(world, Handoff) == 0


def test_a_fact_that_was_told_again_or_is_pinned_outlives_its_message(world: World) -> None:
    place = world.say(PHONE, "call me Ada, I live in Bath and like tea")
    facts, rows = [world.fact(place, key, "x") for key in ("name", "town", "drink")], table(Fact)
    world.now += timedelta(days=DAYS)
    values: tuple[dict[str, object], ...] = (
        {"pinned": True},
        {"touched_at": to_micros(world.now)},
        {},
    )
    for fact, value in zip(facts, values, strict=True):
        if value:
            world.connection.execute(update(rows).where(rows.c.id == fact).values(**value))
    let_go(world, "messages", later(world, days=5))
    left = world.connection.execute(select(rows.c.key).order_by(rows.c.id)).scalars().all()
    assert left == ["name", "town"]


def test_a_promise_is_kept_until_it_is_due(world: World) -> None:
    place, rows = world.say(PHONE, "when?"), table(Fact)
    fact = world.fact(place, "promise", "a call back")
    later_on = to_micros(world.now + timedelta(days=2 * DAYS))
    world.connection.execute(update(rows).where(rows.c.id == fact).values(due_at=later_on))
    assert let_go(world, "facts", later(world, days=DAYS + 1)) == (0, set())
    assert let_go(world, "facts", later(world, days=3 * DAYS)) == (1, set())


def test_a_turn_loses_its_explanation_and_is_still_counted(world: World) -> None:
    world.reply(world.say(PHONE, "hello"), "hello yourself")
    before = later(world, days=DAYS + 1)
    assert let_go(world, "turns", before)[0] == 1
    assert let_go(world, "turns", before)[0] == 0, "there is nothing more to go"
    [turn] = world.connection.execute(select(table(Turn))).all()
    assert turn.record_json == "{}"


def test_files_go_and_the_message_keeps_their_names(world: World) -> None:
    place, rows = world.say(PHONE, "see the picture"), table(Message)
    kept, theirs = f"file:{'a' * 64}", "sms:media/1"
    extra = {
        "attachments": [
            {"name": "a.png", "type": "image/png", "reference": kept},
            {"name": "b.png", "type": "image/png", "reference": theirs},
        ],
        "original": {"text": f"file:{'b' * 64}"},
    }
    world.connection.execute(update(rows).values(extra_json=orjson.dumps(extra).decode()))
    before = later(world, days=DAYS + 1)
    gone, files = let_go(world, "files", before)
    assert (gone, files) == (1, {kept, f"file:{'b' * 64}"})
    assert let_go(world, "files", before) == (0, set())
    text = world.connection.execute(select(rows.c.extra_json)).scalar_one()
    assert [one["name"] for one in orjson.loads(text)["attachments"]] == ["a.png", "b.png"]
    assert theirs in text and world.texts(PHONE) == ["see the picture"]
    assert place.seq == 1


def test_the_log_goes_but_for_receipts_of_erasures(world: World) -> None:
    for number, action in enumerate(("link", "erase", "answer")):
        record(world.connection, number + 1, world.micros(), "a", action, "customer:1", {})
    assert let_go(world, "changes", later(world, days=DAYS + 1))[0] == 2
    assert world.connection.execute(select(table(Audit).c.action)).scalars().all() == ["erase"]


@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(
    ages=st.lists(
        st.tuples(st.sampled_from((PHONE, CHAT, MAIL)), st.integers(0, 2 * DAYS)), max_size=12
    ),
    open_for=st.sampled_from((None, PHONE, CHAT, MAIL)),
)
def test_nothing_younger_goes_and_nothing_older_stays(
    world: World, ages: list[tuple[str, int]], open_for: str | None
) -> None:
    with world.connection.begin_nested() as taken_back:
        said = []
        for number, (who, age) in enumerate(sorted(ages, key=lambda one: -one[1])):
            world.now = START - timedelta(days=age, minutes=len(ages) - number)
            said.append((who, age, world.say(who, f"{age} days old")))
        held = {place.handle_id for who, _, place in said if who == open_for}
        if held:
            world.case(next(place for who, _, place in said if who == open_for))
        before = cutoff(DAYS, to_micros(START))
        assert before is not None
        let_go(world, "messages", before)
        rows = table(Message)
        left = {
            (row.conversation_id, row.seq)
            for row in world.connection.execute(select(rows.c.conversation_id, rows.c.seq))
        }
        stays = {
            (place.conversation_id, place.seq)
            for who, age, place in said
            if age < DAYS or place.handle_id in held
        }
        assert left == stays
        taken_back.rollback()


def test_what_is_kept_for_ever_never_goes(world: World) -> None:
    world.say(PHONE, "hello")
    assert cutoff(0, to_micros(world.now)) is None
    for name in KINDS:
        assert due(world.connection, name, 0, to_micros(world.now)).goes == 0
