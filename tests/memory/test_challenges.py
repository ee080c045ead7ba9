"""Codes: who gets one, which one counts, and what the right one does, in both dialects."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update

from core.clock import to_micros
from core.identity.rules import DEFAULT_RULES, CodeRules, IdentityRules
from core.message import Assurance
from core.message import Handle as Address
from memory.readable.standing import handles_changed, newest_change, standing
from memory.tables.identity import Alarm, Challenge, Reach, Sighting
from memory.tables.main import Audit, Handle, Link, Message
from memory.tables.rows import table
from memory.units.identity.challenges import Asked, Asking, ask
from memory.units.identity.proofs import Showing, Shown, show
from memory.units.identity.refusing import ACTION, Refused, Refusing, say_not_me
from memory.units.messages.reaching import Letter, Way
from tests.memory.world import CHAT, MAIL, PHONE, VISITOR, Place, World

OTHER = "phone:+15550002222"
RIGHT, WRONG, LINK = "digest-of-the-code", "digest-of-another", "digest-of-the-link"
SILENT = ("email:info@shop.example", "email:noreply@x.org", "email:closed@x.org")


class Desk:
    """Somebody asks for codes and shows them; a day's worth of rules."""

    def __init__(self, world: World, rules: IdentityRules = DEFAULT_RULES) -> None:
        self.world = world
        self.rules = rules
        self.connection = world.connection

    def ask(
        self, place: Place, target: str, *, source: str | None = None, network: str | None = None
    ) -> Asked:
        kind, address = target.split(":", 1)
        row = self.world.id()
        letter = Letter(
            cause=f"code:{row}",
            to=Address(kind, address),
            way=Way(kind, kind, f"key-{target}", {"to": address}),
            text="Your code: [code removed]",
            tokens=4,
            payloads=({"text": "Your code: 123456"},),
            birth={"status": "sending", "claimed_by": "w", "claimed_until": 0},
            now=to_micros(self.world.now),
            ids=tuple(self.world.id() for _ in range(6)),
            about={"challenge": str(row)},
            kept=({"text": "Your code: [code removed]"},),
        )
        asking = Asking(
            row,
            "step-up",
            place.handle_id,
            place.conversation_id,
            source or f"{place.message_id}-{row}",
            target,
            network,
            RIGHT,
            LINK,
            letter,
            self.rules,
            self.world.micros(),
        )
        return ask(self.connection, asking)

    def show(
        self, who: str, code: str, source: str = "m1", later: timedelta | None = None
    ) -> Shown:
        now = self.world.micros() + (later or timedelta()) // timedelta(microseconds=1)
        return show(
            self.connection, Showing(who, source, self.rules, now, self.world.id, code_digest=code)
        )

    def not_me(self, who: str, source: str = "n1") -> Refused:
        now = self.world.micros()
        return say_not_me(self.connection, Refusing(who, source, self.rules, now, self.world.id))

    def customer(self, key: str) -> int:
        handle = table(Handle)
        return int(
            self.connection.execute(
                select(handle.c.customer_id).where(handle.c.key == key)
            ).scalar_one()
        )

    def handle(self, key: str) -> Any:
        handle = table(Handle)
        return self.connection.execute(select(handle).where(handle.c.key == key)).one()


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def test_the_right_code_joins_both_raises_the_sender_and_says_the_same_again(desk: Desk) -> None:
    desk.world.say(MAIL, "I live at 4 Alder Lane")
    place = desk.world.say(PHONE, "I wrote to you by mail")
    assert desk.ask(place, MAIL).written is not None
    shown = desk.show(PHONE, RIGHT)
    assert (shown.outcome, shown.target_key, shown.told) == ("proved", MAIL, (MAIL,))
    assert desk.customer(PHONE) == desk.customer(MAIL)
    row = desk.handle(PHONE)
    assert (row.proved_level, row.proved_until > to_micros(desk.world.now)) == (3, True)
    link = desk.connection.execute(select(table(Link)).where(table(Link).c.id == shown.link_id))
    [made] = link.all()
    assert (made.level, made.rule, made.reads_from > made.created_at) == (3, "code", True)
    seen = desk.connection.execute(select(table(Sighting))).one()
    assert (seen.handle_key, seen.other_key, seen.kind) == (PHONE, MAIL, "code")
    again = desk.show(PHONE, RIGHT)
    assert (again.outcome, again.link_id, again.told) == ("proved", shown.link_id, (MAIL,))


