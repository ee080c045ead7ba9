"""Answers held back at a parting: what they answered is decided anew, once and in order, and only
when it is certain that nothing of them has left."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from core.message import DeliveryStatus
from memory.tables.main import Delivery, Inbound, Message, Turn
from memory.tables.rows import table
from memory.units.identity.parting import Parted, part
from memory.units.messages.deliveries import NotSent, Sent, mark_not_sent, mark_sent
from memory.units.messages.holding import Due, claim_due, give_back, release_claims, renew
from memory.units.messages.withdrawing import ANEW, BEHIND, DISCARDED
from tests.memory.telling import Telling
from tests.memory.world import CHAT, PHONE, World

NAMES = {PHONE: "phone", CHAT: "chat"}
MINUTE = 60_000_000


class Two(Telling):
    """Two who were taken for one, one of whom was answered from the memory of the other."""

    link_id: int = 0

    def inbox(self) -> list[Any]:
        rows = table(Inbound)
        return list(self.world.connection.execute(select(rows).order_by(rows.c.id)).all())

    def parts(self) -> list[Any]:
        rows = table(Delivery)
        mine = rows.c.handle_id == self.world.handle_row(PHONE)["id"]
        query = select(rows).where(mine).order_by(rows.c.id)
        return list(self.world.connection.execute(query).all())

    def hold(self) -> None:
        """A living worker holds what is to be sent."""
        until = self.world.micros() + 60 * MINUTE
        rows = table(Delivery)
        held = update(rows).where(rows.c.status == self.born)
        self.world.connection.execute(held.values(claimed_until=until, claimed_by="bot"))

    def part(self) -> Parted:
        world = self.world
        return part(world.connection, [self.link_id], "admin", "two", world.micros(), world.id)

    def waiting(self) -> list[int]:
        return [one.seq for one in self.inbox() if one.status == "new"]

    def over(self, part_id: int, *, discarded: bool) -> None:
        """The worker that held it tells that it has not left."""
        now = self.world.micros()
        told = NotSent(part_id, now, 1, None, 0, False, None, "why", discarded=discarded)
        mark_not_sent(self.world.connection, [told])

    def part_is_over(self) -> bool:
        """Nothing of the first answer is to be sent or settled any more."""
        first = self.parts()[0]
        return (first.status, first.code) == ("discarded", None)

    def forget_drawn(self, seq: int) -> None:
        """The answer with this number was made from its writer's own memory."""
        rows = table(Message)
        place = (rows.c.seq == seq) & (rows.c.author == "bot")
        self.world.connection.execute(update(rows).where(place).values(extra_json=None))

    def due(self) -> list[Due]:
        now = self.world.micros()
        return claim_due(self.world.connection, "other", now, now + 60 * MINUTE, 9)


@pytest.fixture
def two(world: World) -> Two:
    made = Two(world, NAMES)
    made.write(CHAT)
    world.say(PHONE, "hello")
    made.link_id = world.link(CHAT, PHONE).link_id
    made.born = "sending"
    return made


def leave_undone(two: Two) -> None:
    """Nobody has tried to send it yet, and nobody holds it."""
    rows = table(Delivery)
    two.world.connection.execute(
        update(rows)
        .where(rows.c.status == "sending")
        .values(status="pending", claimed_until=0, claimed_by=None)
    )


def test_what_was_not_answered_after_all_is_answered_once_without_the_other(two: Two) -> None:
    two.write(PHONE)
    assert "chat" in two.told(PHONE, two.world.sees(PHONE).sender.level)
    leave_undone(two)
    [wrong] = two.parts()
    done = two.part()
    assert done.discarded == (wrong.id,)
    [again] = [one for one in two.inbox() if one.status == "new"]
    assert (again.attempts, again.turn_id) == (0, None)
    assert two.world.row(Turn, wrong.turn_id)["silent"] == ANEW
    assert not [one for one in two.world.texts(PHONE) if "mark" in one], "nobody has read it"
    two.turn(two.world.customer(again.handle_id))
    [_, right] = two.parts()
    assert "chat" not in right.payload_json and "phone" in right.payload_json
    assert two.waiting() == [] and two.part_is_over()


def test_what_was_said_behind_it_follows_it_again(two: Two) -> None:
    first, second = two.write(PHONE), two.write(PHONE)
    leave_undone(two)
    two.forget_drawn(second.seq + 1)
    one, other = two.parts()
    assert two.part().discarded == (one.id, other.id)
    reasons = [two.world.row(Delivery, each)["reason"] for each in (one.id, other.id)]
    assert reasons == [DISCARDED, BEHIND]
    assert two.waiting() == [first.seq, second.seq]


def test_what_a_worker_holds_is_decided_anew_when_it_tells_that_it_did_not_leave(two: Two) -> None:
    two.write(PHONE)
    two.hold()
    [held] = two.parts()
    two.part()
    assert two.world.row(Delivery, held.id)["status"] == "discarded"
    assert two.waiting() == [], "it may be leaving just now"
    two.write(PHONE)
    behind = two.parts()[-1]
    version = two.world.version(two.world.customer(held.handle_id))
    two.over(held.id, discarded=True)
    assert len(two.waiting()) == 1, "and what was said behind it is with that worker, too"
    assert two.world.row(Delivery, behind.id)["status"] == "discarded"
    assert two.world.version(two.world.customer(held.handle_id))[0] > version[0]
    two.over(behind.id, discarded=True)
    two.over(behind.id, discarded=True)
    assert len(two.waiting()) == 2
    two.turn(two.world.customer(held.handle_id))
    two.over(held.id, discarded=True)
    assert two.waiting() == [], "once"


def test_what_left_all_the_same_has_answered(two: Two) -> None:
    two.write(PHONE)
    two.hold()
    [held] = two.parts()
    two.part()
    receipt = Sent(held.id, "SM1", DeliveryStatus.SENT, two.world.micros(), 1)
    mark_sent(two.world.connection, [receipt])
    two.over(held.id, discarded=True)
    assert two.waiting() == [] and two.world.row(Delivery, held.id)["status"] == "sent"


def test_what_may_have_left_and_never_will_be_known_is_not_answered_twice(two: Two) -> None:
    two.write(PHONE)
    two.hold()
    [held] = two.parts()
    two.part()
    two.over(held.id, discarded=False)
    assert two.waiting() == [] and two.due() == []
    assert two.world.row(Delivery, held.id)["status"] == "discarded"


@pytest.mark.parametrize("end", ["stopped", "killed", "silent"])
def test_what_a_worker_left_behind_is_settled_by_the_next(two: Two, end: str) -> None:
    two.write(PHONE)
    two.hold()
    [held] = two.parts()
    two.part()
    assert two.due() == [], "its worker lives"
    if end == "stopped":
        give_back(two.world.connection, "bot", [held.id], two.world.micros())
    elif end == "killed":
        release_claims(two.world.connection, two.world.micros())
    else:
        renew(two.world.connection, [held.id], two.world.micros())
    [found] = two.due()
    assert found.id == held.id and found.lost, "it asks the provider first"
    assert two.due() == []
    two.over(held.id, discarded=True)
    assert len(two.waiting()) == 1


def test_what_people_answer_is_not_decided_anew(two: Two) -> None:
    two.write(PHONE, hand_over=True)
    leave_undone(two)
    assert len(two.part().discarded) == 1
    assert two.waiting() == []
