"""Evidence that two handles belong together: kept always, and joining them as the rules say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from core.identity.rules import DEFAULT_RULES, IdentityRules, JoinRule, KindRule
from core.message import Assurance, Handle
from memory.tables.identity import Alarm, BlockedValue, Sighting
from memory.tables.main import Handle as HandleRow
from memory.tables.main import Link
from memory.tables.rows import table
from memory.units.identity.alarms import close_alarm, sound
from memory.units.identity.handles import mark_shared
from memory.units.identity.linking import unlink_by_id
from memory.units.identity.sightings import Seen, Sighted, see
from tests.memory.world import CHAT, MAIL, PHONE, VISITOR, World

SALES = "email:sales@x.org"


def seen(
    world: World,
    one: str,
    other: str,
    kind: str = "code",
    level: Assurance = Assurance.PROVED,
    rules: IdentityRules = DEFAULT_RULES,
) -> Sighted:
    """The two were seen together."""
    first, second = (Handle(*key.split(":", 1)) for key in (one, other))
    what = Seen(first, second, kind, level, "a code was answered", "gateway")
    return see(world.connection, what, world.micros(), world.id, rules=rules)


def alarms(world: World) -> list[tuple[str, str]]:
    """What people are told, by kind and handle."""
    alarm = table(Alarm)
    rows = world.connection.execute(
        select(alarm.c.kind, alarm.c.handle_key)
        .where(alarm.c.closed_at.is_(None))
        .order_by(alarm.c.id)
    )
    return [(row.kind, row.handle_key) for row in rows]


def test_a_rule_joins_at_no_better_level_than_its_own(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    done = seen(world, PHONE, MAIL, "trusted-profile", Assurance.LOGGED_IN)
    assert done.changed is not None
    link = world.row(Link, done.changed.link_id)
    assert (link["level"], link["rule"], link["actor"]) == (2, "trusted-profile", "gateway")
    assert world.texts(PHONE) == ["hi", "hello"]


def test_seen_twice_it_is_one_sighting_and_one_link(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    first, second = seen(world, PHONE, MAIL), seen(world, PHONE, MAIL)
    assert first.changed is not None and second.changed is not None
    assert second.changed.link_id == first.changed.link_id and not second.changed.changed
    row = world.connection.execute(select(table(Sighting))).one()
    assert row.seen_at > row.created_at


def test_what_was_only_typed_joins_nobody(world: World) -> None:
    world.say(PHONE, "I am anna@x.org")
    assert seen(world, PHONE, MAIL, "hint", Assurance.ASSERTED) == Sighted()
    handles = world.connection.execute(select(table(HandleRow).c.key)).scalars().all()
    assert handles == [PHONE], "not even the handle is made"
    assert world.connection.execute(select(table(Sighting).c.kind)).scalars().all() == ["hint"]


def test_evidence_that_no_rule_names_joins_nobody(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    only_mail = JoinRule("code", "code", Assurance.PROVED, kinds=frozenset({"email"}))
    for joins in ((), (only_mail,)):
        assert seen(world, PHONE, MAIL, rules=replace(DEFAULT_RULES, joins=joins)) == Sighted()


def test_evidence_never_weakens_what_is_proved_better(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    first = seen(world, PHONE, MAIL)
    again = seen(world, PHONE, MAIL, "trusted-profile", Assurance.AUTHENTICATED)
    assert first.changed is not None and again.changed is not None
    assert again.changed.link_id == first.changed.link_id


@pytest.mark.parametrize("by_rule", [True, False])
def test_a_handle_of_several_people_is_joined_by_no_rule(world: World, by_rule: bool) -> None:
    world.say(PHONE, "hi")
    other = SALES if by_rule else MAIL
    world.say(other, "hello")
    if not by_rule:
        mark_shared(world.connection, MAIL, True, "admin", "a family", world.micros(), world.id())
    done = seen(world, PHONE, other)
    assert done.changed is None and done.refused is not None and "several people" in done.refused
    assert world.texts(PHONE) == ["hi"]


@pytest.mark.parametrize("listed", ["email:*@x.org", "phone:+15550001111"])
def test_a_blocked_value_joins_nobody(world: World, listed: str) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    blocked = replace(DEFAULT_RULES, blocked=(listed,))
    assert "block list" in str(seen(world, PHONE, MAIL, rules=blocked).refused)
    values = {"pattern": listed, "reason": "junk", "actor": "admin", "created_at": 1}
    world.connection.execute(insert(table(BlockedValue)), values)
    assert "block list" in str(seen(world, PHONE, MAIL).refused)


def test_one_too_many_of_a_kind_is_refused_and_people_are_told(world: World) -> None:
    for who in (CHAT, PHONE, MAIL, "email:b@x.org"):
        world.say(who, f"from {who}")
    rules = replace(DEFAULT_RULES, kinds={"email": KindRule(most=1)})
    assert seen(world, CHAT, MAIL, rules=rules).changed is not None
    refused = seen(world, CHAT, "email:b@x.org", rules=rules)
    assert "2 handles of the kind email" in str(refused.refused)
    assert ("component", CHAT) in alarms(world)
    assert seen(world, CHAT, PHONE, rules=rules).changed is not None, "a limit that was not touched"


def test_an_old_browser_makes_room_for_a_number(world: World) -> None:
    rules = replace(DEFAULT_RULES, component_limit=3)
    for who in (CHAT, VISITOR, "visitor:v2", PHONE, MAIL, "visitor:v3"):
        world.say(who, f"from {who}")
    for who in (VISITOR, "visitor:v2"):
        assert seen(world, CHAT, who, "login", rules=rules).changed is not None
    assert seen(world, CHAT, PHONE, rules=rules).changed is not None
    assert world.texts(CHAT) == [f"from {who}" for who in (CHAT, "visitor:v2", PHONE)]
    assert alarms(world) == []
    for who in ("visitor:v2", PHONE):
        world.link(who, CHAT)
    assert seen(world, CHAT, MAIL, rules=rules).changed is None, "a person joined them"
    assert seen(world, CHAT, "visitor:v3", rules=rules).changed is None
    assert ("component", CHAT) in alarms(world)


def test_a_handle_that_was_joined_to_two_customers_is_suspected(world: World) -> None:
    for who in (PHONE, MAIL, CHAT):
        world.say(who, f"from {who}")
    world.link(PHONE, MAIL)
    world.unlink(PHONE)
    seen(world, CHAT, PHONE)
    assert ("shared", PHONE) in alarms(world)


def test_what_is_older_than_the_window_does_not_count(world: World) -> None:
    rules = replace(DEFAULT_RULES, kinds={"email": KindRule(most=1, within=timedelta(days=30))})
    world.say(CHAT, "hi")
    world.say(MAIL, "hello")
    assert seen(world, CHAT, MAIL, rules=rules).changed is not None
    world.now += timedelta(days=31)
    world.say("email:b@x.org", "my new address")
    assert seen(world, CHAT, "email:b@x.org", rules=rules).changed is not None


def test_a_handle_that_meets_several_customers_is_suspected(world: World) -> None:
    for who in (PHONE, CHAT, "login:eve"):
        world.say(who, f"from {who}")
    seen(world, CHAT, PHONE, "trusted-profile")
    assert alarms(world) == []
    seen(world, "login:eve", PHONE, "trusted-profile")
    assert ("shared", PHONE) in alarms(world)
    assert not world.handle_row(PHONE)["shared"], "a person decides"


def test_a_number_that_the_business_says_is_another_logins_begins_anew(world: World) -> None:
    old = world.say(PHONE, "anna's words")
    for who in (CHAT, "login:eve"):
        world.say(who, f"from {who}")
    assert seen(world, CHAT, PHONE).changed is not None
    assert "two different logins" in str(seen(world, "login:eve", PHONE).refused)
    done = seen(world, "login:eve", PHONE, "login-profile")
    assert done.changed is not None
    assert world.texts("login:eve") == ["from login:eve"]
    assert world.texts(CHAT) == [f"from {CHAT}"], "the old edge ends too"
    assert world.row(HandleRow, old.handle_id)["retired_at"] is not None
    assert ("contradiction", PHONE) in alarms(world)


def test_a_browser_of_two_people_stays_with_the_first(world: World) -> None:
    """That another login comes from it says nothing about whose words were said there before."""
    for who in (VISITOR, CHAT, "login:eve"):
        world.say(who, f"from {who}")
    seen(world, CHAT, VISITOR, "login", Assurance.LOGGED_IN)
    refused = seen(world, "login:eve", VISITOR, "login", Assurance.LOGGED_IN)
    assert "two different logins" in str(refused.refused)
    assert len(world.texts(CHAT)) == 2
    assert world.texts("login:eve") == ["from login:eve"]


def test_a_code_answered_at_a_silent_number_opens_a_new_life(world: World) -> None:
    world.say(PHONE, "the old owner's words")
    world.now += timedelta(days=400)
    world.say(CHAT, "hi")
    assert seen(world, CHAT, PHONE).changed is not None
    assert world.texts(CHAT) == ["hi"]
    world.say(PHONE, "hello")
    assert world.texts(CHAT) == ["hi", "hello"]


def test_evidence_about_the_old_owner_is_none_about_the_new_one(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    seen(world, PHONE, MAIL)
    world.now += timedelta(days=400)
    new = world.say(PHONE, "hi")
    row = world.connection.execute(select(table(Sighting))).one()
    assert row.handle_key != PHONE
    assert world.row(HandleRow, new.handle_id)["key"] == PHONE


def test_parted_by_a_person_they_stay_parted(world: World) -> None:
    world.say(VISITOR, "hi")
    world.say(MAIL, "hello")
    done = seen(world, VISITOR, MAIL)
    assert done.changed is not None
    unlink_by_id(world.connection, done.changed.link_id, "admin", "no", world.micros(), world.id())
    for one, other in ((VISITOR, MAIL), (MAIL, VISITOR)):
        assert "only a person" in str(seen(world, one, other).refused)


def test_an_alarm_is_sounded_once_until_somebody_closed_it(world: World) -> None:
    def sounded() -> bool:
        return sound(world.connection, world.id(), "shared", PHONE, 1, "why?", world.micros())

    assert sounded() and not sounded()
    alarm = world.connection.execute(select(table(Alarm).c.id)).scalar_one()
    assert close_alarm(world.connection, alarm, "admin", world.micros(), world.id())
    assert not close_alarm(world.connection, alarm, "admin", world.micros(), world.id())
    assert sounded()
