"""Who may be the same person is suggested with reasons, decided by people, and never forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from core.identity.rules import DEFAULT_RULES
from core.message import Assurance, Claim, Handle
from core.turn import SlotValue
from memory.hints import Marks, listen
from memory.suggestions import Candidate, Reason, SuggestionView, find_candidates, suggestions
from memory.tables.identity import Sighting, Suggestion
from memory.tables.main import Audit, Link, Turn
from memory.tables.main import Handle as HandleRow
from memory.tables.rows import table
from memory.units.erasing.whole import erase
from memory.units.identity.blocking import block
from memory.units.identity.bringing import Entry, Source, bring
from memory.units.identity.handles import mark_shared
from memory.units.identity.linking import IdentityProblem
from memory.units.identity.reviewing import review
from memory.units.identity.suggesting import (
    SYSTEM,
    SuggestionProblem,
    join,
    note,
    propose,
    set_apart,
)
from memory.units.identity.undoing import undo
from tests.memory.world import CHAT, MAIL, PHONE, VISITOR, World

KINDS = {"order_number": "order"}


def looked(world: World, marks: Marks | None = None) -> int:
    """Everything new is heard, and suggested where it has to be; how many are new."""
    heard = listen(world.connection, marks or Marks(), 1 << 62, KINDS)
    note(world.connection, heard.hints, world.micros(), world.id)
    found = find_candidates(world.connection, heard.keys, DEFAULT_RULES)
    return propose(world.connection, found, world.micros(), world.id)


def only(world: World) -> SuggestionView:
    """The one suggestion that is open."""
    (one,) = suggestions(world.connection)
    return one


def imported(world: World, *keys: str, **attributes: str) -> None:
    """The shop's own system tells of a customer."""
    handles = tuple(Handle(*key.split(":", 1)) for key in keys)
    source = Source("crm", Assurance.ASSERTED, "list", "cli:root")
    entry = Entry(handles, attributes)
    bring(world.connection, source, [entry], world.micros(), world.id)


def test_what_was_heard_of_somebody_who_is_erased_meanwhile_is_not_kept(world: World) -> None:
    world.say(VISITOR, "I wrote from Anna@X.org before")
    world.say(PHONE, "I wrote from Anna@X.org, too")
    heard = listen(world.connection, Marks(), 1 << 62, KINDS)
    assert {one.handle_key for one in heard.hints} == {VISITOR, PHONE}
    erase(world.connection, VISITOR, "admin", world.micros(), world.id)
    note(world.connection, heard.hints, world.micros(), world.id)
    kept = world.connection.execute(select(table(Sighting).c.handle_key)).scalars().all()
    assert kept == [PHONE]


def test_an_address_that_was_typed_suggests_its_owner_and_changes_nothing_else(
    world: World,
) -> None:
    world.say(MAIL, "my order is 1042")
    world.say(VISITOR, "I wrote from Anna@X.org before")
    links = world.connection.execute(select(table(Link))).all()
    assert looked(world) == 1
    one = only(world)
    assert one.score == 70
    assert one.reasons[0].words == f"{VISITOR} wrote {MAIL}"
    assert {one.one.handles, one.other.handles} == {(MAIL,), (VISITOR,)}
    assert world.connection.execute(select(table(Link))).all() == links
    assert world.texts(VISITOR, Assurance.ASSERTED) == ["I wrote from Anna@X.org before"]
    assert world.sees(VISITOR, Assurance.LOGGED_IN).sender.proved == (VISITOR,)


def test_whoever_comes_later_is_suggested_too(world: World) -> None:
    world.say(VISITOR, "write to anna@x.org please")
    assert looked(world) == 0
    world.say(MAIL, "hello")
    assert looked(world) == 1


def test_a_claim_of_a_profile_is_a_hint(world: World) -> None:
    world.say(MAIL, "hi")
    world.say(VISITOR, "hi", claims=(Claim("email", "anna@x.org", "slack profile"),))
    assert looked(world) == 1
    assert only(world).reasons[0].words == f"{VISITOR} has in its slack profile {MAIL}"


def test_name_and_postcode_together_are_enough_and_each_alone_is_not(world: World) -> None:
    first = world.say(PHONE, "hi")
    world.fact(first, "name", "Ada King")
    imported(world, "external:1", name="King, Ada", postcode="EC1A 1BB")
    assert looked(world) == 0
    world.fact(first, "postcode", "ec1a1bb")
    assert looked(world) == 1
    assert [one.kind for one in only(world).reasons] == ["name-and-postcode"]


