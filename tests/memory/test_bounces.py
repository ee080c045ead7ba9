"""A reply that comes back calls people once; what else fails does not."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from core.message import DeliveryStatus
from memory.pages.lists import queue
from memory.pages.views import HandoffView
from memory.tables.main import Case, Delivery, Handle, Turn
from memory.tables.rows import table
from memory.units.messages.bounces import RULE
from memory.units.messages.deliveries import NotSent, Report, mark_not_sent, report
from memory.units.people.cases import resolve
from tests.memory.world import MAIL, Place, World

WHY = "There is no such mailbox."


def sent(world: World, *, author: str = "bot") -> tuple[Place, int]:
    """A question, and the part of its answer that is on its way."""
    place = world.say(MAIL, "where is my order?")
    world.reply(place, "It is on its way.", author=author, status="sending")
    part = table(Delivery)
    part_id = world.connection.execute(select(part.c.id).order_by(part.c.id.desc())).scalar()
    world.connection.execute(
        update(part).where(part.c.id == part_id).values(provider_id=f"<{part_id}@shop>")
    )
    return place, int(part_id or 0)


def refused(world: World, part_id: int, **news: bool) -> None:
    """The mail server refuses the part at once."""
    ids = (world.id(), world.id())
    one = NotSent(part_id, world.micros(), 1, None, 0, False, "550", WHY, ids=ids, **news)
    mark_not_sent(world.connection, [one])


def bounced(world: World, part_id: int) -> None:
    """The mail server takes the part and sends it back later."""
    part = table(Delivery)
    world.connection.execute(update(part).where(part.c.id == part_id).values(status="sent"))
    failed = DeliveryStatus.FAILED
    provider, ids = f"<{part_id}@shop>", (world.id(), world.id())
    one = Report(
        world.id(), "email", provider, failed, "5.1.1", WHY, world.micros(), dead=True, ids=ids
    )
    assert report(world.connection, [one]) == [part_id]


def waiting(world: World) -> list[HandoffView]:
    """What waits for people."""
    return queue(world.connection, world.micros())


def test_people_are_called_with_the_reason_and_the_talk(world: World) -> None:
    place, part_id = sent(world)
    bounced(world, part_id)
    (one,) = waiting(world)
    assert (one.rule, one.conversation_id) == (RULE, place.conversation_id)
    assert one.reason == f"The address cannot be reached. {WHY}"
    quotes = [said["text"] for said in one.packet["exchanges"]]
    assert quotes == ["where is my order?", "It is on its way."]
    assert world.row(Handle, place.handle_id)["dead"]


def test_a_part_refused_at_once_calls_them_as_well(world: World) -> None:
    _, part_id = sent(world)
    refused(world, part_id, dead=True)
    assert [one.rule for one in waiting(world)] == [RULE]


@pytest.mark.parametrize("news", [{}, {"opted_out": True}])
def test_another_failure_calls_nobody(world: World, news: dict[str, bool]) -> None:
    _, part_id = sent(world)
    refused(world, part_id, **news)
    assert waiting(world) == []


def test_what_a_person_sent_calls_nobody(world: World) -> None:
    _, part_id = sent(world, author="agent")
    bounced(world, part_id)
    assert waiting(world) == []


def test_they_are_called_once_while_they_have_it(world: World) -> None:
    for _ in range(2):
        _, part_id = sent(world)
        bounced(world, part_id)
    assert len(waiting(world)) == 1


def test_they_are_called_again_after_they_were_done(world: World) -> None:
    _, part_id = sent(world)
    bounced(world, part_id)
    (one,) = waiting(world)
    resolve(world.connection, one.id, "sam", world.micros(), world.id())
    _, part_id = sent(world)
    bounced(world, part_id)
    assert len(waiting(world)) == 1


def test_the_case_of_the_reply_goes_to_people(world: World) -> None:
    place, part_id = sent(world)
    case_id = world.case(place)
    world.connection.execute(update(table(Turn)).values(case_id=case_id))
    before = world.version(world.customer(place.handle_id))[0]
    bounced(world, part_id)
    assert [one.case_id for one in waiting(world)] == [case_id]
    assert world.row(Case, case_id)["status"] == "handed"
    assert world.version(world.customer(place.handle_id))[0] > before
