"""A handle that somebody we trust vouches for is joined once, and stays parted when parted."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from core.message import Assurance, Handle, Vouched
from memory.tables.identity import Alarm
from memory.tables.main import Audit
from memory.tables.main import Handle as HandleRow
from memory.tables.rows import table
from memory.units.identity.linking import Changed, unlink_by_id
from memory.units.identity.vouching import Vouching, is_news, vouch
from tests.memory.world import CHAT, MAIL, PHONE, VISITOR, World

ANNA = Handle("email", "anna@x.org")


def vouched(
    world: World,
    who: str = PHONE,
    handle: Handle = ANNA,
    level: Assurance = Assurance.AUTHENTICATED,
) -> Changed | None:
    """A message of `who` carries the profile's word for `handle`."""
    one = Vouched(handle, level, "the profile in workspace T1, trusted for x.org")
    sender = Handle(*who.split(":", 1))
    return vouch(world.connection, Vouching(sender, one, world.micros(), world.id))


def test_the_two_are_one_customer(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    assert vouched(world) is not None
    assert world.texts(PHONE) == ["hi", "hello"]


def test_a_handle_not_known_yet_is_made(world: World) -> None:
    world.say(PHONE, "hi")
    vouched(world)
    world.say(MAIL, "hello")
    assert world.texts(MAIL) == ["hi", "hello"]


def test_it_is_written_down_with_its_evidence(world: World) -> None:
    world.say(PHONE, "hi")
    vouched(world)
    audit = table(Audit)
    rows = world.connection.execute(select(audit).order_by(audit.c.id)).all()
    assert [(row.actor, row.action) for row in rows] == [
        ("gateway", "introduce"),
        ("gateway", "link"),
    ]
    assert "trusted for x.org" in rows[1].detail_json


def test_it_is_done_once(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    assert vouched(world) is not None
    assert vouched(world) is None


def test_what_a_person_parted_stays_parted(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    made = vouched(world)
    assert made is not None
    unlink_by_id(world.connection, made.link_id, "admin", "wrong", world.micros(), world.id())
    assert vouched(world) is None
    assert world.texts(PHONE) == ["hi"]


def test_a_link_by_hand_that_was_ended_stays_ended(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    world.link(MAIL, PHONE)
    world.unlink(MAIL)
    assert vouched(world) is None


def test_another_pair_is_joined_although_one_was_parted(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    world.say(CHAT, "hey")
    world.link(CHAT, MAIL)
    world.unlink(CHAT)
    assert vouched(world) is not None


def test_two_logins_are_never_joined(world: World) -> None:
    world.say(CHAT, "hey")
    world.say(PHONE, "hi")
    world.say("login:bob", "hello")
    world.link(PHONE, CHAT)
    assert vouched(world, who=PHONE, handle=Handle("login", "bob")) is None
    assert world.texts(PHONE) == ["hey", "hi"]
    alarms = {row.kind: row for row in world.connection.execute(select(table(Alarm)))}
    assert alarms.keys() == {"contradiction", "shared"}
    assert {row.handle_key for row in alarms.values()} == {PHONE}
    assert "two different logins" in alarms["contradiction"].message


def test_a_profile_proves_no_more_than_that_the_channel_vouches(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    vouched(world, level=Assurance.PROVED)
    assert world.sees(PHONE, Assurance.LOGGED_IN).sender.level == Assurance.LOGGED_IN
    assert world.sees(MAIL, Assurance.LOGGED_IN).sender.level == Assurance.AUTHENTICATED


def test_the_same_word_is_heard_once_a_day(world: World) -> None:
    world.say(PHONE, "hi")
    word = Vouched(ANNA, Assurance.AUTHENTICATED, "the profile")
    assert is_news(world.connection, PHONE, word, world.micros())
    vouched(world)
    assert not is_news(world.connection, PHONE, word, world.micros())
    world.now += timedelta(days=1)
    assert is_news(world.connection, PHONE, word, world.micros())


def test_an_address_that_several_share_is_joined_to_nobody(world: World) -> None:
    world.say(PHONE, "hi")
    world.say(MAIL, "hello")
    handles = table(HandleRow)
    world.connection.execute(update(handles).where(handles.c.key == MAIL).values(shared=True))
    assert vouched(world) is None


def signed_in(world: World, browser: str = VISITOR) -> Changed | None:
    """A message of the login says that the same browser was anonymous before."""
    word = Vouched(Handle(*browser.split(":", 1)), Assurance.LOGGED_IN, "signed in", "login")
    now = world.micros()
    if not is_news(world.connection, CHAT, word, now):
        return None
    return vouch(world.connection, Vouching(Handle("login", "anna"), word, now, world.id))


def test_who_signs_in_keeps_what_was_said_in_the_same_browser_just_before(world: World) -> None:
    world.say(VISITOR, "hi")
    world.say(CHAT, "hello")
    assert signed_in(world) is not None
    assert world.texts(CHAT) == ["hi", "hello"]


def test_a_browser_that_is_joined_to_somebody_is_not_taken_along_by_who_signs_in(
    world: World,
) -> None:
    world.say(VISITOR, "hi")
    world.say(MAIL, "my mail")
    world.link(VISITOR, MAIL)
    world.say(CHAT, "hello")
    assert signed_in(world) is None


def test_a_browser_that_wrote_hours_ago_is_not_taken_along(world: World) -> None:
    world.say(VISITOR, "hi")
    world.now += timedelta(hours=1)
    world.say(CHAT, "hello")
    assert signed_in(world) is None
    assert signed_in(world, "visitor:never") is None


def test_the_address_of_a_login_that_the_business_verified_is_theirs(world: World) -> None:
    world.say(MAIL, "my mail")
    world.say(CHAT, "hello")
    word = Vouched(ANNA, Assurance.PROVED, "verified", "login-profile")
    one = Vouching(Handle("login", "anna"), word, world.micros(), world.id)
    assert vouch(world.connection, one) is not None
    assert world.texts(CHAT) == ["my mail", "hello"]
