"""An address that began anew: what its old life told in somebody's case, its new one is not told.

Slots name their teller by the address, which both have; the message that told them decides.
"""

from __future__ import annotations

import pytest
from sqlalchemy import update

from core.message import Assurance
from core.turn import CaseState, SlotValue
from memory.codec import dump_case
from memory.tables.main import Case, Handle, Link
from memory.tables.rows import table
from memory.units.identity.parting import part
from memory.units.identity.retiring import retire
from tests.memory.world import MAIL, PHONE, Place, World


def slot(name: str, place: Place, *, source: str | None = None) -> SlotValue:
    return SlotValue(name, name, source or place.message_id, PHONE, Assurance.AUTHENTICATED)


class Lives:
    """A number that was joined to a mailbox, whose new owner is joined to it as well. Both told
    something in the mailbox's case."""

    def __init__(self, world: World, *, drawn: bool) -> None:
        self.world = world
        mail = world.say(MAIL, "hello")
        self.old = world.say(PHONE, "the old one")
        self.old_link = world.link(PHONE, MAIL).link_id
        self.case_id = world.case(mail)
        retire(world.connection, PHONE, "a new owner", "admin", world.micros(), world.id)
        self.new = world.say(PHONE, "the new one")
        self.new_link = world.link(PHONE, MAIL).link_id
        told = (slot("old", self.old), slot("new", self.new), slot("lost", self.old, source="x"))
        drew = (self.old.handle_id, self.new.handle_id) if drawn else ()
        self._update(Case, self.case_id, state_json=self._state(told, drew))

    def _state(self, told: tuple[SlotValue, ...], drawn: tuple[int, ...]) -> str:
        return dump_case(CaseState(intent="order_status", slots=told), drawn)

    def _update(self, model: type, row_id: int, **values: object) -> None:
        rows = table(model)
        change = update(rows).where(rows.c.id == row_id).values(**values)
        self.world.connection.execute(change)

    def expire(self, link_id: int) -> None:
        self._update(Link, link_id, expires_at=self.world.micros())

    def reads(self, who: str) -> set[str]:
        return {one.name for one in self.world.sees(who).case.slots}


@pytest.fixture(params=[True, False], ids=["noted", "unnoted"])
def lives(world: World, request: pytest.FixtureRequest) -> Lives:
    return Lives(world, drawn=bool(request.param))


def test_while_both_are_joined_both_are_read(lives: Lives) -> None:
    assert lives.reads(MAIL) == lives.reads(PHONE) == {"old", "new"}, "what nobody told is lost"


def test_the_new_owner_is_not_told_what_the_old_one_said_once_its_link_is_over(
    lives: Lives,
) -> None:
    lives.expire(lives.old_link)
    assert lives.reads(PHONE) == lives.reads(MAIL) == {"new"}


def test_nor_is_the_mailbox_told_what_the_new_one_said_once_that_link_is_over(
    lives: Lives,
) -> None:
    lives.expire(lives.new_link)
    assert lives.reads(MAIL) == {"old"}


def test_nor_after_the_links_were_ended(lives: Lives) -> None:
    world = lives.world
    part(world.connection, [lives.old_link], "admin", "two people", world.micros(), world.id)
    assert world.row(Handle, lives.old.handle_id)["customer_id"] != world.customer(
        lives.new.handle_id
    )
    assert "old" not in lives.reads(PHONE) | lives.reads(MAIL)


def test_an_address_that_never_began_anew_is_believed(world: World) -> None:
    place = world.say(PHONE, "hello")
    world.case(place, (slot("kept", place, source="x"),))
    assert {one.name for one in world.sees(PHONE).case.slots} == {"kept"}
