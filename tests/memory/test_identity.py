"""Joining and parting handles: with evidence, undone without a trace, fencing whoever works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from core.identity.rules import DEFAULT_RULES
from core.message import Assurance
from memory.pages.lists import audit_log, customer_page, timeline
from memory.tables.main import Conversation, Handle, Link
from memory.tables.rows import table
from memory.units.identity.linking import (
    Changed,
    IdentityProblem,
    customer_of,
    link,
    resolve_customer,
    unlink,
    unlink_by_id,
)
from memory.units.messages.claims import Claim, claim
from memory.units.messages.turns import Commit, Fenced, commit
from tests.memory.world import CHAT, MAIL, PHONE, VISITOR, World

WHO = (PHONE, MAIL, "phone:+15550002222", VISITOR, CHAT)
Join = tuple[int, int, Assurance]


def test_a_link_joins_and_the_oldest_customer_stands_for_all(world: World) -> None:
    phone = world.customer(world.say(PHONE, "hi").handle_id)
    chat = world.customer(world.say(CHAT, "hi").handle_id)
    fences = world.version(phone), world.version(chat)
    done = world.link(PHONE, CHAT)
    assert done.changed and done.customer_id == phone and done.before_id == phone
    assert {customer_of(world.connection, one) for one in (PHONE, CHAT)} == {phone}
    assert resolve_customer(world.connection, chat) == phone
    assert done.customers == (phone, chat)
    for customer, (version, token) in zip((phone, chat), fences, strict=True):
        assert world.version(customer) == (version + 1, token + 1)


def test_a_turn_under_way_loses_its_lease(world: World) -> None:
    place = world.say(PHONE, "hi", waiting=True)
    world.say(CHAT, "hi")
    customer = world.customer(place.handle_id)
    (claimed,) = claim(
        world.connection, [Claim(customer, "worker", world.micros(), world.micros() + 10**9)]
    )
    assert claimed.waiting
    world.link(CHAT, PHONE)
    change = Commit(
        customer, "worker", claimed.token, claimed.version, place.conversation_id, world.micros(),
        {"id": world.id()}, (),
    )  # fmt: skip
    with pytest.raises(Fenced):
        commit(world.connection, [change])
    (again,) = claim(
        world.connection, [Claim(customer, "other", world.micros(), world.micros() + 10**9)]
    )
    assert again.waiting and again.held_until is None, "nobody has to wait for the old lease"


def test_old_ids_resolve_for_ever(world: World) -> None:
    phone = world.customer(world.say(PHONE, "hi").handle_id)
    chat = world.customer(world.say(CHAT, "hi").handle_id)
    mail = world.customer(world.say(MAIL, "hi").handle_id)
    world.link(MAIL, CHAT)
    assert resolve_customer(world.connection, mail) == chat
    world.link(CHAT, PHONE)
    assert [resolve_customer(world.connection, one) for one in (phone, chat, mail)] == [phone] * 3
    page = customer_page(world.connection, mail)
    assert page is not None and page.id == phone and page.merged_ids == (chat, mail)
    with pytest.raises(IdentityProblem, match="no customer 5"):
        resolve_customer(world.connection, 5)


def test_linking_twice_changes_nothing_more(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "hi")
    first = world.link(CHAT, PHONE)
    fence = world.version(first.customer_id)
    second = world.link(CHAT, PHONE)
    assert not second.changed and second.link_id == first.link_id
    assert world.version(first.customer_id) == fence
    assert world.unlink(CHAT).changed
    assert customer_of(world.connection, CHAT) != customer_of(world.connection, PHONE)


def test_better_evidence_replaces_the_link(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "hi")
    first = world.link(CHAT, PHONE)
    better = world.link(CHAT, PHONE, Assurance.PROVED, "showed a passport in the shop")
    assert better.changed and better.link_id != first.link_id
    row = world.row(Link, first.link_id)
    assert row["ended_at"] and "level 3" in str(row["end_reason"])
    assert world.sees(CHAT).sender.level == Assurance.PROVED


def test_two_logins_never_become_one_customer(world: World) -> None:
    world.say(CHAT, "hi")
    world.say(PHONE, "hi")
    world.say("login:eve", "hi")
    world.link(PHONE, CHAT)
    before = _snapshot(world)
    with (
        pytest.raises(IdentityProblem, match="login:anna and login:eve"),
        world.connection.begin_nested(),
    ):
        world.link("login:eve", PHONE)
    assert _snapshot(world) == before


def test_one_handle_too_many_is_an_alarm(world: World) -> None:
    for who in (PHONE, CHAT, MAIL):
        world.say(who, "hi")
    rules = replace(DEFAULT_RULES, component_limit=2)
    world.link(CHAT, PHONE, rules=rules)
    with pytest.raises(IdentityProblem, match="shared by several people") as refused:
        world.link(MAIL, PHONE, rules=rules)
    assert refused.value.alarm == "component"


@pytest.mark.parametrize(
    ("level", "rule", "evidence", "words"),
    [
        (Assurance.LOGGED_IN, "by-hand", "passport", "level 3 at most"),
        (Assurance.PROVED, "by-hand", " ", "needs evidence"),
        (Assurance.PROVED, "import", "a list", "level 2 at most"),
        (Assurance.AUTHENTICATED, "import", "", "needs evidence"),
        (Assurance.NONE, "by-hand", "", "only a hint"),
        (Assurance.AUTHENTICATED, "typed", "", "no rule is called 'typed'"),
    ],
)
def test_a_level_needs_what_proves_it(
    world: World, level: Assurance, rule: str, evidence: str, words: str
) -> None:
    world.say(PHONE, "hi")
    chat = world.customer(world.say(CHAT, "hi").handle_id)
    with pytest.raises(IdentityProblem, match=words):
        link(world.connection, PHONE, chat, level, rule, evidence, "admin", 1, (1, 2))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("phone:+15550009999", "known kinds: phone:…"),
        ("+15550001111", r"did you mean phone:\+15550001111"),
        ("email:+15550001111", r"did you mean phone:\+15550001111"),
    ],
)
def test_an_unknown_handle_is_named_with_what_there_is(world: World, key: str, words: str) -> None:
    place = world.say(PHONE, "hi")
    with pytest.raises(IdentityProblem, match=words):
        link(
            world.connection, key, world.customer(place.handle_id), Assurance.AUTHENTICATED,
            "by-hand", "", "admin", 1, (1, 2),
        )  # fmt: skip
    handles = world.connection.execute(select(table(Handle).c.key)).scalars().all()
    assert handles == [PHONE], "a link makes no handle"


def test_what_cannot_be_unlinked_is_said(world: World) -> None:
    phone = world.customer(world.say(PHONE, "hi").handle_id)
    chat = world.customer(world.say(CHAT, "hi").handle_id)
    mail = world.customer(world.say(MAIL, "hi").handle_id)
    with pytest.raises(IdentityProblem, match="linked to no other customer"):
        world.unlink(PHONE)
    with pytest.raises(IdentityProblem, match="unlink the other handle"):
        world.unlink(PHONE, phone)
    for target in (phone, chat):
        link(
            world.connection, MAIL, target, Assurance.AUTHENTICATED, "by-hand", "", "admin",
            world.micros(), (world.id(), world.id()),
        )  # fmt: skip
    with pytest.raises(IdentityProblem, match=f"{phone}, {chat}.*say which"):
        world.unlink(MAIL)
    world.unlink(MAIL, chat)
    assert customer_of(world.connection, MAIL) == phone
    with pytest.raises(IdentityProblem, match="not linked"):
        world.unlink(MAIL, chat)
    world.unlink(MAIL)
    assert customer_of(world.connection, MAIL) == mail


def test_a_link_can_be_ended_by_its_id(world: World) -> None:
    place = world.say(PHONE, "hi")
    world.say(CHAT, "hi")
    done = world.link(CHAT, PHONE)
    unlink_by_id(world.connection, done.link_id, "admin", "no", world.micros(), world.id())
    assert customer_of(world.connection, CHAT) != customer_of(world.connection, PHONE)
    with pytest.raises(IdentityProblem, match="no active link"):
        unlink_by_id(world.connection, done.link_id, "admin", "no", world.micros(), world.id())
    links = table(Link)
    first = world.connection.execute(
        select(links.c.id).where(links.c.handle_id == place.handle_id)
    ).scalar_one()
    with pytest.raises(IdentityProblem, match="first message"):
        unlink_by_id(world.connection, first, "admin", "no", world.micros(), world.id())


def test_every_change_is_written_down(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(CHAT, "hi")
    done = world.link(CHAT, PHONE, evidence="same invoice")
    world.unlink(CHAT)
    ended, made = audit_log(world.connection)
    assert (made.action, made.actor, made.subject) == ("link", "admin", CHAT)
    assert made.detail["evidence"] == "same invoice" and made.detail["level"] == 2
    assert (ended.action, ended.detail["reason"]) == ("unlink", "a mistake")
    assert ended.detail["link_id"] == made.detail["link_id"] == str(done.link_id)


def test_parting_the_middle_of_a_chain_parts_it_all(world: World) -> None:
    customers = [world.customer(world.say(who, "hi").handle_id) for who in (PHONE, CHAT, MAIL)]
    world.link(CHAT, PHONE)
    link(
        world.connection, MAIL, customers[1], Assurance.AUTHENTICATED, "by-hand", "", "admin",
        world.micros(), (world.id(), world.id()),
    )  # fmt: skip
    assert customer_of(world.connection, MAIL) == customers[0]
    done = world.unlink(CHAT)
    assert done.customer_id == customers[1]
    assert customer_of(world.connection, MAIL) == customers[1], (
        "it stays with whom it was linked to"
    )
    assert set(done.customers) == set(customers[:2])


def _snapshot(world: World) -> dict[str, Any]:
    """All that anybody may read, at every level, and every derived owner."""
    connection, seen = world.connection, dict[str, Any]()
    for handle in connection.execute(select(table(Handle))).all():
        seen[handle.key] = (handle.customer_id, timeline(connection, handle.customer_id))
        threads = table(Conversation)
        for thread in connection.execute(
            select(threads.c.id).where(threads.c.handle_id == handle.id)
        ).scalars():
            for level in Assurance:
                context = world.sees(handle.key, level, thread)
                seen[f"{handle.key} {level} {thread}"] = (
                    context.sender, context.case_id, context.case, context.facts, context.thread,
                )  # fmt: skip
    return seen


def _people(world: World) -> list[int]:
    """Each of `WHO` says something, has a case, and something is remembered."""
    homes = []
    for who in WHO:
        place = world.say(who, f"hello from {who}")
        world.reply(place, "Hello.")
        world.case(place)
        world.fact(place, "city", who, level=1)
        homes.append(world.customer(place.handle_id))
    return homes


def _apply(world: World, homes: list[int], joins: list[Join]) -> None:
    for handle, home, level in joins:
        _try(world, partial(_link, world, WHO[handle], homes[home], level))


def _link(world: World, key: str, customer: int, level: Assurance) -> Changed:
    ids = (world.id(), world.id())
    at = world.micros()
    return link(world.connection, key, customer, level, "by-hand", "seen", "admin", at, ids)


def _try(world: World, change: Callable[[], object]) -> bool:
    """Make a change in a savepoint; whether it was allowed."""
    try:
        with world.connection.begin_nested():
            change()
    except IdentityProblem:
        return False
    return True


joins = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from(list(Assurance)[1:4])),
    max_size=5,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(joins, st.integers(0, 4), st.integers(0, 4), st.sampled_from(list(Assurance)[1:4]))
def test_a_link_and_its_end_leave_no_trace(
    connection: Connection, before: list[Join], handle: int, home: int, level: Assurance
) -> None:
    with connection.begin_nested() as point:
        world = World(connection)
        homes = _people(world)
        _apply(world, homes, before)
        links = table(Link)
        handle_id = world.handle_row(WHO[handle])["id"]
        known = connection.execute(
            select(links.c.id).where(
                links.c.handle_id == handle_id,
                links.c.customer_id == homes[home],
                links.c.ended_at.is_(None),
            )
        ).scalar()
        if known is None:
            _check_no_trace(world, WHO[handle], homes[home], level)
        point.rollback()


def _check_no_trace(world: World, key: str, customer: int, level: Assurance) -> None:
    seen = _snapshot(world)
    if _try(world, partial(_link, world, key, customer, level)):
        assert world.handle_row(key)["customer_id"] == resolve_customer(world.connection, customer)
        unlink(world.connection, key, customer, "a", "undone", world.micros(), world.id())
    assert _snapshot(world) == seen
