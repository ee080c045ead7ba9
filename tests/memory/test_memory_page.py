"""The page of what is remembered: the open case, what there was, what a parting shuts off."""

from __future__ import annotations

from sqlalchemy import Engine, insert, update

from core.clock import to_micros
from core.facts.episode_head import Head
from core.message import Assurance
from core.turn import CaseState, SlotValue
from memory.codec import dump_case
from memory.episodes import dump_head
from memory.pages.memory import memory_page
from memory.pages.memory_views import MemoryView
from memory.pages.thread_place import end_of_stretch
from memory.tables.main import Case
from memory.tables.remembered import Episode
from memory.tables.rows import table
from tests.memory.world import CHAT, PHONE, Place, World


def page(world: World, place: Place) -> MemoryView:
    customer = world.customer(place.handle_id)
    found = memory_page(world.connection, customer, to_micros(world.now))
    assert found is not None
    return found


def slot(name: str, place: Place, who: str, needs: Assurance = Assurance.NONE) -> SlotValue:
    level = Assurance.AUTHENTICATED
    return SlotValue(name, f"the {name}", place.message_id, who, level, needs=needs)


def test_the_open_case_tells_where_each_thing_was_said_and_hides_what_is_personal(
    engine: Engine,
) -> None:
    with engine.begin() as connection:
        world = World(connection)
        place = world.say(PHONE, "My order 1042, to 12 Loom Street")
        told = (
            slot("order_number", place, PHONE),
            slot("address", place, PHONE, Assurance.PROVED),
            slot("postcode", place, CHAT),
        )
        world.case(place, told)
        case = page(world, place).case
        assert case is not None and not case.withheld
        shown = {one.label: (one.value, one.hidden, one.message) for one in case.slots}
    assert shown == {
        "Order number": ("the order_number", False, place.message_id),
        "Address": ("", True, place.message_id),
    }, "what somebody else's handle told is not theirs"


def test_what_was_made_of_somebody_elses_memory_is_withheld_once_they_are_parted(
    engine: Engine,
) -> None:
    with engine.begin() as connection:
        world = World(connection)
        one, other = world.say(PHONE, "hello"), world.say(CHAT, "hello")
        case_id = world.case(one, ())
        state = CaseState("order_status", slots=(slot("order_number", one, PHONE),))
        made = table(Case)
        connection.execute(
            update(made)
            .where(made.c.id == case_id)
            .values(state_json=dump_case(state, (other.handle_id,)))
        )
        world.link(CHAT, PHONE)
        joined = page(world, one).case
        assert joined is not None and joined.slots
        assert len(page(world, one).contact) == 2
        world.unlink(CHAT)
        parted = page(world, one)
        assert parted.case is not None and parted.case.withheld and not parted.case.slots
        assert len(parted.contact) == 1 and parted.counts["messages"] == 1


def test_what_there_was_is_told_newest_first_with_a_message_to_read(engine: Engine) -> None:
    with engine.begin() as connection:
        world = World(connection)
        place = world.say(PHONE, "My lamp is broken")
        for number, words in enumerate(("My lamp is broken", "And now?")):
            at = world.now.replace(minute=number)
            head = Head(
                ("sms",),
                at,
                at,
                words,
                ("broken_item",),
                outcome="resolved",
                counts={"customer": 1},
            )
            row = {
                "id": world.id(), "handle_id": place.handle_id, "kind": "session",
                "started_at": to_micros(at), "ended_at": to_micros(at), "made_at": 1,
                "head_json": dump_head(head), "source_json": f'{{"quoted":["{place.message_id}"]}}',
            }  # fmt: skip
            connection.execute(insert(table(Episode)), row)
        found = page(world, place).episodes
        end = end_of_stretch(connection, world.customer(place.handle_id), place.message_id)
    assert [one.first_words for one in found] == ["And now?", "My lamp is broken"]
    assert {one.message for one in found} == {place.message_id}
    assert found[0].outcome == "resolved" and "broken item" in found[0].line
    assert end is not None and end > 0
