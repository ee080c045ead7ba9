"""What a sender may read now: by the rules' levels, proof just shown, links that cool off, and
handles that several people hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.clock import to_micros
from core.identity.rules import DEFAULT_RULES, IdentityRules, Levels
from core.message import Assurance
from memory.readable.sender import ContextQuery, Reader, read_sender
from memory.units.identity.handles import mark_shared, raise_level
from tests.memory.world import CHAT, LEVELS, MAIL, PHONE, VISITOR, World

SALES = "email:sales@x.org"
HALF_AN_HOUR = int(timedelta(minutes=30).total_seconds() * 1_000_000)


def reader(
    world: World,
    who: str,
    rules: IdentityRules = DEFAULT_RULES,
    level: Assurance | None = None,
) -> Reader:
    """Who is reading, when they write from there now."""
    row = world.handle_row(who)
    sent = LEVELS[row["kind"]] if level is None else level
    now = to_micros(world.now)
    query = ContextQuery(row["customer_id"], row["id"], 0, sent, now, rules=rules)
    return read_sender(world.connection, query)


def handles(found: Reader) -> set[str]:
    """The keys of what may be read."""
    return set(found.keys.values())


def test_a_stricter_level_is_asked_of_sender_and_path(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "hi")
    world.link(CHAT, PHONE)
    strict = replace(DEFAULT_RULES, levels=Levels(history=Assurance.PROVED))
    assert handles(reader(world, CHAT)) == {CHAT, PHONE}
    assert handles(reader(world, CHAT, strict)) == {CHAT}
    assert not reader(world, PHONE, strict).everywhere
    world.link(CHAT, PHONE, Assurance.PROVED)
    assert handles(reader(world, CHAT, strict)) == {CHAT, PHONE}
    assert handles(reader(world, PHONE, strict)) == {PHONE}, "a text message proves level 2"


def test_a_link_that_cools_off_shows_nothing_old_yet(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "hi")
    from_then = world.micros() + HALF_AN_HOUR
    world.link(PHONE, CHAT, Assurance.PROVED, rule="code", reads_from=from_then)
    found = reader(world, PHONE)
    assert handles(found) == {PHONE} and found.sender.proved == (PHONE,)
    assert found.until == from_then
    world.now += timedelta(minutes=30)
    assert handles(reader(world, PHONE)) == {PHONE, CHAT}


def test_proof_shown_now_raises_the_sender_until_it_passes(world: World) -> None:
    place = world.say(PHONE, "hi")
    version = world.version(world.customer(place.handle_id))[0]
    until = world.micros() + HALF_AN_HOUR
    raise_level(world.connection, place.handle_id, Assurance.PROVED, until)
    found = reader(world, PHONE)
    assert (found.sender.level, found.level, found.until) == (3, 3, until)
    assert world.version(world.customer(place.handle_id))[0] == version + 1
    world.now += timedelta(minutes=30)
    assert reader(world, PHONE).sender.level == Assurance.AUTHENTICATED


@pytest.mark.parametrize(("sent", "level"), [(0, 0), (1, 3), (2, 3), (4, 4)])
def test_proof_helps_nobody_for_whom_nothing_stands(world: World, sent: int, level: int) -> None:
    place = world.say(VISITOR, "hi")
    raise_level(world.connection, place.handle_id, Assurance.PROVED, world.micros() + HALF_AN_HOUR)
    assert reader(world, VISITOR, level=Assurance(sent)).sender.level == level


def test_a_visitor_who_is_proved_reads_over_the_link(world: World) -> None:
    place = world.say(VISITOR, "hi")
    world.say(PHONE, "hello")
    world.link(VISITOR, PHONE, Assurance.PROVED, rule="code")
    assert handles(reader(world, VISITOR)) == {VISITOR}
    raise_level(world.connection, place.handle_id, Assurance.PROVED, world.micros() + HALF_AN_HOUR)
    assert handles(reader(world, VISITOR)) == {VISITOR, PHONE}


@pytest.mark.parametrize("marked", [True, False])
def test_over_a_handle_of_several_people_nobody_reads(world: World, marked: bool) -> None:
    """Each is joined to the mailbox, and none to the others, whichever way the links were made."""
    office = MAIL if marked else SALES
    for who in (office, PHONE, CHAT, "phone:+15550002222"):
        world.say(who, f"from {who}")
    if marked:
        mark_shared(world.connection, MAIL, True, "admin", "office", world.micros(), world.id())
    world.link(PHONE, office)
    world.link("phone:+15550002222", office)
    world.link(office, CHAT, Assurance.PROVED)
    for who in (office, PHONE, CHAT, "phone:+15550002222"):
        assert handles(reader(world, who)) == {who}


def test_a_mailbox_that_was_shown_opens_itself_and_nobody_else(world: World) -> None:
    place = world.say(SALES, "hi")
    world.say(PHONE, "mine")
    world.link(SALES, PHONE, Assurance.PROVED)
    assert not reader(world, SALES).everywhere
    raise_level(world.connection, place.handle_id, Assurance.PROVED, world.micros() + HALF_AN_HOUR)
    found = reader(world, SALES)
    assert found.sender.level == Assurance.AUTHENTICATED
    assert handles(found) == {SALES}


def test_what_needs_proof_needs_it_of_the_path_too(world: World) -> None:
    """A fact of level 3 told on the phone is not told to a login joined to it at level 2."""
    world.say(PHONE, "hi")
    world.say(CHAT, "hi")
    world.link(CHAT, PHONE)
    found = reader(world, CHAT)
    assert found.may_read(PHONE, "1-1", Assurance.AUTHENTICATED)
    assert not found.may_read(PHONE, "1-1", Assurance.AUTHENTICATED, Assurance.PROVED)
    assert found.may_read(CHAT, "1-1", Assurance.AUTHENTICATED, Assurance.PROVED)
    world.link(CHAT, PHONE, Assurance.PROVED)
    assert reader(world, CHAT).may_read(PHONE, "1-1", Assurance.AUTHENTICATED, Assurance.PROVED)