def test_an_order_that_two_tell_of(world: World) -> None:
    world.fact(world.say(PHONE, "hi"), "order_number", "AB-1042")
    world.fact(world.say(MAIL, "hi"), "order_number", "ab1042")
    assert looked(world) == 1
    assert only(world).reasons[0].kind == "same-order"


def test_what_a_case_holds_is_heard_with_whoever_told_it(world: World) -> None:
    for key, number in ((PHONE, "AB-1042"), (MAIL, "ab1042")):
        place = world.say(key, "hi")
        slot = SlotValue("order_number", number, place.message_id, key, Assurance.AUTHENTICATED)
        case_id = world.case(place, (slot,))
        world.reply(place, "one moment")
        world.connection.execute(
            update(table(Turn))
            .values(case_id=case_id)
            .where(table(Turn).c.conversation_id == place.conversation_id)
        )
    assert looked(world) == 1
    assert only(world).reasons[0].words == (f"{PHONE} and {MAIL} gave the order number “ab1042”")


def test_an_address_that_was_misspelt_needs_another_reason(world: World) -> None:
    world.fact(world.say(MAIL, "hi"), "name", "Anna Berg")
    world.fact(world.say("email:annna@x.org", "hi"), "name", "Anna Berg")
    assert looked(world) == 1
    assert [one.kind for one in only(world).reasons] == ["near-address", "name"]


def test_a_login_and_the_shops_own_id_of_one_name(world: World) -> None:
    world.say(CHAT, "hi")
    imported(world, "external:anna")
    assert looked(world) == 1
    assert only(world).reasons[0].kind == "same-login"


def test_two_logins_are_never_suggested(world: World) -> None:
    world.fact(world.say(CHAT, "hi"), "order_number", "AB1042")
    world.fact(world.say("login:ben", "hi"), "order_number", "AB1042")
    assert looked(world) == 0


def test_shared_blocked_and_retired_handles_say_nothing(world: World) -> None:
    for at, key in enumerate((MAIL, "email:b@x.org", "email:c@x.org", "email:info@x.org")):
        world.say(key, "hi")
        world.say(f"visitor:v{at}", f"I am {key.removeprefix('email:')}")
    connection = world.connection
    mark_shared(connection, MAIL, True, "cli:root", "family", world.micros(), world.id())
    block(connection, "email:b@*", "made up", "cli:root", world.micros(), world.id())
    handles = table(HandleRow)
    connection.execute(update(handles).where(handles.c.key == "email:c@x.org").values(retired_at=1))
    assert looked(world) == 0


def test_what_a_forged_message_says_is_not_heard(world: World) -> None:
    world.say(MAIL, "hi")
    world.say(VISITOR, "I am anna@x.org", level=Assurance.NONE)
    assert looked(world) == 0


def test_what_many_have_told_says_nothing(world: World) -> None:
    for at in range(25):
        world.fact(world.say(f"visitor:v{at}", "hi"), "order_number", "0000")
    assert looked(world) == 0


def test_joined_by_a_person_with_the_reasons_as_evidence(world: World) -> None:
    world.say(MAIL, "hi")
    world.say(VISITOR, "I am anna@x.org")
    looked(world)
    done = join(
        world.connection, only(world).id, "she called", "person:sam", world.micros(), world.id
    )
    assert done.status == "joined" and suggestions(world.connection) == []
    link = world.row(Link, done.link_id or 0)
    assert link["level"] == 2
    assert link["evidence"] == f"she called; {VISITOR} wrote {MAIL}"
    with pytest.raises(SuggestionProblem, match="they were joined already, by person:sam"):
        join(world.connection, done.id, "", "person:sam", world.micros(), world.id)


def test_a_join_can_be_undone_and_is_then_a_question_again(world: World) -> None:
    world.say(MAIL, "hi")
    world.say(VISITOR, "I am anna@x.org")
    looked(world)
    join(world.connection, only(world).id, "", "person:sam", world.micros(), world.id)
    undone(world, "join-suggestion")
    assert only(world).status == "open"
    assert world.texts(VISITOR, Assurance.AUTHENTICATED) == ["I am anna@x.org"]