def test_nobody_hears_of_it_at_an_address_that_is_only_said_to_be_theirs(desk: Desk) -> None:
    world = desk.world
    for key in (MAIL, OTHER, "email:typed@x.org"):
        world.say(key, "Hello")
    world.link(OTHER, MAIL)
    world.link("email:typed@x.org", MAIL, level=Assurance.ASSERTED)
    desk.ask(world.say(PHONE, "Hello"), MAIL)
    shown = desk.show(PHONE, RIGHT)
    assert shown.told == (MAIL, OTHER)
    assert set(desk.not_me(OTHER).told) <= {MAIL, PHONE}


@pytest.mark.parametrize("ends", [(PHONE, MAIL), (MAIL, PHONE)])
def test_a_code_between_two_who_are_one_proves_the_link_and_hides_nothing(
    desk: Desk, ends: tuple[str, str]
) -> None:
    for who in (MAIL, PHONE):
        desk.world.say(who, f"said by {who}")
    desk.world.link(*ends)
    desk.ask(desk.world.say(PHONE, "It is me"), MAIL)
    shown = desk.show(PHONE, RIGHT)
    assert (shown.outcome, shown.reads_from) == ("proved", 0)
    assert desk.world.texts(PHONE)[:2] == [f"said by {MAIL}", f"said by {PHONE}"]
    assert desk.world.sees(PHONE).sender.level == Assurance.PROVED


def test_a_code_counts_once(desk: Desk) -> None:
    place = desk.world.say(PHONE, "Hello")
    desk.ask(place, MAIL)
    assert desk.show(PHONE, RIGHT, "m1").outcome == "proved"
    assert desk.show(PHONE, RIGHT, "m2").outcome == "none"


def test_after_three_wrong_codes_the_right_one_is_worth_nothing(desk: Desk) -> None:
    desk.ask(desk.world.say(PHONE, "Hello"), MAIL)
    told = [desk.show(PHONE, WRONG, f"m{n}") for n in (1, 1, 2, 3)]
    assert [(one.outcome, one.left) for one in told] == [
        ("wrong", 2),
        ("wrong", 2),
        ("wrong", 1),
        ("spent", 0),
    ]
    assert desk.show(PHONE, WRONG, "m3").outcome == "spent"
    assert desk.show(PHONE, RIGHT, "m4").outcome == "none"
    assert desk.customer(PHONE) != desk.customer(MAIL)


def test_a_late_code_and_one_that_was_replaced_are_worth_nothing(desk: Desk) -> None:
    place = desk.world.say(PHONE, "Hello")
    desk.ask(place, MAIL)
    assert desk.show(PHONE, RIGHT, "m1", timedelta(minutes=10)).outcome == "expired"
    desk.ask(place, OTHER)
    assert desk.show(PHONE, RIGHT, "m2").target_key == OTHER
    assert desk.customer(PHONE) != desk.customer(MAIL)


def test_a_code_is_worth_nothing_from_another_sender(desk: Desk) -> None:
    desk.ask(desk.world.say(PHONE, "Hello"), MAIL)
    desk.world.say(OTHER, "Hello")
    assert desk.show(OTHER, RIGHT).outcome == "none"
    assert desk.show("phone:+15550009999", RIGHT).outcome == "none"


def test_a_turn_that_is_decided_again_sends_nothing_again(desk: Desk) -> None:
    place = desk.world.say(PHONE, "Hello")
    one = desk.ask(place, MAIL, source="m1")
    other = desk.ask(place, MAIL, source="m1")
    assert (one.written is not None, other) == (True, Asked("sent"))
    assert len(desk.connection.execute(select(table(Reach))).all()) == 1


@pytest.mark.parametrize("target", SILENT)
def test_nothing_is_sent_where_nothing_may_be_and_it_reads_the_same(
    desk: Desk, target: str
) -> None:
    desk.world.say("email:closed@x.org", "Leave me alone")
    handle = table(Handle)
    desk.connection.execute(
        update(handle).where(handle.c.key == "email:closed@x.org").values(opted_out=True)
    )
    place = desk.world.say(PHONE, "Hello")
    assert desk.ask(place, target) == Asked("sent")
    assert desk.show(PHONE, WRONG).outcome == "wrong"
    # Who guesses the code that was never sent has shown nothing.
    assert desk.show(PHONE, RIGHT, "m2").outcome == "wrong"


