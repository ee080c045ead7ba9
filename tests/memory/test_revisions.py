"""A message that its sender changes or takes back, before and after it was answered."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from core.clock import to_micros
from core.message import Assurance
from core.turn import SlotValue
from memory.codec import load_case
from memory.tables.main import Case, Handoff, Inbound, Message, Turn
from memory.tables.remembered import Fact
from memory.tables.rows import table
from memory.units.messages.admission_rows import Cleaned
from memory.units.messages.claims import Claim, claim
from memory.units.messages.revisions import Change, Revised, revise
from tests.memory.world import MAIL, PHONE, Place, World

EVENT = "event-of-it"


def changed(
    world: World, text: str | None, *, who: str = PHONE, event: str = EVENT, at: int | None = None
) -> Revised:
    """The sender changes the message, or takes it back."""
    clean = None if text is None else lambda _: Cleaned(text, {}, len(text))
    account = "sms" if who == PHONE else "email"
    change = Change(account, event, who, clean, world.micros() if at is None else at)
    return revise(world.connection, change).outcome


def stored(world: World) -> tuple[str, dict[str, Any]]:
    """The message's words and extras."""
    message = table(Message)
    row = world.connection.execute(select(message).where(message.c.event_id == EVENT)).one()
    return row.text, {} if row.extra_json is None else orjson.loads(row.extra_json)


def recorded(world: World, place: Place, slot: dict[str, str]) -> int:
    """The turn that took the message, with a slot that it told; its id."""
    world.reply(place, "Thank you.")
    turn, inbox = table(Turn), table(Inbound)
    turn_id: int = world.connection.execute(select(turn.c.id)).scalar_one()
    told = {**slot, "source": place.message_id}
    # The case as the turn was given it, too, for deciding it anew.
    record = {"slots": [told], "facts": [], "given": {"case": {"slots": [told]}}}
    world.connection.execute(update(turn).values(record_json=orjson.dumps(record).decode()))
    world.connection.execute(update(inbox).values(turn_id=turn_id))
    return turn_id


def waiting(world: World, handle_id: int) -> list[str]:
    """What a turn would take now."""
    (got,) = claim(world.connection, [Claim(world.customer(handle_id), "a", 1, 2)])
    return [one.text for one in got.waiting]


def test_a_turn_sees_the_new_words(world: World) -> None:
    place = world.say(PHONE, "order 1", event=EVENT, waiting=True)
    assert changed(world, "order 2") is Revised.DONE
    assert waiting(world, place.handle_id) == ["order 2"]
    assert "versions" not in stored(world)[1]


def test_no_turn_sees_what_was_taken_back_in_time(world: World) -> None:
    place = world.say(PHONE, "order 1", event=EVENT, waiting=True)
    assert changed(world, None) is Revised.DONE
    assert waiting(world, place.handle_id) == []
    assert stored(world)[0] == ""


def test_a_turn_under_way_has_to_look_again(world: World) -> None:
    place = world.say(PHONE, "order 1", event=EVENT, waiting=True)
    customer = world.customer(place.handle_id)
    before, _ = world.version(customer)
    changed(world, "order 2")
    assert world.version(customer)[0] > before


def test_the_words_that_were_answered_are_kept_for_people(world: World) -> None:
    world.say(PHONE, "order 1", event=EVENT)
    said = to_micros(world.now)
    changed(world, "order 2")
    second = to_micros(world.now)
    changed(world, "order 3")
    words, extra = stored(world)
    assert words == "order 3"
    assert extra["versions"] == [{"text": "order 1", "at": said}, {"text": "order 2", "at": second}]


def test_words_taken_back_are_gone_from_everything_made_of_them(world: World) -> None:
    place = world.say(PHONE, "my order is 1042", event=EVENT)
    slot = SlotValue("order", "1042", place.message_id, PHONE, Assurance.AUTHENTICATED)
    case_id = world.case(place, (slot,))
    handoff = world.handoff(place, case_id)
    packet = {"exchanges": [{"author": "customer", "channel": "sms", "text": "my order is 1042"}]}
    handoffs = table(Handoff)
    world.connection.execute(
        update(handoffs)
        .where(handoffs.c.id == handoff)
        .values(packet_json=orjson.dumps(packet).decode())
    )
    world.fact(place, "order", "1042")
    turn_id = recorded(world, place, {"name": "order", "value": "1042"})
    changed(world, "my order is 1043")
    assert changed(world, None) is Revised.DONE
    words, extra = stored(world)
    assert (words, "versions" in extra, "taken_back" in extra) == ("", False, True)
    assert load_case(world.row(Case, case_id)["state_json"]).slots == ()
    assert world.row(Handoff, handoff)["packet_json"] == '{"exchanges":[]}'
    assert world.connection.execute(select(table(Fact))).first() is None
    assert "1042" not in world.row(Turn, turn_id)["record_json"]
    assert world.texts(PHONE) == ["Thank you."]


@pytest.mark.parametrize("text", ["mine now", None])
def test_nobody_else_changes_it(world: World, text: str | None) -> None:
    world.say(MAIL, "hello", event=EVENT)
    world.say("email:eve@x.org", "hi")
    assert changed(world, text, who="email:eve@x.org") is Revised.FOREIGN
    assert stored(world) == ("hello", {})


def test_an_older_change_that_comes_late_changes_nothing(world: World) -> None:
    world.say(PHONE, "one", event=EVENT)
    early = world.micros()
    changed(world, "three")
    assert changed(world, "two", at=early) is Revised.OLD
    assert stored(world)[0] == "three"


def test_what_was_taken_back_cannot_be_changed(world: World) -> None:
    world.say(PHONE, "one", event=EVENT)
    changed(world, None)
    assert changed(world, "two") is Revised.OLD
    assert stored(world)[0] == ""


def test_a_message_never_admitted_is_unknown(world: World) -> None:
    world.say(PHONE, "one", event=EVENT)
    assert changed(world, "two", event="another") is Revised.UNKNOWN


def test_a_secret_in_the_new_words_is_marked(world: World) -> None:
    world.say(PHONE, "one", event=EVENT)
    cleaned = Cleaned("[pin removed]", {"pin": "digest"}, 1)
    revise(world.connection, Change("sms", EVENT, PHONE, lambda _: cleaned, world.micros()))
    words, extra = stored(world)
    assert (words, extra["secrets"]) == ("[pin removed]", {"pin": "digest"})


def test_a_dead_letter_taken_back_is_nobodys_any_more(world: World) -> None:
    world.say(PHONE, "one", event=EVENT)
    inbox = table(Inbound)
    world.connection.execute(update(inbox).values(status="dead"))
    changed(world, None)
    assert world.connection.execute(select(inbox.c.status)).scalar_one() == "done"
