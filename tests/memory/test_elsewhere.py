"""Where somebody may be written to beside their thread: each guard, in both dialects."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select

from core.identity.rules import DEFAULT_RULES, IdentityRules
from core.message import Assurance, Author, Sensitivity
from memory.elsewhere import Places, Wanted, find_places, find_unseen
from memory.tables.identity import Challenge
from memory.tables.main import Conversation, Handle
from memory.tables.rows import table
from memory.units.messages.carrying import answer_at, mark_carried, stay_here
from tests.memory.world import CHAT, MAIL, PHONE, VISITOR, Place, World

FOREVER = (0, 1 << 60)


def places(
    world: World,
    place: Place,
    level: Assurance = Assurance.AUTHENTICATED,
    kind: str = "phone",
    rules: IdentityRules = DEFAULT_RULES,
) -> Places:
    wanted = Wanted(place.handle_id, place.conversation_id, level, kind, world.micros(), rules)
    return find_places(world.connection, wanted)


def joined(world: World, level: Assurance = Assurance.AUTHENTICATED) -> Place:
    """Ada's mail, joined to her phone."""
    world.say(PHONE, "hello")
    mail = world.say(MAIL, "hello")
    world.link(MAIL, PHONE, level)
    return mail


def test_a_handle_proved_on_both_sides_may_be_written_to(world: World) -> None:
    mail = joined(world)
    assert places(world, mail) == Places(open=(PHONE,))
    assert places(world, mail, Assurance.ASSERTED) == Places()
    assert places(world, mail, kind="email") == Places()


def test_a_link_below_the_level_opens_no_place(world: World) -> None:
    assert places(world, joined(world, Assurance.ASSERTED)) == Places()


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("dead", True, Places()),
        ("shared", True, Places()),
        ("retired_at", 1, Places()),
        ("seen_at", 1, Places()),
        ("opted_out", True, Places(opted_out=(PHONE,))),
    ],
)
def test_a_handle_that_may_be_somebody_elses_or_wants_nothing_is_left_alone(
    world: World, column: str, value: object, found: Places
) -> None:
    mail = joined(world)
    handle = table(Handle)
    world.connection.execute(handle.update().where(handle.c.key == PHONE).values({column: value}))
    assert places(world, mail) == found


def test_a_blocked_number_is_left_alone(world: World) -> None:
    rules = replace(DEFAULT_RULES, blocked=(PHONE,))
    assert places(world, joined(world), rules=rules) == Places()


def test_a_code_that_was_just_shown_opens_the_place_it_went_to_while_the_link_cools_off(
    world: World,
) -> None:
    world.say(PHONE, "hello")
    visitor = world.say(VISITOR, "hello")
    later = world.micros() + timedelta(minutes=15) // timedelta(microseconds=1)
    world.link(VISITOR, PHONE, Assurance.PROVED, reads_from=later)
    assert places(world, visitor, Assurance.PROVED) == Places()
    shown(world, visitor, PHONE)
    assert places(world, visitor, Assurance.ASSERTED) == Places(open=(PHONE,))
    world.unlink(VISITOR)
    assert places(world, visitor, Assurance.ASSERTED) == Places()


def shown(world: World, asker: Place, target: str) -> None:
    """The asker showed the code that went to the target."""
    at = world.micros()
    row = {
        "id": world.id(),
        "purpose": "step-up",
        "asker_handle_id": asker.handle_id,
        "conversation_id": asker.conversation_id,
        "source": asker.message_id,
        "target_key": target,
        "code_digest": "x",
        "status": "proved",
        "created_at": at,
        "expires_at": at,
        "proved_at": at,
        "proved_by": asker.message_id,
    }
    world.connection.execute(insert(table(Challenge)), row)


def test_an_answer_is_unseen_until_it_was_seen_or_taken_along_and_only_where_one_may_follow(
    world: World,
) -> None:
    place = world.say(CHAT, "is anybody there?")
    world.reply(place, "before")
    assert unseen(world.connection) == []
    answer_at(world.connection, place.conversation_id, MAIL)
    reply = world.reply(place, "It ships on Monday.", author="agent")
    [one] = find_unseen(world.connection, ["webchat"], FOREVER)
    assert (one.text, one.to, one.author) == ("It ships on Monday.", MAIL, Author.AGENT)
    assert one.about is Sensitivity.PERSONAL
    assert find_unseen(world.connection, ["sms"], FOREVER) == []
    answer_at(world.connection, place.conversation_id, MAIL)
    assert unseen(world.connection) == ["It ships on Monday."]
    mark_carried(world.connection, place.conversation_id, reply.seq)
    assert unseen(world.connection) == []
    world.reply(place, "And on Tuesday.")
    assert unseen(world.connection) == ["And on Tuesday."]
    stay_here(world.connection, place.conversation_id)
    assert unseen(world.connection) == []
    kept = select(table(Conversation).c.answer_at)
    assert world.connection.execute(kept).scalars().all() == [None]


def unseen(connection: Connection) -> list[str]:
    return [one.text for one in find_unseen(connection, ["webchat"], FOREVER)]