def test_limits_of_target_and_network_are_not_told_and_the_askers_own_is(desk: Desk) -> None:
    askers = [desk.world.say(f"phone:+1555000{n}", "Hello") for n in range(7001, 7006)]
    sent = [desk.ask(place, MAIL).written is not None for place in askers]
    assert sent == [True, True, True, False, False]
    assert desk.show("phone:+15550007005", RIGHT).outcome == "wrong"
    assert desk.show("phone:+15550007003", RIGHT).outcome == "proved"
    targets = [f"email:p{n}@x.org" for n in range(4)]
    assert [desk.ask(askers[0], one).outcome for one in targets[:3]] == ["sent", "sent", "limited"]
    few = replace(DEFAULT_RULES, codes=CodeRules(per_network=2))
    near = Desk(desk.world, few)
    told = [near.ask(place, f"{targets[3]}{n}", network="n") for n, place in enumerate(askers[1:4])]
    assert [(one.outcome, one.written is not None) for one in told] == [
        ("sent", True),
        ("sent", True),
        ("sent", False),
    ]


def test_limits_end_with_the_hour(desk: Desk) -> None:
    place = desk.world.say(PHONE, "Hello")
    for n in range(3):
        desk.ask(place, f"email:p{n}@x.org")
    assert desk.ask(place, MAIL).outcome == "limited"
    desk.world.now += timedelta(hours=1)
    assert desk.ask(place, MAIL).outcome == "sent"


def test_the_link_counts_like_the_code_and_only_for_who_asked(desk: Desk) -> None:
    desk.world.say("visitor:v2", "Hello")
    desk.ask(desk.world.say(VISITOR, "Hello"), MAIL)

    def opened(who: str) -> str:
        now = desk.world.micros()
        showing = Showing(who, "link", desk.rules, now, desk.world.id, link_digest=LINK)
        return show(desk.connection, showing).outcome

    assert (opened("visitor:v2"), opened(VISITOR)) == ("none", "proved")
    assert desk.customer(VISITOR) == desk.customer(MAIL)


def test_two_logins_never_become_one(desk: Desk) -> None:
    desk.world.say(CHAT, "Hello")
    desk.world.say(MAIL, "Hello")
    place = desk.world.say("login:bert", "Hello")
    desk.ask(desk.world.say(CHAT, "More"), MAIL)
    assert desk.show(CHAT, RIGHT, "m1").outcome == "proved"
    desk.ask(place, MAIL)
    assert desk.show("login:bert", RIGHT, "m2").outcome == "cannot"
    assert desk.show("login:bert", RIGHT, "m2").outcome == "cannot"
    assert desk.customer("login:bert") != desk.customer(MAIL)
    assert desk.handle("login:bert").proved_level == 0


def test_a_code_moves_no_address_from_one_login_to_another(desk: Desk) -> None:
    """Whoever was sent it may have been talked out of it: people look, and nothing is joined."""
    desk.world.say("login:bob", "Hello")
    desk.world.say(PHONE, "Hello")
    desk.world.link("login:bob", PHONE)
    desk.ask(desk.world.say(CHAT, "Hello"), PHONE)
    assert desk.show(CHAT, RIGHT).outcome == "cannot"
    assert desk.customer(PHONE) == desk.customer("login:bob") != desk.customer(CHAT)
    assert desk.handle(PHONE).retired_at is None
    alarms = desk.connection.execute(select(table(Alarm).c.kind)).scalars().all()
    assert "contradiction" in alarms


def test_a_code_to_ones_own_address_proves_the_sender_and_joins_nobody(desk: Desk) -> None:
    desk.ask(desk.world.say(PHONE, "Hello"), PHONE)
    shown = desk.show(PHONE, RIGHT)
    assert (shown.outcome, shown.link_id, shown.told) == ("proved", None, ())
    assert desk.handle(PHONE).proved_level == 3


def test_where_nobody_ever_wrote_there_is_nothing_to_wait_for(desk: Desk) -> None:
    desk.ask(desk.world.say(PHONE, "Hello"), MAIL)
    assert desk.show(PHONE, RIGHT).reads_from == 0


def test_not_me_after_a_code_refuses_it_and_leaves_what_is_joined(desk: Desk) -> None:
    desk.ask(desk.world.say(PHONE, "Hello"), MAIL)
    desk.show(PHONE, RIGHT)
    desk.ask(desk.world.say(OTHER, "Hello"), MAIL)
    assert desk.not_me(MAIL).codes == 1
    assert desk.show(OTHER, RIGHT, "m9").outcome == "none"
    assert desk.customer(PHONE) == desk.customer(MAIL)


