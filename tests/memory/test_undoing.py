"""A change of who is who is taken back from the log: once, with its evidence, in words if not."""

from __future__ import annotations

import pytest

from core.message import Assurance
from memory.pages.lists import audit_log
from memory.tables.main import Link
from memory.units.erasing.whole import erase
from memory.units.identity.handles import mark_shared
from memory.units.identity.linking import customer_of, merge, resolve_customer
from memory.units.identity.parting import part
from memory.units.identity.undoing import CannotUndo, Undone, can_be_undone, undo
from tests.memory.world import CHAT, MAIL, PHONE, World


def taken_back(world: World, action: str, nth: int = 0) -> Undone:
    """The newest change of this kind, or the one before it, is taken back."""
    changes = [one for one in audit_log(world.connection) if one.action == action]
    return undo(world.connection, changes[nth].id, "admin", world.micros(), world.id)


def test_a_link_is_undone_by_ending_it(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "hello")
    made = world.link(CHAT, PHONE)
    done = taken_back(world, "link")
    assert set(done.customers) == set(made.customers)
    assert customer_of(world.connection, CHAT) != customer_of(world.connection, PHONE)
    assert "undone" in str(world.row(Link, made.link_id)["end_reason"])
    with pytest.raises(CannotUndo, match="undone already"):
        taken_back(world, "link")


def test_an_end_is_undone_by_a_link_with_the_same_evidence(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "hello")
    made = world.link(CHAT, PHONE, Assurance.PROVED, "saw the passport")
    world.unlink(CHAT)
    taken_back(world, "unlink")
    assert customer_of(world.connection, CHAT) == customer_of(world.connection, PHONE)
    newest = next(one for one in audit_log(world.connection) if one.action == "link")
    again = world.row(Link, int(newest.detail["link_id"]))
    assert again["id"] != made.link_id
    assert (again["level"], again["evidence"]) == (3, "saw the passport")


def test_undoing_an_undoing_does_it_again(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "hello")
    world.link(CHAT, PHONE)
    taken_back(world, "link")
    taken_back(world, "unlink")
    assert customer_of(world.connection, CHAT) == customer_of(world.connection, PHONE)


def test_a_better_link_is_undone_to_the_one_before(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "hello")
    world.link(CHAT, PHONE)
    world.link(CHAT, PHONE, Assurance.PROVED, "saw the passport")
    assert world.sees(CHAT).sender.level == Assurance.PROVED
    taken_back(world, "link")
    assert world.sees(CHAT).sender.level == Assurance.AUTHENTICATED


def test_a_merge_joins_two_customers_and_is_undone(world: World) -> None:
    for who in (PHONE, CHAT, MAIL):
        world.say(who, f"from {who}")
    world.link(MAIL, CHAT)
    phone, chat = (customer_of(world.connection, who) for who in (PHONE, CHAT))
    ids = (world.id(), world.id())
    done = merge(
        world.connection, chat, phone, Assurance.PROVED, "same passport", "admin",
        world.micros(), ids,
    )  # fmt: skip
    assert done.customer_id == phone == resolve_customer(world.connection, chat)
    assert len(world.texts(PHONE)) == 3
    assert world.row(Link, done.link_id)["rule"] == "merge"
    again = merge(
        world.connection, phone, chat, Assurance.PROVED, "same passport", "admin",
        world.micros(), (world.id(), world.id()),
    )  # fmt: skip
    assert not again.changed
    taken_back(world, "link")
    assert world.texts(PHONE) == [f"from {PHONE}"]
    assert resolve_customer(world.connection, chat) == chat


def test_a_mark_is_undone(world: World) -> None:
    world.say(MAIL, "hi")
    assert mark(world, True) and not mark(world, True)
    taken_back(world, "mark-shared")
    assert not world.handle_row(MAIL)["shared"]
    mark(world, True)
    mark(world, False)
    taken_back(world, "unmark-shared")
    assert world.handle_row(MAIL)["shared"]


def test_links_that_ended_together_come_back_together(world: World) -> None:
    for who in (PHONE, CHAT, MAIL):
        world.say(who, f"from {who}")
    links = [world.link(CHAT, PHONE).link_id, world.link(MAIL, PHONE).link_id]
    part(world.connection, links, "admin", "three people", world.micros(), world.id)
    assert world.texts(PHONE) == [f"from {PHONE}"]
    taken_back(world, "part")
    assert len(world.texts(PHONE)) == 3


def test_what_cannot_be_undone_is_said(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "hello")
    world.say("login:eve", "hello")
    world.link(CHAT, PHONE)
    world.unlink(CHAT)
    world.link("login:eve", PHONE)
    with pytest.raises(CannotUndo, match="two different logins"):
        taken_back(world, "unlink")
    with pytest.raises(CannotUndo, match="there is no change 5"):
        undo(world.connection, 5, "admin", 1, world.id)
    world.unlink("login:eve")
    with pytest.raises(CannotUndo, match="no active link"):
        taken_back(world, "link")
    taken_back(world, "unlink")
    assert not can_be_undone("undo")
    with pytest.raises(CannotUndo, match="“undo” cannot be undone"):
        taken_back(world, "undo")


def mark(world: World, shared: bool) -> bool:
    """Whether several people read the mailbox; whether that was new."""
    done = mark_shared(
        world.connection, MAIL, shared, "admin", "office", world.micros(), world.id()
    )
    return done.changed


def test_what_was_about_somebody_erased_stays_as_it_is(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "hello")
    world.link(CHAT, PHONE)
    erase(world.connection, CHAT, "admin", world.micros(), world.id)
    with pytest.raises(CannotUndo, match="erased"):
        taken_back(world, "link")
