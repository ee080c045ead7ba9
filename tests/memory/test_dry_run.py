"""What a draft of the rules would do to stored customers, and that publishing does just that."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, insert, select

from core.identity.rule_world import Effect
from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance
from memory.previews.dry_run import dry_run
from memory.tables.identity import Sighting
from memory.tables.main import Audit, Link
from memory.tables.rows import table
from memory.units.identity.reversal import CannotUndo
from memory.units.identity.rule_steps import Publication, carry_out
from memory.units.identity.rule_versions import (
    PUBLISHED,
    RulesProblem,
    Version,
    begin,
    in_force,
    mark_applied,
    publish,
    roll_back,
    versions,
)
from memory.units.identity.undoing import undo
from tests.memory.telling import Telling
from tests.memory.world import CHAT, MAIL, PHONE, VISITOR, World

ADA = "person:ada"
NO_CODES = replace(
    DEFAULT_RULES,
    joins=tuple(replace(one, joins=one.id != "code") for one in DEFAULT_RULES.joins),
)
WITHOUT_MAIL = replace(DEFAULT_RULES, blocked=(*DEFAULT_RULES.blocked, MAIL))


def saw(world: World, one: str, other: str, kind: str, level: int = 2) -> None:
    at = world.micros()
    world.connection.execute(
        insert(table(Sighting)),
        {
            "id": world.id(),
            "handle_key": one,
            "other_key": other,
            "kind": kind,
            "level": level,
            "evidence": f"seen as {kind}",
            "actor": "gateway",
            "created_at": at,
            "seen_at": at,
        },
    )


def applied(world: World, version: Version, rules: IdentityRules) -> Effect:
    """All that a publication changes, carried out."""
    effect = dry_run(world.connection, rules, world.micros())
    for change in effect.changes:
        one = Publication(version, rules)
        assert carry_out(world.connection, one, change, world.micros(), world.id)
    return effect


def published(world: World, rules: IdentityRules, text: str) -> Effect:
    ids = (world.id(), world.id())
    version = publish(world.connection, text, "a try", ADA, world.micros(), ids)
    return applied(world, version, rules)


def customers(world: World, *handles: str) -> list[int]:
    return [int(world.handle_row(one)["customer_id"]) for one in handles]


def begun(world: World) -> Version:
    ids = (world.id(), world.id(), world.id())
    return begin(world.connection, "# the first", world.micros(), ids)


def test_a_dry_run_names_who_would_join_and_part_and_changes_nothing(world: World) -> None:
    for who in (PHONE, CHAT, MAIL, VISITOR):
        world.say(who, "Hello")
    world.link(PHONE, CHAT, Assurance.PROVED, rule="code")
    saw(world, VISITOR, MAIL, "import")
    audit = world.connection.execute(select(table(Audit))).all()
    effect = dry_run(world.connection, NO_CODES, world.micros())
    (joined,), (parted,) = effect.joins, effect.parts
    assert {*joined.one_handles, *joined.other_handles} == {VISITOR, MAIL}
    assert {*parted.one_handles, *parted.other_handles} == {PHONE, CHAT}
    assert parted.reasons == (f"{PHONE} and {CHAT}: no rule joins such handles by code",)
    assert (effect.customers_before, effect.customers_after) == (3, 3)
    assert world.connection.execute(select(table(Audit))).all() == audit


def test_publishing_carries_out_the_dry_run_and_rolling_back_undoes_it(world: World) -> None:
    for who in (PHONE, CHAT, MAIL):
        world.say(who, "Hello")
    first = begun(world)
    world.link(PHONE, MAIL, Assurance.PROVED, "six digits", rule="code", reads_from=77)
    together = customers(world, PHONE, MAIL)
    effect = published(world, WITHOUT_MAIL, "# no mail")
    phone, mail = customers(world, PHONE, MAIL)
    assert phone != mail
    assert len(effect.parts) == 1
    assert dry_run(world.connection, WITHOUT_MAIL, world.micros()).changes == ()

    ids = (world.id(), world.id())
    version = roll_back(world.connection, first.id, ADA, world.micros(), ids)
    assert (version.text, in_force(world.connection)) == ("# the first", version)
    applied(world, version, DEFAULT_RULES)
    assert customers(world, PHONE, MAIL) == together
    rows = world.connection.execute(select(table(Link)).where(table(Link).c.rule == "code")).all()
    before, after = rows
    assert (after.level, after.evidence, after.reads_from) == (3, "six digits", 77)
    assert before.end_reason.endswith(f"{MAIL} is blocked")
    assert after.actor == before.ended_by == ADA


def test_what_a_publication_parts_leaves_nothing_of_one_with_the_other(world: World) -> None:
    people = Telling(world, {PHONE: "phone", MAIL: "mail"})
    begun(world)
    for who in (PHONE, MAIL):
        people.write(who)
    world.link(PHONE, MAIL, Assurance.PROVED, "six digits", rule="code")
    for who in (PHONE, MAIL, PHONE):
        people.write(who)
    published(world, WITHOUT_MAIL, "# no mail")
    for who, own in ((PHONE, {"phone"}), (MAIL, {"mail"})):
        assert people.told(who, Assurance.LOGGED_IN) <= own
        assert people.shown(who) <= own


def test_a_level_that_a_rule_bounds_comes_back_with_the_rule(world: World) -> None:
    world.say(PHONE, "Hello")
    world.say(MAIL, "Hello")
    first = begun(world)
    world.link(PHONE, MAIL, Assurance.PROVED, "six digits", rule="code")
    weaker = tuple(
        replace(one, level=Assurance.ASSERTED) if one.id == "code" else one
        for one in DEFAULT_RULES.joins
    )

    def level() -> int:
        query = select(table(Link).c.level).where(
            table(Link).c.rule == "code", table(Link).c.ended_at.is_(None)
        )
        return int(world.connection.execute(query).scalar_one())

    published(world, replace(DEFAULT_RULES, joins=weaker), "# weaker")
    assert level() == 1
    ids = (world.id(), world.id())
    version = roll_back(world.connection, first.id, ADA, world.micros(), ids)
    applied(world, version, DEFAULT_RULES)
    assert level() == 3


def test_what_people_joined_stays_and_what_they_parted_is_not_joined_again(world: World) -> None:
    for who in (PHONE, CHAT, MAIL, VISITOR):
        world.say(who, "Hello")
    world.link(PHONE, MAIL)
    world.link(CHAT, VISITOR, Assurance.PROVED, rule="code")
    world.unlink(CHAT)
    saw(world, CHAT, VISITOR, "import")
    begun(world)
    effect = published(world, replace(NO_CODES, blocked=(MAIL,)), "# strict")
    assert effect.changes == ()
    assert effect.refused == {"people parted them": 1}
    phone, mail, chat, visitor = customers(world, PHONE, MAIL, CHAT, VISITOR)
    assert phone == mail
    assert chat != visitor


def test_a_step_of_rules_that_were_replaced_meanwhile_changes_nothing(world: World) -> None:
    world.say(PHONE, "Hello")
    world.say(MAIL, "Hello")
    old = begun(world)
    world.link(PHONE, MAIL, Assurance.PROVED, "six digits", rule="code")
    effect = dry_run(world.connection, WITHOUT_MAIL, world.micros())
    ids = (world.id(), world.id())
    publish(world.connection, "# newer", "", ADA, world.micros(), ids)
    one = Publication(old, WITHOUT_MAIL)
    assert not carry_out(world.connection, one, effect.changes[0], world.micros(), world.id)
    assert len(set(customers(world, PHONE, MAIL))) == 1


def test_a_publication_is_undone_from_the_log_while_it_is_the_newest(world: World) -> None:
    begun(world)
    for text in ("# two", "# three"):
        ids = (world.id(), world.id())
        publish(world.connection, text, "", ADA, world.micros(), ids)
    rows = world.connection.execute(
        select(table(Audit).c.id).where(table(Audit).c.action == PUBLISHED).order_by("id")
    )
    begin_id, second_id, third_id = rows.scalars()
    with pytest.raises(CannotUndo, match="published since"):
        undo(world.connection, second_id, ADA, world.micros(), world.id)
    undo(world.connection, third_id, ADA, world.micros(), world.id)
    now = in_force(world.connection)
    assert now is not None and now.text == "# two"
    with pytest.raises(CannotUndo, match="first rules"):
        undo(world.connection, begin_id, ADA, world.micros(), world.id)


def test_two_who_publish_at_once_do_not_take_each_others_place(connection: Connection) -> None:
    first = begin(connection, "# one", 1, (1, 2, 3))
    assert begin(connection, "# other", 2, (4, 5, 6)) == first
    second = publish(connection, "# two", " ", ADA, 3, (7, 8), based_on=first.id)
    with pytest.raises(RulesProblem, match="meanwhile"):
        publish(connection, "# three", "", ADA, 4, (9, 10), based_on=first.id)
    with pytest.raises(RulesProblem, match="in force already"):
        publish(connection, "# two", "", ADA, 4, (9, 10))
    with pytest.raises(RulesProblem, match="no version 5"):
        roll_back(connection, 5, ADA, 4, (9, 10))
    assert [(one.id, one.applied) for one in versions(connection, 9)] == [(7, False), (1, True)]
    for _ in range(2):
        mark_applied(connection, second.id, ADA, 5, 11, made=0, ended=0)
    assert versions(connection, 1)[0].applied