def test_not_me_after_a_notice_parts_seals_and_is_done_once(desk: Desk) -> None:
    desk.world.say(MAIL, "Hello")
    desk.ask(desk.world.say(PHONE, "Hello"), MAIL)
    shown = desk.show(PHONE, RIGHT)
    conversation = table(Message)
    notice = desk.connection.execute(
        select(conversation).where(conversation.c.author == "bot")
    ).one()
    desk.connection.execute(
        update(conversation)
        .where(
            conversation.c.conversation_id == notice.conversation_id,
            conversation.c.seq == notice.seq,
        )
        .values(extra_json=f'{{"notice":"{shown.link_id}"}}')
    )
    told = desk.not_me(MAIL)
    assert (told.outcome, told.told) == ("parted", (PHONE,))
    assert desk.not_me(MAIL) == told
    assert desk.customer(PHONE) != desk.customer(MAIL)
    assert desk.handle(PHONE).proved_level == 0
    desk.ask(desk.world.say(PHONE, "Once more"), MAIL)
    assert desk.show(PHONE, RIGHT, "m7").outcome == "cannot"


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(st.sampled_from([PHONE, OTHER]), st.sampled_from(["ask", RIGHT, WRONG])),
        # A minute each: no code comes to its end meanwhile.
        max_size=9,
    )
)
def test_whatever_is_asked_and_shown_a_code_joins_only_after_it_was_shown_once_in_time(
    connection: Connection, steps: list[tuple[str, str]]
) -> None:
    trial = connection.begin_nested()
    try:
        _play(Desk(World(connection)), steps)
    finally:
        trial.rollback()


def _play(desk: Desk, steps: list[tuple[str, str]]) -> None:
    places = {who: desk.world.say(who, "Hello") for who in (PHONE, OTHER)}
    tries: dict[str, int | None] = {PHONE: None, OTHER: None}
    written = {PHONE: False, OTHER: False}
    for number, (who, what) in enumerate(steps):
        if what == "ask":
            asked = desk.ask(places[who], MAIL)
            if asked.outcome == "sent":
                tries[who], written[who] = 3, asked.written is not None
            continue
        left = tries[who]
        expected = "none"
        if left is not None:
            right = what == RIGHT and written[who]
            expected = "proved" if right else "wrong" if left > 1 else "spent"
            tries[who] = left - 1 if expected == "wrong" else None
        assert desk.show(who, what, f"s{number}").outcome == expected
    open_now = desk.connection.execute(
        select(table(Challenge).c.asker_handle_id).where(table(Challenge).c.status == "open")
    ).scalars().all()  # fmt: skip
    assert len(open_now) == len(set(open_now)) == sum(left is not None for left in tries.values())


def test_whoever_shows_a_code_has_another_standing_also_without_a_new_link(desk: Desk) -> None:
    place = desk.world.say(VISITOR, "Hello")
    desk.world.say(MAIL, "Hello")
    desk.ask(place, MAIL)
    desk.show(VISITOR, RIGHT, "m1")
    first, seen = standing(desk.connection, VISITOR), newest_change(desk.connection)
    desk.ask(desk.world.say(VISITOR, "Once more"), MAIL)
    assert desk.show(VISITOR, RIGHT, "m2").outcome == "proved"
    assert standing(desk.connection, VISITOR) > first > 0
    assert VISITOR in handles_changed(desk.connection, seen)


def test_not_me_that_retires_a_number_is_done_once_under_its_new_key_too(desk: Desk) -> None:
    place = desk.world.say(PHONE, "Wrong number")
    first = desk.not_me(PHONE, "n7")
    resting = desk.world.row(Handle, place.handle_id)["key"]
    assert (first.outcome, resting != PHONE) == ("parted", True)
    # The turn is decided again, and the handle of its message is called otherwise by now.
    assert desk.not_me(str(resting), "n7") == first
    audit = table(Audit)
    query = select(audit.c.subject).where(audit.c.action == ACTION)
    assert desk.connection.execute(query).scalars().all() == [PHONE]
    # Who has the number now is somebody else, and is heard.
    assert desk.not_me(PHONE, "n8").outcome == "parted"