def undone(world: World, action: str) -> None:
    """The newest change of this kind is taken back from the log."""
    audit = table(Audit)
    query = select(audit.c.id).where(audit.c.action == action).order_by(audit.c.id.desc())
    audit_id = world.connection.execute(query).scalars().first()
    assert audit_id is not None
    undo(world.connection, audit_id, "person:sam", world.micros(), world.id)


def test_set_apart_is_for_ever_also_when_one_is_joined_with_somebody_else(world: World) -> None:
    world.say(MAIL, "hi")
    world.say(VISITOR, "I am anna@x.org")
    looked(world)
    set_apart(world.connection, only(world).id, "two", "person:sam", world.micros(), world.id)
    assert looked(world) == 0
    world.say(PHONE, "hi")
    world.link(PHONE, VISITOR)
    world.say(PHONE, "it is anna@x.org")
    assert looked(world) == 0
    assert suggestions(world.connection) == []
    undone(world, "set-apart")
    assert only(world).status == "open"


def test_whom_a_person_parted_is_not_suggested(world: World) -> None:
    world.say(MAIL, "hi")
    world.say(VISITOR, "I am anna@x.org")
    world.link(VISITOR, MAIL)
    world.unlink(VISITOR)
    assert looked(world) == 0


def test_whom_the_rules_forbid_is_not_joined(world: World) -> None:
    world.say(MAIL, "hi")
    world.say(VISITOR, "I am anna@x.org")
    looked(world)
    one = only(world)
    block(world.connection, MAIL, "made up", "cli:root", world.micros(), world.id())
    with pytest.raises(IdentityProblem, match="block list"), world.connection.begin_nested():
        join(world.connection, one.id, "", "person:sam", world.micros(), world.id)
    assert only(world).status == "open"


def test_what_is_told_again_is_kept_once(world: World) -> None:
    world.say(MAIL, "hi")
    world.say(VISITOR, "I am anna@x.org")
    looked(world)
    world.say(VISITOR, "anna@x.org, as I said")
    assert looked(world) == 0
    sightings = world.connection.execute(select(table(Sighting))).all()
    assert [(one.handle_key, one.other_key) for one in sightings] == [(VISITOR, MAIL)]
    assert len(world.connection.execute(select(table(Suggestion))).all()) == 1


def test_hearing_goes_on_where_it_was(world: World) -> None:
    world.say(MAIL, "hi")
    world.say(VISITOR, "I am anna@x.org")
    first = listen(world.connection, Marks(), 1 << 62, KINDS, limit=1)
    assert first.more and first.hints == ()
    second = listen(world.connection, first.marks, 1 << 62, KINDS, limit=10)
    assert [one.other_key for one in second.hints] == [MAIL]
    third = listen(world.connection, second.marks, 1 << 62, KINDS)
    assert third.hints == () and not third.more and third.marks == second.marks


def test_what_is_not_likely_enough_any_more_is_taken_back_and_nothing_else(world: World) -> None:
    world.say(MAIL, "hi")
    world.say(VISITOR, "I am anna@x.org")
    world.say(PHONE, "hi")
    world.say("visitor:v2", f"call me on {PHONE[6:]}")
    told = Reason("same-address", f"{SYSTEM} says that {CHAT} is {MAIL}", 100)
    world.say(CHAT, "hi")
    propose(
        world.connection, [Candidate(CHAT, MAIL, 100, (told,))], world.micros(), world.id
    )  # fmt: skip
    assert looked(world) == 2
    decided = next(one for one in suggestions(world.connection) if (PHONE,) in one_sides(one))
    set_apart(world.connection, decided.id, "", "person:sam", world.micros(), world.id)
    assert review(world.connection, 0, 9, DEFAULT_RULES).taken_back == 0
    weaker = replace(
        DEFAULT_RULES,
        suggestions=replace(DEFAULT_RULES.suggestions, threshold=71),
    )
    done = review(world.connection, 0, 1, weaker)
    done = review(world.connection, done.after or 0, 9, weaker)
    assert review(world.connection, done.after or 0, 9, weaker).after is None
    assert [one.reasons[0].words for one in suggestions(world.connection)] == [told.words]
    assert [one.id for one in suggestions(world.connection, "apart")] == [decided.id]


def one_sides(one: SuggestionView) -> set[tuple[str, ...]]:
    """The handles of each of the two."""
    return {one.one.handles, one.other.handles}
