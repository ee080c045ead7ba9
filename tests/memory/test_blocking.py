"""The block list: what is on it joins nobody, and what is joined in spite of it is shown."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.identity.rules import DEFAULT_RULES
from memory.tables.main import Audit
from memory.tables.rows import table
from memory.units.identity.blocking import BlockingProblem, block, block_list, unblock
from memory.units.identity.linking import IdentityProblem
from memory.units.identity.undoing import undo
from tests.memory.world import MAIL, PHONE, World


def blocked(world: World, pattern: str) -> tuple[str, ...]:
    """A person puts it on the list."""
    return block(
        world.connection, pattern, "several people", "person:sam", world.micros(), world.id()
    )


def undone(world: World) -> None:
    """The newest change is taken back."""
    audit = table(Audit)
    newest = world.connection.execute(select(audit.c.id).order_by(audit.c.id.desc())).scalars()
    undo(world.connection, newest.first() or 0, "person:sam", world.micros(), world.id)


def test_what_is_on_the_list_is_joined_to_nobody(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    assert blocked(world, "email:*@X.org") == ()
    with pytest.raises(IdentityProblem, match="block list"):
        world.link(MAIL, PHONE)
    unblock(world.connection, "email:*@X.org", "person:sam", world.micros(), world.id())
    assert world.link(MAIL, PHONE).changed


def test_a_link_over_a_blocked_value_is_shown_and_stays(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    world.link(MAIL, PHONE)
    assert blocked(world, "email:anna@*") == (MAIL,)
    first = block_list(world.connection, DEFAULT_RULES)[0]
    assert (first.pattern, first.joined, first.ours) == ("email:anna@*", (MAIL,), False)
    assert world.texts(PHONE) == ["hi", "hello"]
    assert blocked(world, PHONE) == (PHONE,)


def test_the_list_shows_what_the_rules_have(world: World) -> None:
    ours = [one.pattern for one in block_list(world.connection, DEFAULT_RULES) if one.ours]
    assert ours == list(DEFAULT_RULES.blocked)


def test_a_change_of_the_list_is_undone_from_the_log(world: World) -> None:
    blocked(world, MAIL)
    undone(world)
    assert all(one.ours for one in block_list(world.connection, DEFAULT_RULES))
    blocked(world, MAIL)
    unblock(world.connection, MAIL, "person:sam", world.micros(), world.id())
    undone(world)
    first = block_list(world.connection, DEFAULT_RULES)[0]
    assert (first.pattern, first.reason) == (MAIL, "several people")


@pytest.mark.parametrize("pattern", ["", "anna@x.org", "email:*", "*:x", "email:", "phone:1\n2"])
def test_what_would_block_everybody_or_nobody_is_refused(world: World, pattern: str) -> None:
    with pytest.raises(BlockingProblem):
        blocked(world, pattern)


def test_the_same_twice_and_what_is_not_there(world: World) -> None:
    blocked(world, MAIL)
    with pytest.raises(BlockingProblem, match="already"):
        blocked(world, MAIL)
    with pytest.raises(BlockingProblem, match="not on the list"):
        unblock(world.connection, PHONE, "person:sam", world.micros(), world.id())
