"""What is told of somebody: the same again, something else, late, wrong, and taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from core.facts.history import Told
from memory.facts import facts_of
from memory.tables.main import Audit, Customer
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.identity.attributes import current_attributes, tell_attributes
from memory.units.identity.undoing import undo
from memory.units.messages.revisions import Change, Revised, revise
from memory.units.people.cases import AgentAnswer, answer
from memory.units.remembering.fact_rows import Telling
from memory.units.remembering.facts import (
    FactProblem,
    correct,
    pin,
    promise,
    retire,
    roll_back,
    settle_promise,
    tell,
)
from tests.memory.world import MAIL, PHONE, Place, World

HOME, AWAY = "5 Elm Road", "9 Oak Street"


def told(world: World, place: Place, value: str, **more: Any) -> Told:
    """An address, told in the message at `place`."""
    at = {"source": place.message_id, "level": 2, **more}
    telling = Telling(place.handle_id, at.pop("key", "address"), value, **at)
    return tell(world.connection, telling, world.micros(), world.id)


def rows(world: World, key: str = "address") -> list[dict[str, Any]]:
    """The history of a fact, as it was told."""
    facts = table(Fact)
    query = select(facts).where(facts.c.key == key).order_by(facts.c.valid_from, facts.c.id)
    return [dict(one) for one in world.connection.execute(query).mappings()]


def live(world: World, key: str = "address") -> list[str]:
    return [one["value"] for one in rows(world, key) if one["valid_to"] is None]


def actions(world: World) -> list[str]:
    log = table(Audit)
    return list(world.connection.execute(select(log.c.action).order_by(log.c.id)).scalars())


def test_the_same_again_touches_the_row_and_only_raises_it(world: World) -> None:
    place = world.say(PHONE, "hello")
    assert told(world, place, HOME) is Told.TOLD
    assert told(world, place, " 5 elm  road") is Told.TOUCHED
    assert told(world, place, HOME, level=3, verified=True) is Told.TOUCHED
    assert told(world, place, HOME, level=1) is Told.TOUCHED
    (row,) = rows(world)
    assert (row["value"], row["level"], row["verified"], row["valid_to"]) == (HOME, 3, True, None)
    assert row["touched_at"] > row["valid_from"] == row["recorded_at"]


def test_something_else_supersedes_and_destroys_nothing(world: World) -> None:
    place = world.say(PHONE, "hello")
    told(world, place, HOME)
    assert told(world, place, AWAY) is Told.SUPERSEDED
    old, new = rows(world)
    assert (old["value"], old["valid_to"], old["superseded_by"]) == (
        HOME, new["valid_from"], new["id"],
    )  # fmt: skip
    assert new["valid_to"] is None


def test_what_comes_late_goes_into_history(world: World) -> None:
    place = world.say(PHONE, "hello")
    early, between = world.micros(), world.micros()
    told(world, place, HOME)
    assert told(world, place, AWAY, valid_from=early) is Told.HISTORY
    assert told(world, place, "1 Fir Lane", valid_from=between) is Told.HISTORY
    assert [one["value"] for one in rows(world)] == [AWAY, "1 Fir Lane", HOME]
    first, second, third = rows(world)
    assert (first["superseded_by"], second["superseded_by"]) == (second["id"], third["id"])
    assert (first["valid_to"], second["valid_to"]) == (between, third["valid_from"])
    assert live(world) == [HOME]


def test_a_claim_stands_beside_what_is_verified_until_people_decide(world: World) -> None:
    place = world.say(PHONE, "hello")
    told(world, place, HOME, verified=True)
    assert told(world, place, AWAY) is Told.BESIDE
    assert told(world, place, "1 Fir Lane") is Told.BESIDE
    assert live(world) == [HOME, "1 Fir Lane"]
    claim = rows(world)[-1]["id"]
    correct(world.connection, claim, "1 Fir Lane", "ann", "asked", world.micros(), world.id)
    assert live(world) == ["1 Fir Lane"]


def test_whoever_repeats_what_is_verified_takes_their_claim_back(world: World) -> None:
    place = world.say(PHONE, "hello")
    told(world, place, HOME, verified=True)
    told(world, place, AWAY)
    assert told(world, place, HOME) is Told.TOUCHED
    assert live(world) == [HOME]


def test_less_proof_than_a_fact_needs_stands_beside_more(world: World) -> None:
    place = world.say(PHONE, "hello")
    told(world, place, HOME, level=4, needs=3)
    assert told(world, place, AWAY, level=2, needs=3) is Told.BESIDE
    assert told(world, place, HOME, key="city", level=4) is Told.TOLD
    assert told(world, place, AWAY, key="city", level=2) is Told.SUPERSEDED


def test_a_retired_fact_gives_way_to_the_one_before_and_is_not_guessed_again(world: World) -> None:
    place, later = world.say(PHONE, "hello"), world.say(PHONE, "again")
    told(world, place, HOME)
    told(world, place, AWAY, told_by="rule")
    wrong = rows(world)[-1]["id"]
    first = retire(world.connection, wrong, "ann", "misread", world.micros(), world.id)
    second = retire(world.connection, wrong, "bob", "me too", world.micros(), world.id)
    assert (first.changed, second.changed) == (True, False)
    assert live(world) == [HOME]
    (retired,) = [one for one in rows(world) if one["retired_at"]]
    assert (retired["retired_by"], retired["retired_because"]) == ("ann", "misread")
    assert told(world, later, AWAY, told_by="rule") is Told.REFUSED
    assert told(world, place, AWAY, told_by="model:small") is Told.REFUSED
    assert told(world, place, AWAY) is Told.REFUSED
    assert live(world) == [HOME]
    assert told(world, later, AWAY) is Told.SUPERSEDED
    assert actions(world) == ["retire-fact"]


def test_correcting_is_written_down_without_the_value(world: World) -> None:
    place = world.say(PHONE, "hello")
    told(world, place, HOME)
    version = world.version(world.customer(place.handle_id))
    done = correct(
        world.connection, rows(world)[0]["id"], AWAY, "ann", "they called", world.micros(), world.id
    )
    assert done.changed
    old, new = rows(world)
    assert old["superseded_by"] == new["id"] == done.fact_id
    assert (new["verified"], new["told_by"]) == (True, "agent:ann")
    log = world.connection.execute(select(table(Audit))).one()
    assert AWAY not in log.detail_json
    assert new["source"] == f"change:{log.id}"
    assert world.version(done.customer_id) != version
    again = correct(world.connection, new["id"], AWAY, "ann", "", world.micros(), world.id)
    assert not again.changed
    with pytest.raises(FactProblem, match="does not hold any more"):
        correct(world.connection, old["id"], HOME, "ann", "", world.micros(), world.id)


def test_a_source_is_rolled_back_whatever_it_is(world: World) -> None:
    place, later = world.say(PHONE, "hello"), world.say(PHONE, "again")
    told(world, place, HOME)
    told(world, later, AWAY)
    told(world, later, "blue", key="colour", told_by="model:small")
    told(world, later, "cats", key="pets", told_by="model:small")
    args = ("ann", "wrong", world.micros(), world.id)
    assert roll_back(world.connection, later.message_id, *args) == 3
    assert (live(world), live(world, "colour")) == ([HOME], [])
    assert roll_back(world.connection, later.message_id, *args) == 0
    assert told(world, place, "dogs", key="pets", told_by="model:small") is Told.TOLD
    assert roll_back(world.connection, "model:small", *args) == 1
    assert roll_back(world.connection, f"conversation:{place.conversation_id}", *args) == 1
    assert live(world) == []


def test_a_pin_is_set_once(world: World) -> None:
    place = world.say(PHONE, "hello")
    told(world, place, HOME)
    fact_id = rows(world)[0]["id"]
    for pinned in (True, True, False):
        pin(world.connection, fact_id, pinned, "ann", world.micros(), world.id)
    assert actions(world) == ["pin-fact", "unpin-fact"]


def test_a_promise_is_kept_or_broken(world: World) -> None:
    place = world.say(PHONE, "where is my refund?")
    answer = world.reply(place, "You will have it by Friday.", author="agent")
    due = world.micros()
    for _ in range(2):
        promise(
            world.connection, place.handle_id, "a refund", due, "ann", answer.message_id,
            world.micros(), world.id,
        )  # fmt: skip
    (row,) = rows(world, f"promise:{answer.message_id}")
    assert (row["told_by"], row["due_at"], row["level"]) == ("agent:ann", due, 2)
    for _ in range(2):
        settle_promise(world.connection, row["id"], True, "ann", world.micros(), world.id)
    (row,) = rows(world, f"promise:{answer.message_id}")
    assert (row["outcome"], row["valid_to"] is None, row["retired_at"]) == ("kept", False, None)
    assert actions(world) == ["settle-promise"]


def test_facts_stay_with_the_handle_that_told_them(world: World) -> None:
    phone, mail = world.say(PHONE, "hello"), world.say(MAIL, "hello")
    world.link(PHONE, MAIL)
    told(world, phone, HOME)
    assert told(world, mail, AWAY) is Told.TOLD
    assert sorted(live(world)) == [HOME, AWAY]


def test_nobody_changes_what_is_not_there(world: World) -> None:
    with pytest.raises(FactProblem, match="there is no fact 7"):
        retire(world.connection, 7, "ann", "", world.micros(), world.id)
    with pytest.raises(FactProblem, match="there is no handle 7"):
        tell(world.connection, Telling(7, "a", "b", "1-1", 2), world.micros(), world.id)
    assert world.connection.execute(select(table(Customer))).first() is None


def test_a_page_shows_what_holds_what_else_is_told_and_what_was(world: World) -> None:
    phone, mail = world.say(PHONE, "hello"), world.say(MAIL, "hello")
    world.link(PHONE, MAIL)
    told(world, phone, HOME)
    told(world, phone, AWAY, channel="sms")
    told(world, mail, "1 Fir Lane", verified=True)
    told(world, mail, "blue", key="colour", told_by="rule")
    (colour,) = rows(world, "colour")
    retire(world.connection, colour["id"], "ann", "no", world.micros(), world.id)
    address, wrong = facts_of(world.connection, world.customer(phone.handle_id))
    assert (address.value, address.verified, address.handle) == ("1 Fir Lane", True, MAIL)
    ((also, before),) = [(address.also, address.history)]
    assert [(one.value, one.channel, one.source) for one in also] == [
        (AWAY, "sms", phone.message_id)
    ]
    assert [one.value for one in before] == [HOME]
    assert before[0].valid_to == also[0].valid_from
    assert (wrong.value, wrong.retired_by, wrong.retired_because) == ("blue", "ann", "no")


def test_what_is_personal_is_kept_back_from_people(world: World) -> None:
    place = world.say(PHONE, "hello")
    told(world, place, HOME, needs=3, level=4)
    customer = world.customer(place.handle_id)
    (sealed,) = facts_of(world.connection, customer)
    assert (sealed.value, sealed.hidden) == ("", True)
    (unsealed,) = facts_of(world.connection, customer, unsealed=True)
    assert unsealed.value == HOME


def test_what_was_made_of_anothers_memory_goes_with_them(world: World) -> None:
    phone, mail = world.say(PHONE, "hello"), world.say(MAIL, "hello")
    world.link(PHONE, MAIL)
    told(world, phone, HOME, told_by="model:small", drawn=[mail.handle_id])
    assert len(facts_of(world.connection, world.customer(phone.handle_id))) == 1
    world.unlink(PHONE)
    assert facts_of(world.connection, world.customer(phone.handle_id)) == ()


def test_what_people_corrected_no_system_overrules(world: World) -> None:
    place = world.say(PHONE, "hello")
    args = (world.connection, place.handle_id, {"name": "Anna"}, "source:crm", 2)
    assert tell_attributes(*args, world.micros(), world.id) == 1
    (first,) = rows(world, "attribute:name")
    correct(world.connection, first["id"], "Anne", "ann", "she said", world.micros(), world.id)
    assert tell_attributes(*args, world.micros(), world.id) == 1
    assert tell_attributes(*args, world.micros(), world.id) == 0
    current = current_attributes(world.connection, [place.handle_id])
    assert current == {place.handle_id: {"name": "Anne"}}
    (view,) = facts_of(world.connection, world.customer(place.handle_id))
    assert (view.value, [one.value for one in view.also]) == ("Anne", ["Anna"])


def test_what_a_person_promises_is_kept_with_the_answer(world: World) -> None:
    place = world.say(PHONE, "where is my refund?")
    one = AgentAnswer(
        agent="person:ann",
        text="Sorry! We will refund you by 2026-03-06.",
        tokens=9,
        payloads=({"text": "x"},),
        ids=(world.id(),),
        audit_id=world.id(),
        now=world.micros(),
        conversation_id=place.conversation_id,
    )
    done = answer(world.connection, one)
    (fact,) = world.sees(PHONE).facts
    assert (fact.key, fact.value) == (
        f"promise:{done.message_id}", "We will refund you by 2026-03-06.",
    )  # fmt: skip
    assert (fact.told_by, fact.verified, fact.due_at) == (
        "agent:person:ann", True, datetime(2026, 3, 6, 23, 59, 59, tzinfo=UTC),
    )  # fmt: skip


def test_what_people_did_to_facts_can_be_undone_from_the_log(world: World) -> None:
    place = world.say(PHONE, "hello")
    told(world, place, HOME)
    (first,) = rows(world)
    done = correct(world.connection, first["id"], AWAY, "ann", "", world.micros(), world.id)
    pin(world.connection, done.fact_id, True, "ann", world.micros(), world.id)
    retire(world.connection, done.fact_id, "ann", "", world.micros(), world.id)
    assert live(world) == [HOME]
    roll_back(world.connection, place.message_id, "ann", "", world.micros(), world.id)
    assert live(world) == []
    seen = []
    for change in reversed(log(world)):
        version = world.version(done.customer_id)
        undo(world.connection, change, "ann", world.micros(), world.id)
        seen.append((live(world), [one["pinned"] for one in rows(world)]))
        assert world.version(done.customer_id) != version
    assert seen == [
        ([HOME], [False, True]),
        ([AWAY], [False, True]),
        ([AWAY], [False, False]),
        ([HOME], [False, False]),
    ]


def log(world: World) -> list[int]:
    """The ids of what people did so far."""
    changes = table(Audit)
    return list(world.connection.execute(select(changes.c.id).order_by(changes.c.id)).scalars())


def test_a_message_taken_back_gives_way_to_what_was_told_before(world: World) -> None:
    first, second = world.say(PHONE, "hello"), world.say(PHONE, "again", event="second")
    told(world, first, HOME)
    told(world, second, AWAY)
    change = Change("sms", "second", PHONE, None, world.micros())
    assert revise(world.connection, change).outcome is Revised.DONE
    assert [(one["value"], one["valid_to"]) for one in rows(world)] == [(HOME, None)]
